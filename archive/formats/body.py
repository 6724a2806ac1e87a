"""The body of an article: headings and paragraphs, read from markup or from plain text, and joined to sections.

Owns how plain text that was broken at a column is put together again. Knows no format: a reader finds the body in its
document. Used by the readers of agency formats, feeds, records and plain text.
"""

import re
from collections.abc import Iterable, Set
from dataclasses import dataclass
from itertools import pairwise

from ..items import SectionItem
from .markup import HEADINGS, UNREAD, Element, MarkupError, blocks, local_name, parse_html, plain


@dataclass(frozen=True)
class Line:
    """A heading or a paragraph of a body."""

    text: str
    is_heading: bool = False


def sections_of(lines: Iterable[Line]) -> tuple[SectionItem, ...]:
    """Returns the sections of a body: each heading with the paragraphs under it, first the lead without a heading."""
    parts: list[tuple[str, list[str]]] = [("", [])]
    for line in lines:
        if line.is_heading:
            parts.append((line.text, []))
        else:
            parts[-1][1].append(line.text)
    return tuple(SectionItem(tuple(paragraphs), heading) for heading, paragraphs in parts if heading or paragraphs)


# Classes of paragraphs that are headings, in the dialects that have no element for a heading.
_HEADING_CLASSES = frozenset(
    "hl2 subhead subheading subheader crosshead crosshead1 intertitle mellomtittel mellanrubrik mellemrubrik "
    "zwischentitel zwischenzeile zwischenueberschrift ladillo intertitre".split()
)


def markup_lines(
    root: Element,
    *,
    unread: Set[str] = frozenset(),
    headings: Set[str] = frozenset(),
    also: Set[str] = frozenset(),
) -> tuple[Line, ...]:
    """Returns the headings and paragraphs under an element, without pictures and their captions; O(its size).

    An XHTML header with the headline repeats the metadata and is left out. Lines that were broken within an element,
    as on the wire, are joined (see `text_lines`). The options are those of `blocks`.
    """
    ignored: set[Element] = set()
    for header in root.iter("{*}header"):
        if header not in ignored and next(header.iter("{*}h1"), None) is not None:
            ignored.update(header.iter())
    lines: list[Line] = []
    for block in blocks(root, unread=UNREAD | {"figure"} | unread, headings=HEADINGS | headings, also=also):
        if block.element in ignored:
            continue
        is_heading = block.is_heading or not _HEADING_CLASSES.isdisjoint(
            block.element.get("class", "").lower().split()
        )
        raw = "" if is_heading else _with_line_breaks(block.element)
        if raw and (_is_indented(raw) or local_name(block.element) == "pre") and plain(raw) == block.text:
            lines.extend(text_lines(raw))
        else:
            lines.append(Line(block.text, is_heading))
    return tuple(lines)


def _with_line_breaks(element: Element) -> str:
    """Returns the text under an element with its line breaks; empty if it has none."""
    text = "".join(element.itertext())
    if "\n" not in text.strip():
        return ""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def html_lines(markup: str) -> tuple[Line, ...]:
    """Returns the headings and paragraphs of an HTML page or fragment; none if it cannot be parsed."""
    if not markup.strip():
        return ()
    try:
        root = parse_html(markup)
    except MarkupError:
        return ()
    body = root.find("body")
    return markup_lines(root if body is None else body)


# A body that has such a tag at its beginning is HTML, escaped or in a character field.
_HTML_TAG = re.compile(r"<(?:p|br|div|h\d|html|body)\b[^>]*>", re.IGNORECASE)
_MAX_SNIFFED_CHARS = 2_000


def character_lines(text: str) -> tuple[Line, ...]:
    """Returns the headings and paragraphs of a body in a character field, which may be HTML or plain text."""
    return html_lines(text) if _HTML_TAG.search(text[:_MAX_SNIFFED_CHARS]) else text_lines(text)


# How the items of a list begin, and notes under a text that are marked as in Markdown.
_ITEM_MARKS = ("- ", "* ", "• ", "– ", "#")

# Lines that were broken at a column are at most this long.
MAX_WRAPPED_LINE_CHARS = 100


def text_lines(text: str) -> tuple[Line, ...]:
    """Returns the paragraphs of a plain-text body, joined again if its lines were broken at a column.

    A paragraph begins after a blank line, or at an indented line if others begin at the margin. Without either, or
    if a line is longer than any column, each line is a paragraph. Each item of a list is a paragraph.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    indented = _is_indented(text)
    if not (indented or _is_spaced(lines)):
        return tuple(Line(line) for line in map(plain, lines) if line)
    paragraphs: list[list[str]] = [[]]
    item_indent: int | None = None
    for line in lines:
        words, indent = plain(line), len(line) - len(line.lstrip())
        begins_item = words.startswith(_ITEM_MARKS) and (item_indent is not None or not paragraphs[-1])
        # A line that is indented further than the mark of its item continues the item.
        begins_paragraph = indented and indent > 0 and (item_indent is None or indent <= item_indent)
        if not words or begins_item or begins_paragraph:
            paragraphs.append([])
            item_indent = indent if words.startswith(_ITEM_MARKS) else None
        if words:
            paragraphs[-1].append(words)
    return tuple(Line(" ".join(paragraph)) for paragraph in paragraphs if paragraph)


def _is_indented(text: str) -> bool:
    """Whether lines are broken at a column and the indent alone marks paragraphs."""
    first, *rest = text.split("\n")
    lines = [line for line in rest if line.strip()]
    at_margin = sum(not line[0].isspace() for line in lines)
    return 0 < at_margin < len(lines) and max(map(len, (first, *lines))) <= MAX_WRAPPED_LINE_CHARS


def _is_spaced(lines: list[str]) -> bool:
    """Whether lines are broken at a column and blank lines separate the paragraphs."""
    filled = [line.strip() for line in lines if line.strip()]
    unseparated = sum(bool(line.strip() and following.strip()) for line, following in pairwise(lines))
    has_blank = any(not line.strip() for line in lines[1:-1])
    return has_blank and unseparated > 0 and max(map(len, filled), default=0) <= MAX_WRAPPED_LINE_CHARS
