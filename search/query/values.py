"""Values of fields: a name, a word of a name, a code, a date. Pure; used within `search.query`.

In a field of names (`Field.has_words`), a bare word finds the values that have it, and quotation marks ask for a whole
value. The values of the other keyword fields are codes, which are always whole.
"""

import re
from datetime import datetime

from ..fields import Field
from ..text import tokenize
from .dates import parse_date_range
from .lexer import QUOTING, lex
from .tree import NO_VALUE, DateRange, Keyword, ValueWord

_PATTERN_SIGN = re.compile(r"[*~]|\w[!?]")


def read_date(text: str, field: Field, now: datetime) -> DateRange:
    """Returns the range of a date field. Raises DateError."""
    return DateRange(field.name, text.strip().lower(), *parse_date_range(text, now))


def read_keyword(text: str, field: Field, *, quoted: bool) -> tuple[Keyword | ValueWord | None, str]:
    """Returns a value of a keyword field, or None if the text has none; and a note on how it was read, or empty."""
    value = " ".join(QUOTING.sub(" ", text).split())
    if not value:
        return None, f"Ignored {field.name}: with nothing after it."
    note = ""
    if not quoted and _PATTERN_SIGN.search(value):
        what = "whole words of values" if field.has_words else "exact values"
        note = f"{field.name}: matches {what}; no sign in {value} is a wildcard."
    word = _trim_to_words(value) if field.has_words and not quoted else ""
    return (ValueWord(field.name, word) if word else Keyword(field.name, value)), note


def _trim_to_words(text: str) -> str:
    """Returns a text without the signs around its words, as it can be written behind a field; empty if it has none."""
    tokens = tokenize(text)
    word = text[tokens[0].start_char : tokens[-1].end_char] if tokens else ""
    # A leading # keeps what begins like a field, and the word "none", a value.
    is_read_alone = [lexeme.kind for lexeme in lex(word)] == ["word"] and word.lower() != NO_VALUE
    return word if is_read_alone or not word else f"#{word}"
