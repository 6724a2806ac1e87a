"""The bytes of captures on disk: content-addressed, written once, never changed. `ingest` alone writes them."""

import os
import secrets
from pathlib import Path

from ..models.captures import capture_path


def store_bytes(raw: bytes, sha256: str) -> Path:
    """Writes the bytes of a capture, durably, unless they are there; returns where they lie.

    They are written aside, flushed and renamed: a file under a capture's name is whole, whatever was killed.
    """
    path = capture_path(sha256)
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{sha256[:16]}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o444), "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        aside.rename(path)
    finally:
        aside.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return path
