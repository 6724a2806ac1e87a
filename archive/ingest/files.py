"""Files and folders as streams of items.

What cannot be opened or read becomes a rejection, so that a run reports it and goes on. `archive.reading` reads
them. The commands and the admin use this through the face of `ingest`.
"""

import logging
import os
import stat
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from .. import reading
from ..items import Hints, Item, Rejected


class Stream(NamedTuple):
    """The items of one file, with what is known of it; and where its bytes are, if it is a file."""

    items: Iterable[Item]
    hints: Hints
    path: Path | None = None


logger = logging.getLogger(__name__)

_LEADS_OUT = (
    "a link that leads out of the folder and is not followed; name what it leads to, or add --follow-links to follow "
    "all links"
)


@dataclass(frozen=True)
class FoundFile:
    """A file to read; `refused` says why it must not be read."""

    path: Path
    refused: str = ""

    def read(self, hints: Hints) -> Iterator[Item]:
        """Yields the items of the file; a Rejected where it is refused, or cannot be opened or read."""
        return iter([Rejected("", self.refused)]) if self.refused else read_path(self.path, hints)


def files_under(path: Path, *, follow_links: bool = False) -> Iterator[FoundFile]:
    """Yields the file itself, or the files under a folder in a stable order, without hidden files.

    Pipes and devices in a folder are left out. What cannot be opened is yielded, so that reading it reports why: a
    broken link, a folder that may not be listed. A link that leads out of the folder is refused, except with
    `follow_links`; the path itself may be a link. Each folder is read once, however many links lead to it.
    """
    root = os.path.realpath(path)
    walked: set[tuple[int, int]] = set()
    # Folders behind links come last, so that a folder is read under its own name if it has one here.
    starts = deque([path])
    while starts:
        # Not a call for each folder inside another: there may be thousands.
        waiting: list[tuple[Path, _Kind]] = [(starts.popleft(), "folder")]
        while waiting:
            entry, kind = waiting.pop()
            if kind == "folder":
                try:
                    waiting += [(child, _kind_of(child)) for child in _list_children(entry, walked)]
                except OSError:  # a file, or something that `read_path` rejects
                    yield FoundFile(entry)
            elif kind.startswith("link") and not (follow_links or _is_within(entry, root)):
                yield FoundFile(entry, _LEADS_OUT)
            elif kind == "link to a folder":
                starts.append(entry)
            elif kind in ("file", "link to a file"):
                yield FoundFile(entry)


_Kind = Literal["file", "folder", "link to a file", "link to a folder", "link to another thing", "another thing"]


def _kind_of(path: Path) -> _Kind:
    """Returns what an entry of a folder is; what nobody can look at counts as a file, so that it is reported."""
    try:
        mode = path.stat().st_mode
        is_link = path.is_symlink()
    except OSError:
        return "file"
    if stat.S_ISDIR(mode):
        return "link to a folder" if is_link else "folder"
    if stat.S_ISREG(mode):
        return "link to a file" if is_link else "file"
    return "link to another thing" if is_link else "another thing"


def _list_children(folder: Path, walked: set[tuple[int, int]]) -> list[Path]:
    """Returns what a folder has, without hidden names, the last first; nothing if it was listed before."""
    status = folder.stat()
    identity = (status.st_dev, status.st_ino)
    children = [] if identity in walked else sorted(folder.iterdir(), reverse=True)
    walked.add(identity)
    return [child for child in children if not child.name.startswith(".")]


def _is_within(link: Path, root: str) -> bool:
    return Path(os.path.realpath(link)).is_relative_to(root)


def read_path(path: Path, hints: Hints) -> Iterator[Item]:
    """Yields the items of one file; a Rejected where it cannot be opened or read."""
    try:
        with path.open("rb") as stream:
            yield from reading.read(stream, hints)
    except OSError as error:
        yield Rejected("", f"cannot be read: {error.strerror or error}")


def guard_reader(items: Iterable[Item], name: str) -> Iterator[Item]:
    """Yields the items of a file; where its reader fails by a fault of ours, logs it and ends with a Rejected."""
    try:
        yield from items
    except Exception as error:
        logger.exception("The reader failed on %r", name)
        yield Rejected("", f"the archive's reader failed here ({type(error).__name__}); its log says more, report it")
