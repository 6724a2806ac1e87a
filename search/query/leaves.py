"""The leaves of a query's tree: words, truncations, similar spellings, values and dates. Pure.

Used within `search.query`. Each function reads one lexeme in a field (None for all text fields), adds notes on how it
was read, and raises QueryError where it cannot be.
"""

import re

from ..fields import ADDRESS_FIELDS, FIELD_BY_NAME, Field
from ..text import GERSHAYIM, UNSPACED, WORD_CHARS, read_address, tokenize, word_forms
from .dates import DateError
from .lexer import FUZZY, OPERATORS, TRUNCATED, Lexeme, is_plain_word
from .parsed import QueryError
from .reading import Reading
from .tree import Address, Fuzzy, Missing, Node, Not, Truncation, ValueFuzzy, ValueTruncation, Word
from .values import read_date, read_keyword
from .written_dates import read_written_dates

MAX_EDITS = 2
# A pattern with fewer letters matches a large part of all words.
MIN_PATTERN_LETTERS = 2

# The keyword fields of which the values are parts of the calendar.
_CALENDAR_FIELDS = ("year", "month")

_PATTERN = re.compile(rf"(?:[{WORD_CHARS}'’.*?-]|{GERSHAYIM})+")
_UNSPACED_LETTER = re.compile(f"[{UNSPACED}]")


def name_of(field: Field | None) -> str | None:
    """Returns the name of a field; None for all text fields."""
    return field.name if field else None


def make_fuzzy(reading: Reading, lexeme: Lexeme, word: str, edits: str, field: Field | None) -> Node:
    """Returns the words that are spelled like another; in a keyword field, the values with such a word."""
    if len(word_forms(word)) != 1:
        raise QueryError(f"{word}~: the ~ works on single words", lexeme.position, "Separate the words: a~ b~.")
    if edits and not 1 <= int(edits[:9]) <= MAX_EDITS:
        raise QueryError(
            f"{lexeme.text}: the number of edits must be 1 or 2", lexeme.position, f"Write {word}~ or {word}~2."
        )
    reading.count_term(lexeme)
    if field is not None and field.kind == "keyword":
        return ValueFuzzy(field.name, word, int(edits or 1))
    return Fuzzy(word, int(edits or 1), name_of(field))


def make_truncation(reading: Reading, lexeme: Lexeme, text: str, field: Field | None) -> Node | None:
    """Returns the words that match a pattern; in a keyword field, the values with such a word."""
    pattern = re.sub(r"\*+", "*", text.rstrip("!") + "*" if text.endswith("!") else text)
    pattern = pattern.strip("'’.-")
    if _UNSPACED_LETTER.search(pattern):
        return make_untruncated(reading, lexeme, pattern, field)
    letters = sum(character.isalnum() for character in pattern)
    if not _PATTERN.fullmatch(pattern) or letters < MIN_PATTERN_LETTERS or not TRUNCATED.fullmatch(pattern):
        raise QueryError(
            f"{lexeme.text}: a truncated word needs at least {MIN_PATTERN_LETTERS} letters beside * and ?",
            lexeme.position,
            "Write, for example, sanction* or wom?n.",
        )
    reading.count_term(lexeme)
    if field is not None and field.kind == "keyword":
        return ValueTruncation(field.name, pattern)
    return Truncation(pattern, name_of(field))


def make_untruncated(reading: Reading, lexeme: Lexeme, pattern: str, field: Field | None) -> Node | None:
    """Reads a truncation in an unspaced script as a plain word, which is found inside longer words anyway."""
    word = pattern.strip("*")
    if "*" in word or "?" in word:
        raise QueryError(
            f"{lexeme.text}: truncation inside a word does not work in scripts written without spaces",
            lexeme.position,
            "Write, for example, 渡 w/3 头.",
        )
    reading.note(
        lexeme,
        f"Ignored the truncation: {word} is found inside longer words anyway, as its script has no spaces.",
    )
    if field is not None and field.kind == "keyword":
        return make_value(reading, word, lexeme, field, quoted=False)
    return make_words(reading, word, lexeme, field)


def make_value(reading: Reading, text: str, lexeme: Lexeme, field: Field, *, quoted: bool) -> Node | None:
    if field.is_dated:
        return make_date(reading, text, lexeme, field)
    if field.kind == "address":
        return make_address(reading, text, lexeme, field, whole=quoted)
    if field.name in _CALENDAR_FIELDS and (span := _read_span(text)):
        reading.note(lexeme, f"{field.name}:{text} was read as date:{span}.")
        return make_date(reading, span, lexeme, FIELD_BY_NAME["date"])
    if not quoted and (fuzzy := FUZZY.fullmatch(text)):
        return make_fuzzy(reading, lexeme, fuzzy[1], fuzzy[2], field)
    if not quoted and TRUNCATED.fullmatch(text):
        return make_truncation(reading, lexeme, text, field)
    value = read_keyword(text, field, quoted=quoted)
    if value is None:
        reading.note(lexeme, f"Ignored {field.name}: with nothing after it.")
    else:
        reading.count_term(lexeme)
    return value


def make_address(reading: Reading, text: str, lexeme: Lexeme, field: Field, *, whole: bool) -> Node | None:
    """Returns an address or a part of one. A dot or comma behind it is that of a sentence."""
    address = read_address(text if whole else text.rstrip(".,;:'’"))
    if not address.strip("*/"):
        reading.note(lexeme, f"Ignored {field.name}: with nothing after it.")
        return None
    reading.count_term(lexeme)
    return Address(field.name, address, whole)


def _read_span(text: str) -> str:
    """Returns a span of years or months as an expression of dates; empty for a single year or month."""
    expression = read_written_dates(text).expression
    return expression if ".." in expression or expression.startswith(("<", ">")) else ""


def make_date(reading: Reading, text: str, lexeme: Lexeme, field: Field, *, suggestion: str = "") -> Node:
    """Returns the span of a date; `suggestion` is what to suggest for the lexeme if the date is ambiguous."""
    written = read_written_dates(text)
    try:
        span = read_date(written.expression, field, reading.now)
    except DateError as error:
        raise QueryError(f"{field.name}: {error}", lexeme.position, "Or leave the date out.") from None
    if written.other:
        note = f"{written.written} was read as {written.expression}, the day before the month."
        reading.note(lexeme, note, replacement=suggestion or written.other)
    reading.count_term(lexeme)
    return span


def make_missing(reading: Reading, lexeme: Lexeme, field: Field) -> Node:
    """Returns what has no value in a field, or with `*` what has one."""
    reading.count_term(lexeme)
    name = ADDRESS_FIELDS[0].name if field.kind == "address" else field.name
    if lexeme.text == "*":
        return Not(Missing(name))
    if field.kind == "text":
        reading.note(
            lexeme, f'{field.name}:none lists what has no {field.name}; for the word, write {field.name}:"none".'
        )
    return Missing(name)


def make_words(reading: Reading, text: str, lexeme: Lexeme, field: Field | None) -> Node | None:
    tokens = tokenize(text)
    if not tokens:
        reading.note(lexeme, f"Ignored “{text[:40]}”, which has no letter or digit.")
        return None
    reading.count_term(lexeme)
    word = text[tokens[0].start_char : tokens[-1].end_char]
    if not is_plain_word(word):
        # Alone it would be read as an operator or a field; a leading # keeps it a word.
        word = "#" + text[tokens[0].start_char :]
    return Word(word.lower() if word in OPERATORS else word, name_of(field))


def join_comparison(reading: Reading, lexeme: Lexeme, field: Field) -> Lexeme:
    """Returns a value; behind a comparison that is separated from its date by a space, both."""
    following = reading.peek()
    if field.is_dated and lexeme.text in (">=", "<=", ">", "<") and following and following.kind == "word":
        reading.next()
        return Lexeme(lexeme.kind, reading.text[lexeme.position : following.end], lexeme.position)
    return lexeme
