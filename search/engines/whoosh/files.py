"""Arrays in files: many named little-endian arrays in one file that is mapped, and a storage whose commits last.

    magic (8 bytes) | length of the directory (uint32) | directory (JSON) | arrays, each at a multiple of 64 bytes

The directory names each array with its type, length and place, and the size of the whole file, so that a file cut
short is told from a whole one. Opening costs one `mmap` and reading the directory, whatever the size; an array is a
view of the page cache, which all processes share. Nothing is unpickled.
"""

import json
import mmap
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.filedb.filestore import FileStorage

from archive.durable_files import flush

from ..contract import EngineError

Array = NDArray[Any]

_MAGIC = b"CUTARR01"
_ALIGNMENT = 64


class DamagedFileError(EngineError):
    """A file of arrays is not whole, or is no such file."""


class ArrayFile:
    """An open file of arrays: `file["name"]` is the array, `file.facts` what else was written."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as stream:
            head = stream.read(len(_MAGIC) + 4)
            if head[: len(_MAGIC)] != _MAGIC:
                raise DamagedFileError(f"{path} is no file of arrays")
            directory = stream.read(int.from_bytes(head[-4:], "little"))
            size = os.fstat(stream.fileno()).st_size
            try:
                described = json.loads(directory)
            except ValueError:
                raise DamagedFileError(f"{path} is cut short") from None
            if described["size"] != size:
                raise DamagedFileError(f"{path} has {size:,} bytes instead of {described['size']:,}")
            self.buffer = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        self.facts: dict[str, Any] = described["facts"]
        self._places: dict[str, tuple[str, int, int]] = described["arrays"]
        self._arrays: dict[str, Array] = {}

    def find(self, name: str) -> Array | None:
        """Returns an array, or None when the file has none of this name."""
        return self[name] if name in self._places else None

    def __getitem__(self, name: str) -> Array:
        found = self._arrays.get(name)
        if found is None:
            dtype, count, start = self._places[name]
            found = np.frombuffer(self.buffer, dtype=dtype, count=count, offset=start) if count else np.empty(0, dtype)
            self._arrays[name] = found
        return found


def write_arrays(path: Path, arrays: Mapping[str, Array], facts: Mapping[str, Any]) -> None:
    """Writes arrays of one dimension into a new file; it is not yet on disk when this returns, see `flush`."""
    plain = {name: np.ascontiguousarray(array, array.dtype.newbyteorder("<")) for name, array in arrays.items()}
    described: dict[str, Any] = {"facts": dict(facts), "size": 0, "arrays": {}}
    # The directory holds the places and stands before them: it is laid out with room for the longest of numbers.
    described["arrays"] = {name: [array.dtype.str, len(array), 2**48] for name, array in plain.items()}
    room = len(json.dumps(described)) + 64
    place = _align(len(_MAGIC) + 4 + room)
    for name, array in plain.items():
        described["arrays"][name][2] = place
        place = _align(place + array.nbytes)
    described["size"] = place
    with path.open("xb") as stream:
        stream.write(_MAGIC + room.to_bytes(4, "little") + json.dumps(described).encode().ljust(room))
        for name, array in plain.items():
            stream.write(bytes(described["arrays"][name][2] - stream.tell()))
            stream.write(array.data)
        stream.write(bytes(place - stream.tell()))


def _align(place: int) -> int:
    return -(-place // _ALIGNMENT) * _ALIGNMENT


class DurableStorage(FileStorage):
    """A folder whose renamed files are on disk, and under their new name, when the renaming returns.

    Whoosh renames nothing but a new table of contents, and calls fsync nowhere.
    """

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        flush(Path(self.folder) / oldname)
        super().rename_file(oldname, newname, safe=safe)
        flush(Path(self.folder))
