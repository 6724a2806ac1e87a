"""Steps on arrays that NumPy has no name for. Only modules of this package import from here."""

import numpy as np

from .files import Array


def look_up(values: Array, ascending: Array) -> tuple[Array, Array]:
    """Returns for each value its index in an ascending array, and whether it is there. O(values x log array).

    Shapes (values,): int64, of any meaning for a value that is not there, and bool.
    """
    if not len(ascending):
        return np.zeros(len(values), dtype=np.int64), np.zeros(len(values), dtype=bool)
    at = np.searchsorted(ascending, values.astype(ascending.dtype, copy=False))
    at[at == len(ascending)] = 0
    return at, ascending[at] == values


def distinct(values: Array) -> Array:
    """Returns the distinct values of whole numbers, ascending. `np.unique` hashes them: ten times slower for a few."""
    ordered = np.sort(values)
    if len(ordered) < 2:
        return ordered
    return ordered[np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))]


def ragged(starts: Array, counts: Array) -> Array:
    """Returns the indexes start, start + 1, ... of many runs, one run after another (int64)."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    return np.repeat(starts - (ends - counts), counts) + np.arange(total)


def smallest(array: Array) -> Array:
    """Returns the array in the smallest unsigned dtype that fits its values."""
    return array.astype(np.min_scalar_type(int(array.max())) if len(array) else np.uint8)
