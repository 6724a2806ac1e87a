"""The timeline of a result: its bars, the labels of its axis, and links to spans beside and around the current span.

The counts come from the engine; nothing here reads the database or writes HTML. Bars and links lead to URLs that a
person could write. The calendar is in `intervals`, the drawing in `search.templatetags.timeline`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from ..engines import DateSpan, Histogram, HistogramInterval
from .intervals import (
    INTERVALS,
    ClockSpan,
    clock_span,
    coarsest_interval,
    enclosing_interval,
    label_span,
    label_start,
    label_tick,
    list_starts,
    starts_longer_interval,
    step,
    write_span,
    write_start,
)
from .question import Question

# Enough bars to show a shape, few enough to point at. The engine chooses an automatic interval by the same number.
MAX_BARS = 100
# The links to earlier and later move a span by its own length, but by no more intervals than this.
_MAX_STEP_INTERVALS = 20_000
# Labels that fit side by side on a phone.
_MAX_TICKS = 5


@dataclass(frozen=True)
class Bar:
    """One hour, day, month or year. `url` narrows the result to it; empty if nothing is in it.

    Hours are those of UTC, days those of the outlets: an hour in a span of days also leads to what other outlets
    published in that hour on another day of theirs.
    """

    dates: str
    label: str
    count: int
    url: str


@dataclass(frozen=True)
class SpanLink:
    """A link to another span: earlier, later, zoom out, or clear."""

    name: str
    label: str
    url: str


@dataclass(frozen=True)
class Timeline:
    """A result over time. `ticks` are labels of the axis, each with the index of its bar.

    `undated` and `vague` count what no bar counts: what has no date, and what has one that is too vague for the
    interval. `first_day` and `last_day` are ISO dates, empty if there are no bars.
    """

    interval: HistogramInterval
    bars: tuple[Bar, ...]
    ticks: tuple[tuple[int, str], ...]
    links: tuple[SpanLink, ...]
    undated: int
    vague: int
    first_day: str
    last_day: str

    @property
    def peak(self) -> Bar | None:
        """The highest bar."""
        return max(self.bars, key=lambda bar: bar.count, default=None)

    @property
    def dates(self) -> str:
        """The spans of the bars, separated by blanks."""
        return " ".join(bar.dates for bar in self.bars)


def choose_interval(span: DateSpan | None) -> Literal["auto"] | HistogramInterval:
    """Returns the finest interval with at most MAX_BARS bars; "auto" if the span has an open end."""
    start, end = clock_span(span)
    if start is None or end is None:
        return "auto"
    for interval in INTERVALS:
        if len(list_starts(interval, start, end, limit=MAX_BARS + 1)) <= MAX_BARS:
            return interval
    return "year"


def build_timeline(question: Question, histogram: Histogram, span: DateSpan | None) -> Timeline:
    """Returns the timeline of a result that was counted by `choose_interval(span)`."""
    interval, counts = histogram.interval, dict(histogram.buckets)
    start, end = clock_span(span, interval)
    if start and end:
        whole_span = list_starts(interval, start, end, limit=MAX_BARS + 1)
        if len(whole_span) <= MAX_BARS:
            counts = dict.fromkeys(whole_span, 0) | counts
    starts = sorted(counts)
    spans = [_bar_dates(interval, at, (start, end)) for at in starts]
    bars = [
        Bar(dates, label_start(interval, at), counts[at], url if counts[at] else "")
        for at, dates, url in zip(starts, spans, question.urls_with_dates(spans), strict=True)
    ]
    return Timeline(
        interval=interval,
        bars=tuple(bars),
        ticks=tuple(_ticks(interval, starts)),
        links=tuple(_span_links(question, span)),
        undated=histogram.undated,
        vague=histogram.vague,
        first_day=f"{clock_span(span)[0] or starts[0]:%Y-%m-%d}" if starts else "",
        last_day=f"{_last_moment(interval, starts, clock_span(span)):%Y-%m-%d}" if starts else "",
    )


def _bar_dates(interval: HistogramInterval, start: datetime, span: ClockSpan) -> str:
    """Returns the dates that a bar narrows to: its interval, or the part of it within the span."""
    try:
        end = step(interval, start, 1)
    except (OverflowError, ValueError):
        return write_start(interval, start)
    first = max(start, span[0]) if span[0] else start
    past = min(end, span[1]) if span[1] else end
    if (first, past) == (start, end) or first >= past:
        return write_start(interval, start)
    finer = coarsest_interval(first, past)
    return write_span(finer, first, step(finer, past, -1))


def _last_moment(interval: HistogramInterval, starts: Sequence[datetime], span: ClockSpan) -> datetime:
    if span[1]:
        return span[1] - timedelta(seconds=1)
    try:
        return step(interval, starts[-1], 1) - timedelta(seconds=1)
    except (OverflowError, ValueError):
        return starts[-1]


def _ticks(interval: HistogramInterval, starts: Sequence[datetime]) -> list[tuple[int, str]]:
    """Returns at most _MAX_TICKS labels, where a longer interval starts; evenly spaced if fewer than two do."""
    longer = [index for index, start in enumerate(starts) if starts_longer_interval(interval, start)]
    if len(longer) > 1:
        candidates = longer[:: -(-len(longer) // _MAX_TICKS)]
    else:
        candidates = list(range(0, len(starts), -(-len(starts) // _MAX_TICKS) or 1))
    # Labels that follow each other closely would overlap.
    min_gap = len(starts) / (_MAX_TICKS + 1)
    chosen: list[int] = []
    for index in candidates:
        if not chosen or index - chosen[-1] >= min_gap:
            chosen.append(index)
    return [(index, label_tick(interval, starts[index])) for index in chosen]


def _span_links(question: Question, span: DateSpan | None) -> list[SpanLink]:
    """Returns links to the spans before, after and around the current span, within the years 1 to 9999."""
    if span is None:
        return []
    start, end = clock_span(span)
    links = []
    if start and end:
        interval = coarsest_interval(start, end)
        length = len(list_starts(interval, start, end, limit=_MAX_STEP_INTERVALS))
        for name, steps in (("earlier", -length), ("later", length)):
            try:
                first = step(interval, start, steps)
                last = step(interval, step(interval, end, steps), -1)
            except (OverflowError, ValueError):
                continue
            moved = question.with_dates(write_span(interval, first, last))
            if moved.dates:
                links.append(SpanLink(name, label_span((first, step(interval, last, 1))), moved.to_querystring()))
        outer = enclosing_interval(start, end)
        if outer:
            zoomed_out = question.with_dates(write_start(outer, start))
            links.append(SpanLink("zoom out", label_start(outer, start), zoomed_out.to_querystring()))
    links.append(SpanLink("clear", label_span((None, None)), question.with_dates("").to_querystring()))
    return links
