"""Lists of documents, and the postings of word forms: which documents have them, and how often.

Where in a document they occur is read in `occurrences`. Only modules of this package import from here.
"""

from collections.abc import Sequence

import numpy as np

from .arrays import look_up, ragged
from .batches import by_forms
from .files import Array
from .segment import LARGE_TF
from .snapshot import SegmentReader

# With this many times fewer documents than postings, each document is looked up. Otherwise all postings are read.
SPARSE = 12


def is_in(docs: Array, postings: Array, count: int) -> Array:
    """Returns for each document whether it is in an ascending list. `count` is the segment's number of documents.

    Shape (docs,), bool.
    """
    if not len(postings):
        return np.zeros(len(docs), dtype=bool)
    if len(docs) * SPARSE < len(postings):
        return look_up(docs, postings)[1]
    flags = np.zeros(count, dtype=bool)
    flags[postings] = True
    return flags[docs]


def intersect(lists: Sequence[Array], count: int) -> Array:
    """Returns the documents that are in all of these ascending lists."""
    ordered = sorted(lists, key=len)
    docs = ordered[0]
    for other in ordered[1:]:
        docs = docs[is_in(docs, other, count)]
    return docs


def have_forms(reader: SegmentReader, forms: Array) -> Array:
    """Returns for each document of the segment whether it has any of the forms. Shape (documents,), bool."""
    flags = np.zeros(reader.segment.count, dtype=bool)
    for batch in by_forms(reader, forms):
        flags[read_postings(reader, batch)[0]] = True
    return flags


def count_forms(reader: SegmentReader, forms: Array) -> Array:
    """Returns how often the forms occur in each document of the segment, together. Shape (documents,), float64."""
    totals = np.zeros(reader.segment.count)
    for batch in by_forms(reader, forms):
        docs, tfs = read_postings(reader, batch)
        totals += np.bincount(docs, weights=tfs, minlength=len(totals))
    return totals


def read_postings(reader: SegmentReader, forms: Array) -> tuple[Array, Array]:
    """Returns the postings of forms, one form after another: documents (uint16) and frequencies (int64)."""
    file = reader.segment.file
    starts = file["forms.starts"]
    first = starts[forms].astype(np.int64)
    counts = starts[forms + 1].astype(np.int64) - first
    at = ragged(first, counts)
    tfs = file.runs("forms.tfs", first, counts)[at].astype(np.int64)
    large = np.flatnonzero(tfs == LARGE_TF)
    if len(large):
        tfs[large] = file["forms.large_tfs"][np.searchsorted(file["forms.large_at"], at[large])]
    return file.runs("forms.docs", first, counts)[at], tfs
