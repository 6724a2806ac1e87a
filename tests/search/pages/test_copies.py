"""What readers see of copies: on the page of an article, in results, in exports."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from archive.models import Article, record_changes
from search.exports import find_result_articles
from search.results import Question, answer_question
from tests.archive.likeness.stories import story

STORY = story(1)


def article(source: str, day: int, paragraphs: list[str] = STORY, **values: Any) -> dict[str, Any]:
    return {
        "id": f"{source}-{day}",
        "source": source,
        "headline": f"Storm in {source}",
        "published": f"2025-03-{day:02}T10:00:00Z",
        "sections": [{"text": "\n".join(["A storm came in the night.", *paragraphs])}],
        **values,
    }


@pytest.fixture(autouse=True)
def archive(begin_with: Callable[..., None]) -> None:
    begin_with(
        [
            article("The <i>Gazette", 2, byline="Associated Press"),
            article("The Courier", 3, STORY[:5]),
            article("The Courier", 5, headline="Storm, updated"),
            article("The Herald", 4, [*story(2, paragraphs=2), *STORY]),
            article("The Post", 6, story(3)),
        ]
    )


def of(headline: str) -> Article:
    return Article.objects.get(headline=headline)


def read(client: Client, address: str, **parameters: str) -> str:
    response = client.get(address, parameters)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_an_article_names_its_copies_the_agency_and_who_had_it_first(client: Client) -> None:
    page = read(client, of("Storm in The Courier").get_absolute_url())
    assert "<summary>Also in 2 other outlets, 3 other articles in all</summary>" in page
    assert "First in <bdi>The &lt;i&gt;Gazette</bdi>, as far as the archive knows" in page
    assert "?agency=Associated%20Press%20%28AP%29" in page
    assert (
        page.index("Storm in The &lt;i&gt;Gazette") < page.index("Storm in The Herald") < page.index("Storm, updated")
    )
    assert "the same text, cut or with additions" in page


def test_an_article_without_copies_says_nothing_of_them(client: Client) -> None:
    assert 'class="copies"' not in read(client, of("Storm in The Post").get_absolute_url())


def test_a_hidden_copy_is_neither_named_nor_counted_before_the_index_knows(client: Client) -> None:
    Article.objects.filter(source__name="The Herald").update(status="withheld")
    page = read(client, of("Storm in The Courier").get_absolute_url())
    assert "Also in 1 other outlet, 2 other articles in all" in page
    assert "The Herald" not in page
    results = read(client, "/", q="storm source:courier")
    assert "one of 3 copies" in results


def test_results_say_that_a_text_has_copies_and_lead_to_all(client: Client) -> None:
    first = of("Storm in The <i>Gazette").pk
    page = read(client, "/", q="storm")
    assert page.count(f'href="/?q=group%3A{first}">one of 4 copies</a>') == 4
    assert "4 articles" in read(client, "/", q=f"group:{first}")


@pytest.mark.parametrize(
    ("q", "articles"),
    [
        ("agency:AP", 4),
        ('agency:"Associated Press (AP)"', 4),
        ("copies:yes", 4),
        ("copies:first", 1),
        ("copies:later", 3),
        ("storm NOT copies:later", 2),
        ("copies:no", 1),
    ],
)
def test_the_fields_of_copies_are_asked(client: Client, q: str, articles: int) -> None:
    assert f"{articles} article{'s' if articles > 1 else ''} (" in read(client, "/", q=q)


def test_exports_have_the_copies_the_group_and_the_agency(client: Client) -> None:
    lines = b"".join(client.get("/export.jsonl", {"q": "storm"})).decode().splitlines()
    rows = {row["headline"]: (row["copies"], row["copy_group"], row["agency"]) for row in map(json.loads, lines)}
    first = of("Storm in The <i>Gazette").pk
    assert rows["Storm in The Courier"] == (4, first, ["Associated Press (AP)"])
    assert rows["Storm in The Post"] == (1, None, [])


# --- folded ---


def listed(page: str) -> list[int]:
    """Returns the articles of the rows of a page, in order."""
    return [int(number) for number in re.findall(r'<li class="hit" id="a(\d+)"', page)]


def test_results_offer_to_fold_copies_where_there_are_some(client: Client) -> None:
    page = read(client, "/", q="storm", sort="oldest", source="The Courier")
    assert (
        '<a class="fold" href="?q=storm&amp;fold=copies&amp;source=The+Courier&amp;sort=oldest">Fold copies</a>'
        in page
    )
    assert 'class="fold"' not in read(client, "/", q="storm source:post")
    assert 'class="fold"' not in read(client, "/", q="storm", list="sections")


def test_folded_results_have_a_row_for_each_text_and_say_what_they_count(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    read(client, "/", q="storm")
    with django_assert_max_num_queries(6):
        page = read(client, "/", q="storm", fold="copies")
    assert "2 articles without copies (5 with copies, 5 sections)</h1>" in page
    assert "storm: 2 articles without copies –" in page
    assert len(listed(page)) == 2
    assert page.count('one of 4 copies</a> <span class="folded">3 folded here</span>') == 1
    assert '<span class="unit">articles without copies</span>' in page
    assert '<th scope="col">Articles without copies</th>' in page
    assert ">Articles without copies by " in page
    assert (
        'href="?q=storm" class="chip"><span class="hidden">Remove the filter</span> Copies: <bdi>folded</bdi>' in page
    )
    assert 'class="fold"' not in page


@pytest.mark.parametrize(
    ("sort", "headlines"),
    [
        ("oldest", ["Storm in The <i>Gazette", "Storm in The Post"]),
        ("newest", ["Storm in The Post", "Storm, updated"]),
    ],
)
def test_the_first_copy_in_the_order_stays_everywhere(client: Client, sort: str, headlines: list[str]) -> None:
    parameters = {"q": "storm", "fold": "copies", "sort": sort}
    articles = [of(headline).pk for headline in headlines]
    assert listed(read(client, "/", **parameters)) == articles
    pages = [read(client, "/", **parameters, **{"per-page": "20"}, page=page) for page in ("1", "2")]
    assert list(map(listed, pages)) == [articles, []]
    assert "the last is <a" in pages[1]
    for rows in ("section", "article"):
        lines = client.get("/export.jsonl", parameters | {"rows": rows}).getvalue().decode().splitlines()
        assert [json.loads(line)["article"] for line in lines] == articles
    exported = json.loads(client.get("/export.json", parameters).getvalue())
    assert exported["export"]["copies_folded"] is True
    assert [row["article"] for row in exported["rows"]] == articles
    text = " ".join(client.get("/export.txt", parameters).getvalue().decode().split())
    assert "Filters: Copies: folded" in text
    assert f"Order: {sort} first, article by article; of articles with the same text, the first alone" in text
    # The hit knows its place among the rows.
    visited = read(client, of(headlines[1]).get_absolute_url(), **parameters)
    assert '2 of 2<span class="wide-only"> articles without copies</span>' in visited


def test_the_numbers_of_folded_facets_are_those_of_the_lists_they_lead_to(client: Client) -> None:
    question = Question(q="storm", folded=True)
    now = timezone.now()
    answer = answer_question(question, now=now, facets=("source", "copies", "month"), histogram="day")
    assert dict(answer.facets["source"]) == {"The Courier": 1, "The <i>Gazette": 1, "The Herald": 1, "The Post": 1}
    for field, counted in answer.facets.items():
        for value, count in counted:
            narrowed = answer_question(question.toggle_value(field, value), now=now)
            assert (narrowed.total, sum(row.articles for row in narrowed.rows)) == (count, narrowed.articles)
    assert answer.histogram
    for start, count in answer.histogram.buckets:
        assert answer_question(question.with_dates(start.date().isoformat()), now=now).total == count


def test_a_hidden_copy_is_not_folded_but_gone(client: Client) -> None:
    Article.objects.filter(source__name="The Herald").update(status="withheld")
    record_changes(Article.objects.filter(source__name="The Herald").values_list("pk", flat=True))
    page = read(client, "/", q="storm", fold="copies")
    assert "2 articles without copies (4 with copies, 4 sections)" in page
    assert 'one of 3 copies</a> <span class="folded">2 folded here</span>' in page


def test_acts_of_curators_reach_folded_copies_too(client: Client) -> None:
    articles, _ = find_result_articles("q=storm&fold=copies")
    assert len(articles) == 5
