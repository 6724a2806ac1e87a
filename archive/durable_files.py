"""Writes files that are complete or absent, even after a crash or a power failure. Pure.

A file is written under another name, flushed, and then renamed. Captures, the secret
key, exports and the index use this.
"""

import fcntl
import os
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


def write_durably(
    path: Path, content: bytes, *, mode: int, first_wins: bool = False, aside: Path | None = None
) -> None:
    """Writes a file as `open_durably` does."""
    with open_durably(path, mode=mode, first_wins=first_wins, aside=aside) as file:
        file.write(content)


@contextmanager
def open_durably(path: Path, *, mode: int, first_wins: bool = False, aside: Path | None = None) -> Iterator[BinaryIO]:
    """Opens a file that appears under its name when the block ends; if the block raises, nothing is left of it.

    The file has these permissions (`mode`, less the umask). An existing file is replaced, or with `first_wins` left as
    it is: then processes that write the same path at the same time all read the same content afterwards. That needs a
    file system with hard links. Until then it is in the folder `aside`, on the same disk, where `find_abandoned` finds
    it if the process is killed; by default beside the path. Raises OSError, also where a folder is missing.
    """
    unfinished = (aside or path.parent) / f".{path.name[:16]}.{secrets.token_hex(8)}"
    try:
        with os.fdopen(_create_locked(unfinished, mode), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
            if not first_wins:
                unfinished.rename(path)
            else:
                with suppress(FileExistsError):
                    os.link(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
    flush(path.parent)


# Flushes that wait at the same time share their journal entries and barriers. For 256 small files in 256 folders on
# ext4, on a disk that others used: 17 s one after another, 3.0 s eight at a time, 1.4 s with 32.
_MAX_FLUSHES = 32
# Few enough to be open at once, and many enough to share the flushes.
FILES_TOGETHER = 256


class FileGroup:
    """Files that are written under other names, and appear together."""

    def __init__(self, aside: Path) -> None:
        self._aside = aside
        self._files: dict[Path, tuple[Path, BinaryIO]] = {}

    def add(self, path: Path, content: bytes, *, mode: int) -> None:
        """Writes a file, which appears later; the folders must be there."""
        if path in self._files:
            return
        unfinished = self._aside / f".{path.name[:16]}.{secrets.token_hex(8)}"
        file = os.fdopen(_create_locked(unfinished, mode), "wb")
        self._files[path] = unfinished, file
        file.write(content)
        file.flush()

    def finish(self) -> None:
        """Flushes the files, and gives them their names."""
        with ThreadPoolExecutor(min(_MAX_FLUSHES, len(self._files) or 1)) as pool:
            list(pool.map(os.fsync, [file.fileno() for _, file in self._files.values()]))
            for path, (unfinished, _) in self._files.items():
                unfinished.rename(path)
            list(pool.map(flush, sorted({path.parent for path in self._files})))

    def close(self) -> None:
        """Closes the files, and deletes those that have not appeared."""
        for unfinished, file in self._files.values():
            unfinished.unlink(missing_ok=True)
            file.close()


@contextmanager
def written_together(aside: Path) -> Iterator[FileGroup]:
    """Gives a group of files, which appear under their names at the end of the block; none if it raises.

    Each is complete or absent, as by `open_durably`; a power failure at the end may leave some without the others.
    Until then they are in the folder `aside`, on the same disk. At most as many as a process may have open.
    """
    group = FileGroup(aside)
    try:
        yield group
        group.finish()
    finally:
        group.close()


def _create_locked(path: Path, mode: int) -> int:
    """Returns a new file, locked until it is closed or the process ends."""
    while True:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        fcntl.flock(handle, fcntl.LOCK_EX)
        # Whoever looked for abandoned files before the lock was there may have deleted it.
        if os.fstat(handle).st_nlink:
            return handle
        os.close(handle)


def find_abandoned(folder: Path) -> Iterator[Path]:
    """Yields the unfinished files in a folder whose processes have ended."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if not is_locked(path):
            yield path


def try_lock(path: Path, *, mode: int) -> int | None:
    """Returns the descriptor of a file that it locks, and makes if it is missing; None if it is locked already.

    The lock is free once the descriptor is closed, or the process has ended, however it ends.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, mode)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle


def is_locked(path: Path) -> bool:
    """Whether a process has locked a file; the system frees the lock when the process ends, however it ends."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:  # gone, or another user's
        return path.exists()
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def flush(path: Path) -> None:
    """Waits until a file, or the names in a folder, are on disk. Raises OSError."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
