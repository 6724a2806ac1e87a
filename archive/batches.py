"""Long lists in parts that a statement of the database takes. Pure: all layers may import it."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

# As many values as are parameters of a statement; SQLite takes 32,766.
MAX_PARAMETERS = 5000

_Value = TypeVar("_Value")


def in_parts(values: Sequence[_Value], *, size: int = MAX_PARAMETERS) -> Iterator[Sequence[_Value]]:
    """Yields the values in parts of this size, the last one shorter."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
