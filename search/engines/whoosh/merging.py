"""Segments -> one segment, without what is deleted: array work throughout.

Nothing is sorted but the dictionaries. Document numbers of a later segment lie behind those of an earlier one, so the
postings of a term are those of its segments one after another, and where each goes follows from counting.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .building import (
    describe,
    pack_breaks,
    pack_column,
    pack_forms_of_stems,
    pack_frequencies,
    pack_lengths,
    starts_of,
)
from .files import Array, Arrays, Facts
from .forward import pack_forward
from .segment import DATE_NAMES, FIELD_NAMES, KEYWORD_NAMES, OTHER_FIELDS, Segment, ragged, smallest
from .terms import Terms, merge_terms, pack_terms


@dataclass(frozen=True)
class Part:
    """A segment to merge; `live` says which of its documents stay, `docs` their new numbers."""

    segment: Segment
    live: Array
    docs: Array


@dataclass(frozen=True)
class _Lists:
    """What one part has for each term that stays: `keep` tells its old entries, `starts` count those that stay."""

    ordinals: Array
    starts: Array
    keep: Array

    @property
    def counts(self) -> Array:
        return np.diff(self.starts)


@dataclass(frozen=True)
class _Placed:
    """Where the lists of all parts go: the starts of the merged terms, and each entry's place, part by part."""

    starts: Array
    places: tuple[Array, ...]


def to_parts(segments: Sequence[tuple[Segment, Array]]) -> list[Part]:
    """Returns the segments with their live masks as parts, the documents numbered through."""
    parts, base = [], 0
    for segment, live in segments:
        parts.append(Part(segment, live, np.cumsum(live) - 1 + base))
        base += int(np.count_nonzero(live))
    return parts


def merge(parts: Sequence[Part]) -> tuple[Arrays, Facts]:
    """Returns the arrays and facts of the merged segment. O(postings)."""
    stem_lists = [_live_lists(part, "stems") for part in parts]
    stems, stem_maps = merge_terms(
        _kept(part.segment.stems, lists) for part, lists in zip(parts, stem_lists, strict=True)
    )
    arrays = pack_terms("stems", stems) | _merge_stems(parts, stem_lists, stem_maps, len(stems))
    arrays |= _merge_forms(parts, stem_lists, stem_maps, len(stems))
    arrays |= _merge_columns(parts)
    arrays |= pack_forward(arrays, len(arrays["section_ids"]))
    for name in ("sentences", "paragraphs"):
        arrays |= _merge_breaks(parts, name)
    return arrays, describe(arrays)


def _live_lists(part: Part, kind: str) -> _Lists:
    file = part.segment.file
    keep = part.live[file[f"{kind}.docs"]]
    starts = starts_of(keep)[file[f"{kind}.starts"]]
    ordinals = np.flatnonzero(np.diff(starts))
    return _Lists(ordinals, np.append(starts[ordinals], starts[-1]), keep)


def _kept(terms: Terms, lists: _Lists) -> list[bytes]:
    found = terms.all()
    return found if len(found) == len(lists.ordinals) else [found[ordinal] for ordinal in lists.ordinals.tolist()]


def _place(counts: Sequence[Array], maps: Sequence[Array], terms: int) -> _Placed:
    """Places the entries of each part's terms, given how many each has and its ordinal among the merged."""
    total = np.zeros(terms, dtype=np.int64)
    for count, to in zip(counts, maps, strict=True):
        total[to] += count
    starts = starts_of(total)
    at = starts[:-1].copy()
    places = []
    for count, to in zip(counts, maps, strict=True):
        places.append(ragged(at[to], count))
        at[to] += count
    return _Placed(starts, tuple(places))


def _scatter(placed: _Placed, pieces: Sequence[Array]) -> Array:
    merged = np.empty(int(placed.starts[-1]), dtype=np.result_type(*pieces))
    for place, piece in zip(placed.places, pieces, strict=True):
        merged[place] = piece
    return merged


def _merge_stems(parts: Sequence[Part], lists: Sequence[_Lists], maps: Sequence[Array], stems: int) -> Arrays:
    placed = _place([one.counts for one in lists], maps, stems)
    docs, tfs = [], []
    for part, one in zip(parts, lists, strict=True):
        file = part.segment.file
        docs.append(part.docs[file["stems.docs"][one.keep]].astype(np.uint16))
        tfs.append(part.segment.frequencies("stems", 0, len(file["stems.docs"]))[one.keep])
    arrays: Arrays = {
        "stems.starts": placed.starts.astype(np.uint32),
        "stems.docs": _scatter(placed, docs),
    }
    arrays |= pack_frequencies("stems", _scatter(placed, tfs))
    for name in OTHER_FIELDS:
        arrays |= _merge_entries(parts, lists, maps, placed, name)
    return arrays


def _merge_entries(
    parts: Sequence[Part], lists: Sequence[_Lists], maps: Sequence[Array], placed: _Placed, name: str
) -> Arrays:
    """Merges a field's entries, each of which points at a posting of its stem by its slot."""
    counts, slots, tfs = [], [], []
    for part, one, to, place in zip(parts, lists, maps, placed.places, strict=True):
        file = part.segment.file
        starts = file[f"stems.{name}.starts"].astype(np.int64)
        owners = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
        at = file["stems.starts"].astype(np.int64)[owners] + file[f"stems.{name}.slots"]
        keep = one.keep[at]
        counts.append(np.bincount(owners[keep], minlength=len(starts) - 1)[one.ordinals])
        new_ordinals = np.zeros(len(starts) - 1, dtype=np.int64)
        new_ordinals[one.ordinals] = to
        now_at = place[(np.cumsum(one.keep) - 1)[at[keep]]]
        slots.append((now_at - placed.starts[new_ordinals[owners[keep]]]).astype(np.uint16))
        tfs.append(file[f"stems.{name}.tfs"][keep])
    entries = _place(counts, maps, len(placed.starts) - 1)
    return {
        f"stems.{name}.starts": entries.starts.astype(np.uint32),
        f"stems.{name}.slots": _scatter(entries, slots),
        f"stems.{name}.tfs": smallest(_scatter(entries, tfs)),
    }


def _merge_forms(
    parts: Sequence[Part], stem_lists: Sequence[_Lists], stem_maps: Sequence[Array], stems: int
) -> Arrays:
    lists = [_live_lists(part, "forms") for part in parts]
    forms, maps = merge_terms(_kept(part.segment.forms, one) for part, one in zip(parts, lists, strict=True))
    placed = _place([one.counts for one in lists], maps, len(forms))
    docs, tfs, positions, position_counts = [], [], [], []
    form_stems = np.zeros(len(forms), dtype=np.uint32)
    for number, (part, one) in enumerate(zip(parts, lists, strict=True)):
        file = part.segment.file
        docs.append(part.docs[file["forms.docs"][one.keep]].astype(np.uint16))
        frequencies = part.segment.frequencies("forms", 0, len(file["forms.docs"]))
        tfs.append(frequencies[one.keep])
        held = file["forms.positions"]
        positions.append(held if one.keep.all() else held[np.repeat(one.keep, frequencies)])
        position_counts.append(np.diff(starts_of(tfs[-1])[one.starts]))
        new_stems = np.zeros(len(part.segment.stems), dtype=np.uint32)
        new_stems[stem_lists[number].ordinals] = stem_maps[number]
        form_stems[maps[number]] = new_stems[file["forms.stems"][one.ordinals]]
    arrays = pack_terms("forms", forms) | pack_forms_of_stems(form_stems, stems)
    arrays |= {"forms.starts": placed.starts.astype(np.uint32), "forms.docs": _scatter(placed, docs)}
    arrays |= pack_frequencies("forms", _scatter(placed, tfs))
    occurrences = _place(position_counts, maps, len(forms))
    arrays["forms.position_starts"] = smallest(occurrences.starts)
    arrays["forms.positions"] = smallest(_scatter(occurrences, positions))
    return arrays


def _merge_breaks(parts: Sequence[Part], name: str) -> Arrays:
    docs, positions, documents = [], [], 0
    for part in parts:
        found, owners = part.segment.breaks(name, np.flatnonzero(part.live))
        positions.append(found)
        docs.append(owners + documents)
        documents += int(np.count_nonzero(part.live))
    return pack_breaks(name, np.concatenate(docs), np.concatenate(positions), documents)


def _merge_columns(parts: Sequence[Part]) -> Arrays:
    def gather(name: str) -> Array:
        return np.concatenate([part.segment.file[name][part.live] for part in parts])

    arrays: Arrays = {name: gather(name) for name in ("section_ids", *(f"dates.{name}" for name in DATE_NAMES))}
    arrays |= pack_lengths({name: gather(f"lengths.{name}") for name in FIELD_NAMES})
    prints: list[bytes] = []
    cards, used, base = [], [], 0
    for part in parts:
        held = Terms(part.segment.file, "fingerprints").all()
        prints.extend(held[number] for number in np.flatnonzero(part.live).tolist())
        numbers = part.segment.cards[part.live]
        having = np.zeros(len(part.segment.card_articles), dtype=bool)
        having[numbers] = True
        cards.append((np.cumsum(having) - 1 + base)[numbers])
        used.append(np.flatnonzero(having))
        base += len(used[-1])
    arrays |= pack_terms("fingerprints", prints)
    arrays["cards"] = np.concatenate(cards).astype(np.uint16)
    arrays["card_articles"] = np.concatenate(
        [part.segment.card_articles[numbers] for part, numbers in zip(parts, used, strict=True)]
    )
    for name in KEYWORD_NAMES:
        arrays |= _merge_column(parts, used, name)
    return arrays


def _merge_column(parts: Sequence[Part], used: Sequence[Array], name: str) -> Arrays:
    columns = [part.segment.columns[name] for part in parts]
    found = [column.entries(cards) for column, cards in zip(columns, used, strict=True)]
    kept = [np.unique(ordinals) for ordinals, _ in found]
    dictionaries = []
    for column, ordinals in zip(columns, kept, strict=True):
        values = column.values.all()
        dictionaries.append([values[ordinal] for ordinal in ordinals.tolist()])
    merged, maps = merge_terms(dictionaries)
    counts, renumbered = [], []
    for (ordinals, owners), cards, have, to in zip(found, used, kept, maps, strict=True):
        counts.append(
            np.ones(len(cards), dtype=np.int64) if owners is None else np.bincount(owners, minlength=len(cards))
        )
        renumbered.append(to[np.searchsorted(have, ordinals)])
    return pack_column(name, merged, np.concatenate(counts), np.concatenate(renumbered))
