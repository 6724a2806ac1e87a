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

from .arrays import distinct
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
        columns, total = self._repeated_stems(entries)
        if not total:
            return
        chosen = np.flatnonzero(columns != 0)
        entries, columns = entries.only(chosen), columns[chosen] - 1
        shares = entries.weights / (K1 * entries.norms[entries.hits] + entries.weights)
        ranks = np.zeros(self._count)
        ranks[: self.best] = 1 / np.log2(np.arange(self.best) + 2)
        ranks /= ranks.sum()
        contrast = np.bincount(columns, weights=shares * (ranks - 1 / self._count)[entries.hits], minlength=total)
        contrast[contrast < MIN_CONTRAST] = 0.0
        # Any entry of each column: the last.
        entry_of = np.empty(total, dtype=np.int64)
        entry_of[columns] = np.arange(len(columns))
        strengths = contrast * self._snapshot.stems.idfs[entries.numbers[entry_of]]
        strongest = self._strongest(strengths, entries, entry_of)
        self.terms = [FeedbackStem(stem, float(strengths[column])) for column, stem in strongest]
        rows = np.full(total, -1)
        rows[[column for column, _ in strongest]] = np.arange(len(strongest))
        rows = rows[columns]
        of_terms = np.flatnonzero(rows >= 0)
        weights = strengths[columns[of_terms]] * shares[of_terms]
        self.parts = np.zeros((len(strongest), self._count))
        self.parts[rows[of_terms], entries.hits[of_terms]] = weights

    def _repeated_stems(self, entries: "_Entries") -> tuple[Array, int]:
        """Returns for each entry 0, or the column of its stem from 1 on, if two articles or more of the best have it.

        The second value is the number of columns.
        """
        of_best = np.flatnonzero(entries.hits < self.best)
        # Pairs of stem and article, sorted: a stem of two articles is in two that follow each other.
        pairs = distinct(
            entries.numbers[of_best].astype(np.int64) * self.best + self._articles()[entries.hits[of_best]]
        )
        numbers = pairs // self.best
        repeated = distinct(numbers[1:][numbers[1:] == numbers[:-1]])
        columns = np.zeros(len(self._snapshot.stems.idfs), dtype=np.uint16)
        columns[repeated] = np.arange(1, len(repeated) + 1)
        return columns.take(entries.numbers), len(repeated)

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
        stems = []
        for entry in entry_of[columns].tolist():
            segment = self._snapshot.readers[int(self._segment_numbers[entries.hits[entry]])].segment
            stems.append(segment.stems[int(entries.stems[entry])])
        rated = zip(columns.tolist(), strengths[columns].tolist(), stems, strict=True)
        ordered = sorted(rated, key=lambda term: (-term[1], term[2]))[:MAX_FEEDBACK_TERMS]
        return [(column, stem) for column, _, stem in ordered]


@dataclass(frozen=True)
class _Entries:
    """Entries of the forward index: the hit, the stem in its segment, its number in all segments, its weight.

    `norms` has the norm of each hit.
    """

    hits: Array
    stems: Array
    numbers: Array
    weights: Array
    norms: Array

    def only(self, chosen: Array) -> "_Entries":
        """Returns some of the entries."""
        return _Entries(self.hits[chosen], self.stems[chosen], self.numbers[chosen], self.weights[chosen], self.norms)


def _read_entries(snapshot: Snapshot, segment_numbers: Array, docs: Array) -> _Entries:
    """Returns the entries of hits, one segment after another. They are decoded together."""
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
    owners, stems, weights = decode_entries(np.concatenate(stored), np.concatenate(counted))
    hits = np.concatenate(ordered)
    if len(used) == 1:
        numbers = snapshot.stems.number(used[0], stems)
    else:
        ends = np.searchsorted(owners, np.cumsum([len(of_segment) for of_segment in ordered]))
        parts = np.split(stems, ends[:-1])
        numbers = np.concatenate(
            [snapshot.stems.number(number, part) for number, part in zip(used, parts, strict=True)]
        )
    return _Entries(hits[owners], stems, numbers, weights, norms)
