"""Long work in batches, with a look at the clock before each: what keeps a query to its time.

Everything that is read of postings and positions is read of one document at a time in all but name, so a list of
documents can be cut anywhere. A batch takes some 20 ms at most; most queries are one.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import numpy as np

from ..contract import EngineError, QueryLimitError
from ..deadline import check_time
from .files import Array
from .segment import FIELD_NAMES
from .view import Shard

# Occurrences whose places are worked on at once, and postings that are: a sort of so many numbers takes 20 ms.
MAX_OCCURRENCES = 250_000
MAX_POSTINGS = 500_000

# Parts of a batch are unlike: so much smaller are they made that most will do.
_HEADROOM = 1.5

R = TypeVar("R")


class TooManyError(EngineError):
    """A batch of documents makes so many times more than can be worked on at once; parts of it may do."""

    def __init__(self, message: str, *, times: float) -> None:
        super().__init__(message)
        self.times = times


def by_documents(held: Shard, docs: Array, forms: Sequence[Array], find: Callable[[Array], R]) -> list[R]:
    """Returns what `find` makes of a sorted list of documents, batch by batch, in order; one empty batch for none.

    `forms` are those whose occurrences it reads. Where it raises TooManyError, it is asked for fewer documents at a
    time; one that is too much by itself is a QueryLimitError.
    """
    waiting = list(reversed(_split(held, docs, forms)))
    found = []
    while waiting:
        check_time()
        batch = waiting.pop()
        try:
            found.append(find(batch))
        except TooManyError as error:
            if len(batch) <= 1:
                raise QueryLimitError(str(error)) from None
            parts = min(math.ceil(error.times * _HEADROOM), len(batch))
            waiting += reversed(np.array_split(batch, parts))
    return found


def _split(held: Shard, docs: Array, forms: Sequence[Array]) -> list[Array]:
    occurrences = sum(count_positions(held, several) for several in forms)
    if occurrences <= MAX_OCCURRENCES:
        return [docs]
    tokens = np.cumsum(sum(held.segment.lengths(name)[docs].astype(np.int64) for name in FIELD_NAMES))
    total = int(tokens[-1]) if len(docs) else 0
    count = -(-min(occurrences, total) // MAX_OCCURRENCES)
    ends = np.searchsorted(tokens, np.arange(1, count) * (total // max(count, 1)))
    return np.split(docs, ends)


def by_forms(held: Shard, forms: Array) -> Iterator[Array]:
    """Yields a sorted list of forms in batches of some MAX_POSTINGS postings."""
    starts = held.segment.file["forms.starts"]
    postings = np.cumsum(starts[forms + 1].astype(np.int64) - starts[forms])
    count = -(-int(postings[-1]) // MAX_POSTINGS) if len(forms) else 0
    for batch in np.split(forms, np.searchsorted(postings, np.arange(1, count) * MAX_POSTINGS)):
        check_time()
        yield batch


def count_positions(held: Shard, forms: Array) -> int:
    """Returns how often the forms occur in the segment."""
    starts = held.segment.file["forms.position_starts"]
    return int((starts[forms + 1].astype(np.int64) - starts[forms]).sum())
