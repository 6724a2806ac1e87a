"""The query tree: what a query means, its canonical text, and its leaves. Pure; entered through `search.query`.

`parser` builds the tree, engines evaluate it, and highlighting marks what it matches. Every node can be printed as
text that parses to the same node.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, cast

from ..fields import HLEAD
from ..text import write_address
from .dates import DateBound

# A number of words, or the same sentence ("s") or paragraph ("p").
Distance = int | Literal["s", "p"]


@dataclass(frozen=True)
class Word:
    """Any form of a word, in one text field or (None) in all. If it has several tokens, they must be adjacent.

    `exact` says that no other spellings of a name are searched in its place; so do those of other terms.
    """

    text: str
    field: str | None = None
    exact: bool = False


@dataclass(frozen=True)
class Phrase:
    """These words in this order, in exactly these forms."""

    text: str
    field: str | None = None
    exact: bool = False


@dataclass(frozen=True)
class Truncation:
    """The forms that match a pattern: `*` stands for any number of characters, `?` for one.

    Parts joined by hyphens must be adjacent, as in a Word.
    """

    text: str
    field: str | None = None


@dataclass(frozen=True)
class Fuzzy:
    """The forms within 1 or 2 edits of a word; `within_edits` defines an edit."""

    text: str
    edits: int
    field: str | None = None


@dataclass(frozen=True)
class Near:
    """Two operands within a distance of each other in one field; if `ordered`, the left one comes first.

    Within n words means that at most n - 1 words are between them. If `excluded`, the left one without a right one
    within the distance.
    """

    left: "Operand"
    right: "Operand"
    distance: Distance
    ordered: bool = False
    excluded: bool = False


@dataclass(frozen=True)
class AtLeast:
    """An operand that occurs at least `count` times in the unit of search."""

    count: int
    part: "Operand"


@dataclass(frozen=True)
class Keyword:
    """A whole value of a keyword field, compared by its key or by that of another name (see `text.value_words`)."""

    field: str
    value: str
    exact: bool = False


@dataclass(frozen=True)
class ValueWord:
    """The values of a keyword field that have a word (see `text.value_words`). Several tokens must be adjacent."""

    field: str
    text: str
    exact: bool = False


@dataclass(frozen=True)
class ValueTruncation:
    """The values of a keyword field that have a word which matches a pattern, as in a Truncation."""

    field: str
    text: str
    exact: bool = False


@dataclass(frozen=True)
class ValueFuzzy:
    """The values of a keyword field that have a word within 1 or 2 edits of another."""

    field: str
    text: str
    edits: int
    exact: bool = False


@dataclass(frozen=True)
class Address:
    """The documents with an address that has a part; in the field `site`, with a host that has it.

    The part is a text of `text.read_address`. If `whole`, it is the whole address, of which a document may have a part
    (a fragment). Otherwise it begins and ends where words do; if it has a dot before its first slash, it is no part of
    a host but all of it, or of the end of it: `bbc.co.uk/news` is found in news.bbc.co.uk/news/world, and not in
    notbbc.co.uk/news, bbc.co.uk.example/news or bbc.co.uk/newsround. A `*` stands for any number of characters.
    """

    field: str
    text: str
    whole: bool = False


@dataclass(frozen=True)
class DateRange:
    """A half-open range of a date field; `expression` is the range as written."""

    field: str
    expression: str
    start: DateBound | None
    end: DateBound | None


@dataclass(frozen=True)
class Missing:
    """Every document without a value in a field."""

    field: str


@dataclass(frozen=True)
class InStatement:
    """The documents with a statement that matches: words in what was said, who spoke, through whom."""

    part: "Node"


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
    """Every document that does not match the part."""

    part: "Node"


@dataclass(frozen=True)
class Everything:
    """Every document."""


Term = Word | Phrase | Truncation | Fuzzy
# What has positions in a text, so that proximity and counting can use it. An Or does only if all its parts do.
Operand = Term | Near | Or
ValueTerm = ValueWord | ValueTruncation | ValueFuzzy
# Terms in whose place other spellings of a name may be searched.
Spelled = Word | Phrase | Keyword | ValueTerm
Node = (
    Term
    | Near
    | AtLeast
    | InStatement
    | Keyword
    | ValueTerm
    | Address
    | DateRange
    | Missing
    | And
    | Or
    | Not
    | Everything
)


def children(node: Node) -> tuple[Node, ...]:
    """Returns the parts of a node; none for a leaf."""
    match node:
        case And(parts) | Or(parts):
            return parts
        case Near(left, right):
            return left, right
        case AtLeast(_, part) | Not(part) | InStatement(part):
            return (part,)
        case _:
            return ()


def positive_leaves(node: Node) -> Iterator[Node]:
    """Yields the leaves that can make a document match: all except those under a NOT."""
    if not isinstance(node, Not):
        parts = (node.left,) if isinstance(node, Near) and node.excluded else children(node)
        yield from (leaf for part in parts for leaf in positive_leaves(part)) if parts else (node,)


def positive_parts(node: Node) -> Iterator[Node]:
    """Yields what can make a section of a matching article match.

    It is as `positive_leaves`, but each Near and each InStatement as a whole.
    """
    if not isinstance(node, Not):
        parts = () if isinstance(node, Near | InStatement) else children(node)
        yield from (found for part in parts for found in positive_parts(part)) if parts else (node,)


def expanded_terms(node: Node) -> Iterator[Truncation | Fuzzy | ValueTerm | Address]:
    """Yields the terms that expand to several forms, values or addresses, also under a NOT."""
    if isinstance(node, Truncation | Fuzzy | ValueTerm) or (isinstance(node, Address) and not node.whole):
        yield node
    for part in children(node):
        yield from expanded_terms(part)


def make_exact(node: Node) -> Node:
    """Returns a node whose terms are searched as they are spelt."""
    match node:
        case Word() | Phrase() | Keyword() | ValueWord() | ValueTruncation() | ValueFuzzy():
            return replace(node, exact=True)
        case _:
            return rebuild(node, make_exact)


def rebuild(node: Node, change: Callable[[Node], Node]) -> Node:
    """Returns a node with each of its parts changed; a leaf as it is."""
    match node:
        case And(parts) | Or(parts):
            return replace(node, parts=tuple(map(change, parts)))
        case Near(left, right):
            return replace(node, left=cast(Operand, change(left)), right=cast(Operand, change(right)))
        case AtLeast(_, part):
            return replace(node, part=cast(Operand, change(part)))
        case Not(part) | InStatement(part):
            return replace(node, part=change(part))
        case _:
            return node


def is_operand(node: Node) -> bool:
    """Whether a node has positions in a text, so that proximity and counting can use it."""
    if isinstance(node, Or):
        return all(is_operand(part) for part in node.parts)
    return isinstance(node, Word | Phrase | Truncation | Fuzzy | Near)


def join_parts(kind: type[And] | type[Or], parts: Iterable[Node]) -> Node | None:
    """Returns the parts joined by an operator; None if there are none. Merges parts of the same operator."""
    flat: list[Node] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, kind) else (part,))
    return kind(tuple(flat)) if len(flat) > 1 else flat[0] if flat else None


# Written as the value of a field, it asks for what has none.
NO_VALUE = "none"


def format_query(node: Node) -> str:
    """Returns the canonical text of a tree. Everything is `*`."""
    if isinstance(node, Spelled) and node.exact:
        return f"exact:{format_query(replace(node, exact=False))}"
    match node:
        case Everything():
            return "*"
        case Word(text, str(field)) if text.lower() == NO_VALUE and field != HLEAD.name:
            return f"{field}:({text})"
        case Word(text, field) | Truncation(text, field):
            return _with_field(field, text)
        case Phrase(text, field):
            return _with_field(field, f'"{text}"')
        case Fuzzy(text, edits, field):
            return _with_field(field, f"{text}~{edits}")
        case ValueWord(field, text) | ValueTruncation(field, text):
            return _with_field(field, text)
        case ValueFuzzy(field, text, edits):
            return _with_field(field, f"{text}~{edits}")
        case Keyword(field, value):
            return _with_field(field, f'"{value}"')
        case Address(field, text, whole):
            return _with_field(field, f'"{write_address(text)}"' if whole else write_address(text))
        case Missing(field):
            return _with_field(field, NO_VALUE)
        case DateRange(field, expression):
            return _with_field(field, expression)
        case Near(left, right, distance, ordered, excluded):
            operator = f"{'NOT ' if excluded else ''}{'pre' if ordered else 'w'}/{distance}"
            return f"{_format_part(left, (Or, Near))} {operator} {_format_part(right, (Or, Near))}"
        case AtLeast(count, part):
            return f"atleast{count}({format_query(part)})"
        case InStatement(part):
            return f"said({format_query(part)})"
        case Not(part):
            return f"NOT {_format_part(part, (And, Or, Near))}"
        case And(parts):
            return " AND ".join(_format_part(part, (Or,)) for part in parts)
        case Or(parts):
            return " OR ".join(_format_part(part, (And,)) for part in parts)


def _format_part(part: Node, in_brackets: tuple[type, ...]) -> str:
    """Returns the text of a part, in brackets if its type binds less tightly than its parent."""
    text = format_query(part)
    return f"({text})" if isinstance(part, in_brackets) else text


def _with_field(field: str | None, value: str) -> str:
    if field == HLEAD.name:
        return f"{field}({value})"
    return f"{field}:{value}" if field else value
