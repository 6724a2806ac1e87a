"""Facet counts and histograms: exact, over a whole result, by counting ordinals.

Sections are counted by card first (see segment), then each card's values with the card's count, so that six facets
cost one pass over the result and six over its cards. Where the result is small, only its own cards are touched.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

import numpy as np

from ..contract import Histogram, HistogramInterval
from .files import Array
from .segment import UNDATED
from .view import View

# With so many times fewer documents than cards, the documents are sorted; else the cards are gone through.
_SPARSE = 16

_INTERVALS: tuple[HistogramInterval, ...] = ("hour", "day", "month", "year")
_UNITS: dict[HistogramInterval, str] = {"hour": "h", "day": "D", "month": "M", "year": "Y"}
# What "auto" asks of an interval: buckets enough to see a shape, few enough to draw; and what is too many to return.
_SHOWN_BUCKETS = 100
_MAX_BUCKETS = 10_000
# Pairs of a bucket and an article that are laid out as flags, a byte each; of more, those there are get sorted.
_MAX_FLAGS = 1 << 22


@dataclass(frozen=True)
class CardCounts:
    """How many documents of a result each card of a segment has: of these cards, or of all where `cards` is None."""

    cards: Array | None
    counts: Array

    def having(self) -> Array:
        """Returns the cards that have any."""
        return np.flatnonzero(self.counts != 0) if self.cards is None else self.cards


def count_cards(view: View, docs: Sequence[Array]) -> list[CardCounts]:
    """Returns the cards of a result's documents, given by shard. O(result), or O(cards) where that is less."""
    counted = []
    for shard, own in zip(view.shards, docs, strict=True):
        numbers = shard.segment.cards[own]
        total = len(shard.segment.card_articles)
        cards: Array | None = None
        if len(numbers) * _SPARSE < total:
            cards, counts = np.unique(numbers, return_counts=True)
        else:
            counts = np.bincount(numbers, minlength=total)
            if len(numbers) * 2 < total:
                cards = np.flatnonzero(counts != 0)
                counts = counts[cards]
        # As weights of a count, which are floating point: whole numbers are exact in it up to 2^53.
        counted.append(CardCounts(cards, counts.astype(np.float64)))
    return counted


def count_articles(view: View, counted: Sequence[CardCounts]) -> int:
    """Returns how many articles the cards are of."""
    articles = view.articles
    if articles.one_card_each:
        return sum(int(np.count_nonzero(one.counts)) for one in counted)
    flags = np.zeros(len(articles.ids), dtype=bool)
    for one, of_cards in zip(counted, articles.of_cards, strict=True):
        flags[of_cards[one.having()]] = True
    return int(np.count_nonzero(flags))


def count_values(view: View, counted: Sequence[CardCounts], name: str, *, by_article: bool) -> Array:
    """Returns by ordinal how many sections, or articles, of the result have each value of a keyword field."""
    values = view.values(name)
    total = np.zeros(len(values), dtype=np.float64)
    pairs = []
    for number, (shard, one) in enumerate(zip(view.shards, counted, strict=True)):
        column = shard.segment.columns[name]
        if by_article and not view.articles.one_card_each:
            cards = one.having()
            ordinals, owners = column.entries(cards)
            articles = view.articles.of_cards[number][cards if owners is None else cards[owners]]
            pairs.append(articles.astype(np.int64) * len(total) + values.renumber(number, ordinals))
            continue
        weights = (one.counts != 0).astype(np.float64) if by_article else one.counts
        if one.cards is None:
            counts = np.bincount(*column.all_entries(weights), minlength=len(column.values) + 1)[:-1]
        else:
            ordinals, owners = column.entries(one.cards)
            counts = np.bincount(
                ordinals, weights=weights if owners is None else weights[owners], minlength=len(column.values)
            )
        values.add(number, counts, total)
    if pairs:
        total += np.bincount(np.unique(np.concatenate(pairs)) % max(len(total), 1), minlength=len(total))
    return total.astype(np.int64)


def list_values(
    view: View, totals: Array, name: str, *, limit: int | None, named: Sequence[str]
) -> tuple[tuple[tuple[str, int], ...], int]:
    """Returns the values with their counts, most frequent first, then by value, and how many there are in all.

    Past the limit stand only those that are `named`, if they count anything.
    """
    having = np.flatnonzero(totals != 0)
    counts = totals[having]
    # Ordinals follow the values, so one number orders by both: the count, then the ordinal backwards.
    keys = counts * (len(totals) + 1) + (len(totals) - having)
    size = len(keys)
    if limit is not None and limit < size:
        best = np.partition(keys, size - limit)[size - limit :] if limit else keys[:0]
        places = [view.values(name).find(value) for value in named]
        wanted = [place for place in places if place is not None and totals[place]]
        keys = np.union1d(best, keys[np.searchsorted(having, wanted)]) if wanted else best
    keys = np.sort(keys)[::-1]
    counts, backwards = np.divmod(keys, len(totals) + 1)
    texts = view.values(name).texts((len(totals) - backwards).tolist())
    return tuple(zip(texts, counts.tolist(), strict=True)), size


# --- dates ---


def make_histogram(
    view: View, docs: Sequence[Array], *, asked: Literal["auto"] | HistogramInterval, by_article: bool
) -> Histogram:
    """Returns the counts over the published date of a result's documents, given by shard. O(result)."""
    seconds, articles = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for shard, own, of_cards in zip(view.shards, docs, view.articles.of_cards, strict=True):
        seconds.append(shard.segment.dates("date")[own])
        articles.append(of_cards[shard.segment.cards[own]] if by_article else own[:0].astype(np.int64))
    moments, owners = np.concatenate(seconds), np.concatenate(articles)
    dated = moments != UNDATED
    if by_article:
        undated = _count_distinct(owners[~dated], len(view.articles.ids))
        owners = owners[dated]
    else:
        undated = int(np.count_nonzero(~dated))
    moments = moments[dated]
    if not len(moments):
        return Histogram("day" if asked == "auto" else asked, (), undated)
    ends = np.array([moments.min(), moments.max()])
    interval = _choose_interval(ends, asked)
    buckets = _to_buckets(moments, interval)
    first, last = _to_buckets(ends, interval).tolist()
    if by_article:
        counts = _count_pairs(buckets - first, owners, last - first + 1, len(view.articles.ids))
    else:
        counts = np.bincount(buckets - first, minlength=last - first + 1)
    starts = np.arange(first, last + 1).astype(f"datetime64[{_UNITS[interval]}]").astype("datetime64[s]").astype(int)
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return Histogram(
        interval,
        tuple(
            (epoch + timedelta(seconds=start), count)
            for start, count in zip(starts.tolist(), counts.tolist(), strict=True)
        ),
        undated,
    )


def _count_distinct(numbers: Array, total: int) -> int:
    """Returns how many different numbers below the total there are."""
    flags = np.zeros(total, dtype=bool)
    flags[numbers] = True
    return int(np.count_nonzero(flags))


def _count_pairs(buckets: Array, owners: Array, bucket_total: int, owner_total: int) -> Array:
    """Returns by bucket how many different owners stand in it."""
    keys = buckets * owner_total + owners
    if bucket_total * owner_total <= _MAX_FLAGS:
        flags = np.zeros(bucket_total * owner_total, dtype=bool)
        flags[keys] = True
        counts: Array = flags.reshape(bucket_total, owner_total).sum(axis=1)
        return counts
    return np.bincount(np.unique(keys) // owner_total, minlength=bucket_total)


def _choose_interval(ends: Array, asked: Literal["auto"] | HistogramInterval) -> HistogramInterval:
    """Returns the finest interval, from the one asked for, of which there are not too many between the ends."""
    auto = asked == "auto"
    for interval in _INTERVALS if auto else _INTERVALS[_INTERVALS.index(asked) :]:
        first, last = _to_buckets(ends, interval).tolist()
        if last - first < (_SHOWN_BUCKETS if auto else _MAX_BUCKETS):
            return interval
    return "year"


def _to_buckets(seconds: Array, interval: HistogramInterval) -> Array:
    """Returns the number of the hour, day, month or year since 1970 in which each moment lies."""
    if interval == "hour":
        return seconds // 3600
    if interval == "day":
        return seconds // 86400
    return seconds.astype("datetime64[s]").astype(f"datetime64[{_UNITS[interval]}]").astype(np.int64)
