"""The manifest of a backup: which files it has, with size and SHA-256, and what the record in it counts. Pure.

A backup is a folder with `manifest.json`, `secret.key`, `record-*.sqlite3` or `record-*.pgdump`, and `captures/`. Only
what the manifest names belongs to the backup. Used by the other modules of this package.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from ..durable_files import write_durably
from ..errors import ArchiveError

MANIFEST_NAME = "manifest.json"
KEY_NAME = "secret.key"
# The record of each kind of database, by Django's name of the kind.
RECORD_SUFFIXES = {"sqlite": ".sqlite3", "postgresql": ".pgdump"}

_FORMAT = 1
_CHUNK_BYTES = 1024 * 1024
_MAX_LISTED_FAULTS = 10
_CAPTURE_NAME = re.compile(r"captures/([0-9a-f]{2})/([0-9a-f]{2})/(\1\2[0-9a-f]{60})")
_RECORD_NAME = re.compile(r"record-[0-9a-f]{16}(\.sqlite3|\.pgdump)")


class BackupError(ArchiveError):
    """A backup cannot be made or restored; the message names the file and the cure."""


@dataclass(frozen=True)
class FileEntry:
    """What a file of the backup must be."""

    sha256: str
    size_bytes: int


@dataclass(frozen=True)
class Manifest:
    """A complete backup: when it was made (ISO 8601), from which database, the rows it has, and its files by name.

    `archive` is the id of the archive; empty in backups of releases that gave archives none.
    """

    made: str
    database: str
    rows: dict[str, int]
    files: dict[str, FileEntry]
    archive: str = ""

    @property
    def record_name(self) -> str:
        """The name of the file with the record."""
        return next(name for name in self.files if _RECORD_NAME.fullmatch(name))

    @property
    def captures(self) -> list[str]:
        """The SHA-256 of each capture."""
        return [name.rpartition("/")[2] for name in self.files if _CAPTURE_NAME.fullmatch(name)]


def capture_name(sha256: str) -> str:
    """Returns the name of a capture in the backup."""
    return f"captures/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def is_name_at_the_top(name: str) -> bool:
    """Whether a backup has this name in its folder, complete or from a run that was stopped."""
    return (
        name in (MANIFEST_NAME, KEY_NAME, "captures") or is_record(name) or name.startswith((".secret", ".manifest"))
    )


def is_record(name: str) -> bool:
    """Whether this is the name of a copy of the record, or of a file that SQLite writes beside a copy."""
    return bool(_RECORD_NAME.fullmatch(re.sub(r"-(journal|wal|shm)$", "", name)))


def describe_file(path: Path) -> FileEntry:
    """Reads a file and returns what it is. Raises OSError."""
    with path.open("rb") as file:
        return FileEntry(hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size)


def copy_and_describe(source: Path, target: BinaryIO) -> FileEntry:
    """Copies a file into an open one and returns what was copied. Raises OSError."""
    digest = hashlib.sha256()
    size_bytes = 0
    with source.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
            size_bytes += target.write(chunk)
    return FileEntry(digest.hexdigest(), size_bytes)


def list_faults(faults: Sequence[str]) -> str:
    """Returns the first faults, each on a line."""
    return "\n".join([*faults[:_MAX_LISTED_FAULTS], *["..."] * (len(faults) > _MAX_LISTED_FAULTS)])


def is_as_described(path: Path, entry: FileEntry) -> bool:
    """Whether a file is there with these bytes. Reads the whole file. Raises OSError if it cannot be read."""
    return path.is_file() and path.stat().st_size == entry.size_bytes and describe_file(path) == entry


def check_as_written(path: Path, entry: FileEntry) -> None:
    """Reads a file that was just written. Raises BackupError if it is not as described."""
    if not is_as_described(path, entry):
        raise BackupError(f"{path} is not as it was written. Use another disk.")


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Writes the manifest, which makes the backup complete. Raises OSError."""
    content: dict[str, Any] = {"format": _FORMAT, **asdict(manifest)}
    content["checksum"] = _checksum(content)
    write_durably(folder / MANIFEST_NAME, json.dumps(content, indent=1).encode(), mode=0o600)


def read_manifest(folder: Path) -> Manifest:
    """Returns the manifest of a backup. Raises BackupError if there is none, or if it is damaged."""
    path = folder / MANIFEST_NAME
    try:
        content = json.loads(path.read_bytes())
        checksum = content.pop("checksum")
        if checksum != _checksum(content):
            raise ValueError("the checksum does not match")
        if content["format"] != _FORMAT:
            raise BackupError(f"{path} has format {content['format']!r}; this version of Cuttings reads {_FORMAT}.")
        files = {name: FileEntry(**entry) for name, entry in content["files"].items()}
        archive = content.get("archive", "")
        manifest = Manifest(content["made"], content["database"], content["rows"], files, archive)
        _check_names(manifest)
    except FileNotFoundError:
        raise BackupError(
            f"{folder} has no {MANIFEST_NAME}: it is no backup, or a backup that was not finished. "
            "Name the folder of a complete backup, or run `manage.py backup` again."
        ) from None
    except OSError as error:
        raise BackupError(f"{path} cannot be read: {error.strerror or error}.") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BackupError(f"{path} is damaged ({error}). Take another backup, or copy this one again.") from error
    return manifest


def _check_names(manifest: Manifest) -> None:
    """Raises ValueError for a name that no backup has: a name decides where a file is read and written."""
    records = 0
    for name, entry in manifest.files.items():
        if match := _CAPTURE_NAME.fullmatch(name):
            if match[3] != entry.sha256:
                raise ValueError(f"the hash of {name} is not its name")
        elif match := _RECORD_NAME.fullmatch(name):
            records += match[1] == RECORD_SUFFIXES[manifest.database]
        elif name != KEY_NAME:
            raise ValueError(f"no backup has a file {name!r}")
    if records != 1 or KEY_NAME not in manifest.files:
        raise ValueError("the record or the key is missing")


def _checksum(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
