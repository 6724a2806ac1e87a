"""search/outputs/atom.py: results as a feed."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
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


def test_feed_shows_what_the_outlet_says(ingest_file: Callable[..., Any], client: Client, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"headline": "Old <b>fire</b> & smoke", "text": "A fire.", "published": "2025-05-01", "topics": ["Fires"]}\n'
        '{"headline": "New fire", "text": "A fire.", "published": "2025-06-01T10:00:00Z", "byline": "A. Writer"}\n'
        '{"headline": "Last fire", "text": "A fire.", "byline": "By Ada Quill and Bo Reed, AP"}\n'
    )
    ingest_file(path)
    sync.drain(no_progress)
    entries = read_feed(client, "/feed.atom?q=fire&sort=oldest").findall(f"{ATOM}entry")
    titles = [entry.findtext(f"{ATOM}title") for entry in entries]
    assert titles == ["Last fire", "New fire", "Old <b>fire</b> & smoke"]
    assert entries[0].find(f"{ATOM}published") is None
    assert entries[1].findtext(f"{ATOM}published") == "2025-06-01T10:00:00+00:00"
    assert entries[2].find(f"{ATOM}category").get("term") == "Fires"  # type: ignore[union-attr]
    assert [name.text for name in entries[0].findall(f"{ATOM}author/{ATOM}name")] == ["Ada Quill", "Bo Reed"]
    assert [name.text for name in entries[1].findall(f"{ATOM}author/{ATOM}name")] == ["A. Writer"]


@pytest.fixture
def take_in(ingest_file: Callable[..., Any], tmp_path: Path) -> Callable[..., None]:
    """Ingests and indexes articles, given as headline, text and published."""

    def take_in(*articles: tuple[str, str, str], **options: Any) -> None:
        names = ("headline", "text", "published")
        values = [dict(zip(names, article, strict=True)) for article in articles]
        lines = [json.dumps(value | {"url": f"https://c.example/{value['headline']}"}) for value in values]
        (tmp_path / "a.jsonl").write_text("\n".join(lines))
        ingest_file(tmp_path / "a.jsonl", **options)
        sync.drain(no_progress)

    return take_in


def test_feed_has_first_what_the_archive_took_in_or_changed_last(take_in: Callable[..., None], client: Client) -> None:
    def polled() -> list[tuple[str | None, str | None]]:
        entries = read_feed(client, "/feed.atom?q=ferry").findall(f"{ATOM}entry")
        return [(entry.findtext(f"{ATOM}title"), entry.findtext(f"{ATOM}updated")) for entry in entries]

    take_in(("a", "A ferry sank with 12 aboard.", "2025-06-01"))
    take_in(*((f"n{number}", f"A ferry, {number}.", f"2025-06-{number % 28 + 1:02}") for number in range(60)))
    before = polled()
    assert len(before) == 50
    assert [title for title, _ in before[:2]] == ["n59", "n58"]
    # A change of an old article, one of 1998, one without a date, and a capture of long ago.
    take_in(("a", "A ferry sank with 47 aboard.", "2025-06-01"), captured=datetime(2025, 6, 11, tzinfo=UTC))
    take_in(("old", "A ferry of then.", "1998-01-01"))
    take_in(("undated", "A ferry at some time.", ""))
    take_in(("late", "A ferry late.", "2024-01-01"), captured=datetime(2003, 1, 1, tzinfo=UTC))
    after = polled()
    assert [title for title, _ in after[:4]] == ["late", "undated", "old", "a"]
    assert after[4:] == before[:46]
    times = [updated or "" for _, updated in after]
    assert times == sorted(times, reverse=True)
    sync.rebuild(no_progress)
    assert polled() == after


def test_feed_that_is_as_before_is_not_sent_again(take_in: Callable[..., None], client: Client) -> None:
    for q in ("ferry", "nothing"):
        take_in(("a", "A ferry.", ""))
        first = client.get(f"/feed.atom?q={q}")
        assert client.get(f"/feed.atom?q={q}", headers={"If-None-Match": first["ETag"]}).status_code == 304
    etag = client.get("/feed.atom?q=ferry")["ETag"]
    take_in(("b", "A ferry.", ""))
    assert client.get("/feed.atom?q=ferry", headers={"If-None-Match": etag}).status_code == 200


def test_feed_takes_few_queries_and_reports_an_unreadable_query(
    seed: Article, client: Client, django_assert_max_num_queries: Any
) -> None:
    client.get("/feed.atom?q=russia")
    with django_assert_max_num_queries(7):
        client.get("/feed.atom?q=russia")
    response = client.get("/feed.atom?q=peace+w%2F0+talks")
    assert response.status_code == 400
    assert response["Content-Type"].startswith("text/plain")


def test_control_characters_do_not_break_a_feed(seed: Article, client: Client) -> None:
    Article.objects.update(headline="A \x08 bell")
    feed = read_feed(client, "/feed.atom?q=russia%08")
    assert (feed.findtext(f"{ATOM}entry/{ATOM}title") or "").startswith("A  bell")
