"""Which entries of a live page are in the order of time, newest or oldest first, and which are pinned. Pure.

Ids stand for sections. Used by `presence`.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property

# Fewer entries, of which one may be pinned, do not show in which direction a page runs.
_MIN_TELLING_ENTRIES = 4


class EntryOrder:
    """The entries that a capture shows in the order of time, without those that are pinned.

    `before` is the order of the page before the capture, which decides the direction where few entries are shown.
    Entries without a time are left out.
    """

    def __init__(self, sections: Sequence[int], times: Mapping[int, datetime], before: Sequence[int] = ()) -> None:
        dated = [section for section in sections if section in times]
        stamps = [times[section].timestamp() for section in dated]
        self.newest_first = _runs_newest_first(
            stamps, [times[section].timestamp() for section in before if section in times]
        )
        # Pinned entries stand above the list, which begins with its first in time.
        values = [-stamp for stamp in stamps] if self.newest_first else stamps
        start = values.index(min(values)) if values else 0
        self.members = [dated[start + index] for index in longest_rising(values[start:])]
        ends = [times[section] for section in (*self.members[:1], *self.members[-1:])]
        if ends:
            self.oldest, self.newest = min(ends), max(ends)

    @cached_property
    def member_set(self) -> frozenset[int]:
        return frozenset(self.members)

    def precedes(self, other: datetime, at: datetime) -> bool:
        """Whether an entry of the other time stands before one of this time, where they are not of the same time."""
        return other > at if self.newest_first else other < at


def _runs_newest_first(stamps: Sequence[float], before: Sequence[float]) -> bool:
    """Whether times run from the newest to the oldest, as far as they show it themselves; else as those before."""
    for values, min_entries in ((stamps, _MIN_TELLING_ENTRIES), (before, 0), (stamps, 0)):
        rising, falling = len(longest_rising(values)), len(longest_rising([-value for value in values]))
        if rising != falling and max(rising, falling) >= min_entries:
            return falling > rising
    return True


def longest_rising(values: Sequence[float]) -> list[int]:
    """Returns the indexes of a longest subsequence of values that never falls (patience sorting, O(n log n))."""
    ends: list[float] = []
    end_indexes: list[int] = []
    previous: list[int] = []
    for index, value in enumerate(values):
        length = bisect_right(ends, value)
        previous.append(end_indexes[length - 1] if length else -1)
        ends[length : length + 1] = [value]
        end_indexes[length : length + 1] = [index]
    found = []
    index = end_indexes[-1] if end_indexes else -1
    while index >= 0:
        found.append(index)
        index = previous[index]
    return found[::-1]
