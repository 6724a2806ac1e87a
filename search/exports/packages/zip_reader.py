"""Reads the ZIP file of a package from its beginning to its end, and believes nothing that it says. Pure.

A file is read as it was written: one member after another, and then a directory that is made again of what was read,
byte by byte the same. So nothing can be between the members, or twice, or named in one place alone; and no member
unpacks to more than the size of the file justifies.
"""

import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import BinaryIO

from .bag import MAX_NAME_CHARS
from .errors import PackageError
from .zip_records import (
    END_BYTES,
    LOCAL_BYTES,
    LOCAL_SIGNATURE,
    SEAL_BYTES,
    SEAL_START,
    Member,
    central_record,
    data_descriptor,
    end_records,
    read_local_header,
)

# Tables of equal rows are packed to a fiftieth.
MAX_RATIO, _FREE_BYTES = 200, 256 << 20
# A name takes some 300 bytes of memory while a package is checked.
MAX_MEMBERS = 1_000_000
_CHUNK_BYTES = 1 << 18
_HEADER_BYTES = LOCAL_BYTES + 2 * MAX_NAME_CHARS + 20
_SPOOLED_BYTES = 8 << 20


@dataclass(frozen=True)
class FileHash:
    """The SHA-256 of a whole file, and whether its seal is the hash of what is before it."""

    sha256: str
    has_seal: bool
    is_sealed: bool


def open_package(path: Path) -> BinaryIO:
    """Opens a file. Raises PackageError for what is none, and OSError."""
    if not path.is_file() and path.exists():
        raise PackageError(f"{path} is no file.")
    return path.open("rb")


def hash_file(file: BinaryIO) -> FileHash:
    """Returns the hash of a file. Reads all of it."""
    before = max(file.seek(0, os.SEEK_END) - SEAL_BYTES, 0)
    file.seek(0)
    digest, left = sha256(), before
    while left and (data := file.read(min(left, _CHUNK_BYTES))):
        digest.update(data)
        left -= len(data)
    expected, seal = SEAL_START + digest.hexdigest().encode(), file.read(SEAL_BYTES)
    digest.update(seal)
    return FileHash(digest.hexdigest(), seal.startswith(SEAL_START), seal == expected)


class ZipReader:
    """The members of a ZIP file in their order; `faults` has what is wrong with them, once all are read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._size_bytes = file.seek(0, os.SEEK_END)
        self._left_bytes = MAX_RATIO * self._size_bytes + _FREE_BYTES
        self._offset = 0
        self._member: Member | None = None
        self.faults: list[str] = []

    def members(self) -> Iterator[tuple[str, int]]:
        """Yields the name and the place of each member; `read` its content before the next. Raises PackageError."""
        if self._size_bytes < END_BYTES + SEAL_BYTES:
            raise PackageError("This is no package: the file is too short.")
        with SpooledTemporaryFile(_SPOOLED_BYTES) as directory:
            count = 0
            while (head := self._peek(_HEADER_BYTES)).startswith(LOCAL_SIGNATURE):
                place, (header_bytes, member) = self._offset, self._read_header(head)
                self._member = replace(member, offset=place)
                self._offset += header_bytes
                yield member.name.decode("utf-8", "backslashreplace"), place
                directory.write(central_record(self._member))
                count += 1
                if count > MAX_MEMBERS:
                    raise PackageError(f"The ZIP has more than {MAX_MEMBERS:,} files, and no package has.")
            if not count:
                raise PackageError("This is no package: no file begins at its first byte.")
            self._check_end(directory, count)

    def read(self) -> Iterator[bytes]:
        """Yields the content of the member. Raises PackageError where it cannot be unpacked."""
        member = self._member
        assert member is not None  # noqa: S101  # the caller asks for a member first
        start, crc, size = self._offset, 0, 0
        for part in self._inflate(member):
            crc, size = zlib.crc32(part, crc), size + len(part)
            yield part
        self._member = replace(member, crc=crc, packed_bytes=self._offset - start, size_bytes=size)
        expected = data_descriptor(self._member)
        if self._peek(len(expected)) != expected:
            self.faults.append(f"{_name(member)}: its size and checksum in the ZIP are not those of its bytes.")
        self._offset += len(expected)

    def read_at(self, place: int) -> Iterator[bytes]:
        """Yields the content of the member at a place that `members` returned."""
        self._offset = place
        header_bytes, self._member = self._read_header(self._peek(_HEADER_BYTES))
        self._offset += header_bytes
        return self.read()

    def _read_header(self, head: bytes) -> tuple[int, Member]:
        try:
            return read_local_header(head)
        except ValueError as error:
            raise PackageError(f"At byte {self._offset:,}: {error}. What follows was not checked.") from error

    def _inflate(self, member: Member) -> Iterator[bytes]:
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        self._file.seek(self._offset)
        while not inflater.eof:
            data = inflater.unconsumed_tail or self._file.read(_CHUNK_BYTES)
            try:
                part = inflater.decompress(data, _CHUNK_BYTES)
            except zlib.error as error:
                raise PackageError(
                    f"{_name(member)}: its compressed data is damaged. What follows was not checked."
                ) from error
            if not data and not part:
                raise PackageError(f"{_name(member)}: the file ends within it.")
            self._left_bytes -= len(part)
            if self._left_bytes < 0:
                raise PackageError(
                    f"{_name(member)}: the ZIP unpacks to more than {MAX_RATIO} times its size, as no package does."
                )
            yield part
        self._offset = self._file.tell() - len(inflater.unused_data)

    def _peek(self, size_bytes: int) -> bytes:
        self._file.seek(self._offset)
        return self._file.read(size_bytes)

    def _check_end(self, directory: SpooledTemporaryFile[bytes], count: int) -> None:
        """Compares the directory and the end of the file with those that the members make."""
        size = directory.tell()
        end = end_records(count, size, self._offset)
        expected_bytes = self._offset + size + len(end) + SEAL_BYTES
        directory.seek(0)
        self._file.seek(self._offset)
        while data := directory.read(_CHUNK_BYTES):
            if self._file.read(len(data)) != data:
                self.faults.append("The directory of the ZIP is not that of the files in it.")
                return
        if self._file.read(len(end)) != end or self._size_bytes != expected_bytes:
            self.faults.append("The end of the ZIP is not that of a package.")


def _name(member: Member) -> str:
    return member.name.decode("utf-8", "backslashreplace").partition("/")[2] or "A file"
