"""Restores a backup into an empty home: checks it, puts it back, builds the index, and verifies the result.

The record comes last, so that a home without a record was not restored to its end.
"""

import hashlib
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection

from ..batches import in_parts
from ..capture_files import flushed_together, store_bytes
from ..durable_files import FILES_TOGETHER, open_durably, write_durably
from ..models import archive_identity
from ..models.captures import capture_path
from ..search_port import IndexProgress, SearchPortError, get_search_port
from .databases import check_database_is_empty, count_rows, load_postgresql
from .manifest import (
    KEY_NAME,
    BackupError,
    FileEntry,
    Manifest,
    capture_name,
    check_as_written,
    copy_and_describe,
    is_as_described,
    list_faults,
    read_manifest,
)

# Called with the name of a step; the progress of the step is shown while the context is open.
Step = Callable[[str], AbstractContextManager[IndexProgress]]


@dataclass(frozen=True)
class RestoreResult:
    """What was restored and verified."""

    manifest: Manifest
    sections_indexed: int


def restore_backup(folder: Path, step: Step) -> RestoreResult:
    """Restores the backup in a folder into the empty home of the settings. Raises BackupError.

    Nothing is written before the whole backup has been read and found good.
    """
    manifest = read_manifest(folder)
    if manifest.database != connection.vendor:
        raise BackupError(
            f"The record in {folder} is that of {manifest.database}, and ARCHIVE_DATABASE_URL names "
            f"{connection.vendor}. Name an empty database of {manifest.database}."
        )
    home = Path(settings.ARCHIVE_HOME)
    _check_home_is_empty(home)
    check_database_is_empty()
    with step("Checked") as progress:
        _check_files(folder, manifest, progress)
    try:
        with step("Restored") as progress:
            _put_back(folder, manifest, home, progress)
    except OSError as error:
        raise BackupError(
            f"{home} cannot be written: {error.strerror or error}. Empty it and restore again."
        ) from error
    _verify_rows(manifest)
    call_command("migrate", verbosity=0)
    if manifest.archive and archive_identity() != manifest.archive:
        raise BackupError(f"The restored record is not that of archive {manifest.archive}. Restore another backup.")
    search = get_search_port()
    try:
        with step("Indexed") as progress:
            sections = search.rebuild(progress)
        with step("Verified") as progress:
            agrees = search.verify(progress)
    except SearchPortError as error:
        raise BackupError(f"The record is restored, but not indexed: {error}") from error
    if not agrees:
        raise BackupError(
            "The record is restored, but the index differs from it. Run `manage.py index rebuild`, "
            "then `manage.py index verify`."
        )
    return RestoreResult(manifest, sections)


def _check_home_is_empty(home: Path) -> None:
    """Raises BackupError if the home has anything but the key, which every command makes if there is none."""
    content = sorted(path.name for path in home.iterdir() if path.name != KEY_NAME) if home.is_dir() else []
    if content:
        raise BackupError(
            f"{home} is not empty: it has {', '.join(content[:5])}. Set ARCHIVE_HOME to a new folder, "
            "or move this one away; nothing was changed."
        )


def _check_files(folder: Path, manifest: Manifest, progress: IndexProgress) -> None:
    """Reads every file of the backup. Raises BackupError with the names of those that are missing or wrong."""
    wrong = []
    for done, (name, entry) in enumerate(manifest.files.items(), start=1):
        path = folder / name
        try:
            if not path.is_file():
                wrong.append(f"{name}: missing")
            elif not is_as_described(path, entry):
                wrong.append(f"{name}: not the bytes that were written")
        except OSError as error:
            wrong.append(f"{name}: {error.strerror or error}")
        progress(done, len(manifest.files))
    if wrong:
        raise BackupError(
            f"The backup in {folder} is damaged in {len(wrong):,} of {len(manifest.files):,} files:\n"
            f"{list_faults(wrong)}\n"
            "Copy these files from another copy of this backup, or restore another backup; nothing was changed."
        )


def _put_back(folder: Path, manifest: Manifest, home: Path, progress: IndexProgress) -> None:
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_durably(home / KEY_NAME, (folder / KEY_NAME).read_bytes(), mode=0o660)
    captures, done = manifest.captures, 0
    for part in in_parts(captures, size=FILES_TOGETHER):
        _put_back_captures(folder, manifest, part)
        done += len(part)
        progress(done, len(captures))
    record = folder / manifest.record_name
    if manifest.database == "sqlite":
        connection.close()
        target = Path(connection.settings_dict["NAME"])
        _copy_file(record, target, manifest.files[record.name], mode=0o660)
    else:
        load_postgresql(record)


def _put_back_captures(folder: Path, manifest: Manifest, part: Sequence[str]) -> None:
    """Copies captures, flushes them together, and reads them again."""
    with flushed_together():
        for sha256 in part:
            source = folder / capture_name(sha256)
            content = source.read_bytes()
            if hashlib.sha256(content).hexdigest() != sha256:
                raise _changed(source)
            store_bytes(content, sha256)
    for sha256 in part:
        check_as_written(capture_path(sha256), manifest.files[capture_name(sha256)])


def _changed(source: Path) -> BackupError:
    return BackupError(f"{source} changed while it was restored. Empty the home, and restore again.")


def _copy_file(source: Path, target: Path, entry: FileEntry, *, mode: int) -> None:
    """Copies a file and reads it again."""
    with open_durably(target, mode=mode) as file:
        if copy_and_describe(source, file).sha256 != entry.sha256:
            raise _changed(source)
    check_as_written(target, entry)


def _verify_rows(manifest: Manifest) -> None:
    """Raises BackupError if the restored record does not have the rows of the backup."""
    try:
        rows = count_rows()
    except DatabaseError as error:
        raise BackupError(f"The restored record cannot be read: {error}. Restore another backup.") from error
    # One of an earlier release counts fewer kinds.
    rows = {kind: rows.get(kind, 0) for kind in manifest.rows}
    if rows != manifest.rows:
        raise BackupError(f"The restored record has {rows}, and the backup {manifest.rows}. Restore another backup.")
