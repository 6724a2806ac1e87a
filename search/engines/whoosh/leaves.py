"""Scored leaves of a query: words and phrases, the documents that have them, and their scores. BM25F.

    score(d) = idf(n) * w / (k1 + w)
    w        = sum over the text fields f of  boost_f * tf_f(d) / (1 - b + b * len_f(d) / mean_f)
    idf(n)   = ln(1 + (N - n + 1/2) / (n + 1/2))

The score is multiplied by the weight of the word in its query (see `matching`). `N` is the number of live documents,
`n` of those that have the word in any of the fields searched. `mean_f` is the mean over the live documents that have
field f at all: otherwise a field that few documents have, such as a heading, would count as long wherever it occurs.
A phrase, or a word of several tokens, counts as one word: `tf_f` is how often it occurs in f, `n` the number of
documents that have it. Robertson and Zaragoza: The Probabilistic Relevance Framework (2009), 3.5.

The other scored leaves are in `operators`. Only modules of this package import from here.
"""

from functools import lru_cache

import numpy as np

from ...fields import HLEAD
from ...query import Phrase, Word
from ...text import readings
from .arrays import look_up
from .batches import by_documents
from .files import Array
from .occurrences import adjacent, weigh_occurrences
from .postings import intersect
from .segment import BODY, OTHER_FIELDS
from .snapshot import K1, SegmentReader, Snapshot
from .terms import encode
from .vocabulary import find_readings

_NO_DOCS: Array = np.zeros(0, dtype=np.uint16)
_NO_WEIGHTS: Array = np.zeros(0, dtype=np.float64)


class Leaf:
    """A scored leaf of a query, over all segments of a snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        # The weight of the leaf among the others of its query, see `matching`.
        self.weight = 1.0
        self._frequency: int | None = None

    def docs(self, segment_number: int) -> Array:
        """Returns the documents of a segment that match, ascending."""
        raise NotImplementedError

    def weights(self, segment_number: int, slots: Array | None) -> Array:
        """Returns `w` of the documents at these indexes of `docs`, or of all for None. Float64."""
        raise NotImplementedError

    def scores(self, segment_number: int, slots: Array | None = None) -> Array:
        """Returns the scores of the documents at these indexes of `docs`, or of all for None. Float64."""
        if slots is not None and not len(slots):
            return _NO_WEIGHTS
        weights = self.weights(segment_number, slots)
        scores = weights + K1
        np.divide(weights, scores, out=scores)
        scores *= self.idf * self.weight
        return scores

    # No cached_property: in Python 3.11 it has a lock for all instances, and who waits for a turn would keep it.
    @property
    def frequency(self) -> int:
        """The number of live documents that match."""
        if self._frequency is None:
            readers = enumerate(self._snapshot.readers)
            self._frequency = sum(reader.count_live(self.docs(number)) for number, reader in readers)
        return self._frequency

    @property
    def idf(self) -> float:
        """The inverse document frequency."""
        return self._snapshot.idf(self.frequency)


def make_leaf(snapshot: Snapshot, node: Word | Phrase) -> Leaf | None:
    """Returns the leaf of a word or phrase; None if it has several readings, or is for headline and lead only."""
    if node.field == HLEAD.name:
        return None
    if isinstance(node, Phrase):
        return _AdjacencyLeaf(snapshot, node)
    stem = sole_stem(node.text)
    if stem is not None:
        return _StemLeaf(snapshot, stem, node.field)
    (slots, *others) = readings(node.text)
    return None if others or any(slot.others for slot in slots) else _AdjacencyLeaf(snapshot, node)


# Each word of a query is asked for several times.
@lru_cache(maxsize=1024)
def sole_stem(text: str) -> str | None:
    """Returns the stem of a word of one token and one reading, whose postings are all its matches; None for others."""
    (slots, *others) = readings(text)
    return None if others or len(slots) != 1 or slots[0].others else slots[0].stem


class _StemLeaf(Leaf):
    """Any form of one word."""

    def __init__(self, snapshot: Snapshot, stem: str, field: str | None) -> None:
        super().__init__(snapshot)
        self._field = field
        term = encode(stem)
        self._ordinals = [reader.segment.stems.find(term) for reader in snapshot.readers]
        self._docs: dict[int, Array] = {}
        # In a search of one field: the indexes of the stem's postings that have it there.
        self._slots: dict[int, Array] = {}

    def docs(self, segment_number: int) -> Array:
        if segment_number not in self._docs:
            self._docs[segment_number] = self._find(segment_number)
        return self._docs[segment_number]

    def _find(self, segment_number: int) -> Array:
        ordinal = self._ordinals[segment_number]
        if ordinal is None:
            return _NO_DOCS
        segment = self._snapshot.readers[segment_number].segment
        start, end = segment.extent("stems.starts", ordinal)
        docs = segment.file.part("stems.docs", start, end)
        if self._field is None:
            return docs
        if self._field == BODY:
            slots = np.flatnonzero(segment.file.part("stems.tfs", start, end) != 0)
        else:
            first, last = segment.extent(f"stems.{self._field}.starts", ordinal)
            slots = segment.file.part(f"stems.{self._field}.slots", first, last).astype(np.int64)
        self._slots[segment_number] = slots
        return docs[slots]

    def weights(self, segment_number: int, slots: Array | None) -> Array:
        ordinal = self._ordinals[segment_number]
        if ordinal is None:
            return _NO_WEIGHTS
        reader = self._snapshot.readers[segment_number]
        segment = reader.segment
        docs = self.docs(segment_number)
        if slots is not None:
            docs = docs[slots]
        if self._field is not None and self._field != BODY:
            first, last = segment.extent(f"stems.{self._field}.starts", ordinal)
            tfs = segment.file.part(f"stems.{self._field}.tfs", first, last)
            return reader.weigh(self._field, docs) * (tfs if slots is None else tfs[slots])
        start, end = segment.extent("stems.starts", ordinal)
        tfs = segment.frequencies("stems", start, end)
        if self._field == BODY:
            tfs = tfs[self._slots[segment_number]]
        weights = reader.weigh(BODY, docs)
        weights *= tfs if slots is None else tfs[slots]
        if self._field is None:
            for name in OTHER_FIELDS:
                first, last = segment.extent(f"stems.{name}.starts", ordinal)
                if first < last:
                    _add_entries(reader, name, (first, last), weights, slots=slots, docs=docs)
        return weights


def _add_entries(
    reader: SegmentReader, name: str, extent: tuple[int, int], weights: Array, *, slots: Array | None, docs: Array
) -> None:
    """Adds the weight of a stem in another field to `weights`, which belong to `docs`, its postings at `slots`."""
    first, last = extent
    entries = reader.segment.file.part(f"stems.{name}.slots", first, last)
    tfs = reader.segment.file.part(f"stems.{name}.tfs", first, last)
    if slots is not None:
        at, found = look_up(entries, slots)
        entries, tfs = at[found], tfs[found]
    weights[entries] += reader.weigh(name, docs[entries]) * tfs


class ComputedLeaf(Leaf):
    """A leaf whose documents and weights are computed together, once for each segment."""

    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__(snapshot)
        self._computed: dict[int, tuple[Array, Array]] = {}

    def _compute(self, segment_number: int) -> tuple[Array, Array]:
        """Returns the documents, ascending, and the weight of each."""
        raise NotImplementedError

    def _matches(self, segment_number: int) -> tuple[Array, Array]:
        if segment_number not in self._computed:
            self._computed[segment_number] = self._compute(segment_number)
        return self._computed[segment_number]

    def docs(self, segment_number: int) -> Array:
        return self._matches(segment_number)[0]

    def weights(self, segment_number: int, slots: Array | None) -> Array:
        weights = self._matches(segment_number)[1]
        return weights if slots is None else weights[slots]


class _AdjacencyLeaf(ComputedLeaf):
    """Adjacent terms in this order: the forms of a phrase, or the stems of a hyphenated word.

    Positions are read only for the documents that have all terms.
    """

    def __init__(self, snapshot: Snapshot, node: Word | Phrase) -> None:
        super().__init__(snapshot)
        self._node = node

    def _compute(self, segment_number: int) -> tuple[Array, Array]:
        reader = self._snapshot.readers[segment_number]
        (terms,) = find_readings(reader, self._node)
        if not all(map(len, terms)):
            return _NO_DOCS, _NO_WEIGHTS
        docs = intersect([self._docs_of(reader, forms) for forms in terms], reader.segment.count)
        if not len(docs):
            return _NO_DOCS, _NO_WEIGHTS

        def weigh(batch: Array) -> tuple[Array, Array]:
            return weigh_occurrences(reader, *adjacent(reader, batch, terms), self._node.field)

        weighed = by_documents(reader, docs, terms, weigh)
        owners, weights = weighed[0] if len(weighed) == 1 else map(np.concatenate, zip(*weighed, strict=True))
        if not len(owners):
            return _NO_DOCS, _NO_WEIGHTS
        # Owners are sorted: the occurrences of a document are next to each other.
        first = np.flatnonzero(np.concatenate(([True], owners[1:] != owners[:-1])))
        return owners[first], np.add.reduceat(weights, first)

    def _docs_of(self, reader: SegmentReader, forms: Array) -> Array:
        """Returns the documents with the forms of a term, ascending."""
        segment = reader.segment
        if isinstance(self._node, Phrase):
            return segment.file.part("forms.docs", *segment.extent("forms.starts", int(forms[0])))
        stem = int(segment.file["forms.stems"][forms[0]])
        return segment.file.part("stems.docs", *segment.extent("stems.starts", stem))
