"""The bytes of captures on disk: addressed by their SHA-256, written once, never changed, and never believed unseen.

Owns the folder `captures/`: writes and reads its files, and checks all of them. A file whose bytes are not those of
its name is damaged: it is set aside, never deleted. Ingest, the admin and the command `captures` use this.
"""

import hashlib
import logging
import os
import re
import shutil
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from .durable_files import FileGroup, find_abandoned, flush, write_durably, written_together
from .errors import ArchiveError
from .models import Capture
from .models.captures import capture_path
from .search_port import IndexProgress

logger = logging.getLogger(__name__)

_SHA256 = re.compile(r"[0-9a-f]{64}")

# A file without a row may belong to an ingest that is still running.
_MIN_AGE_SECONDS = 3600.0

# Where damaged and orphaned files go, beside the folder of captures.
_ASIDE = "captures-aside"


class DamagedError(ArchiveError):
    """The bytes of a capture are missing, or are not those that were received; the message names the cure."""


def store_bytes(raw: bytes, sha256: str) -> Path:
    """Writes the bytes of a capture durably, unless they are stored already; returns their path.

    A stored file is compared before it is believed: a damaged file is set aside, and the right bytes take its place.
    Within `flushed_together` it is there and durable only once that ends.
    """
    path = capture_path(sha256)
    if os.path.lexists(path):
        if _has_bytes(path, raw):
            return path
        logger.error("The stored bytes of capture %s were damaged; they are now in %s", sha256, _set_aside(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    _unfinished().mkdir(exist_ok=True)
    if (group := _group.get()) is not None:
        group.add(path, raw, mode=0o444)
    else:
        write_durably(path, raw, mode=0o444, aside=_unfinished())
    return path


@contextmanager
def flushed_together() -> Iterator[None]:
    """Flushes what `store_bytes` writes in the block at its end; nothing of it is stored if the block raises.

    The disk writes all of it in one go: a flush for each file and each folder takes most of the time of an ingest.
    """
    with written_together(_unfinished()) as group:
        token = _group.set(group)
        try:
            yield
        finally:
            _group.reset(token)


# The files that this thread writes together.
_group: ContextVar[FileGroup | None] = ContextVar("group", default=None)


def _has_bytes(path: Path, raw: bytes) -> bool:
    """Whether this is a file with these bytes; one that cannot be read has others."""
    try:
        return path.is_file() and path.read_bytes() == raw
    except OSError:
        return False


def sweep_unfinished() -> None:
    """Deletes what killed processes have left of captures that they were writing: nothing refers to it."""
    for path in find_abandoned(_unfinished()):
        path.unlink(missing_ok=True)


def _unfinished() -> Path:
    """The folder of captures that are being written."""
    return Path(settings.CAPTURES_DIR) / ".unfinished"


def read_bytes(sha256: str) -> bytes:
    """Returns the bytes of a capture. Raises DamagedError where they are missing or damaged."""
    with open_bytes(sha256) as file:
        return file.read()


def open_bytes(sha256: str) -> BinaryIO:
    """Opens the bytes of a capture, after a look at all of them. Raises DamagedError as `read_bytes` does."""
    try:
        file = capture_path(sha256).open("rb")
    except FileNotFoundError:
        raise DamagedError(f"The bytes of capture {sha256} are not in the archive's folder. {_CURE}") from None
    except OSError as error:
        raise _unreadable(sha256, error) from error
    try:
        found = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
    except OSError as error:
        file.close()
        raise _unreadable(sha256, error) from error
    if found != sha256:
        file.close()
        raise DamagedError(f"The stored bytes of capture {sha256} are not those that were received. {_CURE}")
    return file


def _unreadable(sha256: str, error: OSError) -> DamagedError:
    return DamagedError(f"The stored bytes of capture {sha256} cannot be read ({error.strerror or error}). {_CURE}")


_CURE = "Restore the file from a backup, or ingest the document again; `manage.py captures verify` lists all faults."


def has_captures_on_disk(*, without: Collection[str]) -> bool:
    """Whether any file has the name of a capture, except these hashes. Looks for the first one only."""
    names = (path.name for path in Path(settings.CAPTURES_DIR).glob("*/*/*"))
    return any(_SHA256.fullmatch(name) and name not in without for name in names)


@dataclass
class CaptureCheck:
    """The faults of the stored captures: hashes without a file or with wrong bytes, and files that belong to none.

    `unreadable` are hashes whose bytes the disk does not return, or this process may not read.
    """

    checked: int = 0
    missing: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    orphaned: list[str] = field(default_factory=list)
    left_over: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not (self.missing or self.damaged or self.unreadable or self.orphaned or self.left_over)


def check_captures(progress: IndexProgress) -> CaptureCheck:
    """Returns the faults of all captures. Reads every byte of them.

    Files that are younger than an hour, and belong to no capture yet, may be those of an ingest that is running.
    """
    check = CaptureCheck()
    known = set(Capture.objects.order_by().values_list("sha256", flat=True).distinct())
    found = set()
    abandoned = set(find_abandoned(_unfinished()))
    for path in _files():
        name = str(path.relative_to(settings.CAPTURES_DIR))
        if path == capture_path(path.name) and _SHA256.fullmatch(path.name):
            found.add(path.name)
            check.checked += 1
            progress(check.checked, len(known))
            if path.name not in known:
                check.orphaned += [path.name] if _is_old(path) else []
            elif fault := _find_fault(path):
                getattr(check, fault).append(path.name)
        elif path in abandoned or (path.parent != _unfinished() and _is_old(path)):
            check.left_over.append(name)
    check.missing = sorted({*check.missing, *(known - found)})
    return check


def hashes_after(sha256: str) -> Iterator[str]:
    """Yields the hashes of captures that come after this one in their order. One query for each thousand."""
    while chunk := list(
        Capture.objects.filter(sha256__gt=sha256).order_by("sha256").values_list("sha256", flat=True).distinct()[:1000]
    ):
        yield from chunk
        sha256 = chunk[-1]


def find_fault(sha256: str) -> str:
    """Returns what is wrong with the bytes of a capture, as CaptureCheck names it; empty if nothing is."""
    return _find_fault(capture_path(sha256))


def repair_captures(check: CaptureCheck) -> int:
    """Sets damaged, orphaned and left over files aside; returns their number. The bytes must come from elsewhere."""
    names = [*map(capture_path, (*check.damaged, *check.orphaned))]
    names += [Path(settings.CAPTURES_DIR) / name for name in check.left_over]
    for path in names:
        _set_aside(path)
    return len(names)


def _is_old(path: Path) -> bool:
    """Whether no ingest that is running wrote a file; one from a time to come is from a clock that was set back."""
    return abs(time.time() - path.lstat().st_mtime) > _MIN_AGE_SECONDS


def _files() -> Iterator[Path]:
    folder = Path(settings.CAPTURES_DIR)
    return (path for path in sorted(folder.rglob("*")) if path.is_file() or path.is_symlink())


def _find_fault(path: Path) -> str:
    """Returns the fault in a CaptureCheck of a file that belongs to a capture; empty where it has none."""
    try:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        # A link that leads to nothing, or a file that an ingest has just set aside.
        return "missing"
    except OSError:
        return "unreadable"
    return "" if sha256 == path.name else "damaged"


def _set_aside(path: Path) -> Path:
    """Moves a file beside the folder of captures, which may be on another disk, under a name of its own.

    Returns its new path.
    """
    folder = Path(settings.CAPTURES_DIR).with_name(_ASIDE)
    folder.mkdir(exist_ok=True)
    target = folder / f"{path.name.lstrip('.')}-{time.time_ns()}"
    shutil.move(path, target)
    flush(folder)
    return target
