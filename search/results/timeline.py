"""The shape of a result over time: its bars, where each leads, and the links earlier, later and back.

Counts are the engine's; nothing here reads the database. A span is written as the query language writes dates, so
that a bar's address is one that a person could write.
"""

from calendar import month_name
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from ..engines import DateSpan, Histogram, HistogramInterval
from .question import Question

# Looked up a hundred times a page; the calendar's own list formats a date each time.
_MONTHS = tuple(month_name)
INTERVALS: tuple[HistogramInterval, ...] = ("hour", "day", "month", "year")
# Bars enough to see a shape, few enough to point at; as many as the engine's own choice of an interval.
MAX_BARS = 100
# The plot in CSS pixels, and under it room for the labels of the axis.
_PLOT_HEIGHT = 56
_LABEL_HEIGHT = 18
# Labels that stand side by side on a phone.
_MAX_TICKS = 5
# A bar that counts something is never lower than can be seen.
_LEAST_HEIGHT = 2

# How much of an ISO 8601 time says which interval it is.
_WRITTEN: dict[HistogramInterval, int] = {"hour": 13, "day": 10, "month": 7, "year": 4}


@dataclass(frozen=True)
class Bar:
    """One hour, day, month or year; `url` narrows to it, and is empty where there is nothing."""

    dates: str
    label: str
    count: int
    url: str


@dataclass(frozen=True)
class SpanLink:
    """A span beside or around the present one."""

    name: str
    label: str
    url: str


@dataclass(frozen=True)
class Timeline:
    """A result over time; `ticks` label the axis by the number of a bar, `peak` is the highest bar."""

    interval: HistogramInterval
    bars: tuple[Bar, ...]
    ticks: tuple[tuple[int, str], ...]
    links: tuple[SpanLink, ...]
    undated: int
    first_day: str
    last_day: str

    @property
    def peak(self) -> Bar | None:
        return max(self.bars, key=lambda bar: bar.count, default=None)

    @property
    def dates(self) -> str:
        """The span of each bar as it is written, with blanks between."""
        return " ".join(bar.dates for bar in self.bars)

    def draw(self) -> SafeString:
        """Returns the bars as SVG: widths are shares of the page's, heights are pixels."""
        if len(self.bars) < 2:
            return mark_safe("")
        return _draw(self.bars, self.ticks)


def choose_interval(span: DateSpan | None) -> Literal["auto"] | HistogramInterval:
    """Returns the finest interval that a span has not too many of; "auto" where an end is open."""
    if span is None or span[0] is None or span[1] is None:
        return "auto"
    start, end = span[0], span[1]
    for interval in INTERVALS:
        if len(_starts(interval, start, end, limit=MAX_BARS + 1)) <= MAX_BARS:
            return interval
    return "year"


def build_timeline(question: Question, histogram: Histogram, span: DateSpan | None) -> Timeline:
    """Returns the timeline of a result that was counted by `choose_interval(span)`."""
    interval, counts = _without_idle_hours(histogram)
    if span and span[0] and span[1]:
        padded = _starts(interval, span[0], span[1], limit=MAX_BARS + 1)
        if len(padded) <= MAX_BARS:
            counts = dict.fromkeys(padded, 0) | counts
    starts = sorted(counts)
    spans = [_dates_of(interval, start, span) for start in starts]
    bars = [
        Bar(dates, _label(interval, start), counts[start], url if counts[start] else "")
        for start, dates, url in zip(starts, spans, question.urls_with_dates(spans), strict=True)
    ]
    return Timeline(
        interval=interval,
        bars=tuple(bars),
        ticks=tuple(_ticks(interval, starts)),
        links=tuple(_span_links(question, span)),
        undated=histogram.undated,
        first_day=f"{span[0] if span and span[0] else starts[0]:%Y-%m-%d}" if starts else "",
        last_day=f"{_last_moment(interval, starts, span):%Y-%m-%d}" if starts else "",
    )


def _dates_of(interval: HistogramInterval, start: datetime, span: DateSpan | None) -> str:
    """Returns what a bar narrows to: its interval, or the part of it that is in the span."""
    try:
        end = _step(interval, start, 1)
    except (OverflowError, ValueError):
        return write_dates(interval, start, start)
    first = max(start, span[0]) if span and span[0] else start
    past = min(end, span[1]) if span and span[1] else end
    if (first, past) == (start, end) or first >= past:
        return write_dates(interval, start, start)
    unit = _unit(first, past)
    return write_dates(unit, first, _back(unit, past))


def write_dates(interval: HistogramInterval, first: datetime, last: datetime) -> str:
    """Returns a span from the interval that begins at `first` to the one that begins at `last`, as it is written."""
    written = [_write(interval, moment) for moment in (first, last)]
    return written[0] if first == last else "..".join(written)


def label_span(span: DateSpan | None) -> str:
    """Returns a span as people say it."""
    if span is None:
        return "any time"
    start, end = span
    if start and end:
        interval = _unit(start, end)
        first, last = start, _back(interval, end)
        if first == last:
            return _label(interval, first)
        return f"{_label(interval, first)} to {_label(interval, last)}"
    if start:
        return f"since {_label(_unit(start, start), start)}"
    return f"before {_label(_unit(end, end), end)}" if end else "any time"


# --- the calendar ---


def _write(interval: HistogramInterval, moment: datetime) -> str:
    return moment.isoformat()[: _WRITTEN[interval]]


def _floor(interval: HistogramInterval, moment: datetime) -> datetime:
    moment = moment.replace(minute=0, second=0, microsecond=0)
    if interval != "hour":
        moment = moment.replace(hour=0)
    if interval in ("month", "year"):
        moment = moment.replace(day=1)
    return moment.replace(month=1) if interval == "year" else moment


def _step(interval: HistogramInterval, moment: datetime, count: int) -> datetime:
    """Returns the start of the interval so many further. Raises OverflowError, ValueError past the calendar."""
    if interval == "hour":
        return moment + timedelta(hours=count)
    if interval == "day":
        return moment + timedelta(days=count)
    months = moment.year * 12 + moment.month - 1 + count * (12 if interval == "year" else 1)
    return moment.replace(year=months // 12, month=months % 12 + 1)


def _back(interval: HistogramInterval, end: datetime) -> datetime:
    """Returns the start of the last interval before an end."""
    return _step(interval, end, -1)


def _starts(interval: HistogramInterval, start: datetime, end: datetime, *, limit: int) -> list[datetime]:
    """Returns the starts of the intervals of a span, at most so many."""
    starts: list[datetime] = []
    moment = _floor(interval, start)
    try:
        while moment < end and len(starts) < limit:
            starts.append(moment)
            moment = _step(interval, moment, 1)
    except (OverflowError, ValueError):
        pass
    return starts


def _unit(start: datetime, end: datetime) -> HistogramInterval:
    """Returns the coarsest interval that both ends are at the edge of."""
    return next(interval for interval in reversed(INTERVALS) if interval == "hour" or _on_edge(interval, start, end))


def _on_edge(interval: HistogramInterval, *moments: datetime) -> bool:
    return all(_floor(interval, moment) == moment for moment in moments)


def _label(interval: HistogramInterval, moment: datetime) -> str:
    if interval == "year":
        return f"{moment.year}"
    month = f"{_MONTHS[moment.month]} {moment.year}"
    if interval == "month":
        return month
    return f"{moment.day} {month}" + (f", {moment.hour:02}:00" if interval == "hour" else "")


def _without_idle_hours(histogram: Histogram) -> tuple[HistogramInterval, dict[datetime, int]]:
    """Returns the counts by start; by day where every hour is midnight, for then only the days are known."""
    counts = dict(histogram.buckets)
    if histogram.interval != "hour" or any(count and start.hour for start, count in counts.items()):
        return histogram.interval, counts
    return "day", {start: count for start, count in counts.items() if start.hour == 0}


def _last_moment(interval: HistogramInterval, starts: Sequence[datetime], span: DateSpan | None) -> datetime:
    if span and span[1]:
        return span[1] - timedelta(seconds=1)
    try:
        return _step(interval, starts[-1], 1) - timedelta(seconds=1)
    except (OverflowError, ValueError):
        return starts[-1]


# --- the axis and the links ---


def _ticks(interval: HistogramInterval, starts: Sequence[datetime]) -> list[tuple[int, str]]:
    """Returns labels for at most _MAX_TICKS bars: where a larger unit begins, or evenly where none does."""
    larger = [number for number, start in enumerate(starts) if _begins_larger(interval, start)]
    if len(larger) > 1:
        every = -(-len(larger) // _MAX_TICKS)
        chosen = larger[::every]
    else:
        chosen = list(range(0, len(starts), -(-len(starts) // _MAX_TICKS) or 1))
    # Two labels one beside the other are no help.
    gap = len(starts) / (_MAX_TICKS + 1)
    spaced: list[int] = []
    for number in chosen:
        if not spaced or number - spaced[-1] >= gap:
            spaced.append(number)
    return [(number, _tick(interval, starts[number])) for number in spaced]


def _begins_larger(interval: HistogramInterval, start: datetime) -> bool:
    match interval:
        case "hour":
            return start.hour == 0
        case "day":
            return start.day == 1
        case "month":
            return start.month == 1
        case _:
            return start.year % 10 == 0


def _tick(interval: HistogramInterval, start: datetime) -> str:
    match interval:
        case "hour":
            return f"{start:%H}:00" if start.hour else f"{start.day} {start:%b}"
        case "day":
            return f"{start.day} {start:%b}" if start.day > 1 else f"{start:%b %Y}"
        case "month":
            return f"{start:%b %Y}" if start.month > 1 else f"{start.year}"
        case _:
            return f"{start.year}"


def _span_links(question: Question, span: DateSpan | None) -> list[SpanLink]:
    """Returns the spans before, after and around the present one, as far as the calendar has them."""
    if span is None:
        return []
    start, end = span
    links = []
    if start and end:
        interval = _unit(start, end)
        count = len(_starts(interval, start, end, limit=20_000))
        for name, steps in (("earlier", -count), ("later", count)):
            try:
                first = _step(interval, start, steps)
                last = _back(interval, _step(interval, end, steps))
            except (OverflowError, ValueError):
                continue
            moved = question.with_dates(write_dates(interval, first, last))
            if moved.dates:
                label = label_span((first, _step(interval, last, 1)))
                links.append(SpanLink(name, label, moved.to_querystring()))
        around = _around(start, end)
        if around:
            wider = question.with_dates(_write(around, start))
            links.append(SpanLink("zoom out", _label(around, _floor(around, start)), wider.to_querystring()))
    links.append(SpanLink("clear", "any time", question.with_dates("").to_querystring()))
    return links


def _around(start: datetime, end: datetime) -> HistogramInterval | None:
    """Returns the smallest interval that holds a span and more; None where there is none."""
    last = end - timedelta(microseconds=1)
    for interval in INTERVALS[1:]:
        floor = _floor(interval, start)
        if floor == _floor(interval, last) and not (start == floor and _on_edge(interval, end)):
            return interval
    return None


# --- drawing ---


def _draw(bars: Sequence[Bar], ticks: Sequence[tuple[int, str]]) -> SafeString:
    slot = 100 / len(bars)
    width = slot * (0.84 if len(bars) > 12 else 0.7)
    most = max(bar.count for bar in bars) or 1
    parts = []
    for number, bar in enumerate(bars):
        left = number * slot
        if not bar.count:
            # Nothing is seen as nothing: a mark on the line, no link.
            parts.append(f'<rect x="{left:.4g}%" y="{_PLOT_HEIGHT - 1}" width="{width:.4g}%" height="1"/>')
            continue
        height = max(round(bar.count / most * (_PLOT_HEIGHT - 2)), _LEAST_HEIGHT)
        parts.append(
            f'<a href="{escape(bar.url)}" tabindex="-1">'
            f'<rect x="{left:.4g}%" y="0" width="{slot:.4g}%" height="{_PLOT_HEIGHT}"/>'
            f'<rect x="{left:.4g}%" y="{_PLOT_HEIGHT - height}" width="{width:.4g}%" height="{height}"/></a>'
        )
    for number, label in ticks:
        left = number * slot
        # A label near the right edge would be cut off.
        anchor, x = ("end", left + width) if left > 85 else ("start", left)
        y = _PLOT_HEIGHT + _LABEL_HEIGHT - 4
        parts.append(format_html('<text x="{}%" y="{}" text-anchor="{}">{}</text>', f"{x:.4g}", y, anchor, label))
    height = _PLOT_HEIGHT + _LABEL_HEIGHT
    # Numbers, and what was escaped above.
    return mark_safe(  # noqa: S308
        f'<svg width="100%" height="{height}" aria-hidden="true" focusable="false">{"".join(parts)}</svg>'
    )
