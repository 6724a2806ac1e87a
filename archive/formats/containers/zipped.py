"""Zip files: each file in one is a document, or a container again. Nothing is ever unpacked to a file by its name.

A zip's directory stands at its end, so what comes through a pipe or in a container is put aside on disk first.
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

# A file's header, and the end of an empty directory.
_STARTS = (b"PK\x03\x04", b"PK\x05\x06")

# What systems leave in a zip beside what was put there.
_LEFT_BY_SYSTEMS = re.compile(r"(?:^|/)(?:\.[^./]|__MACOSX/|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)

# What is a zip to the machine and one document to people; the name of a file that only such have.
_OFFICE_FILES = ("[Content_Types].xml", "mimetype", "META-INF/MANIFEST.MF")

# Stored and deflated: all that is met. Others have no bound on what a few bytes unpack to, or on their dictionary.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

_SPOOLED_PART_BYTES = 1024 * 1024
_LOCATOR_NAME = 150


def sniff(head: bytes, name: str) -> bool:
    """Whether this begins as a zip does."""
    return head.startswith(_STARTS)


def open_files(stream: BinaryIO, hints: Hints, limits: Limits) -> Iterator[Member | Rejected]:
    """Yields each file in the order of the directory, located by its name inside; hidden ones are left out."""
    with ExitStack() as opened:
        file = stream if stream.seekable() else opened.enter_context(_put_aside(stream, limits))
        archive = opened.enter_context(_open(file, limits))
        entries = archive.infolist()
        if any(entry.filename in _OFFICE_FILES for entry in entries):
            yield Rejected(
                "", "an office document or a program, which only looks like a zip of files; save it as text"
            )
            return
        overlapping = _overlapping(entries)
        for entry, name in zip(entries, _names(entries), strict=True):
            if entry.filename.endswith("/") or _LEFT_BY_SYSTEMS.search(name):
                continue
            locator = name[:_LOCATOR_NAME] or "a file without a name"
            if entry.header_offset in overlapping:
                yield Rejected(locator, "its bytes are another file's too, as in bombs; pack the files anew")
            elif entry.flag_bits & 1:
                yield Rejected(locator, "encrypted; unpack it with its password and take in what it holds")
            elif entry.compress_type not in _METHODS:
                yield Rejected(locator, f"packed by method {entry.compress_type}, not by deflate; pack it anew")
            else:
                with _Unpacked(archive, entry) as member:
                    yield Member(io.BufferedReader(member), replace(hints, name=name, url=""), locator)


def _put_aside(stream: BinaryIO, limits: Limits) -> BinaryIO:
    """Copies a stream to a nameless file on disk. Raises ReadError beyond `max_spooled_bytes`."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    size = 0
    try:
        while data := stream.read(_SPOOLED_PART_BYTES):
            size += len(data)
            if size > limits.max_spooled_bytes:
                most = size_text(limits.max_spooled_bytes)
                raise ReadError(f"a zip in a stream may have {most}; save it as a file of its own")
            file.write(data)
    except BaseException:
        file.close()
        raise
    return file


def _open(file: BinaryIO, limits: Limits) -> zipfile.ZipFile:
    if _directory_bytes(file) > limits.max_directory_bytes:
        raise ReadError("its directory has more files than can be held; pack them in several zips")
    try:
        return zipfile.ZipFile(file)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError, struct.error) as error:
        raise ReadError(f"the zip is damaged or cut, its directory cannot be read: {error}") from None


def _directory_bytes(file: BinaryIO) -> int:
    """Returns the size that a zip gives of its directory, 0 where it has none (APPNOTE.TXT, 4.3.14 and 4.3.16)."""
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
    """Returns the names as people wrote them: UTF-8, marked or not, else the encoding that all of them suggest."""
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
    """Returns where the files begin whose bytes run into the next one's: a kernel shared by many is a bomb."""
    found: set[int] = set()
    last_start, end = -1, 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            found |= {entry.header_offset, last_start}
        # 30 bytes and the name are the least that stand before a file's data.
        last_start, end = entry.header_offset, max(end, entry.header_offset + 30 + entry.compress_size)
    return found


# What zipfile raises for a file that is not what the directory says; NotImplementedError is a RuntimeError.
_DAMAGES = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OSError, struct.error)


class _Unpacked(io.RawIOBase):
    """The bytes of one file in a zip, damage raised as such and once."""

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
        except _DAMAGES as error:
            self._ended = True
            raise DamageError(f"the zip is damaged here: {error}") from None
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
        super().close()
