"""Documents -> the arrays of a segment (see segment). No Python object per posting: runs are numbered, numbers sorted.

An occurrence is one 64-bit number, form | document | position, so that sorting the numbers is sorting the postings,
and what a posting holds is read off where they change. 60,000 sections of news are 10 million occurrences, and
sorting them takes under a second.
"""

from array import array
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from ...text import FormTable, fold_text, stem_form
from ..contract import Document, EngineError
from .files import Array, Arrays, Facts
from .forward import pack_forward
from .segment import (
    BODY,
    DATE_NAMES,
    FIELD_GAP,
    FIELD_NAMES,
    KEYWORD_NAMES,
    LARGE_TF,
    MAX_DOCUMENTS,
    OTHER_FIELDS,
    UNDATED,
    ragged,
    smallest,
)
from .terms import decode, encode, pack_terms

# form (24 bits) | document (16) | position (24)
_POSITION_BITS = 24
_DOCUMENT_BITS = 16
_FORM_SHIFT = _POSITION_BITS + _DOCUMENT_BITS
# A segment is built when this many tokens wait: 12 million take 600 MB at the peak of building, and are a full segment
# of MAX_DOCUMENTS sections of news. A batch takes as much less as it is smaller.
MAX_TOKENS = 12_000_000
# Documents whose occurrences are laid out at once, so that what is in between stays small.
_BLOCK = 4096


class SegmentBuilder:
    """Takes in documents for one segment; numbered from 0 in the order of adding."""

    def __init__(self, table: FormTable) -> None:
        self._table = table
        self._table_before = len(table.run_forms)
        self._runs = array("I")
        self._run_counts = array("I")
        self._section_ids = array("q")
        self._dates = {name: array("q") for name in DATE_NAMES}
        self._card_numbers: dict[tuple[Any, ...], int] = {}
        self._cards = array("I")
        self._fingerprints: list[bytes] = []

    def __len__(self) -> int:
        return len(self._section_ids)

    @property
    def full(self) -> bool:
        # A script without blanks has few runs, each of many tokens and new to the table: those count too.
        tokens = len(self._runs) + len(self._table.run_forms) - self._table_before
        return len(self) >= MAX_DOCUMENTS or tokens >= MAX_TOKENS

    def add(self, document: Document) -> None:
        """Takes in one document. O(its text)."""
        values = document.values
        for name in FIELD_NAMES:
            before = len(self._runs)
            self._runs.extend(self._table.runs(values.get(name) or ""))  # type: ignore[arg-type]
            self._run_counts.append(len(self._runs) - before)
        self._section_ids.append(document.section_id)
        for name, column in self._dates.items():
            moment = values.get(name)
            column.append(to_seconds(moment) if isinstance(moment, datetime) else UNDATED)
        card = (document.article_id, *(_keywords(values.get(name)) for name in KEYWORD_NAMES))
        self._cards.append(self._card_numbers.setdefault(card, len(self._card_numbers)))
        self._fingerprints.append(encode(document.fingerprint))

    def numbers_of_article(self, article_id: int) -> list[int]:
        """Returns the numbers of the documents taken in that are of an article. O(documents)."""
        cards = {number for card, number in self._card_numbers.items() if card[0] == article_id}
        return [number for number, card in enumerate(self._cards) if card in cards]

    def build(self) -> tuple[Arrays, Facts]:
        """Returns the segment's arrays and facts."""
        lengths, form_numbers = self._tokens()
        arrays, rank, form_stems = self._dictionaries(form_numbers)
        keys, others = _occurrences(form_numbers, lengths, rank, form_stems)
        del form_numbers
        arrays |= _postings(keys, form_stems, others)
        del keys, others
        arrays |= pack_forward(arrays, len(self))
        arrays |= self._breaks(lengths)
        arrays |= self._columns()
        arrays |= pack_lengths(dict(zip(FIELD_NAMES, lengths.T, strict=True)))
        return arrays, describe(arrays)

    def _tokens(self) -> tuple[Array, Array]:
        """Returns the length of each field (documents x fields), and the form number of each token in order."""
        table = self._table
        run_starts = np.frombuffer(table.run_starts, dtype=np.uint32).astype(np.int64)
        run_forms = np.frombuffer(table.run_forms, dtype=np.uint32) if table.run_forms else np.zeros(0, np.uint32)
        run_sizes = np.diff(run_starts)
        runs = np.frombuffer(self._runs, dtype=np.uint32) if self._runs else np.zeros(0, np.uint32)
        ends = np.cumsum(np.frombuffer(self._run_counts, dtype=np.uint32), dtype=np.int64)
        pieces, sizes = [], np.zeros(len(ends) + 1, dtype=np.int64)
        for first in range(0, len(ends), _BLOCK * len(FIELD_NAMES)):
            last = min(first + _BLOCK * len(FIELD_NAMES), len(ends))
            start = int(ends[first - 1]) if first else 0
            block = runs[start : int(ends[last - 1])]
            counts = run_sizes[block]
            pieces.append(run_forms[ragged(run_starts[block], counts)])
            passed = np.concatenate(([0], np.cumsum(counts)))
            sizes[first + 1 : last + 1] = sizes[first] + passed[ends[first:last] - start]
        lengths = np.diff(sizes).reshape(-1, len(FIELD_NAMES))
        return lengths, np.concatenate(pieces) if pieces else np.zeros(0, np.uint32)

    def _breaks(self, lengths: Array) -> Arrays:
        """Returns the positions at which the sentences and paragraphs of each document start."""
        table = self._table
        runs = np.frombuffer(self._runs, dtype=np.uint32) if self._runs else np.zeros(0, np.uint32)
        field_ends = np.cumsum(np.frombuffer(self._run_counts, dtype=np.uint32), dtype=np.int64)
        # A paragraph starts behind the run that stands between two, and with each field.
        marks = runs == table.PARAGRAPH
        opens_paragraph = np.zeros(len(runs), dtype=bool)
        opens_paragraph[1:] = marks[:-1]
        opens_paragraph[np.concatenate(([0], field_ends))[:-1][np.diff(field_ends, prepend=0) > 0]] = True
        opens_paragraph &= ~marks
        opens_sentence = opens_paragraph.copy()
        if len(runs):
            ends = np.frombuffer(table.run_ends, dtype=np.bool_)
            opens = np.frombuffer(table.run_opens, dtype=np.bool_)
            opens_sentence[1:] |= ends[runs[:-1]] & opens[runs[1:]]
            opens_sentence &= ~marks
        sizes = np.diff(np.frombuffer(table.run_starts, dtype=np.uint32))
        before = np.cumsum(sizes[runs], dtype=np.uint32) - sizes[runs]
        # What to add to the tokens before a run, over all documents, for its position in its own.
        tokens_before = starts_of(lengths.ravel())[:-1].reshape(lengths.shape)
        shifts = (np.cumsum(lengths + FIELD_GAP, axis=1) - lengths - FIELD_GAP - tokens_before).ravel()
        arrays: Arrays = {}
        for name, chosen in (("sentences", opens_sentence), ("paragraphs", opens_paragraph)):
            at = np.flatnonzero(chosen)
            fields = np.searchsorted(field_ends, at, side="right")
            arrays |= pack_breaks(name, fields // len(FIELD_NAMES), before[at] + shifts[fields], len(lengths))
        return arrays

    def _dictionaries(self, form_numbers: Array) -> tuple[Arrays, Array, Array]:
        """Returns the dictionaries, the ordinal of each form by its number in the table, and the stem of each form."""
        table = self._table
        used = np.flatnonzero(np.bincount(form_numbers, minlength=len(table.forms))).tolist()
        used.sort(key=table.forms.__getitem__)
        rank = np.zeros(len(table.forms), dtype=np.uint64)
        rank[used] = np.arange(len(used))
        forms = [table.forms[number] for number in used]
        stem_by_form = [stem_form(form) for form in forms]
        stems = sorted(set(stem_by_form))
        ordinals = {stem: ordinal for ordinal, stem in enumerate(stems)}
        form_stems = np.array([ordinals[stem] for stem in stem_by_form], dtype=np.uint32)
        arrays = pack_terms("forms", [encode(form) for form in forms])
        arrays |= pack_terms("stems", [encode(stem) for stem in stems])
        arrays |= pack_forms_of_stems(form_stems, len(stems))
        return arrays, rank, form_stems

    def _columns(self) -> Arrays:
        cards = list(self._card_numbers)
        arrays: Arrays = {
            "section_ids": np.array(self._section_ids, dtype=np.int64),
            "cards": np.array(self._cards, dtype=np.uint16),
            "card_articles": np.array([card[0] for card in cards], dtype=np.int64),
        }
        arrays |= {f"dates.{name}": np.array(column, dtype=np.int64) for name, column in self._dates.items()}
        arrays |= pack_terms("fingerprints", self._fingerprints)
        for place, name in enumerate(KEYWORD_NAMES, start=1):
            values = sorted({value for card in cards for value in card[place]})
            ordinals = {value: ordinal for ordinal, value in enumerate(values)}
            arrays |= pack_column(
                name,
                [encode(value) for value in values],
                np.array([len(card[place]) for card in cards], dtype=np.int64),
                np.array([ordinals[value] for card in cards for value in card[place]], dtype=np.int64),
            )
        return arrays


def _keywords(value: Any) -> tuple[str, ...]:
    """Returns a keyword field's values, each once; there are no empty ones."""
    if not value:
        return ()
    return (value,) if isinstance(value, str) else tuple(dict.fromkeys(part for part in value if part))


def to_seconds(moment: datetime) -> int:
    """Returns whole seconds since 1970 UTC, rounded down; earlier ones are negative."""
    return int((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() // 1)


def _occurrences(
    form_numbers: Array, lengths: Array, rank: Array, form_stems: Array
) -> tuple[Array, dict[str, Array]]:
    """Returns the key of each occurrence, sorted, and for each field but the body stem | document of each."""
    keys = np.empty(len(form_numbers), dtype=np.uint64)
    others: dict[str, list[Array]] = {name: [] for name in OTHER_FIELDS}
    width = len(FIELD_NAMES)
    token = 0
    for first in range(0, len(lengths), _BLOCK):
        sizes = lengths[first : first + _BLOCK]
        starts = np.cumsum(sizes + FIELD_GAP, axis=1) - sizes - FIELD_GAP
        if int((starts[:, -1] + sizes[:, -1]).max()) >= 1 << _POSITION_BITS:
            raise EngineError("A section has more than 16 million words. Split it, or leave it out.")
        flat = sizes.ravel()
        ends = np.cumsum(flat)
        total = int(ends[-1])
        ranks = rank[form_numbers[token : token + total]]
        docs = np.repeat(np.arange(first, first + len(sizes), dtype=np.uint64), sizes.sum(axis=1))
        positions = np.repeat(starts.ravel() - (ends - flat), flat) + np.arange(total)
        block = keys[token : token + total]
        block[:] = ranks << np.uint64(_FORM_SHIFT)
        block |= docs << np.uint64(_POSITION_BITS)
        block |= positions.astype(np.uint64)
        fields = np.repeat(np.tile(np.arange(width, dtype=np.uint8), len(sizes)), flat)
        for name in OTHER_FIELDS:
            chosen = np.flatnonzero(fields == FIELD_NAMES.index(name))
            stems = form_stems[ranks[chosen]].astype(np.uint64)
            others[name].append(stems << np.uint64(_DOCUMENT_BITS) | docs[chosen])
        token += total
    keys.sort()
    return keys, {name: np.concatenate(parts) if parts else keys[:0] for name, parts in others.items()}


def _postings(keys: Array, form_stems: Array, others: dict[str, Array]) -> Arrays:
    """Returns the postings of forms and of stems; `keys` is used up."""
    forms = len(form_stems)
    positions = smallest(keys & np.uint64((1 << _POSITION_BITS) - 1))
    keys >>= np.uint64(_POSITION_BITS)
    first = _changes(keys)
    tfs = np.diff(first, append=len(keys))
    postings = keys[first]
    of_form = (postings >> np.uint64(_DOCUMENT_BITS)).astype(np.int64)
    starts = starts_of(np.bincount(of_form, minlength=forms))
    arrays: Arrays = {
        "forms.starts": starts.astype(np.uint32),
        "forms.docs": postings.astype(np.uint16),
        "forms.position_starts": smallest(np.append(first, len(keys))[starts]),
        "forms.positions": positions,
    }
    arrays |= pack_frequencies("forms", tfs)

    # The postings of a stem are those of its forms; the frequency rides in the lowest bits.
    by_stem = form_stems[of_form].astype(np.uint64) << np.uint64(_FORM_SHIFT)
    by_stem |= (postings & np.uint64(MAX_DOCUMENTS - 1)) << np.uint64(_POSITION_BITS)
    by_stem |= tfs.astype(np.uint64)
    del postings, of_form, tfs
    by_stem.sort()
    tfs = (by_stem & np.uint64((1 << _POSITION_BITS) - 1)).astype(np.int64)
    by_stem >>= np.uint64(_POSITION_BITS)
    first = _changes(by_stem)
    tfs = np.add.reduceat(tfs, first) if len(first) else tfs
    by_stem = by_stem[first]
    of_stem = (by_stem >> np.uint64(_DOCUMENT_BITS)).astype(np.int64)
    stems = int(form_stems.max()) + 1 if forms else 0
    starts = starts_of(np.bincount(of_stem, minlength=stems))
    for name, occurrences in others.items():
        entries, counts = np.unique(occurrences, return_counts=True)
        at = np.searchsorted(by_stem, entries)
        tfs[at] -= counts
        owners = of_stem[at]
        arrays[f"stems.{name}.starts"] = starts_of(np.bincount(owners, minlength=stems)).astype(np.uint32)
        arrays[f"stems.{name}.slots"] = (at - starts[owners]).astype(np.uint16)
        arrays[f"stems.{name}.tfs"] = smallest(counts)
    arrays["stems.starts"] = starts.astype(np.uint32)
    arrays["stems.docs"] = by_stem.astype(np.uint16)
    return arrays | pack_frequencies("stems", tfs)


def _changes(keys: Array) -> Array:
    """Returns where a sorted array begins and where it changes."""
    if not len(keys):
        return np.zeros(0, dtype=np.int64)
    return np.concatenate(([0], np.flatnonzero(keys[1:] != keys[:-1]) + 1))


# --- parts of the layout that merging makes too ---


def starts_of(counts: Array) -> Array:
    """Returns where runs of these sizes start, and where the last ends."""
    return np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(counts, dtype=np.int64)))


def pack_frequencies(kind: str, tfs: Array) -> Arrays:
    """Returns frequencies in a byte each, and the large ones apart."""
    large = np.flatnonzero(tfs >= LARGE_TF)
    return {
        f"{kind}.tfs": np.minimum(tfs, LARGE_TF).astype(np.uint8),
        f"{kind}.large_at": smallest(large),
        f"{kind}.large_tfs": smallest(tfs[large]),
    }


def pack_forms_of_stems(form_stems: Array, stems: int) -> Arrays:
    """Returns which forms each stem has, and the stem of each form."""
    return {
        "forms.stems": form_stems.astype(np.uint32),
        "stems.forms": np.argsort(form_stems, kind="stable").astype(np.uint32),
        "stems.form_starts": starts_of(np.bincount(form_stems, minlength=stems)).astype(np.uint32),
    }


def pack_lengths(lengths: dict[str, Array]) -> Arrays:
    """Returns the length of each text field of each document, exactly."""
    return {f"lengths.{name}": smallest(array) for name, array in lengths.items()}


def pack_breaks(name: str, docs: Array, positions: Array, documents: int) -> Arrays:
    """Returns where the sentences or paragraphs of documents start; docs and positions come in order."""
    distinct = np.ones(len(docs), dtype=bool)
    distinct[1:] = (docs[1:] != docs[:-1]) | (positions[1:] != positions[:-1])
    counts = np.bincount(docs[distinct], minlength=documents)
    return {f"{name}.starts": starts_of(counts).astype(np.uint32), name: smallest(positions[distinct])}


def pack_column(name: str, values: Sequence[bytes], counts: Array, ordinals: Array) -> Arrays:
    """Returns a keyword field: how many values each card has, and their ordinals one card after another."""
    folds: dict[str, list[int]] = {}
    for ordinal, value in enumerate(values):
        folds.setdefault(fold_text(decode(value)), []).append(ordinal)
    sorted_folds = sorted(folds)
    arrays = pack_terms(f"values.{name}", values)
    arrays |= pack_terms(f"folds.{name}", [encode(folded) for folded in sorted_folds])
    arrays[f"folds.{name}.starts"] = starts_of(
        np.array([len(folds[folded]) for folded in sorted_folds], dtype=np.int64)
    ).astype(np.uint32)
    arrays[f"folds.{name}.ordinals"] = np.array(
        [ordinal for folded in sorted_folds for ordinal in folds[folded]], dtype=np.uint32
    )
    if int(counts.max(initial=0)) > 1:
        arrays[f"values.{name}.starts"] = starts_of(counts).astype(np.uint32)
    else:
        single = np.full(len(counts), len(values), dtype=np.int64)
        single[counts == 1] = ordinals
        ordinals = single
    arrays[f"values.{name}.ordinals"] = ordinals.astype(np.min_scalar_type(len(values)))
    return arrays


def describe(arrays: Arrays) -> Facts:
    """Returns what is asked of a segment before any array is read."""
    lengths = {name: arrays[f"lengths.{name}"] for name in FIELD_NAMES}
    return {
        "documents": len(arrays["section_ids"]),
        "tokens": {name: int(array.sum(dtype=np.int64)) for name, array in lengths.items()},
        "having": {name: int(np.count_nonzero(array)) for name, array in lengths.items()},
        "occurrences": len(arrays["forms.positions"]),
        "body": BODY,
    }
