"""The people in bylines, from the document to fields, facets, citations and tags."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from archive.models import Section
from search.engines import Filter
from search.results.answers import Answer

BYLINES = {
    "a": "By Ada Quill and Bo Reed",
    "b": "Bo Reed",
    "c": "BO REED, AP",
    "d": "Ada Quill et Bo Reed-Rolf, AFP",
    "e": "Reuters and AP",
    "f": "",
    "g": "Reed, Bo; Roe, Cy",
}


@pytest.fixture(autouse=True)
def archive(begin_with: Callable[..., None]) -> None:
    articles: list[Any] = [
        {"id": key, "headline": key, "text": "A ferry.", "byline": line} for key, line in BYLINES.items()
    ]
    # The last entry of a live page has a byline of its own.
    sections = [{"id": "1", "text": "Fog."}, {"id": "2", "text": "Ice.", "byline": "Dee Lowe in Kyiv"}]
    articles.append({"id": "h", "headline": "h", "kind": "live", "byline": "Cy Roe", "sections": sections})
    begin_with(articles)


def found(answer: Answer) -> str:
    return "".join(sorted(row.article.headline for row in answer.rows))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("byline:reed", "abcdg"),
        ("NOT byline:reed", "efh"),
        ("byline:quill", "ad"),
        ('byline:"Bo Reed"', "abc"),
        ('byline:"reed"', ""),
        ("byline:reed-rolf", "d"),
        ("byline:ap", "ce"),
        ('byline:"Reuters and AP"', "e"),
        ("by:lowe", "h"),
        ("byline:kyiv", ""),
        ("byline:none", "f"),
        ("byline:(quill OR roe)", "adgh"),
        ("byline:(quill reed)", "ad"),
    ],
)
def test_people_are_found_by_a_word_of_their_name(ask: Callable[..., Answer], q: str, expected: str) -> None:
    assert found(ask(q)) == expected


@pytest.mark.django_db
def test_facet_counts_are_what_a_click_finds(ask: Callable[..., Answer]) -> None:
    counted = dict(ask("", facets=("byline",)).facets["byline"])
    assert counted["Ada Quill"] == 2
    assert counted["Bo Reed"] == 2
    assert counted["AP"] == 1
    for name, count in counted.items():
        assert ask("", filters=(Filter("byline", (name,)),)).total == count


@pytest.mark.django_db
def test_page_and_command_say_which_names_a_word_found(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    page = client.get("/", {"q": "byline:reed"}).content.decode()
    assert "<code>byline:reed</code> matches <bdi>Bo Reed</bdi> (2), <bdi>BO REED</bdi> (1)" in page
    call_command("search", "byline:reed")
    assert "byline:reed matches Bo Reed (2), BO REED (1), Bo Reed-Rolf (1), Reed, Bo (1)" in capsys.readouterr().out
    call_command("search", "byline:reed", "--json")
    (expansion,) = json.loads(capsys.readouterr().out)["expansions"]
    assert expansion["written"] == "byline:reed"
    assert expansion["total"] == 4


@pytest.mark.django_db
def test_each_author_is_a_value_of_citations_and_tags(client: Client) -> None:
    section = Section.objects.get(article__headline="a")
    page = client.get(section.get_absolute_url()).content.decode()
    assert page.count('name="citation_author"') == 2
    assert '<meta name="citation_author" content="Ada Quill">' in page
    assert '<meta name="citation_author" content="Bo Reed">' in page


@pytest.mark.django_db
def test_what_was_received_stays_in_the_record(ask: Callable[..., Answer]) -> None:
    assert Section.objects.get(article__headline="a").article.byline == "By Ada Quill and Bo Reed"
