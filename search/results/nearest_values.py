"""Values of fields that were probably meant, where the value in a query finds nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher

from ..engines import TIME_LIMIT_SECONDS, Reader, Request, time_limit
from ..query import And, Everything, Keyword, Node, Not, Or, ValueTerm, format_query, positive_leaves
from ..text import fold_value, other_names, value_key
from .answers import Answer
from .corrections import count_questions
from .facets import value_label
from .question import Question

MAX_NEAREST = 5
# Further values of a query are not looked at.
_MAX_LEAVES = 3
# The most frequent values of a field are compared; comparing so many takes 50 ms.
_MAX_COMPARED = 2_000
# At least so much of two words or values is the same; less is no slip.
_MIN_SIMILARITY = 0.72


@dataclass(frozen=True)
class NearestValues:
    """A value as it is written in the query, which no section has, and the nearest ones.

    Each of these comes with how much the question finds that has it in the place of the other, and with that question.
    """

    written: str
    values: tuple[tuple[str, int, Question], ...]


def nearest_values(answer: Answer, *, now: datetime) -> list[NearestValues]:
    """Returns, for each value in a query that no section has, the values of its field that are most like it.

    Raises QueryLimitError.
    """
    if answer.total:
        return []
    leaves = dict.fromkeys(
        leaf for leaf in positive_leaves(answer.parsed_query.as_written) if isinstance(leaf, Keyword | ValueTerm)
    )
    with time_limit(TIME_LIMIT_SECONDS):
        missing = [leaf for leaf in list(leaves)[:_MAX_LEAVES] if not answer.index.count(leaf)]
        return [_nearest_to(leaf, answer, now) for leaf in missing]


def _nearest_to(leaf: Keyword | ValueTerm, answer: Answer, now: datetime) -> NearestValues:
    tree = answer.parsed_query.as_written
    offered = []
    for value in _find_nearest(leaf, answer.index):
        nearest = _replace(tree, leaf, Keyword(leaf.field, value))
        offered.append((value_label(leaf.field, value), answer.question.with_query(format_query(nearest))))
    counted = count_questions(answer, offered, now=now)
    return NearestValues(format_query(leaf), tuple((other.label, other.total, other.question) for other in counted))


def _replace(node: Node, leaf: Node, replacement: Keyword) -> Node:
    """Returns a tree with a value in the place of another."""
    match node:
        case And(parts) | Or(parts):
            return type(node)(tuple(_replace(part, leaf, replacement) for part in parts))
        case Not(part):
            return Not(_replace(part, leaf, replacement))
        case _:
            return replacement if node == leaf else node


def _find_nearest(leaf: Keyword | ValueTerm, index: Reader) -> Iterator[str]:
    """Yields the values most like that of a leaf, the most similar first; of equal values only the most frequent."""
    wanted = fold_value(leaf.value if isinstance(leaf, Keyword) else leaf.text).strip("*?")
    every = index.search(Request(Everything(), facets=(leaf.field,), facet_limit=_MAX_COMPARED, limit=0))
    ranked = sorted(
        (-_similarity(wanted, leaf.field, value), -count, value) for value, count in every.facets[leaf.field]
    )
    likely = (value for similarity, _, value in ranked if -similarity >= _MIN_SIMILARITY)
    by_key: dict[str, str] = {}
    for value in likely:
        by_key.setdefault(value_key(fold_value(value)), value)
        if len(by_key) == MAX_NEAREST:
            break
    return iter(by_key.values())


def _similarity(wanted: str, field: str, value: str) -> float:
    """Returns how alike a value, another name of it, or the most similar of their words is to a text. From 0 to 1."""
    names = [fold_value(name) for name in (value, *other_names(field, value))]
    if any(wanted in name for name in names):
        return 1.0
    matcher = SequenceMatcher(b=wanted, autojunk=False)
    best = 0.0
    for part in {part for name in names for part in (name, *name.split())}:
        matcher.set_seq1(part)
        if matcher.real_quick_ratio() > best and matcher.quick_ratio() > best:
            best = max(best, matcher.ratio())
    return best
