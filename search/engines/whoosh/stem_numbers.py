"""Numbers of stems that hold in all segments of an index, so that stems of several are compared as arrays.

A segment numbers its stems for itself. Where an index has several segments, `StemNumbers` gives each stem a number of
its own, by its hash (see `Segment.stem_names`), once for each segment that is opened: some 30 milliseconds for 100,000
stems, and 4 bytes for each. `StemTable` has the inverse document frequencies by these numbers, for one generation.

`engine` keeps the numbers, `snapshot` the table. Only modules of this package import from here.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from .arrays import look_up
from .files import Array, ArrayFile
from .segment import Segment


class StemNumbers:
    """The numbers of stems, for one index. It only grows: a stem keeps its number. Threads may share an instance."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # The names of all stems seen, ascending, with the number of each.
        self._names: Array = np.zeros(0, dtype=np.uint64)
        self._numbers: Array = np.zeros(0, dtype=np.uint32)
        self._of_files: WeakKeyDictionary[ArrayFile, Array] = WeakKeyDictionary()

    def __len__(self) -> int:
        return len(self._names)

    def of(self, segment: Segment) -> Array:
        """Returns the numbers of a segment's stems, by ordinal (uint32)."""
        with self._lock:
            numbers = self._of_files.get(segment.file)
            if numbers is None:
                numbers = self._of_files[segment.file] = self._number(segment.stem_names())
            return numbers

    def _number(self, names: Array) -> Array:
        at, known = look_up(names, self._names)
        numbers = np.empty(len(names), dtype=np.uint32)
        numbers[known] = self._numbers[at[known]]
        unknown = np.flatnonzero(~known)
        if len(unknown):
            added, inverse = np.unique(names[unknown], return_inverse=True)
            fresh = np.arange(len(self), len(self) + len(added), dtype=np.uint32)
            numbers[unknown] = fresh[inverse]
            places = np.searchsorted(self._names, added)
            self._names = np.insert(self._names, places, added)
            self._numbers = np.insert(self._numbers, places, fresh)
        return numbers


@dataclass(frozen=True)
class StemTable:
    """The stems of all segments of a generation.

    `numbers` has for each segment the number of each of its stems; None where a stem's ordinal is its number. `idfs`
    has the inverse document frequency by number (float64).
    """

    numbers: Sequence[Array | None]
    idfs: Array

    def number(self, segment_number: int, stems: Array) -> Array:
        """Returns the numbers of stems of a segment."""
        numbers = self.numbers[segment_number]
        return stems if numbers is None else numbers[stems]
