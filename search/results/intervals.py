"""Hours, days, months and years: where they start, how a span of them is written, and how it reads.

A span is a pair of readings of a clock, as aware times in UTC: start included, end excluded. `clock_span` makes one of
the bounds of a date range. It is written as the query language writes dates, like `2025-06-02..2025-06-05`. Functions
that move along the calendar raise OverflowError or ValueError outside the years 1 to 9999. For the modules of
`search.results` only.
"""

from datetime import datetime, timedelta

from ..engines import DateSpan, HistogramInterval
from ..text import MONTH_NAMES, SHORT_MONTH_NAMES

# From fine to coarse.
INTERVALS: tuple[HistogramInterval, ...] = ("hour", "day", "month", "year")
# How many characters of an ISO 8601 time identify the interval that it lies in.
_ISO_CHARS: dict[HistogramInterval, int] = {"hour": 13, "day": 10, "month": 7, "year": 4}


ClockSpan = tuple[datetime | None, datetime | None]


def clock_span(span: DateSpan | None, interval: HistogramInterval = "day") -> ClockSpan:
    """Returns the span between the bounds of a date range; both ends open for None.

    Days and longer intervals are those of a calendar; hours are those of UTC.
    """
    start, end = (
        (bound.instant or bound.clock if interval == "hour" else bound.clock) if bound else None
        for bound in span or (None, None)
    )
    return start, end


def floor(interval: HistogramInterval, moment: datetime) -> datetime:
    """Returns the start of the interval that a time lies in."""
    moment = moment.replace(minute=0, second=0, microsecond=0)
    if interval != "hour":
        moment = moment.replace(hour=0)
    if interval in ("month", "year"):
        moment = moment.replace(day=1)
    return moment.replace(month=1) if interval == "year" else moment


def step(interval: HistogramInterval, start: datetime, count: int) -> datetime:
    """Returns the start of the interval that is `count` intervals later."""
    if interval == "hour":
        return start + timedelta(hours=count)
    if interval == "day":
        return start + timedelta(days=count)
    months = start.year * 12 + start.month - 1 + count * (12 if interval == "year" else 1)
    return start.replace(year=months // 12, month=months % 12 + 1)


def list_starts(interval: HistogramInterval, start: datetime, end: datetime, *, limit: int) -> list[datetime]:
    """Returns the starts of the intervals in a span, at most `limit` of them."""
    starts: list[datetime] = []
    moment = floor(interval, start)
    try:
        while moment < end and len(starts) < limit:
            starts.append(moment)
            moment = step(interval, moment, 1)
    except (OverflowError, ValueError):
        pass
    return starts


def is_start(interval: HistogramInterval, moment: datetime) -> bool:
    """Returns whether an interval starts at this time."""
    return floor(interval, moment) == moment


def coarsest_interval(start: datetime, end: datetime) -> HistogramInterval:
    """Returns the coarsest interval that a span consists of; "hour" if it has parts of hours."""
    for interval in reversed(INTERVALS):
        if is_start(interval, start) and is_start(interval, end):
            return interval
    return "hour"


def enclosing_interval(start: datetime, end: datetime) -> HistogramInterval | None:
    """Returns the finest interval that contains a span and is longer than it; None if there is none."""
    last = end - timedelta(microseconds=1)
    for interval in INTERVALS[1:]:
        outer = floor(interval, start)
        if outer == floor(interval, last) and not (start == outer and is_start(interval, end)):
            return interval
    return None


def write_start(interval: HistogramInterval, start: datetime) -> str:
    """Returns an interval as the query language writes it: 2025, 2025-06, 2025-06-02, 2025-06-02T14."""
    return start.isoformat()[: _ISO_CHARS[interval]]


def write_span(interval: HistogramInterval, first: datetime, last: datetime) -> str:
    """Returns a span of intervals; `first` and `last` are the starts of its first and its last interval."""
    written = [write_start(interval, start) for start in (first, last)]
    return written[0] if first == last else "..".join(written)


def label_start(interval: HistogramInterval, start: datetime) -> str:
    """Returns an interval as people write it: 2025; June 2025; 2 June 2025; 2 June 2025, 14:00 UTC."""
    if interval == "year":
        return f"{start.year}"
    month = f"{MONTH_NAMES[start.month]} {start.year}"
    if interval == "month":
        return month
    return f"{start.day} {month}" + (f", {start.hour:02}:00 UTC" if interval == "hour" else "")


def label_span(span: ClockSpan) -> str:
    """Returns a span as people write it: 16 May 2025 to 3 June 2025; since 2024; any time."""
    start, end = span
    if start and end:
        interval = coarsest_interval(start, end)
        last = step(interval, end, -1)
        label = label_start(interval, start)
        return label if start == last else f"{label} to {label_start(interval, last)}"
    if start:
        return f"since {label_start(coarsest_interval(start, start), start)}"
    return f"before {label_start(coarsest_interval(end, end), end)}" if end else "any time"


def label_tick(interval: HistogramInterval, start: datetime) -> str:
    """Returns a short label for the axis of a plot: 14:00; 2 Sep; Sep 2025; 2025.

    Where a longer interval starts, the label names it: the first day of a month is labelled with the month.
    """
    match interval:
        case "hour":
            return f"{start:%H}:00" if start.hour else f"{start.day} {SHORT_MONTH_NAMES[start.month]}"
        case "day":
            month = SHORT_MONTH_NAMES[start.month]
            return f"{start.day} {month}" if start.day > 1 else f"{month} {start.year}"
        case "month":
            return f"{SHORT_MONTH_NAMES[start.month]} {start.year}" if start.month > 1 else f"{start.year}"
        case _:
            return f"{start.year}"


def starts_longer_interval(interval: HistogramInterval, start: datetime) -> bool:
    """Returns whether the next longer interval starts here too: a day, a month, a year or a decade."""
    match interval:
        case "hour":
            return start.hour == 0
        case "day":
            return start.day == 1
        case "month":
            return start.month == 1
        case _:
            return start.year % 10 == 0
