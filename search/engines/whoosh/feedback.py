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

from dataclasses import dataclass

import numpy as np

from .arrays import distinct, ragged
from .files import Array
from .forward import decode_entries, read_entries
from .snapshot import K1, Snapshot

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
        repeated = self._repeated_stems(entries)
        total = len(repeated)
        if not total:
            return
        idfs = self._snapshot.stems.idfs
        column_of = np.zeros(len(idfs), dtype=np.uint16)
        column_of[repeated] = np.arange(1, total + 1)
        columns = column_of.take(entries.numbers)
        chosen = entries.among(np.flatnonzero(columns != 0))
        hits, columns = entries.hits_of(chosen), columns[chosen] - np.uint16(1)
        weights = entries.weights[chosen]
        shares = weights / ((K1 * entries.norms)[hits] + weights)
        ranks = np.zeros(self._count)
        ranks[: self.best] = 1 / np.log2(np.arange(self.best) + 2)
        ranks /= ranks.sum()
        contrast = np.bincount(columns, weights=shares * (ranks - 1 / self._count)[hits], minlength=total)
        contrast[contrast < MIN_CONTRAST] = 0.0
        # Any entry of each column: the last.
        entry_of = np.empty(total, dtype=np.int64)
        entry_of[columns] = chosen
        strengths = contrast * idfs[repeated]
        strongest = self._strongest(strengths, entries, entry_of)
        self.terms = [FeedbackStem(stem, float(strengths[column])) for column, stem in strongest]
        rows = np.full(total, -1)
        rows[[column for column, _ in strongest]] = np.arange(len(strongest))
        rows = rows[columns]
        of_terms = np.flatnonzero(rows >= 0)
        self.parts = np.zeros((len(strongest), self._count))
        self.parts[rows[of_terms], hits[of_terms]] = strengths[columns[of_terms]] * shares[of_terms]

    def _repeated_stems(self, entries: "_Entries") -> Array:
        """Returns the numbers of the stems that two articles or more of the best hits have, ascending."""
        of_best = entries.among(entries.of_hits_before(self.best))
        # Pairs of stem and article, sorted: a stem of two articles is in two that follow each other.
        articles = self._articles()[entries.hits_of(of_best)]
        pairs = distinct(entries.numbers[of_best].astype(np.int64) * self.best + articles)
        numbers = pairs // self.best
        return distinct(numbers[1:][numbers[1:] == numbers[:-1]])

    def _articles(self) -> Array:
        """Returns for each of the best hits the rank of the first hit of its article. Shape (best,)."""
        ids = []
        numbers, docs = self._segment_numbers[: self.best].tolist(), self._docs[: self.best].tolist()
        for number, doc in zip(numbers, docs, strict=True):
            segment = self._snapshot.readers[number].segment
            ids.append(int(segment.card_articles[segment.cards[doc]]))
        return np.array([ids.index(article_id) for article_id in ids])

    def _strongest(self, strengths: Array, entries: "_Entries", entry_of: Array) -> list[tuple[int, bytes]]:
        """Returns the columns of the strongest terms with their stems, by strength, then by stem."""
        columns = np.flatnonzero(strengths > 0)
        if len(columns) > MAX_FEEDBACK_TERMS:
            cut = np.partition(strengths, len(strengths) - MAX_FEEDBACK_TERMS)[len(strengths) - MAX_FEEDBACK_TERMS]
            columns = np.flatnonzero((strengths > 0) & (strengths >= cut))
        chosen = entry_of[columns]
        numbers = self._segment_numbers[entries.hits[np.searchsorted(entries.ends, chosen, side="right")]]
        dictionaries = [reader.segment.stems for reader in self._snapshot.readers]
        places = zip(numbers.tolist(), entries.stems[chosen].tolist(), strict=True)
        stems = [dictionaries[number][stem] for number, stem in places]
        rated = zip(columns.tolist(), strengths[columns].tolist(), stems, strict=True)
        ordered = sorted(rated, key=lambda term: (-term[1], term[2]))[:MAX_FEEDBACK_TERMS]
        return [(column, stem) for column, _, stem in ordered]


@dataclass(frozen=True)
class _Entries:
    """Entries of the forward index: the stem in its segment, its number in all segments, its weight (see `forward`).

    They follow each other hit by hit: `hits` has the hits in that order, `ends` where the entries of each end. `norms`
    has the norm of each hit, by the hit.
    """

    hits: Array
    ends: Array
    stems: Array
    numbers: Array
    weights: Array
    norms: Array

    def among(self, chosen: Array) -> Array:
        """Returns those of some entries, by their indexes, that have a weight."""
        weighed: Array = chosen[self.weights[chosen] != 0]
        return weighed

    def hits_of(self, chosen: Array) -> Array:
        """Returns the hit of each of some entries, which are given by their indexes, ascending."""
        ends = np.searchsorted(chosen, self.ends)
        counts = ends.copy()
        counts[1:] -= ends[:-1]
        return np.repeat(self.hits, counts)

    def of_hits_before(self, hit: int) -> Array:
        """Returns the indexes of the entries of the first hits, ascending."""
        rows = np.flatnonzero(self.hits < hit)
        begins = np.concatenate(([0], self.ends))[rows]
        return ragged(begins, self.ends[rows] - begins)


def _read_entries(snapshot: Snapshot, segment_numbers: Array, docs: Array) -> _Entries:
    """Returns the entries of hits, those of each segment together. They are decoded in one go."""
    norms = np.empty(len(docs))
    stored, counted, ordered, used = [], [], [], []
    for number, reader in enumerate(snapshot.readers):
        hits = np.flatnonzero(segment_numbers == number)
        if len(hits):
            entries, counts = read_entries(reader.segment, docs[hits])
            norms[hits] = reader.norms(docs[hits])
            stored.append(entries)
            counted.append(counts)
            ordered.append(hits)
            used.append(number)
    counts = np.concatenate(counted)
    stems, weights = decode_entries(np.concatenate(stored), counts)
    if len(used) == 1:
        numbers = snapshot.stems.number(used[0], stems)
    else:
        parts = np.split(stems, np.cumsum([len(of_segment) for of_segment in stored])[:-1])
        numbers = np.concatenate(
            [snapshot.stems.number(number, part) for number, part in zip(used, parts, strict=True)]
        )
    return _Entries(np.concatenate(ordered), np.cumsum(counts), stems, numbers, weights, norms)
