"""Files that come from a browser: their names, and the uploads that wait on disk to be previewed or ingested.

A curator who previews files ingests the very same bytes afterwards. Each user has at most one such upload, in a folder
whose name nobody else can guess. After an hour in which nothing comes, the next visit to the page or the next start
deletes it. The name of a file is shown and never used as a path. An upload comes whole (`hold`), or in many requests
(`open_upload`, `receive_part`), each with parts of files at stated places, so that a part that comes twice changes
nothing. Used by the admin's pages of ingest, by `start`, by the queue of ingest, and by the settings.
"""

import fcntl
import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NoReturn

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from .errors import ArchiveError

# How long a preview waits for its curator; and how long an upload may take to ingest, in case its process died.
MAX_HELD_SECONDS = 3600
_MAX_CLAIMED_SECONDS = 24 * 3600

# File systems allow names of 255 bytes.
_MAX_NAME_CHARS = 255
NO_NAME = "a file without a name"

# A folder with more files is packed, or ingested on the server.
MAX_FILES = 10_000

_TOKEN = re.compile(r"[0-9a-f]{32}", re.ASCII)
_COPY_BYTES = 1024 * 1024
_MANIFEST = "manifest.json"
_NAMES = "names.jsonl"


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


class UploadError(ArchiveError):
    """Parts of an upload that cannot be received; the message says why, and the cure."""


class UploadGoneError(UploadError):
    """The user has no such upload any more."""


def clean_path(name: str) -> str:
    """Returns the name of a file with its folders fit to be shown; at most 255 characters, the last ones of longer."""
    parts = [clean_name(part) for part in re.split(r"[/\\]", name) if part.strip(". ")]
    return "/".join(part for part in parts if part != NO_NAME)[-_MAX_NAME_CHARS:].lstrip("/ ") or NO_NAME


@dataclass(frozen=True)
class HeldUpload:
    """The files of one user's upload, with the options as they were entered, by name."""

    token: str
    folder: Path
    names: tuple[str, ...]
    options: Mapping[str, str]

    @property
    def files(self) -> tuple[tuple[str, Path], ...]:
        """The name of each file, and its path."""
        return tuple((name, self.folder / str(number)) for number, name in enumerate(self.names))


@dataclass(frozen=True)
class Part:
    """A part of a file: the number of the file in the upload, its name, where the part begins, and its bytes."""

    number: int
    name: str
    start_byte: int
    content: IO[bytes]


def open_upload(*, user_id: int) -> str:
    """Begins an upload in many requests; returns its token. Deletes the user's earlier one. Raises OSError."""
    sweep()
    for earlier in _folders(f"{user_id}-*"):
        _delete(earlier)
    token = secrets.token_hex(16)
    folder = _root() / f"{user_id}-{token}"
    folder.mkdir(mode=0o700)
    (folder / _NAMES).touch(mode=0o600)
    return token


def receive_part(token: str, part: Part, *, user_id: int) -> int:
    """Writes a part of a file; returns how many bytes of the file are there now.

    A part may come again, and begins where the bytes that are there end, or before. Raises UploadError for a part that
    leaves a gap or that is beyond the limits, and OSError where it cannot be stored: then nothing of it is.
    """
    folder = _receiving(token, user_id)
    name = clean_path(part.name)
    with _locked_names(folder) as names:
        if part.number > len(names) or part.number < 0:
            raise UploadError("A file is missing before this one. Send the files again.")
        if part.number >= MAX_FILES:
            raise UploadError(f"More than {MAX_FILES:,} files. Pack them in a zip, or ingest them on the server.")
        path = folder / str(part.number)
        here = path.stat().st_size if path.exists() else 0
        if part.start_byte > here:
            raise UploadError(f"Bytes are missing in “{name}” after the first {here:,}. Send the files again.")
        stored = sum(file.stat().st_size for file in folder.iterdir() if file.name.isdecimal())
        size_bytes = part.content.seek(0, 2)
        if stored - here + part.start_byte + size_bytes > settings.UPLOAD_TOTAL_BYTES:
            limit = settings.UPLOAD_TOTAL_BYTES // 1024 // 1024
            raise UploadError(f"More than {limit:,} MiB. Send them in parts, or ingest them on the server.")
        part.content.seek(0)
        with path.open("r+b" if path.exists() else "xb") as file:
            try:
                file.truncate(part.start_byte)
                file.seek(part.start_byte)
                shutil.copyfileobj(part.content, file, _COPY_BYTES)
            except OSError:
                file.truncate(part.start_byte)
                raise
        if part.number == len(names):
            names.append(name)
        os.utime(folder)
        return part.start_byte + size_bytes


def close_upload(token: str, sizes_bytes: Sequence[int], options: Mapping[str, str], *, user_id: int) -> HeldUpload:
    """Ends an upload in many requests, if each file is there whole. Raises UploadError where one is not."""
    folder = _receiving(token, user_id)
    with _locked_names(folder) as names:
        if len(names) != len(sizes_bytes):
            raise UploadError(f"{len(names):,} of {len(sizes_bytes):,} files arrived. Send them again.")
        for number, (name, size_bytes) in enumerate(zip(names, sizes_bytes, strict=True)):
            here = (folder / str(number)).stat().st_size
            if here != size_bytes:
                raise UploadError(f"Of “{name}”, {here:,} of {size_bytes:,} bytes arrived. Send the files again.")
        manifest = {"names": names, "options": dict(options)}
        (folder / _MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
        return HeldUpload(token, folder, tuple(names), dict(options))


def _receiving(token: str, user_id: int) -> Path:
    """Returns the folder of an upload that is still received. Raises UploadGoneError where there is none."""
    folder = _root() / f"{user_id}-{token}"
    if not _TOKEN.fullmatch(token) or not (folder / _NAMES).is_file() or (folder / _MANIFEST).exists():
        raise UploadGoneError("These files were deleted, replaced by a later upload, or ingested already.")
    return folder


@contextmanager
def _locked_names(folder: Path) -> Iterator[list[str]]:
    """Locks an upload for the block, and keeps the names of its files, which the block may extend."""
    try:
        handle = (folder / _NAMES).open("r+", encoding="utf-8")
    except FileNotFoundError:
        raise UploadGoneError("These files were deleted, replaced by a later upload, or ingested already.") from None
    with handle as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        names = [json.loads(line) for line in file]
        before = len(names)
        yield names
        file.writelines(json.dumps(name) + "\n" for name in names[before:])


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


def reclaim(name: str) -> HeldUpload | None:
    """Returns a claimed upload by the name of its folder, for whoever goes on with it; None if it is not there."""
    folder = _root() / name
    if not re.fullmatch(r"\.\d+-[0-9a-f]{32}", name, re.ASCII) or not (folder / _MANIFEST).is_file():
        return None
    manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    os.utime(folder)
    return HeldUpload(name.rpartition("-")[2], folder, tuple(manifest["names"]), manifest["options"])


def claim(token: str, *, user_id: int) -> HeldUpload | None:
    """Returns the upload with this token and removes it from those that wait; of two callers only one gets it.

    The caller deletes it by `release`. Returns None if the user has no such upload, or no longer has it.
    """
    sweep()
    if not _TOKEN.fullmatch(token):
        return None
    folder = _root() / f"{user_id}-{token}"
    claimed = folder.with_name(f".{folder.name}")
    if not (folder / _MANIFEST).is_file():  # it is still received
        return None
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
