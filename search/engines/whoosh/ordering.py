"""The order of a result, exact and total, and one page of it without sorting the rest.

An order is a list of keys, greatest first. The last key is the section id, which no two sections share. The first k
entries are found by cutting at the k-th value of the first key, or by the ranks of documents by date, and only what
remains is sorted. The first articles are found among the first entries, more of them if need be. `matching` and
`reranking` make the scores. Only modules of this package import from here.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import numpy as np

from ..contract import Hit, Request, ScannedArticle, Sort
from .derived import article_runs, date_keys, date_ranks
from .files import Array
from .segment import Segment
from .snapshot import Groups, Snapshot

# To find the first articles, so many times more entries are sorted at first, and each time there are too few articles.
_ENTRIES_FOR_A_GROUP = 4


@dataclass(frozen=True)
class Matches:
    """The documents of a segment that match, ascending, with their scores (float64); None if nothing is scored."""

    docs: Array
    scores: Array | None


@dataclass(frozen=True)
class Row:
    """A row of a page: its best entries, how many entries of its article are hits (0 for a lead).

    `articles` is the number of articles of the result for which it is listed.
    """

    entries: Array
    hits: int
    articles: int = 1


class Ranking:
    """The documents of a result as entries: numbered through all segments, in the order of the segments.

    `led` has for each article whether its only document is its lead, see `own_words`; None if none is. Of each of
    `groups` one article is listed, the first in the order; without groups, each article is. `known` has the scores of
    some entries, the greatest first: the first k of all entries have at least the k-th of these.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        matches: Sequence[Matches],
        sort: Sort,
        *,
        led: Array | None = None,
        groups: Groups | None = None,
        known: Array | None = None,
    ) -> None:
        self._snapshot = snapshot
        self._matches = matches
        self._sort = sort
        self._led = led
        self._all_groups = groups or snapshot.articles
        self._known: Array = np.zeros(0) if known is None else known
        # For each segment, the number of the entry after its last.
        self._ends: list[int] = np.cumsum([len(of_segment.docs) for of_segment in matches]).tolist()

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    @cached_property
    def scores(self) -> Array | None:
        """The scores of the entries; None if nothing is scored."""
        if all(of_segment.scores is None for of_segment in self._matches):
            return None
        parts = [
            np.zeros(len(of_segment.docs)) if of_segment.scores is None else of_segment.scores
            for of_segment in self._matches
        ]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    @property
    def _sorting_scores(self) -> Array | None:
        """The scores, if the entries are sorted by them."""
        return self.scores if self._sort == "relevance" else None

    # --- keys ---

    def _divide(self, chosen: Array | None) -> Iterator[tuple[int, Segment, Array]]:
        """Yields the segments with any of the chosen entries (ascending), or all: number, segment, documents."""
        for number, (reader, of_segment) in enumerate(zip(self._snapshot.readers, self._matches, strict=True)):
            docs, end = of_segment.docs, self._ends[number]
            if chosen is not None and len(self._ends) == 1:
                docs = docs[chosen]
            elif chosen is not None:
                low, high = np.searchsorted(chosen, (end - len(docs), end))
                docs = docs[chosen[low:high] - (end - len(docs))]
            if len(docs):
                yield number, reader.segment, docs

    def _gather(self, chosen: Array | None, column: str) -> Array:
        """Returns the values of a column for the chosen entries (ascending), or for all."""
        return _join([segment.file[column][docs] for _, segment, docs in self._divide(chosen)])

    def _keys(self, chosen: Array | None) -> list[Array]:
        """Returns the keys after the score of the chosen entries (ascending), or of all: date and id."""
        parts = [date_keys(segment, self._sort, docs) for _, segment, docs in self._divide(chosen)]
        return [_join(list(of_key)) for of_key in zip(*parts, strict=True)] if parts else [_join([]), _join([])]

    def _sorted(self, chosen: Array | None) -> Array:
        """Returns the chosen entries (ascending), or all, in order."""
        scores = self._sorting_scores
        order = self._order(chosen, scores if scores is None or chosen is None else scores[chosen])
        return order if chosen is None else chosen[order]

    def _order(self, chosen: Array | None, scores: Array | None) -> Array:
        """Returns the order of the chosen entries (ascending), or all, by scores if there are any: indexes."""
        if scores is not None:
            order = np.argsort(-scores)
            in_order = scores[order]
            if not (in_order[1:] == in_order[:-1]).any():
                # Most often no two have the same score.
                return order
        keys = self._keys(chosen)
        return np.lexsort([-key for key in reversed(keys if scores is None else [scores, *keys])])

    def order_of(self, entries: Array, scores: Array) -> Array:
        """Returns the order of entries (ascending) by other scores: indexes into `entries`."""
        return self._order(entries, scores)

    def best(self, limit: int) -> Array:
        """Returns the first entries, in order. O(result); only these are sorted, and what ties with the last."""
        limit = min(limit, len(self))
        if not limit:
            return np.zeros(0, dtype=np.int64)
        if limit == len(self):
            return self._sorted(None)
        scores = self._sorting_scores
        return self._best_by_date(limit) if scores is None else self._sorted(self._candidates(limit, scores))[:limit]

    def among_best(self, limit: int) -> Array:
        """Returns the first entries, ascending: by scores that do not tie, without sorting."""
        scores = self._sorting_scores
        if scores is not None and limit < len(self):
            candidates = self._candidates(limit, scores)
            if len(candidates) == limit:
                return candidates
        return np.sort(self.best(limit))

    def _candidates(self, limit: int, scores: Array) -> Array:
        """Returns the entries that may be among the first, ascending: those with at least the score of the last."""
        if limit <= len(self._known):
            cut = self._known[limit - 1]
        else:
            cut = np.partition(scores, len(scores) - limit)[len(scores) - limit]
        return np.flatnonzero(scores >= cut)

    def _best_by_date(self, limit: int) -> Array:
        """Returns the first of the entries, in order, by date and id: they are among the first of each segment."""
        candidates = []
        for number, segment, docs in self._divide(None):
            ranks = date_ranks(segment, self._sort)[docs]
            first = np.arange(len(docs))
            if limit < len(docs):
                first = np.flatnonzero(ranks <= np.partition(ranks, limit - 1)[limit - 1])
            candidates.append(first + (self._ends[number] - len(docs)))
        return self._sorted(np.concatenate(candidates))[:limit]

    # --- from entries to documents and ids ---

    def locate(self, entries: Array) -> tuple[Array, Array]:
        """Returns the segment numbers of entries, and the documents there."""
        if len(self._ends) == 1:
            return np.zeros(len(entries), dtype=np.int64), self._matches[0].docs[entries].astype(np.int64)
        numbers = np.searchsorted(self._ends, entries, side="right")
        docs = np.empty(len(entries), dtype=np.int64)
        for number, of_segment in enumerate(self._matches):
            rows = np.flatnonzero(numbers == number)
            docs[rows] = of_segment.docs[entries[rows] - self._ends[number] + len(of_segment.docs)]
        return numbers, docs

    def _place(self, entry: int) -> tuple[int, int]:
        """Returns the segment number of an entry, and its index in the documents there."""
        number = bisect_right(self._ends, entry)
        return number, entry - self._ends[number] + len(self._matches[number].docs)

    def section_ids(self, entries: Array) -> list[int]:
        """Returns the section ids of entries, in their order."""
        found: list[int] = self._ids_of(entries).tolist()
        return found

    def _ids_of(self, entries: Array) -> Array:
        order = np.argsort(entries)
        ids = np.empty(len(entries), dtype=np.int64)
        ids[order] = self._gather(entries[order], "section_ids")
        return ids

    @cached_property
    def _articles(self) -> Array:
        """The article of each entry, as an ordinal in `snapshot.articles`."""
        return self._groups_in(self._snapshot.articles)

    @cached_property
    def _groups(self) -> Array:
        """The group of each entry, by ordinal."""
        return self._groups_in(self._all_groups) if self._is_folded else self._articles

    @property
    def _is_folded(self) -> bool:
        return self._all_groups is not self._snapshot.articles

    def _groups_in(self, groups: Groups, entries: Array | None = None) -> Array:
        """Returns the group of each entry, or of the chosen ones in any order."""
        if entries is None:
            return _join([groups.of_docs(number)[docs] for number, _, docs in self._divide(None)])
        order = np.argsort(entries)
        owners = np.empty(len(entries), dtype=np.int64)
        owners[order] = _join([groups.of_docs(number)[docs] for number, _, docs in self._divide(entries[order])])
        return owners

    def count_leads(self) -> int:
        """Returns how many of the entries are leads. O(result), if there may be one."""
        return 0 if self._led is None else int(np.count_nonzero(self._led[self._articles]))

    # --- pages ---

    def section_page(self, request: Request) -> list[Row]:
        """Returns the sections of a page, each a row with one entry."""
        page = self.best(request.offset + request.limit)[request.offset :]
        hits = np.ones(len(page), dtype=np.int64)
        if self._led is not None:
            hits = ~self._led[self._groups_in(self._snapshot.articles, page)]
        return [Row(page[number : number + 1], count) for number, count in enumerate(hits.astype(np.int64).tolist())]

    def article_page(self, request: Request) -> list[Row]:
        """Returns the articles of a page, each with its best entries. O(result), and cheap for each entry."""
        heads = self._heads(request.offset + request.limit)[request.offset :]
        if not len(heads):
            return []
        articles = self._snapshot.articles
        page = self._groups_in(articles, heads)
        # All entries of the articles on the page are sorted together, then divided: one sort instead of many.
        ids = articles.ids[page]
        entries = self._sorted(
            _join(
                [
                    article_runs(segment).entries(ids, docs) + (self._ends[number] - len(docs))
                    for number, segment, docs in self._divide(None)
                ],
                ascending=True,
            )
        )
        owners = self._groups_in(articles, entries)
        rows = []
        stand_for = self._count_articles_of(self._groups_in(self._all_groups, heads))
        for article, stands_for in zip(page.tolist(), stand_for, strict=True):
            of_article = entries[owners == article]
            hits = 0 if self._led is not None and self._led[article] else len(of_article)
            rows.append(Row(of_article[: request.sections_per_hit], hits, stands_for))
        return rows

    def _heads(self, wanted: int) -> Array:
        """Returns the first entry of each of the first groups, in order, up to as many as wanted."""
        limit = wanted * _ENTRIES_FOR_A_GROUP
        while True:
            ordered = self.best(limit)
            _, firsts = np.unique(self._groups_in(self._all_groups, ordered), return_index=True)
            if len(firsts) >= wanted or limit >= len(self):
                return ordered[np.sort(firsts)[:wanted]]
            limit *= _ENTRIES_FOR_A_GROUP

    def _count_articles_of(self, groups: Array) -> list[int]:
        """Returns how many articles of the result each of some groups has. O(result) if articles are folded."""
        if not self._is_folded:
            return [1] * len(groups)
        wanted = np.zeros(self._all_groups.size, dtype=bool)
        wanted[groups] = True
        entries = np.flatnonzero(wanted[self._groups])
        _, firsts = np.unique(self._articles[entries], return_index=True)
        counts: list[int] = np.bincount(self._groups[entries[firsts]], minlength=len(wanted))[groups].tolist()
        return counts

    def listed_entries(self) -> Array:
        """Returns all entries in order, without those of articles that are folded."""
        entries = self._sorted(None)
        if not self._is_folded:
            return entries
        _, heads = np.unique(self._groups[entries], return_index=True)
        listed = np.zeros(self._snapshot.articles.size, dtype=bool)
        listed[self._articles[entries[heads]]] = True
        return entries[listed[self._articles[entries]]]

    def articles_in_order(self) -> Iterator[ScannedArticle]:
        """Returns every article with all its entries, both in order. The work is done before the first is yielded."""
        entries = self.listed_entries()
        owners = self._articles[entries]
        articles, firsts, inverse, counts = np.unique(
            owners, return_index=True, return_inverse=True, return_counts=True
        )
        entries = entries[np.argsort(firsts[inverse], kind="stable")]
        order = np.argsort(firsts)
        articles, counts = articles[order], counts[order]
        matched = counts if self._led is None else np.where(self._led[articles], 0, counts)
        return _to_articles(self._ids_of(entries), self._snapshot.articles.ids[articles], counts, matched)

    def to_hits(self, page: Sequence[Row], score: Callable[[int, int], float]) -> tuple[Hit, ...]:
        """Returns the hits of a page. `score` is called with a segment number and an index in the documents there."""
        if not page:
            return ()
        ids = iter(self.section_ids(np.concatenate([row.entries for row in page])))
        firsts = np.array([row.entries[0] for row in page])
        articles = self._snapshot.articles.ids[self._groups_in(self._snapshot.articles, firsts)].tolist()
        hits = []
        for row, first, article in zip(page, firsts.tolist(), articles, strict=True):
            number, index = self._place(first)
            section_ids = tuple(islice(ids, len(row.entries)))
            hits.append(Hit(article, section_ids, score(number, index), row.hits, row.articles))
        return tuple(hits)


def _join(parts: list[Array], *, ascending: bool = False) -> Array:
    """Returns arrays, one after another; sorted if they are to be ascending."""
    if not parts:
        return np.zeros(0, dtype=np.int64)
    joined = parts[0] if len(parts) == 1 else np.concatenate(parts)
    return np.sort(joined) if ascending else joined


def _to_articles(section_ids: Array, articles: Array, counts: Array, matched: Array) -> Iterator[ScannedArticle]:
    """Yields articles with their sections, which follow each other in `section_ids`."""
    end = 0
    for number, article in enumerate(articles):
        start, end = end, end + int(counts[number])
        yield ScannedArticle(int(article), section_ids[start:end].tolist(), int(matched[number]))
