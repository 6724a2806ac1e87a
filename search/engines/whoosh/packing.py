"""The arrays of a segment that both building and merging make. For what is in each, see `segment`.

Only `building`, `merging` and `masks` import from here.
"""

from collections.abc import Sequence

import numpy as np

from ...text import fold_value
from .arrays import smallest
from .files import Array, Arrays, Facts
from .segment import BODY, FIELD_NAMES, LARGE_TF
from .terms import decode, encode, pack_terms


def starts_of(counts: Array) -> Array:
    """Returns where runs of these sizes start, and where the last one ends. Shape (counts + 1,), int64."""
    return np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(counts, dtype=np.int64)))


def pack_frequencies(kind: str, tfs: Array) -> Arrays:
    """Returns the frequencies of postings in a byte each, and the large ones apart. `kind` is "forms" or "stems"."""
    large = np.flatnonzero(tfs >= LARGE_TF)
    return {
        f"{kind}.tfs": np.minimum(tfs, LARGE_TF).astype(np.uint8),
        f"{kind}.large_at": smallest(large),
        f"{kind}.large_tfs": smallest(tfs[large]),
    }


def pack_forms_of_stems(form_stems: Array, stems: int, *, capitals: int) -> Arrays:
    """Returns the stem of each form, and the forms of each stem without the first `capitals`, those in capitals."""
    counted = form_stems[capitals:]
    return {
        "forms.stems": form_stems.astype(np.uint32),
        "stems.forms": (np.argsort(counted, kind="stable") + capitals).astype(np.uint32),
        "stems.form_starts": starts_of(np.bincount(counted, minlength=stems)).astype(np.uint32),
    }


def pack_lengths(lengths: dict[str, Array]) -> Arrays:
    """Returns the number of tokens of each document, for each text field."""
    return {f"lengths.{name}": smallest(array) for name, array in lengths.items()}


def pack_breaks(name: str, docs: Array, positions: Array, documents: int) -> Arrays:
    """Returns where the "sentences" or "paragraphs" of documents start. `docs` and `positions` are in order."""
    distinct = np.ones(len(docs), dtype=bool)
    distinct[1:] = (docs[1:] != docs[:-1]) | (positions[1:] != positions[:-1])
    counts = np.bincount(docs[distinct], minlength=documents)
    return {f"{name}.starts": starts_of(counts).astype(np.uint32), name: smallest(positions[distinct])}


def pack_column(name: str, values: Sequence[bytes], counts: Array, ordinals: Array) -> Arrays:
    """Returns the values of a field by row. `counts` has the number of values of each row.

    `ordinals` has the values of one row after another; `values` is sorted.
    """
    arrays = pack_terms(f"values.{name}", values)
    if int(counts.max(initial=0)) > 1:
        arrays[f"values.{name}.starts"] = starts_of(counts).astype(np.uint32)
    else:
        single = np.full(len(counts), len(values), dtype=np.int64)
        single[counts == 1] = ordinals
        ordinals = single
    arrays[f"values.{name}.ordinals"] = ordinals.astype(np.min_scalar_type(len(values)))
    return arrays


def pack_folds(name: str, values: Sequence[bytes]) -> Arrays:
    """Returns the folds of the values of a keyword field, which are sorted."""
    by_fold: dict[str, list[int]] = {}
    for ordinal, value in enumerate(values):
        by_fold.setdefault(fold_value(decode(value)), []).append(ordinal)
    folds = sorted(by_fold)
    arrays = pack_terms(f"folds.{name}", [encode(fold) for fold in folds])
    fold_sizes = np.array([len(by_fold[fold]) for fold in folds], dtype=np.int64)
    arrays[f"folds.{name}.starts"] = starts_of(fold_sizes).astype(np.uint32)
    in_folds = [ordinal for fold in folds for ordinal in by_fold[fold]]
    arrays[f"folds.{name}.ordinals"] = np.array(in_folds, dtype=np.uint32)
    return arrays


def describe(arrays: Arrays) -> Facts:
    """Returns the facts of a segment, which are known before any array is read."""
    lengths = {name: arrays[f"lengths.{name}"] for name in FIELD_NAMES}
    return {
        "documents": len(arrays["section_ids"]),
        "tokens": {name: int(array.sum(dtype=np.int64)) for name, array in lengths.items()},
        "having": {name: int(np.count_nonzero(array)) for name, array in lengths.items()},
        "occurrences": len(arrays["forms.positions"]),
        "body": BODY,
    }
