"""The bytes of files in which something was rejected, so that it can be tried again.

Such a file belongs to no article: it is kept beside the captures, by its SHA-256, and only for a while. A larger file
than MAX_FILE_BYTES is not kept; if all together have more than MAX_KEPT_BYTES, the oldest go first. Backups leave them
out. Ingest and the admin use this.
"""

import hashlib
import shutil
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from .durable_files import find_abandoned, open_durably

MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_KEPT_BYTES = 2 * 1024 * 1024 * 1024


def keep_file(path: Path) -> tuple[str, int] | None:
    """Keeps a copy of a file; returns its SHA-256 and size, or None for one that is too large. Raises OSError."""
    with path.open("rb") as file:
        size_bytes = file.seek(0, 2)
        if size_bytes > MAX_FILE_BYTES:
            return None
        file.seek(0)
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        target = kept_path(sha256)
        if target.is_file():
            target.touch()
            return sha256, size_bytes
        make_room(size_bytes)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.seek(0)
        with open_durably(target, mode=0o600, aside=_unfinished()) as copy:
            shutil.copyfileobj(file, copy)
    return sha256, size_bytes


def kept_path(sha256: str) -> Path:
    """Returns where the bytes of a file are, or were."""
    return Path(settings.REJECTED_DIR) / sha256[:2] / sha256


def is_kept(sha256: str) -> bool:
    """Whether the bytes of a file are there."""
    return bool(sha256) and kept_path(sha256).is_file()


def kept_among(hashes: Iterable[str]) -> frozenset[str]:
    """Returns those of these hashes whose bytes are there. Each file is looked for once."""
    return frozenset(sha256 for sha256 in set(hashes) if is_kept(sha256))


def drop_file(sha256: str) -> None:
    """Deletes the bytes of a file."""
    kept_path(sha256).unlink(missing_ok=True)


def make_room(size_bytes: int) -> None:
    """Deletes the oldest files until this many bytes more may be kept, and what killed processes left."""
    for path in find_abandoned(_unfinished()):
        path.unlink(missing_ok=True)
    files = sorted(
        (path.stat().st_mtime, path.stat().st_size, path) for path in Path(settings.REJECTED_DIR).glob("??/*")
    )
    total = sum(size for _, size, _ in files) + size_bytes
    for _, size, path in files:
        if total <= MAX_KEPT_BYTES:
            break
        path.unlink(missing_ok=True)
        total -= size


def _unfinished() -> Path:
    folder = Path(settings.REJECTED_DIR) / ".unfinished"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
