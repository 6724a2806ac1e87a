"""Segments -> one segment without their deleted documents.

The postings, which are most of a segment, are merged by `merging_postings`, a part at a time. Here is what there is
for each document and card: a small part of it. Only `writer` imports from here.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from .columns import ValueColumn
from .days import pack_days
from .files import Array, Arrays, Facts, Spools, write_arrays
from .merging_postings import MergeSource, Report, merge_postings
from .packing import describe, pack_breaks, pack_column, pack_folds, pack_lengths
from .segment import ADDRESSES, DATE_NAMES, DAYS_NAMES, FIELD_NAMES, KEYWORD_NAMES, SECTION_NAMES, Segment
from .statements import merge_statements
from .terms import Terms, merge_terms, pack_terms


def to_sources(segments: Sequence[tuple[Segment, Array]]) -> list[MergeSource]:
    """Returns segments with their live masks as sources, whose documents are numbered through."""
    sources, documents = [], 0
    for segment, live in segments:
        sources.append(MergeSource(segment, live, np.cumsum(live) - 1 + documents))
        documents += int(np.count_nonzero(live))
    return sources


def merge(sources: Sequence[MergeSource], path: Path, report: Report) -> tuple[int, Facts]:
    """Writes the merged segment into a new file; returns the checksum at its top, and its facts. O(postings).

    What it takes in memory does not grow with the postings. `report` is called again and again with the share that is
    done. Raises OSError.
    """
    with Spools(path.parent) as spools:
        arrays = merge_postings(sources, spools, report)
        arrays |= _merge_columns(sources)
        report(1)
        for name in ("sentences", "paragraphs"):
            arrays |= _merge_breaks(sources, name)
            report(1)
        facts = describe(arrays)
        return write_arrays(path, arrays, facts), facts


# --- documents and cards ---


def _merge_breaks(sources: Sequence[MergeSource], name: str) -> Arrays:
    docs, positions, documents = [], [], 0
    for source in sources:
        starts, owners = source.segment.breaks(name, np.flatnonzero(source.live))
        positions.append(starts)
        docs.append(owners + documents)
        documents += int(np.count_nonzero(source.live))
    return pack_breaks(name, np.concatenate(docs), np.concatenate(positions), documents)


def _merge_columns(sources: Sequence[MergeSource]) -> Arrays:
    def gather(name: str) -> Array:
        return np.concatenate([source.segment.file[name][source.live] for source in sources])

    dates = [f"{column}.{name}" for column in ("dates", "clocks") for name in DATE_NAMES]
    arrays: Arrays = {name: gather(name) for name in ("section_ids", "changed", *dates)}
    arrays |= pack_lengths({name: gather(f"lengths.{name}") for name in FIELD_NAMES})
    fingerprints: list[bytes] = []
    # The new card of each document, and the old numbers of the cards that are kept.
    cards, kept_cards, count = [], [], 0
    for source in sources:
        every = Terms(source.segment.file, "fingerprints").all()
        fingerprints.extend(every[document] for document in np.flatnonzero(source.live).tolist())
        numbers = source.segment.cards[source.live]
        kept = np.zeros(len(source.segment.card_articles), dtype=bool)
        kept[numbers] = True
        cards.append((np.cumsum(kept) - 1 + count)[numbers])
        kept_cards.append(np.flatnonzero(kept))
        count += len(kept_cards[-1])
    for name in DAYS_NAMES:
        arrays |= _merge_days(sources, name)
    arrays |= pack_terms("fingerprints", fingerprints)
    arrays["cards"] = np.concatenate(cards).astype(np.uint16)
    arrays["card_articles"] = np.concatenate(
        [source.segment.card_articles[numbers] for source, numbers in zip(sources, kept_cards, strict=True)]
    )
    live = [np.flatnonzero(source.live) for source in sources]
    maps = {}
    for name in KEYWORD_NAMES:
        kept_rows = live if name in SECTION_NAMES else kept_cards
        merged, maps[name] = _merge_column(name, [source.segment.columns[name] for source in sources], kept_rows)
        arrays |= merged | pack_folds(name, Terms(merged, f"values.{name}").all())
    arrays |= merge_statements(
        [(source.segment.statements, docs) for source, docs in zip(sources, live, strict=True)], maps
    )
    merged, _ = _merge_column(ADDRESSES, [source.segment.addresses for source in sources], kept_cards)
    return arrays | merged


def _merge_days(sources: Sequence[MergeSource], name: str) -> Arrays:
    counts, earliest, latest = [], [], []
    for source in sources:
        docs = np.flatnonzero(source.live)
        owners, first_days, last_days = source.segment.days[name].entries(docs)
        counts.append(np.bincount(owners, minlength=len(docs)))
        earliest.append(first_days)
        latest.append(last_days)
    return pack_days(name, np.concatenate(counts), np.concatenate(earliest), np.concatenate(latest))


def _merge_column(name: str, columns: Sequence[ValueColumn], kept_rows: Sequence[Array]) -> tuple[Arrays, list[Array]]:
    """Returns the column of the rows that are kept, and for each source the new ordinals of values by the old ones."""
    entries = [column.entries(rows) for column, rows in zip(columns, kept_rows, strict=True)]
    kept_values = [np.unique(ordinals) for ordinals, _ in entries]
    dictionaries = []
    for column, ordinals in zip(columns, kept_values, strict=True):
        values = column.values.all()
        dictionaries.append([values[ordinal] for ordinal in ordinals.tolist()])
    merged_values, maps = merge_terms(dictionaries)
    counts, new_ordinals = [], []
    for (ordinals, owners), rows, kept, merged in zip(entries, kept_rows, kept_values, maps, strict=True):
        counts.append(
            np.ones(len(rows), dtype=np.int64) if owners is None else np.bincount(owners, minlength=len(rows))
        )
        new_ordinals.append(merged[np.searchsorted(kept, ordinals)])
    new_by_old = []
    for column, kept, merged in zip(columns, kept_values, maps, strict=True):
        new_by_old.append(np.zeros(len(column.values), dtype=np.int64))
        new_by_old[-1][kept] = merged
    return pack_column(name, merged_values, np.concatenate(counts), np.concatenate(new_ordinals)), new_by_old
