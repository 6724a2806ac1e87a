"""What is derived from the documents of a segment at first use: their order by date, their articles, their buckets.

A segment never changes, so that each of these arrays is made once, in private memory: some 20 bytes a document. They
make the parts of a page that look at every match cheap. A rank takes two bytes, and the first documents by a date are
found without reading dates; the entries of an article lie side by side; and the day or month of a document is looked
up instead of computed.

Only modules of this package import from here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from ..contract import HistogramInterval, Sort
from .arrays import ragged
from .files import Array
from .segment import SPANS, UNDATED, Segment

INTERVALS: tuple[HistogramInterval, ...] = ("hour", "day", "month", "year")
NUMPY_UNITS: dict[HistogramInterval, str] = {"hour": "h", "day": "D", "month": "M", "year": "Y"}
DAY_SECONDS = 86_400
# The span of documents without a date: greater than any index in SPANS.
NO_SPAN = len(SPANS)

Made = TypeVar("Made")


def _once(segment: Segment, name: str, make: Callable[[], Made]) -> Made:
    # Two threads may both make it; they make the same.
    made: Made | None = segment.derived.get(name)
    if made is None:
        made = segment.derived[name] = make()
    return made


# --- order ---


def date_keys(segment: Segment, sort: Sort, docs: Array | slice) -> tuple[Array, Array]:
    """Returns the two keys of an order by date of documents, greatest first: the date, and the id."""
    file = segment.file
    if sort == "captured":
        return file["changed"][docs], file["section_ids"][docs]
    ids, dates = -file["section_ids"][docs], file["dates.date"][docs]
    return (np.where(dates == UNDATED, UNDATED, -dates), ids) if sort == "oldest" else (dates, ids)


def date_ranks(segment: Segment, sort: Sort) -> Array:
    """Returns the rank of each document in an order by date: 0 for the first (uint16). Sorts the segment, once."""

    def make() -> Array:
        dates, ids = date_keys(segment, sort, slice(None))
        ranks = np.empty(segment.count, dtype=np.uint16)
        ranks[np.lexsort((-ids, -dates))] = np.arange(segment.count, dtype=np.uint16)
        return ranks

    return _once(segment, f"ranks by {sort}", make)


# --- articles ---


@dataclass(frozen=True)
class ArticleRuns:
    """The runs of documents that belong to one article, by article id. Mostly an article has one run.

    Shapes (runs,): the article ids, ascending; the first and the last document.
    """

    ids: Array
    firsts: Array
    lasts: Array

    def entries(self, article_ids: Array, docs: Array) -> Array:
        """Returns which of some documents (ascending) belong to one of these articles: indexes into `docs`."""
        low = np.searchsorted(self.ids, article_ids, side="left")
        runs = ragged(low, np.searchsorted(self.ids, article_ids, side="right") - low)
        low = np.searchsorted(docs, self.firsts[runs].astype(docs.dtype), side="left")
        return ragged(low, np.searchsorted(docs, self.lasts[runs].astype(docs.dtype), side="right") - low)


def article_runs(segment: Segment) -> ArticleRuns:
    """Returns the runs of a segment's articles. O(segment), once."""

    def make() -> ArticleRuns:
        owners = segment.card_articles[segment.cards]
        changes = np.flatnonzero(owners[1:] != owners[:-1])
        some = min(len(owners), 1)
        firsts = np.concatenate((np.zeros(some, dtype=np.int64), changes + 1))
        lasts = np.concatenate((changes, np.full(some, len(owners) - 1)))
        order = np.argsort(owners[firsts], kind="stable")
        return ArticleRuns(owners[firsts][order], firsts[order], lasts[order])

    return _once(segment, "runs", make)


# --- buckets of time ---


@dataclass(frozen=True)
class Published:
    """When each document was published. Shapes (documents,).

    `spans` are the indexes in SPANS, or NO_SPAN (uint8). `buckets` has the hour (UTC), the day, month and year (the
    outlet's) since 1970 (int32); they mean nothing without a date. `has_clock`: the clock was not at midnight.
    """

    spans: Array
    buckets: dict[HistogramInterval, Array]
    has_clock: Array


def published(segment: Segment) -> Published:
    """Returns when the documents of a segment were published. O(segment), once."""

    def make() -> Published:
        every = np.arange(segment.count)
        dated = segment.dates("date") != UNDATED
        clock, _, spans = segment.clock_spans("date", every)
        clock = np.where(dated, clock, 0)
        buckets = {interval: to_buckets(clock, interval) for interval in INTERVALS[1:]}
        buckets["hour"] = to_buckets(np.where(dated, segment.dates("date"), 0), "hour")
        return Published(
            np.where(dated, spans, NO_SPAN).astype(np.uint8),
            {interval: numbers.astype(np.int32) for interval, numbers in buckets.items()},
            clock % DAY_SECONDS != 0,
        )

    return _once(segment, "published", make)


def to_buckets(seconds: Array, interval: HistogramInterval) -> Array:
    """Returns the hour, day, month or year of each time, counted from 1970."""
    if interval == "hour":
        return seconds // 3600
    if interval == "day":
        return seconds // DAY_SECONDS
    return seconds.astype("datetime64[s]").astype(f"datetime64[{NUMPY_UNITS[interval]}]").astype(np.int64)
