"""The controls of the results page: menus of how a result is searched and shown, links to its files and pages.

Only `search` imports from here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from django.urls import reverse

from ..exports import FORMATS
from ..results import LISTINGS, PAGE_SIZES, SHOWS, SORTS, UNITS, VIEWS, Answer, Question

_Value = TypeVar("_Value")
# Pages of a result that are linked on each side of the current one.
_LINKED_PAGES = 2
# What a choice means, where its name leaves that open.
_MEANINGS = {
    "one section": "an entry of a live page, or a part of an article",
    "one article": "the words may be in different sections of it",
    "articles": "each once, with its best passage",
    "no copies": "one article for each text",
    "sections": "each by itself, with its own time",
    "relevance": "the best match first",
    "latest in the archive": "what was taken in or changed last",
    "passages": "the words around a match",
    "list": "a line for each",
}


@dataclass(frozen=True)
class Choice:
    """A choice of a menu, with the question that it leads to."""

    label: str
    meaning: str
    question: Question
    current: bool


@dataclass(frozen=True)
class Menu:
    """A menu with its current choice."""

    label: str
    current: str
    choices: tuple[Choice, ...]


def build_menus(question: Question, answer: Answer) -> list[Menu]:
    """Returns the menus above the rows of an answer."""
    # Where whole articles match, sections by themselves are no answer.
    listings = {name: label for name, label in LISTINGS.items() if name != "sections" or question.unit == "section"}
    sizes = {size: str(size) for size in PAGE_SIZES}
    return [
        _menu("All words in", UNITS, question.unit, question.with_unit),
        _menu("Show", listings, question.listing, question.with_listing),
        _menu("Sort", SORTS, answer.sort, question.with_sort),
        _menu("View", VIEWS, question.view, question.with_view),
        _menu("Per page", sizes, question.per_page, question.with_page_size),
    ]


def build_statement_menus(question: Question) -> list[Menu]:
    """Returns the menus above the statements of a result, which are in order of time."""
    sorts = {sort: SORTS[sort] for sort in ("newest", "oldest")}
    sizes = {size: str(size) for size in PAGE_SIZES}
    return [
        _menu("All words in", UNITS, question.unit, question.with_unit),
        _menu("Sort", sorts, "oldest" if question.sort == "oldest" else "newest", question.with_sort),
        _menu("Per page", sizes, question.per_page, question.with_page_size),
    ]


def build_tabs(question: Question) -> list[Choice]:
    """Returns what a page may show of a result: what is found, or the statements in it."""
    return [Choice(label, "", question.with_show(show), show == question.show) for show, label in SHOWS.items()]


def _menu(label: str, table: Mapping[_Value, str], current: _Value, change: Callable[[_Value], Question]) -> Menu:
    choices = tuple(
        Choice(name, _MEANINGS.get(name, ""), change(value), value == current) for value, name in table.items()
    )
    return Menu(label, table[current], choices)


def link_exports(question: Question) -> list[tuple[str, str, str]]:
    """Returns the files that a click downloads, of what the page shows: the address, label and purpose of each."""
    querystring = question.to_querystring() + statement_rows(question)
    # Resolved once: each format puts its name in the place of this one.
    before = reverse("export", args=["-"]).removesuffix("-")
    quick = [
        (name, known)
        for name, known in FORMATS.items()
        if known.is_quick and (known.has_statements or not question.show)
    ]
    return [(f"{before}{name}{querystring}", known.label, known.purpose) for name, known in quick]


def statement_rows(question: Question) -> str:
    """Returns the parameter of exports that a page of statements adds to those of its question; else nothing."""
    return "&rows=statement" if question.show else ""


def link_pages(question: Question, last: int) -> list[tuple[int, Question] | None]:
    """Returns the numbers and questions of the pages to link to, of which `last` is the last; None for a gap."""
    current = question.page
    near = range(current - _LINKED_PAGES, current + _LINKED_PAGES + 1)
    links: list[tuple[int, Question] | None] = []
    for page in sorted({1, last, *(page for page in near if 1 <= page <= last)}):
        if links and links[-1] and links[-1][0] != page - 1:
            links.append(None)
        links.append((page, question.with_page(page)))
    return links if last > 1 else []
