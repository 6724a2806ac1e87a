"""search/templatetags/ages.py: how long ago something came in."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from search.templatetags.ages import age, ago

NOW = datetime(2025, 6, 10, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=-30), "just now"),
        (timedelta(0), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59, seconds=59), "59 minutes ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=23, minutes=59), "23 hours ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=6, hours=23), "6 days ago"),
        (timedelta(days=7), "3 June 2025"),
        (timedelta(days=400), "6 May 2024"),
    ],
)
def test_ages_are_in_words_and_days_after_a_week(passed: timedelta, words: str) -> None:
    assert age(NOW - passed, NOW) == words


def test_days_are_those_of_the_readers(settings: Any) -> None:
    settings.READER_ZONE = ZoneInfo("America/New_York")
    assert age(NOW - timedelta(days=7), NOW) == "2 June 2025"


def test_the_exact_time_is_in_the_tooltip() -> None:
    html = ago(NOW - timedelta(hours=2), NOW)
    assert 'datetime="2025-06-09T23:00:00Z"' in html
    assert 'title="9 June 2025, 23:00 UTC"' in html
    assert ">2 hours ago</time>" in html
