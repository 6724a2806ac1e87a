"""The article of a page in its linked data (JSON-LD): which objects are it, and their values.

Knows schema.org's article types; the order of trust between linked data and other places is `metadata`'s. Pure; used
by the modules of `web`.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from .page import Page, canonical_urls
from .page_text import unescaped, url_path

# schema.org's types of articles, the most specific first (schema.org/Article and its subtypes).
_POSTING_TYPES = ("socialmediaposting", "blogposting", "discussionforumposting")
ARTICLE_TYPES = (
    *(
        "liveblogposting newsarticle reportagenewsarticle analysisnewsarticle backgroundnewsarticle "
        "opinionnewsarticle reviewnewsarticle askpublicnewsarticle advertisercontentarticle report satiricalarticle "
        "scholarlyarticle techarticle article"
    ).split(),
    *_POSTING_TYPES,
)

# One article has two or three objects; the rest are other articles.
_MAX_OBJECTS = 20

# How an object's address relates to the page's: a smaller number is nearer.
_SAME_ADDRESS, _NO_ADDRESS, _OTHER_ADDRESS = range(3)


class LinkedArticles:
    """The objects of a page's linked data that are its article."""

    def __init__(self, page: Page) -> None:
        self._page = page

    @cached_property
    def objects(self) -> list[dict[str, Any]]:
        """The objects that are the page's article, the nearest first, with keys in lower case.

        Pages carry the objects of other articles too; if an object has the page's address, those with
        other addresses are left out.
        """
        ranked: list[tuple[int, bool, int, dict[str, Any]]] = []
        own_path = url_path(next(canonical_urls(self._page.root), "") or self._page.hints.url)
        for number, record in enumerate(_with_main_entities(self._page.linked_data)):
            kind = _article_type(record)
            if kind:
                path = url_path(value_text(record.get("mainEntityOfPage")) or value_text(record.get("url")))
                ranked.append((_relation(path, own_path), kind in _POSTING_TYPES, number, record))
        ranked = sorted(ranked, key=lambda row: row[:3])[:_MAX_OBJECTS]
        farthest = max(_NO_ADDRESS, ranked[0][0]) if ranked else 0
        return [
            {str(key).lower(): value for key, value in record.items()}
            for relation, _, _, record in ranked
            if relation <= farthest
        ]

    def values(self, name: str) -> Iterator[Any]:
        """Yields the values of a key (in lower case), with the objects that they refer to in their place."""
        for record in self.objects:
            value = record.get(name)
            if isinstance(value, list):
                yield [self._resolved(item) for item in value]
            elif value is not None:
                yield self._resolved(value)

    def _resolved(self, value: Any) -> Any:
        if isinstance(value, dict) and "name" not in value and isinstance(value.get("@id"), str):
            return self._by_id.get(value["@id"], value)
        return value

    @cached_property
    def _by_id(self) -> dict[str, dict[str, Any]]:
        return {
            record["@id"]: record
            for record in self._page.linked_data
            if isinstance(record.get("@id"), str) and len(record) > 1
        }


def value_text(value: Any) -> str:
    """Returns a value of linked data as a line of text: itself, or its name, value or address."""
    if isinstance(value, list):
        return next((text for item in value if (text := value_text(item))), "")
    if isinstance(value, dict):
        values = (value.get(key) for key in ("name", "@value", "value", "@id", "url"))
        return next((unescaped(text) for text in values if isinstance(text, str) and text.strip()), "")
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return unescaped(value) if isinstance(value, str) else ""


def _article_type(record: Mapping[str, Any]) -> str:
    """Returns the most specific article type of an object; empty if it is no article."""
    value = record.get("@type")
    names = {str(name).rpartition("/")[2].rpartition(":")[2].lower() for name in _listed(value)}
    return next((name for name in ARTICLE_TYPES if name in names), "") if names else ""


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _relation(path: str, own_path: str) -> int:
    if not path or not own_path:
        return _NO_ADDRESS
    return _SAME_ADDRESS if path == own_path else _OTHER_ADDRESS


def _with_main_entities(records: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for record in records:
        yield record
        for key in ("mainEntity", "mainEntityOfPage"):
            entity = record.get(key)
            if isinstance(entity, dict):
                yield entity
