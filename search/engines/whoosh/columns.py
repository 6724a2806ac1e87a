"""The columns of an index as numpy arrays over all its documents: ids, dates, facet values.

A segment never changes, so its arrays are cached by its id; which of its documents are deleted may change with each
generation and is asked anew.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...fields import DATE_FIELDS, KEYWORD_FIELDS
from .schema import SEPARATOR, UNDATED, column_of

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class FacetColumn:
    """A keyword field's values: `ordinals[i]` is the index in `values` of one value that document `owners[i]` has."""

    values: tuple[str, ...]
    ordinals: Ints
    owners: Ints


@dataclass(frozen=True)
class Columns:
    """Arrays with one entry a document, deleted ones included; `live` tells those apart."""

    section_ids: Ints
    article_ids: Ints
    dates: dict[str, Ints]
    facets: dict[str, FacetColumn]
    live: Mask


class ColumnCache:
    """Makes Columns of a reader, reusing what it made of segments that are still there."""

    def __init__(self) -> None:
        self._segments: dict[str, Columns] = {}

    def load(self, reader: Any) -> Columns:
        """Returns the columns of all leaf readers, in the order of document numbers."""
        loaded: dict[str, Columns] = {}
        parts = []
        for leaf, _ in reader.leaf_readers():
            if not leaf.doc_count_all():
                continue  # the reader of an empty index has no segment
            segment = leaf.segment().segment_id()
            loaded[segment] = self._segments.get(segment) or _load_segment(leaf)
            parts.append((loaded[segment], _live(leaf)))
        self._segments = loaded
        return _join(parts)


def _live(leaf: Any) -> Mask:
    live = np.ones(leaf.doc_count_all(), dtype=bool)
    if leaf.has_deletions():
        live[[number for number in range(len(live)) if leaf.is_deleted(number)]] = False
    return live


def _load_segment(leaf: Any) -> Columns:
    count = leaf.doc_count_all()

    def column(name: str, missing: Any) -> list[Any]:
        if not leaf.has_column(name):
            return [missing] * count
        reader = leaf.column_reader(name)
        return [reader[number] for number in range(count)]

    def numbers(name: str, missing: int = 0) -> Ints:
        return np.array(column(name, missing), dtype=np.int64)

    facets = {}
    for field in KEYWORD_FIELDS:
        known: dict[str, int] = {}
        ordinals: list[int] = []
        owners: list[int] = []
        for number, joined in enumerate(column(column_of(field.name), b"")):
            for value in dict.fromkeys(joined.decode().split(SEPARATOR)) if joined else ():
                ordinals.append(known.setdefault(value, len(known)))
                owners.append(number)
        facets[field.name] = FacetColumn(
            tuple(known), np.array(ordinals, dtype=np.int64), np.array(owners, dtype=np.int64)
        )
    return Columns(
        section_ids=numbers("section_id"),
        article_ids=numbers("article_id"),
        dates={field.name: numbers(column_of(field.name), UNDATED) for field in DATE_FIELDS},
        facets=facets,
        live=np.ones(count, dtype=bool),
    )


def _join(parts: list[tuple[Columns, Mask]]) -> Columns:
    starts = np.cumsum([0] + [len(live) for _, live in parts])
    facets = {}
    for field in KEYWORD_FIELDS:
        known: dict[str, int] = {}
        ordinals, owners = [_NONE], [_NONE]
        for (part, _), start in zip(parts, starts, strict=False):
            column = part.facets[field.name]
            renumbered = [known.setdefault(value, len(known)) for value in column.values]
            ordinals.append(np.array(renumbered, dtype=np.int64)[column.ordinals])
            owners.append(column.owners + start)
        facets[field.name] = FacetColumn(tuple(known), np.concatenate(ordinals), np.concatenate(owners))
    return Columns(
        section_ids=np.concatenate([_NONE, *(part.section_ids for part, _ in parts)]),
        article_ids=np.concatenate([_NONE, *(part.article_ids for part, _ in parts)]),
        dates={
            field.name: np.concatenate([_NONE, *(part.dates[field.name] for part, _ in parts)])
            for field in DATE_FIELDS
        },
        facets=facets,
        live=np.concatenate([np.zeros(0, dtype=bool), *(live for _, live in parts)]),
    )


_NONE: Ints = np.zeros(0, dtype=np.int64)
