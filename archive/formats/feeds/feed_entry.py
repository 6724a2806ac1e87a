"""One entry of a feed, whichever format it came in, and the words of one. Used by the formats of feeds alone."""

import html
import re
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from ...times import Moment
from ..markup import MarkupError, blocks, parse_html, plain

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_ESCAPED_TAG = re.compile(r"&lt;/?(?:p|br|div|span|a|b|i|em|strong|ul|ol|li|h[1-6]|blockquote|img|figure)\b", re.I)
_BLANK_LINES = re.compile(r"\n[^\S\n]*\n")

# Words as they stand: (text, whether it is a heading).
Blocks = tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Head:
    """What a feed says of all its entries; `base` is the address that its links are relative to."""

    title: str = ""
    base: str = ""
    byline: str = ""
    language: str = ""


@dataclass(frozen=True)
class Entry:
    """One entry, whichever format it came in: words as blocks, (text, whether it is a heading)."""

    raw: bytes
    media_type: str
    title: str
    content: Blocks
    summary: Blocks
    identity: str
    url: str
    byline: str
    language: str
    source: str
    published: Moment | None
    updated: Moment | None
    topics: tuple[str, ...]
    problems: tuple[str, ...] = ()


def words_in(words: Blocks) -> str:
    return " ".join(text for text, _ in words)


def markup_blocks(markup: str) -> Blocks:
    """Returns the words of what is HTML, or may be: text without a tag is parted at its blank lines."""
    if not _TAG.search(markup) and _ESCAPED_TAG.search(markup):
        markup = html.unescape(markup)  # escaped once more than the format asks for
    if not _TAG.search(markup):
        return text_blocks(html.unescape(markup))
    try:
        return tuple((block.text, block.is_heading) for block in blocks(parse_html(f"<body>{markup}</body>")))
    except MarkupError:
        return ()


def text_blocks(text: str) -> Blocks:
    return tuple((paragraph, False) for part in _BLANK_LINES.split(text) if (paragraph := plain(part)))


def title_of(text: str) -> str:
    """Returns a title on one line; tags and references in it are markup, as no title has them otherwise."""
    if _TAG.search(text) or re.search(r"&#?\w{2,32};", text):
        return words_in(markup_blocks(text))
    return plain(text)


def resolved(link: str, base: str) -> str:
    try:
        return urljoin(base, link.strip()) if link.strip() else ""
    except ValueError:
        return ""


def host(url: str) -> str:
    """Returns the host of a web address, empty for what is none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return (parts.hostname or "") if parts.scheme in ("http", "https") else ""
