"""An article on its page: order of sections, numbers of matches, and what cannot be marked."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from search.articles.article_view import NumberedPiece, read_article
from search.articles.parts import oldest_first
from search.articles.sections import Viewer
from search.query.parser import parse
from search.query.tree import Everything

from ..page_tools import entry, ingest_live_page

NOW = datetime(2025, 6, 10, tzinfo=UTC)


def sections(*hours: int | None) -> list[Any]:
    """Returns stand-ins for sections at these hours, in the outlet's order."""
    return [
        SimpleNamespace(outlet_order=(number, number), published=hour and datetime(2025, 6, 2, hour, tzinfo=UTC))
        for number, hour in enumerate(hours)
    ]


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ((), []),
        ((12, 11, 10), [2, 1, 0]),
        ((10, 11, 12), [0, 1, 2]),
        ((12, 11, 11, 10), [3, 2, 1, 0]),
        ((10, 11, 11, 12), [0, 1, 2, 3]),
        ((None, 12, None, 10), [0, 2, 3, 1]),
        ((None, None), [0, 1]),
    ],
)
def test_oldest_first(hours: tuple[int | None, ...], expected: list[int]) -> None:
    assert [section.outlet_order[0] for section in oldest_first(sections(*hours))] == expected


@pytest.mark.django_db
def test_matches_are_numbered_in_the_order_of_the_page() -> None:
    article = ingest_live_page(
        [entry("2", "Later peace.", at="11:00", heading="Peace"), entry("1", "First peace.\nMore.", at="10:00")]
    )
    read = read_article(article, parse("peace OR day", now=NOW).tree, "oldest", viewer=Viewer(NOW))
    assert [piece.number for piece in read.standfirst] == [0, 1, 0]
    assert [(entry.first_match, entry.matches) for entry in read.entries] == [(2, 1), (3, 2)]
    assert (read.matches, read.matching_entries) == (4, 2)
    assert read.entries[0].label == "First peace. More."
    assert read_article(article, Everything(), viewer=Viewer(NOW)).matches == 0


@pytest.mark.django_db
def test_match_across_paragraphs_has_one_number() -> None:
    article = ingest_live_page([entry("1", "They spoke of peace\ntalks at noon.")])
    (found,) = read_article(article, parse('"peace talks"', now=NOW).tree, viewer=Viewer(NOW)).entries
    assert found.matches == 1
    assert found.paragraphs == (
        (NumberedPiece("They spoke of "), NumberedPiece("peace", 1)),
        (NumberedPiece("talks", -1), NumberedPiece(" at noon.")),
    )


@pytest.mark.django_db
def test_order_is_offered_where_it_makes_a_difference() -> None:
    newest_on_top = ingest_live_page([entry("2", "B.", at="11:00"), entry("1", "A.", at="10:00")])
    assert read_article(newest_on_top, Everything(), viewer=Viewer(NOW)).can_be_ordered
    assert read_article(newest_on_top, Everything(), "oldest", viewer=Viewer(NOW)).can_be_ordered
    oldest_on_top = ingest_live_page(
        [entry("1", "A.", at="10:00"), entry("2", "B.", at="11:00")], source="Other", url=""
    )
    assert not read_article(oldest_on_top, Everything(), viewer=Viewer(NOW)).can_be_ordered
