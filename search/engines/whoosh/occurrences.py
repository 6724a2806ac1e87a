"""Where word forms occur in documents: positions, adjacency, fields, and the weight of each occurrence.

An occurrence is a pair of numbers in two arrays: its owner, which is the document, and its position. Positions run
through all fields of a document (see `segment`), so a position determines the field. Only positions of the documents
in question are read. Only modules of this package import from here.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from ..deadline import check_time
from .arrays import look_up, ragged
from .batches import by_forms
from .files import Array
from .postings import SPARSE, read_postings
from .segment import BODY, FIELD_NAMES
from .snapshot import SegmentReader

# A query of MAX_QUERY_CHARS characters has fewer terms than this many bits can count.
_PHRASE_BITS = 13
# Up to this many forms are read one by one.
_FEW_FORMS = 16
_NONE: Array = np.zeros(0, dtype=np.uint16)

# Reads the occurrences of any of some forms in some documents: owners and positions.
ReadOccurrences = Callable[[SegmentReader, Array, Array], tuple[Array, Array]]


def read_few(reader: SegmentReader, docs: Array, forms: Array) -> tuple[Array, Array]:
    """Returns the occurrences of any of the forms in the documents: owners and positions.

    They are ordered by form, then by document, then by position. Each form is read by itself.
    """
    segment, file = reader.segment, reader.segment.file
    owners, positions = [], []
    flags: Array | None = None
    for form in forms.tolist():
        start, end = segment.extent("forms.starts", form)
        having = file.part("forms.docs", start, end)
        if len(docs) * SPARSE < len(having):
            slots, found = look_up(docs, having)
            slots = slots[found]
        else:
            if flags is None:
                flags = np.zeros(segment.count, dtype=bool)
                flags[docs] = True
            slots = np.flatnonzero(flags[having])
        if not len(slots):
            continue
        tfs = segment.frequencies("forms", start, end)
        counts = tfs[slots].astype(np.int64)
        of_form = file.part("forms.positions", *segment.extent("forms.position_starts", form))
        positions.append(of_form[_runs(_sums_before(tfs, slots), counts)])
        owners.append(np.repeat(having[slots], counts))
    if not owners:
        return _NONE, _NONE
    return (owners[0], positions[0]) if len(owners) == 1 else (np.concatenate(owners), np.concatenate(positions))


def _sums_before(tfs: Array, slots: Array) -> Array:
    """Returns the sum of the frequencies before each slot, in a tenth of the time of a cumsum. Needs a slot."""
    sums = np.add.reduceat(tfs, np.concatenate(([0], slots)), dtype=np.int64)[:-1]
    if slots[0] == 0:
        sums[0] = 0
    return np.cumsum(sums)


def _runs(starts: Array, counts: Array) -> Array:
    """Returns what `segment.ragged` does, in a third of its time. No run may be empty, and there must be one."""
    ends = np.cumsum(counts)
    steps = np.ones(int(ends[-1]), dtype=np.int64)
    steps[0] = starts[0]
    steps[ends[:-1]] = starts[1:] - starts[:-1] - counts[:-1] + 1
    return np.cumsum(steps, out=steps)


def read_many(reader: SegmentReader, docs: Array, forms: Array) -> tuple[Array, Array]:
    """Returns what `read_few` does, for any number of forms: thousands are read at once."""
    if len(forms) <= _FEW_FORMS or not len(docs):
        return read_few(reader, docs, forms if len(docs) else forms[:0])
    file = reader.segment.file
    flags = np.zeros(reader.segment.count, dtype=bool)
    flags[docs] = True
    owners, positions = [], []
    for batch in by_forms(reader, forms):
        having, tfs = read_postings(reader, batch)
        starts = file["forms.starts"]
        counts = starts[batch + 1].astype(np.int64) - starts[batch]
        before = np.cumsum(tfs) - tfs
        first_posting = np.cumsum(counts) - counts
        base = file["forms.position_starts"][batch].astype(np.int64) - before[first_posting]
        at = np.repeat(base, counts) + before
        chosen = np.flatnonzero(flags[having])
        tfs = tfs[chosen]
        owners.append(np.repeat(having[chosen], tfs))
        every = file.runs("forms.positions", at[chosen], tfs)
        positions.append(every[ragged(at[chosen], tfs)])
    return np.concatenate(owners), np.concatenate(positions)


def adjacent(
    reader: SegmentReader, docs: Array, terms: Sequence[Array], *, read: ReadOccurrences = read_few
) -> tuple[Array, Array]:
    """Returns where terms are adjacent, in this order: owners, and positions of the first term.

    Each term is an array of its forms. An occurrence becomes one number: document | the position that the first term
    would have | 0 for the first term, 1 for another. In a sorted list, terms that belong together are then neighbours.
    Sorting is faster here than looking up.
    """
    owners, positions = read(reader, docs, terms[0])
    if len(terms) == 1:
        return owners, positions
    # Room for the longest document, and for terms whose first would begin before it.
    width = max(reader.segment.position_bits, _PHRASE_BITS) + 2
    wide: Any = np.uint32 if width + 16 <= 32 else np.uint64
    shift, room = wide(width), wide(len(terms))

    def to_keys(owners: Array, positions: Array, distance: int) -> Array:
        keys: Array = owners.astype(wide) << shift
        keys |= (positions.astype(wide) + room - wide(distance)) << wide(1)
        return keys

    keys = to_keys(owners, positions, 0)
    for distance, forms in enumerate(terms[1:], start=1):
        check_time()
        others = to_keys(*read(reader, docs, forms), distance) | wide(1)
        keys = np.concatenate((keys, others))
        keys.sort()
        keys = keys[:-1][(keys[:-1] | wide(1)) == keys[1:]]
    positions = ((keys & ((wide(1) << shift) - wide(1))) >> wide(1)).astype(np.int64) - len(terms)
    found: Array = (keys >> shift).astype(np.int64)
    return found, positions


def fields_of(reader: SegmentReader, owners: Array, positions: Array) -> Array:
    """Returns for each occurrence the index in FIELD_NAMES of its field. Shape (occurrences,), int64."""
    segment = reader.segment
    # The body is the last field of a document, and most occurrences are in it.
    fields = np.full(len(owners), len(FIELD_NAMES) - 1)
    others = np.flatnonzero(positions < segment.body_starts[owners])
    if len(others):
        starts = segment.field_starts(owners[others])
        fields[others] = sum(positions[others] >= starts[name] for name in FIELD_NAMES[1:])
    return fields


def weigh_occurrences(
    reader: SegmentReader, owners: Array, positions: Array, field: str | None
) -> tuple[Array, Array]:
    """Returns the occurrences in a field, or in any for None: owners, and weights by `SegmentReader.weigh`."""
    segment = reader.segment
    weights = reader.weigh(BODY, owners)
    # The body is the last field of a document, and most occurrences are in it.
    others = np.flatnonzero(positions < segment.body_starts[owners])
    if len(others):
        starts = segment.field_starts(owners[others])
        for name, following in pairwise(FIELD_NAMES):
            inside = (positions[others] >= starts[name]) & (positions[others] < starts[following])
            chosen = others[inside]
            weights[chosen] = reader.weigh(name, owners[chosen]) if field in (None, name) else 0.0
    if field is not None and field != BODY:
        weights[positions >= segment.body_starts[owners]] = 0.0
    if field is None:
        return owners, weights
    kept = np.flatnonzero(weights != 0)
    return owners[kept], weights[kept]
