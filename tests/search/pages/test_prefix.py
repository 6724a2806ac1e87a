"""The site under a path of a host that it shares: every address that it names begins with the prefix."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from django.test import Client, override_settings
from django.urls import clear_script_prefix, reverse, set_script_prefix

from archive.models import Article, IngestRun
from tests.search.exports.archive_of_storms import text_in
from tests.search.page_tools import entry, ingest_live_page

PREFIX = "/archive"
HOST = "http://testserver"
# Attributes of HTML, htmx, Atom and OpenSearch that name an address, and elements of feeds and sitemaps.
ATTRIBUTE = re.compile(r'\s(?:href|src|action|data-suggest|data-feed|hx-get|template)="([^"]*)"')
ELEMENT = re.compile(r"<(?:loc|uri|Image[^>]*)>([^<]*)<")
# A link of a workbook.
TARGET = re.compile(r'\sTarget="([^"]*)" TargetMode="External"')


@pytest.fixture(autouse=True)
def prefixed() -> Iterator[None]:
    # Django sets it with each request that a server passes on; the test client does not.
    set_script_prefix(f"{PREFIX}/")
    with override_settings(
        URL_PREFIX=PREFIX, FORCE_SCRIPT_NAME=PREFIX, STATIC_URL=f"{PREFIX}/static/", LET_ROBOTS_IN=True
    ):
        yield
    clear_script_prefix()


@pytest.fixture
def live(db: None) -> Article:
    """A live page with all kinds of links: a topic, a change, a section that is gone, more than its row shows."""
    entries = [
        entry(f"e{number}", f"Bus {number} crossed the bridge.", heading=f"Bus {number}") for number in range(8)
    ]
    changed = entry("e0", "Bus 0 crossed the bridge twice.", heading="Bus 0", byline="Ann Lee")
    return ingest_live_page(entries, [changed, *entries[2:]], topics=("Bridges",))


def local_addresses(page: str) -> list[str]:
    """Returns the addresses on this host that a page names, without the host."""
    named = [unescape(address) for pattern in (ATTRIBUTE, ELEMENT, TARGET) for address in pattern.findall(page)]
    for address in named:
        # Another would be relative to the page's path.
        assert re.match(r"/|\?|#|https?:|tag:|$", address), address
    return [address.removeprefix(HOST) for address in named if address.startswith((HOST, "/"))]


def fetch(client: Client, address: str, **headers: str) -> str:
    """Returns the text of a page, or of where it redirects to, after a look at the addresses on it."""
    response = client.get(address.removeprefix(PREFIX), headers=headers)
    if response.status_code == 302:
        return fetch(client, response["Location"], **headers)
    assert response.status_code == 200, address
    page = text_in(response.getvalue())
    assert [named for named in local_addresses(page) if not named.startswith(f"{PREFIX}/")] == []
    return page


def walk(client: Client, *addresses: str) -> set[str]:
    """Follows every link to a path that was not met before, with and without a query; returns the paths."""
    waiting: list[str] = list(addresses)
    met: set[tuple[str, bool]] = set()
    while waiting:
        address = waiting.pop(0)
        parts = urlsplit(address)
        page = (parts.path, "q=" in parts.query)
        if page in met or parts.path.startswith(f"{PREFIX}/static/") or parts.path == reverse("admin:logout"):
            continue
        met.add(page)
        waiting += local_addresses(fetch(client, address))
    return {path for path, _ in met}


def test_a_walk_over_all_pages_stays_under_the_prefix(live: Article, client: Client) -> None:
    met = walk(client, f"{PREFIX}/", f"{PREFIX}/?q=bridge", f"{PREFIX}/sitemap.xml")
    section = live.sections.get(key="e0").get_absolute_url()
    captures = reverse("captures", args=[live.pk])
    named = {reverse(name) for name in ("search", "help", "login", "feed", "opensearch", "suggest", "sitemap")}
    assert named | {live.get_absolute_url(), section, captures} <= met
    assert {f"{section}cite.text", reverse("sitemap-page", args=[1]), reverse("export", args=["csv"])} <= met


def test_links_of_a_workbook_are_under_the_prefix(live: Article, client: Client) -> None:
    assert local_addresses(fetch(client, f"{PREFIX}/export.xlsx?q=bridge"))


def test_pages_with_parameters_name_addresses_under_the_prefix(live: Article, client: Client) -> None:
    first, last = live.captures.order_by("captured").values_list("sha256", flat=True)
    article = live.get_absolute_url()
    for address in (
        f"{article}?q=bridge",
        f"{article}?capture={first}",
        f"{article}?capture={last}&against={first}",
        f"{live.sections.get(key='e0').get_absolute_url()}?version=2&against=1",
        f"{reverse('article-citations', args=[live.pk])}?capture={first}",
        f"{reverse('search')}?q=bridge&not-source=The+Herald&date=2025-06",
        f"{reverse('search')}?q=zebra",
    ):
        fetch(client, address)


def test_parts_of_pages_name_addresses_under_the_prefix(live: Article, client: Client) -> None:
    assert 'href="/archive/articles/' in fetch(client, "/?q=bridge", hx_request="true")
    assert 'href="/archive/articles/' in fetch(client, f"/articles/{live.pk}/more/?q=bridge", hx_request="true")
    assert 'href="/archive/?' in fetch(client, "/values/source/", hx_request="true")
    fetch(client, "/suggest?q=br&as=options")
    assert client.get("/suggest?q=bridge").json()[3][0].startswith(f"{HOST}{PREFIX}/?q=")


def test_prefix_may_contain_digits(live: Article, client: Client) -> None:
    set_script_prefix("/10/")
    assert f'href="/10/articles/{live.pk}/more/?q=bus"' in client.get("/?q=bus").content.decode()


def test_redirects_stay_under_the_prefix(live: Article, client: Client, settings: Any) -> None:
    assert client.get(f"/articles/{live.pk}/?q=bridge")["Location"] == f"{live.get_absolute_url()}?q=bridge"
    assert client.get(f"/articles/{live.pk}/more/?q=bridge")["Location"] == f"{live.get_absolute_url()}?q=bridge"
    User.objects.create_superuser("admin", password="a long enough passphrase")
    signed_in = client.post("/login/", {"username": "admin", "password": "a long enough passphrase"})
    assert signed_in["Location"] == f"{PREFIX}/"
    assert client.post("/logout/")["Location"] == f"{PREFIX}/"
    assert client.get("/admin/")["Location"] == f"{PREFIX}/admin/login/?next={PREFIX}/admin/"
    settings.LOGIN_TO_SEARCH = True
    assert client.get("/?q=x")["Location"] == f"{PREFIX}/login/?next={PREFIX}/%3Fq%3Dx"
    assert client.get("/?q=x", headers={"hx-request": "true"})["HX-Redirect"].startswith(f"{PREFIX}/login/")


def test_robots_are_kept_out_of_paths_under_the_prefix(client: Client, settings: Any) -> None:
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert [
        line for line in lines[1:] if line and not line.partition(": ")[2].startswith((PREFIX, HOST + PREFIX))
    ] == []
    settings.LET_ROBOTS_IN = False
    assert client.get("/robots.txt").content.decode() == f"User-agent: *\nDisallow: {PREFIX}/\n"


def test_the_admin_stays_under_the_prefix(live: Article, client: Client) -> None:
    client.force_login(User.objects.create_superuser("admin"))
    for name in ("index", "archive_ingestrun_add", "archive_ingestrun_changelist", "archive_article_changelist"):
        page = fetch_admin(client, reverse(f"admin:{name}"))
        assert f'href="{PREFIX}/static/' in page
    fetch_admin(client, reverse("admin:archive_article_change", args=[live.pk]))
    fetch_admin(client, reverse("admin:archive_ingestrun_change", args=[IngestRun.objects.get().pk]))


def fetch_admin(client: Client, address: str) -> str:
    """Returns a page of the admin, whose own templates name addresses beside the page's too."""
    page: str = client.get(address.removeprefix(PREFIX)).getvalue().decode()
    rooted = [named for named in ATTRIBUTE.findall(page) if named.startswith("/")]
    assert rooted
    assert [named for named in rooted if not named.startswith(f"{PREFIX}/") and named != PREFIX] == []
    return page
