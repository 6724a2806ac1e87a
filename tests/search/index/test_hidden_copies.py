"""The copies of what is hidden are counted without it from the commit on, as they are once the index is updated."""

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from archive.copies import shown_facts_of
from archive.models import FOREVER, Article, record_changes, shown_articles
from archive.search_port import no_progress
from search.index import drain, engine, shown_index
from tests.archive.likeness.stories import story

pytestmark = pytest.mark.usefixtures("empty_index")
FACETS = ("copies", "agency", "group")
QUERIES = (*("", "copies:no", "copies:first", "copies:later", "agency:reuters", "agency:ap", "NOT agency:*"),)


def article(source: str, paragraphs: list[str], day: int, **values: Any) -> dict[str, Any]:
    sections = [{"text": "\n".join(paragraphs)}]
    known = {"headline": f"A story in {source}", "published": f"2025-03-{day:02}T10:00:00Z"}
    return {"id": source, "source": source, "sections": sections, **known, **values}


# Two outlets with one text; three with another, of which the third is also a copy of a fourth; one alone.
ARTICLES = (
    article("Alder", story(1), 1, byline="Associated Press"),
    article("Birch", story(1)[:7], 2),
    article("Cedar", story(2), 1, byline="Reuters"),
    article("Dogwood", story(2)[:7], 2),
    article("Elm", [*story(2)[:6], *story(3)[:3]], 3),
    article("Fir", [*story(3)[:3], *story(2)[:4]], 4),
    article("Gorse", story(4), 1),
)


@pytest.fixture(autouse=True)
def indexed(ingest_file: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps(known) + "\n" for known in ARTICLES))
    ingest_file(path)
    drain(no_progress)


def withhold(*sources: str) -> None:
    articles = Article.objects.filter(source__name__in=sources)
    articles.update(status="withheld")
    record_changes(articles.values_list("pk", flat=True))


def answers(ask: Callable[..., Any], client: Client) -> dict[str, object]:
    """What readers get: the numbers, facets and rows of each query, suggestions, and what pages and files say."""
    found: dict[str, object] = {}
    groups = [f"group:{pk}" for pk in Article.objects.values_list("pk", flat=True)]
    for query in (*QUERIES, *groups):
        for options in ({"grouped": False}, {"folded": True}):
            answer = ask(query, facets=FACETS, **options)
            rows = sorted(
                (row.article.pk, row.copies.values, row.copies.articles, row.articles) for row in answer.rows
            )
            numbers = (answer.total, answer.sections, answer.articles)
            found[f"{query} {options}"] = numbers, dict(answer.facets), dict(answer.facet_sizes), rows
    index = shown_index()
    found["suggestions"] = [index.suggest(letter, field=name) for name in FACETS for letter in "afnylr123456789"]
    for article in shown_articles(timezone.now()):
        page = client.get(article.get_absolute_url()).getvalue().decode()
        found[article.headline] = re.findall(r'<section class="copies".*?</section>', page, re.DOTALL)
    for values in ("copies", "agency", "group"):
        found[values] = client.get(f"/values/{values}/").getvalue().decode().partition("<main")[2]
    export = csv.DictReader(io.StringIO(client.get("/export.csv").getvalue().decode("utf-8-sig")))
    found["export"] = [[row[name] for name in ("headline", "copies", "copy_group", "agency")] for row in export]
    return found


@pytest.mark.parametrize(
    "hidden", [("Alder",), ("Dogwood", "Gorse"), ("Cedar", "Elm"), ("Cedar", "Birch")], ids="+".join
)
def test_answers_are_those_after_the_update(ask: Callable[..., Any], client: Client, hidden: tuple[str, ...]) -> None:
    before = answers(ask, client)
    with engine().write():
        withhold(*hidden)
        at_once = answers(ask, client)
    drain(no_progress)
    assert at_once == answers(ask, client)
    assert at_once != before


def test_what_is_withdrawn_in_part_is_no_copy_until_the_update(ask: Callable[..., Any]) -> None:
    withdrawn = Article.objects.get(source__name="Alder")
    with engine().write():
        withdrawn.sections.update(closed_until=FOREVER)
        record_changes([withdrawn.pk])
        (row,) = ask("source:birch", facets=FACETS).rows
        assert (row.copies.values, row.copies.agencies, row.copies.articles) == (("no",), (), 1)
        assert ask("source:birch copies:yes").total == 0
        assert shown_facts_of([withdrawn.pk], timezone.now()) == {}


def test_what_has_no_copies_costs_two_queries_more(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        shown_index()
    with engine().write():
        withhold("Gorse")
        with django_assert_num_queries(3):
            shown_index()
