"""An XML document of items: its root's name told from its beginning, its encoding settled, its tree, its items.

Used by the formats that are XML but not feeds; knows no format. Names of elements are matched without their
namespaces, which senders declare, forget and invent. The evidence of an item that is alone is the document, byte for
byte; of one among several it is the item's element, serialised with the namespaces that it uses and no others, so
that the same item in another document is the same bytes.
"""

import copy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.entities import html5
from itertools import pairwise

from lxml import etree

from ..items import Hints, Item, Rejected
from .input import Limits, clean, decode_page, removed_note
from .markup import Element, MarkupError, parse_xml
from .story import Evidence, Story, article

# How UTF-16 begins: with its mark or, as XML may, without.
_WIDE = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"))

_SPACE = re.compile(r"\s*")
_BEFORE_ROOT = (("<?", "?>"), ("<!--", "-->"))
_DOCTYPE = re.compile(r"<!DOCTYPE\s+([\w.:-]{1,200})[^>\[]*(\[)?", re.IGNORECASE)
_AFTER_SUBSET = re.compile(r"\]\s*>?")
_ROOT = re.compile(r"<((?:[^\W\d][\w.-]{0,100}:)?[^\W\d][\w.-]{0,100})")

# A declaration speaks of the bytes, which by then are text.
_DECLARATION = re.compile(r"<\?xml\s[^>]{0,300}\?>")

# Names of characters that HTML knows and XML learns from a document type, which is never fetched.
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_XML_NAMES = frozenset(("amp", "lt", "gt", "quot", "apos"))


@dataclass(frozen=True)
class Opened:
    """A document's tree; `damage` says why it is not all there, at `line`, when it was read on past an error."""

    root: Element
    problems: tuple[str, ...]
    damage: str = ""
    line: int = 0


def root_name(head: bytes) -> str:
    """Returns the name of the root element, in lower case and without prefix, as the beginning of a document tells it.

    What may stand before it is passed over: a byte order mark, declarations, comments, a document type. Empty for
    what is no markup, and where the beginning is too short to tell; O(its length).
    """
    wide = next((name for begin, name in _WIDE if head.startswith(begin)), "")
    text = head.decode(wide or "utf-8", "replace").removeprefix("\ufeff")
    at, named = 0, ""
    while True:
        at = _end_of_space(text, at)
        if root := _ROOT.match(text, at):
            return _local(root[1])
        close = next((close for opening, close in _BEFORE_ROOT if text.startswith(opening, at)), "")
        if doctype := _DOCTYPE.match(text, at):
            # Its name is the root's; one subset that is longer than the beginning hides the root itself.
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
    items_of: Callable[[Element], list[Element] | str],
    story_of: Callable[[Element, Element], tuple[Story | str, str]],
) -> Iterator[Item]:
    """Yields each item of a document, or why it is no article; of a damaged one the items before the damage.

    `items_of` returns the items under a root, or why there are none; `story_of` what stands in one (of the document
    with that root), or why it is none, and the reader that read it.
    """
    opened = open_xml(raw, hints, limits)
    found = items_of(opened.root)
    items = [] if isinstance(found, str) else found
    alone = len(items) == 1
    for number, item in enumerate(_whole_before(items, opened.line) if opened.damage else items, start=1):
        locator = "" if alone else f"item {number}"
        story, reader = story_of(item, opened.root)
        if isinstance(story, str):
            yield Rejected(locator, story)
            continue
        evidence = Evidence(raw if alone else _serialised(item), "application/xml", reader, locator)
        yield article(story | Story(problems=opened.problems), evidence, hints)
    if opened.damage:
        yield Rejected(f"line {opened.line}", f"{opened.damage}; what follows was not read")
    elif isinstance(found, str):
        yield Rejected("", found)


def open_xml(raw: bytes, hints: Hints, limits: Limits) -> Opened:
    """Returns the tree of a document, with what was wrong with its characters.

    The encoding is settled as for web pages (see `decode_page`): a declaration that the bytes belie is set aside.
    What is not well-formed is read on as far as it goes, and told as `damage`: what stands after it is not to be
    trusted. Raises MarkupError where there is nothing to trust, and for entities of its own.
    """
    wide = next((name for begin, name in _WIDE[2:] if raw.startswith(begin)), "")
    text, note = (raw.decode(wide, "replace"), "") if wide else decode_page(raw, hints.charset)
    text, removed = clean(text)
    problems = [note] if note else []
    if removed:
        problems.append(removed_note(removed))
    if declaration := _DECLARATION.match(text, _end_of_space(text, 0)):
        # Its line ends stay, so that lines keep their numbers.
        text = "\n" * text.count("\n", 0, declaration.end()) + text[declaration.end() :]
    data = _NAMED.sub(_character, text).encode()
    if data.count(b"<") > limits.max_tags:
        raise MarkupError(f"more than {limits.max_tags:,} tags; split it into its items")
    try:
        return Opened(parse_xml(data), tuple(problems))
    except MarkupError as error:
        if not error.line:
            raise
        damage = error
    try:
        root = parse_xml(data, recover=True)
    except MarkupError:
        raise damage from None
    return Opened(root, tuple(problems), str(damage), damage.line)


def _whole_before(elements: list[Element], line: int) -> list[Element]:
    """Returns the elements that end before a line, as the beginning of the next one proves."""
    return [one for one, following in pairwise(elements) if following.sourceline <= line]


def _serialised(element: Element) -> bytes:
    """Returns an element as a document of its own, with the namespaces that it uses and no others, in UTF-8."""
    alone = copy.deepcopy(element)
    alone.tail = None
    etree.cleanup_namespaces(alone)
    data: bytes = etree.tostring(alone, encoding="utf-8")
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
