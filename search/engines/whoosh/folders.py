"""The folder of an index: its lock, the index in it that serves, and the generations of that index.

    current                            the name of the folder that serves
    lock                               locked while a process writes
    SCHEMA-RANDOM/_MAIN_7.toc          the table of contents of generation 7, see `contents`
    SCHEMA-RANDOM/MAIN_abc123.arrays   a segment, see `segment`

A rebuild creates a second folder beside the one that serves, and then rewrites `current`. A process that has old files
open keeps them. The contents of a segment belong to `segment`. Only modules of this package import from here.
"""

import contextlib
import fcntl
import hashlib
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO

from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, FileIndex

from archive.durable_files import write_durably

from ...fields import FIELDS, NAMES_OF_VALUES, SPELLINGS
from ...text import ANALYSIS_VERSION
from ..contract import BusyError, EngineError, Origin
from .codec import WHOOSH_SCHEMA, ArraySegment, segment_path
from .contents import Contents, contents_path, read_contents, write_contents
from .files import DamagedFileError, check_file
from .forward import LEFT_OUT
from .segment import EXTENSION, VERSION

_LOCK_POLL_SECONDS = 0.02
_MAX_NAME_BYTES = 256
_FOLDER_NAME = re.compile(rb"[0-9a-f]{16}-[0-9a-z]+")

# Parts of the schema fingerprint, made once because every search compares it.
_FIELDS_BUILT = repr([*((field.name, field.kind) for field in FIELDS), *NAMES_OF_VALUES.items(), SPELLINGS])
_WORDS_LEFT_OUT = repr(sorted(LEFT_OUT))


def schema_fingerprint() -> str:
    """Returns a hash of what an index depends on: fields, text analysis, layout, words left out of `forward`."""
    return _hash(f"{_FIELDS_BUILT} analysis {ANALYSIS_VERSION} arrays {VERSION} without {_WORDS_LEFT_OUT}")


@cache
def _hash(dependencies: str) -> str:
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
        self._pointer = path / "current"
        # What the pointer said last, and the folder that it named. Every search asks, and making paths takes time.
        self._last_serving: tuple[bytes, Path] = (b"", path)

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
        """Returns the folder that serves, or None if no file says which. Raises EngineError if that is damaged."""
        try:
            name = _read_beginning(self._pointer)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise DamagedFileError(self._pointer, f"cannot be read ({error.strerror or error})") from error
        last_name, folder = self._last_serving
        if name != last_name:
            if not _FOLDER_NAME.fullmatch(name):
                raise DamagedFileError(self._pointer, f"names no folder of an index ({name[:80]!r})")
            folder = self.path / name.decode()
            self._last_serving = name, folder
        return folder

    def size_bytes(self, name: str) -> int:
        """Returns the size of all files in a folder; 0 if it is deleted meanwhile."""
        total = 0
        with contextlib.suppress(FileNotFoundError):
            for file in (self.path / name).iterdir():
                total += file.stat().st_size
        return total

    def has_segments(self) -> bool:
        """Whether any folder has a segment, whether it serves or not."""
        return any(self.path.glob(f"*/*{EXTENSION}"))

    def create(self, origin: Origin | None) -> Path:
        """Creates a folder with an empty index, which does not serve yet. Its name begins with the schema."""
        folder = self.path / f"{schema_fingerprint()}-{secrets.token_hex(6)}"
        folder.mkdir(parents=True)
        try:
            write_contents(folder, Contents(0, [], origin))
        except BaseException:
            shutil.rmtree(folder)
            raise
        return folder

    def serve(self, folder: Path) -> None:
        """Makes a folder the one that serves, atomically and durably."""
        if self._pointer.is_dir():
            # Nothing of the index; a rename cannot replace it.
            shutil.rmtree(self._pointer)
        write_durably(self._pointer, folder.name.encode(), mode=0o666)
        # A process that was killed while it wrote the name leaves such a file.
        for unfinished in self.path.glob(".current.*"):
            unfinished.unlink()

    def delete_others(self, serving: Path) -> None:
        """Deletes every folder except the serving one."""
        for folder in self.path.iterdir():
            if folder.is_dir() and folder != serving:
                shutil.rmtree(folder)


def _read_beginning(path: Path) -> bytes:
    """Returns the first bytes of a file, more than a name of a folder has. A stream takes three times as long."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(descriptor, _MAX_NAME_BYTES)
    finally:
        os.close(descriptor)


def _try_lock(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


# --- the index in a folder ---


class _ContentsIndex(FileIndex):
    """Whoosh's index in a folder, with the table of contents read by `contents`: Whoosh would unpickle one."""

    def __init__(self, folder: Path) -> None:
        self.storage = FileStorage(str(folder))
        self._schema = WHOOSH_SCHEMA
        self.indexname = ArraySegment.INDEX_NAME
        self.contents = read_contents(folder, latest_generation(folder))

    def _read_toc(self) -> TOC:
        return TOC(self._schema, list(self.contents.segments), self.contents.generation)


def open_for_writing(folder: Path) -> _ContentsIndex:
    """Returns Whoosh's index in a folder. Raises EngineError."""
    try:
        return _ContentsIndex(folder)
    except OSError as error:
        raise DamagedFileError(folder, f"has no readable index ({error.strerror or error})") from error


def latest_generation(folder: Path) -> int:
    """Returns the number of the newest table of contents, or -1 without one. Lists the folder; opens no file."""
    beginning, ending = f"_{ArraySegment.INDEX_NAME}_", ".toc"
    numbers = (
        name[len(beginning) : -len(ending)]
        for name in os.listdir(folder)
        if name.startswith(beginning) and name.endswith(ending)
    )
    return max((int(number) for number in numbers if number.isdecimal()), default=-1)


def check_files(folder: Path) -> list[str]:
    """Reads every file of the index in a folder from disk. Returns what is wrong with each that is damaged."""
    generation = latest_generation(folder)
    path = contents_path(folder, generation)
    try:
        contents = read_contents(folder, generation)
    except DamagedFileError as error:
        return [error.fault]
    except OSError as error:
        return [DamagedFileError(path, f"is no table of contents ({error.strerror or error})").fault]
    faults = (check_file(segment_path(folder, segment), segment.checksum) for segment in contents.segments)
    return [fault for fault in faults if fault]
