"""search/results/timeline.py: the bars of a result, and links to other spans."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.engines.contract import DateSpan, Histogram
from search.query.dates import DateBound, parse_date_range
from search.results.question import Question
from search.results.timeline import MAX_BARS, build_timeline, choose_interval

QUESTION = Question(q="a&b<c")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def span(text: str) -> DateSpan:
    return parse_date_range(text, moment("2025-06-10"))


@pytest.mark.parametrize(
    ("dates", "interval"),
    [
        ("2025-06-02T14", "hour"),
        ("2025-06-02", "hour"),
        ("2025-06-02..2025-06-05", "hour"),
        ("2025-06-02..2025-06-06", "day"),
        ("2025-06", "day"),
        ("2025-04..2025-06", "day"),
        ("2025", "month"),
        ("2018..2025", "month"),
        ("2010..2025", "year"),
        ("1700..2025", "year"),
        ("2025..", "auto"),
        ("..2025", "auto"),
    ],
)
def test_interval_suits_the_span(dates: str, interval: str) -> None:
    assert choose_interval(span(dates)) == interval


def test_without_span_the_engine_chooses_the_interval() -> None:
    assert choose_interval(None) == "auto"


def test_bars_cover_the_whole_span_with_zeros() -> None:
    histogram = Histogram(
        "day", ((moment("2025-06-02"), 3), (moment("2025-06-03"), 0), (moment("2025-06-04"), 1)), 2, 4
    )
    timeline = build_timeline(QUESTION, histogram, span("2025-06"))
    assert [bar.count for bar in timeline.bars] == [0, 3, 0, 1] + [0] * 26
    assert [bool(bar.url) for bar in timeline.bars[:4]] == [False, True, False, True]
    assert timeline.bars[1].url == "?q=a%26b%3Cc&date=2025-06-02"
    assert timeline.bars[1].label == "2 June 2025"
    assert timeline.peak == timeline.bars[1]
    assert (timeline.undated, timeline.vague) == (2, 4)
    assert (timeline.first_day, timeline.last_day) == ("2025-06-01", "2025-06-30")


def test_first_and_last_bar_narrow_to_their_part_of_the_span() -> None:
    months = tuple((moment(f"2025-{month:02}-01"), 1) for month in range(1, 8))
    timeline = build_timeline(QUESTION, Histogram("month", months, 0), span("2025-01-16..2025-07-03"))
    assert [bar.dates for bar in timeline.bars[:2]] == ["2025-01-16..2025-01-31", "2025-02"]
    assert timeline.bars[-1].dates == "2025-07-01..2025-07-03"


def test_hours_are_written_as_the_query_language_reads_them() -> None:
    histogram = Histogram("hour", ((moment("2025-06-02T14:00"), 2),), 0)
    timeline = build_timeline(QUESTION, histogram, span("2025-06-02"))
    assert len(timeline.bars) == 24
    assert timeline.bars[14].dates == "2025-06-02T14"
    assert timeline.bars[14].label == "2 June 2025, 14:00 UTC"


@pytest.mark.parametrize(
    ("dates", "links"),
    [
        ("2025-06", {"earlier": "2025-05", "later": "2025-07", "zoom out": "2025", "clear": ""}),
        ("2025-06-02", {"earlier": "2025-06-01", "later": "2025-06-03", "zoom out": "2025-06", "clear": ""}),
        (
            "2025-06-02T23",
            {"earlier": "2025-06-02t22", "later": "2025-06-03t00", "zoom out": "2025-06-02", "clear": ""},
        ),
        ("2024", {"earlier": "2023", "later": "2025", "clear": ""}),
        (
            "2025-05-16..2025-05-20",
            {
                "earlier": "2025-05-11..2025-05-15",
                "later": "2025-05-21..2025-05-25",
                "zoom out": "2025-05",
                "clear": "",
            },
        ),
        ("2025-05-16..2025-06-20", {"zoom out": "2025", "clear": "", "earlier": None, "later": None}),
        ("2025-06..", {"clear": ""}),
        ("0001", {"later": "0002", "clear": ""}),
        ("9998", {"earlier": "9997", "clear": ""}),
    ],
)
def test_links_lead_beside_and_around_the_span(dates: str, links: dict[str, str | None]) -> None:
    timeline = build_timeline(QUESTION, Histogram("day", (), 0), span(dates))
    found = {link.name: link.url for link in timeline.links}
    assert set(found) == set(links)
    for name, expected in links.items():
        if expected is not None:
            assert found[name] == QUESTION.with_dates(expected).to_querystring()


def test_without_span_there_are_no_links_and_without_counts_no_bars() -> None:
    timeline = build_timeline(QUESTION, Histogram("day", (), 5), None)
    assert (timeline.bars, timeline.links, timeline.peak) == ((), (), None)


_MOMENTS = st.datetimes(min_value=datetime(1605, 1, 1), max_value=datetime(2999, 1, 1)).map(
    lambda naive: naive.replace(tzinfo=UTC, minute=0, second=0, microsecond=0)
)


@given(_MOMENTS, st.integers(1, 60_000))
def test_bars_and_links_of_any_span_can_be_read(start: datetime, hours: int) -> None:
    end = start + timedelta(hours=hours)
    chosen_span = (DateBound(start, start), DateBound(end, end))
    interval = choose_interval(chosen_span)
    assert interval != "auto"
    timeline = build_timeline(QUESTION, Histogram(interval, (), 0), chosen_span)
    assert 1 <= len(timeline.bars) <= MAX_BARS
    assert len({bar.dates for bar in timeline.bars}) == len(timeline.bars)
    for bar in timeline.bars:
        assert parse_date_range(bar.dates, start)
    assert all(link.url.startswith("?q=") for link in timeline.links)
    assert {"earlier", "later", "clear"} <= {link.name for link in timeline.links}
