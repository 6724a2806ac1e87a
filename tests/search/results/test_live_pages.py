"""Live pages in answers: entries with words of their own, and articles that are found by their headline alone."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from archive.models import Article, Section
from search.exports import FORMATS, ExportOptions, make_export
from search.fields import PAGE_FACETS
from search.results import (
    Answer,
    Question,
    answer_question,
    build_timeline,
    load_latest_sections,
    load_more_rows,
    suggest,
)
from search.results.corrections import broader_questions, parts_without_hits

from ..page_tools import fetch

pytestmark = pytest.mark.django_db

WITH_THE_WORD = {2, 5, 6, 7, 11}


def live_page(headline: str, words: str, with_the_word: set[int], **values: Any) -> dict[str, Any]:
    return {
        "headline": headline,
        "kind": "live",
        "sections": [
            {
                "id": f"{number}",
                "heading": f"Entry {number}",
                "text": f"{words if number in with_the_word else 'Nothing'} of note.",
                "published": f"2024-08-0{2 + number // 6}T{10 + number % 6}:00:00Z",
                "byline": f"Writer {number % 3}",
            }
            for number in range(12)
        ],
        **values,
    }


@pytest.fixture(autouse=True)
def archive(begin_with: Callable[..., None]) -> None:
    articles = [
        live_page("Plymouth riots: live", "Police in Plymouth", WITH_THE_WORD),
        live_page("Storm: live", "A gale", {1, 2}, standfirst="Plymouth and the coast"),
        {"headline": "Plymouth at night", "text": "A harbour.", "published": "2024-08-03", "source": "Courier"},
    ]
    begin_with(articles)


def ask(question: Question, **options: Any) -> Answer:
    return answer_question(question, now=timezone.now(), **options)


def test_listing_of_sections_has_only_entries_with_the_word() -> None:
    answer = ask(Question(q="plymouth kind:live", grouped=False))
    assert (answer.total, answer.sections, answer.articles, answer.leads) == (5, 5, 1, 0)
    assert all("Plymouth" in row.sections[0].section.text for row in answer.rows)


def test_article_with_the_words_in_its_standfirst_alone_is_listed_with_its_lead(client: Client) -> None:
    answer = ask(Question(q="plymouth kind:live"))
    assert (answer.total, answer.sections, answer.articles, answer.leads) == (2, 5, 2, 1)
    rows = {row.article.headline: row for row in answer.rows}
    assert [row.section.heading for row in rows["Storm: live"].sections] == ["Entry 0"]
    assert (rows["Storm: live"].matched, rows["Storm: live"].more) == (0, 0)
    assert (rows["Plymouth riots: live"].matched, rows["Plymouth riots: live"].more) == (5, 2)
    page = fetch(client, "/?q=plymouth+kind:live")
    assert page.count("Found by its standfirst") == 1
    assert "Found by its headline" in fetch(client, "/?q=storm+coast")
    assert "Found by its" not in fetch(client, "/?q=headline:storm")


def test_more_sections_of_an_article_are_its_other_hits() -> None:
    question = Question(q="plymouth")
    riots, storm = (Article.objects.get(headline=headline) for headline in ("Plymouth riots: live", "Storm: live"))
    rows, beyond = load_more_rows(question, riots.pk, now=timezone.now())
    assert (len(rows), beyond) == (4, 0)
    assert load_more_rows(question, storm.pk, now=timezone.now()) == ([], 0)


def export_rows(question: Question) -> list[Any]:
    return list(make_export(FORMATS["csv"], question, ExportOptions(), site_url="", now=timezone.now()).rows())


@pytest.mark.parametrize("question", [Question(q="plymouth"), Question(q="plymouth", unit="article")], ids=repr)
def test_export_and_feed_of_a_list_of_articles_have_the_leads(question: Question) -> None:
    answer = ask(question)
    exported = export_rows(question)
    assert len(exported) == answer.sections + answer.leads == 7
    assert {section.article_id for section in exported} == {row.article.pk for row in answer.rows}
    assert len(load_latest_sections(question, 50, now=timezone.now())) == 7
    separate = question.with_grouping(grouped=False).with_unit("section")
    assert len(export_rows(separate)) == ask(separate).total == 6


@pytest.mark.parametrize("grouped", [True, False])
@pytest.mark.parametrize("unit", ["section", "article"])
@pytest.mark.parametrize("q", ["plymouth", "plymouth police", "headline:plymouth"])
def test_each_count_is_what_a_click_on_it_finds(q: str, unit: Any, grouped: bool) -> None:
    question = Question(q=q, unit=unit, grouped=grouped)
    answer = ask(question, facets=PAGE_FACETS, histogram="auto")
    assert answer.histogram
    bars = build_timeline(question, answer.histogram, None).bars
    assert len(bars) > 1
    for bar in bars:
        assert ask(question.with_dates(bar.dates)).total == bar.count
    for name, values in answer.facets.items():
        for value, count in values:
            assert ask(question.toggle_value(name, value)).total == count, (name, value)


def test_dates_in_the_query_find_what_dates_beside_it_find() -> None:
    for day in ("2024-08-02", "2024-08-03", "2024-08-04"):
        for grouped in (True, False):
            for unit in ("section", "article"):
                beside = Question(q="plymouth kind:live", unit=unit, grouped=grouped, dates=day)
                within = Question(q=f"plymouth kind:live date:{day}", grouped=grouped, unit=unit)
                assert unit == "article" or ask(beside).total == ask(within).total


def test_word_of_headlines_alone_is_known_to_the_archive() -> None:
    separate = ask(Question(q="riots kind:live", grouped=False))
    assert separate.total == 0
    assert parts_without_hits(separate) == []
    broader = broader_questions(separate, now=timezone.now())
    assert (broader[0].question.grouped, broader[0].total) == (True, 1)
    # It has no number, since the search finds an article and no section.
    assert [(found.text, found.count) for found in suggest("rio", now=timezone.now())["word"]] == [("riots", None)]
    assert [(found.text, found.count) for found in suggest("gal", now=timezone.now())["word"]] == [("gale", 2)]


def test_headline_asked_for_finds_every_entry() -> None:
    assert ask(Question(q="headline:plymouth kind:live", grouped=False)).total == 12
    assert ask(Question(q="kind:live", grouped=False)).total == 24
    assert Section.objects.count() == 25
