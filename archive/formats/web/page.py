"""An HTML page, parsed: its tree, its attributes, and the objects of its linked data (JSON-LD).

Does not interpret them; `metadata` and the readers of live pages do. Used by the readers of web pages.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lxml import etree

from ...errors import ReadError
from ...items import Hints
from ..input import DEFAULT_LIMITS, Limits, page_utf8
from ..markup import Element, parse_page, plain
from ..script_data import load_lenient


@dataclass(frozen=True)
class Page:
    """One HTML document. `root` is shared by all readers; copy it before you change it."""

    raw: bytes
    root: Element
    hints: Hints
    problems: tuple[str, ...]
    limits: Limits = DEFAULT_LIMITS

    @property
    def media_type(self) -> str:
        """HTML, with the encoding named by the HTTP header: the bytes alone may not tell it."""
        return f"text/html; charset={self.hints.charset}" if self.hints.charset else "text/html"

    @cached_property
    def attributes(self) -> str:
        """The distinct values of all attributes, one a line: a small text that names every part of the page."""
        values = dict.fromkeys(_attributes(self.root))
        return "\n".join(value for value in values if len(value) <= _MAX_ATTRIBUTE_CHARS)

    @cached_property
    def linked_data(self) -> tuple[dict[str, Any], ...]:
        """Every JSON-LD object of the page in document order, with those in lists and in `@graph`."""
        return self._linked[0]

    @property
    def linked_problems(self) -> tuple[str, ...]:
        """Which JSON-LD could not be read."""
        return self._linked[1]

    @cached_property
    def _linked(self) -> tuple[tuple[dict[str, Any], ...], tuple[str, ...]]:
        problems: list[str] = []
        return tuple(_linked_data(self.root, problems)), tuple(problems)


def open_page(raw: bytes, hints: Hints, limits: Limits = DEFAULT_LIMITS) -> Page:
    """Returns the parsed page. Raises MarkupError if there is no HTML in the bytes."""
    data, encoding_note = page_utf8(raw, hints.charset)
    root, tag_note = parse_page(data)
    return Page(raw, root, hints, tuple(note for note in (encoding_note, tag_note) if note), limits)


@contextmanager
def library_call() -> Iterator[None]:
    """Turns any exception of a library into a ReadError.

    The libraries that look for the article and its date declare no exceptions of their own, and some pages break them
    in ways that they did not expect.
    """
    try:
        yield
    except Exception as error:
        raise ReadError(
            f"the page cannot be read: {type(error).__name__}: {str(error)[:200]}; save its text instead"
        ) from error


def copy_for_library(root: Element) -> Element:
    """Returns a copy of a page that a library may change, without the values of attributes that are too long to read.

    libxml2 takes quadratic time to write an attribute with many comments in it, and libraries write what they look at.
    """
    copied = deepcopy(root)
    for element in _long_attributes(copied):
        for name, value in element.attrib.items():
            if len(value) > _MAX_ATTRIBUTE_CHARS:
                element.set(name, "")
    return copied


def canonical_urls(root: Element) -> Iterator[str]:
    """Yields the addresses that the page calls canonical, as written."""
    for element in root.iter("link"):
        if "canonical" in (element.get("rel") or "").lower().split():
            yield plain(element.get("href"))


# Longer values are drawings, styles and lists of pictures.
_MAX_ATTRIBUTE_CHARS = 1_000

_attributes = etree.XPath("//@*", smart_strings=False)
_long_attributes = etree.XPath(f"//*[@*[string-length(.) > {_MAX_ATTRIBUTE_CHARS}]]")


def _linked_data(root: Element, problems: list[str]) -> Iterator[dict[str, Any]]:
    for script in root.iter("script"):
        if (script.get("type") or "").partition(";")[0].strip().lower() != "application/ld+json":
            continue
        values, problem = load_lenient(script.text or "")
        if problem:
            problems.append(problem)
        # A stack: the next value is the last.
        waiting = [*reversed(values)]
        while waiting:
            value = waiting.pop()
            if isinstance(value, list):
                waiting.extend(reversed(value))
            elif isinstance(value, dict):
                yield value
                graph = value.get("@graph")
                if isinstance(graph, list | dict):
                    waiting.append(graph)
