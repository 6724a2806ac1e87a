"""Segments -> one segment without their deleted documents.

Nothing is sorted except the dictionaries. The documents of a later segment are numbered after those of an earlier one.
The postings of a term are therefore those of its segments one after another, and counts show where each goes. Only
`writer` imports from here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...text import CAPITALS_MARK
from .arrays import ragged, smallest
from .columns import ValueColumn
from .days import pack_days
from .files import Array, Arrays, Facts
from .forward import pack_forward
from .packing import (
    describe,
    pack_breaks,
    pack_column,
    pack_folds,
    pack_forms_of_stems,
    pack_frequencies,
    pack_lengths,
    starts_of,
)
from .segment import (
    ADDRESSES,
    DATE_NAMES,
    DAYS_NAMES,
    FIELD_NAMES,
    KEYWORD_NAMES,
    OTHER_FIELDS,
    SECTION_NAMES,
    Segment,
)
from .statements import merge_statements
from .terms import Terms, encode, merge_terms, pack_terms


@dataclass(frozen=True)
class MergeSource:
    """A segment to merge. By document: whether it is `live` and therefore kept, and its new number in `docs`."""

    segment: Segment
    live: Array
    docs: Array


@dataclass(frozen=True)
class _LivePostings:
    """The postings of a source that are kept: `kept` is a mask of all its postings.

    `ordinals` are the terms that keep any. `starts` counts the kept postings before each of these, and in all.
    """

    ordinals: Array
    starts: Array
    kept: Array

    @property
    def counts(self) -> Array:
        return np.diff(self.starts)


@dataclass(frozen=True)
class _Placement:
    """Where the entries of all sources go: the starts of the merged terms, and the index of each entry, by source."""

    starts: Array
    indexes: tuple[Array, ...]


def to_sources(segments: Sequence[tuple[Segment, Array]]) -> list[MergeSource]:
    """Returns segments with their live masks as sources, whose documents are numbered through."""
    sources, documents = [], 0
    for segment, live in segments:
        sources.append(MergeSource(segment, live, np.cumsum(live) - 1 + documents))
        documents += int(np.count_nonzero(live))
    return sources


def merge(sources: Sequence[MergeSource]) -> tuple[Arrays, Facts]:
    """Returns the arrays and facts of the merged segment. O(postings)."""
    stem_postings = [_live_postings(source, "stems") for source in sources]
    stems, stem_maps = merge_terms(
        _kept_terms(source.segment.stems, postings) for source, postings in zip(sources, stem_postings, strict=True)
    )
    arrays = pack_terms("stems", stems) | _merge_stems(sources, stem_postings, stem_maps, len(stems))
    arrays |= _merge_forms(sources, stem_postings, stem_maps, len(stems))
    arrays |= _merge_columns(sources)
    arrays |= pack_forward(arrays, len(arrays["section_ids"]))
    for name in ("sentences", "paragraphs"):
        arrays |= _merge_breaks(sources, name)
    return arrays, describe(arrays)


def _live_postings(source: MergeSource, kind: str) -> _LivePostings:
    file = source.segment.file
    kept = source.live[file[f"{kind}.docs"]]
    starts = starts_of(kept)[file[f"{kind}.starts"]]
    ordinals = np.flatnonzero(np.diff(starts))
    return _LivePostings(ordinals, np.append(starts[ordinals], starts[-1]), kept)


def _kept_terms(terms: Terms, postings: _LivePostings) -> list[bytes]:
    """Returns the terms that keep postings, in order."""
    every = terms.all()
    if len(every) == len(postings.ordinals):
        return every
    return [every[ordinal] for ordinal in postings.ordinals.tolist()]


# --- where entries go ---


def _place(counts: Sequence[Array], maps: Sequence[Array], terms: int) -> _Placement:
    """Places the entries of the terms of each source, from their counts and the terms' merged ordinals."""
    total = np.zeros(terms, dtype=np.int64)
    for of_source, merged in zip(counts, maps, strict=True):
        total[merged] += of_source
    starts = starts_of(total)
    at = starts[:-1].copy()
    indexes = []
    for of_source, merged in zip(counts, maps, strict=True):
        indexes.append(ragged(at[merged], of_source))
        at[merged] += of_source
    return _Placement(starts, tuple(indexes))


def _scatter(placement: _Placement, pieces: Sequence[Array]) -> Array:
    """Returns the entries of all sources in their merged order. `pieces` has the entries of each source."""
    merged = np.empty(int(placement.starts[-1]), dtype=np.result_type(*pieces))
    for indexes, piece in zip(placement.indexes, pieces, strict=True):
        merged[indexes] = piece
    return merged


# --- stems and forms ---


def _merge_stems(
    sources: Sequence[MergeSource], stem_postings: Sequence[_LivePostings], maps: Sequence[Array], stems: int
) -> Arrays:
    placement = _place([postings.counts for postings in stem_postings], maps, stems)
    docs, tfs = [], []
    for source, postings in zip(sources, stem_postings, strict=True):
        file = source.segment.file
        docs.append(source.docs[file["stems.docs"][postings.kept]].astype(np.uint16))
        tfs.append(source.segment.frequencies("stems", 0, len(file["stems.docs"]))[postings.kept])
    arrays: Arrays = {
        "stems.starts": placement.starts.astype(np.uint32),
        "stems.docs": _scatter(placement, docs),
    }
    arrays |= pack_frequencies("stems", _scatter(placement, tfs))
    for name in OTHER_FIELDS:
        arrays |= _merge_entries(sources, stem_postings, maps, placement, name=name)
    return arrays


def _merge_entries(
    sources: Sequence[MergeSource],
    stem_postings: Sequence[_LivePostings],
    maps: Sequence[Array],
    placement: _Placement,
    *,
    name: str,
) -> Arrays:
    """Merges the entries of a field. Each refers to a posting of its stem by its slot, which may change."""
    counts, slots, tfs = [], [], []
    for source, postings, merged, indexes in zip(sources, stem_postings, maps, placement.indexes, strict=True):
        file = source.segment.file
        starts = file[f"stems.{name}.starts"].astype(np.int64)
        owners = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
        at = file["stems.starts"].astype(np.int64)[owners] + file[f"stems.{name}.slots"]
        kept = postings.kept[at]
        counts.append(np.bincount(owners[kept], minlength=len(starts) - 1)[postings.ordinals])
        new_ordinals = np.zeros(len(starts) - 1, dtype=np.int64)
        new_ordinals[postings.ordinals] = merged
        new_at = indexes[(np.cumsum(postings.kept) - 1)[at[kept]]]
        slots.append((new_at - placement.starts[new_ordinals[owners[kept]]]).astype(np.uint16))
        tfs.append(file[f"stems.{name}.tfs"][kept])
    entries = _place(counts, maps, len(placement.starts) - 1)
    return {
        f"stems.{name}.starts": entries.starts.astype(np.uint32),
        f"stems.{name}.slots": _scatter(entries, slots),
        f"stems.{name}.tfs": smallest(_scatter(entries, tfs)),
    }


def _merge_forms(
    sources: Sequence[MergeSource], stem_postings: Sequence[_LivePostings], stem_maps: Sequence[Array], stems: int
) -> Arrays:
    form_postings = [_live_postings(source, "forms") for source in sources]
    forms, maps = merge_terms(
        _kept_terms(source.segment.forms, postings) for source, postings in zip(sources, form_postings, strict=True)
    )
    placement = _place([postings.counts for postings in form_postings], maps, len(forms))
    docs, tfs, positions, position_counts = [], [], [], []
    form_stems = np.zeros(len(forms), dtype=np.uint32)
    for number, (source, postings) in enumerate(zip(sources, form_postings, strict=True)):
        file = source.segment.file
        docs.append(source.docs[file["forms.docs"][postings.kept]].astype(np.uint16))
        frequencies = source.segment.frequencies("forms", 0, len(file["forms.docs"]))
        tfs.append(frequencies[postings.kept])
        every = file["forms.positions"]
        positions.append(every if postings.kept.all() else every[np.repeat(postings.kept, frequencies)])
        position_counts.append(np.diff(starts_of(tfs[-1])[postings.starts]))
        new_stems = np.zeros(len(source.segment.stems), dtype=np.uint32)
        new_stems[stem_postings[number].ordinals] = stem_maps[number]
        form_stems[maps[number]] = new_stems[file["forms.stems"][postings.ordinals]]
    mark = encode(CAPITALS_MARK)
    capitals = sum(form.startswith(mark) for form in forms)
    arrays = pack_terms("forms", forms) | pack_forms_of_stems(form_stems, stems, capitals=capitals)
    arrays |= {"forms.starts": placement.starts.astype(np.uint32), "forms.docs": _scatter(placement, docs)}
    arrays |= pack_frequencies("forms", _scatter(placement, tfs))
    occurrences = _place(position_counts, maps, len(forms))
    arrays["forms.position_starts"] = smallest(occurrences.starts)
    arrays["forms.positions"] = smallest(_scatter(occurrences, positions))
    return arrays


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
