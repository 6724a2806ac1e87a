"""The forward index: the stems of each document with their frequency. Postings the other way round.

An entry is 13 bits of step and 3 bits of weight. The stems of a document are in ascending order, and a step leads
from one ordinal to the next (from 0 to the first). A step of more than 13 bits has its upper bits in an entry of
weight 0 before it. A stem thus takes two bytes in a dictionary of any size (four after a long step), and any number of
entries is decoded by one cumulative sum. Function words, a third of all postings, are left out, since they do not
characterize a document.

The weight counts an occurrence in the body once, one in another field OTHER_WEIGHT times, up to MAX_WEIGHT: more would
hardly change a saturating score. `feedback` compares hits by this index; `snapshot` counts the stems of deleted
documents with it. Only modules of this package import from here.
"""

from collections.abc import Mapping

import numpy as np

from ...text import FUNCTION_WORDS, stem_form
from .files import Array, Arrays
from .segment import OTHER_FIELDS, Segment
from .terms import Terms, encode

_WEIGHT_BITS = 3
_STEP_BITS = 16 - _WEIGHT_BITS
MAX_WEIGHT = (1 << _WEIGHT_BITS) - 1
OTHER_WEIGHT = 2

LEFT_OUT = frozenset(map(stem_form, FUNCTION_WORDS))


def pack_forward(arrays: Mapping[str, Array], documents: int) -> Arrays:
    """Returns the forward index of a segment from the arrays of its stems. The cost is one sort of the postings."""
    weights = _weigh_postings(arrays)
    starts = arrays["stems.starts"].astype(np.int64)
    counts: Array = starts[1:] - starts[:-1]
    dictionary = Terms(arrays, "stems")
    left_out = [ordinal for ordinal in (dictionary.find(encode(word)) for word in LEFT_OUT) if ordinal is not None]
    kept = np.ones(len(counts), dtype=bool)
    kept[left_out] = False
    kept = np.repeat(kept, counts)
    docs = arrays["stems.docs"][kept]
    sizes = np.bincount(docs, minlength=documents)
    # The keys are document | stem | weight; sorted, they are in the order of the entries. Their halves are written and
    # read separately, which avoids 64-bit copies.
    keys = np.empty(len(docs), dtype="<u8")
    halves = keys.view("<u4")
    halves[1::2] = docs
    halves[::2] = np.repeat(np.arange(len(counts), dtype=np.uint32) << np.uint32(_WEIGHT_BITS), counts)[kept]
    halves[::2] |= weights[kept]
    keys.sort()
    entries = halves[::2].astype(np.uint16) & np.uint16(MAX_WEIGHT)
    stems = halves[::2] >> np.uint32(_WEIGHT_BITS)
    del keys, halves
    entries, starts = encode_entries(stems, entries, sizes)
    return {"forward.starts": starts.astype(np.uint32), "forward.entries": entries}


def encode_entries(stems: Array, weights: Array, sizes: Array) -> tuple[Array, Array]:
    """Returns the entries of documents, and where those of each start and the last end; the inverse of decoding.

    `sizes` has the number of stems of each document. The stems of one document after another are uint32, their weights
    uint16. Shapes (entries,) and (documents + 1,).
    """
    ends = np.cumsum(sizes)
    firsts = (ends - sizes)[sizes > 0]
    steps = np.diff(stems, prepend=np.uint32(0))
    steps[firsts] = stems[firsts]
    entries = weights | (steps << np.uint32(_WEIGHT_BITS)).astype(np.uint16)
    wide = np.flatnonzero(steps >> np.uint32(_STEP_BITS))
    if len(wide):
        entries = np.insert(entries, wide, (steps[wide] >> np.uint32(_STEP_BITS)).astype(np.uint16) << _WEIGHT_BITS)
    starts = np.zeros(len(sizes) + 1, dtype=np.int64)
    starts[1:] = ends + np.searchsorted(wide, ends)
    return entries, starts


def _weigh_postings(arrays: Mapping[str, Array]) -> Array:
    """Returns the weight of each posting of a stem, from 1 to MAX_WEIGHT (uint8)."""
    starts = arrays["stems.starts"].astype(np.int64)
    weights = np.minimum(arrays["stems.tfs"], MAX_WEIGHT).astype(np.uint8)
    for name in OTHER_FIELDS:
        owners = np.repeat(starts[:-1], np.diff(arrays[f"stems.{name}.starts"]))
        at = owners + arrays[f"stems.{name}.slots"]
        added = np.minimum(arrays[f"stems.{name}.tfs"], MAX_WEIGHT).astype(np.uint8) * np.uint8(OTHER_WEIGHT)
        weights[at] = np.minimum(weights[at] + added, MAX_WEIGHT)
    return weights


def read_forward(segment: Segment, docs: Array) -> tuple[Array, Array, Array]:
    """Returns the entries of documents: for each its index in `docs`, the ordinal of the stem (uint32), the weight.

    They are in the order of `docs`, and of the stems within a document.
    """
    entries, counts = read_entries(segment, docs)
    stems, weights = decode_entries(entries, counts)
    chosen = np.flatnonzero(weights != 0)
    return np.repeat(np.arange(len(counts)), counts)[chosen], stems[chosen], weights[chosen]


def read_entries(segment: Segment, docs: Array) -> tuple[Array, Array]:
    """Returns the entries of documents as they are stored, one document after another, and how many each has."""
    starts = segment.file["forward.starts"]
    numbers = docs.astype(np.int64)
    first, ends = starts[numbers].astype(np.int64), starts[numbers + 1].astype(np.int64)
    every = segment.file.runs("forward.entries", first, ends - first)
    # Copying runs is faster than gathering their entries.
    runs = [every[start:end] for start, end in zip(first.tolist(), ends.tolist(), strict=True)]
    return np.concatenate(runs) if runs else every[:0], ends - first


def decode_entries(entries: Array, counts: Array) -> tuple[Array, Array]:
    """Returns the ordinal of the stem (uint32) and the weight of each entry; the latter is 0 where it only leads on.

    The documents may be of several segments: one after another, as they come.
    """
    weights = entries & np.uint16(MAX_WEIGHT)
    steps = (entries >> np.uint16(_WEIGHT_BITS)).astype(np.uint32)
    steps[np.flatnonzero(weights == 0)] <<= np.uint32(_STEP_BITS)
    begins = (np.cumsum(counts) - counts)[counts > 0]
    if len(begins) > 1:
        # Each document begins at 0 again, modulo 2^32.
        steps[begins[1:]] -= np.add.reduceat(steps, begins, dtype=np.uint32)[:-1]
    return np.cumsum(steps, dtype=np.uint32), weights
