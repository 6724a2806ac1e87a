"""Writes the ZIP file of a package as it is sent, in memory that does not depend on the number of its files.

Python's zipfile keeps an object for each file: a package with the captures of a large result has 60,000 of them.
"""

import hashlib
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO

from .zip_records import Member, central_record, data_descriptor, end_records, local_header, seal_of

# The records of so many bytes are kept in memory, and longer ones on disk.
MAX_SPOOLED_BYTES = 4 << 20
# A file that may be larger has sizes of eight bytes; 2 GiB, since what cannot be compressed grows a little.
_LARGE_BYTES = 1 << 31
_CHUNK_BYTES = 1 << 16
_FIRST_YEAR = 1980


def open_spool(opened: ExitStack) -> IO[bytes]:
    """Returns a file for what is written now and read later; it is closed with all that are opened."""
    return opened.enter_context(SpooledTemporaryFile(MAX_SPOOLED_BYTES))


class ZipWriter:
    """A ZIP file: `add` each file, then `finish`. Both yield the bytes of the file in turn."""

    def __init__(self, made: datetime, opened: ExitStack) -> None:
        self._stamp = _dos_stamp(made)
        self._digest = hashlib.sha256()
        self._offset = 0
        self._count = 0
        self._directory = open_spool(opened)

    def add(self, name: str, parts: Iterable[bytes], *, size_bytes: int | None = None) -> Iterator[bytes]:
        """Yields a file whose content is these parts; `size_bytes` is its size where it is known."""
        is_large = size_bytes is None or size_bytes >= _LARGE_BYTES
        member = Member(name.encode(), self._stamp, is_large, offset=self._offset)
        yield self._send(local_header(member))
        deflater = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
        start, crc, size = self._offset, 0, 0
        for part in parts:
            crc, size = zlib.crc32(part, crc), size + len(part)
            if packed := deflater.compress(part):
                yield self._send(packed)
        yield self._send(deflater.flush())
        member = replace(member, crc=crc, packed_bytes=self._offset - start, size_bytes=size)
        yield self._send(data_descriptor(member))
        self._directory.write(central_record(member))
        self._count += 1

    def finish(self) -> Iterator[bytes]:
        """Yields the directory, and the seal of the file."""
        offset, size = self._offset, self._directory.tell()
        self._directory.seek(0)
        while data := self._directory.read(_CHUNK_BYTES):
            yield self._send(data)
        yield self._send(end_records(self._count, size, offset))
        yield seal_of(self._digest.hexdigest())

    def _send(self, data: bytes) -> bytes:
        self._digest.update(data)
        self._offset += len(data)
        return data


def _dos_stamp(time: datetime) -> tuple[int, int]:
    """Returns a time as ZIP files have it: two seconds are its unit."""
    year = min(max(time.year - _FIRST_YEAR, 0), 127)
    return time.hour << 11 | time.minute << 5 | time.second // 2, year << 9 | time.month << 5 | time.day
