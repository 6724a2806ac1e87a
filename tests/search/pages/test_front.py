"""The first page: what it shows, where it leads, and what it says where the archive is empty or cannot answer."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from search.results import overview

from ..page_tools import fetch, links

pytestmark = pytest.mark.django_db


@pytest.fixture
def archive(begin_with: Callable[..., None]) -> None:
    articles: list[dict[str, Any]] = [
        {
            "id": f"a{number}",
            "headline": f"Harbour <ferry> news {number}",
            "text": "The harbour ferry sails.",
            "source": f"Outlet & {number % 12}",
            "topics": ["Shipping"],
            "published": f"2025-06-0{1 + number % 3}",
        }
        for number in range(30)
    ]
    articles += [
        {"id": "old", "headline": "Harbour opened", "text": "A harbour.", "published": "1903-05-01"},
        *(
            {
                "id": f"live{number}",
                "headline": f"Storm {number}, live",
                "kind": "live",
                "published": "2025-06-03T06:00:00Z",
                "sections": [{"id": "1", "heading": "Entry", "text": "Wind.", "published": "2025-06-03T07:00:00Z"}],
            }
            for number in range(6)
        ),
        {"id": "rtl", "headline": "غرق العبّارة", "text": "العبّارة", "language": "ar", "source": "الجريدة"},
    ]
    begin_with(articles)


def test_first_page_has_what_came_in_live_pages_values_and_time(archive: None, client: Client) -> None:
    page = fetch(client, "/")
    for title in ("Latest in the archive", "Live pages", "Sources", "Topics", "Examples"):
        assert f">{title}" in page
    assert "All 38 articles, newest first" in page
    assert "All 14 sources" in page
    assert "All 6 live pages" in page
    assert "1 article before 1 June 2025" in page
    assert '<input name="from"' in page
    assert "Harbour &lt;ferry&gt; news 29" in page
    assert "<ferry>" not in page
    assert '<li lang="ar">' in page


def test_every_link_works_and_finds_what_it_counts(archive: None, client: Client) -> None:
    page = fetch(client, "/")
    for href in dict.fromkeys(links(page)):
        if not href.startswith(("#", "mailto:")):
            response = client.get(href)
            assert response.status_code == 200, href
            assert "No results" not in response.getvalue().decode(), href
    assert "3 articles" in fetch(client, "/?q=&source=Outlet+%26+1") or "3 sections" in fetch(
        client, "/?q=&source=Outlet+%26+1"
    )


@pytest.mark.parametrize("address", ["/", "/?q=", "/?q=&from=&to=", "/?page=1", "/?utm_source=x", "/?q=%20"])
def test_where_nothing_is_asked_is_the_first_page(archive: None, client: Client, address: str) -> None:
    assert "Latest in the archive" in fetch(client, address)


@pytest.mark.parametrize("address", ["/?sort=newest", "/?sort=captured", "/?page=2", "/?q=&from=2025-06-02&to="])
def test_everything_can_be_browsed(archive: None, client: Client, address: str) -> None:
    page = fetch(client, address)
    assert "Latest in the archive</h2>" not in page
    assert 'class="hits' in page


def test_the_two_dates_narrow_a_search(archive: None, client: Client) -> None:
    for parameters in ("from=2025-06-03&to=2025-06-03", "from=2025-06-03&to=", "to=2025-06-03&from=2025-06-03"):
        page = fetch(client, f"/?q=sails&{parameters}")
        assert "10 articles" in page, parameters


def test_htmx_is_sent_to_the_whole_page(archive: None, client: Client) -> None:
    response = client.get("/?q=", headers={"HX-Request": "true"})
    assert response["HX-Redirect"] == "/"
    assert "HX-Request" in response["Vary"]
    assert "HX-Request" in client.get("/")["Vary"]


def test_first_page_is_small_and_takes_few_queries(
    archive: None, client: Client, django_assert_max_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(User.objects.create_user("reader"))
    client.get("/")
    with django_assert_max_num_queries(4):
        client.get("/")
    # After a change of the index too.
    monkeypatch.setattr(overview, "_last", None)
    with django_assert_max_num_queries(6):
        response = client.get("/")
    assert len(response.content) < 60_000


def test_an_empty_archive_says_what_to_do_next(empty_index: None, client: Client) -> None:
    page = fetch(client, "/")
    assert "The archive is empty" in page
    assert "manage.py ingest PATH" in page
    assert 'href="/login/"' in page
    assert "Examples" not in page
    reader = User.objects.create_user("reader")
    client.force_login(reader)
    assert "ask a curator" in fetch(client, "/")
    reader.is_staff = True
    reader.save()
    reader.user_permissions.add(Permission.objects.get(codename="add_ingestrun"))
    assert reverse("admin:archive_ingestrun_add") in fetch(client, "/")


def test_documents_that_wait_for_the_index_are_not_an_empty_archive(
    empty_index: None, ingest_file: Callable[..., Any], tmp_path: Path, client: Client
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"headline": "One", "text": "One."}) + "\n")
    ingest_file(path)
    page = fetch(client, "/")
    assert "1 article waits to be indexed" in page
    assert "The archive is empty" not in page


def test_an_index_that_cannot_answer_is_reported(archive: None, client: Client, settings: Any) -> None:
    settings.INDEX_DIR = settings.INDEX_DIR.parent / "nowhere"
    assert "Search is unavailable" in fetch(client, "/", status=503)


def test_a_query_that_cannot_be_read_comes_with_examples_of_this_archive(archive: None, client: Client) -> None:
    page = fetch(client, "/?q=a+w%2F0+b", status=400)
    examples = page.partition('<ul class="examples"')[2].partition("</ul>")[0]
    assert len(links(examples)) > 3
    for href in links(examples):
        assert "No results" not in fetch(client, href)


def test_closed_archive_asks_for_a_sign_in(archive: None, client: Client, settings: Any) -> None:
    settings.LOGIN_TO_SEARCH = True
    assert client.get("/").status_code == 302
