"""Which page of an article this is, where an outlet divides a long article or a live page into pages.

The links to the next and the previous page decide (`rel`), if they lead to the same address but for the number of the
page: outlets mark the next article in the same way. Used by the reader of pages.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from ...page_addresses import first_page, page_of
from .page import Page, canonical_urls


@dataclass(frozen=True)
class Paging:
    """The number of a page, from 1; whether another follows, None where unknown; the address of the first page."""

    number: int
    more_pages: bool | None
    first_url: str


def read_paging(page: Page, url: str, *, is_live: bool) -> Paging | None:
    """Returns which page of an article this is; None if the article is on one page, as far as is known.

    `url` is the address of the article as the page gives it. A number in an address counts alone only for live pages,
    and where the page calls the address without it canonical.
    """
    own = page.hints.url or url
    first = first_page(own or url)
    next_page, previous = (_tied(page, rel, own, first) for rel in ("next", "prev"))
    number = page_of(own) or page_of(url)
    if next_page or previous:
        if previous:
            number = number or (page_of(previous) or 1) + 1
        return Paging(number or 1, bool(next_page), first_page(url))
    if number and (is_live or any(urljoin(own, canonical) == first for canonical in canonical_urls(page.root))):
        return Paging(number, None, first_page(url))
    return None


def _tied(page: Page, rel: str, own: str, first: str) -> str:
    """Returns the address of a neighbouring page of the same article; empty if there is none."""
    return next((url for url in _linked(page, rel, own) if first_page(url) == first and url != own), "")


def _linked(page: Page, rel: str, own: str) -> Iterator[str]:
    names = {rel, "previous"} if rel == "prev" else {rel}
    for element in page.root.iter("link", "a"):
        if names & set((element.get("rel") or "").lower().split()) and element.get("href"):
            try:
                url = urljoin(own, element.get("href", "").strip())
            except ValueError:
                continue
            yield url.partition("#")[0]
