"""Files that come from a browser: their names, and the previewed ones that wait on disk to be ingested.

A curator who previews files ingests the very same bytes afterwards. Each user has at most one such upload, in a folder
whose name nobody else can guess. After an hour, the next visit to the page or the next start deletes it. The name
of a file is shown and never used as a path. Used by the admin's pages of ingest, by `start`, and by the settings.
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

# How long a preview waits for its curator; and how long an upload may take to ingest, in case its process died.
MAX_HELD_SECONDS = 3600
_MAX_CLAIMED_SECONDS = 24 * 3600

# File systems allow names of 255 bytes.
_MAX_NAME_CHARS = 255
NO_NAME = "a file without a name"

_TOKEN = re.compile(r"[0-9a-f]{32}", re.ASCII)
_COPY_BYTES = 1024 * 1024
_MANIFEST = "manifest.json"


class NoFiles(FileUploadHandler):
    """The upload handler of every page except that of ingest: skips files without storing them."""

    def new_file(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Never called, because no file begins."""

    def file_complete(self, file_size: int) -> None:
        """Never called either."""


def clean_name(name: str) -> str:
    """Returns a file's name fit to be shown: its last part, at most 255 characters, none of them invisible."""
    last = re.split(r"[/\\]", name)[-1]
    visible = " ".join("".join(mark if mark.isprintable() else " " for mark in last).split())
    return visible[:_MAX_NAME_CHARS].rstrip() if visible.strip(". ") else NO_NAME


@dataclass(frozen=True)
class HeldUpload:
    """The files of one user's preview, with the options as they were entered, by name."""

    token: str
    folder: Path
    names: tuple[str, ...]
    options: Mapping[str, str]

    @property
    def files(self) -> tuple[tuple[str, Path], ...]:
        """The name of each file, and its path."""
        return tuple((name, self.folder / str(number)) for number, name in enumerate(self.names))


def hold(files: Iterable[tuple[str, IO[bytes]]], options: Mapping[str, str], *, user_id: int) -> HeldUpload:
    """Copies files to disk for a user, and deletes those of the user's earlier preview. Raises OSError."""
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
                shutil.copyfileobj(file, copy, _COPY_BYTES)
        manifest = {"names": names, "options": dict(options)}
        (aside / _MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
        aside.rename(folder)
    except BaseException:
        _delete(aside)
        raise
    return HeldUpload(token, folder, tuple(names), dict(options))


def claim(token: str, *, user_id: int) -> HeldUpload | None:
    """Returns the upload with this token and removes it from those that wait; of two callers only one gets it.

    The caller deletes it by `release`. Returns None if the user has no such upload, or no longer has it.
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
    if "options" not in manifest:  # stored by an earlier version of the archive, and not readable by this one
        _delete(claimed)
        return None
    return HeldUpload(token, claimed, tuple(manifest["names"]), manifest["options"])


def release(upload: HeldUpload) -> None:
    """Deletes the files of an upload."""
    _delete(upload.folder)


def sweep() -> None:
    """Deletes the uploads that are too old."""
    now = time.time()
    for pattern, max_seconds in (("[!.]*", MAX_HELD_SECONDS), (".*", _MAX_CLAIMED_SECONDS)):
        for folder in _folders(pattern):
            try:
                age_seconds = now - folder.stat().st_mtime
            except FileNotFoundError:
                continue  # another process was first
            # A time to come is that of a clock that was set back.
            if abs(age_seconds) > max_seconds:
                _delete(folder)


def _root() -> Path:
    root = Path(settings.UPLOADS_DIR)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    return root


def _folders(pattern: str) -> list[Path]:
    return sorted(_root().glob(pattern))


def _delete(folder: Path) -> None:
    # Another process may delete it at the same time.
    shutil.rmtree(folder, ignore_errors=True)
