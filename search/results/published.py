"""The filter by date of publication: two dates as people type them, years with their months, and what is undated.

Years and months are in the order of time. Their counts ignore the dates that are chosen, as those of a facet ignore
its own values. Nothing here writes HTML.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..engines import DateSpan
from ..query import NO_VALUE
from ..text import MONTH_NAMES
from .answers import Answer
from .intervals import clock_span, step, write_start
from .question import Question

# The facets that the filter counts, all of their values.
PUBLISHED_FACETS = ("year", "month")
# More years are a long list: the last of them are shown, and those that are chosen.
MAX_YEARS = 12


@dataclass(frozen=True)
class DateValue:
    """A year, a month, or what is undated: with its count, and the URL that chooses it or takes the choice back.

    A year that is open has its months.
    """

    dates: str
    label: str
    count: int
    chosen: bool
    url: str
    months: tuple["DateValue", ...] = ()


@dataclass(frozen=True)
class PublishedFilter:
    """The filter as a page shows it. `first` and `last` are the current dates, empty for any time.

    `earlier` is the number of years that are not shown, before the first that is.
    """

    first: str
    last: str
    years: tuple[DateValue, ...]
    undated: DateValue | None
    earlier: int


def build_published_filter(answer: Answer, span: DateSpan | None, *, now: datetime) -> PublishedFilter:
    """Returns the filter of an answer that counted PUBLISHED_FACETS. A search if dates are chosen.

    Raises QueryError and EngineError.
    """
    question = answer.question
    counts, undated = answer.facets, answer.histogram.undated if answer.histogram else 0
    if question.dates:
        any_time = question.with_dates("").with_sort("newest")
        results = answer.index.search(
            any_time.to_request(
                answer.parsed_query,
                now=now,
                facets=PUBLISHED_FACETS,
                whole_facets=PUBLISHED_FACETS,
                histogram="year",
                limit=0,
            )
        )
        counts, undated = results.facets, results.histogram.undated if results.histogram else 0
    years = sorted(counts["year"])
    open_years = _open_years(span, years)
    shown = [(year, count) for year, count in years[-MAX_YEARS:]]
    shown = [(year, count) for year, count in years[:-MAX_YEARS] if year in open_years] + shown
    first, last = _written_ends(question.dates, span)
    return PublishedFilter(
        first=first,
        last=last,
        years=tuple(_year_value(question, year, count, counts, open_years) for year, count in shown),
        undated=_value(question, NO_VALUE, "undated", undated) if undated or question.dates == NO_VALUE else None,
        earlier=len(years) - len(shown),
    )


def _open_years(span: DateSpan | None, years: Sequence[tuple[str, int]]) -> set[str]:
    """Returns the years whose months are shown: the year that the dates are in, or the only year of the result."""
    start, end = clock_span(span)
    if start and end and end <= step("year", start.replace(month=1, day=1, hour=0), 1):
        return {write_start("year", start)}
    return {years[0][0]} if len(years) == 1 else set()


def _year_value(
    question: Question,
    year: str,
    count: int,
    counts: Mapping[str, Sequence[tuple[str, int]]],
    open_years: set[str],
) -> DateValue:
    months: tuple[DateValue, ...] = ()
    if year in open_years:
        months = tuple(
            _value(question, month, MONTH_NAMES[int(month[5:])], in_month)
            for month, in_month in sorted(counts["month"])
            if month.startswith(f"{year}-")
        )
    return _value(question, year, year, count, months)


def _value(question: Question, dates: str, label: str, count: int, months: tuple[DateValue, ...] = ()) -> DateValue:
    chosen = question.dates == dates
    url = question.with_dates("" if chosen else dates).to_querystring()
    return DateValue(dates, label, count, chosen, url, months)


def _written_ends(dates: str, span: DateSpan | None) -> tuple[str, str]:
    """Returns the first and the last date of a span as they can be typed again; empty for an open end."""
    first, dots, last = dates.partition("..")
    if dots:
        return first, last
    start, end = clock_span(span)
    return (
        write_start("day", start) if start else "",
        write_start("day", end - timedelta(microseconds=1)) if end else "",
    )
