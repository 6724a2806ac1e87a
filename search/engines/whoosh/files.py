"""Arrays in files: many named little-endian arrays in one file, which is mapped into memory.

    magic (8 bytes) | bytes of the directory, number of blocks, checksum (uint32 each)
    directory (JSON) | a checksum for each block (uint32) | arrays, each at a multiple of 64 bytes

The directory has the type, length and offset of each array, some facts, and the number of bytes of all arrays, by
which a truncated file is recognized. The checksum at the top covers everything before the arrays, and the name of the
file: a file under the name of another is recognized too. Opening costs one `mmap` and the reading of the directory,
for a file of any size. Arrays are views of the page cache, which all processes share.

The arrays are divided into blocks. A process compares a block with its checksum before it first reads from it, so
that a damaged block gives an error and never a wrong answer. What changes on disk afterwards is found by
`check_file`, which reads all, or by the next process. Checksums are CRC-32 (ISO 3309; 6 GB a second): they find
every change of a few bits, and any other but one in four billion. They are no protection from an attacker.

Nothing is unpickled. `segment` describes what the arrays mean. Only modules of this package import from here.
"""

import json
import mmap
import os
import re
import struct
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from ..contract import EngineError

Array = NDArray[Any]
# Arrays by their names in the file, and what is written beside them as JSON.
Arrays = dict[str, Array]
Facts = dict[str, Any]

_MAGIC = b"CUTARR02"
_HEADER = struct.Struct("<8sIII")
_ALIGNMENT = 64
# Small enough that a lookup in a cold index reads little beside what it needs; the checksums of 88 MB take 5 kB.
_BLOCK_BITS = 16
BLOCK_BYTES = 1 << _BLOCK_BITS
# A longer array that is made piece by piece goes into a temporary file.
_SPOOL_BYTES = 1 << 20
# The types that arrays may have: whole numbers.
_DTYPE = re.compile(r"[|<][iu][1248]")


class DamagedFileError(EngineError):
    """A file of the index is truncated, changed, or not what its name says."""

    def __init__(self, path: Path, problem: str) -> None:
        # Without the cure, for a list of several. Readers see it on a page, and need not know where the archive is.
        self.fault = f"{'/'.join(path.parts[-2:])} {problem}"
        super().__init__(f"{self.fault}. Rebuild the index: `manage.py index rebuild`.")


class ArrayFile:
    """An open file of arrays, and its `facts`. Whatever it returns has been compared with its checksums.

    `file["name"]` is a whole array. `part` and `runs` read from an array of which the rest need not be compared; they
    are for arrays with an entry for each posting or occurrence.
    """

    facts: Facts

    def __init__(self, path: Path, *, checksum: int | None = None) -> None:
        """Opens a file; `checksum` is the one that it must have at its top. Raises DamagedFileError and OSError."""
        self.path = path
        with path.open("rb") as stream:
            self._head = _read_head(stream, path)
            if checksum is not None and checksum != self._head.checksum:
                raise DamagedFileError(path, "is not the file that was written under this name")
            self._view = memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ))
        self.facts = self._head.facts
        # A byte for each block: 1 until it has been compared.
        self._unchecked = bytearray(b"\x01") * len(self._head.checksums)
        self._arrays: Arrays = {}
        # Arrays that need not be compared as a whole: with offset, bytes of an entry, first block and the one after.
        self._parts: dict[str, tuple[Array, int, int, int, int]] = {}
        self._runs_read: Counter[str] = Counter()

    def get(self, name: str) -> Array | None:
        """Returns an array, or None if the file has none of this name."""
        return self[name] if name in self._head.entries else None

    def __getitem__(self, name: str) -> Array:
        array = self._arrays.get(name)
        if array is None:
            array, _, _, first, end = self._map(name)
            self._check(first, end)
            self._arrays[name] = array
        return array

    def part(self, name: str, start: int, end: int) -> Array:
        """Returns the entries of an array from `start` to before `end`."""
        array, offset, size, _, _ = self._parts.get(name) or self._map(name)
        first, last = (offset + start * size) >> _BLOCK_BITS, ((offset + end * size - 1) >> _BLOCK_BITS) + 1
        if self._unchecked.find(1, first, last) >= 0:
            self._check(first, last)
        return array[start:end]

    def runs(self, name: str, starts: Array, counts: Array) -> Array:
        """Returns an array of which only these runs of entries may be read. Shapes (runs,)."""
        array, offset, size, first, end = self._parts.get(name) or self._map(name)
        if not len(starts) or self._unchecked.find(1, first, end) < 0:
            return array
        self._runs_read[name] += len(starts)
        if self._runs_read[name] > end - first:
            # With more runs than blocks, most blocks have been needed. To find out which takes time at every call.
            self._check(first, end)
        else:
            begins = offset + starts.astype(np.int64) * size
            firsts = begins // BLOCK_BYTES - first
            ends = (begins + counts.astype(np.int64) * size - 1) // BLOCK_BYTES + 1 - first
            blocks = end - first + 1
            covered = np.cumsum(np.bincount(firsts, minlength=blocks) - np.bincount(ends, minlength=blocks))
            for block in np.flatnonzero(covered[: end - first]).tolist():
                self._check(first + block, first + block + 1)
        return array

    def _map(self, name: str) -> tuple[Array, int, int, int, int]:
        """Returns an array as it is on disk, with what `_parts` keeps."""
        if name not in self._head.entries:
            raise DamagedFileError(self.path, f"has no array {name!r}")
        dtype, count, offset = self._head.entries[name]
        size = np.dtype(dtype).itemsize
        begin = self._head.arrays_start + offset
        array = np.frombuffer(self._view[begin : begin + count * size], dtype=dtype) if count else np.empty(0, dtype)
        first, end = offset // BLOCK_BYTES, -(-(offset + count * size) // BLOCK_BYTES)
        mapped = self._parts[name] = array, offset, size, first, end
        return mapped

    def _check(self, first: int, end: int) -> None:
        """Compares the blocks from `first` to before `end` with their checksums, if that has not been done."""
        block = self._unchecked.find(1, first, end)
        while block >= 0:
            begin = self._head.arrays_start + block * BLOCK_BYTES
            if crc32(self._view[begin : begin + BLOCK_BYTES]) != self._head.checksums[block]:
                raise DamagedFileError(self.path, self._head.describe_damage(block))
            self._unchecked[block] = 0
            block = self._unchecked.find(1, block + 1, end)


@dataclass(frozen=True)
class _Head:
    """What precedes the arrays of a file. `entries` has the type, length and offset of each array."""

    checksum: int
    entries: dict[str, tuple[str, int, int]]
    facts: Facts
    arrays_start: int
    checksums: tuple[int, ...]

    def describe_damage(self, block: int) -> str:
        """Returns what is wrong with a block, and which arrays are in it."""
        begin, end = block * BLOCK_BYTES, (block + 1) * BLOCK_BYTES
        names = [
            name
            for name, (dtype, count, offset) in self.entries.items()
            if offset < end and begin < offset + count * np.dtype(dtype).itemsize
        ]
        where = f"in {', '.join(names)}" if names else "between two arrays"
        return f"has other bytes than were written at {self.arrays_start + begin:,} and after ({where})"


def _read_head(stream: IO[bytes], path: Path) -> _Head:
    """Reads and checks what precedes the arrays. Raises DamagedFileError and OSError."""
    size_bytes = os.fstat(stream.fileno()).st_size
    top = stream.read(_HEADER.size)
    if len(top) < _HEADER.size or not top.startswith(_MAGIC):
        raise DamagedFileError(path, "is not a file of arrays" if top else "is empty")
    _, directory_bytes, blocks, checksum = _HEADER.unpack(top)
    arrays_start = _align(_HEADER.size + directory_bytes + 4 * blocks)
    if arrays_start > size_bytes:
        raise DamagedFileError(path, f"has {size_bytes:,} bytes and needs {arrays_start:,} or more")
    rest = stream.read(arrays_start - _HEADER.size)
    if _checksum_of_head(path, directory_bytes, blocks, rest) != checksum:
        raise DamagedFileError(path, "has a damaged directory, or is the file of another segment")
    checksums = struct.unpack_from(f"<{blocks}I", rest, directory_bytes)
    try:
        described = json.loads(rest[:directory_bytes])
        arrays_bytes, facts, entries = described["bytes"], described["facts"], described["arrays"]
        if not (isinstance(facts, dict) and blocks == -(-arrays_bytes // BLOCK_BYTES)):
            raise ValueError("facts or blocks")
        for dtype, count, offset in entries.values():
            end = offset + count * np.dtype(dtype).itemsize
            if not (_DTYPE.fullmatch(dtype) and 0 <= offset <= end <= arrays_bytes):
                raise ValueError("an array")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedFileError(path, f"has a directory of another form ({error})") from error
    if arrays_start + arrays_bytes != size_bytes:
        raise DamagedFileError(path, f"has {size_bytes:,} bytes instead of {arrays_start + arrays_bytes:,}")
    return _Head(checksum, entries, facts, arrays_start, checksums)


def check_file(path: Path, checksum: int) -> str:
    """Reads a whole file from disk. Returns what is wrong with it, or nothing. `checksum` is that at its top."""
    try:
        with path.open("rb") as stream:
            head = _read_head(stream, path)
            if head.checksum != checksum:
                raise DamagedFileError(path, "is not the file that was written under this name")
            for block, expected in enumerate(head.checksums):
                if crc32(stream.read(BLOCK_BYTES)) != expected:
                    raise DamagedFileError(path, head.describe_damage(block))
    except DamagedFileError as error:
        return error.fault
    except OSError as error:
        return DamagedFileError(path, f"cannot be read ({error.strerror or error})").fault
    return ""


class Spools:
    """Arrays by name that are made piece by piece. Long ones are in temporary files, not in the memory of the process.

    Leave the block once the arrays have been written: their files are gone with it.
    """

    def __init__(self, folder: Path) -> None:
        """Uses temporary files in a folder, the one in which the arrays will be written."""
        self._folder = folder
        self._pieces: dict[str, list[Array]] = {}
        self._lengths: Counter[str] = Counter()
        self._files: dict[str, IO[bytes]] = {}

    def __enter__(self) -> "Spools":
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._files.values():
            file.close()

    def add(self, name: str, piece: Array) -> None:
        """Adds entries to an array. All pieces of it must have the same dtype. Raises OSError."""
        pieces = self._pieces.setdefault(name, [])
        if pieces and pieces[0].dtype != piece.dtype:
            raise TypeError(f"{name} has {pieces[0].dtype}, and {piece.dtype} is added")
        pieces.append(piece)
        self._lengths[name] += len(piece)
        if sum(waiting.nbytes for waiting in pieces) > _SPOOL_BYTES:
            self._write_out(name)

    def length(self, name: str) -> int:
        """Returns the number of entries that an array has so far."""
        return self._lengths[name]

    def array(self, name: str) -> Array:
        """Returns an array to which at least one piece was added."""
        if name not in self._files:
            return np.concatenate(self._pieces[name])
        self._write_out(name)
        file = self._files[name]
        file.flush()
        dtype = self._pieces[name][0].dtype
        return np.frombuffer(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), dtype)

    def _write_out(self, name: str) -> None:
        if name not in self._files:
            self._files[name] = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115  # closed with the block
        for piece in self._pieces[name]:
            self._files[name].write(np.ascontiguousarray(piece).data)
        self._pieces[name] = [np.empty(0, dtype=self._pieces[name][0].dtype)]


def write_arrays(path: Path, arrays: Mapping[str, Array], facts: Mapping[str, Any]) -> int:
    """Writes one-dimensional arrays into a new file, and returns the checksum at its top.

    The file may not be on disk yet when this returns; flush it.
    """
    plain = {name: np.ascontiguousarray(array, array.dtype.newbyteorder("<")) for name, array in arrays.items()}
    entries, end = {}, 0
    for name, array in plain.items():
        entries[name] = [array.dtype.str, len(array), end]
        end = _align(end + array.nbytes)
    directory = json.dumps({"bytes": end, "facts": dict(facts), "arrays": entries}).encode()
    blocks = -(-end // BLOCK_BYTES)
    arrays_start = _align(_HEADER.size + len(directory) + 4 * blocks)
    with path.open("xb") as stream:
        stream.seek(arrays_start)
        checksums = _write_blocks(stream, plain.values())
        rest = directory + struct.pack(f"<{blocks}I", *checksums)
        rest = rest.ljust(arrays_start - _HEADER.size, b"\0")
        checksum = _checksum_of_head(path, len(directory), blocks, rest)
        stream.seek(0)
        stream.write(_HEADER.pack(_MAGIC, len(directory), blocks, checksum) + rest)
    return checksum


def _write_blocks(stream: IO[bytes], arrays: Iterable[Array]) -> list[int]:
    """Writes arrays, each up to the next multiple of the alignment. Returns the checksums of their blocks."""
    checksums: list[int] = []
    room = 0
    for array in arrays:
        padding = bytes(_align(array.nbytes) - array.nbytes)
        for piece in (array.view(np.uint8).data, memoryview(padding)):
            stream.write(piece)
            at = 0
            while at < len(piece):
                if not room:
                    checksums.append(0)
                    room = BLOCK_BYTES
                taken = piece[at : at + room]
                checksums[-1] = crc32(taken, checksums[-1])
                at += len(taken)
                room -= len(taken)
    return checksums


def _checksum_of_head(path: Path, directory_bytes: int, blocks: int, rest: bytes) -> int:
    """Returns the checksum at the top of a file: of its name, both numbers, the directory and the other checksums."""
    return crc32(rest, crc32(f"{path.name} {directory_bytes} {blocks} ".encode()))


def _align(offset: int) -> int:
    return -(-offset // _ALIGNMENT) * _ALIGNMENT
