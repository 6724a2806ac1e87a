"""Zip files: each file in it is a document, or a container again. No file is ever unpacked to disk under its name.

The directory of a zip is at its end, so a zip from a pipe or a container is copied to a temporary file first.
"""

import io
import re
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import BinaryIO

from ...errors import ReadError
from ...items import Hints, Rejected
from ..input import DamageError, Limits, clean, decode_page, size_text
from .members import Member

# The header of a file, and the end of an empty directory.
_STARTS = (b"PK\x03\x04", b"PK\x05\x06")

# Files that operating systems add to a zip.
_SYSTEM_FILES = re.compile(r"(?:^|/)(?:\.[^./]|__MACOSX/|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)

# Files that only office documents and programs contain, which are zips to the machine and one document to people.
_OFFICE_FILES = ("[Content_Types].xml", "mimetype", "META-INF/MANIFEST.MF")

# Stored and deflated: the methods in use. Others do not limit what a few bytes unpack to, or the size of a dictionary.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

_SPOOLED_PART_BYTES = 1024 * 1024

# A locator is one line; a name may be long.
_MAX_LOCATOR_NAME_CHARS = 150


def sniff(head: bytes, name: str) -> bool:
    """Whether the stream begins with a zip's signature."""
    return head.startswith(_STARTS)


def open_files(stream: BinaryIO, hints: Hints, limits: Limits) -> Iterator[Member | Rejected]:
    """Yields each file in the order of the directory, with its name as locator; leaves out hidden files.

    Raises ReadError for a zip that cannot be opened.
    """
    with ExitStack() as stack:
        file = stream if stream.seekable() else stack.enter_context(_spooled(stream, limits))
        archive = stack.enter_context(_open(file, limits))
        entries = archive.infolist()
        if any(entry.filename in _OFFICE_FILES for entry in entries):
            raise ReadError("an office document or a program, which only looks like a zip of files; save it as text")
        overlapping = _overlapping(entries)
        for entry, name in zip(entries, _names(entries), strict=True):
            if entry.filename.endswith("/") or _SYSTEM_FILES.search(name):
                continue
            locator = name[:_MAX_LOCATOR_NAME_CHARS] or "a file without a name"
            if entry.header_offset in overlapping:
                yield Rejected(locator, "its bytes are another file's too, as in bombs; pack the files again")
            elif entry.flag_bits & 1:
                yield Rejected(locator, "encrypted; unpack it with its password and ingest the files")
            elif entry.compress_type not in _METHODS:
                yield Rejected(locator, f"packed by method {entry.compress_type}, not by deflate; pack it again")
            else:
                with _Unpacked(archive, entry) as member:
                    yield Member(io.BufferedReader(member), replace(hints, name=name, url=""), locator)


def _spooled(stream: BinaryIO, limits: Limits) -> BinaryIO:
    """Copies a stream to a nameless file on disk. Raises ReadError beyond `max_spooled_bytes`."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    size = 0
    try:
        while data := stream.read(_SPOOLED_PART_BYTES):
            size += len(data)
            if size > limits.max_spooled_bytes:
                max_size = size_text(limits.max_spooled_bytes)
                raise ReadError(f"a zip in a stream may have {max_size}; save it as a file of its own")
            file.write(data)
    except BaseException:
        file.close()
        raise
    return file


def _open(file: BinaryIO, limits: Limits) -> zipfile.ZipFile:
    if _directory_bytes(file) > limits.max_directory_bytes:
        raise ReadError("its directory has more files than can be listed; pack them in several zips")
    try:
        return zipfile.ZipFile(file)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError, struct.error) as error:
        raise ReadError(f"the zip is damaged or cut, its directory cannot be read: {error}") from None


def _directory_bytes(file: BinaryIO) -> int:
    """Returns the size of a zip's directory as stated in the zip, else 0 (APPNOTE.TXT, 4.3.14 and 4.3.16)."""
    end = file.seek(0, io.SEEK_END)
    file.seek(max(0, end - 0x10000 - 22 - 76))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    size = int.from_bytes(tail[at + 12 : at + 16], "little") if at >= 0 else 0
    at = tail.rfind(b"PK\x06\x06")
    if at < 0:
        return size
    return max(size % 0xFFFFFFFF, int.from_bytes(tail[at + 40 : at + 48], "little"))


def _names(entries: list[zipfile.ZipInfo]) -> list[str]:
    """Returns the names as people wrote them: in UTF-8, flagged or not, else in the encoding that all suggest."""
    raw = [b"" if entry.flag_bits & 0x800 else entry.orig_filename.encode("cp437", "replace") for entry in entries]
    guessed, _ = decode_page(b"\n".join(name.replace(b"\n", b" ") for name in raw))
    names = guessed.split("\n")
    if len(names) != len(entries):
        names = [entry.filename for entry in entries]
    return [
        " ".join(clean(entry.filename if entry.flag_bits & 0x800 else name)[0].split())
        for entry, name in zip(entries, names, strict=True)
    ]


def _overlapping(entries: list[zipfile.ZipInfo]) -> set[int]:
    """Returns the offsets of files that share bytes with another file: many files with one kernel are a bomb."""
    overlapping: set[int] = set()
    last_start, end = -1, 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            overlapping |= {entry.header_offset, last_start}
        # At least 30 bytes and the name precede the data of a file.
        last_start, end = entry.header_offset, max(end, entry.header_offset + 30 + entry.compress_size)
    return overlapping


# What zipfile raises for a file that differs from its entry in the directory; NotImplementedError is a RuntimeError.
_DAMAGE_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OSError, struct.error)


class _Unpacked(io.RawIOBase):
    """The bytes of a file in a zip. Raises DamageError at damage, once; then the stream has ended."""

    def __init__(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
        self._archive, self._entry = archive, entry
        self._file: BinaryIO | None = None
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        if self._ended:
            return 0
        try:
            if self._file is None:
                self._file = self._archive.open(self._entry)  # type: ignore[assignment]
            data = self._file.read(len(buffer))  # type: ignore[union-attr]
        except _DAMAGE_ERRORS as error:
            self._ended = True
            raise DamageError(f"the zip is damaged here: {error}") from None
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
        super().close()
