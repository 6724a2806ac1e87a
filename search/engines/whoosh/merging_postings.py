"""The dictionaries and postings of several segments, merged one range of terms after another.

A range has the same terms in all sources, and at most RANGE_ENTRIES entries of each, so the memory that a merge takes
does not grow with what is merged. What is made goes into spools (see `files`). Nothing is sorted but the terms of a
range: the documents of a later source are numbered after those of an earlier one, so the postings of a term are those
of its sources one after another, and counts show where each goes. Only `merging` imports from here.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import numpy as np

from ...text import CAPITALS_MARK
from .arrays import ragged, smallest
from .files import Array, Arrays, Spools
from .forward import encode_entries, read_forward
from .packing import pack_forms_of_stems, starts_of
from .segment import LARGE_TF, OTHER_FIELDS, Segment
from .terms import Terms, encode, merge_terms

# The entries of a source in a range: more take more memory, and fewer more steps of Python. Half a million take some
# 20 MB while they are merged.
RANGE_ENTRIES = 1 << 19
# What a term counts for among them: its bytes are an object of Python for a moment.
_TERM_ENTRIES = 16
# The documents of which the forward index is merged at once.
_BLOCK_DOCUMENTS = 4096


@dataclass(frozen=True)
class MergeSource:
    """A segment to merge. By document: whether it is `live` and therefore kept, and its new number in `docs`."""

    segment: Segment
    live: Array
    docs: Array

    @cached_property
    def live_docs(self) -> Array:
        """The documents that are kept (int64)."""
        return np.flatnonzero(self.live)

    @cached_property
    def is_whole(self) -> bool:
        """Whether all documents are kept."""
        return len(self.live_docs) == len(self.live)


# Called with the share of the work that is done, from 0 to 1.
Report = Callable[[float], None]


def merge_postings(sources: Sequence[MergeSource], spools: Spools, report: Report) -> Arrays:
    """Returns the arrays of the stems, the forms and the forward index. O(postings)."""
    cuts = {kind: _cut(sources, kind) for kind in ("stems", "forms")}
    steps = sum(len(of_kind[0]) - 1 for of_kind in cuts.values())
    done = 0

    def ranges(kind: str) -> Iterator["_Range"]:
        nonlocal done
        for bounds in zip(*map(pairwise, cuts[kind]), strict=True):
            yield _Range.of([_Piece.of(source, kind, *ends) for source, ends in zip(sources, bounds, strict=True)])
            done += 1
            report(done / steps)

    stem_maps = [np.zeros(len(source.segment.stems), dtype=np.uint32) for source in sources]
    stems = _merge_stems(ranges("stems"), stem_maps, spools)
    arrays = stems.arrays()
    arrays |= _merge_forms(ranges("forms"), stem_maps, spools, stems=stems.terms)
    return arrays | _merge_forward(sources, stem_maps, spools)


def _cut(sources: Sequence[MergeSource], kind: str) -> list[list[int]]:
    """Returns for each source the ordinals of the terms at which the ranges begin, and after which the last one ends.

    Each source is cut where its own entries are too many, and where others are.
    """
    borders: set[bytes] = set()
    for source in sources:
        terms = _dictionary(source, kind)
        starts = source.segment.file["forms.position_starts" if kind == "forms" else "stems.starts"].astype(np.int64)
        costs = starts + _TERM_ENTRIES * np.arange(len(starts))
        at = np.searchsorted(costs, np.arange(RANGE_ENTRIES, int(costs[-1]), RANGE_ENTRIES))
        borders.update(terms[ordinal] for ordinal in np.unique(at[at < len(terms)]).tolist())
    ordered = sorted(borders)
    return [
        [0, *map(terms.first_from, ordered), len(terms)] for terms in (_dictionary(source, kind) for source in sources)
    ]


def _dictionary(source: MergeSource, kind: str) -> Terms:
    return source.segment.forms if kind == "forms" else source.segment.stems


# --- a range of terms ---


@dataclass(frozen=True)
class _Piece:
    """The terms of a source from `low` to before `high`, and their postings: those from `first` on.

    `kept` says which postings are kept. `ordinals` are the terms that keep any, `terms` these themselves. `starts`
    counts the kept postings before each of them, and in all. `docs` has the new number of the document of each.
    """

    source: MergeSource
    kind: str
    low: int
    high: int
    first: int
    kept: Array | slice
    ordinals: Array
    terms: list[bytes]
    starts: Array
    docs: Array

    @classmethod
    def of(cls, source: MergeSource, kind: str, low: int, high: int) -> "_Piece":
        """Reads the terms from `low` to before `high`."""
        file = source.segment.file
        starts = file[f"{kind}.starts"][low : high + 1].astype(np.int64)
        first, end = int(starts[0]), int(starts[-1])
        docs = file.part(f"{kind}.docs", first, end)
        terms = _dictionary(source, kind).between(low, high)
        starts -= first
        kept: Array | slice = slice(None)
        ordinals = np.arange(low, high)
        if not source.is_whole:
            kept = source.live[docs]
            starts = starts_of(kept)[starts]
            having = np.flatnonzero(np.diff(starts))
            if len(having) < len(terms):
                terms = [terms[at] for at in having.tolist()]
            ordinals = having + low
            starts = np.append(starts[having], starts[-1])
        new_docs = source.docs[docs[kept]].astype(np.uint16)
        return cls(source, kind, low, high, first, kept, ordinals, terms, starts, new_docs)

    @property
    def counts(self) -> Array:
        return np.diff(self.starts)

    @cached_property
    def every_tf(self) -> Array:
        """The frequencies of all postings of the range, kept or not."""
        count = len(self.kept) if isinstance(self.kept, np.ndarray) else len(self.docs)
        return self.source.segment.frequencies(self.kind, self.first, self.first + count)

    @cached_property
    def tfs(self) -> Array:
        """The frequencies of the postings that are kept."""
        return self.every_tf[self.kept]

    def index_among_kept(self, at: Array) -> tuple[Array, Array]:
        """Returns which of these postings of the range are kept, and the index of each among those that are."""
        if isinstance(self.kept, slice):
            return np.ones(len(at), dtype=bool), at
        chosen = self.kept[at]
        return chosen, (np.cumsum(self.kept) - 1)[at[chosen]]


@dataclass(frozen=True)
class _Range:
    """A range of terms: a piece of each source, the merged terms, and where the terms of each piece are among them."""

    pieces: Sequence[_Piece]
    terms: list[bytes]
    maps: Sequence[Array]

    @classmethod
    def of(cls, pieces: Sequence[_Piece]) -> "_Range":
        return cls(pieces, *merge_terms(piece.terms for piece in pieces))

    @property
    def with_maps(self) -> Iterator[tuple[_Piece, Array]]:
        return zip(self.pieces, self.maps, strict=True)


@dataclass(frozen=True)
class _Placement:
    """Where the entries of all pieces go: the starts of the merged terms, and the index of each entry, by piece."""

    starts: Array
    indexes: tuple[Array, ...]


def _place(counts: Sequence[Array], merged: _Range) -> _Placement:
    """Places the entries of the terms of each piece, of which there are so many."""
    total = np.zeros(len(merged.terms), dtype=np.int64)
    for of_piece, ordinals in zip(counts, merged.maps, strict=True):
        total[ordinals] += of_piece
    starts = starts_of(total)
    at = starts[:-1].copy()
    indexes = []
    for of_piece, ordinals in zip(counts, merged.maps, strict=True):
        indexes.append(ragged(at[ordinals], of_piece))
        at[ordinals] += of_piece
    return _Placement(starts, tuple(indexes))


def _scatter(placement: _Placement, entries: Sequence[Array]) -> Array:
    """Returns the entries of all pieces in their merged order. `entries` has those of each piece."""
    merged = np.empty(int(placement.starts[-1]), dtype=np.result_type(*entries))
    for indexes, of_piece in zip(placement.indexes, entries, strict=True):
        merged[indexes] = of_piece
    return merged


# --- what is merged ---


@dataclass
class _Merged:
    """The arrays of "stems" or "forms", as far as they are merged: `terms` is the number of terms so far.

    Spools have what there is for each posting or occurrence, lists what there is for each term.
    """

    kind: str
    spools: Spools
    terms: int = 0
    sizes: list[Array] = field(default_factory=list)
    starts: dict[str, list[Array]] = field(default_factory=dict)

    def add_terms(self, terms: Sequence[bytes]) -> None:
        self.spools.add(f"{self.kind}.text", np.frombuffer(b"".join(terms), dtype=np.uint8))
        self.sizes.append(np.fromiter(map(len, terms), dtype=np.int64, count=len(terms)))
        self.terms += len(terms)

    def add_postings(self, placement: _Placement, pieces: Sequence[_Piece]) -> None:
        """Adds the documents and frequencies of the postings of a range."""
        kind, spools = self.kind, self.spools
        first = spools.length(f"{kind}.docs")
        self.add_starts(f"{kind}.starts", placement)
        spools.add(f"{kind}.docs", _scatter(placement, [piece.docs for piece in pieces]))
        tfs = _scatter(placement, [piece.tfs for piece in pieces])
        spools.add(f"{kind}.tfs", np.minimum(tfs, LARGE_TF).astype(np.uint8))
        large = np.flatnonzero(tfs >= LARGE_TF)
        spools.add(f"{kind}.large_at", large + first)
        spools.add(f"{kind}.large_tfs", tfs[large].astype(np.int64))

    def add_starts(self, name: str, placement: _Placement) -> None:
        """Adds how many entries each term of a range has in an array."""
        self.starts.setdefault(name, []).append(np.diff(placement.starts))

    def arrays(self) -> Arrays:
        """Returns all arrays."""
        kind, spools = self.kind, self.spools
        arrays: Arrays = {
            f"{kind}.offsets": starts_of(np.concatenate(self.sizes)).astype(np.uint32),
            f"{kind}.text": spools.array(f"{kind}.text"),
            f"{kind}.large_at": smallest(spools.array(f"{kind}.large_at")),
            f"{kind}.large_tfs": smallest(spools.array(f"{kind}.large_tfs")),
        }
        for name, counts in self.starts.items():
            starts = starts_of(np.concatenate(counts))
            arrays[name] = smallest(starts) if name.endswith(".position_starts") else starts.astype(np.uint32)
        names = [f"{kind}.docs", f"{kind}.tfs"]
        if kind == "stems":
            names += [f"stems.{name}.{what}" for name in OTHER_FIELDS for what in ("slots", "tfs")]
        else:
            names.append("forms.positions")
        return arrays | {name: spools.array(name) for name in names}


def _merge_stems(ranges: Iterator[_Range], stem_maps: Sequence[Array], spools: Spools) -> _Merged:
    """Merges the stems, and notes in `stem_maps` the new ordinal of each stem of a source."""
    merged = _Merged("stems", spools)
    for some in ranges:
        for (piece, ordinals), new in zip(some.with_maps, stem_maps, strict=True):
            new[piece.ordinals] = ordinals + merged.terms
        merged.add_terms(some.terms)
        placement = _place([piece.counts for piece in some.pieces], some)
        merged.add_postings(placement, some.pieces)
        for name in OTHER_FIELDS:
            _merge_entries(some, placement, merged, name=name)
    return merged


def _merge_entries(some: _Range, placement: _Placement, merged: _Merged, *, name: str) -> None:
    """Merges the entries of a field. Each refers to a posting of its stem by its slot, which may change."""
    counts, slots, tfs = [], [], []
    for (piece, ordinals), indexes in zip(some.with_maps, placement.indexes, strict=True):
        file = piece.source.segment.file
        starts = file[f"stems.{name}.starts"]
        first, sizes = starts[piece.ordinals].astype(np.int64), starts[piece.ordinals + 1].astype(np.int64)
        sizes -= first
        at = ragged(first, sizes)
        # The terms of these entries by their indexes among those of the piece, and the postings of the range.
        owners = np.repeat(np.arange(len(sizes)), sizes)
        postings = file["stems.starts"][piece.ordinals].astype(np.int64)[owners] - piece.first
        postings += file.runs(f"stems.{name}.slots", first, sizes)[at]
        kept, among_kept = piece.index_among_kept(postings)
        owners = owners[kept]
        counts.append(np.bincount(owners, minlength=len(sizes)))
        slots.append((indexes[among_kept] - placement.starts[ordinals[owners]]).astype(np.uint16))
        tfs.append(file.runs(f"stems.{name}.tfs", first, sizes)[at[kept]])
    entries = _place(counts, some)
    merged.add_starts(f"stems.{name}.starts", entries)
    merged.spools.add(f"stems.{name}.slots", _scatter(entries, slots))
    merged.spools.add(f"stems.{name}.tfs", _scatter(entries, tfs))


def _merge_forms(ranges: Iterator[_Range], stem_maps: Sequence[Array], spools: Spools, *, stems: int) -> Arrays:
    merged = _Merged("forms", spools)
    mark = encode(CAPITALS_MARK)
    capitals = 0
    form_stems = []
    for some in ranges:
        capitals += sum(form.startswith(mark) for form in some.terms)
        form_stems.append(np.zeros(len(some.terms), dtype=np.uint32))
        positions, position_counts = [], []
        for (piece, ordinals), new_stems in zip(some.with_maps, stem_maps, strict=True):
            file = piece.source.segment.file
            form_stems[-1][ordinals] = new_stems[file["forms.stems"][piece.ordinals]]
            positions.append(_positions(piece))
            position_counts.append(np.diff(starts_of(piece.tfs)[piece.starts]))
        merged.add_terms(some.terms)
        merged.add_postings(_place([piece.counts for piece in some.pieces], some), some.pieces)
        occurrences = _place(position_counts, some)
        merged.add_starts("forms.position_starts", occurrences)
        spools.add("forms.positions", _scatter(occurrences, positions))
    return merged.arrays() | pack_forms_of_stems(np.concatenate(form_stems), stems, capitals=capitals)


def _positions(piece: _Piece) -> Array:
    """Returns the positions of the postings that are kept."""
    file = piece.source.segment.file
    starts = file["forms.position_starts"]
    every = file.part("forms.positions", int(starts[piece.low]), int(starts[piece.high]))
    return every if isinstance(piece.kept, slice) else every[np.repeat(piece.kept, piece.every_tf)]


def _merge_forward(sources: Sequence[MergeSource], stem_maps: Sequence[Array], spools: Spools) -> Arrays:
    """Merges the forward index: the stems of a document have other ordinals, in the same order."""
    starts = [np.zeros(1, dtype=np.int64)]
    for source, new_stems in zip(sources, stem_maps, strict=True):
        for begin in range(0, len(source.live_docs), _BLOCK_DOCUMENTS):
            docs = source.live_docs[begin : begin + _BLOCK_DOCUMENTS]
            owners, stems, weights = read_forward(source.segment, docs)
            sizes = np.bincount(owners, minlength=len(docs))
            entries, ends = encode_entries(new_stems[stems], weights, sizes)
            spools.add("forward.entries", entries)
            starts.append(starts[-1][-1] + ends[1:])
    return {
        "forward.starts": np.concatenate(starts).astype(np.uint32),
        "forward.entries": spools.array("forward.entries"),
    }
