"""search/results/bulk.py: the span in which nearly all was published, and what lies outside of it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.search_port import no_progress
from search.index import shown_index, sync
from search.results import Question, answer_question
from search.results.bulk import Bulk, _shortest_run, find_bulk

NOW = datetime(2025, 6, 10, tzinfo=UTC)


@pytest.fixture
def bulk_of(ingest_file: Callable[..., Any], tmp_path: Path) -> Callable[..., Bulk | None]:
    """Returns the bulk of an archive of articles that were published at these times."""

    def bulk_of(*times: str) -> Bulk | None:
        path = tmp_path / "a.jsonl"
        articles = (
            {
                "id": str(number),
                "headline": f"Ferry {number}",
                "text": "It sails.",
                **({"published": at} if at else {}),
            }
            for number, at in enumerate(times)
        )
        path.write_text("".join(json.dumps(article) + "\n" for article in articles))
        ingest_file(path)
        sync.drain(no_progress)
        return find_bulk(shown_index(), Question(), NOW)

    return bulk_of


def days(first: str, count: int) -> list[str]:
    start = datetime.fromisoformat(first)
    return [f"{start + timedelta(days=number):%Y-%m-%d}" for number in range(count)]


@pytest.mark.django_db
def test_a_single_old_date_leaves_no_empty_years(bulk_of: Callable[..., Bulk | None]) -> None:
    bulk = bulk_of("1903-05-01", *days("2015-03-01", 60) * 4, "2025-01-01", "", "")
    assert bulk is not None
    timeline = bulk.timeline
    assert (timeline.interval, len(timeline.bars), timeline.undated) == ("day", 60, 2)
    assert (timeline.first_day, timeline.last_day) == ("2015-03-01", "2015-04-29")
    assert {bar.count for bar in timeline.bars} == {4}
    assert [(outside.label, outside.total) for outside in bulk.outside] == [
        ("before 1 March 2015", 1),
        ("since 30 April 2015", 1),
    ]
    # What lies outside is what its link leads to.
    for outside in bulk.outside:
        dates = outside.url.partition("date=")[2]
        assert answer_question(Question(dates=dates), now=NOW).total == outside.total


@pytest.mark.django_db
def test_one_busy_day_among_years_is_shown_by_hours(bulk_of: Callable[..., Bulk | None]) -> None:
    bulk = bulk_of("2001-01-01", *(f"2025-06-02T{number % 5 + 8:02}:00:00Z" for number in range(120)))
    assert bulk is not None
    assert bulk.timeline.interval == "hour"
    assert [bar.count for bar in bulk.timeline.bars] == [24] * 5
    assert [(outside.label, outside.total) for outside in bulk.outside] == [("before 2 June 2025, 08:00 UTC", 1)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("times", "interval", "bars"),
    [
        (["1990", "2000", "2010", "2020"], "year", 31),
        (days("2016-01-15", 3000)[::30], "month", 99),
        (["2025-06-02"], "day", 1),
        (["1903", "2024", "2025"], "year", 123),
    ],
)
def test_nothing_is_left_out_where_little_would_be_saved(
    bulk_of: Callable[..., Bulk | None], times: list[str], interval: str, bars: int
) -> None:
    bulk = bulk_of(*times)
    assert bulk is not None
    assert (bulk.timeline.interval, len(bulk.timeline.bars), bulk.outside) == (interval, bars, ())
    assert sum(bar.count for bar in bulk.timeline.bars) == len(times)


@pytest.mark.django_db
def test_an_archive_without_dates_has_no_bulk(bulk_of: Callable[..., Bulk | None]) -> None:
    assert bulk_of("", "") is None


@given(st.lists(st.integers(0, 50), min_size=1, max_size=40), st.floats(0.5, 1))
def test_no_shorter_run_has_as_much(counts: list[int], share: float) -> None:
    wanted = int(sum(counts) * share)
    first, end = _shortest_run(counts, wanted)
    assert sum(counts[first:end]) >= wanted
    length = end - first - 1
    assert not any(0 < sum(counts[start : start + length]) >= wanted for start in range(len(counts)) if length)
