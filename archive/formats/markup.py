"""Markup: HTML and XML parsed safely, and the headings and paragraphs in a tree.

Fetches nothing, expands no entities except those of HTML and XML themselves, and walks trees without recursion, so
that depth costs time and never the stack. Knows no format; used by every format that is markup.
"""

import html
import re
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lxml import etree
from lxml.html import HtmlElement  # which trafilatura takes without parsing it again

from ..errors import ReadError
from .input import clean, clean_utf8
from .long_tags import shorten_tags

# An element of lxml, which has no types of its own.
Element = Any

# Elements that close a paragraph where they begin and end (HTML, 4.3 and 4.4; CSS display: block and its kin).
_BLOCKS = frozenset(
    (
        "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption "
        "figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr li main nav ol p pre section summary table tbody td "
        "tfoot th thead tr ul"
    ).split()
)
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))

# Elements whose content is not words of the page.
UNREAD = frozenset(
    (
        "script style noscript template svg math iframe object embed canvas audio video button select textarea "
        "input head title nav"
    ).split()
)

# libxml2 stops at 256 levels by default. Pages of content systems have more, and bombs have far more than this.
_MAX_DEPTH_LEVELS = 2_000

_BREAKS = re.compile(r"\n[^\S\n]*\n\s*")
# Blanks without width, which Python does not count as blanks.
_THIN_BLANKS = str.maketrans("\u200b\ufeff", "  ")


# References to surrogates, which old software writes for emoji, and to NUL. When libxml2 recovers from them, it makes
# invalid UTF-8, for which lxml raises UnicodeDecodeError, or it drops the whole text.
_INVALID_REFERENCES = re.compile(rb"(?:&#(?:x(?:0+|0*d[89a-f][0-9a-f]{2})|0+|0*5[5-7][0-9]{3});)+", re.IGNORECASE)


class MarkupError(ReadError):
    """Markup that cannot be parsed; `line` is 0 if it is not known."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason, f"line {line}" if line else "")
        self.line = line


@dataclass(frozen=True)
class Block:
    """A heading or a paragraph: its words on one line, and the element in which it begins."""

    text: str
    is_heading: bool
    element: Element


def parse_html(text: str | bytes) -> Element:
    """Returns the root element of a page or fragment, however broken. Bytes are UTF-8.

    Raises MarkupError if there is no element.
    """
    root, _ = parse_page(text)
    return root


def parse_page(text: str | bytes) -> tuple[Element, str]:
    """Returns what `parse_html` returns, and a note on what was left out of it, which may be empty."""
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=True, remove_comments=True, remove_pis=True, recover=True
    )
    # One class for all elements: lxml.html chooses a class by name, in Python, for each element.
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=HtmlElement))
    try:
        data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
        data, note = shorten_tags(clean_utf8(data))
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise MarkupError(f"no HTML that can be read: {error}") from None
    if root is None:
        raise MarkupError("no HTML in it")
    _check_depth(root)
    _end_head(root)
    return root, note


# What may stand in the head of a page (HTML Living Standard, 13.2.6.4.4). Any other tag begins the body.
_HEAD_TAGS = frozenset("base basefont bgsound link meta title noscript noframes style script template".split())


def _end_head(root: Element) -> None:
    """Moves into the body what begins it: without a body tag, libxml2 leaves an article element in the head."""
    head = root.find("head")
    if head is None:
        return
    children = list(head)
    start = next((index for index, child in enumerate(children) if child.tag not in _HEAD_TAGS), None)
    if start is None:
        return
    body = root.find("body")
    if body is None:
        body = etree.SubElement(root, "body")
    for index, child in enumerate(children[start:]):
        body.insert(index, child)


def parse_xml(data: bytes, *, recover: bool = False) -> Element:
    """Returns the root element of an XML document in UTF-8.

    Raises MarkupError, with the line if it is known, also for a document that declares entities. `recover` continues
    after markup that is not well-formed. References to invalid characters are replaced first.
    """
    data = _INVALID_REFERENCES.sub(_valid_characters, data)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        recover=recover,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        reason = getattr(error, "msg", None) or error  # without the name that the parser has for bytes, "<string>"
        raise MarkupError(f"not well-formed XML: {reason}", getattr(error, "lineno", None) or 0) from None
    if root is None:
        raise MarkupError("no XML in it")
    subset = root.getroottree().docinfo.internalDTD
    if subset is not None and any(True for _ in subset.iterentities()):
        raise MarkupError("it declares entities of its own, which the archive does not expand")
    _check_depth(root)
    return root


def _valid_characters(match: re.Match[bytes]) -> bytes:
    """Returns the characters of surrogate pairs, and U+FFFD for lone surrogates and NUL, as in HTML."""
    numbers = [reference.removesuffix(b";") for reference in match[0].split(b"&#")[1:]]
    codes = [int(number[1:], 16) if number[:1] in b"xX" else int(number) for number in numbers]
    text = "".join(chr(code or 0xFFFD) for code in codes)
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()


def blocks(
    root: Element,
    *,
    unread: Set[str] = UNREAD,
    left_out: Callable[[Element], bool] | None = None,
    headings: Set[str] = HEADINGS,
    also: Set[str] = frozenset(),
) -> Iterator[Block]:
    """Yields the headings and paragraphs under an element, in order; O(its size).

    One line break is a blank, two separate paragraphs. Elements with a name in `unread`, or for which `left_out` is
    true, are left out with everything in them. `headings` and `also` are the names of elements that are headings, and
    that close a paragraph. (One function of 64 lines: it is the hot loop of every page.)
    """
    closing = _BLOCKS | headings | also
    words: list[str] = []
    begun: list[Element] = []
    heading: Element = None

    def flush() -> Iterator[Block]:
        joined = "".join(words)
        words.clear()
        for part in _BREAKS.split(joined) if joined and not joined.isspace() else ():
            text = plain(part)
            if text:
                yield Block(text, heading is not None, heading if heading is not None else begun[-1])

    skipped: Element = None
    for event, element in etree.iterwalk(root, events=("start", "end")):
        name = local_name(element)
        if skipped is not None:
            if event == "end" and element is skipped:
                skipped = None
                if element is not root and (text := element.tail):
                    words.append(_one_line(text))
            continue
        if event == "start":
            if element is not root and (name in unread or (left_out is not None and left_out(element))):
                if words and name in closing:
                    yield from flush()
                skipped = element
                continue
            if name in closing:
                if words:
                    yield from flush()
                begun.append(element)
                if heading is None and name in headings:
                    heading = element
            elif not begun:
                begun.append(element)
            if name == "br":
                words.append("\n")
            elif text := element.text:
                words.append(_one_line(text))
        else:
            if name in closing:
                if words:
                    yield from flush()
                if begun.pop() is heading:
                    heading = None
            if element is not root and (text := element.tail):
                words.append(_one_line(text))
    if words and begun:
        yield from flush()


def paragraphs(markup: str, *, unread: Set[str] = UNREAD) -> tuple[str, ...]:
    """Returns the paragraphs and headings of an HTML fragment, which may be empty."""
    if not markup.strip():
        return ()
    try:
        return tuple(block.text for block in blocks(parse_html(f"<body>{markup}</body>"), unread=unread))
    except MarkupError:
        return ()


def plain(text: str | None) -> str:
    """Returns text on one line: each run of blanks is one blank, and unprintable characters are removed."""
    if not text:
        return ""
    if text.isprintable():
        # Most text is printable, so that its only blank is the space and there is nothing to clean.
        return " ".join(text.split()) if "  " in text else text.strip()
    cleaned, _ = clean(text)
    if "\u200b" in cleaned or "\ufeff" in cleaned:
        cleaned = cleaned.translate(_THIN_BLANKS)
    return " ".join(cleaned.split())


_NOT_LETTERS = re.compile(r"[\W_]+")


def letters_of(text: str) -> str:
    """Returns the letters and digits of a text; spaces, quotation marks and dashes make no difference."""
    return _NOT_LETTERS.sub("", text)


# A reference to a character with its semicolon. `unescape` resolves some without it too, as browsers do.
REFERENCE = re.compile(r"&(?:#\d+|#[xX][0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*);")


def unescape(text: str) -> str:
    """Returns text with its references to characters resolved once, as in HTML."""
    if "&" not in text:
        return text
    # Resolving each distinct reference once is faster than `html.unescape`: most texts repeat a few.
    for reference in set(REFERENCE.findall(text)):
        text = text.replace(reference, _character(reference))
    return html.unescape(text) if "&" in text else text


@lru_cache(maxsize=1024)
def _character(reference: str) -> str:
    """Returns the character of a reference; the reference itself if its character may begin another, like `&`."""
    character = html.unescape(reference)
    return character if character in ("'", '"', "<", ">") or not character.isascii() else reference


def words_of(element: Element) -> str:
    """Returns all words under an element, on one line."""
    return plain("".join(element.itertext()))


def opening_words(element: Element, min_chars: int) -> str:
    """Returns the first words under an element on one line: all if they are short, else a few more than `min_chars`.

    For elements that may have a whole page in them; O(min_chars).
    """
    parts: list[str] = []
    for part in element.itertext():
        parts.append(part)
        min_chars -= len(part)
        if min_chars < 0:
            break
    return plain("".join(parts))


def words_at(element: Element, path: str) -> tuple[str, ...]:
    """Returns the words of each element at a path, one line each."""
    return tuple(words_of(found) for found in element.findall(path))


def local_name(element: Element) -> str:
    """Returns the name of an element without its namespace, in lower case; empty for comments and the like."""
    tag = element.tag
    return _without_namespace(tag) if isinstance(tag, str) else ""


# Called several times for every element. A page has a few dozen names; the limit is for pages made to fill memory.
@lru_cache(maxsize=1024)
def _without_namespace(tag: str) -> str:
    return tag.rpartition("}")[2].lower()


def _one_line(text: str) -> str:
    """Returns text with its line ends as blanks; the only line ends that remain are the breaks that `blocks` adds."""
    return text.replace("\n", " ").replace("\r", " ")


# Depth is checked in steps of this many levels; few pages need a second step.
_STEP_LEVELS = 100
_below = etree.XPath("/".join(["*"] * _STEP_LEVELS))


def _check_depth(root: Element) -> None:
    elements = [root]
    for _ in range(_MAX_DEPTH_LEVELS // _STEP_LEVELS):
        elements = [deeper for element in elements for deeper in _below(element)]
        if not elements:
            return
    raise MarkupError(f"nested more than {_MAX_DEPTH_LEVELS:,} levels deep")
