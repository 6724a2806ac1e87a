"""What crawlers get: robots.txt and the sitemap."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from typing import Any

import pytest
from django.db import connection
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


@pytest.fixture
def five_articles(article: Article, monkeypatch: pytest.MonkeyPatch) -> list[Article]:
    """Five articles, where a page of the sitemap has two at most."""
    monkeypatch.setattr(sitemaps, "MAX_URLS_PER_PAGE", 2)
    for number in range(4):
        outlet: dict[str, Any] = {"source": f"Outlet {number}", "url": f"https://outlet-{number}.example/live"}
        ingest_live_page([entry("a", f"Words {number}.")], **outlet)
    return list(Article.objects.order_by("pk"))


def _listed(client: Client) -> list[str]:
    """Returns the paths of the pages that the sitemap lists."""
    return [page.removeprefix("http://testserver") for page in found(fetch(client, "/sitemap.xml"), "loc")]


def _paths(articles: Iterable[Article]) -> list[str]:
    return [f"http://testserver{article.get_absolute_url()}" for article in articles]


def test_large_sitemap_has_pages(five_articles: list[Article], client: Client) -> None:
    pages = [found(fetch(client, page), "loc") for page in _listed(client)]
    assert len(pages) > 1
    assert max(map(len, pages)) <= 2
    assert [address for page in pages for address in page] == _paths(five_articles)
    last = int(_listed(client)[-1].removeprefix("/sitemap-").removesuffix(".xml"))
    assert client.get(f"/sitemap-{last + 1}.xml").status_code == 404
    assert client.get("/sitemap-0.xml").status_code == 404
    assert client.get(f"/sitemap-{10**20}.xml").status_code == 404


def test_articles_stay_on_their_page_of_the_sitemap(five_articles: list[Article], client: Client) -> None:
    before = {page: found(fetch(client, page), "loc") for page in _listed(client)}
    first, *others = before
    hidden = [article for article in five_articles if _paths([article])[0] in before[first]]
    Article.objects.filter(pk__in=[article.pk for article in hidden]).update(status="withheld")
    assert _listed(client) == others
    assert {page: found(fetch(client, page), "loc") for page in others} == {page: before[page] for page in others}


def test_page_of_the_sitemap_reads_its_own_articles_alone(five_articles: list[Article], client: Client) -> None:
    queries = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        queries.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        fetch(client, _listed(client)[-1])
    reads = [(sql, params) for sql, params in queries if "archive_article" in sql and "MAX(" not in sql[:20]]
    for sql, _ in reads:
        assert '"archive_article"."id" > ' in sql
        assert "OFFSET" not in sql
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for sql, params in reads:
                plan = [row[3] for row in cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params).fetchall()]
                assert not [step for step in plan if "TEMP B-TREE" in step or step.startswith("SCAN")], plan


@pytest.mark.parametrize("restriction", [{"status": "withheld"}, {"embargo": "2999-01-01T00:00Z"}])
def test_withheld_articles_are_in_no_sitemap(article: Article, client: Client, restriction: dict[str, str]) -> None:
    Article.objects.update(**restriction)
    assert found(fetch(client, "/sitemap-1.xml"), "loc") == []


def test_urls_are_escaped(article: Article, client: Client) -> None:
    Article.objects.update(headline="Fish & <chips>")
    assert found(fetch(client, "/sitemap-1.xml"), "loc") == [f"http://testserver/articles/{article.pk}-fish-chips/"]
