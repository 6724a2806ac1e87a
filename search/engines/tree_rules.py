"""What engines work out of a query alone, before they ask an index. Pure; engines import from here."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from ..fields import STATEMENT_FIELDS
from ..query import (
    And,
    AtLeast,
    Everything,
    InStatement,
    Keyword,
    Missing,
    Near,
    Node,
    Not,
    Or,
    Term,
    Truncation,
    ValueTerm,
    Word,
    children,
    join_parts,
    truncation_parts,
)
from ..text import readings, word_forms
from .contract import Filter


def is_one_token(term: Term) -> bool:
    """Whether every match of a term is one form, so that counting forms counts matches."""
    match term:
        case Word(text):
            return [len(reading) for reading in readings(text)] == [1]
        case Truncation(text):
            return len(truncation_parts(text)) == 1
        case _:
            return len(word_forms(term.text)) == 1


def widen_said(node: Node) -> Node:
    """Returns what every section has of which a statement matches; what is excluded says nothing of others."""
    match node:
        case And(parts) | Or(parts):
            return type(node)(tuple(map(widen_said, parts)))
        case Not() | Missing():
            return Everything()
        case AtLeast(_, part) | Near(part, _, excluded=True):
            return widen_said(part)
        case Near(left, right):
            return And((widen_said(left), widen_said(right)))
        case _:
            return node


def condition_of_statements(tree: Node, filters: Sequence[Filter] = ()) -> Node | None:
    """Returns what a search asks of each statement that it lists, as if within `said()`; None for all statements.

    That is what one of its `said()` asks, and what it asks of speakers and sources for the whole result. What is
    excluded asks nothing, and neither does a speaker beside words in an OR. Several whole names of one field are
    alternatives, since a section may have statements of both; several words are words of one name.
    """
    chosen = [
        names
        for facet in filters
        if facet.field in STATEMENT_FIELDS
        and (names := join_parts(Or, [Keyword(facet.field, value) for value in facet.values]))
    ]
    condition = _condition_of(join_parts(And, [tree, *chosen]) or tree)
    return None if isinstance(condition, Everything) else condition


def _condition_of(node: Node) -> Node | None:
    """Returns what a node asks of a statement; None if it asks nothing, Everything if any statement will do."""
    match node:
        case InStatement(part):
            return part
        case Keyword(field) | Not(Missing(field)) if field in STATEMENT_FIELDS:
            return node
        case And(parts):
            with_said = [part for part in parts if _has_said(part)]
            others = [_condition_of(part) for part in parts if part not in with_said]
            return _every([_any(map(_condition_of, with_said)), *_names(others)])
        case Or(parts):
            conditions = [_condition_of(part) for part in parts]
            return _any(conditions) if _has_said(node) or None not in conditions else None
        case _:
            return node if isinstance(node, ValueTerm) and node.field in STATEMENT_FIELDS else None


def _has_said(node: Node) -> bool:
    if isinstance(node, Not):
        return False
    return isinstance(node, InStatement) or any(map(_has_said, children(node)))


def _names(parts: Iterable[Node | None]) -> list[Node | None]:
    """Returns what parts of an AND ask of speakers and sources, whole names of one field as alternatives."""
    found: list[Node | None] = []
    whole: defaultdict[str, list[Node]] = defaultdict(list)
    for part in parts:
        names = _leaves(part) if part else []
        fields = {name.field for name in names if isinstance(name, Keyword)}
        if part and len(fields) == 1 and all(isinstance(name, Keyword) for name in names):
            whole[fields.pop()].append(part)
        else:
            found.append(part)
    return found + [join_parts(Or, names) for names in whole.values()]


def _leaves(node: Node) -> list[Node]:
    return [leaf for part in children(node) for leaf in _leaves(part)] or [node]


def _every(parts: Iterable[Node | None]) -> Node | None:
    conditions = [part for part in parts if part is not None]
    return join_parts(And, [part for part in conditions if not isinstance(part, Everything)] or conditions[:1])


def _any(parts: Iterable[Node | None]) -> Node | None:
    conditions = list(dict.fromkeys(part for part in parts if part is not None))
    return Everything() if Everything() in conditions else join_parts(Or, conditions)
