"""Facet counts and histograms, exact over a whole result, by counting ordinals.

Documents are counted by card first (see `segment`), then the values of each card with its count: six facets cost one
pass over the result and six over its cards. In a small result only its own cards are touched. The documents of a
result are a list with an array for each segment. Only `searching` imports from here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Literal

import numpy as np

from ...query import Address, ValueTerm, format_query
from ..contract import Expansion, Histogram, HistogramInterval
from .arrays import distinct
from .derived import INTERVALS, NO_SPAN, NUMPY_UNITS, published
from .files import Array
from .matching import Matcher
from .segment import SECTION_NAMES, Segment, fields_searched
from .snapshot import Groups, Snapshot
from .vocabulary import MAX_SHOWN_FORMS

# A result with fewer than one document for this many cards is sorted by card. For a larger one all cards are counted.
_SPARSE = 16

# The most buckets of an automatic interval, few enough to draw, and of a requested interval, few enough to return.
_MAX_SHOWN_BUCKETS = 100
_MAX_BUCKETS = 10_000
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
    """Returns the cards of a result's documents, for each segment. O(result + cards); a small result is sorted.

    Those of all documents are counted once.
    """
    counted = []
    for number, (reader, in_segment) in enumerate(zip(snapshot.readers, docs, strict=True)):
        if in_segment is reader.all_docs:
            counted.append(snapshot.keep(f"cards {number}", partial(_count_in, reader.segment, in_segment)))
        else:
            counted.append(_count_in(reader.segment, in_segment))
    return counted


def _count_in(segment: Segment, docs: Array) -> CardCounts:
    numbers = segment.cards[docs]
    total = len(segment.card_articles)
    if len(numbers) * _SPARSE < total:
        numbers.sort()
        firsts = np.flatnonzero(np.concatenate(([True], numbers[1:] != numbers[:-1])))[: len(numbers)]
        counts = np.diff(firsts, append=len(numbers))
        return CardCounts(numbers[firsts].astype(np.int64), counts.astype(np.float64))
    counts = np.bincount(numbers, minlength=total)
    if len(numbers) * 2 < total:
        cards = np.flatnonzero(counts != 0)
        return CardCounts(cards, counts[cards].astype(np.float64))
    return CardCounts(None, counts.astype(np.float64))


def count_groups(groups: Groups, counted: Sequence[CardCounts]) -> int:
    """Returns the number of groups that the cards belong to."""
    if groups.all_alone:
        return sum(int(np.count_nonzero(of_segment.counts)) for of_segment in counted)
    flags = np.zeros(groups.size, dtype=bool)
    for of_segment, of_cards in zip(counted, groups.of_cards, strict=True):
        flags[of_cards[of_segment.having()]] = True
    return int(np.count_nonzero(flags))


@dataclass(frozen=True)
class Counted:
    """A result's documents in each segment, and the numbers of them with each card. `is_all`: all live ones are."""

    docs: Sequence[Array]
    cards: Sequence[CardCounts]
    is_all: bool


def count_documents(snapshot: Snapshot, docs: Sequence[Array]) -> Counted:
    """Returns documents with their cards. O(documents + cards)."""
    return Counted(docs, count_cards(snapshot, docs), _are_all(snapshot, docs))


def _are_all(snapshot: Snapshot, docs: Sequence[Array]) -> bool:
    return all(in_segment is reader.all_docs for reader, in_segment in zip(snapshot.readers, docs, strict=True))


def count_values(snapshot: Snapshot, counted: Counted, name: str, *, groups: Groups | None) -> Array:
    """Returns the number of sections, or groups, of the result with each value of a keyword field or each address.

    A group has the values of all its documents in the result. Shape (values of the snapshot,), int64, by ordinal.
    Those of all documents are counted once.
    """

    def count() -> Array:
        if name in SECTION_NAMES:
            return _count_by_document(snapshot, counted.docs, name, groups=groups)
        return _count_by_card(snapshot, counted.cards, name, groups=groups)

    return snapshot.keep(f"values of {name}", count, groups) if counted.is_all else count()


def _count_by_document(snapshot: Snapshot, docs: Sequence[Array], name: str, *, groups: Groups | None) -> Array:
    """Counts the values that each document has for itself.

    The pairs of article and value are numbered beforehand, so that those of a group need not be sorted unless it has
    several articles, or one in several segments.
    """
    values = snapshot.values(name)
    total = np.zeros(len(values), dtype=np.int64)
    repeated = []
    for number, (reader, in_segment) in enumerate(zip(snapshot.readers, docs, strict=True)):
        if not len(in_segment):
            continue
        column = reader.segment.columns[name]
        at = column.entries_of(in_segment)
        ordinals = column.ordinals[at]
        if groups is not None:
            pairs = reader.segment.article_pairs(name)
            flags = np.zeros(len(pairs.ordinals), dtype=bool)
            flags[pairs.of_entries[at]] = True
            found = np.flatnonzero(flags)
            ordinals, alone = pairs.ordinals[found], groups.pairs_alone(name, number)[found]
            if not alone.all():
                owners = groups.of_cards[number][pairs.cards[found[~alone]]]
                keys = owners.astype(np.int64) * len(total) + values.renumber(number, ordinals[~alone])
                repeated.append(keys)
                ordinals = ordinals[alone]
        values.add(number, np.bincount(ordinals, minlength=len(column.values)), total)
    if repeated:
        total += np.bincount(distinct(np.concatenate(repeated)) % len(total), minlength=len(total))
    return total


def _count_by_card(snapshot: Snapshot, counted: Sequence[CardCounts], name: str, *, groups: Groups | None) -> Array:
    """Counts the values of cards. Where groups are counted, a card that is the only one of its group counts once.

    The values of the other cards are sorted by group.
    """
    values = snapshot.values(name)
    total = np.zeros(len(values), dtype=np.float64)
    repeated = []
    for number, (reader, of_segment) in enumerate(zip(snapshot.readers, counted, strict=True)):
        if not len(of_segment.counts):
            continue
        column = reader.segment.column(name)
        weights, cards = of_segment.counts, of_segment.cards
        if groups is not None:
            counts_once = weights != 0
            if not groups.all_alone:
                alone = groups.alone[number] if cards is None else groups.alone[number][cards]
                others = np.flatnonzero(counts_once & ~alone)
                if len(others):
                    counts_once &= alone
                    others = others if cards is None else cards[others]
                    ordinals, owners = column.entries(others)
                    of_groups = groups.of_cards[number][others if owners is None else others[owners]]
                    repeated.append(of_groups.astype(np.int64) * len(total) + values.renumber(number, ordinals))
            weights = counts_once.astype(np.float64)
        if cards is None:
            counts = np.bincount(*column.all_entries(weights), minlength=len(column.values) + 1)[:-1]
        else:
            ordinals, owners = column.entries(cards)
            counts = np.bincount(
                ordinals, weights=weights if owners is None else weights[owners], minlength=len(column.values)
            )
        values.add(number, counts, total)
    if repeated:
        total += np.bincount(distinct(np.concatenate(repeated)) % max(len(total), 1), minlength=len(total))
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
        keys = distinct(np.concatenate((best, keys[np.searchsorted(having, wanted)]))) if wanted else best
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


class _Dates:
    """When the documents of a result were published; `groups` are what is counted, None for documents."""

    def __init__(self, snapshot: Snapshot, docs: Sequence[Array], groups: Groups | None) -> None:
        self._docs = docs
        self._groups = groups
        self._published = [published(reader.segment) for reader in snapshot.readers]
        self._spans = [of_segment.spans[docs[number]] for number, of_segment in enumerate(self._published)]
        # How many documents name each span, and how many have no date.
        self.counts = sum(
            (np.bincount(spans, minlength=NO_SPAN + 1) for spans in self._spans), np.zeros(NO_SPAN + 1, dtype=np.int64)
        )
        self._known: dict[HistogramInterval, list[Array | None]] = {}
        self._buckets: dict[HistogramInterval, list[Array]] = {}

    def _known_by(self, interval: HistogramInterval) -> list[Array | None]:
        """Returns which documents of each segment have a date that is known to the interval; None if all have."""
        if interval not in self._known:
            number = INTERVALS.index(interval)
            whole = not self.counts[number + 1 :].any()
            self._known[interval] = [None if whole else np.flatnonzero(spans <= number) for spans in self._spans]
        return self._known[interval]

    def buckets(self, interval: HistogramInterval) -> list[Array]:
        """Returns the bucket of each document, for each segment, that is known to the interval."""
        if interval not in self._buckets:
            self._buckets[interval] = self._choose([of.buckets[interval] for of in self._published], interval)
        return self._buckets[interval]

    def have_clocks(self) -> bool:
        """Whether any clock was not at midnight, of dates that are known to the hour."""
        return any(np.any(clocks) for clocks in self._choose([of.has_clock for of in self._published], "hour"))

    def owners(self, interval: HistogramInterval, groups: Groups) -> list[Array]:
        """Returns the group of each document that is known to the interval, for each segment."""
        return self._choose([groups.of_docs(number) for number in range(len(self._docs))], interval)

    def _choose(self, columns: Sequence[Array], interval: HistogramInterval) -> list[Array]:
        return [
            column[docs if known is None else docs[known]]
            for column, docs, known in zip(columns, self._docs, self._known_by(interval), strict=True)
        ]

    def count_spans(self, first: int, end: int) -> int:
        """Returns how many documents, or groups, have a date that names one of these spans. O(1) for documents."""
        total = int(self.counts[first:end].sum())
        if self._groups is None or not total:
            return total
        flags = np.zeros(self._groups.size, dtype=bool)
        for number, (spans, docs) in enumerate(zip(self._spans, self._docs, strict=True)):
            flags[self._groups.of_docs(number)[docs[(spans >= first) & (spans < end)]]] = True
        return int(np.count_nonzero(flags))


def make_histogram(
    snapshot: Snapshot,
    docs: Sequence[Array],
    *,
    interval: Literal["auto"] | HistogramInterval,
    groups: Groups | None,
) -> Histogram:
    """Returns the counts of a result's documents, or of their groups, by date of publication. O(result).

    That of all documents is made once.
    """

    def make() -> Histogram:
        return _make_histogram(_Dates(snapshot, docs, groups), interval, groups)

    return snapshot.keep(f"by {interval}", make, groups) if _are_all(snapshot, docs) else make()


def _make_histogram(dates: _Dates, interval: Literal["auto"] | HistogramInterval, groups: Groups | None) -> Histogram:
    undated = dates.count_spans(NO_SPAN, NO_SPAN + 1)
    if not dates.counts[:NO_SPAN].any():
        return Histogram("day" if interval == "auto" else interval, (), undated)
    chosen = _choose_interval(dates, interval)
    vague = dates.count_spans(INTERVALS.index(chosen) + 1, NO_SPAN)
    buckets = dates.buckets(chosen)
    if not any(map(len, buckets)):
        return Histogram(chosen, (), undated, vague)
    first, last = _range_of(buckets)
    if groups:
        counts = _count_pairs(buckets, dates.owners(chosen, groups), first, last, groups.size)
    else:
        counts = np.bincount(np.concatenate(buckets) - first, minlength=last - first + 1)
    unit = f"datetime64[{NUMPY_UNITS[chosen]}]"
    starts = np.arange(first, last + 1).astype(unit).astype("datetime64[s]").astype(int)
    return Histogram(
        chosen,
        tuple(
            (_EPOCH + timedelta(seconds=start), count)
            for start, count in zip(starts.tolist(), counts.tolist(), strict=True)
        ),
        undated,
        vague,
    )


def _range_of(buckets: Sequence[Array]) -> tuple[int, int]:
    """Returns the first and the last bucket; there must be one."""
    some = [of_segment for of_segment in buckets if len(of_segment)]
    return min(int(of_segment.min()) for of_segment in some), max(int(of_segment.max()) for of_segment in some)


def _count_pairs(buckets: Sequence[Array], owners: Sequence[Array], first: int, last: int, owner_total: int) -> Array:
    """Returns the number of distinct owners in each bucket from `first` to `last`.

    The documents of an owner mostly lie side by side, and those of a bucket within them: what repeats the document
    before is left out. Of what remains, only owners with several documents are sorted.
    """
    every_bucket, every_owner = [], []
    for of_segment, owners_of_segment in zip(buckets, owners, strict=True):
        differs = (of_segment[1:] != of_segment[:-1]) | (owners_of_segment[1:] != owners_of_segment[:-1])
        kept = np.flatnonzero(np.concatenate(([True], differs)))[: len(of_segment)]
        every_bucket.append(of_segment[kept])
        every_owner.append(owners_of_segment[kept])
    bucket, owner = np.concatenate(every_bucket) - first, np.concatenate(every_owner)
    several = np.bincount(owner, minlength=owner_total)[owner] > 1
    repeated = np.flatnonzero(several)
    keys = distinct(owner[repeated].astype(np.int64) * (last - first + 1) + bucket[repeated])
    bucket = np.concatenate((bucket[~several], keys % (last - first + 1)))
    return np.bincount(bucket, minlength=last - first + 1)


def _choose_interval(dates: _Dates, requested: Literal["auto"] | HistogramInterval) -> HistogramInterval:
    """Returns the finest interval, from the requested one on, that most dates are known to, with few enough buckets.

    Hours are never chosen where all clocks showed midnight.
    """
    auto = requested == "auto"
    dated = int(dates.counts[:NO_SPAN].sum())
    for number, interval in enumerate(INTERVALS):
        if not auto and number < INTERVALS.index(requested):
            continue
        if 2 * int(dates.counts[: number + 1].sum()) <= dated:
            continue
        first, last = _range_of(dates.buckets(interval))
        if last - first >= (_MAX_SHOWN_BUCKETS if auto else _MAX_BUCKETS):
            continue
        # Times that are all midnight are days that were stored as times.
        if interval != "hour" or dates.have_clocks():
            return interval
    return "year"
