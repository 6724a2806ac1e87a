"""Splits a query into lexemes: words, quotations, brackets and fields. Pure; entered through `search.query`.

`parser` builds a tree from the lexemes; `unfinished` looks at the last one while a query is being typed.
"""

import re
from dataclasses import dataclass

from ..fields import FIELD_BY_NAME_OR_ALIAS, Field
from ..text import GERSHAYIM, WORD_CHARS, tokenize
from .date_commands import DATE_COMMAND
from .tree import Distance

OPERATORS = ("AND", "OR", "NOT")
# Straight and typographic, and those of Chinese and Japanese keyboards.
QUOTE_MARKS = '"“”„«»″＂「」『』'
_OPEN, _CLOSE = "(（", ")）"
# A mark inside a Hebrew word quotes nothing.
_QUOTE_MARK = rf"(?:(?!{GERSHAYIM})[{QUOTE_MARKS}])"
_NO_QUOTE_MARK = rf"(?:[^{QUOTE_MARKS}]|{GERSHAYIM})"
_FIELD_NAMES = "|".join(sorted(FIELD_BY_NAME_OR_ALIAS, key=len, reverse=True))
_ADDRESS_NAMES = "|".join(name for name, field in FIELD_BY_NAME_OR_ALIAS.items() if field.kind == "address")
_KEYWORD_NAMES = "|".join(name for name, field in FIELD_BY_NAME_OR_ALIAS.items() if field.kind == "keyword")
_LEXEME = re.compile(
    rf"""(?P<space>\s+)
    | (?P<open>[{_OPEN}])
    | (?P<close>[{_CLOSE}])
    | (?P<quoted>{_QUOTE_MARK}{_NO_QUOTE_MARK}*(?:{_QUOTE_MARK}|$))
    | (?P<minus>[-−](?=[^\s{_CLOSE}]))
    | (?P<dates>{DATE_COMMAND})
    | (?P<field>
        (?i:{_KEYWORD_NAMES}):=(?=\S)
        | (?:(?i:{_FIELD_NAMES})|[^\W\d_]\w*):(?=[^\s/])
        | (?i:{_ADDRESS_NAMES})[:=](?=\S)
        | (?i:{_FIELD_NAMES})(?:=(?=[^\s/])|(?=[{_OPEN}]))
    )
    | (?P<word>(?:[^\s{_OPEN}{_CLOSE}{QUOTE_MARKS}]|{GERSHAYIM})+)
    """,
    re.VERBOSE,
)

# An address may have signs that mean something elsewhere, and brackets in pairs: example.org/a:b_(c)?d=e.
_ADDRESS = re.compile(
    rf"[^\s{_OPEN}{_CLOSE}{QUOTE_MARKS}](?:[^\s{_OPEN}{_CLOSE}{QUOTE_MARKS}]|\([^\s{_OPEN}{_CLOSE}{QUOTE_MARKS}]*\))*"
)

# A quotation mark that quotes; one inside a Hebrew word does not.
QUOTING = re.compile(_QUOTE_MARK)

# Proximity operators of this and other services, each with whether the order of its operands counts.
_PROXIMITY_OPERATORS = (
    (re.compile(r"(?:w|near|n|within)?/(\d+)|near(\d+)|/n(\d+)/", re.IGNORECASE), False),
    (re.compile(r"(?:pre|onear|p)/(\d+)|adj/?(\d+)|\+(\d+)|/f(\d+)/", re.IGNORECASE), True),
    (re.compile(r"(?:w|near|within)?/([sp])", re.IGNORECASE), False),
    (re.compile(r"(?:pre/|\+)([sp])", re.IGNORECASE), True),
)
# Digits of a distance that are looked at; more are out of any range.
_MAX_DIGITS = 9

# Features of other services that are missing here, with what to write instead.
_UNSUPPORTED = (
    (
        re.compile(r"(?:wc|length|word-?count)\s*[:=<>].*", re.IGNORECASE | re.DOTALL),
        "searching by length",
        "only the words",
    ),
    (re.compile(r"(?:w|near|within)?/(?:seg|para|sent)", re.IGNORECASE), "this unit of distance", "w/s, w/p or AND"),
    (re.compile(r"~\d+"), "a phrase with gaps", "first w/5 second"),
)
_UNSUPPORTED_BEFORE_BRACKET = (
    (
        re.compile(r"nocaps", re.IGNORECASE),
        "searching for small letters",
        'us NOT "US", for sections without the capitals',
    ),
    (
        re.compile(r"plural|singular", re.IGNORECASE),
        "searching for singular or plural",
        'the form you mean in quotation marks, like "talks"',
    ),
    (re.compile(r"length|wc|word-?count", re.IGNORECASE), "searching by length", "only the words"),
    (re.compile(r"section", re.IGNORECASE), "this field", "only the words"),
)

STATEMENT_COMMAND = re.compile("said", re.IGNORECASE)
AT_LEAST = re.compile(r"(?:atleast|atl)(\d+)", re.IGNORECASE)
FUZZY = re.compile(rf"([{WORD_CHARS}'’.-]*[{WORD_CHARS}])~(\d*)")
# A question mark is a wildcard only between letters. Elsewhere it ends a question or starts the query of a URL.
TRUNCATED = re.compile(
    r".*\w.*\*.*|.*\*.*\w.*"
    rf"|[{WORD_CHARS}'’.-]*[{WORD_CHARS}]!"
    rf"|[{WORD_CHARS}'’-]*\?[{WORD_CHARS}][{WORD_CHARS}'’?!-]*",
    re.DOTALL,
)


@dataclass(frozen=True)
class Lexeme:
    """A piece of a query. `kind` is open, close, quoted, minus, dates, field or word; `position` counts from 0."""

    kind: str
    text: str
    position: int

    @property
    def end(self) -> int:
        return self.position + len(self.text)


def lex(text: str) -> list[Lexeme]:
    """Returns the lexemes of a query in order. O(text)."""
    lexemes: list[Lexeme] = []
    at = 0
    while match := _LEXEME.match(text, at):
        at = match.end()
        if match.lastgroup != "space":
            lexemes.append(Lexeme(match.lastgroup or "", match[0], match.start()))
        if match.lastgroup == "field" and _is_address_field(match[0]) and (address := _ADDRESS.match(text, at)):
            lexemes.append(Lexeme("word", address[0], at))
            at = address.end()
    return lexemes


def _is_address_field(text: str) -> bool:
    field = find_field(text)
    return field is not None and field.kind == "address"


def find_field(text: str) -> Field | None:
    """Returns the field that a text names: `headline:`, `hd=`, or the name or alias alone."""
    return FIELD_BY_NAME_OR_ALIAS.get(text.rstrip(":=").lower())


def is_exact(text: str) -> bool:
    """Whether a field asks for exactly the value behind it: `topic:=`."""
    return text.endswith(":=")


def read_proximity(text: str) -> tuple[Distance, bool] | None:
    """Returns the distance of a proximity operator and whether the order of its operands counts.

    Returns None for any other text. The distance may be out of range.
    """
    # Westlaw's operator for the same paragraph.
    if text == "SAME":
        return "p", False
    for pattern, ordered in _PROXIMITY_OPERATORS:
        if match := pattern.fullmatch(text):
            distance = next(group for group in match.groups() if group is not None).lower()
            if distance.isdigit():
                return int(distance[:_MAX_DIGITS]), ordered
            return ("s" if distance == "s" else "p"), ordered
    return None


def find_unsupported(text: str, *, before_bracket: bool) -> tuple[str, str] | None:
    """Returns which feature of another service a word asks for that is missing here, and what to write instead."""
    for pattern, feature, alternative in (*_UNSUPPORTED, *(_UNSUPPORTED_BEFORE_BRACKET if before_bracket else ())):
        if pattern.fullmatch(text):
            return feature, alternative
    return None


def is_plain_word(text: str) -> bool:
    """Whether a text is read as a single word, all of it, when it stands alone."""
    tokens = tokenize(text)
    return (
        [lexeme.kind for lexeme in lex(text)] == ["word"]
        and bool(tokens)
        and (tokens[0].start_char, tokens[-1].end_char) == (0, len(text))
        and not read_proximity(text)
        and not TRUNCATED.fullmatch(text)
        and not FUZZY.fullmatch(text)
    )
