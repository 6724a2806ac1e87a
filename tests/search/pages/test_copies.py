"""What readers see of copies: on the page of an article, in results, in exports."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from archive.models import Article
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
