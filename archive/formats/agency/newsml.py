"""News agencies' XML: NewsML-G2, NewsML 1 and NITF, sniffed and opened as one.

A document may hold many items: each is an article or a rejection of its own. What `newsml_g2`, `newsml_1` and `nitf`
make of an item is theirs.
"""

from collections.abc import Iterator

from ...items import Hints, Item
from ..input import Limits
from ..markup import Element, local_name
from ..story import Story
from ..xml_document import read_items, root_name
from . import newsml_1, newsml_g2, nitf

# Roots of documents that have no items, and what they are.
_NOT_NEWS = {
    "schema": "an XML schema: it describes documents and holds no news",
    "groupset": "the list of a package, which names other items; take those in",
    "contentmeta": "metadata alone, without the text they belong to; take in the whole item",
    "itemmeta": "metadata alone, without the text they belong to; take in the whole item",
}
_ITEMS = frozenset(name.lower() for name in newsml_g2.ITEMS)
_ROOTS = frozenset(("newsmessage", "newsml", "nitf", "contentset")) | _ITEMS | frozenset(_NOT_NEWS)


def sniff(head: bytes, name: str) -> bool:
    """Whether the root is one of NewsML or NITF, or an XML schema, which often lies beside them."""
    return root_name(head) in _ROOTS


def read(raw: bytes, hints: Hints, limits: Limits) -> Iterator[Item]:
    """Yields each item of a document, or why it is no article; of a damaged one the items before the damage."""
    return read_items(raw, hints, limits, _items, _story)


def _items(root: Element) -> list[Element] | str:
    name = local_name(root)
    if name in _NOT_NEWS:
        return _NOT_NEWS[name]
    items = [root]
    if name == "newsmessage":
        items = [one for group in root.iter("{*}itemSet") for one in group if local_name(one) in _ITEMS]
    elif name == "newsml":
        items = list(root.iter("{*}NewsItem"))
    return items or f"a `{name}` without items in it"


def _story(item: Element, root: Element) -> tuple[Story | str, str]:
    """Returns what stands in an item, or what it is when no text, and the reader that read it."""
    if local_name(item) == "nitf":
        return nitf.story(item), nitf.READER
    if local_name(root) == "newsml":
        return newsml_1.story(item, root), newsml_1.READER
    return newsml_g2.story(item, root if root is not item else None), newsml_g2.READER
