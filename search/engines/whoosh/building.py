"""Documents -> the arrays of a segment (see `segment`), without a Python object for each posting.

A text is split into runs of characters between blanks, most of which have been seen before, so that only their numbers
are stored (see `text.FormTable`). From these, each occurrence becomes one 64-bit number, form | document | position:
sorting the numbers sorts the postings, and everything about them follows from where the numbers change. 60,000
sections of news have 10 million occurrences, which are sorted in less than a second. Only `writer` imports from here.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from archive.times import OutletTime

from ...text import CAPITALS_MARK, FormTable, stem_form
from ..contract import Document, EngineError
from .arrays import ragged, smallest
from .days import days_since_epoch, pack_days
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
    CARD_NAMES,
    DATE_NAMES,
    DAYS_NAMES,
    FIELD_NAMES,
    MAX_DOCUMENTS,
    MAX_POSITION_BITS,
    OTHER_FIELDS,
    SECTION_NAMES,
    UNDATED,
    to_clock,
    to_microseconds,
    to_seconds,
)
from .shouting import CapitalRuns
from .statements import FIELD_GAP, StatementBuilder
from .terms import Terms, encode, pack_terms

# The key of an occurrence: form (24 bits) | document (16) | position (24).
_DOCUMENT_BITS = 16
_FORM_SHIFT = MAX_POSITION_BITS + _DOCUMENT_BITS
# A segment is built once this many tokens wait: some 5,000 sections of news, which take 60 MB at the peak. What
# fills a segment has 12 million, and would take 600 MB; it is merged from such parts.
MAX_TOKENS = 1_000_000
# The documents whose occurrences are processed at once; more would take more memory in between.
_BLOCK_DOCUMENTS = 4096


class SegmentBuilder:
    """Collects documents for one segment. They are numbered from 0 in the order in which they are added."""

    def __init__(self, table: FormTable) -> None:
        self._table = table
        self._table_before = len(table.run_forms)
        # The runs of all texts, one field after another, and the number of runs in each field of each document.
        self._runs = array("I")
        self._run_counts = array("I")
        self._section_ids = array("q")
        self._changed = array("q")
        self._dates = {name: array("q") for name in DATE_NAMES}
        self._clocks = {name: array("i") for name in DATE_NAMES}
        # The number of spans of each document, and the first and last day of each.
        self._day_counts = {name: array("I") for name in DAYS_NAMES}
        self._days = {name: (array("i"), array("i")) for name in DAYS_NAMES}
        self._section_values: dict[str, list[tuple[str, ...]]] = {name: [] for name in SECTION_NAMES}
        self._statements = StatementBuilder()
        self._card_numbers: dict[tuple[Any, ...], int] = {}
        self._cards = array("I")
        self._fingerprints: list[bytes] = []

    def __len__(self) -> int:
        return len(self._section_ids)

    @property
    def full(self) -> bool:
        """Whether the segment must be built before another document is added."""
        # A script without blanks has few runs, each of many tokens and new to the table: those count too.
        tokens = len(self._runs) + len(self._table.run_forms) - self._table_before
        return len(self) >= MAX_DOCUMENTS or tokens >= MAX_TOKENS

    def add(self, document: Document) -> None:
        """Adds a document. O(its text)."""
        values = document.values
        for name in FIELD_NAMES:
            before = len(self._runs)
            self._runs.extend(self._table.runs(values.get(name) or ""))  # type: ignore[arg-type]
            self._run_counts.append(len(self._runs) - before)
        self._section_ids.append(document.section_id)
        self._changed.append(to_microseconds(document.changed) if document.changed else UNDATED)
        for name in DATE_NAMES:
            value = values.get(name)
            time = OutletTime(value, "second") if isinstance(value, datetime) else value
            if isinstance(time, OutletTime):
                self._dates[name].append(to_seconds(time.at))
                self._clocks[name].append(to_clock(time))
            else:
                self._dates[name].append(UNDATED)
                self._clocks[name].append(0)
        for name in DAYS_NAMES:
            spans = values.get(name) or ()
            self._day_counts[name].append(len(spans))  # type: ignore[arg-type]
            for span in spans:  # type: ignore[union-attr]
                for column, day in zip(self._days[name], span, strict=True):
                    column.append(days_since_epoch(day))
        for name, rows in self._section_values.items():
            rows.append(_keywords(values.get(name)))
        self._statements.add(document)
        card = (document.article_id, *(_keywords(values.get(name)) for name in (*CARD_NAMES, ADDRESSES)))
        self._cards.append(self._card_numbers.setdefault(card, len(self._card_numbers)))
        self._fingerprints.append(encode(document.fingerprint))

    def documents_of_article(self, article_id: int) -> list[int]:
        """Returns the numbers of the documents that belong to an article. O(documents)."""
        cards = {number for card, number in self._card_numbers.items() if card[0] == article_id}
        return [document for document, card in enumerate(self._cards) if card in cards]

    def build(self) -> tuple[Arrays, Facts]:
        """Returns the arrays and the facts of the segment."""
        lengths, form_numbers = self._tokens()
        spellings = self._spellings(lengths)
        arrays, ranks, form_stems = self._dictionaries(form_numbers, spellings.form_numbers)
        capitals = Terms(arrays, "forms").range_of(CAPITALS_MARK)[1]
        keys, others = _occurrences(form_numbers, lengths, ranks, form_stems)
        del form_numbers
        keys = _add_spellings(keys, others, spellings, ranks, form_stems, capitals=capitals)
        packed, postings, tfs = _form_postings(keys, len(form_stems))
        arrays |= packed
        del keys
        # A form in capitals has the place of its token, which the stem counts already.
        first = int(np.searchsorted(postings, np.uint64(capitals << _DOCUMENT_BITS)))
        keys = _stem_keys(postings[first:], tfs[first:], form_stems)
        del postings, tfs
        stems = int(form_stems.max()) + 1 if len(form_stems) else 0
        arrays |= _stem_postings(keys, stems, others)
        del keys, others
        arrays |= pack_forward(arrays, len(self))
        arrays |= self._breaks(lengths)
        arrays |= self._columns()
        arrays |= self._statements.build(lengths, arrays)
        arrays |= pack_lengths(dict(zip(FIELD_NAMES, lengths.T, strict=True)))
        return arrays, describe(arrays)

    def _tokens(self) -> tuple[Array, Array]:
        """Returns the length of each field, shape (documents, fields), and the form number of each token in order."""
        table = self._table
        run_starts = np.frombuffer(table.run_starts, dtype=np.uint32).astype(np.int64)
        run_forms = np.frombuffer(table.run_forms, dtype=np.uint32) if table.run_forms else np.zeros(0, np.uint32)
        run_sizes = np.diff(run_starts)
        runs = np.frombuffer(self._runs, dtype=np.uint32) if self._runs else np.zeros(0, np.uint32)
        ends = np.cumsum(np.frombuffer(self._run_counts, dtype=np.uint32), dtype=np.int64)
        pieces, sizes = [], np.zeros(len(ends) + 1, dtype=np.int64)
        block_fields = _BLOCK_DOCUMENTS * len(FIELD_NAMES)
        for first in range(0, len(ends), block_fields):
            last = min(first + block_fields, len(ends))
            start = int(ends[first - 1]) if first else 0
            block = runs[start : int(ends[last - 1])]
            counts = run_sizes[block]
            pieces.append(run_forms[ragged(run_starts[block], counts)])
            tokens_before = np.concatenate(([0], np.cumsum(counts)))
            sizes[first + 1 : last + 1] = sizes[first] + tokens_before[ends[first:last] - start]
        lengths = np.diff(sizes).reshape(-1, len(FIELD_NAMES))
        return lengths, np.concatenate(pieces) if pieces else np.zeros(0, np.uint32)

    def _spellings(self, lengths: Array) -> "_Spellings":
        """Returns the other spellings in all documents."""
        table = self._table
        if not table.spellings:
            nothing = np.zeros(0, dtype=np.int64)
            return _Spellings(nothing, nothing, nothing)
        sizes = np.bincount(np.frombuffer(table.spelling_runs, dtype=np.uint32), minlength=len(table))
        starts = starts_of(sizes)
        runs, field_ends = self._all_runs()
        at = np.flatnonzero(sizes[runs])
        counts = sizes[runs[at]]
        chosen = ragged(starts[runs[at]], counts)
        fields, positions = self._places(lengths, at)
        fields, positions = np.repeat(fields, counts), np.repeat(positions, counts)
        capitals = np.frombuffer(table.spelling_capitals, dtype=np.uint8)[chosen]
        in_capitals = np.flatnonzero(capitals)
        edges = np.frombuffer(table.run_capitals, dtype=np.uint8)
        shouted = CapitalRuns(runs, edges, field_ends).find_shouted(
            capitals[in_capitals], np.repeat(at, counts)[in_capitals]
        )
        kept = np.ones(len(chosen), dtype=bool)
        kept[in_capitals[shouted]] = False
        chosen = chosen[kept]
        offsets = np.frombuffer(table.spelling_offsets, dtype=np.uint32)[chosen]
        forms = np.frombuffer(table.spellings, dtype=np.uint32)[chosen]
        return _Spellings(forms, fields[kept], positions[kept] + offsets)

    def _all_runs(self) -> tuple[Array, Array]:
        """Returns the runs of all texts, and for each field of each document the index after its last run."""
        runs = np.frombuffer(self._runs, dtype=np.uint32) if self._runs else np.zeros(0, np.uint32)
        return runs, np.cumsum(np.frombuffer(self._run_counts, dtype=np.uint32), dtype=np.int64)

    def _places(self, lengths: Array, at: Array) -> tuple[Array, Array]:
        """Returns where the runs at these indexes are: document * fields + field, and position of the first token."""
        runs, field_ends = self._all_runs()
        sizes = np.diff(np.frombuffer(self._table.run_starts, dtype=np.uint32))
        before = np.cumsum(sizes[runs], dtype=np.uint32) - sizes[runs]
        # Added to the number of tokens before a run, over all documents, it gives the position in the run's document.
        tokens_before = starts_of(lengths.ravel())[:-1].reshape(lengths.shape)
        shifts = (np.cumsum(lengths + FIELD_GAP, axis=1) - lengths - FIELD_GAP - tokens_before).ravel()
        fields = np.searchsorted(field_ends, at, side="right")
        return fields, before[at] + shifts[fields]

    def _breaks(self, lengths: Array) -> Arrays:
        """Returns the positions at which the sentences and paragraphs of each document start."""
        table = self._table
        runs, field_ends = self._all_runs()
        # A paragraph starts after the run that separates two, and with each field.
        separators = runs == table.PARAGRAPH
        opens_paragraph = np.zeros(len(runs), dtype=bool)
        opens_paragraph[1:] = separators[:-1]
        opens_paragraph[np.concatenate(([0], field_ends))[:-1][np.diff(field_ends, prepend=0) > 0]] = True
        opens_paragraph &= ~separators
        opens_sentence = opens_paragraph.copy()
        if len(runs):
            ends = np.frombuffer(table.run_ends, dtype=np.bool_)
            opens = np.frombuffer(table.run_opens, dtype=np.bool_)
            opens_sentence[1:] |= ends[runs[:-1]] & opens[runs[1:]]
            opens_sentence &= ~separators
        arrays: Arrays = {}
        for name, opening in (("sentences", opens_sentence), ("paragraphs", opens_paragraph)):
            fields, positions = self._places(lengths, np.flatnonzero(opening))
            arrays |= pack_breaks(name, fields // len(FIELD_NAMES), positions, len(lengths))
        return arrays

    def _dictionaries(self, *form_numbers: Array) -> tuple[Arrays, Array, Array]:
        """Returns the dictionaries, the ordinal of each form by its number in the table, the stem of each form."""
        table = self._table
        counts = sum(np.bincount(numbers, minlength=len(table.forms)) for numbers in form_numbers)
        used = np.flatnonzero(counts).tolist()
        used.sort(key=table.forms.__getitem__)
        ranks = np.zeros(len(table.forms), dtype=np.uint64)
        ranks[used] = np.arange(len(used))
        forms = [table.forms[number] for number in used]
        stem_by_form = [stem_form(form) for form in forms]
        stems = sorted(set(stem_by_form))
        ordinals = {stem: ordinal for ordinal, stem in enumerate(stems)}
        form_stems = np.array([ordinals[stem] for stem in stem_by_form], dtype=np.uint32)
        arrays = pack_terms("forms", [encode(form) for form in forms])
        arrays |= pack_terms("stems", [encode(stem) for stem in stems])
        arrays |= pack_forms_of_stems(
            form_stems, len(stems), capitals=Terms(arrays, "forms").range_of(CAPITALS_MARK)[1]
        )
        return arrays, ranks, form_stems

    def _columns(self) -> Arrays:
        """Returns the ids, dates, fingerprints and cards of the documents, and the keyword values of the cards."""
        cards = list(self._card_numbers)
        arrays: Arrays = {
            "section_ids": np.array(self._section_ids, dtype=np.int64),
            "changed": np.array(self._changed, dtype=np.int64),
            "cards": np.array(self._cards, dtype=np.uint16),
            "card_articles": np.array([card[0] for card in cards], dtype=np.int64),
        }
        arrays |= {f"dates.{name}": np.array(column, dtype=np.int64) for name, column in self._dates.items()}
        arrays |= {f"clocks.{name}": np.array(column, dtype=np.int32) for name, column in self._clocks.items()}
        for name, columns in self._days.items():
            earliest, latest = (np.array(column, dtype=np.int32) for column in columns)
            arrays |= pack_days(name, np.array(self._day_counts[name], dtype=np.int64), earliest, latest)
        arrays |= pack_terms("fingerprints", self._fingerprints)
        for index, name in enumerate((*CARD_NAMES, ADDRESSES), start=1):
            arrays |= _column(name, [card[index] for card in cards])
        for name, rows in self._section_values.items():
            arrays |= _column(name, rows)
        return arrays


def _column(name: str, rows: Sequence[tuple[str, ...]]) -> Arrays:
    """Returns the values of a field by row."""
    values = sorted({value for row in rows for value in row})
    ordinals = {value: ordinal for ordinal, value in enumerate(values)}
    terms = [encode(value) for value in values]
    counts = np.array([len(row) for row in rows], dtype=np.int64)
    column = pack_column(
        name, terms, counts, np.array([ordinals[value] for row in rows for value in row], dtype=np.int64)
    )
    return column if name == ADDRESSES else column | pack_folds(name, terms)


def _keywords(value: Any) -> tuple[str, ...]:
    """Returns the distinct values of a keyword field, without empty ones."""
    if not value:
        return ()
    return (value,) if isinstance(value, str) else tuple(dict.fromkeys(part for part in value if part))


def _occurrences(
    form_numbers: Array, lengths: Array, ranks: Array, form_stems: Array
) -> tuple[Array, dict[str, Array]]:
    """Returns the key of each occurrence, sorted, and for each field except the body stem | document of each there.

    A key is form | document | position (uint64).
    """
    keys = np.empty(len(form_numbers), dtype=np.uint64)
    others: dict[str, list[Array]] = {name: [] for name in OTHER_FIELDS}
    width = len(FIELD_NAMES)
    token = 0
    for first in range(0, len(lengths), _BLOCK_DOCUMENTS):
        sizes = lengths[first : first + _BLOCK_DOCUMENTS]
        starts = np.cumsum(sizes + FIELD_GAP, axis=1) - sizes - FIELD_GAP
        if int((starts[:, -1] + sizes[:, -1]).max()) >= 1 << MAX_POSITION_BITS:
            raise EngineError("A section has more than 16 million words. Split it, or leave it out.")
        flat = sizes.ravel()
        ends = np.cumsum(flat)
        total = int(ends[-1])
        forms = ranks[form_numbers[token : token + total]]
        docs = np.repeat(np.arange(first, first + len(sizes), dtype=np.uint64), sizes.sum(axis=1))
        positions = np.repeat(starts.ravel() - (ends - flat), flat) + np.arange(total)
        block = keys[token : token + total]
        block[:] = forms << np.uint64(_FORM_SHIFT)
        block |= docs << np.uint64(MAX_POSITION_BITS)
        block |= positions.astype(np.uint64)
        fields = np.repeat(np.tile(np.arange(width, dtype=np.uint8), len(sizes)), flat)
        for name in OTHER_FIELDS:
            chosen = np.flatnonzero(fields == FIELD_NAMES.index(name))
            stems = form_stems[forms[chosen]].astype(np.uint64)
            others[name].append(stems << np.uint64(_DOCUMENT_BITS) | docs[chosen])
        token += total
    keys.sort()
    return keys, {name: np.concatenate(parts) if parts else keys[:0] for name, parts in others.items()}


@dataclass(frozen=True)
class _Spellings:
    """The other spellings in all documents: form numbers, document * fields + field, position of the first token."""

    form_numbers: Array
    fields: Array
    positions: Array


def _add_spellings(
    keys: Array, others: dict[str, Array], spellings: _Spellings, ranks: Array, form_stems: Array, *, capitals: int
) -> Array:
    """Returns the sorted keys of `_occurrences` with those of the other spellings. Adds their entries to `others`.

    The first `capitals` forms are those in capitals, which no stem counts.
    """
    if not len(spellings.form_numbers):
        return keys
    forms = ranks[spellings.form_numbers]
    width = len(FIELD_NAMES)
    docs = (spellings.fields // width).astype(np.uint64)
    added = (
        forms << np.uint64(_FORM_SHIFT) | docs << np.uint64(MAX_POSITION_BITS) | spellings.positions.astype(np.uint64)
    )
    for name in OTHER_FIELDS:
        chosen = np.flatnonzero((spellings.fields % width == FIELD_NAMES.index(name)) & (forms >= capitals))
        stems = form_stems[forms[chosen]].astype(np.uint64)
        others[name] = np.concatenate((others[name], stems << np.uint64(_DOCUMENT_BITS) | docs[chosen]))
    # The marked forms sort before all others, so only they need sorting.
    added.sort()
    return np.concatenate((added, keys))


def _form_postings(keys: Array, forms: int) -> tuple[Arrays, Array, Array]:
    """Returns the arrays of the forms' postings, and form | document and frequency of each. Overwrites `keys`."""
    positions = smallest(keys & np.uint64((1 << MAX_POSITION_BITS) - 1))
    keys >>= np.uint64(MAX_POSITION_BITS)
    first = _changes(keys)
    tfs = np.diff(first, append=len(keys))
    postings = keys[first]
    starts = starts_of(np.bincount((postings >> np.uint64(_DOCUMENT_BITS)).astype(np.int64), minlength=forms))
    arrays: Arrays = {
        "forms.starts": starts.astype(np.uint32),
        "forms.docs": postings.astype(np.uint16),
        "forms.position_starts": smallest(np.append(first, len(keys))[starts]),
        "forms.positions": positions,
    }
    return arrays | pack_frequencies("forms", tfs), postings, tfs


def _stem_keys(postings: Array, tfs: Array, form_stems: Array) -> Array:
    """Returns stem | document | frequency of each posting of a form, unsorted (uint64)."""
    keys = form_stems[(postings >> np.uint64(_DOCUMENT_BITS)).astype(np.int64)].astype(np.uint64)
    keys <<= np.uint64(_FORM_SHIFT)
    keys |= (postings & np.uint64(MAX_DOCUMENTS - 1)) << np.uint64(MAX_POSITION_BITS)
    keys |= tfs.astype(np.uint64)
    return keys


def _stem_postings(keys: Array, stems: int, others: dict[str, Array]) -> Arrays:
    """Returns the arrays of the stems' postings, which join those of their forms. Overwrites `keys`."""
    keys.sort()
    tfs = (keys & np.uint64((1 << MAX_POSITION_BITS) - 1)).astype(np.int64)
    keys >>= np.uint64(MAX_POSITION_BITS)
    first = _changes(keys)
    tfs = np.add.reduceat(tfs, first) if len(first) else tfs
    keys = keys[first]
    of_stem = (keys >> np.uint64(_DOCUMENT_BITS)).astype(np.int64)
    starts = starts_of(np.bincount(of_stem, minlength=stems))
    arrays: Arrays = {}
    for name, occurrences in others.items():
        entries, counts = np.unique(occurrences, return_counts=True)
        at = np.searchsorted(keys, entries)
        tfs[at] -= counts
        owners = of_stem[at]
        arrays[f"stems.{name}.starts"] = starts_of(np.bincount(owners, minlength=stems)).astype(np.uint32)
        arrays[f"stems.{name}.slots"] = (at - starts[owners]).astype(np.uint16)
        arrays[f"stems.{name}.tfs"] = smallest(counts)
    arrays["stems.starts"] = starts.astype(np.uint32)
    arrays["stems.docs"] = keys.astype(np.uint16)
    return arrays | pack_frequencies("stems", tfs)


def _changes(keys: Array) -> Array:
    """Returns where a sorted array begins, and where it changes (int64)."""
    if not len(keys):
        return np.zeros(0, dtype=np.int64)
    return np.concatenate(([0], np.flatnonzero(keys[1:] != keys[:-1]) + 1))
