"""The places in which a page describes its article: linked data, meta elements, microdata, and the page as shown.

Each place is read once, when it is first asked for. `metadata`, the main user of this module, decides which place is
preferred and which values are valid.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from ..markup import Element, plain
from .linked_articles import LinkedArticles, value_text
from .microdata import Properties, read_microdata
from .page import Page
from .page_text import unescaped
from .shown_parts import SHOWN, ShownParts

# Where a headline may be stated besides the page as shown.
_LINKED_TITLES = ("headline", "alternativeheadline", "name")
_META_TITLES = ("og:title", "twitter:title", "title", "sailthru.title", "parsely-title")


class Places:
    """The places in which a page describes its article."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.linked = LinkedArticles(page)
        self.shown = ShownParts(page.root, self._stated_titles)

    def values(self, places: Sequence[str], *, listed: bool = False) -> Iterator[Any]:
        """Yields the values of places in their order: `ld name`, `meta name`, `micro name` or `shown name`.

        With `listed` the meta elements of one name are one list, as pages write several authors and topics.
        """
        for place in places:
            kind, _, name = place.partition(" ")
            if kind == "ld":
                yield from self.linked.values(name)
            elif kind == "meta":
                values = self.meta.get(name, [])
                yield from ([values] if listed and values else values)
            elif kind == "micro":
                # Never a list: several authors of an article in microdata are often those of its teasers.
                yield from self.microdata.get(name, [])
            else:
                yield from SHOWN[name](self.shown)

    def lines(self, places: Sequence[str]) -> Iterator[str]:
        """Yields the values of places that have text, each on one line, unescaped."""
        for value in self.values(places):
            text = value_text(value)
            if text:
                yield text

    @cached_property
    def meta(self) -> dict[str, list[str]]:
        """The content of meta elements by name, property, itemprop or http-equiv, in lower case."""
        found: dict[str, list[str]] = {}
        for element in self.page.root.iter("meta"):
            content = plain(element.get("content"))
            for attribute in ("property", "name", "itemprop", "http-equiv"):
                for name in (element.get(attribute) or "").lower().split():
                    if content:
                        found.setdefault(name, []).append(content)
        return found

    @cached_property
    def microdata(self) -> Properties:
        """The properties of the page's article in microdata, with names in lower case."""
        return read_microdata(self.page.root)

    @property
    def near_headline(self) -> list[Element]:
        """The elements in and after the headline, up to a distance."""
        return self.shown.near_headline

    @property
    def says_article(self) -> bool:
        """Whether the page calls itself an article, in linked data or OpenGraph."""
        return bool(self.linked.objects) or any(
            kind.lower().endswith("article") for kind in self.meta.get("og:type", [])
        )

    def _stated_titles(self) -> Iterator[str]:
        for name in _LINKED_TITLES:
            yield from (value_text(value) for value in self.linked.values(name))
        for name in _META_TITLES:
            yield from (unescaped(text) for text in self.meta.get(name, []))
        yield from self.microdata.get("headline", [])
