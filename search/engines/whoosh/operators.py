"""The scored nodes that are no plain word or phrase: truncation, likeness, nearness, counting, headline and lead.

Each is to ranking as one word is (see leaves): tf_f is how often it stands in field f, n how many documents have it.
A truncation or likeness over all fields counts every occurrence as one in the body: telling fields apart would cost
reading every position of every form. A nearness stands where its left operand does that has a right one near.
"""

from collections.abc import Callable, Sequence

import numpy as np

from ...query import AtLeast, Fuzzy, Near, Node, Operand, Or, Phrase, Truncation, Word
from .batches import by_documents
from .files import Array
from .leaves import FoundLeaf, Leaf, is_in, weigh_occurrences
from .segment import BODY
from .spans import Spans, count_of_forms, find_spans, has_near, having_forms, term_forms
from .view import Shard, View
from .vocabulary import find_forms, token_count

# Finds the documents of a node in a segment: the matcher that a leaf belongs to.
Find = Callable[[Node, int], Array]


def make_operator_leaf(view: View, node: Word | Phrase | Truncation | Fuzzy | Near | AtLeast, find: Find) -> Leaf:
    """Returns what finds and scores a node; words and phrases only where they have a region that is no field."""
    match node:
        case Near():
            return _NearLeaf(view, node, find)
        case AtLeast():
            return _AtLeastLeaf(view, node, find)
        case _ if node.field is None and token_count(node) == 1:
            return _FormsLeaf(view, node)
        case _:
            return _RegionLeaf(view, node)


class _FormsLeaf(FoundLeaf):
    """Any of many forms, in any field."""

    def __init__(self, view: View, term: Truncation | Fuzzy | Word | Phrase) -> None:
        super().__init__(view)
        self._term = term

    def _find(self, shard: int) -> tuple[Array, Array]:
        held = self._view.shards[shard]
        totals = count_of_forms(held, find_forms(held, self._term))
        docs = np.flatnonzero(totals)
        return docs, held.weigh(BODY, docs) * totals[docs]


class _RegionLeaf(FoundLeaf):
    """A term of one or more tokens in one field, or in headline and lead, or of several tokens in any field."""

    def __init__(self, view: View, term: Truncation | Fuzzy | Word | Phrase) -> None:
        super().__init__(view)
        self._term = term

    def _find(self, shard: int) -> tuple[Array, Array]:
        held = self._view.shards[shard]
        terms = term_forms(held, self._term)
        every = np.ones(held.segment.count, dtype=bool)
        for forms in terms:
            every &= having_forms(held, forms)
        found = by_documents(
            held, np.flatnonzero(every), terms, lambda docs: _weigh(held, find_spans(held, self._term, docs))
        )
        return _joined(found)


class _NearLeaf(FoundLeaf):
    """Two operands near each other."""

    def __init__(self, view: View, node: Near, find: Find) -> None:
        super().__init__(view)
        self._node = node
        self._find_docs = find

    def _find(self, shard: int) -> tuple[Array, Array]:
        held, node = self._view.shards[shard], self._node
        docs = self._find_docs(node.left, shard)
        docs = docs[is_in(docs, self._find_docs(node.right, shard), held.segment.count)]

        def find(docs: Array) -> tuple[Array, Array]:
            left, right = find_spans(held, node.left, docs), find_spans(held, node.right, docs)
            near = has_near(held, left, right, node.distance, ordered=node.ordered)
            return _weigh(held, left.take(np.flatnonzero(near)))

        return _joined(by_documents(held, docs, term_forms(held, node), find))


class _AtLeastLeaf(FoundLeaf):
    """An operand that occurs so many times in a section. Its weights are not asked for: it scores as its operand."""

    def __init__(self, view: View, node: AtLeast, find: Find) -> None:
        super().__init__(view)
        self._node = node
        self._find_docs = find

    def _find(self, shard: int) -> tuple[Array, Array]:
        held, part = self._view.shards[shard], self._node.part
        docs, counts = count_occurrences(held, part, self._find_docs(part, shard))
        enough = counts >= self._node.count
        return docs[enough], counts[enough]


def count_occurrences(held: Shard, part: Operand, docs: Array) -> tuple[Array, Array]:
    """Returns the documents and how often the operand occurs in each; what two parts of an OR share counts once."""
    forms = _forms_of(held, part)
    if forms is not None:
        return docs, count_of_forms(held, forms)[docs]

    def count(docs: Array) -> Array:
        counts: Array = np.bincount(find_spans(held, part, docs).owners, minlength=held.segment.count)[docs]
        return counts

    return docs, np.concatenate(by_documents(held, docs, term_forms(held, part), count))


def _forms_of(held: Shard, part: Operand) -> Array | None:
    """Returns the forms whose occurrences are those of the operand; None where there is more to it than forms."""
    if isinstance(part, Or):
        several = [_forms_of(held, one) for one in part.parts]  # type: ignore[arg-type]
        if any(forms is None for forms in several):
            return None
        return np.unique(np.concatenate([forms for forms in several if forms is not None]))
    if isinstance(part, Near) or part.field is not None or token_count(part) != 1:
        return None
    return find_forms(held, part)


def _weigh(held: Shard, spans: Spans) -> tuple[Array, Array]:
    """Returns the documents that have a span, and what their spans weigh by the fields that they are in."""
    owners, weights = weigh_occurrences(held, spans.owners, spans.starts, None)
    totals = np.bincount(owners, weights=weights, minlength=held.segment.count)
    docs = np.flatnonzero(totals)
    return docs, totals[docs]


def _joined(found: Sequence[tuple[Array, Array]]) -> tuple[Array, Array]:
    """Returns what was found in batches of documents as one."""
    if len(found) == 1:
        return found[0]
    return np.concatenate([docs for docs, _ in found]), np.concatenate([weights for _, weights in found])
