"""Facet counts and histograms, exact over a whole result, by counting ordinals.

Documents are counted by card first (see `segment`), then the values of each card with its count: six facets cost one
pass over the result and six over its cards. In a small result only its own cards are touched. The documents of a
result are a list with an array for each segment. Only `searching` imports from here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

import numpy as np

from ...query import Address, ValueTerm, format_query
from ..contract import Expansion, Histogram, HistogramInterval
from .files import Array
from .matching import Matcher
from .segment import SECTION_NAMES, UNDATED, fields_searched
from .snapshot import Groups, Snapshot
from .vocabulary import MAX_SHOWN_FORMS

# A result with fewer than one document for this many cards is sorted by card. For a larger one all cards are counted.
_SPARSE = 16

_INTERVALS: tuple[HistogramInterval, ...] = ("hour", "day", "month", "year")
_NUMPY_UNITS: dict[HistogramInterval, str] = {"hour": "h", "day": "D", "month": "M", "year": "Y"}
# The most buckets of an automatic interval, few enough to draw, and of a requested interval, few enough to return.
_MAX_SHOWN_BUCKETS = 100
_MAX_BUCKETS = 10_000
# Pairs of bucket and group are marked in flags, a byte each. If more are possible, the pairs are sorted instead.
_MAX_FLAGS = 1 << 22
_DAY_SECONDS = 86400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class CardCounts:
    """The number of a result's documents with each card of a segment: of these cards, or of all if `cards` is None.

    `counts` is float64, as the weights of `np.bincount` are; it is exact up to 2^53.
    """

    cards: Array | None
    counts: Array

    def having(self) -> Array:
        """Returns the cards with a document in the result, ascending."""
        return np.flatnonzero(self.counts != 0) if self.cards is None else self.cards


def count_cards(snapshot: Snapshot, docs: Sequence[Array]) -> list[CardCounts]:
    """Returns the cards of a result's documents, for each segment. O(result + cards); a small result is sorted."""
    counted = []
    for reader, in_segment in zip(snapshot.readers, docs, strict=True):
        numbers = reader.segment.cards[in_segment]
        total = len(reader.segment.card_articles)
        cards: Array | None = None
        if len(numbers) * _SPARSE < total:
            cards, counts = np.unique(numbers, return_counts=True)
        else:
            counts = np.bincount(numbers, minlength=total)
            if len(numbers) * 2 < total:
                cards = np.flatnonzero(counts != 0)
                counts = counts[cards]
        counted.append(CardCounts(cards, counts.astype(np.float64)))
    return counted


def count_groups(groups: Groups, counted: Sequence[CardCounts]) -> int:
    """Returns the number of groups that the cards belong to."""
    if groups.one_card_each:
        return sum(int(np.count_nonzero(of_segment.counts)) for of_segment in counted)
    flags = np.zeros(groups.size, dtype=bool)
    for of_segment, of_cards in zip(counted, groups.of_cards, strict=True):
        flags[of_cards[of_segment.having()]] = True
    return int(np.count_nonzero(flags))


@dataclass(frozen=True)
class Counted:
    """A result's documents in each segment, and the numbers of them with each card."""

    docs: Sequence[Array]
    cards: Sequence[CardCounts]


def count_documents(snapshot: Snapshot, docs: Sequence[Array]) -> Counted:
    """Returns documents with their cards. O(documents + cards)."""
    return Counted(docs, count_cards(snapshot, docs))


def count_values(snapshot: Snapshot, counted: Counted, name: str, *, groups: Groups | None) -> Array:
    """Returns the number of sections, or groups, of the result with each value of a keyword field or each address.

    A group has the values of all its documents in the result. Shape (values of the snapshot,), int64, by ordinal.
    """
    if name in SECTION_NAMES:
        return _count_by_document(snapshot, counted.docs, name, groups=groups)
    return _count_by_card(snapshot, counted.cards, name, groups=groups)


def _count_by_document(snapshot: Snapshot, docs: Sequence[Array], name: str, *, groups: Groups | None) -> Array:
    """Counts the values that each document has for itself.

    The pairs of article and value are numbered beforehand, so that those of a group need not be sorted unless it has
    several articles, or one in several segments.
    """
    values = snapshot.values(name)
    total = np.zeros(len(values), dtype=np.int64)
    repeated = []
    for number, (reader, in_segment) in enumerate(zip(snapshot.readers, docs, strict=True)):
        column = reader.segment.columns[name]
        at, _ = column.places(in_segment)
        ordinals = column.ordinals[at]
        if groups is not None:
            pairs = reader.segment.article_pairs(name)
            flags = np.zeros(len(pairs.ordinals), dtype=bool)
            flags[pairs.of_entries[at]] = True
            found = np.flatnonzero(flags)
            ordinals, owners = pairs.ordinals[found], groups.of_cards[number][pairs.cards[found]]
            alone = snapshot.are_alone(groups)[owners]
            if not alone.all():
                keys = owners[~alone].astype(np.int64) * len(total) + values.renumber(number, ordinals[~alone])
                repeated.append(keys)
                ordinals = ordinals[alone]
        values.add(number, np.bincount(ordinals, minlength=len(column.values)), total)
    if repeated:
        total += np.bincount(np.unique(np.concatenate(repeated)) % len(total), minlength=len(total))
    return total


def _count_by_card(snapshot: Snapshot, counted: Sequence[CardCounts], name: str, *, groups: Groups | None) -> Array:
    values = snapshot.values(name)
    total = np.zeros(len(values), dtype=np.float64)
    pairs = []
    for number, (reader, of_segment) in enumerate(zip(snapshot.readers, counted, strict=True)):
        column = reader.segment.column(name)
        if groups is not None and not groups.one_card_each:
            cards = of_segment.having()
            ordinals, owners = column.entries(cards)
            having = groups.of_cards[number][cards if owners is None else cards[owners]]
            pairs.append(having.astype(np.int64) * len(total) + values.renumber(number, ordinals))
            continue
        weights = of_segment.counts if groups is None else (of_segment.counts != 0).astype(np.float64)
        if of_segment.cards is None:
            counts = np.bincount(*column.all_entries(weights), minlength=len(column.values) + 1)[:-1]
        else:
            ordinals, owners = column.entries(of_segment.cards)
            counts = np.bincount(
                ordinals, weights=weights if owners is None else weights[owners], minlength=len(column.values)
            )
        values.add(number, counts, total)
    if pairs:
        total += np.bincount(np.unique(np.concatenate(pairs)) % max(len(total), 1), minlength=len(total))
    return total.astype(np.int64)


def list_values(
    snapshot: Snapshot, totals: Array, name: str, *, limit: int | None, named: Sequence[str]
) -> tuple[tuple[tuple[str, int], ...], int]:
    """Returns the values with their counts, most frequent first, then by value; and the number of values in all.

    Beyond the limit, only those in `named` are added, if their count is not zero.
    """
    having = np.flatnonzero(totals != 0)
    counts = totals[having]
    # Ordinals are in the order of values, so one number orders by both: the count, then the ordinal in reverse.
    keys = counts * (len(totals) + 1) + (len(totals) - having)
    size = len(keys)
    if limit is not None and limit < size:
        best = np.partition(keys, size - limit)[size - limit :] if limit else keys[:0]
        ordinals = [snapshot.values(name).find(value) for value in named]
        wanted = [ordinal for ordinal in ordinals if ordinal is not None and totals[ordinal]]
        keys = np.union1d(best, keys[np.searchsorted(having, wanted)]) if wanted else best
    keys = np.sort(keys)[::-1]
    counts, reverse_ordinals = np.divmod(keys, len(totals) + 1)
    texts = snapshot.values(name).texts((len(totals) - reverse_ordinals).tolist())
    return tuple(zip(texts, counts.tolist(), strict=True)), size


def expand_values(snapshot: Snapshot, matcher: Matcher, term: ValueTerm | Address) -> Expansion:
    """Returns the values that a term finds, with their numbers of live sections. O(sections with them)."""
    docs = [reader.only_live(matcher.find(term, number)) for number, reader in enumerate(snapshot.readers)]
    counted = count_documents(snapshot, docs)
    forms: list[tuple[str, int]] = []
    size = 0
    for name in fields_searched(term):
        totals = count_values(snapshot, counted, name, groups=None)
        having = np.zeros(len(totals), dtype=bool)
        for number, reader in enumerate(snapshot.readers):
            ordinals = reader.segment.values_found(term, name)
            having[snapshot.values(name).renumber(number, np.array(ordinals, dtype=np.int64))] = True
        listed, found = list_values(snapshot, np.where(having, totals, 0), name, limit=MAX_SHOWN_FORMS, named=())
        forms += listed
        size += found
    forms.sort(key=lambda form: -form[1])
    return Expansion(format_query(term), tuple(forms[:MAX_SHOWN_FORMS]), size)


# --- histograms ---


@dataclass(frozen=True)
class _Dates:
    """The dates of a result's documents, without those that have none: an array each, by document.

    `spans` are indexes in `segment.SPANS`, which are those of the finest interval in _INTERVALS that knows the date.
    `groups` are ordinals, zero where groups are not counted.
    """

    seconds: Array
    clock: Array
    spans: Array
    groups: Array

    def known_by(self, interval: HistogramInterval) -> Array:
        """Returns the documents whose date is known to the interval, ascending."""
        return np.flatnonzero(self.spans <= _INTERVALS.index(interval))

    def buckets(self, interval: HistogramInterval, chosen: Array) -> Array:
        """Returns the hour (UTC), day, month or year (the outlet's) of documents, counted from 1970."""
        return _to_buckets((self.seconds if interval == "hour" else self.clock)[chosen], interval)


def make_histogram(
    snapshot: Snapshot,
    docs: Sequence[Array],
    *,
    interval: Literal["auto"] | HistogramInterval,
    groups: Groups | None,
) -> Histogram:
    """Returns the counts of a result's documents, or of their groups, by date of publication. O(result)."""
    dates, without = _find_dates(snapshot, docs, groups)
    undated = _count_distinct(without, groups.size) if groups else len(without)
    if not len(dates.spans):
        return Histogram("day" if interval == "auto" else interval, (), undated)
    chosen = _choose_interval(dates, interval)
    known = dates.known_by(chosen)
    vague = len(dates.spans) - len(known)
    if groups:
        vague = _count_distinct(dates.groups[dates.spans > _INTERVALS.index(chosen)], groups.size)
    if not len(known):
        return Histogram(chosen, (), undated, vague)
    buckets = dates.buckets(chosen, known)
    first, last = int(buckets.min()), int(buckets.max())
    if groups:
        counts = _count_pairs(buckets - first, dates.groups[known], last - first + 1, groups.size)
    else:
        counts = np.bincount(buckets - first, minlength=last - first + 1)
    starts = (
        np.arange(first, last + 1).astype(f"datetime64[{_NUMPY_UNITS[chosen]}]").astype("datetime64[s]").astype(int)
    )
    return Histogram(
        chosen,
        tuple(
            (_EPOCH + timedelta(seconds=start), count)
            for start, count in zip(starts.tolist(), counts.tolist(), strict=True)
        ),
        undated,
        vague,
    )


def _find_dates(snapshot: Snapshot, docs: Sequence[Array], groups: Groups | None) -> tuple[_Dates, Array]:
    """Returns the dates of documents; and the groups of those without a date, or that many zeros."""
    nothing = np.zeros(0, dtype=np.int64)
    columns: list[tuple[Array, ...]] = [(nothing,) * 4]
    without = [nothing]
    for number, (reader, in_segment) in enumerate(zip(snapshot.readers, docs, strict=True)):
        segment = reader.segment
        seconds = segment.dates("date")[in_segment]
        dated = seconds != UNDATED
        clock, _, spans = segment.clock_spans("date", in_segment)
        owners = (
            groups.of_cards[number][segment.cards[in_segment]] if groups else np.zeros(len(seconds), dtype=np.int64)
        )
        columns.append((seconds[dated], clock[dated], spans[dated], owners[dated]))
        without.append(owners[~dated])
    seconds, clock, spans, owners = map(np.concatenate, zip(*columns, strict=True))
    return _Dates(seconds, clock, spans, owners), np.concatenate(without)


def _count_distinct(numbers: Array, total: int) -> int:
    """Returns the number of distinct numbers; all are below `total`."""
    flags = np.zeros(total, dtype=bool)
    flags[numbers] = True
    return int(np.count_nonzero(flags))


def _count_pairs(buckets: Array, owners: Array, bucket_total: int, owner_total: int) -> Array:
    """Returns the number of distinct owners in each bucket. Shape (bucket_total,)."""
    keys = buckets * owner_total + owners
    if bucket_total * owner_total <= _MAX_FLAGS:
        flags = np.zeros(bucket_total * owner_total, dtype=bool)
        flags[keys] = True
        counts: Array = flags.reshape(bucket_total, owner_total).sum(axis=1)
        return counts
    return np.bincount(np.unique(keys) // owner_total, minlength=bucket_total)


def _choose_interval(dates: _Dates, requested: Literal["auto"] | HistogramInterval) -> HistogramInterval:
    """Returns the finest interval, from the requested one on, that most dates are known to, with few enough buckets.

    Hours are never chosen where all clocks showed midnight.
    """
    auto = requested == "auto"
    for interval in _INTERVALS if auto else _INTERVALS[_INTERVALS.index(requested) :]:
        known = dates.known_by(interval)
        # Times that are all midnight are days that were stored as times.
        too_fine = interval == "hour" and not np.any(dates.clock[known] % _DAY_SECONDS)
        if 2 * len(known) <= len(dates.spans) or too_fine:
            continue
        buckets = dates.buckets(interval, known)
        if int(buckets.max()) - int(buckets.min()) < (_MAX_SHOWN_BUCKETS if auto else _MAX_BUCKETS):
            return interval
    return "year"


def _to_buckets(seconds: Array, interval: HistogramInterval) -> Array:
    """Returns the hour, day, month or year of each time, counted from 1970."""
    if interval == "hour":
        return seconds // 3600
    if interval == "day":
        return seconds // _DAY_SECONDS
    return seconds.astype("datetime64[s]").astype(f"datetime64[{_NUMPY_UNITS[interval]}]").astype(np.int64)
