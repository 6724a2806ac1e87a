"""Texts and addresses of a page, cleaned and made comparable. Pure; used by the modules of `web`."""

import re
from urllib.parse import urlsplit

from ..markup import Element, plain, unescape

# What is longer is a text, not a line.
_MAX_LINE_CHARS = 2_000
_MAX_UNESCAPED_CHARS = 100_000

_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
_NOT_WORDS = re.compile(r"[\W_]+")


def unescaped(text: str) -> str:
    """Returns a text on one line, unescaped twice and without tags; empty if it is very long.

    Content systems escape what they write into attributes and scripts, some of them twice, and leave tags in.
    """
    if len(text) > _MAX_UNESCAPED_CHARS:
        return ""
    text = unescape(unescape(text))
    return plain(_TAG.sub("", text) if "<" in text else text)


def line_in(element: Element) -> str:
    """Returns the words of an element on one line; empty if they are too long for a line."""
    parts: list[str] = []
    length = 0
    for part in element.itertext():
        parts.append(part)
        length += len(part)
        if length > _MAX_LINE_CHARS:
            return ""
    return plain("".join(parts))


def normalized_words(text: str) -> str:
    """Returns the words in lower case with a blank between; quote marks, dashes and capitals make no difference."""
    return _NOT_WORDS.sub(" ", text.casefold()).strip()


def url_path(url: str) -> str:
    """Returns the path of a page within its site, or its query at the front page; empty for a site or an invalid URL.

    Two addresses of a site with the same path are taken for the same page.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return parts.path.rstrip("/").lower() + ("?" + parts.query if parts.query and parts.path in ("", "/") else "")
