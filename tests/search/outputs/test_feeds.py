"""search/feeds.py: Atom and OpenSearch, as other programs read them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.contrib.auth.models import User
from django.test import Client

from archive.models import Article, Section
from archive.search_port import no_progress
from search.index import sync

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


def read_feed(client: Client, address: str) -> ElementTree.Element:
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("application/atom+xml")
    return ElementTree.fromstring(response.content)  # noqa: S314


def test_feed_has_the_sections_with_stable_ids_and_links_to_the_page(seed: Article, client: Client) -> None:
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


def test_feed_is_newest_first_whatever_the_page_is_sorted_by(
    take_in: Callable[..., Any], client: Client, tmp_path: Path
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"headline": "Old <b>fire</b> & smoke", "text": "A fire.", "published": "2025-05-01", "topics": ["Fires"]}\n'
        '{"headline": "New fire", "text": "A fire.", "published": "2025-06-01T10:00:00Z", "byline": "A. Writer"}\n'
    )
    take_in(path)
    sync.drain(no_progress)
    feed = read_feed(client, "/feed.atom?q=fire&sort=oldest")
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == ["New fire", "Old <b>fire</b> & smoke"]
    assert entries[0].findtext(f"{ATOM}published") == "2025-06-01T10:00:00+00:00"
    assert entries[1].find(f"{ATOM}category").get("term") == "Fires"  # type: ignore[union-attr]
    assert entries[0].findtext(f"{ATOM}author/{ATOM}name") == "A. Writer"


def test_feed_takes_few_queries_and_says_what_it_cannot_read(
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


def test_browser_can_add_the_archive(client: Client) -> None:
    response = client.get("/opensearch.xml")
    assert response["Content-Type"].startswith("application/opensearchdescription+xml")
    description = ElementTree.fromstring(response.content)  # noqa: S314
    assert 0 < len(description.findtext(f"{OPENSEARCH}ShortName") or "") <= 16
    templates = {url.get("type"): url.get("template") for url in description.findall(f"{OPENSEARCH}Url")}
    assert templates["text/html"] == "http://testserver/?q={searchTerms}&page={startPage?}"
    assert templates["application/x-suggestions+json"] == "http://testserver/suggest?q={searchTerms}"
    for kind in ("text/html", "application/x-suggestions+json", "application/atom+xml"):
        address = (templates[kind] or "").replace("{searchTerms}", "peace").replace("{startPage?}", "1")
        assert client.get(address.removeprefix("http://testserver")).status_code == 200


def test_suggestions_come_as_browsers_and_as_the_box_read_them(seed: Article, client: Client) -> None:
    response = client.get("/suggest?q=russ")
    assert response["Content-Type"] == "application/x-suggestions+json"
    asked, queries, descriptions, addresses = response.json()
    assert asked == "russ"
    assert "russia" in queries
    assert len(queries) == len(descriptions) == len(addresses)
    assert addresses[queries.index("russia")] == "http://testserver/?q=russia"
    options = client.get("/suggest?as=options&q=russ").content.decode()
    assert 'data-q="russia"' in options
    assert 'class="number"' in options
    options = client.get("/suggest?as=options&q=hlead:russ").content.decode()
    assert 'data-q="hlead:russia"' in options
    assert 'class="number"' not in options
    assert client.get("/suggest").json() == ["", [], [], []]
    assert client.get("/suggest?q=%00%20" + "x" * 9000).status_code == 200


def test_nothing_of_it_is_for_strangers_where_search_is_not(seed: Article, client: Client, settings: Any) -> None:
    settings.LOGIN_TO_SEARCH = True
    for address in ("/feed.atom?q=", "/suggest?q=p", "/values/source/", f"/articles/{seed.pk}/more/?q=russia"):
        assert client.get(address)["Location"].startswith("/login/?next="), address
        part = client.get(address, headers={"HX-Request": "true"})
        assert part["HX-Redirect"].startswith("/login/?next=")
        assert part.content == b""
    client.force_login(User.objects.create_user("reader"))
    assert client.get("/feed.atom?q=").status_code == 200
