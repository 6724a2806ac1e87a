"""Which page of an article a page is, by its links and its address."""

import pytest

from archive.formats.web.page import open_page
from archive.formats.web.paging import Paging, read_paging
from archive.items import Hints

FLOOD = "https://courier.example/flood"
LONG = "https://courier.example/flood-in-brunholt"


def read(url: str, hint: str = "", *, live: bool = True, canonical: str = "", **links: str) -> Paging | None:
    """Reads a page that gives this as its address, with links to its neighbours."""
    tags = [f'<link rel="{rel}" href="{href}">' for rel, href in links.items()]
    tags += [f'<link rel="canonical" href="{canonical}">'] if canonical else []
    raw = f"<!doctype html><html><head>{''.join(tags)}</head><body><p>Flood</p></body></html>".encode()
    return read_paging(open_page(raw, Hints("a.html", url=hint)), url, is_live=live)


@pytest.mark.parametrize("live", [True, False])
@pytest.mark.parametrize("style", ["?page={}", "/page/{}", "/seite-{}/", "?p={}", "/{}"])
def test_links_to_the_neighbours_number_the_pages(style: str, live: bool) -> None:
    second, third, fourth = (LONG + style.format(number) for number in (2, 3, 4))
    assert read(LONG, LONG, live=live, next=second) == Paging(1, True, LONG)
    assert read(second, second, live=live, prev=LONG, next=third) == Paging(2, True, LONG)
    assert read(second, second, live=live, prev=LONG) == Paging(2, False, LONG)
    if style != "?p={}":  # a parameter of another name counts only beside an address without it
        assert read(third, third, live=live, previous=second, next=fourth) == Paging(3, True, LONG)
        assert read(third, third, live=live, prev=second) == Paging(3, False, LONG)


@pytest.mark.parametrize("hinted", [True, False])
def test_pages_that_call_the_first_canonical_are_numbered_by_their_links(hinted: bool) -> None:
    def hint(number: int) -> str:
        return f"{FLOOD}?page={number}" if hinted else ""

    assert read(FLOOD, next="?page=2") == Paging(1, True, FLOOD)
    assert read(FLOOD, hint(2), prev=FLOOD, next="?page=3") == Paging(2, True, FLOOD)
    assert read(FLOOD, hint(3), prev="?page=2") == Paging(3, False, FLOOD)
    assert read(FLOOD, hint(2), prev="/flood") == Paging(2, False, FLOOD)


def test_addresses_may_be_written_in_several_ways() -> None:
    assert read(FLOOD, "http://www.courier.example/flood/?utm_source=x", next=f"{FLOOD}?page=2") == Paging(
        1, True, FLOOD
    )
    assert read("", FLOOD, next="/flood/page/2") == Paging(1, True, FLOOD)


@pytest.mark.parametrize("link", ["/fire", "/flood-2", "/flood/2025", "/", "?id=4711", "/flood", "http://[broken"])
@pytest.mark.parametrize("rel", ["next", "prev"])
def test_the_next_article_is_no_page_of_this_one(rel: str, link: str) -> None:
    assert read(FLOOD, FLOOD, live=False, **{rel: link}) is None


def test_articles_with_consecutive_numbers_are_no_pages() -> None:
    site = "https://courier.example"
    for own, before in (("/news/12", "/news/11"), ("/2025/06/03", "/2025/06/02"), ("/a?id=3", "/a?id=2")):
        assert read(site + own, site + own, live=False, prev=site + before, next=site + own[:-1] + "4") is None


def test_a_number_in_the_address_counts_for_live_pages_and_beside_a_canonical_address() -> None:
    second = f"{FLOOD}?page=2"
    assert read(second) == Paging(2, None, FLOOD)
    assert read(FLOOD, second) == Paging(2, None, FLOOD)
    assert read(second, live=False) is None
    assert read(second, live=False, canonical=FLOOD) == Paging(2, None, FLOOD)
    assert read(FLOOD, FLOOD) is None
