"""Properties of articles in microdata (HTML, chapter 5). Pure; used by `places` alone."""

from collections.abc import Sequence

from lxml import etree

from ..markup import Element, plain
from .linked_articles import ARTICLE_TYPES
from .page_text import line_in

# Property -> its values, in document order.
Properties = dict[str, list[str]]

_NAMES = frozenset(("headline", "description", "datepublished", "datemodified", "author", "publisher"))
# Properties that are items of their own, of which the name is taken.
_NAMED_ITEMS = ("author", "publisher")

_has_microdata = etree.XPath("boolean(//*/@itemprop)")


def read_microdata(root: Element) -> Properties:
    """Returns the properties of the page's article, then those outside any item, with names in lower case.

    Teasers are articles too; the page's own has the most properties. O(size of the page).
    """
    if not _has_microdata(root):
        return {}
    loose, articles = _read_items(root)
    own = max(articles, key=len, default={})
    return {name: own.get(name, []) + loose.get(name, []) for name in (*own, *loose)}


def _read_items(root: Element) -> tuple[Properties, list[Properties]]:
    """Returns the properties outside any item, and those of each item that is an article."""
    loose: Properties = {}
    articles: list[Properties] = []
    # Each open item: its element, where its properties go (None for items of other types), its own property's name.
    open_items: list[tuple[Element, Properties | None, str]] = [(None, loose, "")]
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "end":
            if open_items[-1][0] is element:
                open_items.pop()
            continue
        property_names = element.get("itemprop")
        starts_item = element.get("itemscope") is not None
        if property_names is None and not starts_item:
            continue
        names = (property_names or "").lower().split()
        _, properties, named_item = open_items[-1]
        if not starts_item:
            if properties is not None and names:
                _add_value(properties, names, named_item, element)
            continue
        name = next((name for name in names if name in _NAMED_ITEMS), "")
        kind = (element.get("itemtype") or "").rpartition("/")[2].lower()
        if properties is not None and name and not named_item:
            open_items.append((element, properties, name))
        elif kind in ARTICLE_TYPES:
            articles.append({})
            open_items.append((element, articles[-1], ""))
        elif kind.endswith("webpage"):
            open_items.append((element, loose, ""))
        else:
            open_items.append((element, None, ""))
    return loose, articles


def _add_value(properties: Properties, names: Sequence[str], named_item: str, element: Element) -> None:
    """Adds the value of an element; within a named item its `name` is the value of that item's property."""
    if named_item:
        wanted = frozenset([named_item] if "name" in names else [])
    else:
        wanted = _NAMES.intersection(names)
    text = (plain(element.get("content") or element.get("datetime")) or line_in(element)) if wanted else ""
    if text:
        for name in wanted:
            properties.setdefault(name, []).append(text)
