"""Makes a backup while the archive runs: the record first, then the captures that it names, the manifest last.

Bytes are stored before the record names them, so the captures of a copied record are all there. Until the new manifest
is written, the folder is the backup of before.
"""

import fcntl
import hashlib
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection

from ..batches import in_parts
from ..durable_files import FILES_TOGETHER, find_abandoned, write_durably, written_together
from ..models.captures import capture_path
from .databases import copy_record
from .manifest import (
    KEY_NAME,
    MANIFEST_NAME,
    RECORD_SUFFIXES,
    BackupError,
    FileEntry,
    Manifest,
    capture_name,
    check_as_written,
    describe_file,
    is_as_described,
    is_name_at_the_top,
    is_record,
    list_faults,
    read_manifest,
    write_manifest,
)

# Called with how many captures are done, and how many there are.
CopyProgress = Callable[[int, int], None]


@dataclass(frozen=True)
class BackupResult:
    """A complete backup, and how many captures were copied because the folder did not have them."""

    manifest: Manifest
    copied: int


class _DamagedCaptureError(Exception):
    """The bytes of a capture are missing or not those of its name: what was found."""


def make_backup(folder: Path, progress: CopyProgress) -> BackupResult:
    """Makes or renews the backup in a folder; every file is read again after it was written.

    Raises BackupError if the archive is damaged or the folder is not for this archive; the backup that was in the
    folder is then as it was. Cost: reads all captures, writes those that are new.
    """
    try:
        with _locked_folder(folder):
            _check_folder(folder)
            record = folder / f"record-{secrets.token_hex(8)}{RECORD_SUFFIXES[connection.vendor]}"
            try:
                result = _write_backup(folder, record, progress)
            except BaseException:
                record.unlink(missing_ok=True)
                raise
            _sweep(folder, record)
            return result
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise BackupError(
            f"The backup in {folder} cannot be written: {error.strerror or error}{where}. "
            "Look whether the disk is full, and who may write there."
        ) from error


def _write_backup(folder: Path, record: Path, progress: CopyProgress) -> BackupResult:
    made = datetime.now(UTC).isoformat(timespec="seconds")
    copy = copy_record(record)
    _check_archive(folder, copy.archive)
    files = {record.name: describe_file(record), KEY_NAME: _copy_key(folder)}
    copied = done = 0
    damaged: list[str] = []
    for part in in_parts(copy.captures, size=FILES_TOGETHER):
        described, is_new = _copy_captures(folder, part, damaged)
        files |= described
        copied += is_new
        done += len(part)
        progress(done, len(copy.captures))
    if damaged:
        raise BackupError(
            f"The folder `captures` is damaged in {len(damaged):,} of {len(copy.captures):,} files:\n"
            f"{list_faults(damaged)}\n"
            "Copy these files from an earlier backup, or ingest the same documents again. "
            "No new backup was made; an earlier one in this folder is as it was."
        )
    manifest = Manifest(made, connection.vendor, copy.rows, files, copy.archive)
    write_manifest(folder, manifest)
    if read_manifest(folder) != manifest:
        raise BackupError(f"{folder / MANIFEST_NAME} is not as it was written. Use another disk.")
    return BackupResult(manifest, copied)


def _copy_captures(folder: Path, part: Sequence[str], damaged: list[str]) -> tuple[dict[str, FileEntry], int]:
    """Copies those captures of which the backup does not have the bytes, and flushes them together.

    Returns what each is, by its name in the backup, and how many were copied; adds what is wrong to `damaged`.
    """
    described: dict[str, FileEntry] = {}
    copied = []
    with written_together(_unfinished(folder)) as group:
        for sha256 in part:
            name = capture_name(sha256)
            target = folder / name
            try:
                content = _read_capture(sha256, is_backed_up=target.is_file())
            except _DamagedCaptureError as error:
                damaged.append(f"{name}: {error}")
                continue
            described[name] = FileEntry(sha256, len(content))
            if not is_as_described(target, described[name]):
                _make_folders(target.parent, below=folder)
                group.add(target, content, mode=0o600)
                copied.append(name)
    for name in copied:
        check_as_written(folder / name, described[name])
    return described, len(copied)


def _read_capture(sha256: str, *, is_backed_up: bool) -> bytes:
    """Returns the bytes of a capture. Raises _DamagedCaptureError."""
    source = capture_path(sha256)
    if not source.is_file():
        raise _DamagedCaptureError("missing")
    content = source.read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        kept = " (the copy in the backup was kept)" if is_backed_up else ""
        raise _DamagedCaptureError(f"its bytes are not those of its name{kept}")
    return content


def _unfinished(folder: Path) -> Path:
    """Returns the folder of captures that are being written; it is there."""
    unfinished = folder / "captures" / ".unfinished"
    _make_folders(unfinished, below=folder)
    return unfinished


def _copy_key(folder: Path) -> FileEntry:
    content = (Path(settings.ARCHIVE_HOME) / KEY_NAME).read_bytes()
    target = folder / KEY_NAME
    entry = FileEntry(hashlib.sha256(content).hexdigest(), len(content))
    if not (target.exists() and is_as_described(target, entry)):
        write_durably(target, content, mode=0o600)
    check_as_written(target, entry)
    return entry


@contextmanager
def _locked_folder(folder: Path) -> Iterator[None]:
    """Makes the folder, and keeps a second backup out of it until the block ends."""
    home = Path(settings.ARCHIVE_HOME).resolve()
    if folder.resolve().is_relative_to(home):
        raise BackupError(f"{folder} is in the home of the archive ({home}). Name a folder on another disk.")
    captures = Path(settings.CAPTURES_DIR).resolve()
    if folder.resolve().is_relative_to(captures) or (folder / "captures").resolve() == captures:
        raise BackupError(f"{folder} is where the archive keeps its captures ({captures}). Name another folder.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError(f"Another backup writes to {folder}. Wait for its end.") from None
        yield
    finally:
        os.close(handle)


def _check_folder(folder: Path) -> None:
    """Raises BackupError if the folder has something else than a backup of this archive."""
    strangers = sorted(path.name for path in folder.iterdir() if not is_name_at_the_top(path.name))
    if strangers:
        raise BackupError(f"{folder} has files that are no backup, like {strangers[0]!r}. Name an empty folder.")
    if not (folder / KEY_NAME).is_file():
        return
    key = describe_file(Path(settings.ARCHIVE_HOME) / KEY_NAME)
    if describe_file(folder / KEY_NAME) == key:
        return
    # A damaged key is written again, if the manifest says that it was the key of this archive.
    if not (folder / MANIFEST_NAME).is_file() or read_manifest(folder).files[KEY_NAME] != key:
        raise BackupError(f"{folder} is the backup of an archive with another key. Name another folder.")


def _check_archive(folder: Path, archive: str) -> None:
    """Raises BackupError if the backup in the folder is that of another archive, such as one that was lost since."""
    try:
        backed_up = read_manifest(folder).archive
    except BackupError:
        # There is none yet, or it is damaged and written again.
        return
    if backed_up and backed_up != archive:
        raise BackupError(
            f"{folder} is the backup of another archive ({backed_up}; this one is {archive or 'not migrated yet'}): "
            "its record would be replaced. Name another folder."
        )


def _make_folders(folder: Path, *, below: Path) -> None:
    """Makes folders that their owner alone can enter; `Path.mkdir` gives the mode to the last one only."""
    for parent in reversed([folder, *folder.parents]):
        if parent.is_relative_to(below):
            parent.mkdir(mode=0o700, exist_ok=True)


def _sweep(folder: Path, record: Path) -> None:
    """Deletes the record of the backup of before, and what stopped runs have left unfinished."""
    for path in find_abandoned(_unfinished(folder)):
        path.unlink(missing_ok=True)
    _unfinished(folder).rmdir()
    for path in folder.iterdir():
        if path != record and (is_record(path.name) or path.name.startswith(".")):
            path.unlink(missing_ok=True)
