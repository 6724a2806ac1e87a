"""Which words in capitals are no abbreviations, since the line that they stand in shouts. For all words at once.

The rule is in `text.capitals`. A word needs its two neighbours on each side. Only `building` imports from here.
"""

from dataclasses import dataclass

import numpy as np

from ...text import CapitalRun, CapitalWord
from .files import Array


@dataclass(frozen=True)
class CapitalRuns:
    """The runs of all texts, the edges of each distinct run, and the index after the last run of each field."""

    runs: Array
    edges: Array
    field_ends: Array

    def find_shouted(self, words: Array, at: Array) -> Array:
        """Returns which words are shouted, from their places and the indexes of their runs. Shape (words,), bool."""
        fields = np.searchsorted(self.field_ends, at, side="right")
        first = np.concatenate(([0], self.field_ends))[fields]
        bounds = first, self.field_ends[fields]
        before, before_that, after, after_that = (self._edges_at(at + step, bounds) for step in (-1, -2, 1, 2))
        joins_before = _has(words, CapitalWord.BEGINS) & _has(before, CapitalRun.ENDS)
        joins_after = _has(words, CapitalWord.ENDS) & _has(after, CapitalRun.BEGINS)
        three: Array = joins_before & joins_after
        three |= joins_before & _has(before, CapitalRun.SOLE) & _has(before_that, CapitalRun.ENDS)
        three |= joins_after & _has(after, CapitalRun.SOLE) & _has(after_that, CapitalRun.BEGINS)
        long_pair = joins_before & (_has(words, CapitalWord.LONG) | _has(before, CapitalRun.LONG_LAST))
        long_pair |= joins_after & (_has(words, CapitalWord.LONG) | _has(after, CapitalRun.LONG_FIRST))
        return three | long_pair

    def _edges_at(self, indexes: Array, bounds: tuple[Array, Array]) -> Array:
        """Returns the edges of the runs at these indexes, 0 for those outside of their field."""
        inside = (indexes >= bounds[0]) & (indexes < bounds[1])
        return np.where(inside, self.edges[self.runs[np.where(inside, indexes, 0)]], 0)


def _has(flags: Array, flag: int) -> Array:
    found: Array = (flags & np.uint8(flag)) != 0
    return found
