"""The folder of an index: its lock, the index in it that serves, and the generations of that index.

    current                            the name of the folder that serves
    lock                               locked while a process writes
    SCHEMA-RANDOM/_MAIN_7.toc          Whoosh's table of contents, generation 7
    SCHEMA-RANDOM/MAIN_abc123.arrays   a segment, see `segment`

A rebuild creates a second folder beside the one that serves, and then rewrites `current`. A process that has old files
open keeps them. The contents of a segment belong to `segment`. Only modules of this package import from here.
"""

import fcntl
import hashlib
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, FileIndex

from archive.durable_files import flush, write_durably

from ...fields import FIELDS
from ...text import ANALYSIS_VERSION
from ..contract import BusyError, EngineError
from .codec import WHOOSH_SCHEMA, ArraySegment
from .forward import LEFT_OUT
from .segment import VERSION

_INDEX_NAME = "MAIN"
_LOCK_POLL_SECONDS = 0.02

# Parts of the schema fingerprint, made once because every search compares it.
_FIELDS_BUILT = repr([(field.name, field.kind) for field in FIELDS])
_WORDS_LEFT_OUT = repr(sorted(LEFT_OUT))


def schema_fingerprint() -> str:
    """Returns a hash of what an index depends on: fields, text analysis, layout, words left out of `forward`."""
    dependencies = f"{_FIELDS_BUILT} analysis {ANALYSIS_VERSION} arrays {VERSION} without {_WORDS_LEFT_OUT}"
    return hashlib.sha256(dependencies.encode()).hexdigest()[:16]


def check_schema(serving: Path) -> None:
    """Raises EngineError if the index in a folder was built with other fields, analysis or layout."""
    if schema_of(serving) != schema_fingerprint():
        raise EngineError(
            "The index was built by another version of the archive. Rebuild it: `manage.py index rebuild`."
        )


def schema_of(serving: Path) -> str:
    """Returns the schema fingerprint that the name of a folder begins with."""
    return serving.name.partition("-")[0]


class IndexFolder:
    """The folder of an index, with the folder that serves inside it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def locked(self, wait_seconds: float) -> Iterator[None]:
        """Keeps other writers out of the block.

        Raises BusyError if the lock is not free within `wait_seconds`, and EngineError for an OSError in the block.
        """
        deadline = time.monotonic() + wait_seconds
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            with (self.path / "lock").open("w") as lock:
                while not _try_lock(lock):
                    if time.monotonic() >= deadline:
                        raise BusyError(
                            f"Another process is writing to the index and did not finish in {wait_seconds:g} seconds; "
                            "pending changes stay pending: a running server indexes them, or `manage.py index update`."
                        )
                    time.sleep(_LOCK_POLL_SECONDS)
                yield
        except OSError as error:
            raise EngineError(
                f"The index in {self.path} cannot be written ({error.strerror or error}). It serves as before, and "
                "pending changes stay pending: solve this problem, then run `manage.py index update`."
            ) from error

    def find_serving(self) -> Path | None:
        """Returns the folder that serves, or None if there is none yet."""
        try:
            return self.path / (self.path / "current").read_text().strip()
        except FileNotFoundError:
            return None

    def create(self) -> Path:
        """Creates a folder with an empty index, which does not serve yet. Its name begins with the schema."""
        folder = self.path / f"{schema_fingerprint()}-{secrets.token_hex(6)}"
        folder.mkdir(parents=True)
        try:
            FileIndex.create(_DurableStorage(str(folder)), WHOOSH_SCHEMA)
        except BaseException:
            shutil.rmtree(folder)
            raise
        return folder

    def serve(self, folder: Path) -> None:
        """Makes a folder the one that serves, atomically and durably."""
        write_durably(self.path / "current", folder.name.encode(), mode=0o666)
        # A process that was killed while it wrote the name leaves such a file.
        for unfinished in self.path.glob(".current.*"):
            unfinished.unlink()

    def delete_others(self, serving: Path) -> None:
        """Deletes every folder except the serving one."""
        for folder in self.path.iterdir():
            if folder.is_dir() and folder != serving:
                shutil.rmtree(folder)


def _try_lock(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


# --- the index in a folder ---


class _DurableStorage(FileStorage):
    """A folder in which a renamed file, and its new name, are on disk when `rename_file` returns.

    Whoosh renames nothing but a new table of contents, and never calls fsync.
    """

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        flush(Path(self.folder) / oldname)
        super().rename_file(oldname, newname, safe=safe)
        flush(Path(self.folder))


def open_for_writing(folder: Path) -> FileIndex:
    """Returns Whoosh's index in a folder. Raises EngineError if it cannot be read."""
    try:
        return FileIndex(_DurableStorage(str(folder)), WHOOSH_SCHEMA)
    except Exception as error:
        raise _unreadable(folder, error) from error


def latest_generation(folder: Path) -> int:
    """Returns the number of the newest table of contents, or -1 without one. Lists the folder; opens no file."""
    beginning, ending = f"_{_INDEX_NAME}_", ".toc"
    return max(
        (
            int(name[len(beginning) : -len(ending)])
            for name in os.listdir(folder)
            if name.startswith(beginning) and name.endswith(ending)
        ),
        default=-1,
    )


def read_segments(folder: Path, generation: int) -> list[ArraySegment]:
    """Returns the segments of a generation.

    Raises FileNotFoundError if a writer has deleted its table of contents, and EngineError if that cannot be read.
    """
    try:
        toc = TOC.read(FileStorage(str(folder)), _INDEX_NAME, gen=generation, schema=WHOOSH_SCHEMA)
    except FileNotFoundError:
        raise
    except Exception as error:
        # A damaged file makes Whoosh and pickle raise almost anything.
        raise _unreadable(folder, error) from error
    segments: list[ArraySegment] = toc.segments
    return segments


def _unreadable(folder: Path, error: Exception) -> EngineError:
    return EngineError(f"The index in {folder} cannot be opened ({error}). Rebuild it: `manage.py index rebuild`.")
