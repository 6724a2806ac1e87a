"""Template filters for times and passages."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from django.template import Context, Template

from archive.times import OutletTime, on_outlet_clock, parse_moment
from search.articles.article_view import NumberedPiece
from search.templatetags.formatting import day_span, linked_matches


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


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ((("a stand-off here", 0),), 'a <span class="unbroken">stand-off</span> here'),
        ((("a stand-", 0), ("off", 1)), 'a <span class="unbroken">stand-<mark>off</mark></span>'),
        ((("a ", 0), ("stand", 1), ("-off", 0)), 'a <span class="unbroken"><mark>stand</mark>-off</span>'),
        ((("stand-off", 1),), '<mark><span class="unbroken">stand-off</span></mark>'),
        # A match that ends inside the word is all in the span: elements cannot cross.
        ((("police stand", 1), ("-off", 0)), '<span class="unbroken"><mark>police stand</mark>-off</span>'),
        (
            (("far-", 0), ("right stand", 1), ("-off", 0)),
            '<span class="unbroken">far-<mark>right stand</mark>-off</span>',
        ),
        ((("<b> a-b", 0),), '&lt;b&gt; <span class="unbroken">a-b</span>'),
    ],
)
def test_hyphenated_words_are_kept_on_one_line(pieces: Any, expected: str) -> None:
    html = linked_matches(tuple(NumberedPiece(*piece) for piece in pieces), 1)
    assert re.sub(r'<mark id="m1">(.*?)</mark><span class="step".*?</a></span>', r"<mark>\1</mark>", html) == expected


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2024-08-02T08:00Z", "2024-08-05T23:00Z", "2–5 August 2024"),
        ("2024-07-28T08:00Z", "2024-08-02T23:00Z", "28 July – 2 August 2024"),
        ("2023-12-30T08:00Z", "2024-01-02T23:00Z", "30 December 2023 – 2 January 2024"),
        ("2024-08-02T08:00Z", "2024-08-02T09:00Z", "2 August 2024"),
        # On the clock of the outlet.
        ("2024-08-02T23:30+01:00", "2024-08-03T00:30+01:00", "2–3 August 2024"),
        ("2024-08", "2024-08-05", "August 2024 – 5 August 2024"),
    ],
)
def test_days_of_a_page_are_written_as_a_span(first: str, last: str, expected: str) -> None:
    times = (on_outlet_clock(moment, "") for text in (first, last) if (moment := parse_moment(text)))
    assert day_span(*times) == expected
