"""Files that are whole or not there: written aside, flushed, then put in place under their name. Pure.

Whatever is killed, and even when the power fails, no reader meets half a file. Captures and the archive's key are
written so.
"""

import os
import secrets
from pathlib import Path


def write_durably(path: Path, content: bytes, *, mode: int, first_wins: bool = False) -> None:
    """Writes a file with these permissions, and the folders above it that are missing.

    A file that is there is replaced. With `first_wins` it stays as it is: of processes that write the same path at
    the same time, all read the same content afterwards; the file system must know hard links. Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name[:16]}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(content)
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
    """Waits until a file, or the names in a folder, are on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
