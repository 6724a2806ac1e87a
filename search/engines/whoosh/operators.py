"""Scored leaves that are not plain words or phrases: truncation, fuzzy terms, proximity, counting, headline and lead.

Each is scored as if it were a word (see `leaves`): `tf_f` is how often it occurs in field f, `n` the number of
documents that have it. A truncation or fuzzy term over all fields counts every occurrence as if it were in the body,
since finding the field of each would cost reading every position of every form. A proximity occurs where its left
operand does, if the right one is near (or, of `NOT w/5`, is not). Only `matching` and `searching` import from here.
"""

from collections.abc import Callable, Sequence

import numpy as np

from ...query import AtLeast, Fuzzy, Near, Node, Operand, Or, Phrase, Truncation, Word
from ..tree_rules import is_one_token
from .arrays import distinct
from .batches import by_documents
from .files import Array
from .leaves import ComputedLeaf, Leaf
from .occurrences import weigh_occurrences
from .postings import count_forms, have_forms, is_in
from .segment import BODY
from .snapshot import SegmentReader, Snapshot
from .spans import Spans, find_spans, left_spans, term_forms
from .vocabulary import find_forms, find_readings

# `Matcher.find` of the matcher that owns a leaf: a node and a segment number -> the documents that match.
FindDocuments = Callable[[Node, int], Array]


def make_operator_leaf(
    snapshot: Snapshot, node: Word | Phrase | Truncation | Fuzzy | Near | AtLeast, find: FindDocuments
) -> Leaf:
    """Returns the leaf of a node. A word or phrase comes here only if `make_leaf` has no leaf for it."""
    match node:
        case Near():
            return _NearLeaf(snapshot, node, find)
        case AtLeast():
            return _AtLeastLeaf(snapshot, node, find)
        case Truncation() | Fuzzy() if node.field is None and is_one_token(node):
            return _FormsLeaf(snapshot, node)
        case _:
            return _RegionLeaf(snapshot, node)


class _FormsLeaf(ComputedLeaf):
    """Any of many forms, in any field."""

    def __init__(self, snapshot: Snapshot, term: Truncation | Fuzzy) -> None:
        super().__init__(snapshot)
        self._term = term

    def _compute(self, segment_number: int) -> tuple[Array, Array]:
        reader = self._snapshot.readers[segment_number]
        totals = count_forms(reader, find_forms(reader, self._term))
        docs = np.flatnonzero(totals)
        return docs, reader.weigh(BODY, docs) * totals[docs]


class _RegionLeaf(ComputedLeaf):
    """A term in one field or in headline and lead, or a term of several tokens or readings in any field."""

    def __init__(self, snapshot: Snapshot, term: Truncation | Fuzzy | Word | Phrase) -> None:
        super().__init__(snapshot)
        self._term = term

    def _compute(self, segment_number: int) -> tuple[Array, Array]:
        reader = self._snapshot.readers[segment_number]
        flags = np.zeros(reader.segment.count, dtype=bool)
        for terms in find_readings(reader, self._term):
            flags |= np.logical_and.reduce([have_forms(reader, forms) for forms in terms])

        def weigh(batch: Array) -> tuple[Array, Array]:
            return _weigh(reader, find_spans(reader, self._term, batch))

        return _join(by_documents(reader, np.flatnonzero(flags), term_forms(reader, self._term), weigh))


class _NearLeaf(ComputedLeaf):
    """Two operands near each other, or the left one alone."""

    def __init__(self, snapshot: Snapshot, node: Near, find: FindDocuments) -> None:
        super().__init__(snapshot)
        self._node = node
        self._find = find

    def _compute(self, segment_number: int) -> tuple[Array, Array]:
        reader, node = self._snapshot.readers[segment_number], self._node
        docs = self._find(node.left, segment_number)
        if not node.excluded:
            docs = docs[is_in(docs, self._find(node.right, segment_number), reader.segment.count)]

        def weigh(batch: Array) -> tuple[Array, Array]:
            return _weigh(reader, left_spans(reader, node, batch))

        return _join(by_documents(reader, docs, term_forms(reader, node), weigh))


class _AtLeastLeaf(ComputedLeaf):
    """An operand that occurs a number of times in a section. Its weights are not used: it is scored as its operand."""

    def __init__(self, snapshot: Snapshot, node: AtLeast, find: FindDocuments) -> None:
        super().__init__(snapshot)
        self._node = node
        self._find = find

    def _compute(self, segment_number: int) -> tuple[Array, Array]:
        reader, part = self._snapshot.readers[segment_number], self._node.part
        docs = self._find(part, segment_number)
        counts = count_occurrences(reader, part, docs)
        enough = counts >= self._node.count
        return docs[enough], counts[enough]


def count_occurrences(reader: SegmentReader, part: Operand, docs: Array) -> Array:
    """Returns how often an operand occurs in each document. What two parts of an OR share counts once.

    Shape (docs,).
    """
    forms = _sole_forms(reader, part)
    if forms is not None:
        return count_forms(reader, forms)[docs]

    def count(batch: Array) -> Array:
        counts: Array = np.bincount(find_spans(reader, part, batch).owners, minlength=reader.segment.count)[batch]
        return counts

    return np.concatenate(by_documents(reader, docs, term_forms(reader, part), count))


def _sole_forms(reader: SegmentReader, part: Operand) -> Array | None:
    """Returns the forms that an operand is equivalent to, or None if it is more than an OR of forms in any field."""
    if isinstance(part, Or):
        several = [_sole_forms(reader, operand) for operand in part.parts]  # type: ignore[arg-type]
        if any(forms is None for forms in several):
            return None
        return distinct(np.concatenate([forms for forms in several if forms is not None]))
    if isinstance(part, Near) or part.field is not None or not is_one_token(part):
        return None
    return find_forms(reader, part)


def _weigh(reader: SegmentReader, spans: Spans) -> tuple[Array, Array]:
    """Returns the documents that have a span, and the weight of their spans by the fields that these are in."""
    owners, weights = weigh_occurrences(reader, spans.owners, spans.starts, None)
    totals = np.bincount(owners, weights=weights, minlength=reader.segment.count)
    docs = np.flatnonzero(totals)
    return docs, totals[docs]


def _join(weighed: Sequence[tuple[Array, Array]]) -> tuple[Array, Array]:
    """Returns the documents and weights of several batches as one."""
    if len(weighed) == 1:
        return weighed[0]
    return np.concatenate([docs for docs, _ in weighed]), np.concatenate([weights for _, weights in weighed])
