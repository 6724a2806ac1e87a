"""Template filters for times."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.template import Context, Template

from archive.times import OutletTime


def write(time: OutletTime) -> str:
    template = "{% load formatting %}{{ time|at_precision }}|{{ time|short_time }}"
    return Template(template).render(Context({"time": time}))


@pytest.mark.parametrize(
    ("precision", "long", "short"),
    [
        ("year", '<time datetime="2025">2025</time>', '<time class="short" datetime="2025">2025</time>'),
        (
            "month",
            '<time datetime="2025-06">June 2025</time>',
            '<time class="short" datetime="2025-06">Jun 2025</time>',
        ),
        (
            "day",
            '<time datetime="2025-06-02">2 June 2025</time>',
            '<time class="short" datetime="2025-06-02">2 Jun</time>',
        ),
        (
            "minute",
            '<time datetime="2025-06-02T14:30:00Z">2 June 2025, 14:30 UTC</time>',
            '<time class="short" datetime="2025-06-02T14:30:00Z">2 Jun 14:30</time>',
        ),
    ],
)
def test_times_are_written_to_their_precision(precision: str, long: str, short: str) -> None:
    assert write(OutletTime(datetime(2025, 6, 2, 14, 30, tzinfo=UTC), precision)) == f"{long}|{short}"


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (13 * 60, "1 January 2025, 08:15 UTC+13:00"),
        (5 * 60 + 45, "1 January 2025, 08:15 UTC+05:45"),
        (-3 * 60 - 30, "1 January 2025, 08:15 UTC-03:30"),
        (0, "1 January 2025, 08:15 UTC"),
    ],
)
def test_times_have_the_day_and_the_clock_of_their_outlet(minutes: int, text: str) -> None:
    at = datetime(2025, 1, 1, 8, 15, tzinfo=timezone(timedelta(minutes=minutes)))
    written = write(OutletTime(at, "minute"))
    assert f">{text}</time>" in written
    (instant, _) = re.findall(r'datetime="([^"]*)"', written)
    assert datetime.fromisoformat(instant) == at


def test_a_plain_time_is_written_to_the_minute_in_utc() -> None:
    context = Context({"moment": datetime(2025, 6, 2, 14, 30, tzinfo=UTC)})
    written = Template("{% load formatting %}{{ moment|at_precision }}").render(context)
    assert written == '<time datetime="2025-06-02T14:30:00Z">2 June 2025, 14:30 UTC</time>'
