"""The sections of an export in few bytes: numbers in columns, each as its difference from the row before. Pure.

A list of 60,000 sections takes some 300 kB.
"""

import sys
import zlib
from array import array
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from ..listing import STATES, ListedSection

# Signed numbers of eight bytes, always in this order of bytes.
_TYPE, _WIDTH = "q", 8
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_COLUMNS = 5


class ListingPacker:
    """Takes sections one after another."""

    def __init__(self) -> None:
        self._columns = [array(_TYPE) for _ in range(_COLUMNS)]

    def __len__(self) -> int:
        return len(self._columns[0])

    def add(self, section: ListedSection) -> None:
        """Adds a section."""
        changed = (section.changed - _EPOCH) // _MICROSECOND if section.changed else 0
        values = (section.section, section.article, section.version, STATES.index(section.state), changed)
        for column, value in zip(self._columns, values, strict=True):
            column.append(value)

    def pack(self) -> bytes:
        """Returns what was added."""
        return zlib.compress(b"".join(map(_differences, self._columns)), 6)


def unpack_listing(data: bytes) -> Iterator[ListedSection]:
    """Yields the sections of a list as they were added."""
    whole = zlib.decompress(data)
    size = len(whole) // _COLUMNS
    columns = [_sums(whole[size * at : size * (at + 1)]) for at in range(_COLUMNS)]
    for section, article, version, state, changed in zip(*columns, strict=True):
        time = _EPOCH + changed * _MICROSECOND if changed else None
        yield ListedSection(section, article, version, STATES[state], time)


def _differences(column: "array[int]") -> bytes:
    differences = array(_TYPE, (value - before for before, value in zip([0, *column], column, strict=False)))
    if sys.byteorder == "big":
        differences.byteswap()
    # Bytes of equal weight side by side are shorter when they are compressed.
    data = differences.tobytes()
    return b"".join(data[at::_WIDTH] for at in range(_WIDTH))


def _sums(data: bytes) -> Iterator[int]:
    count = len(data) // _WIDTH
    ordered = bytearray(len(data))
    for at in range(_WIDTH):
        ordered[at::_WIDTH] = data[at * count : (at + 1) * count]
    differences = array(_TYPE, bytes(ordered))
    if sys.byteorder == "big":
        differences.byteswap()
    return accumulate(differences)
