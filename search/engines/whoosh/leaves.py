"""Words and phrases against a segment: which documents have them, and what that is worth. BM25F.

    score(d) = idf(n) * w / (k1 + w)
    w        = sum over the text fields f of  boost_f * tf_f(d) / (1 - b + b * len_f(d) / mean_f)
    idf(n)   = ln(1 + (N - n + 1/2) / (n + 1/2))

The score is multiplied by what the word weighs in its query (see matching). `N` counts the live documents, `n` those
of them that have the word in any of the fields asked for; `mean_f` is over the live documents that have the field, so
that a field which few have is not held to be long in those. A phrase, or a word of several tokens, counts as one
word: tf_f is how often it stands there, `n` how many documents have it. Robertson, Zaragoza: The Probabilistic
Relevance Framework (2009), 3.5.
"""

from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from ...query import Phrase, Word
from ...text import stem_form, word_forms
from ..deadline import check_time
from .batches import by_documents
from .files import Array
from .segment import BODY, FIELD_NAMES, OTHER_FIELDS
from .terms import encode
from .view import K1, Shard, View

# With so many times fewer documents than postings, each is looked up; else all postings are gone through.
SPARSE = 12
# A query of query.MAX_LENGTH characters has fewer terms than this many bits can count.
_PHRASE_BITS = 12
_NO_DOCS: Array = np.zeros(0, dtype=np.uint16)
_NO_WEIGHTS: Array = np.zeros(0, dtype=np.float64)


# Reads where any of some forms stands in some documents: their owners and positions.
ReadOccurrences = Callable[[Shard, Array, Array], tuple[Array, Array]]


class Leaf:
    """A scored leaf of a query over all segments: its documents, sorted, and the weights of any of its postings."""

    def __init__(self, view: View) -> None:
        self._view = view
        # What the node weighs in its query beside others, see matching.
        self.weight = 1.0

    def docs(self, shard: int) -> Array:
        raise NotImplementedError

    def weights(self, shard: int, slots: Array | None) -> Array:
        """Returns `w` of the postings at these indexes of `docs`, of all for None."""
        raise NotImplementedError

    def scores(self, shard: int, slots: Array | None = None) -> Array:
        """Returns the scores of the postings at these indexes of `docs`, of all for None."""
        if slots is not None and not len(slots):
            return _NO_WEIGHTS
        weights = self.weights(shard, slots)
        scores = weights + K1
        np.divide(weights, scores, out=scores)
        scores *= self.idf * self.weight
        return scores

    @cached_property
    def frequency(self) -> int:
        """How many live documents have the word."""
        return sum(shard.count_live(self.docs(number)) for number, shard in enumerate(self._view.shards))

    @cached_property
    def idf(self) -> float:
        """What having the word is worth; see the module."""
        return self._view.idf(self.frequency)


def make_leaf(view: View, node: Word | Phrase) -> Leaf:
    """Returns what finds and scores a word or phrase."""
    forms = word_forms(node.text)
    if isinstance(node, Word) and len(forms) == 1:
        return _StemLeaf(view, stem_form(forms[0]), node.field)
    terms = [stem_form(form) for form in forms] if isinstance(node, Word) else forms
    return _AdjacencyLeaf(view, terms, node.field, stemmed=isinstance(node, Word))


class _StemLeaf(Leaf):
    """Any form of one word."""

    def __init__(self, view: View, stem: str, field: str | None) -> None:
        super().__init__(view)
        self._field = field
        term = encode(stem)
        self._ordinals = [shard.segment.stems.find(term) for shard in view.shards]
        self._docs: dict[int, Array] = {}
        # Where only the body is asked for: which postings have it there.
        self._slots: dict[int, Array] = {}

    def docs(self, shard: int) -> Array:
        if shard not in self._docs:
            self._docs[shard] = self._find(shard)
        return self._docs[shard]

    def _find(self, shard: int) -> Array:
        ordinal = self._ordinals[shard]
        if ordinal is None:
            return _NO_DOCS
        segment = self._view.shards[shard].segment
        start, end = segment.extent("stems.starts", ordinal)
        docs = segment.file["stems.docs"][start:end]
        if self._field is None:
            return docs
        if self._field == BODY:
            slots = np.flatnonzero(segment.file["stems.tfs"][start:end] != 0)
        else:
            first, last = segment.extent(f"stems.{self._field}.starts", ordinal)
            slots = segment.file[f"stems.{self._field}.slots"][first:last].astype(np.int64)
        self._slots[shard] = slots
        return docs[slots]

    def weights(self, shard: int, slots: Array | None) -> Array:
        ordinal = self._ordinals[shard]
        if ordinal is None:
            return _NO_WEIGHTS
        held = self._view.shards[shard]
        segment = held.segment
        docs = self.docs(shard)
        if slots is not None:
            docs = docs[slots]
        if self._field is not None and self._field != BODY:
            first, last = segment.extent(f"stems.{self._field}.starts", ordinal)
            tfs = segment.file[f"stems.{self._field}.tfs"][first:last]
            return held.weigh(self._field, docs) * (tfs if slots is None else tfs[slots])
        start, end = segment.extent("stems.starts", ordinal)
        tfs = segment.frequencies("stems", start, end)
        if self._field == BODY:
            tfs = tfs[self._slots[shard]]
        weights = held.weigh(BODY, docs)
        weights *= tfs if slots is None else tfs[slots]
        if self._field is None:
            for name in OTHER_FIELDS:
                first, last = segment.extent(f"stems.{name}.starts", ordinal)
                if first < last:
                    _add_entries(held, name, (first, last), slots, docs, weights)
        return weights


def _add_entries(
    held: Shard, name: str, extent: tuple[int, int], slots: Array | None, docs: Array, weights: Array
) -> None:
    """Adds a field's entries to the weights of the postings at `slots` of a stem."""
    first, last = extent
    entries = held.segment.file[f"stems.{name}.slots"][first:last]
    tfs = held.segment.file[f"stems.{name}.tfs"][first:last]
    if slots is not None:
        at = np.searchsorted(slots, entries)
        at[at == len(slots)] = 0
        hit = slots[at] == entries
        entries, tfs = at[hit], tfs[hit]
    weights[entries] += held.weigh(name, docs[entries]) * tfs


class FoundLeaf(Leaf):
    """A leaf whose documents and weights come out together, once a segment."""

    def __init__(self, view: View) -> None:
        super().__init__(view)
        self._found: dict[int, tuple[Array, Array]] = {}

    def _find(self, shard: int) -> tuple[Array, Array]:
        """Returns the documents, sorted, and the weight of each."""
        raise NotImplementedError

    def _matches(self, shard: int) -> tuple[Array, Array]:
        if shard not in self._found:
            self._found[shard] = self._find(shard)
        return self._found[shard]

    def docs(self, shard: int) -> Array:
        return self._matches(shard)[0]

    def weights(self, shard: int, slots: Array | None) -> Array:
        weights = self._matches(shard)[1]
        return weights if slots is None else weights[slots]


class _AdjacencyLeaf(FoundLeaf):
    """Terms side by side, in this order: a phrase of forms, or the stems of a hyphenated word. Positions are read for
    the documents that have all terms, and for no others."""

    def __init__(self, view: View, terms: Sequence[str], field: str | None, *, stemmed: bool) -> None:
        super().__init__(view)
        self._terms = [encode(term) for term in terms]
        self._field = field
        self._stemmed = stemmed

    def _find(self, shard: int) -> tuple[Array, Array]:
        held = self._view.shards[shard]
        segment = held.segment
        kind = "stems" if self._stemmed else "forms"
        dictionary = segment.stems if self._stemmed else segment.forms
        ordinals: list[int] = []
        for term in self._terms:
            ordinal = dictionary.find(term)
            if ordinal is None:
                return _NO_DOCS, _NO_WEIGHTS
            ordinals.append(ordinal)
        if not ordinals:
            return _NO_DOCS, _NO_WEIGHTS
        postings = [segment.file[f"{kind}.docs"][slice(*segment.extent(f"{kind}.starts", one))] for one in ordinals]
        docs = intersect(postings, segment.count)
        if not len(docs):
            return _NO_DOCS, _NO_WEIGHTS
        forms = [segment.forms_of_stem(one) if self._stemmed else np.array([one]) for one in ordinals]
        found = by_documents(
            held, docs, forms, lambda some: weigh_occurrences(held, *adjacent(held, some, forms), self._field)
        )
        owners, norms = found[0] if len(found) == 1 else map(np.concatenate, zip(*found, strict=True))
        if not len(owners):
            return _NO_DOCS, _NO_WEIGHTS
        # Owners come sorted: a document's occurrences stand together.
        first = np.flatnonzero(np.concatenate(([True], owners[1:] != owners[:-1])))
        return owners[first], np.add.reduceat(norms, first)


def intersect(postings: Sequence[Array], count: int) -> Array:
    """Returns the documents that are in all of these sorted lists."""
    ordered = sorted(postings, key=len)
    docs = ordered[0]
    for other in ordered[1:]:
        docs = docs[is_in(docs, other, count)]
    return docs


def is_in(docs: Array, postings: Array, count: int) -> Array:
    """Returns for each document whether it is in the sorted list; `count` is the segment's documents."""
    if not len(postings):
        return np.zeros(len(docs), dtype=bool)
    if len(docs) * SPARSE < len(postings):
        at = np.searchsorted(postings, docs.astype(postings.dtype, copy=False))
        at[at == len(postings)] = 0
        found: Array = postings[at] == docs
        return found
    flags = np.zeros(count, dtype=bool)
    flags[postings] = True
    return flags[docs]


def occurrences(held: Shard, docs: Array, forms: Array) -> tuple[Array, Array]:
    """Returns each occurrence of any of the forms in the documents: its document, its position.

    In the order of the forms, of documents and positions under each. Positions are read for these documents only.
    """
    segment, file = held.segment, held.segment.file
    owners, positions = [], []
    flags: Array | None = None
    for form in forms.tolist():
        start, end = segment.extent("forms.starts", form)
        having = file["forms.docs"][start:end]
        if len(docs) * SPARSE < len(having):
            slots = np.searchsorted(having, docs.astype(having.dtype, copy=False))
            slots[slots == len(having)] = 0
            slots = slots[having[slots] == docs]
        else:
            if flags is None:
                flags = np.zeros(segment.count, dtype=bool)
                flags[docs] = True
            slots = np.flatnonzero(flags[having])
        if not len(slots):
            continue
        tfs = segment.frequencies("forms", start, end)
        counts = tfs[slots].astype(np.int64)
        first = int(file["forms.position_starts"][form])
        positions.append(file["forms.positions"][_runs(first + _sums_before(tfs, slots), counts)])
        owners.append(np.repeat(having[slots], counts))
    if not owners:
        return _NO_DOCS, _NO_DOCS
    return (owners[0], positions[0]) if len(owners) == 1 else (np.concatenate(owners), np.concatenate(positions))


def _sums_before(tfs: Array, slots: Array) -> Array:
    """Returns the sum of the frequencies before each slot, of which there is one: a cumsum at a tenth of its time."""
    sums = np.add.reduceat(tfs, np.concatenate(([0], slots)), dtype=np.int64)[:-1]
    if slots[0] == 0:
        sums[0] = 0
    return np.cumsum(sums)


def _runs(starts: Array, counts: Array) -> Array:
    """Returns the indexes start, start + 1, ... of many runs, none empty: segment.ragged at a third of its time."""
    ends = np.cumsum(counts)
    steps = np.ones(int(ends[-1]), dtype=np.int64)
    steps[0] = starts[0]
    steps[ends[:-1]] = starts[1:] - starts[:-1] - counts[:-1] + 1
    return np.cumsum(steps, out=steps)


def adjacent(
    held: Shard, docs: Array, terms: Sequence[Array], *, read: ReadOccurrences = occurrences
) -> tuple[Array, Array]:
    """Returns where the terms, each given as its forms, stand side by side: the document, the position of the first.

    An occurrence is one number, document | position of a first term before it | whether it is not the first, so that
    in a sorted list those side by side are neighbours. Sorting numbers is quicker here than looking them up.
    """
    owners, positions = read(held, docs, terms[0])
    if len(terms) == 1:
        return owners, positions
    # Room for the longest document, and for terms that would begin before it.
    width = max(held.segment.position_bits, _PHRASE_BITS) + 2
    wide: Any = np.uint32 if width + 16 <= 32 else np.uint64
    shift, room = wide(width), wide(len(terms))

    def to_keys(owners: Array, positions: Array, distance: int) -> Array:
        keys: Array = owners.astype(wide) << shift
        keys |= (positions.astype(wide) + room - wide(distance)) << wide(1)
        return keys

    keys = to_keys(owners, positions, 0)
    for distance, forms in enumerate(terms[1:], start=1):
        check_time()
        others = to_keys(*read(held, docs, forms), distance) | wide(1)
        keys = np.concatenate((keys, others))
        keys.sort()
        keys = keys[:-1][(keys[:-1] | wide(1)) == keys[1:]]
    positions = ((keys & ((wide(1) << shift) - wide(1))) >> wide(1)).astype(np.int64) - len(terms)
    found: Array = (keys >> shift).astype(np.int64)
    return found, positions


def fields_of(held: Shard, owners: Array, positions: Array) -> Array:
    """Returns for each occurrence the index of the field that it is in."""
    segment = held.segment
    # The body comes last of a document's fields, and most occurrences are in it.
    fields = np.full(len(owners), len(FIELD_NAMES) - 1)
    others = np.flatnonzero(positions < segment.body_starts[owners])
    if len(others):
        starts = segment.field_starts(owners[others])
        fields[others] = sum(positions[others] >= starts[name] for name in FIELD_NAMES[1:])
    return fields


def weigh_occurrences(held: Shard, owners: Array, positions: Array, field: str | None) -> tuple[Array, Array]:
    """Returns the documents of the occurrences that are in the field, or in any, and what each weighs there."""
    segment = held.segment
    norms = held.weigh(BODY, owners)
    # The body comes last of a document's fields, and most occurrences are in it.
    others = np.flatnonzero(positions < segment.body_starts[owners])
    if len(others):
        starts = segment.field_starts(owners[others])
        for name, following in pairwise(FIELD_NAMES):
            inside = (positions[others] >= starts[name]) & (positions[others] < starts[following])
            chosen = others[inside]
            norms[chosen] = held.weigh(name, owners[chosen]) if field in (None, name) else 0.0
    if field is not None and field != BODY:
        norms[positions >= segment.body_starts[owners]] = 0.0
    if field is None:
        return owners, norms
    stay = np.flatnonzero(norms != 0)
    return owners[stay], norms[stay]
