"""The values of a field by row, a card or a document (see `segment`). Only modules of this package import this."""

from collections import defaultdict
from functools import cached_property

import numpy as np

from ...query import ValueTerm
from ...text import fold_value, other_names, value_key
from .arrays import ragged
from .files import Array, ArrayFile, Arrays
from .terms import Terms, decode
from .value_words import ValueWords

# With one row of so many or more, the values of all rows are passed over. Otherwise those of each row are looked up.
_DENSE = 6


class ValueColumn:
    """The values of a field by row, a card or a document. `values` is their dictionary.

    If no row has two values, `ordinals` has one number for each row, `len(values)` where it has none. Otherwise the
    values of row r are `ordinals[starts[r] : starts[r + 1]]`.
    """

    def __init__(self, file: ArrayFile | Arrays, name: str) -> None:
        self.name = name
        self.values = Terms(file, f"values.{name}")
        self.ordinals = file[f"values.{name}.ordinals"]
        self.starts = file.get(f"values.{name}.starts")
        # Whether every row has exactly one value.
        self.complete = self.starts is None and not bool((self.ordinals == len(self.values)).any())

    def rows_with(self, ordinals: list[int]) -> Array:
        """Returns for each row whether it has one of these values. Shape (rows,), bool."""
        wanted = np.zeros(len(self.values) + 1, dtype=bool)
        wanted[ordinals] = True
        entries = wanted[self.ordinals]
        if self.starts is None:
            return entries
        rows = np.zeros(len(self.starts) - 1, dtype=bool)
        rows[np.searchsorted(self.starts, np.flatnonzero(entries), side="right") - 1] = True
        return rows

    def all_entries(self, by_row: Array) -> tuple[Array, Array]:
        """Returns the ordinals of the values of all rows, `len(values)` for none, each with its row's number.

        `by_row` has those numbers, one for each row.
        """
        if self.starts is None:
            return self.ordinals, by_row
        return self.ordinals, np.repeat(by_row, self._value_counts)

    @cached_property
    def _value_counts(self) -> Array:
        """The number of values of each row; empty if no row has two."""
        counts: Array = np.zeros(0, dtype=np.uint32) if self.starts is None else self.starts[1:] - self.starts[:-1]
        return counts

    def places(self, rows: Array) -> tuple[Array, Array]:
        """Returns where in `ordinals` the values of these rows are, and for each the index of its row in `rows`."""
        if self.starts is None:
            having = np.flatnonzero(self.ordinals[rows] < len(self.values))
            return rows[having].astype(np.int64), having
        starts = self.starts[rows].astype(np.int64)
        counts = self.starts[rows.astype(np.int64) + 1].astype(np.int64) - starts
        return ragged(starts, counts), np.repeat(np.arange(len(rows)), counts)

    def entries_of(self, rows: Array) -> Array:
        """Returns where in `ordinals` the values of these rows (ascending, each once) are. Cheaper than `places`."""
        if self.starts is None or len(rows) * _DENSE < len(self.starts):
            return self.places(rows)[0]
        flags = np.zeros(len(self.starts) - 1, dtype=bool)
        flags[rows] = True
        return np.flatnonzero(np.repeat(flags, self._value_counts))

    def entries(self, rows: Array) -> tuple[Array, Array | None]:
        """Returns the ordinals of the values of these rows, and for each the index of its row in `rows`.

        The indexes are None, meaning 0, 1, 2 and so on, where each row has exactly one value.
        """
        if self.starts is None:
            ordinals = self.ordinals[rows]
            if self.complete:
                return ordinals, None
            having = np.flatnonzero(ordinals < len(self.values))
            return ordinals[having], having
        at, owners = self.places(rows)
        return self.ordinals[at], owners


class KeywordColumn(ValueColumn):
    """The values of a keyword field. `folds` is the dictionary of what `text.fold_value` makes of them."""

    def __init__(self, file: ArrayFile | Arrays, name: str) -> None:
        super().__init__(file, name)
        self.folds = Terms(file, f"folds.{name}")
        self._fold_starts = file[f"folds.{name}.starts"]
        self._fold_ordinals = file[f"folds.{name}.ordinals"]

    def equal_to(self, value: str) -> list[int]:
        """Returns the ordinals of the values that are equal to a whole value, or have it as another name."""
        key = value_key(fold_value(value))
        return [*self.with_key(key), *self._by_name.get(key, ())]

    def with_key(self, key: str) -> list[int]:
        """Returns the ordinals of the values with a key; none for the empty text. The first call takes O(values)."""
        return self._by_key.get(key, []) if key else []

    @cached_property
    def _by_key(self) -> dict[str, list[int]]:
        by_key: dict[str, list[int]] = defaultdict(list)
        for fold, term in enumerate(self.folds.all()):
            start, end = self._fold_starts[fold], self._fold_starts[fold + 1]
            by_key[value_key(decode(term))] += self._fold_ordinals[start:end].tolist()
        return dict(by_key)

    @cached_property
    def _by_name(self) -> dict[str, set[int]]:
        """The values by the keys of their other names. Most fields have none."""
        by_name: dict[str, set[int]] = defaultdict(set)
        for ordinal, value in enumerate(map(decode, self.values.all())):
            for name in other_names(self.name, value):
                by_name[value_key(fold_value(name))].add(ordinal)
        return dict(by_name)

    def with_words(self, term: ValueTerm) -> list[int]:
        """Returns the ordinals of the values that a term finds by their words. The first call takes O(values)."""
        return self._words.find(term)

    @cached_property
    def _words(self) -> ValueWords:
        return ValueWords(self.name, list(map(decode, self.values.all())))

    def folds_of_values(self) -> Array:
        """Returns the ordinal of the fold of each value. Shape (values,), int64."""
        folds = np.empty(len(self.values), dtype=np.int64)
        sizes = self._fold_starts[1:] - self._fold_starts[:-1]
        folds[self._fold_ordinals] = np.repeat(np.arange(len(self.folds)), sizes)
        return folds
