"""XML documents of items: the name of the root from their beginning, their tree in any encoding, and their items.

Knows no format; used by the formats that are XML, except feeds. Names of elements are compared without namespaces,
which senders declare, forget and invent. The evidence of a single item is the whole document, byte for byte. Of an
item among several it is the element, serialised with the namespaces that it uses and no others, so that the same item
in another document has the same bytes.
"""

import copy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.entities import html5
from itertools import pairwise

from lxml import etree

from ..errors import ReadError
from ..items import Hints, Item, Rejected
from .input import Limits, as_utf8, clean, decode_page, removed_note
from .markup import Element, MarkupError, parse_xml
from .story import Evidence, Story, build_article

_SPACE = re.compile(r"\s*")
_BEFORE_ROOT = (("<?", "?>"), ("<!--", "-->"))
_DOCTYPE = re.compile(r"<!DOCTYPE\s+([\w.:-]{1,200})[^>\[]*(\[)?", re.IGNORECASE)
_AFTER_SUBSET = re.compile(r"\]\s*>?")
_ROOT = re.compile(r"<((?:[^\W\d][\w.-]{0,100}:)?[^\W\d][\w.-]{0,100})")

# A declaration is about the bytes, which are decoded already.
_DECLARATION = re.compile(r"<\?xml\s[^>]{0,300}\?>")

# Named characters of HTML. XML takes them from a document type, which is never fetched.
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_XML_NAMES = frozenset(("amp", "lt", "gt", "quot", "apos"))


@dataclass(frozen=True)
class XmlDocument:
    """The tree of a document. `damage` says why it is incomplete from `line` on, if the parser recovered."""

    root: Element
    problems: tuple[str, ...]
    damage: str = ""
    line: int = 0


def root_name(head: bytes) -> str:
    """Returns the name of the root element, in lower case and without prefix, from the beginning of a document.

    Skips what may precede it: a byte order mark, declarations, comments, a document type. Empty for anything else
    than markup, and if the beginning is too short; O(its length).
    """
    text = as_utf8(head).decode("utf-8", "replace").removeprefix("\ufeff")
    at, named = 0, ""
    while True:
        at = _end_of_space(text, at)
        if root := _ROOT.match(text, at):
            return _local(root[1])
        close = next((close for opening, close in _BEFORE_ROOT if text.startswith(opening, at)), "")
        if doctype := _DOCTYPE.match(text, at):
            # It has the name of the root. If its subset is longer than the beginning, the root itself is not seen.
            named = _local(doctype[1])
            subset = _AFTER_SUBSET.search(text, doctype.end()) if doctype[2] else None
            end = subset.end() if subset else -1 if doctype[2] else text.find(">", at) + 1
        else:
            end = text.find(close, at) + len(close) if close and text.find(close, at) >= 0 else -1
        if end <= at:
            return named
        at = end


def read_items(
    raw: bytes,
    hints: Hints,
    limits: Limits,
    *,
    items_of: Callable[[Element], list[Element]],
    story_of: Callable[[Element, Element], tuple[Story | str, str]],
) -> Iterator[Item]:
    """Yields each item of a document, or why it is not an article; of a damaged document the items before the damage.

    `items_of` returns the items under a root, or raises ReadError if there are none. `story_of` gets an item and the
    root; it returns the story, or why the item is not an article, and the name of the reader.
    """
    document = open_xml(raw, hints, limits)
    try:
        items = items_of(document.root)
    except ReadError:
        if not document.damage:
            raise
        items = []
    is_single = len(items) == 1
    whole = _whole_before(items, document.line) if document.damage else items
    for number, item in enumerate(whole, start=1):
        locator = "" if is_single else f"item {number}"
        story, reader = story_of(item, document.root)
        if isinstance(story, str):
            yield Rejected(locator, story)
            continue
        evidence = Evidence(raw if is_single else _serialised(item), "application/xml", reader, locator)
        yield build_article(story | Story(problems=document.problems), evidence, hints)
    if document.damage:
        yield Rejected(f"line {document.line}", f"{document.damage}; what follows was not read", rest_unread=True)


def open_xml(raw: bytes, hints: Hints, limits: Limits) -> XmlDocument:
    """Returns the tree of a document, with the problems of its characters.

    The encoding is found as for web pages (see `decode_page`): a wrong declaration is ignored. A document that is not
    well-formed is parsed as far as possible, and described in `damage`; nothing after the damage is reliable. Raises
    MarkupError if nothing is, or if the document declares entities.
    """
    text, note = decode_page(raw, hints.charset)
    text, removed = clean(text)
    problems = [note] if note else []
    if removed:
        problems.append(removed_note(removed))
    if declaration := _DECLARATION.match(text, _end_of_space(text, 0)):
        # Its line ends remain, so that lines keep their numbers.
        text = "\n" * text.count("\n", 0, declaration.end()) + text[declaration.end() :]
    data = _NAMED.sub(_character, text).encode()
    if data.count(b"<") > limits.max_tags:
        raise MarkupError(f"more than {limits.max_tags:,} tags; split it into its items")
    try:
        return XmlDocument(parse_xml(data), tuple(problems))
    except MarkupError as error:
        if not error.line:
            raise
        damage = error
    try:
        root = parse_xml(data, recover=True)
    except MarkupError:
        raise damage from None
    return XmlDocument(root, tuple(problems), str(damage), damage.line)


def _whole_before(elements: list[Element], line: int) -> list[Element]:
    """Returns the elements that end before a line: those whose next element begins at the line or before it."""
    return [element for element, following in pairwise(elements) if following.sourceline <= line]


def _serialised(element: Element) -> bytes:
    """Returns an element as a document in UTF-8, with the namespaces that it uses and no others."""
    root = copy.deepcopy(element)
    root.tail = None
    etree.cleanup_namespaces(root)
    data: bytes = etree.tostring(root, encoding="utf-8")
    return data


def _end_of_space(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return space.end() if space else at


def _local(name: str) -> str:
    return name.rpartition(":")[2].lower()


def _character(match: "re.Match[str]") -> str:
    if match[1] in _XML_NAMES:
        return match[0]
    character = html5.get(f"{match[1]};", match[0])
    return f"&#{ord(character)};" if character in ("<", "&", ">") else character
