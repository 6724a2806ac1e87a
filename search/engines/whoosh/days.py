"""The days that documents speak of: spans of the calendar, any number for each. Only this package imports from here.

`days.F.starts` has where the spans of each document start in `days.F.earliest` and `days.F.latest`, which are days
since 1970, both included.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np

from ...query import DateBounds
from .arrays import ragged
from .files import Array, ArrayFile, Arrays

_EPOCH = date(1970, 1, 1)
_DAY_SECONDS = 86_400


class DaysColumn:
    """The days of a field by document."""

    def __init__(self, file: ArrayFile, name: str) -> None:
        self._starts = file[f"days.{name}.starts"]
        self._earliest = file[f"days.{name}.earliest"]
        self._latest = file[f"days.{name}.latest"]

    def having(self, docs: Array) -> Array:
        """Returns for each of these documents whether it speaks of a day. Shape (docs,), bool."""
        numbers = docs.astype(np.int64)
        having: Array = self._starts[numbers + 1] > self._starts[numbers]
        return having

    def within(self, docs: Array, bounds: DateBounds) -> Array:
        """Returns for each document whether one of its spans has a day within bounds. Shape (docs,), bool."""
        start, end = bounds
        owners, earliest, latest = self.entries(docs)
        found = np.ones(len(owners), dtype=bool)
        if start is not None:
            found &= latest >= _days(int(start.clock.timestamp()))
        if end is not None:
            found &= earliest < -(-int(end.clock.timestamp()) // _DAY_SECONDS)
        within = np.zeros(len(docs), dtype=bool)
        within[owners[found]] = True
        return within

    def entries(self, docs: Array) -> tuple[Array, Array, Array]:
        """Returns the spans of these documents: the index in `docs`, the first and the last day of each."""
        first = self._starts[docs].astype(np.int64)
        counts = self._starts[docs.astype(np.int64) + 1].astype(np.int64) - first
        at = ragged(first, counts)
        return np.repeat(np.arange(len(docs)), counts), self._earliest[at], self._latest[at]


def _days(seconds: int) -> int:
    return seconds // _DAY_SECONDS


def days_since_epoch(day: date) -> int:
    """Returns a day as it is stored."""
    return (day - _EPOCH).days


def pack_days(name: str, counts: Sequence[int] | Array, earliest: Array, latest: Array) -> Arrays:
    """Returns the arrays of a field. `counts` has the number of spans of each document."""
    return {
        f"days.{name}.starts": np.concatenate(([0], np.cumsum(counts))).astype(np.uint32),
        f"days.{name}.earliest": earliest.astype(np.int32),
        f"days.{name}.latest": latest.astype(np.int32),
    }
