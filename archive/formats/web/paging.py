"""Which page of an article this is, where an outlet divides a long article or a live page into pages.

The links to the next and the previous page decide (`rel`), if they lead to the same address except for the number of
the page: outlets mark the next article in the same way. Used by the reader of pages.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin

from ...page_addresses import first_page, page_number, page_of, parent_page
from .page import Page, canonical_urls


@dataclass(frozen=True)
class Paging:
    """The number of a page, from 1; whether another follows, None where unknown; the address of the first page."""

    number: int
    more_pages: bool | None
    first_url: str


def read_paging(page: Page, url: str, *, is_live: bool) -> Paging | None:
    """Returns which page of an article this is; None if the article is on one page, as far as is known.

    `url` is the address of the article as the page gives it, which may be that of its first page. A number in an
    address counts alone only for live pages, and where the page calls the address without it canonical.
    """
    own = page.hints.url or url
    following, previous = (list(_linked(page, rel, own)) for rel in ("next", "prev"))
    first = _first_address([url, page.hints.url], following, previous)
    after, before = (_number_of(links, first) for links in (following, previous))
    number = page_of(own) or page_of(url)
    if after and after > 1:
        return Paging(number or after - 1, True, first)
    if before and page_number(page.hints.url, first) != 1:
        return Paging(number or before + 1, False, first)
    first = first_page(own)
    if number and (is_live or any(urljoin(own, canonical) == first for canonical in canonical_urls(page.root))):
        return Paging(number, None, first_page(url))
    return None


def _first_address(addresses: Sequence[str], following: Sequence[str], previous: Sequence[str]) -> str:
    """Returns the address of the first page: that of this page without a number, as its neighbours show it."""
    for address in filter(None, addresses):
        parent = parent_page(address)
        number = page_number(address, parent) if parent else None
        for link in previous:
            if (page_number(address, link) or 1) > 1:
                return link
            if number and page_number(link, parent) == number - 1:
                return parent
        if number and any(page_number(link, parent) == number + 1 for link in following):
            return parent
    return first_page(next(filter(None, addresses), ""))


def _number_of(links: Sequence[str], first: str) -> int | None:
    """Returns the number of the neighbouring page of the same article; None if there is none."""
    return next((number for link in links if (number := page_number(link, first))), None)


def _linked(page: Page, rel: str, own: str) -> Iterator[str]:
    names = {rel, "previous"} if rel == "prev" else {rel}
    for element in page.root.iter("link", "a"):
        if names & set((element.get("rel") or "").lower().split()) and element.get("href"):
            try:
                url = urljoin(own, element.get("href", "").strip())
            except ValueError:
                continue
            yield url.partition("#")[0]
