"""What crawlers get: robots.txt and the sitemap."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from typing import Any

import pytest
from django.test import Client

from archive.models import Article
from search.pages import sitemaps

from ..page_tools import entry, fetch, ingest_live_page

pytestmark = pytest.mark.django_db
NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


@pytest.fixture
def article(settings: Any) -> Article:
    settings.LET_ROBOTS_IN = True
    return ingest_live_page([entry("a", "Words.")], [entry("a", "Other words.")])


def found(xml: str, name: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(xml).iterfind(f".//s:{name}", NAMES)]  # noqa: S314


def disallowed(robots: str) -> Iterable[str]:
    return re.findall(r"^Disallow: (.*)$", robots, re.MULTILINE)


def test_robots_are_kept_out_by_default(db: None, client: Client) -> None:
    assert disallowed(fetch(client, "/robots.txt")) == ["/"]
    assert client.get("/sitemap.xml").status_code == 404
    assert client.get("/sitemap-1.xml").status_code == 404


def test_robots_that_are_let_in_find_articles_and_no_searches(article: Article, client: Client) -> None:
    robots = fetch(client, "/robots.txt")
    assert "/" not in disallowed(robots)
    assert "/?" in disallowed(robots)
    (index,) = re.findall(r"^Sitemap: http://testserver(.*)$", robots, re.MULTILINE)
    (page,) = found(fetch(client, index), "loc")
    xml = fetch(client, page.removeprefix("http://testserver"))
    assert found(xml, "loc") == [f"http://testserver{article.get_absolute_url()}"]
    assert found(xml, "lastmod") == ["2025-06-02T13:00:00Z"]


def test_large_sitemap_has_pages(article: Article, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemaps, "MAX_URLS_PER_PAGE", 2)
    for number in range(4):
        outlet: dict[str, Any] = {"source": f"Outlet {number}", "url": f"https://outlet-{number}.example/live"}
        ingest_live_page([entry("a", f"Words {number}.")], **outlet)
    assert len(found(fetch(client, "/sitemap.xml"), "loc")) == 3
    pages = [found(fetch(client, f"/sitemap-{page}.xml"), "loc") for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [2, 2, 1]
    assert len({address for page in pages for address in page}) == 5
    assert client.get("/sitemap-4.xml").status_code == 404
    assert client.get("/sitemap-0.xml").status_code == 404
    assert client.get(f"/sitemap-{10**20}.xml").status_code == 404


@pytest.mark.parametrize("restriction", [{"status": "withheld"}, {"embargo": "2999-01-01T00:00Z"}])
def test_withheld_articles_are_in_no_sitemap(article: Article, client: Client, restriction: dict[str, str]) -> None:
    Article.objects.update(**restriction)
    assert found(fetch(client, "/sitemap-1.xml"), "loc") == []


def test_urls_are_escaped(article: Article, client: Client) -> None:
    Article.objects.update(headline="Fish & <chips>")
    assert found(fetch(client, "/sitemap-1.xml"), "loc") == [f"http://testserver/articles/{article.pk}-fish-chips/"]
