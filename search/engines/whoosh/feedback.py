"""Pseudo-relevance feedback: the terms that distinguish the best hits from the rest, and how much a hit has of them.

Of n hits, ordered by their scores so far, the first k = min(MAX_BEST_HITS, n / 10) are taken as relevant:

    s(t,d)      = x / (k1 + x),   x = weight of the stem t in the forward index / norm(d)
    weight(t)   = idf(t) * max(0, sum over the first k of p_i * s(t,d_i)  -  mean over the n of s(t,d))
    feedback(d) = sum over the terms of  weight(t) * s(t,d)

p_i falls with the rank as 1 / log2(rank + 1), and sums to one. A term must occur in two articles or more among the
first k, since the sections of one article share the words of its headline without saying what the query is about. The
MAX_FEEDBACK_TERMS strongest are used. In contrast to Rocchio (1971) the query is not expanded: the hits are reordered,
and every hit still matches the query.

Which hits are compared, and what becomes of their feedback, is decided in `reranking`; only it imports from here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np

from .arrays import look_up
from .files import Array
from .forward import read_forward
from .snapshot import K1, SegmentReader, Snapshot

MAX_BEST_HITS = 10
MAX_FEEDBACK_TERMS = 20
# A smaller difference is a rounding error: all hits have the same share of the term.
MIN_CONTRAST = 1e-9


@dataclass(frozen=True)
class FeedbackStem:
    """A term of the feedback: its stem, and its weight."""

    stem: bytes
    weight: float


class Feedback:
    """The feedback of some hits, best first. A hit is a segment number and a document of that segment.

    `best` is k, the number of hits taken as relevant; with fewer than two there are no terms. `parts` has the part of
    each term in each hit's feedback, relative to the greatest feedback of a hit. Shape (terms, hits), float64.
    """

    def __init__(self, snapshot: Snapshot, segment_numbers: Array, docs: Array) -> None:
        self._snapshot = snapshot
        self._segment_numbers = segment_numbers
        self._docs = docs
        self._count = len(docs)
        self.best = min(MAX_BEST_HITS, len(docs) // 10)
        self.terms: list[FeedbackStem] = []
        self.parts: Array = np.zeros((0, len(docs)))
        if self.best >= 2:
            self._compare(_read_entries(snapshot, segment_numbers, docs))
            greatest = self.parts.sum(axis=0).max(initial=0.0)
            if greatest:
                self.parts /= greatest

    def _compare(self, entries: "_Entries") -> None:
        """Fills `terms` and `parts`, the latter not yet relative."""
        of_best = np.flatnonzero(entries.hits < self.best)
        names, columns = np.unique(entries.names[of_best], return_inverse=True)
        having = np.zeros((len(names), self.best), dtype=bool)
        having[columns, self._articles()[entries.hits[of_best]]] = True
        names = names[having.sum(axis=1) >= 2]
        if not len(names):
            return
        entries = entries.with_names(names)
        columns = np.searchsorted(names, entries.names)
        ranks = np.zeros(self._count)
        ranks[: self.best] = 1 / np.log2(np.arange(self.best) + 2)
        ranks /= ranks.sum()
        contrast = np.bincount(
            columns, weights=entries.shares * (ranks - 1 / self._count)[entries.hits], minlength=len(names)
        )
        contrast[contrast < MIN_CONTRAST] = 0.0
        chosen = self._strongest(entries, columns, contrast)
        self.terms = [term for term, _ in chosen]
        rows = np.full(len(names), -1)
        rows[[column for _, column in chosen]] = np.arange(len(chosen))
        rows = rows[columns]
        of_terms = np.flatnonzero(rows >= 0)
        rows = rows[of_terms]
        weights = np.array([term.weight for term in self.terms])
        self.parts = np.zeros((len(chosen), self._count))
        self.parts[rows, entries.hits[of_terms]] = weights[rows] * entries.shares[of_terms]

    def _articles(self) -> Array:
        """Returns for each of the best hits the rank of the first hit of its article. Shape (best,)."""
        ids = []
        numbers, docs = self._segment_numbers[: self.best].tolist(), self._docs[: self.best].tolist()
        for number, doc in zip(numbers, docs, strict=True):
            segment = self._snapshot.readers[number].segment
            ids.append(int(segment.card_articles[segment.cards[doc]]))
        return np.array([ids.index(article_id) for article_id in ids])

    def _strongest(self, entries: "_Entries", columns: Array, contrast: Array) -> list[tuple[FeedbackStem, int]]:
        """Returns the strongest terms with their columns, which are indexes into `contrast`.

        The document frequency of a stem is completed from the segments without a hit that has it, but only while the
        stem may still be among the strongest: what is found there can only lower its idf.
        """
        readers = self._snapshot.readers
        # Stems by segment and column; -1 where no hit of the segment has it.
        ordinals = np.full((len(readers), len(contrast)), -1)
        ordinals[entries.segment_numbers, columns] = entries.stems
        frequencies = np.zeros(len(contrast), dtype=np.int64)
        for reader, in_segment in zip(readers, ordinals, strict=True):
            known = np.flatnonzero(in_segment >= 0)
            frequencies[known] += reader.count_stems(in_segment[known])
        bounds = self._snapshot.idfs(frequencies) * contrast
        rated: list[tuple[FeedbackStem, int]] = []
        strongest: list[float] = []
        for column in np.argsort(-bounds, kind="stable").tolist():
            full = len(strongest) == MAX_FEEDBACK_TERMS
            if bounds[column] <= 0 or (full and bounds[column] < strongest[0]):
                break
            stem, missing = _complete(readers, ordinals[:, column].tolist())
            idf = self._snapshot.idf(int(frequencies[column]) + missing)
            term = FeedbackStem(stem, idf * float(contrast[column]))
            rated.append((term, column))
            heappush(strongest, term.weight)
            if len(strongest) > MAX_FEEDBACK_TERMS:
                heappop(strongest)
        return sorted(rated, key=lambda entry: (-entry[0].weight, entry[0].stem))[:MAX_FEEDBACK_TERMS]


def _complete(readers: Sequence[SegmentReader], ordinals: Sequence[int]) -> tuple[bytes, int]:
    """Returns a stem from its ordinals by segment, and the number of live documents where these are -1."""
    stem = next(readers[number].segment.stems[ordinal] for number, ordinal in enumerate(ordinals) if ordinal >= 0)
    documents = 0
    for reader, ordinal in zip(readers, ordinals, strict=True):
        found = reader.segment.stems.find(stem) if ordinal < 0 else None
        if found is not None:
            documents += int(reader.count_stems(np.array([found]))[0])
    return stem, documents


@dataclass(frozen=True)
class _Entries:
    """Entries of the forward index: the hit, its segment, the stem there, the stem's name in all segments, s(t,d)."""

    hits: Array
    segment_numbers: Array
    stems: Array
    names: Array
    shares: Array

    def with_names(self, names: Array) -> "_Entries":
        """Returns the entries that have one of these names, which must be ascending."""
        chosen = np.flatnonzero(look_up(self.names, names)[1])
        return _Entries(*(column[chosen] for column in vars(self).values()))


def _read_entries(snapshot: Snapshot, segment_numbers: Array, docs: Array) -> _Entries:
    """Returns the entries of hits. With a single segment, a stem's name is its ordinal."""
    parts = []
    for number, reader in enumerate(snapshot.readers):
        hits = np.flatnonzero(segment_numbers == number)
        if not len(hits):
            continue
        in_segment = docs[hits]
        owners, stems, weights = read_forward(reader.segment, in_segment)
        names = stems if len(snapshot.readers) == 1 else reader.segment.stem_names[stems]
        shares = weights / (K1 * reader.norms(in_segment)[owners] + weights)
        parts.append((hits[owners], np.full(len(stems), number), stems, names, shares))
    return _Entries(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
