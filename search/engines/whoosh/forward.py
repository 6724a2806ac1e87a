"""The forward index: which stems each document has, and how often. What postings tell by stem, told by document.

An entry is 13 bits of step and 3 of weight. A document's stems come in order, the step leading from one ordinal to
the next (from 0 to the first); where it has more than 13 bits, an entry of weight 0 stands before with the upper bits.
So a stem takes two bytes whatever the size of the dictionary, and what is read of a document is decoded at once by
adding up. Words of grammar, a third of all postings, are left out: they say nothing of a document's subject.

The weight counts an occurrence in the body once, one in another field OTHER_WEIGHT times, up to MAX_WEIGHT: beyond
that it would hardly change a score that saturates (see reranking).
"""

from collections.abc import Mapping

import numpy as np

from ...text import FUNCTION_WORDS, stem_form
from .files import Array
from .segment import OTHER_FIELDS, Segment, ragged
from .terms import Terms, encode

_WEIGHT_BITS = 3
_STEP_BITS = 16 - _WEIGHT_BITS
MAX_WEIGHT = (1 << _WEIGHT_BITS) - 1
OTHER_WEIGHT = 2

LEFT_OUT = frozenset(map(stem_form, FUNCTION_WORDS))


def pack_forward(arrays: Mapping[str, Array], documents: int) -> dict[str, Array]:
    """Returns the forward index of a segment, given its stems and their postings. One sort of the postings."""
    starts = arrays["stems.starts"].astype(np.int64)
    weights = np.minimum(arrays["stems.tfs"], MAX_WEIGHT).astype(np.uint8)
    for name in OTHER_FIELDS:
        owners = np.repeat(starts[:-1], np.diff(arrays[f"stems.{name}.starts"]))
        at = owners + arrays[f"stems.{name}.slots"]
        more = np.minimum(arrays[f"stems.{name}.tfs"], MAX_WEIGHT).astype(np.uint8) * np.uint8(OTHER_WEIGHT)
        weights[at] = np.minimum(weights[at] + more, MAX_WEIGHT)
    counts = np.diff(starts)
    dictionary = Terms(arrays, "stems")
    left_out = [ordinal for ordinal in (dictionary.find(encode(word)) for word in LEFT_OUT) if ordinal is not None]
    kept = np.ones(len(counts), dtype=bool)
    kept[left_out] = False
    kept = np.repeat(kept, counts)
    docs = arrays["stems.docs"][kept]
    sizes = np.bincount(docs, minlength=documents)
    # document | stem | weight: sorted, they are the entries. The halves of a key are written and read by themselves.
    keys = np.empty(len(docs), dtype="<u8")
    halves = keys.view("<u4")
    halves[1::2] = docs
    halves[::2] = np.repeat(np.arange(len(counts), dtype=np.uint32) << np.uint32(_WEIGHT_BITS), counts)[kept]
    halves[::2] |= weights[kept]
    keys.sort()
    entries = halves[::2].astype(np.uint16) & np.uint16(MAX_WEIGHT)
    stems = halves[::2] >> np.uint32(_WEIGHT_BITS)
    del keys, halves
    ends = np.cumsum(sizes)
    firsts = (ends - sizes)[sizes > 0]
    steps = np.diff(stems, prepend=np.uint32(0))
    steps[firsts] = stems[firsts]
    entries |= (steps << np.uint32(_WEIGHT_BITS)).astype(np.uint16)
    wide = np.flatnonzero(steps >> np.uint32(_STEP_BITS))
    if len(wide):
        entries = np.insert(entries, wide, (steps[wide] >> np.uint32(_STEP_BITS)).astype(np.uint16) << _WEIGHT_BITS)
    starts = np.zeros(documents + 1, dtype=np.uint32)
    starts[1:] = ends + np.searchsorted(wide, ends)
    return {"forward.starts": starts, "forward.entries": entries}


def read_forward(segment: Segment, docs: Array) -> tuple[Array, Array, Array]:
    """Returns the entries of documents: the index in `docs`, the ordinal of the stem, its weight.

    In the order of `docs`, and of the stems under each.
    """
    starts = segment.file["forward.starts"]
    first = starts[docs].astype(np.int64)
    counts = starts[docs.astype(np.int64) + 1] - first
    entries = segment.file["forward.entries"][ragged(first, counts)]
    weights = entries & np.uint16(MAX_WEIGHT)
    steps = (entries >> np.uint16(_WEIGHT_BITS)).astype(np.int64)
    wide = weights == 0
    steps[wide] <<= _STEP_BITS
    stems = np.cumsum(steps)
    having = np.flatnonzero(counts)
    begins = (np.cumsum(counts) - counts)[having]
    before = np.zeros(len(counts), dtype=np.int64)
    before[having] = stems[begins] - steps[begins]
    stems -= np.repeat(before, counts)
    held = np.flatnonzero(~wide)
    return np.repeat(np.arange(len(docs)), counts)[held], stems[held], weights[held]
