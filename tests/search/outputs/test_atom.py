"""search/outputs/atom.py: results as a feed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client

from archive.models import Article, Section
from archive.search_port import no_progress
from search.index import sync

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def read_feed(client: Client, url: str) -> ElementTree.Element:
    response = client.get(url)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("application/atom+xml")
    return ElementTree.fromstring(response.content)  # noqa: S314


def test_feed_has_the_sections_with_stable_ids_and_links(seed: Article, client: Client) -> None:
    feed = read_feed(client, "/feed.atom?q=russia&kind=live&page=7")
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links["self"] == "http://testserver/feed.atom?q=russia&kind=live"
    assert links["alternate"] == "http://testserver/?q=russia&kind=live"
    ids = {entry.findtext(f"{ATOM}id") for entry in feed.findall(f"{ATOM}entry")}
    assert ids == {f"tag:testserver,2025:section:{section.pk}" for section in Section.objects.all()}
    for entry in feed.findall(f"{ATOM}entry"):
        assert (entry.findtext(f"{ATOM}updated") or "").endswith("+00:00")
        assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Unknown source"
    seed.headline = "Another headline"
    seed.save()
    sync.rebuild(no_progress)
    again = read_feed(client, "/feed.atom?q=russia&kind=live")
    assert {entry.findtext(f"{ATOM}id") for entry in again.findall(f"{ATOM}entry")} == ids


def test_feed_is_newest_first_in_any_order_of_the_page(
    ingest_file: Callable[..., Any], client: Client, tmp_path: Path
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"headline": "Old <b>fire</b> & smoke", "text": "A fire.", "published": "2025-05-01", "topics": ["Fires"]}\n'
        '{"headline": "New fire", "text": "A fire.", "published": "2025-06-01T10:00:00Z", "byline": "A. Writer"}\n'
    )
    ingest_file(path)
    sync.drain(no_progress)
    feed = read_feed(client, "/feed.atom?q=fire&sort=oldest")
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == ["New fire", "Old <b>fire</b> & smoke"]
    assert entries[0].findtext(f"{ATOM}published") == "2025-06-01T10:00:00+00:00"
    assert entries[1].find(f"{ATOM}category").get("term") == "Fires"  # type: ignore[union-attr]
    assert entries[0].findtext(f"{ATOM}author/{ATOM}name") == "A. Writer"


def test_feed_takes_few_queries_and_reports_an_unreadable_query(
    seed: Article, client: Client, django_assert_max_num_queries: Any
) -> None:
    client.get("/feed.atom?q=russia")
    with django_assert_max_num_queries(6):
        client.get("/feed.atom?q=russia")
    response = client.get("/feed.atom?q=peace+w%2F0+talks")
    assert response.status_code == 400
    assert response["Content-Type"].startswith("text/plain")


def test_control_characters_do_not_break_a_feed(seed: Article, client: Client) -> None:
    Article.objects.update(headline="A \x08 bell")
    feed = read_feed(client, "/feed.atom?q=russia%08")
    assert (feed.findtext(f"{ATOM}entry/{ATOM}title") or "").startswith("A  bell")
