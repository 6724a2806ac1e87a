"""search/templatetags/timeline.py: the plot of a timeline."""

import re
from datetime import UTC, datetime

from search.engines.contract import Histogram
from search.results.question import Question
from search.results.timeline import build_timeline
from search.templatetags.timeline import plot


def month(number: int) -> datetime:
    return datetime(2025, number, 1, tzinfo=UTC)


def test_plot_escapes_urls_and_draws_empty_intervals_without_links() -> None:
    histogram = Histogram("month", ((month(1), 1000), (month(2), 0), (month(3), 1)), 0)
    drawn = plot(build_timeline(Question(q="a&b<c"), histogram, None))
    assert drawn.count("<a ") == 2
    assert 'href="?q=a%26b%3Cc&amp;date=2025-03"' in drawn
    assert "style" not in drawn
    # The lowest bar can still be seen.
    assert re.search(r'y="38" width="[\d.]+%" height="2"/></a>', drawn)


def test_plot_of_fewer_than_two_bars_is_empty() -> None:
    question = Question(q="x")
    assert plot(build_timeline(question, Histogram("day", (), 5), None)) == ""
    assert plot(build_timeline(question, Histogram("month", ((month(1), 3),), 0), None)) == ""
