"""Values of fields: a name, a word of a name, a code, a date. Pure; used within `search.query`.

A bare word finds the values that have it, in themselves or in another name of theirs. Quotation marks ask for a whole
value.
"""

from datetime import datetime

from ..fields import Field
from ..text import tokenize
from .dates import parse_date_range
from .lexer import FUZZY, QUOTING, TRUNCATED, lex
from .tree import NO_VALUE, DateRange, Keyword, ValueWord


def read_date(text: str, field: Field, now: datetime) -> DateRange:
    """Returns the range of a date field. Raises DateError."""
    return DateRange(field.name, text.strip().lower(), *parse_date_range(text, now))


def read_keyword(text: str, field: Field, *, quoted: bool) -> Keyword | ValueWord | None:
    """Returns a value of a keyword field, or None if the text has none."""
    value = " ".join(QUOTING.sub(" ", text).split())
    if not value:
        return None
    word = "" if quoted else _trim_to_words(value)
    return ValueWord(field.name, word) if word else Keyword(field.name, value)


def _trim_to_words(text: str) -> str:
    """Returns a text without the signs around its words, as it can be written behind a field; empty if it has none."""
    tokens = tokenize(text)
    word = text[tokens[0].start_char : tokens[-1].end_char] if tokens else ""
    # A leading # keeps what begins like a field, and the word "none", a value.
    is_read_alone = (
        [lexeme.kind for lexeme in lex(word)] == ["word"]
        and word.lower() != NO_VALUE
        and not FUZZY.fullmatch(word)
        and not TRUNCATED.fullmatch(word)
    )
    return word if is_read_alone or not word else f"#{word}"
