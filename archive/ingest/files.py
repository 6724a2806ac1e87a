"""Files and folders as streams of items.

What cannot be opened or read becomes a rejection, so that a run reports it and goes on. `archive.formats` reads the
formats. The commands and the admin use this through the face of `ingest`.
"""

import logging
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from .. import formats
from ..items import Hints, Item, Rejected

# The items of one file, with what is known of it.
Stream = tuple[Iterable[Item], Hints]

logger = logging.getLogger(__name__)


def files_under(path: Path) -> Iterator[Path]:
    """Yields the file itself, or the files under a folder in a stable order, without hidden files.

    Pipes and devices in a folder are left out. What cannot be opened is yielded, so that `read_path` reports it: a
    broken link, a link to a folder, a folder that may not be listed.
    """
    try:
        children = sorted(path.iterdir())
    except OSError:  # a file, or something that `read_path` rejects
        yield path
        return
    for child in children:
        if child.name.startswith("."):
            continue
        try:
            mode = child.stat().st_mode
        except OSError:
            yield child
            continue
        if stat.S_ISDIR(mode) and not child.is_symlink():
            yield from files_under(child)
        elif stat.S_ISREG(mode) or stat.S_ISDIR(mode):
            yield child


def read_path(path: Path, hints: Hints) -> Iterator[Item]:
    """Yields the items of one file; a Rejected where it cannot be opened or read."""
    try:
        with path.open("rb") as stream:
            yield from formats.read(stream, hints)
    except IsADirectoryError:
        yield Rejected("", "a link to a folder, which is not followed; give the folder itself")
    except OSError as error:
        yield Rejected("", f"cannot be read: {error.strerror or error}")


def guard_reader(items: Iterable[Item], name: str) -> Iterator[Item]:
    """Yields the items of a file; where its reader fails by a fault of ours, logs it and ends with a Rejected."""
    try:
        yield from items
    except Exception as error:
        logger.exception("The reader failed on %r", name)
        yield Rejected("", f"the archive's reader failed here ({type(error).__name__}); its log says more, report it")
