"""The XML of news agencies: finds the items of NewsML-G2, NewsML 1 and NITF documents.

A document may contain many items, each an article or a rejection. `newsml_g2`, `newsml_1` and `nitf` read them.
"""

from collections.abc import Iterator

from ...errors import ReadError
from ...items import Hints, Item
from ..input import Limits
from ..markup import Element, local_name
from ..story import Story
from ..xml_document import read_items, root_name
from . import newsml_1, newsml_g2, nitf

# Roots of documents without items -> what they are, and the cure.
_NOT_NEWS = {
    "schema": "an XML schema: it describes documents and has no news",
    "groupset": "the list of a package, which names other items; ingest those",
    "contentmeta": "metadata alone, without their text; ingest the whole item",
    "itemmeta": "metadata alone, without their text; ingest the whole item",
}
_ITEM_NAMES = frozenset(name.lower() for name in newsml_g2.ITEMS)
_ROOTS = frozenset(("newsmessage", "newsml", "nitf", "contentset")) | _ITEM_NAMES | frozenset(_NOT_NEWS)


def sniff(head: bytes, name: str) -> bool:
    """Whether the root is of NewsML or NITF, or is an XML schema, which often lies beside such documents."""
    return root_name(head) in _ROOTS


def read(raw: bytes, hints: Hints, limits: Limits) -> Iterator[Item]:
    """Yields each item of a document, or why it is not an article. Raises ReadError if there are none."""
    return read_items(raw, hints, limits, items_of=_items, story_of=_story)


def _items(root: Element) -> list[Element]:
    name = local_name(root)
    if name in _NOT_NEWS:
        raise ReadError(_NOT_NEWS[name])
    items = [root]
    if name == "newsmessage":
        items = [item for group in root.iter("{*}itemSet") for item in group if local_name(item) in _ITEM_NAMES]
    elif name == "newsml":
        items = list(root.iter("{*}NewsItem"))
    if not items:
        raise ReadError(f"a `{name}` without items in it")
    return items


def _story(item: Element, root: Element) -> tuple[Story | str, str]:
    """Returns the story of an item, or what it is if not a text; and the name of the reader."""
    if local_name(item) == "nitf":
        return nitf.story(item), nitf.READER
    if local_name(root) == "newsml":
        return newsml_1.story(item, root), newsml_1.READER
    return newsml_g2.story(item, root if root is not item else None), newsml_g2.READER
