"""search/results/intervals.py: how spans are written and read."""

from datetime import UTC, datetime
from typing import Any

import pytest

from search.query.dates import parse_date_range
from search.results.intervals import clock_span, label_span, label_tick

NOW = datetime(2025, 6, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("dates", "label"),
    [
        ("2025", "2025"),
        ("2025-06", "June 2025"),
        ("2025-06-02", "2 June 2025"),
        ("2025-06-02T14", "2 June 2025, 14:00 UTC"),
        ("2025-05..2025-06", "May 2025 to June 2025"),
        ("2025-05-16..2025-06-03", "16 May 2025 to 3 June 2025"),
        ("2024..", "since 2024"),
        ("..2024", "before 2025"),
    ],
)
def test_spans_are_labelled_as_people_write_them(dates: str, label: str) -> None:
    assert label_span(clock_span(parse_date_range(dates, NOW))) == label


@pytest.mark.parametrize(
    ("interval", "start", "label"),
    [
        ("hour", datetime(2025, 9, 2, 14, tzinfo=UTC), "14:00"),
        ("hour", datetime(2025, 9, 2, tzinfo=UTC), "2 Sep"),
        ("day", datetime(2025, 9, 2, tzinfo=UTC), "2 Sep"),
        ("day", datetime(2025, 9, 1, tzinfo=UTC), "Sep 2025"),
        ("month", datetime(2025, 9, 1, tzinfo=UTC), "Sep 2025"),
        ("month", datetime(2025, 1, 1, tzinfo=UTC), "2025"),
        ("year", datetime(2025, 1, 1, tzinfo=UTC), "2025"),
    ],
)
def test_ticks_name_the_longer_interval_that_starts(interval: Any, start: datetime, label: str) -> None:
    assert label_tick(interval, start) == label
