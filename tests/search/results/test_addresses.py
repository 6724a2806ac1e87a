"""search/results/addresses.py: what there is of an address, on the page and as data."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import pytest
from django.test import Client

from archive.ingest.normalization import CaptureTime
from archive.ingest.recording import ingest_items
from archive.ingest.runs import start_run
from archive.items import ArticleItem, Hints, SectionItem, Status
from archive.search_port import no_progress
from search.index import sync
from search.results.addresses import AddressAdvice, address_advice
from search.results.answers import Answer
from tests.conftest import NOW, BuildOnce

pytestmark = pytest.mark.django_db
Ask = Callable[..., Answer]

# Story, address that it was received from, hours later, whether it may be shown, words.
RECEIVED = [
    ("ferry", "https://www.a.example/news/ferry-1", 0, "usable", "Ferries sank."),
    ("ferry", "https://www.a.example/news/ferry-1", 5, "usable", "Ferries sank again."),
    ("ferry", "https://www.a.example/news/ferry-1", 9, "usable", "Ferries sank again."),
    ("bridge", "https://a.example/sport/bridge", 1, "usable", "A bridge."),
    ("tunnel", "https://b.a.example/tunnel", 2, "usable", "A tunnel."),
    ("one", "https://c.example/feed", 0, "usable", "See https://www.a.example/news/ferry-1 for more."),
    ("two", "https://c.example/feed", 0, "usable", "Second."),
    ("secret", "https://d.example/secret", 0, "withheld", "Nobody may read it."),
    ("part", "https://e.example/open", 0, "usable", "Everybody may read it."),
    ("part", "https://e.example/closed", 1, "withheld", "Nobody may read this."),
]


@pytest.fixture(autouse=True)
def archive(build_once: BuildOnce) -> None:
    build_once("received addresses", receive)


def receive() -> None:
    run = start_run("test")
    for story, address, hours, status, words in RECEIVED:
        item = ArticleItem(
            headline=f"The {story}",
            sections=(SectionItem((words,)),),
            raw=f"{story} {words}".encode(),
            media_type="text/plain",
            reader="test/1",
            source="Agency",
            external_id=story,
            url="" if "feed" in address or story == "part" else address,
            address=address,
            status=cast(Status, status),
        )
        captured = CaptureTime(NOW + timedelta(hours=hours), "test")
        list(ingest_items([item], Hints("test"), run=run, captured=captured))
    sync.drain(no_progress)


def advice(ask: Ask, q: str, **options: Any) -> AddressAdvice | None:
    return address_advice(ask(q, **options), now=NOW)


def nearby(found: AddressAdvice | None) -> list[tuple[str, str, int]]:
    assert found
    return [(offer.label, offer.question.q, offer.total) for offer in found.nearby]


@pytest.mark.parametrize(
    "q",
    [
        "https://www.a.example/news/ferry-1",
        " HTTP://A.EXAMPLE/News/Ferry-1/?utm_source=x#top ",
        "a.example/news/ferry-1.",
        "<https://a.example/news/ferry-1>",
        "view-source:https://www.a.example/news/ferry-1",
        "https://a.example/amp/news/ferry-1",
        'url:"m.a.example/news/ferry-1"',
    ],
)
def test_address_leads_to_its_article_and_its_captures(ask: Ask, q: str) -> None:
    found = advice(ask, q)
    assert found
    (entry,) = found.articles
    assert (entry.article.headline, entry.captures, found.total) == ("The ferry", 3, 1)
    assert (entry.first, entry.last) == (NOW, NOW + timedelta(hours=9))
    assert nearby(found) == [("a.example", "site:a.example", 3)]


def test_address_of_several_articles_lists_them(ask: Ask) -> None:
    found = advice(ask, "https://c.example/feed")
    assert found
    assert sorted(entry.article.headline for entry in found.articles) == ["The one", "The two"]
    assert (found.total, found.nearby) == (2, [])


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("https://a.example/news/ferry-1?id=7", [("a.example/news/ferry-1", "url:a.example/news/ferry-1", 1)]),
        ("https://a.example/news/live/other", [("a.example/news", "url:a.example/news", 1)]),
        ("https://a.example/sports", []),
        ("https://b.a.example/other", []),
        ("https://f.example/other", []),
    ],
)
def test_unknown_address_is_answered_with_what_there_is_nearby(
    ask: Ask, q: str, expected: list[tuple[str, str, int]]
) -> None:
    found = advice(ask, q)
    assert found
    assert not found.articles
    site = {"a.example": 3, "b.a.example": 1}
    host = found.address.partition("/")[0]
    sites = [(host, f"site:{host}", site[host])] if host in site else []
    assert nearby(found) == expected + sites


def test_name_of_a_host_is_searched_as_a_word_and_leads_to_its_site(ask: Ask) -> None:
    found = advice(ask, "a.example")
    assert found
    assert found.is_host
    assert nearby(found) == [("a.example", "site:a.example", 3)]
    assert ask("a.example").parsed_query.canonical == "a.example"
    assert advice(ask, "unknown.example") is None


@pytest.mark.parametrize("q", ["ferries", "url:ferry", "url:absent", "site:a.example", "", "a.example ferries"])
def test_other_queries_ask_for_no_address(ask: Ask, q: str) -> None:
    assert advice(ask, q) is None


def test_filters_do_not_make_an_address_unknown(ask: Ask) -> None:
    assert advice(ask, "https://a.example/news/ferry-1", dates="1999") is None


@pytest.mark.parametrize("address", ["d.example/secret", "e.example/closed"])
def test_nobody_learns_of_a_withheld_address(client: Client, ask: Ask, address: str) -> None:
    unknown = client.get("/", {"q": f"https://{address.replace('.', 'x.')}"}).content.decode()
    page = client.get("/", {"q": f"https://{address}"}).content.decode()
    assert page.count("none was received, or none may be shown") == 1
    host = address.partition("/")[0]
    if host == "d.example":
        # It differs from the page of an unknown address in the address alone.
        assert "The same goes for its site." in page
        assert "The same goes for its site." in unknown
    for q in (f"url:{address}", f"url:{address}*", f'url:"{address}"', f"url:{address.rpartition('/')[2]}"):
        assert not ask(q).total, q


def test_page_shows_the_article_of_an_address_on_top(
    client: Client, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    client.get("/", {"q": "ferries"})  # opens the index
    with django_assert_max_num_queries(6):
        page = client.get("/", {"q": "https://www.a.example/news/ferry-1?fbclid=z"}).content.decode()
    box = page[page.index('class="at-address"') : page.index("</section>", page.index('class="at-address"'))]
    assert "The article at this address" in box
    assert ">The ferry</a>" in box
    assert "3 captures" in box
    assert "a.example</a> (3 articles)" in box
    assert "put it in quotation marks" in page


def test_address_in_quotation_marks_is_found_in_texts(ask: Ask) -> None:
    (row,) = ask('"https://www.a.example/news/ferry-1"').rows
    assert row.article.headline == "The one"
