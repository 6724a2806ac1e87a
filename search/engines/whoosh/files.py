"""Arrays in files: many named little-endian arrays in one file, which is mapped into memory.

    magic (8 bytes) | length of the directory (uint32) | directory (JSON) | arrays, each at a multiple of 64 bytes

The directory has the type, length and offset of each array, some facts, and the size of the whole file, by which a
truncated file is recognized. Opening costs one `mmap` and the parsing of the directory, for a file of any size. Arrays
are views of the page cache, which all processes share. Nothing is unpickled. `segment` describes what the arrays mean.
Only modules of this package import from here.
"""

import json
import mmap
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..contract import EngineError

Array = NDArray[Any]
# Arrays by their names in the file, and what is written beside them as JSON.
Arrays = dict[str, Array]
Facts = dict[str, Any]

_MAGIC = b"CUTARR01"
_ALIGNMENT = 64


class DamagedFileError(EngineError):
    """A file of the index is truncated, or is not a file of arrays."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path} {problem}. Rebuild the index: `manage.py index rebuild`.")


class ArrayFile:
    """An open file of arrays: `file["name"]` is an array, `file.facts` the facts."""

    facts: Facts

    def __init__(self, path: Path) -> None:
        """Opens a file. Raises DamagedFileError and OSError."""
        self.path = path
        with path.open("rb") as stream:
            head = stream.read(len(_MAGIC) + 4)
            if head[: len(_MAGIC)] != _MAGIC:
                raise DamagedFileError(path, "is not a file of arrays")
            directory = stream.read(int.from_bytes(head[-4:], "little"))
            size = os.fstat(stream.fileno()).st_size
            try:
                described = json.loads(directory)
                expected_size, self.facts = described["size"], described["facts"]
                # Type, length and offset of each array.
                self._entries: dict[str, tuple[str, int, int]] = described["arrays"]
            except (ValueError, KeyError, TypeError) as error:
                raise DamagedFileError(path, "has a damaged directory") from error
            if expected_size != size:
                raise DamagedFileError(path, f"has {size:,} bytes instead of {expected_size:,}")
            self.buffer = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        self._arrays: Arrays = {}

    def find(self, name: str) -> Array | None:
        """Returns an array, or None if the file has none of this name."""
        return self[name] if name in self._entries else None

    def __getitem__(self, name: str) -> Array:
        array = self._arrays.get(name)
        if array is None:
            if name not in self._entries:
                raise DamagedFileError(self.path, f"has no array {name!r}")
            dtype, count, start = self._entries[name]
            array = np.frombuffer(self.buffer, dtype=dtype, count=count, offset=start) if count else np.empty(0, dtype)
            self._arrays[name] = array
        return array


def write_arrays(path: Path, arrays: Mapping[str, Array], facts: Mapping[str, Any]) -> None:
    """Writes one-dimensional arrays into a new file. It may not be on disk yet when this returns; flush it."""
    plain = {name: np.ascontiguousarray(array, array.dtype.newbyteorder("<")) for name, array in arrays.items()}
    described: dict[str, Any] = {"facts": dict(facts), "size": 0, "arrays": {}}
    # The offsets are in the directory, which precedes the arrays: its size is measured with the largest of numbers.
    described["arrays"] = {name: [array.dtype.str, len(array), 2**48] for name, array in plain.items()}
    directory_bytes = len(json.dumps(described)) + 64
    offset = _align(len(_MAGIC) + 4 + directory_bytes)
    for name, array in plain.items():
        described["arrays"][name][2] = offset
        offset = _align(offset + array.nbytes)
    described["size"] = offset
    with path.open("xb") as stream:
        stream.write(_MAGIC + directory_bytes.to_bytes(4, "little"))
        stream.write(json.dumps(described).encode().ljust(directory_bytes))
        for name, array in plain.items():
            stream.write(bytes(described["arrays"][name][2] - stream.tell()))
            stream.write(array.data)
        stream.write(bytes(offset - stream.tell()))


def _align(offset: int) -> int:
    return -(-offset // _ALIGNMENT) * _ALIGNMENT
