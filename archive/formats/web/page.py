"""A web page opened: its tree and the linked data in it. Used by the formats that are web pages."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lxml import etree

from ...items import Hints
from ..input import page_utf8
from ..markup import Element, parse_html
from ..script_data import load_lenient


@dataclass(frozen=True)
class Page:
    """One HTML document. `root` is never changed by a reader; whoever cuts the tree copies it first."""

    raw: bytes
    root: Element
    hints: Hints
    problems: tuple[str, ...]

    @property
    def media_type(self) -> str:
        """HTML, with the encoding that its transfer named: the bytes alone may not say it."""
        return f"text/html; charset={self.hints.charset}" if self.hints.charset else "text/html"

    @cached_property
    def attributes(self) -> str:
        """The values of all attributes, each once in a line: some hundredths of the page name all its parts."""
        given = dict.fromkeys(_attributes(self.root))
        return "\n".join(value for value in given if len(value) <= _LONGEST_ATTRIBUTE)

    @cached_property
    def linked_data(self) -> tuple[dict[str, Any], ...]:
        """Every JSON-LD object of the page, those in lists and in `@graph` too, in their order."""
        return self._linked[0]

    @property
    def linked_problems(self) -> tuple[str, ...]:
        """What of the JSON-LD could not be read."""
        return self._linked[1]

    @cached_property
    def _linked(self) -> tuple[tuple[dict[str, Any], ...], tuple[str, ...]]:
        problems: list[str] = []
        return tuple(_linked_data(self.root, problems)), tuple(problems)


def open_page(raw: bytes, hints: Hints) -> Page:
    """Returns the page that the bytes are. Raises MarkupError where there is no HTML in them."""
    data, note = page_utf8(raw, hints.charset)
    return Page(raw, parse_html(data), hints, (note,) if note else ())


_attributes = etree.XPath("//@*", smart_strings=False)

# Longer ones are drawings, styles and lists of pictures.
_LONGEST_ATTRIBUTE = 1_000


def _linked_data(root: Element, problems: list[str]) -> Iterator[dict[str, Any]]:
    for script in root.iter("script"):
        if (script.get("type") or "").partition(";")[0].strip().lower() != "application/ld+json":
            continue
        values, problem = load_lenient(script.text or "")
        if problem:
            problems.append(problem)
        # The next one is the last.
        waiting = [*reversed(values)]
        while waiting:
            one = waiting.pop()
            if isinstance(one, list):
                waiting.extend(reversed(one))
            elif isinstance(one, dict):
                yield one
                graph = one.get("@graph")
                if isinstance(graph, list | dict):
                    waiting.append(graph)
