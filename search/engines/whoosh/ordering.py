"""A result -> its order, exactly, and a page of it without sorting the rest.

An order is a list of keys, greatest first; what ties in all but the last is told apart by the section's id, which no
two share. The best k are found by cutting at the k-th value of the first key, and among what ties there by the next.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..contract import Hit, Request, Sort
from .files import Array
from .segment import UNDATED
from .view import View


@dataclass(frozen=True)
class Found:
    """The documents that match, segment by segment, and their scores; None where nothing gives a score."""

    docs: Array
    scores: Array | None


class Ranking:
    """The documents of a result over all segments, in the order of segments, with their keys."""

    def __init__(self, view: View, found: Sequence[Found], sort: Sort) -> None:
        self._view = view
        self._found = found
        self._sort = sort
        self._ends: list[int] = np.cumsum([len(one.docs) for one in found]).tolist()

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    @cached_property
    def scores(self) -> Array | None:
        """The scores of the entries; None where nothing gives one."""
        if all(one.scores is None for one in self._found):
            return None
        parts = [np.zeros(len(one.docs)) if one.scores is None else one.scores for one in self._found]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def _gather(self, chosen: Array | None, column: str) -> Array:
        """Returns a column's values for the entries chosen, or all."""
        parts = []
        for number, (shard, one) in enumerate(zip(self._view.shards, self._found, strict=True)):
            docs = one.docs
            if chosen is not None:
                first = self._ends[number] - len(docs)
                docs = docs[chosen[(chosen >= first) & (chosen < first + len(docs))] - first]
            parts.append(shard.segment.file[column][docs])
        return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)

    def _keys(self, chosen: Array | None) -> list[Array]:
        """Returns the keys of the entries chosen (ascending), or of all, after the score: greatest first."""
        ids = -self._gather(chosen, "section_ids")
        dates = self._gather(chosen, "dates.date")
        if self._sort == "oldest":
            return [np.where(dates == UNDATED, UNDATED, -dates), ids]
        return [dates, ids]

    @property
    def _by_score(self) -> bool:
        return self._sort == "relevance" and self.scores is not None

    def best(self, limit: int) -> Array:
        """Returns the first entries of the order, in order. O(result); only what is listed is sorted."""
        limit = min(limit, len(self))
        if not limit:
            return np.zeros(0, dtype=np.int64)
        chosen: Array | None = None
        if self._by_score and limit < len(self):
            scores = self.scores
            assert scores is not None  # noqa: S101
            cut = np.partition(scores, len(scores) - limit)[len(scores) - limit]
            chosen = np.flatnonzero(scores >= cut)
        return self._sorted(chosen)[:limit] if chosen is not None else self._best_by_keys(limit)

    def _best_by_keys(self, limit: int) -> Array:
        if self._by_score or limit == len(self):
            return self._sorted(None)
        key, ids = self._keys(None)
        # Without a score the first key is the date; the id tells what ties there apart.
        cut = np.partition(key, len(key) - limit)[len(key) - limit]
        above = np.flatnonzero(key > cut)
        level = np.flatnonzero(key == cut)
        room = limit - len(above)
        if room < len(level):
            level = level[np.argpartition(-ids[level], room - 1)[:room]] if room else level[:0]
        return self._sorted(np.sort(np.concatenate((above, level))))

    def _sorted(self, chosen: Array | None) -> Array:
        """Returns these entries (ascending), or all, in order."""
        keys = self._keys(chosen)
        if self._by_score:
            scores = self.scores
            assert scores is not None  # noqa: S101
            keys.insert(0, scores if chosen is None else scores[chosen])
        order = np.lexsort([-key for key in reversed(keys)])
        return order if chosen is None else chosen[order]

    def order_of(self, entries: Array, scores: Array) -> Array:
        """Returns the order of entries (ascending) by other scores than theirs."""
        return np.lexsort([-key for key in reversed([scores, *self._keys(entries)])])

    def locate(self, entries: Array) -> tuple[Array, Array]:
        """Returns the shards of entries, and the documents there."""
        shards = np.searchsorted(self._ends, entries, side="right")
        docs = np.empty(len(entries), dtype=np.int64)
        for number, one in enumerate(self._found):
            rows = np.flatnonzero(shards == number)
            docs[rows] = one.docs[entries[rows] - self._ends[number] + len(one.docs)]
        return shards, docs

    def to_hits(self, page: Sequence[tuple[Array, int]], score: Callable[[int, int], float]) -> tuple[Hit, ...]:
        """Returns the hits of a page; `score` is asked with a shard and an index there."""
        if not page:
            return ()
        ids = iter(self.section_ids(np.concatenate([entries for entries, _ in page])))
        hits = []
        for entries, matched in page:
            shard, index = self.place(int(entries[0]))
            segment = self._view.shards[shard].segment
            article = int(segment.card_articles[segment.cards[self._found[shard].docs[index]]])
            own = tuple(next(ids) for _ in range(len(entries)))
            hits.append(Hit(article, own, score(shard, index), matched))
        return tuple(hits)

    def section_ids(self, entries: Array) -> list[int]:
        """Returns the section ids of entries, in their order."""
        order = np.argsort(entries)
        ids = np.empty(len(entries), dtype=np.int64)
        ids[order] = self._gather(entries[order], "section_ids")
        found: list[int] = ids.tolist()
        return found

    def place(self, entry: int) -> tuple[int, int]:
        """Returns the shard of an entry and its index there."""
        for shard, end in enumerate(self._ends):
            if entry < end:
                return shard, entry - end + len(self._found[shard].docs)
        raise IndexError(entry)

    @cached_property
    def _articles(self) -> Array:
        """The article of each entry, as an ordinal."""
        parts = [
            of_cards[shard.segment.cards[one.docs]]
            for shard, one, of_cards in zip(self._view.shards, self._found, self._view.articles.of_cards, strict=True)
        ]
        return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)

    def section_hits(self, request: Request) -> list[tuple[Array, int]]:
        """Returns the page's entries, one a hit, each with 1 for its count."""
        page = self.best(request.offset + request.limit)[request.offset :]
        return [(page[number : number + 1], 1) for number in range(len(page))]

    def article_hits(self, request: Request) -> list[tuple[Array, int]]:
        """Returns the page's articles: the best entries of each, and how many it has. O(result)."""
        articles = self._articles
        wanted = request.offset + request.limit
        if not len(articles) or not wanted:
            return []
        if self._by_score:
            first_key = self.scores
        else:
            first_key = self._keys(None)[0]
        assert first_key is not None  # noqa: S101
        best = np.full(len(self._view.articles.ids), first_key.min(), dtype=first_key.dtype)
        np.maximum.at(best, articles, first_key)
        counts = np.bincount(articles, minlength=len(best))
        having = np.flatnonzero(counts)
        leading = np.flatnonzero(first_key == best[articles])
        if wanted < len(having):
            cut = np.partition(best[having], len(having) - wanted)[len(having) - wanted]
            leading = leading[first_key[leading] >= cut]
        ordered = self._sorted(leading)
        _, first = np.unique(articles[ordered], return_index=True)
        page = articles[ordered[np.sort(first)[request.offset : wanted]]]
        # All entries of the page's articles are sorted together, then each article's taken out: one sort for all.
        on_page = np.zeros(len(best), dtype=bool)
        on_page[page] = True
        entries = self._sorted(np.flatnonzero(on_page[articles]))
        owners = articles[entries]
        return [
            (entries[np.flatnonzero(owners == article)[: request.sections_per_hit]], int(counts[article]))
            for article in page.tolist()
        ]
