"""A query tree -> documents and scores, segment by segment.

Three questions to a node, of which the cheapest is asked: all its documents (`find`), which of these documents it has
(`has`), what it is worth in these documents (`score`). An AND finds by its shortest part, narrows by the others and
scores what is left; an OR of words goes through the postings of each once. Documents come sorted, deleted ones
included: whoever asked leaves those out.
"""

from collections import Counter
from collections.abc import Iterator

import numpy as np

from ...fields import HLEAD
from ...query import (
    And,
    AtLeast,
    DateRange,
    Everything,
    Fuzzy,
    Keyword,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Truncation,
    Word,
    positive_leaves,
    positive_parts,
)
from ...text import FUNCTION_WORDS, fold_text, word_forms
from ..contract import Filter
from ..deadline import check_time
from .building import to_seconds
from .files import Array
from .leaves import SPARSE, Leaf, is_in, make_leaf
from .operators import make_operator_leaf
from .segment import UNDATED
from .terms import encode
from .view import View

# See weigh_words. Measured on two judged collections: nDCG@10 changes by under .003 from 0.1 to 0.5, and from 5 to 12.
FUNCTION_WEIGHT = 0.3
K3 = 8.0

# An OR whose parts together have fewer than one in so many documents is sorted together, not laid over the segment.
_SMALL = 32


# What has a score of its own.
Scored = Word | Phrase | Truncation | Fuzzy | Near


class Matcher:
    """The nodes of one request against one view; a leaf that occurs twice is looked up once."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._leaves: dict[Node, Leaf] = {}
        self._cards: dict[tuple[Node | Filter, int], Array] = {}
        # Words of grammar beside others, see weigh_words.
        self._light: set[Word] = set()

    def weigh_words(self, tree: Node) -> None:
        """Gives the words of a query their weights, before anything is scored.

        A function word weighs FUNCTION_WEIGHT where there is another word that the archive has: it says nothing of
        the subject. A word that stands n times weighs less than n times as much, (1 + K3) n / (K3 + n) (Robertson
        and Walker 1994).
        """
        words = Counter(leaf for leaf in positive_leaves(tree) if isinstance(leaf, Word))
        light = {word for word in words if FUNCTION_WORDS.issuperset(word_forms(word.text))}
        shards = range(len(self._view.shards))
        if light and any(len(self._leaf(word).docs(shard)) for word in words.keys() - light for shard in shards):
            self._light = light
        for word, times in words.items():
            weight = (1 + K3) / (K3 + times)
            self._leaf(word).weight = weight * FUNCTION_WEIGHT if word in self._light else weight

    def content_words(self, tree: Node) -> list[Word]:
        """Returns the words of a query in order, but for words of grammar and what a nearness holds already."""
        return [part for part in positive_parts(tree) if isinstance(part, Word) and part not in self._light]

    def idf(self, word: Word) -> float:
        """Returns what having a word is worth, see leaves."""
        return self._leaf(word).idf

    def find(self, node: Node, shard: int) -> Array:
        """Returns the documents of a segment that match. Raises QueryLimitError."""
        check_time()
        held = self._view.shards[shard].segment
        match node:
            case Word() | Phrase() | Truncation() | Fuzzy() | Near() | AtLeast():
                return self._leaf(node).docs(shard)
            case And(parts):
                ordered = sorted(parts, key=lambda part: self._cost(part, shard))
                docs = self.find(ordered[0], shard)
                for part in ordered[1:]:
                    if not len(docs):
                        break
                    docs = docs[self.has(part, docs, shard)]
                return docs
            case Or(parts):
                return self._union([self.find(part, shard) for part in parts], shard)
            case Everything():
                return np.arange(held.count)
            case Keyword():
                return np.flatnonzero(self._keyword_cards(node, shard)[held.cards])
            case _:
                return np.flatnonzero(self.has(node, np.arange(held.count), shard))

    def has(self, node: Node, docs: Array, shard: int) -> Array:
        """Returns for each of these documents whether it matches."""
        check_time()
        held = self._view.shards[shard].segment
        match node:
            case Word() | Phrase() | Truncation() | Fuzzy() | Near() | AtLeast():
                return is_in(docs, self._leaf(node).docs(shard), held.count)
            case And(parts):
                found = np.ones(len(docs), dtype=bool)
                for part in parts:
                    found &= self.has(part, docs, shard)
                return found
            case Or(parts):
                found = np.zeros(len(docs), dtype=bool)
                for part in parts:
                    found |= self.has(part, docs, shard)
                return found
            case Not(part):
                return ~self.has(part, docs, shard)
            case Keyword():
                having: Array = self._keyword_cards(node, shard)[held.cards[docs]]
                return having
            case DateRange(field, _, start, end):
                seconds = held.dates(field)[docs]
                within = seconds != UNDATED
                if start is not None:
                    within &= seconds >= to_seconds(start)
                if end is not None:
                    within &= seconds < to_seconds(end)
                return within  # type: ignore[no-any-return]
            case Everything():
                return np.ones(len(docs), dtype=bool)

    def score(self, node: Node, docs: Array, shard: int) -> Array | None:
        """Returns the scores of these documents, which all match; None where nothing in the node gives one."""
        check_time()
        match node:
            case AtLeast(_, counted):
                scores = self.score(counted, docs, shard)
                return None if scores is None else scores * self.has(node, docs, shard)
            case Word() | Phrase() | Truncation() | Fuzzy() | Near():
                return self._score_leaf(self._leaf(node), docs, shard)
            case And(parts) | Or(parts):
                total: Array | None = None
                for part in parts:
                    scores = self.score(part, docs, shard)
                    if scores is None:
                        continue
                    if isinstance(node, Or) and isinstance(part, And):
                        scores = scores * self.has(part, docs, shard)
                    total = scores if total is None else total + scores
                return total
            case _:
                return None

    def scoring_leaves(self, node: Node, doc: Array, shard: int) -> Iterator[tuple[Scored, Leaf]]:
        """Yields the leaves by whose scores `score` comes to that of one document, as often as they count."""
        match node:
            case AtLeast(_, counted):
                if self.has(node, doc, shard)[0]:
                    yield from self.scoring_leaves(counted, doc, shard)
            case Word() | Phrase() | Truncation() | Fuzzy() | Near():
                yield node, self._leaf(node)
            case And(parts) | Or(parts):
                for part in parts:
                    if not (isinstance(node, Or) and isinstance(part, And)) or self.has(part, doc, shard)[0]:
                        yield from self.scoring_leaves(part, doc, shard)

    def find_scored(self, node: Node, shard: int) -> tuple[Array, Array | None]:
        """Returns the documents of a segment that match, with their scores."""
        if isinstance(node, Word | Phrase | Truncation | Fuzzy | Near):
            leaf = self._leaf(node)
            return leaf.docs(shard), leaf.scores(shard)
        if isinstance(node, Or):
            return self._find_any(node, shard)
        docs = self.find(node, shard)
        return docs, self.score(node, docs, shard)

    def passes(self, chosen: Filter, docs: Array, shard: int) -> Array:
        """Returns for each document whether it has one of a filter's values, if there are any, and none excluded."""
        held = self._view.shards[shard].segment
        key = (chosen, shard)
        if key not in self._cards:
            column = held.columns[chosen.field]
            cards = np.ones(len(held.card_articles), dtype=bool)
            for values, wanted in ((chosen.values, True), (chosen.excluded, False)):
                if values:
                    ordinals = [column.values.find(encode(value)) for value in values]
                    having = column.cards_with([ordinal for ordinal in ordinals if ordinal is not None])
                    cards &= having if wanted else ~having
            self._cards[key] = cards
        return self._cards[key][held.cards[docs]]

    def _leaf(self, node: Word | Phrase | Truncation | Fuzzy | Near | AtLeast) -> Leaf:
        leaf = self._leaves.get(node)
        if leaf is None:
            check_time()
            if isinstance(node, Word | Phrase) and node.field != HLEAD.name:
                leaf = make_leaf(self._view, node)
            else:
                leaf = make_operator_leaf(self._view, node, self.find)
            self._leaves[node] = leaf
        return leaf

    def _cost(self, node: Node, shard: int) -> int:
        """Returns about how many documents must be gone through to find those of a node."""
        count = self._view.shards[shard].segment.count
        match node:
            case Word() | Phrase() | Truncation() | Fuzzy() | Near() | AtLeast():
                return len(self._leaf(node).docs(shard))
            case And(parts):
                return min(self._cost(part, shard) for part in parts)
            case Or(parts):
                return sum(self._cost(part, shard) for part in parts)
            case Not():
                return 3 * count
            case Keyword() | DateRange():
                return count
            case _:
                return 2 * count

    def _keyword_cards(self, node: Keyword, shard: int) -> Array:
        key = (node, shard)
        if key not in self._cards:
            column = self._view.shards[shard].segment.columns[node.field]
            self._cards[key] = column.cards_with(column.with_fold(fold_text(node.value)))
        return self._cards[key]

    def _union(self, found: list[Array], shard: int) -> Array:
        count = self._view.shards[shard].segment.count
        if sum(map(len, found)) * _SMALL < count:
            return np.unique(np.concatenate(found))
        flags = np.zeros(count, dtype=bool)
        for docs in found:
            flags[docs] = True
        return np.flatnonzero(flags)

    def _find_any(self, node: Or, shard: int) -> tuple[Array, Array | None]:
        count = self._view.shards[shard].segment.count
        found = [self.find_scored(part, shard) for part in node.parts]
        if all(scores is None for _, scores in found):
            return self._union([docs for docs, _ in found], shard), None
        unscored = any(not self._scores_all(part) for part in node.parts)
        weights = np.concatenate([np.zeros(len(docs)) if scores is None else scores for docs, scores in found])
        every = np.concatenate([docs for docs, _ in found])
        if len(every) * _SMALL < count:
            docs, owners = np.unique(every, return_inverse=True)
            return docs, np.bincount(owners, weights=weights, minlength=len(docs))
        total = np.bincount(every, weights=weights, minlength=count)
        if unscored:
            flags = np.zeros(count, dtype=bool)
            flags[every] = True
            docs = np.flatnonzero(flags)
        else:
            # Each part gives its documents a score above zero, so the sum tells which there are.
            docs = np.flatnonzero(total != 0)
        return docs, total[docs]

    def _scores_all(self, node: Node) -> bool:
        """Tells whether all that match have a score above zero."""
        match node:
            case Word() | Phrase() | Truncation() | Fuzzy() | Near() | AtLeast():
                return True
            case And(parts):
                return any(map(self._scores_all, parts))
            case Or(parts):
                return all(map(self._scores_all, parts))
            case _:
                return False

    def _score_leaf(self, leaf: Leaf, docs: Array, shard: int) -> Array:
        postings = leaf.docs(shard)
        if docs is postings:
            return leaf.scores(shard)
        if not len(postings):
            return np.zeros(len(docs))
        if len(docs) * SPARSE < len(postings):
            slots = np.searchsorted(postings, docs.astype(postings.dtype, copy=False))
            slots[slots == len(postings)] = 0
            hit = np.flatnonzero(postings[slots] == docs)
            scores = np.zeros(len(docs))
            scores[hit] = leaf.scores(shard, slots[hit])
            return scores
        laid = np.zeros(self._view.shards[shard].segment.count)
        laid[postings] = leaf.scores(shard)
        return laid[docs]
