"""Term dictionaries: sorted byte strings, laid end to end, with the offset of each. No hashing, nothing to load.

A term is its ordinal, its rank among the sorted; all that is known of terms lies in arrays by ordinal. Sorted UTF-8
is sorted by code point, so what begins with a prefix is a range of ordinals.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import numpy as np

from .files import Array, ArrayFile


def encode(text: str) -> bytes:
    """Returns a term's bytes; half a character, which UTF-8 has no bytes for, must not stop a query."""
    return text.encode("utf-8", "surrogatepass")


def decode(term: bytes) -> str:
    """Returns the text of a term."""
    return term.decode("utf-8", "surrogatepass")


class Terms:
    """The dictionary `name` of a file: `name.text` and `name.offsets`. Finding costs a dozen and a half of looks."""

    def __init__(self, file: ArrayFile | Mapping[str, Array], name: str) -> None:
        # Memory views: a single number out of one costs a third of what it costs out of an array.
        self._text = memoryview(file[f"{name}.text"])  # type: ignore[arg-type]
        self._offsets = memoryview(file[f"{name}.offsets"])  # type: ignore[arg-type]

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def __getitem__(self, ordinal: int) -> bytes:
        return bytes(self._text[self._offsets[ordinal] : self._offsets[ordinal + 1]])

    def find(self, term: bytes) -> int | None:
        """Returns the ordinal of a term, or None."""
        ordinal = self.first_from(term)
        return ordinal if ordinal < len(self) and self[ordinal] == term else None

    def first_from(self, term: bytes) -> int:
        """Returns the ordinal of the first term that is not before this one."""
        low, high = 0, len(self)
        text, offsets = self._text, self._offsets
        while low < high:
            middle = (low + high) // 2
            if bytes(text[offsets[middle] : offsets[middle + 1]]) < term:
                low = middle + 1
            else:
                high = middle
        return low

    def range_of(self, prefix: str) -> tuple[int, int]:
        """Returns the ordinal of the first term with a prefix, and the one behind the last."""
        term = encode(prefix)
        # No byte of UTF-8 is 0xff, so what begins with the prefix ends before it.
        return self.first_from(term), self.first_from(term + b"\xff")

    def all(self) -> list[bytes]:
        """Returns every term in order. O(dictionary)."""
        return self.between(0, len(self))

    def between(self, first: int, last: int) -> list[bytes]:
        """Returns the terms of these ordinals, the last one excluded: a tenth of what one by one would take."""
        offsets = self._offsets[first : last + 1].tolist()
        base = offsets[0]
        text = bytes(self._text[base : offsets[-1]])
        return [text[start - base : end - base] for start, end in pairwise(offsets)]

    def several(self, ordinals: Array) -> list[bytes]:
        """Returns the terms of sorted or unsorted ordinals, in their order."""
        if not len(ordinals):
            return []
        first, last = int(ordinals[0]), int(ordinals[-1]) + 1
        if last - first == len(ordinals) and bool((np.diff(ordinals) == 1).all()):
            return self.between(first, last)
        return [self[ordinal] for ordinal in ordinals.tolist()]


def pack_terms(name: str, terms: Sequence[bytes]) -> dict[str, Array]:
    """Returns the arrays of a dictionary; the terms come sorted, each once."""
    offsets = np.zeros(len(terms) + 1, dtype=np.uint32)
    np.cumsum([len(term) for term in terms], out=offsets[1:])
    return {f"{name}.offsets": offsets, f"{name}.text": np.frombuffer(b"".join(terms), dtype=np.uint8)}


def merge_terms(dictionaries: Iterable[Sequence[bytes]]) -> tuple[list[bytes], list[Array]]:
    """Returns the terms of all dictionaries, sorted, and for each dictionary the new ordinals of its terms."""
    lists = list(dictionaries)
    merged = sorted(set().union(*lists))
    places = {term: ordinal for ordinal, term in enumerate(merged)}
    return merged, [np.fromiter(map(places.__getitem__, terms), dtype=np.int64, count=len(terms)) for terms in lists]
