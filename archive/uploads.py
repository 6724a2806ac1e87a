"""Files that come from a browser: their names, who may send any, and where they lie until they are taken in.

What a curator looked at is held on disk, so that the very same bytes are taken in: one set a user, in a folder of
its own that no one else can name, for an hour; whoever opens the page after that, or the next start, deletes it.
Nothing of a name that came with a file is used as a path.
"""

import json
import re
import secrets
import shutil
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NoReturn

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

# How long a look may take; and how long after that the set is in use at most, should its process have died.
HELD_SECONDS = 3600
_CLAIMED_SECONDS = 24 * 3600

# A file system's names have 255 bytes.
_LONGEST_NAME = 255
NO_NAME = "a file without a name"

_TOKEN = re.compile(r"[0-9a-f]{32}", re.ASCII)
_COPIED_BYTES = 1024 * 1024
_MANIFEST = "manifest.json"


class NoFiles(FileUploadHandler):
    """The handler of every address but one: what comes as a file is read past, and kept nowhere."""

    def new_file(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Is never asked: no file begins."""

    def file_complete(self, file_size: int) -> None:
        """Is never asked likewise."""


def clean_name(name: str) -> str:
    """Returns a file's name as it can be shown: its last part, no control or format characters, 255 at most."""
    last = re.split(r"[/\\]", name)[-1]
    kept = " ".join("".join(mark if mark.isprintable() else " " for mark in last).split())
    return kept[:_LONGEST_NAME].rstrip() if kept.strip(". ") else NO_NAME


@dataclass(frozen=True)
class Held:
    """Files that are held for one user, and what was said with them, as it was written."""

    token: str
    folder: Path
    names: tuple[str, ...]
    said: Mapping[str, str]

    @property
    def files(self) -> tuple[tuple[str, Path], ...]:
        """The name of each and where it lies."""
        return tuple((name, self.folder / str(number)) for number, name in enumerate(self.names))


def hold(files: Iterable[tuple[str, IO[bytes]]], said: Mapping[str, str], *, user_id: int) -> Held:
    """Copies files to disk for this user, in place of those that were held for them before. Raises OSError."""
    sweep()
    for earlier in _folders(f"{user_id}-*"):
        _delete(earlier)
    token = secrets.token_hex(16)
    folder = _root() / f"{user_id}-{token}"
    aside = folder.with_name(f".{folder.name}")
    aside.mkdir(mode=0o700)
    try:
        names = []
        for number, (name, file) in enumerate(files):
            names.append(clean_name(name))
            file.seek(0)
            with (aside / str(number)).open("xb") as copy:
                shutil.copyfileobj(file, copy, _COPIED_BYTES)
        (aside / _MANIFEST).write_text(json.dumps({"names": names, "said": dict(said)}), encoding="utf-8")
        aside.rename(folder)
    except BaseException:
        _delete(aside)
        raise
    return Held(token, folder, tuple(names), dict(said))


def claim(token: str, *, user_id: int) -> Held | None:
    """Returns what is held under a token for this user alone, and holds it no more: of two who ask, one has it.

    Whoever has it deletes it by `release`. None where there is no such set, or no longer.
    """
    sweep()
    if not _TOKEN.fullmatch(token):
        return None
    folder = _root() / f"{user_id}-{token}"
    claimed = folder.with_name(f".{folder.name}")
    try:
        folder.rename(claimed)
    except OSError:
        return None
    manifest = json.loads((claimed / _MANIFEST).read_text(encoding="utf-8"))
    return Held(token, claimed, tuple(manifest["names"]), manifest["said"])


def release(held: Held) -> None:
    """Deletes what was held."""
    _delete(held.folder)


def sweep() -> None:
    """Deletes what has been held for too long."""
    now = time.time()
    for pattern, seconds in (("[!.]*", HELD_SECONDS), (".*", _CLAIMED_SECONDS)):
        for folder in _folders(pattern):
            try:
                age = now - folder.stat().st_mtime
            except FileNotFoundError:
                continue  # another process was first
            if age > seconds:
                _delete(folder)


def _root() -> Path:
    root = Path(settings.UPLOADS_DIR)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    return root


def _folders(pattern: str) -> list[Path]:
    return sorted(_root().glob(pattern))


def _delete(folder: Path) -> None:
    # What another process deletes at the same time is gone as well.
    shutil.rmtree(folder, ignore_errors=True)
