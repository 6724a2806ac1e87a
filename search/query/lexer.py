"""Query text -> lexemes: words, quotations, brackets, fields, and what each may be. Pure.

`query` reads them as a tree, `unfinished` the end of a query that is still being written.
"""

import re
from dataclasses import dataclass

from ..fields import FIELD_BY_NAME_OR_ALIAS
from ..text import WORD_CHARS, tokenize

OPERATORS = ("AND", "OR", "NOT")
# Typographic ones too, and those that keyboards of Chinese and Japanese write.
QUOTE_MARKS = '"“”„«»″＂「」『』'
_OPEN, _CLOSE = "(（", ")）"
_QUOTE_CLASS = f"[{QUOTE_MARKS}]"
_FIELD_WORDS = "|".join(sorted(FIELD_BY_NAME_OR_ALIAS, key=len, reverse=True))
_LEXEMES = re.compile(
    rf"""(?P<space>\s+)
    | (?P<open>[{_OPEN}])
    | (?P<close>[{_CLOSE}])
    | (?P<quoted>{_QUOTE_CLASS}[^{QUOTE_MARKS}]*(?:{_QUOTE_CLASS}|$))
    | (?P<minus>[-−](?=[^\s{_CLOSE}]))
    | (?P<field>[^\W\d_]\w*:(?=[^\s/]) | (?i:{_FIELD_WORDS})(?:=(?=[^\s/])|(?=[{_OPEN}])))
    | (?P<word>[^\s{_OPEN}{_CLOSE}{QUOTE_MARKS}]+)
    """,
    re.VERBOSE,
)

# Nearness as it is written here and elsewhere -> (distance, whether the order counts). `same` is Westlaw's paragraph.
_NEARNESS = (
    (re.compile(r"(?:w|near|n)?/(\d+)|near(\d+)", re.IGNORECASE), False),
    (re.compile(r"(?:pre|onear|p)/(\d+)|adj/?(\d+)|\+(\d+)", re.IGNORECASE), True),
    (re.compile(r"(?:w|near)?/([sp])", re.IGNORECASE), False),
    (re.compile(r"(?:pre/|\+)([sp])", re.IGNORECASE), True),
    (re.compile(r"SAM(E)"), False),
)

AT_LEAST = re.compile(r"(?:atleast|atl)(\d+)", re.IGNORECASE)
FUZZY = re.compile(rf"([{WORD_CHARS}'’.-]*[{WORD_CHARS}])~(\d*)")
# A question mark stands for a letter between letters only, else it ends a question or begins an address's query.
TRUNCATED = re.compile(
    rf".*\w.*\*.*|.*\*.*\w.*|[{WORD_CHARS}'’.-]*[{WORD_CHARS}]!|[{WORD_CHARS}'’-]*\?[{WORD_CHARS}][{WORD_CHARS}'’?!-]*",
    re.DOTALL,
)


@dataclass(frozen=True)
class Lexeme:
    """A piece of a query: of kind open, close, quoted, minus, field or word; positions count from 0."""

    kind: str
    text: str
    position: int

    @property
    def end(self) -> int:
        return self.position + len(self.text)


def lex(text: str) -> list[Lexeme]:
    """Returns the lexemes of a query in order. O(text)."""
    return [
        Lexeme(match.lastgroup or "", match[0], match.start())
        for match in _LEXEMES.finditer(text)
        if match.lastgroup != "space"
    ]


def read_nearness(text: str) -> tuple[str, bool] | None:
    """Returns what a word says as an operator of nearness: its distance as written, and whether the order counts."""
    for pattern, ordered in _NEARNESS:
        if match := pattern.fullmatch(text):
            return next(group for group in match.groups() if group is not None).lower(), ordered
    return None


def is_plain_word(text: str) -> bool:
    """Whether the text by itself is read as one word, the whole of it."""
    tokens = tokenize(text)
    lexemes = lex(text)
    return (
        [lexeme.kind for lexeme in lexemes] == ["word"]
        and (tokens[0].start_char, tokens[-1].end_char) == (0, len(text))
        and read_nearness(text) is None
        and not TRUNCATED.fullmatch(text)
        and not FUZZY.fullmatch(text)
    )
