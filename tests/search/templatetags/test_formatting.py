"""Template filters for times."""

from datetime import UTC, datetime

import pytest
from django.template import Context, Template


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
    context = Context({"moment": datetime(2025, 6, 2, 14, 30, tzinfo=UTC), "precision": precision})
    template = "{% load formatting %}{{ moment|at_precision:precision }}|{{ moment|short_time:precision }}"
    assert Template(template).render(context) == f"{long}|{short}"
