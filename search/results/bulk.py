"""The span in which nearly all of a result was published, and its timeline, without long tails that are nearly empty.

A single wrong or very old date would make years of a plot an empty line. What lies outside is counted and linked. For
the modules of `search.results` only.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ..engines import Histogram, HistogramInterval, Reader
from .intervals import label_start, list_starts, step, write_span, write_start
from .question import Question
from .timeline import Timeline, build_timeline

# At most this share of what has a date is left out; of few, a single one.
_MAX_OUTSIDE_SHARE = 0.01
_MIN_TOTAL = 10
# The whole is shown unless the bulk is at most this share of its length: a plot that leaves nothing out is better.
_MAX_BULK_LENGTH = 0.5
# Ten years by month. The plot has the width of the page.
_MAX_BARS = 120


@dataclass(frozen=True)
class Outside:
    """What was published before or after the bulk: how many articles or sections, and the URL of a search for them."""

    total: int
    label: str
    url: str


@dataclass(frozen=True)
class Bulk:
    """A result over the time in which nearly all of it was published."""

    timeline: Timeline
    outside: tuple[Outside, ...]


def find_bulk(index: Reader, question: Question, now: datetime) -> Bulk | None:
    """Returns the bulk of what a question without dates finds; None if nothing has a date. At most six searches."""
    whole = _count(index, question, "month", now)
    if len(_bulk_of(whole).buckets) > _MAX_BARS:
        whole = _count(index, question, "year", now)
    if not whole.buckets:
        return None
    bulk = _bulk_of(whole)
    for finer in _finer(bulk.interval):
        first, end = bulk.buckets[0][0], _end_of(bulk)
        if len(list_starts(finer, first, end, limit=_MAX_BARS + 1)) > _MAX_BARS:
            break
        closer = _count(index, question.with_dates(_dates_of(bulk)), finer, now)
        if closer.interval != finer:
            break
        bulk = _bulk_of(closer)
    bulk = replace(bulk, undated=whole.undated)
    return Bulk(build_timeline(question, bulk, None), tuple(_outside(index, question, bulk, now)))


def _finer(interval: HistogramInterval) -> tuple[HistogramInterval, ...]:
    return ("day", "hour") if interval == "month" else ()


def _count(index: Reader, question: Question, interval: HistogramInterval, now: datetime) -> Histogram:
    request = question.to_request(question.parse(now, index=index), now=now, histogram=interval, limit=0)
    histogram = index.search(request).histogram
    if histogram is None:
        raise ValueError("the engine was asked for a histogram, and returned none")
    return histogram


def _bulk_of(histogram: Histogram) -> Histogram:
    """Returns the histogram of the bulk alone, or the whole where that is not much longer."""
    buckets = histogram.buckets
    counts = [count for _, count in buckets]
    total = sum(counts)
    outside = max(int(total * _MAX_OUTSIDE_SHARE), 1 if total >= _MIN_TOTAL else 0)
    first, end = _shortest_run(counts, total - outside)
    is_much_shorter = end - first <= len(buckets) * _MAX_BULK_LENGTH
    return replace(histogram, buckets=buckets[first:end]) if is_much_shorter else histogram


def _shortest_run(counts: Sequence[int], wanted: int) -> tuple[int, int]:
    """Returns the start and the end of the shortest run with at least this sum; of equal ones the last. O(counts)."""
    best = (0, len(counts))
    first, inside = 0, 0
    for last, count in enumerate(counts):
        inside += count
        while first < last and inside - counts[first] >= wanted:
            inside -= counts[first]
            first += 1
        if inside >= wanted and last + 1 - first <= best[1] - best[0]:
            best = (first, last + 1)
    return best


def _end_of(histogram: Histogram) -> datetime:
    """Returns where the last interval ends."""
    return step(histogram.interval, histogram.buckets[-1][0], 1)


def _dates_of(histogram: Histogram) -> str:
    return write_span(histogram.interval, histogram.buckets[0][0], histogram.buckets[-1][0])


def _outside(index: Reader, question: Question, bulk: Histogram, now: datetime) -> list[Outside]:
    """Returns what lies before and after the bulk, counted as a search for it counts."""
    interval, first, end = bulk.interval, bulk.buckets[0][0], _end_of(bulk)
    found = []
    for label, dates in (
        (f"before {label_start(interval, first)}", f"..{write_start(interval, step(interval, first, -1))}"),
        (f"since {label_start(interval, end)}", f"{write_start(interval, end)}.."),
    ):
        narrowed = question.with_dates(dates)
        total = index.search(narrowed.to_request(narrowed.parse(now, index=index), now=now, limit=0)).total
        if total:
            found.append(Outside(total, label, narrowed.to_querystring()))
    return found
