"""What the record asks of search, without knowing it: functions that `search` fills in when Django starts.

The arrow between the apps runs from search to archive only; the admin and the commands of the archive call these.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .errors import ArchiveError


class SearchPortError(ArchiveError):
    """Search cannot do what was asked; the message is for people: what is wrong, and the cure."""


@dataclass(frozen=True)
class IndexStatus:
    """How the index stands to the record: sections indexed and recorded, changes pending, and what is to be done.

    One that is not `usable` must be built anew before anything is found.
    """

    usable: bool
    indexed: int
    sections: int
    pending: int
    advice: str


@dataclass(frozen=True)
class Finder:
    """The functions; all of them raise SearchPortError.

    `find` returns the ids of at most so many articles for a query, best first. `sync` indexes what is pending and
    `rebuild` everything, beside the index that serves; both report progress as (done, total).
    """

    find: Callable[[str, int], Sequence[int]]
    status: Callable[[], IndexStatus]
    sync: Callable[[Callable[[int, int], None]], int]
    rebuild: Callable[[Callable[[int, int], None]], int]


_finder: list[Finder] = []


def provide(finder: Finder) -> None:
    """Fills in the functions; called once by search at start-up."""
    _finder[:] = [finder]


def finder() -> Finder:
    """Returns the functions; raises LookupError in a project without the search app."""
    if not _finder:
        raise LookupError("No search app is installed: add `search` to INSTALLED_APPS.")
    return _finder[0]


def no_progress(done: int, total: int) -> None:
    """Reports nothing."""
