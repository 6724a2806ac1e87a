"""Writes files that are complete or absent, even after a crash or a power failure. Pure.

A file is written under another name, flushed, and then renamed. Captures, the secret
key, exports and the index use this.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


def write_durably(path: Path, content: bytes, *, mode: int, first_wins: bool = False) -> None:
    """Writes a file as `open_durably` does."""
    with open_durably(path, mode=mode, first_wins=first_wins) as file:
        file.write(content)


@contextmanager
def open_durably(path: Path, *, mode: int, first_wins: bool = False) -> Iterator[BinaryIO]:
    """Opens a file that appears under its name when the block ends; if the block raises, nothing is left of it.

    The file has these permissions (`mode`, less the umask). An existing file is replaced, or with `first_wins` left as
    it is: then processes that write the same path at the same time all read the same content afterwards. That needs a
    file system with hard links. Raises OSError, also where the folder is missing.
    """
    aside = path.with_name(f".{path.name[:16]}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if first_wins:
            try:
                os.link(aside, path)
            except FileExistsError:
                return
        else:
            aside.rename(path)
    finally:
        aside.unlink(missing_ok=True)
    flush(path.parent)


def flush(path: Path) -> None:
    """Waits until a file, or the names in a folder, are on disk. Raises OSError."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
