"""search/results/place.py and the links of `_visit.html`: along a result, from each page that a hit leads to."""

import re
from html import unescape

import pytest
from django.test import Client

from archive.models import Article, Section
from search.results.question import PAGE_SIZE
from tests.conftest import BuildOnce

from ..page_tools import entry, fetch, ingest_live_page, links

pytestmark = pytest.mark.django_db

COUNT = PAGE_SIZE + 2
FEW = 5


def build(build_once: BuildOnce, count: int) -> list[Article]:
    build_once(("live pages with a bridge", count), lambda: ingest(count))
    return list(Article.objects.order_by("pk"))


def ingest(count: int) -> None:
    """Ingests so many live pages with a bridge; number N was published N minutes after ten."""
    for number in range(count):
        ingest_live_page(
            [
                entry(f"b{number}", "Another bridge.", at=f"11:{number:02}", heading="Later"),
                entry(f"a{number}", f"Bridge number{number}.", at=f"10:{number:02}", heading=f"Entry {number}"),
            ],
            source=f"Source {number}",
            url="",
            external_id=str(number),
            headline=f"Live page {number}",
        )


@pytest.fixture
def articles(build_once: BuildOnce) -> list[Article]:
    """So many that a result has two pages."""
    return build(build_once, COUNT)


@pytest.fixture
def few(build_once: BuildOnce) -> list[Article]:
    return build(build_once, FEW)


def place_on(page: str) -> str:
    found = re.search(r'<span class="place">(.*?)</span></span>', page)
    return re.sub(r"<[^>]+>", "", found[1]) if found else ""


def follow(client: Client, address: str) -> str:
    response = client.get(address, follow=True)
    assert response.status_code == 200, address
    text: str = response.content.decode()
    return text


@pytest.mark.parametrize(
    ("shape", "total", "unit"),
    [
        ("", COUNT, "articles"),
        ("&list=sections", 2 * COUNT, "sections"),
        ("&list=sections&unit=article", COUNT, "articles"),
    ],
)
def test_next_leads_through_the_whole_result_in_its_order(
    articles: list[Article], client: Client, shape: str, total: int, unit: str
) -> None:
    question = f"?q=bridge{shape}&sort=newest"
    hits = [
        link
        for number in range(1, -(-total // PAGE_SIZE) + 1)
        for link in dict.fromkeys(
            re.findall(r'<h2 id="h\w+" dir="auto"><a href="(.*?)"', fetch(client, f"/{question}&page={number}"))
        )
    ]
    hits = [hit.replace("&amp;", "&") for hit in hits]
    assert len(hits) == total
    for number in (1, 2, PAGE_SIZE, PAGE_SIZE + 1, total - 1, total):
        page = fetch(client, hits[number - 1].partition("#")[0])
        assert place_on(page) == f"{number} of {total} {unit}"
        results, _, row = unescape(re.findall(r'class="back" href="(.*?)"', page)[0]).partition("#")
        assert f'id="{row}"' in fetch(client, results)
        for other, relation in ((number - 1, "prev"), (number + 1, "next")):
            step = [link for link in links(page) if link.startswith(f"/hits/{other}/")]
            assert bool(step) is (1 <= other <= total), relation
            if step:
                assert client.get(step[0])["Location"] == hits[other - 1]


def test_every_page_that_a_hit_leads_to_knows_the_way_back(few: list[Article], client: Client) -> None:
    article = few[3]
    section = article.sections.get(key="a3")
    question = "?q=bridge&sort=oldest"
    seen = set()
    todo = [f"{article.get_absolute_url()}{question}"]
    kinds = {"article", "section", "cite", "captures", "capture"}
    while todo:
        address = todo.pop()
        page = fetch(client, address)
        assert place_on(page) == f"4 of {FEW} articles", address
        assert f"/{question}#a{article.pk}" in links(page), address
        for link in (link.partition("#")[0] for link in links(page)):
            kind = _kind_of(link, article, section)
            if kind and kind not in seen:
                seen.add(kind)
                todo.append(link)
    assert kinds <= seen


def _kind_of(link: str, article: Article, section: Section) -> str:
    path, _, parameters = link.partition("?")
    if path == article.get_absolute_url():
        return "capture" if "capture=" in parameters else "article"
    if path == section.get_absolute_url():
        return "section version" if "version=" in parameters else "section"
    if path.endswith("/cite/") and path.startswith((f"/articles/{article.pk}/", section.get_absolute_url())):
        return "cite" if path.startswith("/articles") else "section cite"
    return "captures" if path == f"/articles/{article.pk}/captures/" else ""


def test_a_page_that_no_search_led_to_has_no_way_along(few: list[Article], client: Client) -> None:
    page = fetch(client, few[0].get_absolute_url())
    assert 'class="visit"' not in page
    assert not [link for link in links(page) if link.startswith("/hits/")]


@pytest.mark.parametrize("q", ["zebra", "(", "a w/0 b"])
def test_a_search_without_this_hit_still_leads_back(few: list[Article], client: Client, q: str) -> None:
    page = fetch(client, f"{few[0].get_absolute_url()}?q={q}")
    assert place_on(page) == ""
    assert any(link.startswith("/?q=") and link.endswith(f"#a{few[0].pk}") for link in links(page))


@pytest.mark.parametrize(("address", "status"), [("/hits/0/?q=bridge", 404), ("/hits/99/?q=bridge", 404),
                                                 ("/hits/1/?q=zebra", 404), ("/hits/1/?q=(", 400),
                                                 ("/hits/999999999999/?q=bridge", 404)])  # fmt: skip
def test_numbers_beyond_the_result_are_not_found(
    few: list[Article], client: Client, address: str, status: int
) -> None:
    assert client.get(address).status_code == status


def test_captures_have_pages_beside_the_page_of_the_search(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.pages.articles.MAX_CAPTURES_PER_PAGE", 1)
    article = ingest_live_page(*([entry("a", f"Bridge {number}.")] for number in range(3)))
    captures = f"/articles/{article.pk}/captures/"
    page = fetch(client, f"{captures}?q=bridge&page=1")
    assert "?part=2&q=bridge" in links(page)
    assert "Page 2 of 3" in fetch(client, f"{captures}?part=2&q=bridge&page=3")
    # An address from before has `page` alone.
    assert "Page 2 of 3" in fetch(client, f"{captures}?page=2")
