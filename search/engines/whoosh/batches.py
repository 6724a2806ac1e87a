"""Long work in batches, with a check of the time before each. It is what keeps a query within its limit.

Postings and positions are read document by document in principle, so a list of documents can be split anywhere. A
batch takes about 20 ms at most; most queries need only one. Only modules of this package import from here.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import numpy as np

from ..contract import EngineError, QueryLimitError
from ..deadline import check_time
from .files import Array
from .segment import FIELD_NAMES
from .snapshot import SegmentReader

# The occurrences, and the postings, that a batch works on. Sorting that many numbers takes 20 ms.
MAX_OCCURRENCES = 250_000
MAX_POSTINGS = 500_000

# Parts of a batch differ in size: they are made smaller by this factor, so that most are small enough.
_HEADROOM = 1.5

Result = TypeVar("Result")


class TooManyError(EngineError):
    """A batch of documents yields too much to work on at once, by the factor `times`. Parts of it may not."""

    def __init__(self, message: str, *, times: float) -> None:
        super().__init__(message)
        self.times = times


def by_documents(
    reader: SegmentReader, docs: Array, forms: Sequence[Array], find: Callable[[Array], Result]
) -> list[Result]:
    """Returns the results of `find` for batches of the documents, in order. No documents are one empty batch.

    `forms` are those whose occurrences `find` reads, one array for each token. Where `find` raises TooManyError, it is
    called again with fewer documents. Raises QueryLimitError if a single document is too much.
    """
    waiting = list(reversed(_split(reader, docs, forms)))
    results = []
    while waiting:
        check_time()
        batch = waiting.pop()
        try:
            results.append(find(batch))
        except TooManyError as error:
            if len(batch) <= 1:
                raise QueryLimitError(str(error)) from None
            parts = min(math.ceil(error.times * _HEADROOM), len(batch))
            waiting += reversed(np.array_split(batch, parts))
    return results


def _split(reader: SegmentReader, docs: Array, forms: Sequence[Array]) -> list[Array]:
    """Returns the documents in batches of about MAX_OCCURRENCES occurrences, judged by the documents' lengths."""
    occurrences = sum(count_positions(reader, of_token) for of_token in forms)
    if occurrences <= MAX_OCCURRENCES:
        return [docs]
    tokens = np.cumsum(sum(reader.segment.lengths(name)[docs].astype(np.int64) for name in FIELD_NAMES))
    total = int(tokens[-1]) if len(docs) else 0
    count = -(-min(occurrences, total) // MAX_OCCURRENCES)
    ends = np.searchsorted(tokens, np.arange(1, count) * (total // max(count, 1)))
    return np.split(docs, ends)


def by_forms(reader: SegmentReader, forms: Array) -> Iterator[Array]:
    """Yields sorted ordinals of forms in batches of about MAX_POSTINGS postings. No forms are one empty batch."""
    starts = reader.segment.file["forms.starts"]
    postings = np.cumsum(starts[forms + 1].astype(np.int64) - starts[forms])
    count = -(-int(postings[-1]) // MAX_POSTINGS) if len(forms) else 0
    for batch in np.split(forms, np.searchsorted(postings, np.arange(1, count) * MAX_POSTINGS)):
        check_time()
        yield batch


def count_positions(reader: SegmentReader, forms: Array) -> int:
    """Returns how often the forms occur in the segment."""
    starts = reader.segment.file["forms.position_starts"]
    return int((starts[forms + 1].astype(np.int64) - starts[forms]).sum())
