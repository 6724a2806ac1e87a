"""News agencies' XML: NewsML-G2, NewsML 1 and NITF, sniffed and opened as one.

A document may hold many items: each is an article or a rejection of its own. The evidence of an item that is alone
is the document, byte for byte; of one among several it is the item's element, serialised with the namespaces that
it uses and no others, so that the same item in another message is the same bytes. What `newsml_g2`, `newsml_1` and
`nitf` make of an item is theirs.
"""

from collections.abc import Iterator
from typing import BinaryIO

from ..items import Hints, Item, Rejected
from . import newsml_1, newsml_g2, nitf
from .limits import read_whole
from .markup import Element, MarkupError, local_name
from .wire import Evidence, Story, article
from .xml_document import open_xml, root_name, serialised, whole_before

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


def read(stream: BinaryIO, hints: Hints) -> Iterator[Item]:
    """Yields each item of a document, or why it is no article; of a damaged one the items before the damage."""
    raw = read_whole(stream, what="message", cure="split it into items")
    if isinstance(raw, Rejected):
        yield raw
        return
    try:
        opened = open_xml(raw, hints)
    except MarkupError as error:
        yield Rejected(f"line {error.line}" if error.line else "", str(error))
        return
    name = local_name(opened.root)
    if name in _NOT_NEWS:
        yield Rejected("", _NOT_NEWS[name])
        return
    items = _items(opened.root)
    whole = whole_before(items, opened.line) if opened.damage else items
    for number, item in enumerate(whole, start=1):
        alone = len(items) == 1
        locator = "" if alone else f"item {number}"
        found, reader = _story(item, opened.root)
        if isinstance(found, str):
            yield Rejected(locator, found)
            continue
        evidence = Evidence(raw if alone else serialised(item), "application/xml", reader, locator)
        yield article(found | Story(problems=opened.problems), evidence, hints)
    if opened.damage:
        yield Rejected(f"line {opened.line}", f"{opened.damage}; what follows was not read")
    elif not items:
        yield Rejected("", f"a `{name}` without items in it")


def _items(root: Element) -> list[Element]:
    name = local_name(root)
    if name == "newsmessage":
        return [one for group in root.iter("{*}itemSet") for one in group if local_name(one) in _ITEMS]
    if name == "newsml":
        return list(root.iter("{*}NewsItem"))
    return [root]


def _story(item: Element, root: Element) -> tuple[Story | str, str]:
    """Returns what stands in an item, or what it is when no text, and the reader that read it."""
    if local_name(item) == "nitf":
        return nitf.story(item), nitf.READER
    if local_name(root) == "newsml":
        return newsml_1.story(item, root), newsml_1.READER
    return newsml_g2.story(item, root if root is not item else None), newsml_g2.READER
