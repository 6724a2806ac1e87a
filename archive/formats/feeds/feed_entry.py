"""An entry of a feed in any format, and how titles, texts and links in feeds are read. Imported by `feeds` alone."""

import html
import re
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from ...times import Moment
from ..body import Line
from ..markup import Element, MarkupError, blocks, parse_html, plain

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_ESCAPED_TAG = re.compile(r"&lt;/?(?:p|br|div|span|a|b|i|em|strong|ul|ol|li|h[1-6]|blockquote|img|figure)\b", re.I)
_BLANK_LINES = re.compile(r"\n[^\S\n]*\n")

Lines = tuple[Line, ...]


@dataclass(frozen=True)
class FeedHead:
    """The data of a feed that applies to all its entries; links are relative to `base`."""

    title: str = ""
    base: str = ""
    byline: str = ""
    language: str = ""


@dataclass(frozen=True)
class FeedEntry:
    """An entry, before it is made an article."""

    raw: bytes
    media_type: str
    title: str
    content: Lines
    summary: Lines
    identity: str
    url: str
    byline: str
    language: str
    source: str
    published: Moment | None
    updated: Moment | None
    topics: tuple[str, ...]
    problems: tuple[str, ...] = ()


def joined(lines: Lines) -> str:
    """Returns the text of lines on one line."""
    return " ".join(line.text for line in lines)


def html_or_text_lines(markup: str) -> Lines:
    """Returns the headings and paragraphs of HTML; of text without tags the paragraphs between blank lines."""
    if not _TAG.search(markup) and _ESCAPED_TAG.search(markup):
        markup = html.unescape(markup)  # escaped once more than the format requires
    if not _TAG.search(markup):
        return separated_lines(html.unescape(markup))
    try:
        return element_lines(parse_html(f"<body>{markup}</body>"))
    except MarkupError:
        return ()


def element_lines(root: Element) -> Lines:
    """Returns the headings and paragraphs under an element, captions too."""
    return tuple(Line(block.text, block.is_heading) for block in blocks(root))


def separated_lines(text: str) -> Lines:
    """Returns the paragraphs of plain text, which blank lines separate."""
    return tuple(Line(paragraph) for part in _BLANK_LINES.split(text) if (paragraph := plain(part)))


def resolved(link: str, base: str) -> str:
    """Returns a link as an absolute address; empty if it is invalid."""
    try:
        return urljoin(base, link.strip()) if link.strip() else ""
    except ValueError:
        return ""


def host(url: str) -> str:
    """Returns the host of a web address; empty for any other text."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return (parts.hostname or "") if parts.scheme in ("http", "https") else ""
