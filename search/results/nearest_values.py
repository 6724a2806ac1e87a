"""Values of fields that were probably meant, where the value in a query finds nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from ..engines import TIME_LIMIT_SECONDS, Reader, Request, time_limit
from ..query import And, Everything, Keyword, Node, Not, Or, ValueWord, format_query, positive_leaves
from ..text import fold_text
from .answers import Answer
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

    Each of these comes with the number of its sections, and the question with it in the place of the other.
    """

    written: str
    values: tuple[tuple[str, int, Question], ...]


def nearest_values(answer: Answer) -> list[NearestValues]:
    """Returns, for each value in a query that no section has, the values of its field that are most like it.

    Raises QueryLimitError.
    """
    if answer.total:
        return []
    leaves = dict.fromkeys(
        leaf for leaf in positive_leaves(answer.parsed_query.tree) if isinstance(leaf, Keyword | ValueWord)
    )
    with time_limit(TIME_LIMIT_SECONDS):
        missing = [leaf for leaf in list(leaves)[:_MAX_LEAVES] if not answer.index.count(leaf)]
        return [_nearest_to(leaf, answer) for leaf in missing]


def _nearest_to(leaf: Keyword | ValueWord, answer: Answer) -> NearestValues:
    tree = answer.parsed_query.tree
    values = [
        (value, count, answer.question.with_query(format_query(_replace(tree, leaf, Keyword(leaf.field, value)))))
        for value, count in _find_nearest(leaf, answer.index)
    ]
    return NearestValues(format_query(leaf), tuple(values))


def _replace(node: Node, leaf: Node, replacement: Keyword) -> Node:
    """Returns a tree with a value in the place of another."""
    match node:
        case And(parts) | Or(parts):
            return type(node)(tuple(_replace(part, leaf, replacement) for part in parts))
        case Not(part):
            return Not(_replace(part, leaf, replacement))
        case _:
            return replacement if node == leaf else node


def _find_nearest(leaf: Keyword | ValueWord, index: Reader) -> Iterator[tuple[str, int]]:
    """Yields the values most like that of a leaf, with their sections: the most similar first."""
    wanted = fold_text(leaf.text if isinstance(leaf, ValueWord) else leaf.value)
    every = index.search(Request(Everything(), facets=(leaf.field,), facet_limit=_MAX_COMPARED, limit=0))
    ranked = sorted(
        (-_similarity(wanted, fold_text(value)), -count, value) for value, count in every.facets[leaf.field]
    )
    for similarity, count, value in ranked[:MAX_NEAREST]:
        if -similarity >= _MIN_SIMILARITY:
            yield value, -count


def _similarity(wanted: str, value: str) -> float:
    """Returns how alike a value, or the most similar of its words, is to a text. From 0 to 1."""
    if wanted in value:
        return 1.0
    matcher = SequenceMatcher(b=wanted, autojunk=False)
    best = 0.0
    for part in {value, *value.split()}:
        matcher.set_seq1(part)
        if matcher.real_quick_ratio() > best and matcher.quick_ratio() > best:
            best = max(best, matcher.ratio())
    return best
