"""The query tree: what a query says, its canonical text, and its leaves. Pure.

`query` makes a tree of what people write, engines carry it out, `highlight` marks what it matches. Every node prints
as text that reads back as the same tree.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ..fields import HLEAD

# How far a nearness reaches: so many words, or within one sentence ("s") or paragraph ("p").
Distance = int | Literal["s", "p"]


@dataclass(frozen=True)
class Word:
    """Any form of a word, in one text field or (None) in all. Of several tokens, they stand side by side."""

    text: str
    field: str | None = None


@dataclass(frozen=True)
class Phrase:
    """These words in this order, in these forms."""

    text: str
    field: str | None = None


@dataclass(frozen=True)
class Truncation:
    """The forms that fit a pattern: `*` stands for any run of characters, `?` for one.

    Parts joined by hyphens stand side by side, as in a Word.
    """

    text: str
    field: str | None = None


@dataclass(frozen=True)
class Fuzzy:
    """The forms within 1 or 2 edits of a word: a character put in, left out or changed, or two neighbours swapped."""

    text: str
    edits: int
    field: str | None = None


@dataclass(frozen=True)
class Near:
    """Two operands within a distance of each other in one field; `ordered`: the first stands first.

    Within n words means that at most n - 1 stand between them.
    """

    left: "Operand"
    right: "Operand"
    distance: Distance
    ordered: bool = False


@dataclass(frozen=True)
class AtLeast:
    """An operand that occurs at least `count` times in the unit."""

    count: int
    part: "Operand"


@dataclass(frozen=True)
class Keyword:
    """An exact value of a keyword field; case and accents do not matter."""

    field: str
    value: str


@dataclass(frozen=True)
class DateRange:
    """A half-open interval of a date field; `expression` is how it was written."""

    field: str
    expression: str
    start: datetime | None
    end: datetime | None


@dataclass(frozen=True)
class And:
    """All of the parts."""

    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Or:
    """Any of the parts."""

    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Not:
    """Everything but the part."""

    part: "Node"


@dataclass(frozen=True)
class Everything:
    """Every document."""


# What stands at a place in a text: the operands of nearness and of counting. An Or is one if its parts are.
Term = Word | Phrase | Truncation | Fuzzy
Operand = Term | Near | Or
Node = Term | Near | AtLeast | Keyword | DateRange | And | Or | Not | Everything


def children(node: Node) -> tuple[Node, ...]:
    """Returns the nodes that a node is made of; none for a leaf."""
    match node:
        case And(parts) | Or(parts):
            return parts
        case Near(left, right):
            return left, right
        case AtLeast(_, part) | Not(part):
            return (part,)
        case _:
            return ()


def positive_leaves(node: Node) -> Iterator[Node]:
    """Yields the leaves that a document may match by having them: all but those under a NOT."""
    if not isinstance(node, Not):
        parts = children(node)
        yield from (leaf for part in parts for leaf in positive_leaves(part)) if parts else (node,)


def positive_parts(node: Node) -> Iterator[Node]:
    """Yields what a section of a matching article may match by: leaves and nearnesses, but those under a NOT."""
    if not isinstance(node, Not):
        parts = () if isinstance(node, Near) else children(node)
        yield from (found for part in parts for found in positive_parts(part)) if parts else (node,)


def expanded_terms(node: Node) -> Iterator[Truncation | Fuzzy]:
    """Yields every truncation and likeness, those under a NOT too."""
    if isinstance(node, Truncation | Fuzzy):
        yield node
    for part in children(node):
        yield from expanded_terms(part)


def is_operand(node: Node) -> bool:
    """Whether a node stands at places in a text, so that nearness and counting can take it."""
    if isinstance(node, Or):
        return all(is_operand(part) for part in node.parts)
    return isinstance(node, Word | Phrase | Truncation | Fuzzy | Near)


# A value that needs no quotes.
_PLAIN_VALUE = re.compile(r"[\w.][\w.\-]*")


def format_query(node: Node) -> str:
    """Returns the canonical text of a tree; `*` alone stands for everything."""
    match node:
        case Everything():
            return "*"
        case Word(text, field) | Truncation(text, field):
            return _with_field(field, text)
        case Phrase(text, field):
            return _with_field(field, f'"{text}"')
        case Fuzzy(text, edits, field):
            return _with_field(field, f"{text}~{edits}")
        case Keyword(field, value):
            return _with_field(field, value if _PLAIN_VALUE.fullmatch(value) else f'"{value}"')
        case DateRange(field, expression):
            return _with_field(field, expression)
        case Near(left, right, distance, ordered):
            operator = f"{'pre' if ordered else 'w'}/{distance}"
            return f"{_format_part(left, Or | Near)} {operator} {_format_part(right, Or | Near)}"
        case AtLeast(count, part):
            return f"atleast{count}({format_query(part)})"
        case Not(part):
            return f"NOT {_format_part(part, And | Or | Near)}"
        case And(parts):
            return " AND ".join(_format_part(part, Or) for part in parts)
        case Or(parts):
            return " OR ".join(_format_part(part, And) for part in parts)


def _format_part(part: Node, bracketed: object) -> str:
    text = format_query(part)
    return f"({text})" if isinstance(part, bracketed) else text  # type: ignore[arg-type]


def _with_field(field: str | None, value: str) -> str:
    if field == HLEAD.name:
        return f"{field}({value})"
    return f"{field}:{value}" if field else value
