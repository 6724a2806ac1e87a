"""search/results/published.py: the filter by date, with counts that ignore it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from archive.search_port import no_progress
from search.index import sync
from search.results.answers import answer_question
from search.results.published import MAX_YEARS, PUBLISHED_FACETS, PublishedFilter, build_published_filter
from search.results.question import Question

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 6, 3, 12, tzinfo=UTC)
DATES = ("2012", "2014-02", "2014-02-03", "2014-11-05T06:00:00Z", "2016-01-01", None)


@pytest.fixture
def show(ingest_file: Callable[..., Any], tmp_path: Path) -> Callable[..., PublishedFilter]:
    def fill(dates: tuple[str | None, ...] = DATES) -> None:
        articles = (
            {"id": str(n), "headline": f"Ferry {n}", "text": "x", "published": at} for n, at in enumerate(dates)
        )
        path = tmp_path / "a.jsonl"
        path.write_text("".join(json.dumps(article) + "\n" for article in articles))
        ingest_file(path)
        sync.drain(no_progress)

    def show(dates: str = "", *, of: tuple[str | None, ...] = DATES) -> PublishedFilter:
        fill(of)
        question = Question(q="ferry", dates=dates)
        answer = answer_question(
            question, now=NOW, facets=PUBLISHED_FACETS, facet_limit=1, whole_facets=PUBLISHED_FACETS, histogram="auto"
        )
        return build_published_filter(answer, question.span(NOW), now=NOW)

    return show


def test_years_are_in_the_order_of_time_with_what_is_undated(show: Callable[..., PublishedFilter]) -> None:
    published = show()
    assert [(year.label, year.count, year.chosen) for year in published.years] == [
        ("2012", 1, False),
        ("2014", 3, False),
        ("2016", 1, False),
    ]
    assert published.undated is not None
    assert (published.undated.count, published.undated.url) == (1, "?q=ferry&date=none")
    assert (published.first, published.last) == ("", "")
    assert [year.months for year in published.years] == [(), (), ()]


@pytest.mark.parametrize("dates", ["2014", "2014-02", "2014-02-03", "2014-02..2014-03"])
def test_the_chosen_year_shows_its_months_and_counts_ignore_the_choice(
    show: Callable[..., PublishedFilter], dates: str
) -> None:
    published = show(dates)
    assert [(year.label, year.count) for year in published.years] == [("2012", 1), ("2014", 3), ("2016", 1)]
    assert [(month.label, month.count) for month in published.years[1].months] == [("February", 2), ("November", 1)]
    assert published.years[1].chosen is (dates == "2014")
    assert published.years[1].months[0].chosen is (dates == "2014-02")
    assert published.undated is not None
    assert published.undated.count == 1


def test_a_chosen_value_takes_its_choice_back(show: Callable[..., PublishedFilter]) -> None:
    published = show("none")
    assert published.undated is not None
    assert (published.undated.chosen, published.undated.url, published.undated.count) == (True, "?q=ferry", 1)
    assert len(published.years) == 3


@pytest.mark.parametrize(
    ("dates", "first", "last"),
    [
        ("2014-02..2015", "2014-02", "2015"),
        ("2014..", "2014", ""),
        ("2014-02", "2014-02-01", "2014-02-28"),
        (">=2014", "2014-01-01", ""),
        ("<2014", "", "2013-12-31"),
        ("yesterday", "2025-06-02", "2025-06-02"),
        ("none", "", ""),
        ("2014-02-03t14", "2014-02-03", "2014-02-03"),
        ("9998", "9998-01-01", "9998-12-31"),
        ("0001", "0001-01-01", "0001-12-31"),
    ],
)
def test_the_boxes_have_the_dates_that_are_chosen(
    show: Callable[..., PublishedFilter], dates: str, first: str, last: str
) -> None:
    published = show(dates)
    assert (published.first, published.last) == (first, last)


def test_many_years_are_shortened_to_the_last_ones_and_the_chosen_one(show: Callable[..., PublishedFilter]) -> None:
    of = tuple(str(year) for year in range(1990, 2015))
    published = show("1991", of=of)
    assert [year.label for year in published.years] == ["1991", *(str(year) for year in range(2015 - MAX_YEARS, 2015))]
    assert published.earlier == 25 - MAX_YEARS - 1
