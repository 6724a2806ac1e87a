"""What the first hits of a relevance order gain beside their words: nearness, and likeness to the best among them.

Both look at the first hits alone, so their cost does not grow with the archive, and no hit comes or goes. They start
from the scores of the words (see leaves) and end in what a hit is shown with.

Nearness, for the NEAR_HITS best: two content words that are neighbours in the query, or one apart, and in the text.

    near(d) = NEAR_SHARE * sum over the pairs of  times * (idf(a) + idf(b)) / 2 * y / (1 + y)
    y       = c / norm(d),   c = how often the two stand within NEAR_WORDS words in one field, in either order
    norm(d) = 1 - b + b * len(d) / mean,   len = words in all text fields, mean over the live documents

`times` is how often the pair stands in the query. Words of grammar are passed over, as they hardly tell one text from
another. Rasolofo and Savoy: Term Proximity Scoring (2003), with one window instead of a sum of distances.

Likeness, for the first n = LIKE_HITS by base = words + near: what marks the first k = min(BEST_HITS, n / 10) out
among all n is what the query is about, and who has it moves up. Below 20 hits nothing is done.

    s(t,d)  = x / (k1 + x),   x = weight of the stem in the forward index / norm(d)
    mark(t) = idf(t) * max(0, sum over the first k of p_i * s(t,d_i)  -  mean over the n of s(t,d))
    like(d) = sum of mark(t) * s(t,d)
    score   = (1 - LIKE_SHARE) * base / (base of the first)  +  LIKE_SHARE * like / (greatest like)

p_i falls with the rank as 1 / log2(rank + 1) and sums to one; only stems that two articles or more among the first k
have are marks, the MARKS strongest of them: the sections of one article have its headline's words without telling what
was asked for. Hits behind the n keep the first part alone, and so their order and their place behind. It is pseudo
relevance feedback (Rocchio 1971) that reorders and adds no word to the query, so that a hit always has what was asked.

The constants were chosen on two judged collections (Cranfield, CISI) for where little changes around them: nDCG@10 is
the same to 1.5 percent with a NEAR_SHARE of 0.1 to 0.4 and a LIKE_SHARE of 0.3 to 0.5.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import pairwise

import numpy as np

from ...query import Node, Word
from ...text import stem_form, word_forms
from ..deadline import check_time
from .files import Array
from .forward import read_forward
from .leaves import fields_of
from .matching import Matcher
from .ordering import Found, Ranking
from .spans import find_spans
from .view import K1, Shard, View

NEAR_HITS = 200
NEAR_WORDS = 8
NEAR_SHARE = 0.2
LIKE_HITS = 100
BEST_HITS = 10
# The greatest share at which short queries, and those for one known text, lose nothing on any collection measured.
LIKE_SHARE = 0.35
MARKS = 20
# What is less is the rounding of sums: all documents have as much of the stem.
LEAST_CONTRAST = 1e-9
Pair = tuple[Word, Word]
# Two fields of a document lie this far apart where nearness is counted.
_FIELD_STEP = NEAR_WORDS + 1
_OWNER_BITS = 32


class Reranking:
    """The first hits of a result, what each gains, and the result with the scores that come of it.

    `scale` is what the words' scores and the gains of nearness are multiplied by. Hits are entries of a Ranking.
    """

    def __init__(self, view: View, matcher: Matcher, tree: Node, found: Sequence[Found]) -> None:
        self.found = list(found)
        self.scale = 1.0
        # What each pair of the query gives the hits that nearness looks at.
        self.near_hits: Array = np.zeros(0, dtype=np.int64)
        self.gains: dict[Pair, Array] = {}
        # The hits that are compared with the best among them, in the order of base.
        self.compared: Array = self.near_hits
        self.likeness: Likeness | None = None
        ranking = Ranking(view, found, "relevance")
        scores = ranking.scores
        if scores is None:
            return
        entries = np.sort(ranking.best(NEAR_HITS))
        entries = entries[scores[entries] > 0]
        if not len(entries):
            return
        shards, docs = ranking.locate(entries)
        self.near_hits = entries
        self.gains = pair_gains(view, matcher, tree, shards, docs)
        base = sum(self.gains.values(), scores[entries])
        order = ranking.order_of(entries, base)[:LIKE_HITS]
        scores = scores.copy()
        scores[entries] = base
        likeness = Likeness(view, shards[order], docs[order])
        if likeness.best >= 2:
            self.likeness, self.compared = likeness, entries[order]
            self.scale = (1 - LIKE_SHARE) / float(base[order[0]])
            scores *= self.scale
            scores[self.compared] += LIKE_SHARE * likeness.parts.sum(axis=0)
        ends = np.cumsum([len(one.docs) for one in found])
        self.found = [Found(one.docs, part) for one, part in zip(found, np.split(scores, ends[:-1]), strict=True)]


# --- nearness ---


def neighbours(words: Sequence[Word]) -> dict[Pair, int]:
    """Returns the pairs of different words that stand side by side, how often, and those one apart, once each."""
    stems = {word: (word.field, *map(stem_form, word_forms(word.text))) for word in words}
    known: dict[object, Word] = {}
    same = [known.setdefault(stems[word], word) for word in words]
    pairs: Counter[Pair] = Counter()
    for left, right in pairwise(same):
        if left != right:
            pairs[(right, left) if (right, left) in pairs else (left, right)] += 1
    for left, right in zip(same, same[2:], strict=False):
        if left != right and (left, right) not in pairs and (right, left) not in pairs:
            pairs[left, right] = 1
    return dict(pairs)


def pair_gains(view: View, matcher: Matcher, tree: Node, shards: Array, docs: Array) -> dict[Pair, Array]:
    """Returns for each pair of the query what it gives each of these documents, which come in order."""
    pairs = neighbours(matcher.content_words(tree))
    gains = {pair: np.zeros(len(docs)) for pair in pairs}
    if not pairs:
        return gains
    for number, held in enumerate(view.shards):
        rows = np.flatnonzero(shards == number)
        if not len(rows):
            continue
        own = docs[rows].astype(np.int64)
        norms = held.norms(own)
        places = {word: _places(held, word, own) for word in {word for pair in pairs for word in pair}}
        for (left, right), times in pairs.items():
            counts = _count_near(places[left], places[right], own)
            if counts is not None:
                weight = NEAR_SHARE * times * (matcher.idf(left) + matcher.idf(right)) / 2
                gains[left, right][rows] = weight * counts / (norms + counts)
    return gains


def count_pair(held: Shard, pair: Pair, docs: Array) -> Array:
    """Returns how often two words stand near each other in each of these documents, which come in order."""
    counts = _count_near(_places(held, pair[0], docs), _places(held, pair[1], docs), docs)
    return np.zeros(len(docs)) if counts is None else counts


def _places(held: Shard, word: Word, docs: Array) -> tuple[Array, Array]:
    """Returns where a word stands in these documents, sorted: document and first place, document and last place."""
    check_time()
    spans = find_spans(held, word, docs)
    if not len(spans):
        return spans.starts, spans.starts
    shift = (spans.owners << _OWNER_BITS) + fields_of(held, spans.owners, spans.starts) * _FIELD_STEP
    order = np.argsort(shift + spans.starts)
    return (shift + spans.starts)[order], (shift + spans.ends)[order]


def _count_near(left: tuple[Array, Array], right: tuple[Array, Array], docs: Array) -> Array | None:
    """Returns how many pairs of two words' places are near each other in each document, or None for no pair."""
    if not len(left[0]) or not len(right[0]):
        return None
    (starts, ends), (other_starts, other_ends) = left, right
    counts = np.searchsorted(other_starts, ends + NEAR_WORDS, side="right")
    counts -= np.searchsorted(other_starts, ends, side="right")
    counts += np.searchsorted(other_ends, starts, side="left")
    counts -= np.searchsorted(other_ends, starts - NEAR_WORDS, side="left")
    near = np.flatnonzero(counts)
    if not len(near):
        return None
    owners = np.searchsorted(docs, starts[near] >> _OWNER_BITS)
    return np.bincount(owners, weights=counts[near], minlength=len(docs))


# --- likeness ---


@dataclass(frozen=True)
class Mark:
    """A stem that marks the best hits out, and how strongly."""

    stem: bytes
    weight: float


class Likeness:
    """What marks the best of some documents out, and how much of it each has; the documents come best first."""

    def __init__(self, view: View, shards: Array, docs: Array) -> None:
        self._view = view
        self._shards = shards
        self._docs = docs
        self._count = len(docs)
        # With how many of them all are compared; fewer than two say nothing.
        self.best = min(BEST_HITS, len(docs) // 10)
        self.marks: list[Mark] = []
        # What each document has of each mark, in shares of what the one has of all that has most: marks x documents.
        self.parts: Array = np.zeros((0, len(docs)))
        if self.best >= 2:
            self._compare(_read_entries(view, shards, docs))
            greatest = self.parts.sum(axis=0).max(initial=0.0)
            if greatest:
                self.parts /= greatest

    def _compare(self, entries: "_Entries") -> None:
        of_best = np.flatnonzero(entries.rows < self.best)
        names, columns = np.unique(entries.names[of_best], return_inverse=True)
        having = np.zeros((len(names), self.best), dtype=bool)
        having[columns, self._articles()[entries.rows[of_best]]] = True
        names = names[having.sum(axis=1) >= 2]
        if not len(names):
            return
        entries = entries.having(names)
        columns = np.searchsorted(names, entries.names)
        ranks = np.zeros(self._count)
        ranks[: self.best] = 1 / np.log2(np.arange(self.best) + 2)
        ranks /= ranks.sum()
        contrast = np.bincount(
            columns, weights=entries.shares * (ranks - 1 / self._count)[entries.rows], minlength=len(names)
        )
        contrast[contrast < LEAST_CONTRAST] = 0.0
        chosen = self._strongest(entries, columns, contrast)
        self.marks = [mark for mark, _ in chosen]
        places = np.full(len(names), -1)
        places[[column for _, column in chosen]] = np.arange(len(chosen))
        places = places[columns]
        marking = np.flatnonzero(places >= 0)
        places = places[marking]
        weights = np.array([mark.weight for mark in self.marks])
        self.parts = np.zeros((len(chosen), self._count))
        self.parts[places, entries.rows[marking]] = weights[places] * entries.shares[marking]

    def _articles(self) -> Array:
        """Returns for each of the best the rank of the first of its article."""
        ids = []
        for shard, doc in zip(self._shards[: self.best].tolist(), self._docs[: self.best].tolist(), strict=True):
            segment = self._view.shards[shard].segment
            ids.append(int(segment.card_articles[segment.cards[doc]]))
        return np.array([ids.index(article) for article in ids])

    def _strongest(self, entries: "_Entries", columns: Array, contrast: Array) -> list[tuple[Mark, int]]:
        """Returns the strongest marks with their columns.

        A stem is looked up in the segments where no hit has it only when it may be among them: its idf can but fall
        by what is found there.
        """
        shards = self._view.shards
        ordinals = np.full((len(shards), len(contrast)), -1)
        ordinals[entries.shards, columns] = entries.stems
        frequencies = np.zeros(len(contrast), dtype=np.int64)
        for shard, own in zip(shards, ordinals, strict=True):
            known = np.flatnonzero(own >= 0)
            frequencies[known] += shard.count_stems(own[known])
        bounds = self._view.idfs(frequencies) * contrast
        rated: list[tuple[Mark, int]] = []
        strongest: list[float] = []
        for column in np.argsort(-bounds, kind="stable").tolist():
            if bounds[column] <= 0 or (len(strongest) == MARKS and bounds[column] < strongest[0]):
                break
            own = ordinals[:, column].tolist()
            stem = next(shards[number].segment.stems[ordinal] for number, ordinal in enumerate(own) if ordinal >= 0)
            frequency = int(frequencies[column])
            for shard in (shard for shard, ordinal in zip(shards, own, strict=True) if ordinal < 0):
                found = shard.segment.stems.find(stem)
                if found is not None:
                    frequency += int(shard.count_stems(np.array([found]))[0])
            mark = Mark(stem, self._view.idf(frequency) * float(contrast[column]))
            rated.append((mark, column))
            heappush(strongest, mark.weight)
            if len(strongest) > MARKS:
                heappop(strongest)
        return sorted(rated, key=lambda one: (-one[0].weight, one[0].stem))[:MARKS]


@dataclass(frozen=True)
class _Entries:
    """Entries of the forward index: of which document (its rank), segment, ordinal there, name in all, and s(t,d)."""

    rows: Array
    shards: Array
    stems: Array
    names: Array
    shares: Array

    def having(self, names: Array) -> "_Entries":
        """Returns the entries of these names, which come sorted."""
        at = np.searchsorted(names, self.names)
        at[at == len(names)] = 0
        chosen = np.flatnonzero(names[at] == self.names)
        return _Entries(*(column[chosen] for column in vars(self).values()))


def _read_entries(view: View, shards: Array, docs: Array) -> _Entries:
    parts = []
    for number, held in enumerate(view.shards):
        ranks = np.flatnonzero(shards == number)
        if not len(ranks):
            continue
        own = docs[ranks]
        owners, stems, weights = read_forward(held.segment, own)
        names = stems if len(view.shards) == 1 else held.segment.stem_names[stems]
        shares = weights / (K1 * held.norms(own)[owners] + weights)
        parts.append((ranks[owners], np.full(len(stems), number), stems, names, shares))
    return _Entries(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
