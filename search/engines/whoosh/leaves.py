"""Words and phrases against a segment: which documents have them, and what that is worth. BM25F.

    score(d) = idf(n) * w / (k1 + w)
    w        = sum over the text fields f of  boost_f * tf_f(d) / (1 - b + b * len_f(d) / mean_f)
    idf(n)   = ln(1 + (N - n + 1/2) / (n + 1/2))

`N` counts the live documents, `n` those of them that have the word in any of the fields asked for; `mean_f` is over
the live documents that have the field, so that a field which few have is not held to be long in those. A
phrase, or a word of several tokens, counts as one word: tf_f is how often it stands
there, `n` how many documents have it. Robertson, Zaragoza: The Probabilistic Relevance Framework (2009), 3.5.
"""

from collections.abc import Sequence

import numpy as np

from ... import analysis
from ...query import Phrase, Word
from .files import Array
from .segment import BODY, FIELD_GAP, FIELD_NAMES, OTHER_FIELDS, ragged
from .terms import encode
from .view import K1, Shard, View

# With so many times fewer documents than postings, each is looked up; else all postings are gone through.
SPARSE = 12
_NO_DOCS: Array = np.zeros(0, dtype=np.uint16)
_NO_WEIGHTS: Array = np.zeros(0, dtype=np.float64)


class Leaf:
    """A scored leaf of a query over all segments: its documents, sorted, and the weights of any of its postings."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._idf: float | None = None

    def docs(self, shard: int) -> Array:
        raise NotImplementedError

    def weights(self, shard: int, slots: Array | None) -> Array:
        """Returns `w` of the postings at these indexes of `docs`, of all for None."""
        raise NotImplementedError

    def scores(self, shard: int, slots: Array | None = None) -> Array:
        """Returns the scores of the postings at these indexes of `docs`, of all for None."""
        if slots is not None and not len(slots):
            return _NO_WEIGHTS
        if self._idf is None:
            shards = self._view.shards
            self._idf = self._view.idf(
                sum(shards[number].count_live(self.docs(number)) for number in range(len(shards)))
            )
        weights = self.weights(shard, slots)
        scores = weights + K1
        np.divide(weights, scores, out=scores)
        scores *= self._idf
        return scores


def make_leaf(view: View, node: Word | Phrase) -> Leaf:
    """Returns what finds and scores a word or phrase."""
    forms = analysis.forms(node.text)
    if isinstance(node, Word) and len(forms) == 1:
        return _StemLeaf(view, analysis.stem(forms[0]), node.field)
    terms = [analysis.stem(form) for form in forms] if isinstance(node, Word) else forms
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
            slots = np.flatnonzero(segment.file["stems.tfs"][start:end])
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
            return held.norms(self._field)[docs] * (tfs if slots is None else tfs[slots])
        start, end = segment.extent("stems.starts", ordinal)
        tfs = segment.frequencies("stems", start, end)
        if self._field == BODY:
            tfs = tfs[self._slots[shard]]
        weights = held.norms(BODY).take(docs)
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
    weights[entries] += held.norms(name)[docs[entries]] * tfs


class _AdjacencyLeaf(Leaf):
    """Terms side by side, in this order: a phrase of forms, or the stems of a hyphenated word. Positions are read for
    the documents that have all terms, and for no others."""

    def __init__(self, view: View, terms: Sequence[str], field: str | None, *, stemmed: bool) -> None:
        super().__init__(view)
        self._terms = [encode(term) for term in terms]
        self._field = field
        self._stemmed = stemmed
        self._found: dict[int, tuple[Array, Array]] = {}

    def docs(self, shard: int) -> Array:
        return self._matches(shard)[0]

    def weights(self, shard: int, slots: Array | None) -> Array:
        weights = self._matches(shard)[1]
        return weights if slots is None else weights[slots]

    def _matches(self, shard: int) -> tuple[Array, Array]:
        if shard not in self._found:
            self._found[shard] = self._match(self._view.shards[shard])
        return self._found[shard]

    def _match(self, held: Shard) -> tuple[Array, Array]:
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
        owners, positions = adjacent(held, docs, forms)
        fields, norms = _by_field(held, docs, owners, positions)
        if self._field:
            in_field = fields == FIELD_NAMES.index(self._field)
            owners, norms = owners[in_field], norms[in_field]
        weights = np.bincount(owners, weights=norms, minlength=len(docs))
        having = np.flatnonzero(weights)
        return docs[having], weights[having]


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
    """Returns each occurrence of any of the forms in the documents: the document's index in `docs`, the position.

    In the order of the forms, of documents under each.
    """
    segment, file = held.segment, held.segment.file
    owners, positions = [], []
    ranks: Array | None = None
    for form in forms.tolist():
        start, end = segment.extent("forms.starts", form)
        having = file["forms.docs"][start:end]
        if len(docs) * SPARSE < len(having):
            slots = np.searchsorted(having, docs.astype(having.dtype, copy=False))
            slots[slots == len(having)] = 0
            own = np.flatnonzero(having[slots] == docs)
            slots = slots[own]
        else:
            if ranks is None:
                ranks = np.full(segment.count, -1, dtype=np.int32)
                ranks[docs] = np.arange(len(docs), dtype=np.int32)
            own = ranks[having]
            slots = np.flatnonzero(own >= 0)
            own = own[slots]
        if not len(slots):
            continue
        tfs = segment.frequencies("forms", start, end)
        counts = tfs[slots].astype(np.int64)
        ends = np.cumsum(tfs, dtype=np.int64)
        first = int(file["forms.position_starts"][form])
        positions.append(file["forms.positions"][ragged(first + ends[slots] - counts, counts)].astype(np.int64))
        owners.append(np.repeat(own, counts))
    if not owners:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    return np.concatenate(owners), np.concatenate(positions)


def adjacent(held: Shard, docs: Array, terms: Sequence[Array]) -> tuple[Array, Array]:
    """Returns where the terms, each given as its forms, stand side by side: index in `docs`, position of the first."""
    owners, positions = occurrences(held, docs, terms[0])
    if len(terms) == 1:
        return owners, positions
    # The documents laid end to end, each with room before it for a first term that would stand before its start.
    sizes = np.full(len(docs), len(FIELD_NAMES) * FIELD_GAP + len(terms))
    for name in FIELD_NAMES:
        sizes += held.segment.lengths(name)[docs]
    bases = np.cumsum(sizes) - sizes + len(terms)
    room = int(sizes.sum()) + len(terms)
    places = bases[owners] + positions
    for distance, forms in enumerate(terms[1:], start=1):
        other_owners, other_positions = occurrences(held, docs, forms)
        flags = np.zeros(room, dtype=bool)
        flags[bases[other_owners] + other_positions - distance] = True
        stay = flags[places]
        places, owners, positions = places[stay], owners[stay], positions[stay]
    return owners, positions


def _by_field(held: Shard, docs: Array, owners: Array, positions: Array) -> tuple[Array, Array]:
    """Returns for each occurrence the index of the field that it is in, and what it weighs there."""
    starts = held.segment.field_starts(docs)
    fields = np.zeros(len(owners), dtype=np.int64)
    for name in FIELD_NAMES[1:]:
        fields += positions >= starts[name][owners]
    norms = np.empty(len(owners), dtype=np.float64)
    for number, name in enumerate(FIELD_NAMES):
        here = np.flatnonzero(fields == number)
        if len(here):
            norms[here] = held.norms(name)[docs[owners[here]]]
    return fields, norms
