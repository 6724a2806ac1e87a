"""What the archive needs of search: functions that `search` registers at start-up, and the names of its pages.

The archive never imports search; its admin, commands and models use this port instead. Pure.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from .errors import ArchiveError

# The pages of search that the archive links to, as names for Django's `reverse`; search/urls.py defines them.
SEARCH_PAGE = "search"  # no arguments
ARTICLE_PAGE = "article"  # the article's number, and its headline as a slug
SECTION_PAGE = "section"  # the section's number; `?version=` shows the version of that number


class SearchPortError(ArchiveError):
    """Search cannot do what was asked; the message is for people: what is wrong, and the cure."""


@dataclass(frozen=True)
class IndexStatus:
    """How the index compares with the record: sections indexed and recorded, changes pending, and advice.

    `advice` names commands; on pages, `fault` says in plain words why the index cannot be used. `updated` is the time
    of the last commit of the index.

    An index that is not `usable` must be rebuilt before anything is found. One that `is_foreign` is that of another
    archive, or of a newer state of this one: a person decides whether it is replaced. One that `is_away` cannot be
    reached now, and may be whole.
    """

    usable: bool
    indexed: int
    sections: int
    pending: int
    advice: str
    is_foreign: bool = False
    is_away: bool = False
    fault: str = ""
    size_bytes: int = 0
    updated: datetime | None = None


# Called with how much is done, and how much there is to do.
IndexProgress = Callable[[int, int], None]


class Run(Protocol):
    """A run of text of a paragraph, in both of two texts or in one."""

    @property
    def text(self) -> str: ...

    @property
    def kind(self) -> str: ...


@dataclass(frozen=True)
class SearchPort:
    """The functions of search; all but `preview` and `warm_up` raise SearchPortError.

    `find_result` returns the ids of all articles of the result that a query string of the search page asks for, or of
    the hits that it has as picked, and what to call it.
    `find` returns the ids of articles for a query, best first, at most as many as asked for, `find_sections` those of
    sections, and `find_statements` those of statements, as within `said()`, the newest first. `sync` indexes what is
    pending and returns the number of articles; `catch_up` does so too, and waits for minutes where another process
    has the index, as nobody does in a browser; `rebuild` indexes the whole record, beside the index that serves, and
    returns the number of sections; `verify` compares the whole index with the record, and returns whether they agree.
    `preview` returns the HTML of a section as the user of a request reads it; its classes alone tell how it looks.
    `compare_words` merges the paragraphs of two texts into one list, each as runs with a `text` and a `kind`: "same",
    "added" or "removed". `warm_up` prepares this process for its first reader. It is called with whether others are
    forked from it.
    """

    find: Callable[[str, int], Sequence[int]]
    find_sections: Callable[[str, int], Sequence[int]]
    find_statements: Callable[[str, int], Sequence[int]]
    find_result: Callable[[str], tuple[Sequence[int], str]]
    status: Callable[[], IndexStatus]
    sync: Callable[[IndexProgress], int]
    catch_up: Callable[[IndexProgress], int]
    preview: Callable[[Any, int], str]
    rebuild: Callable[[IndexProgress], int]
    verify: Callable[[IndexProgress], bool]
    compare_words: Callable[[Sequence[str], Sequence[str]], Sequence[Sequence["Run"]]]
    warm_up: Callable[[bool], None]


_registered: list[SearchPort] = []


def register_search_port(port: SearchPort) -> None:
    """Registers the functions; search calls this once at start-up."""
    _registered[:] = [port]


def get_search_port() -> SearchPort:
    """Returns the functions. Raises LookupError in a project without the search app."""
    if not _registered:
        raise LookupError("No search app is installed: add `search` to INSTALLED_APPS.")
    return _registered[0]


def no_progress(done: int, total: int) -> None:
    """Reports nothing."""
