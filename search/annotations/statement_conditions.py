"""What a search asks of the statements that it lists, in words. Pure; used within `search.annotations`."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from ..engines import Filter, condition_of_statements
from ..fields import STATEMENT_FIELDS
from ..query import And, InStatement, Keyword, Node, Or, ValueTerm, children, format_query, join_parts

_BEFORE_NAMES = {"speaker": "by", "via": "through"}


class ConditionPhrase(NamedTuple):
    """A part of what is asked, which follows the word *statements*: what was written, with words around it."""

    before: str
    written: str
    after: str = ""


def describe_conditions(tree: Node, filters: Sequence[Filter]) -> tuple[ConditionPhrase, ...]:
    """Returns what a search asks of single statements; nothing if it lists all statements of the sections it finds.

    "in which `electricity` is said", "by `Balitsky`", "through `TASS`"; where these are mixed, the query for them.
    """
    condition = condition_of_statements(tree, filters)
    if condition is None:
        return ()
    words: list[Node] = []
    names: dict[str, list[str]] = {}
    for part in condition.parts if isinstance(condition, And) else (condition,):
        fields = _fields(part)
        if not fields:
            words.append(part)
        elif len(fields) == 1 and (values := _values(part)):
            names.setdefault(fields.pop(), []).append(" or ".join(values))
        else:
            return (ConditionPhrase("that", format_query(InStatement(condition)), "finds"),)
    of_words = join_parts(And, words)
    return (
        *((ConditionPhrase("in which", format_query(of_words), "is said"),) if of_words else ()),
        *(
            ConditionPhrase(_BEFORE_NAMES[field], " ".join(names[field]))
            for field in STATEMENT_FIELDS
            if field in names
        ),
    )


def _fields(node: Node) -> set[str]:
    """Returns the fields of statements that a node asks for."""
    own = {field} if (field := getattr(node, "field", None)) in STATEMENT_FIELDS else set()
    return own.union(*map(_fields, children(node)))


def _values(node: Node) -> list[str]:
    """Returns the alternatives that a node asks for, as they are written; none if it is more than values."""
    parts = node.parts if isinstance(node, Or) else (node,)
    if not all(isinstance(part, Keyword | ValueTerm) for part in parts):
        return []
    return [
        part.value if isinstance(part, Keyword) else format_query(replace(part, exact=False)).partition(":")[2]
        for part in parts
        if isinstance(part, Keyword | ValueTerm)
    ]
