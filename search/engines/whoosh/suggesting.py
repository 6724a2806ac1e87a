"""Completions of what somebody types: word forms, keyword values, articles by their headline.

All are read from what the index has for searching. Dictionaries are sorted, so the terms with a prefix are a range,
and each stem lists the documents that have it in their headline. Keyword values are few: folded and laid end to end,
they are searched as bytes. Only `engine` imports from here.
"""

from collections import Counter
from collections.abc import Sequence
from functools import cached_property

import numpy as np

from ...query import And, Word
from ...text import fold_value, other_names, value_key
from ..completions import complete_values
from ..deadline import check_time
from .arrays import distinct, ragged
from .files import Array
from .matching import Matcher
from .occurrences import fields_of, read_many
from .segment import FIELD_NAMES, OTHER_FIELDS
from .snapshot import SegmentReader, Snapshot
from .terms import decode, encode, merge_terms, pack_terms
from .vocabulary import most_frequent

_HEADLINE = "headline"
_MAX_CHARACTER_BYTES = 4
# For each byte of UTF-8, whether it may belong to a word: ASCII letters and digits, and all others.
_MAY_BE_IN_WORD = np.array([byte >= 0x80 or chr(byte).isalnum() for byte in range(256)])


# --- word forms ---


def suggest_words(snapshot: Snapshot, prefix: str, *, field: str, limit: int) -> tuple[tuple[str, int], ...]:
    """Returns the forms with a folded prefix; for a text field, those whose stem occurs in it."""
    forms = [_forms_with_prefix(reader, prefix, field) for reader in snapshot.readers]
    return most_frequent(snapshot, forms, limit=limit)


def _forms_with_prefix(reader: SegmentReader, prefix: str, field: str) -> Array:
    """Returns the forms with a prefix. Few words are absent from the body alone, so these are not removed."""
    segment = reader.segment
    forms = segment.written_forms(np.arange(*segment.forms.range_of(prefix)))
    if field not in OTHER_FIELDS:
        return forms
    stems = segment.file["forms.stems"][forms]
    starts = segment.file[f"stems.{field}.starts"]
    having: Array = forms[starts[stems + 1] > starts[stems]]
    return having


# --- keyword values ---


class Catalogue:
    """The values of a keyword field over all segments, with the number of live sections of each.

    Values with the same key are one entry, whose text has their folds and other names, a line for each. It costs
    O(rows) to make, and is kept with its snapshot.
    """

    def __init__(self, snapshot: Snapshot, name: str) -> None:
        self._columns = [reader.segment.columns[name] for reader in snapshot.readers]
        folds, maps = merge_terms(column.folds.all() for column in self._columns)
        folded = list(map(decode, folds))
        keys = list(map(value_key, folded))
        # The number of the entry of each key, and of each fold.
        numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
        entry_of_fold = np.array([numbers[key] for key in keys], dtype=np.int64)
        texts: list[dict[str, None]] = [{} for _ in numbers]
        for key, fold in zip(keys, folded, strict=True):
            texts[numbers[key]][fold] = None
        for column in self._columns:
            for value in map(decode, column.values.all()):
                if names := other_names(name, value):
                    texts[numbers[value_key(fold_value(value))]] |= dict.fromkeys(map(fold_value, names))
        self._keys = list(numbers)
        packed = pack_terms("entries", [encode("\n".join(lines)) for lines in texts])
        self._text, self._offsets = packed["entries.text"], packed["entries.offsets"].astype(np.int64)
        self._totals = np.zeros(len(numbers))
        # For each segment, the number of live sections of each value as it is spelled.
        self._spelling_counts: list[Array] = []
        for reader, column, new_folds in zip(snapshot.readers, self._columns, maps, strict=True):
            segment = reader.segment
            live = np.arange(segment.count) if reader.live is None else np.flatnonzero(reader.live)
            sizes = np.bincount(segment.rows_of(name, live), minlength=segment.count_rows(name))
            ordinals, owners = column.entries(np.arange(len(sizes)))
            if owners is None:
                owners = np.arange(len(sizes))
            self._spelling_counts.append(np.bincount(ordinals, weights=sizes[owners], minlength=len(column.values)))
            # A row with two spellings of a value has the value once.
            entries = entry_of_fold[new_folds[column.folds_of_values()[ordinals]]]
            pairs = distinct(owners * (len(numbers) + 1) + entries)
            owners, of_pairs = np.divmod(pairs, len(numbers) + 1)
            self._totals += np.bincount(of_pairs, weights=sizes[owners], minlength=len(numbers))

    def find(self, prefix: str, *, limit: int) -> tuple[tuple[str, int], ...]:
        """Returns the values in which a word begins with a folded prefix, most frequent first, then by fold."""
        entries = self._entries_with(encode(prefix))
        entries = entries[self._totals[entries] > 0]
        best = entries[np.argsort(-self._totals[entries], kind="stable")[:limit]]
        return tuple((self._spelling(self._keys[entry]), int(self._totals[entry])) for entry in best.tolist())

    @cached_property
    def _word_starts(self) -> list[Array]:
        """The offsets in the text at which a word begins, listed by the byte at the offset.

        A word begins at the start of a text, and after anything but a letter or digit.
        """
        text = self._text
        starts = np.zeros(len(text) + 1, dtype=bool)
        starts[self._offsets] = True
        starts[1:] |= ~_MAY_BE_IN_WORD[text]
        # After a byte outside ASCII, at the first byte of a character: it depends on the character before.
        after_others = np.flatnonzero((text[:-1] >= 0x80) & (text[1:] & 0xC0 != 0x80) & ~starts[1:-1]) + 1
        for at in after_others.tolist():
            before = bytes(text[max(at - _MAX_CHARACTER_BYTES, 0) : at]).decode("utf-8", "ignore")
            starts[at] = not before[-1:].isalnum()
        offsets = np.flatnonzero(starts[:-1])
        offsets = offsets[np.argsort(text[offsets], kind="stable")]
        return np.split(offsets, np.searchsorted(text[offsets], np.arange(1, 256)))

    def _entries_with(self, prefix: bytes) -> Array:
        """Returns the numbers of the entries in which a word begins with a prefix. Every word has the empty prefix."""
        if not prefix:
            return np.flatnonzero(np.diff(self._offsets))
        at = self._word_starts[prefix[0]]
        at = at[at <= len(self._text) - len(prefix)]
        for index, byte in enumerate(prefix[1:], start=1):
            at = at[self._text[at + index] == byte]
        owners = np.searchsorted(self._offsets, at, side="right") - 1
        entries: Array = distinct(owners[at + len(prefix) <= self._offsets[owners + 1]])
        return entries

    def _spelling(self, key: str) -> str:
        """Returns the spelling of a value that most live sections have."""
        spellings: Counter[bytes] = Counter()
        for column, counts in zip(self._columns, self._spelling_counts, strict=True):
            for ordinal in column.with_key(key):
                spellings[column.values[ordinal]] += int(counts[ordinal])
        best = min(spellings, key=lambda value: (-spellings[value], value))
        return best.decode("utf-8", "replace")


def suggest_values(snapshot: Snapshot, name: str, prefix: str, *, limit: int) -> tuple[tuple[str, int], ...]:
    """Returns the values of a keyword field, and their other names, in which a word begins with a folded prefix."""
    return complete_values(name, lambda field: _catalogue(snapshot, field).find(prefix, limit=limit), limit=limit)


def _catalogue(snapshot: Snapshot, name: str) -> Catalogue:
    catalogue = snapshot.catalogues.get(name)
    if catalogue is None:
        catalogue = snapshot.catalogues[name] = Catalogue(snapshot, name)
    return catalogue


# --- headlines ---


def suggest_articles(
    snapshot: Snapshot, words: Sequence[str], prefix: str, *, limit: int
) -> tuple[tuple[int, int], ...]:
    """Returns articles whose headline has a form of every word, and a word with the prefix: the newest first."""
    articles = snapshot.articles
    counts = np.zeros(len(articles.ids), dtype=np.int64)
    latest = np.full(len(articles.ids), np.iinfo(np.int64).min)
    matcher = Matcher(snapshot)
    tree = And(tuple(Word(word, _HEADLINE) for word in words))
    for number, reader in enumerate(snapshot.readers):
        check_time()
        docs = reader.only_live(np.flatnonzero(_have_prefix_in_headline(reader, prefix)))
        if words:
            docs = docs[matcher.has(tree, docs, number)]
        owners = articles.of_cards[number][reader.segment.cards[docs]]
        counts += np.bincount(owners, minlength=len(counts))
        np.maximum.at(latest, owners, reader.segment.dates("date")[docs])
    having = np.flatnonzero(counts)
    if 0 < limit < len(having):
        cut = np.partition(latest[having], len(having) - limit)[len(having) - limit]
        having = having[latest[having] >= cut]
    best = having[np.lexsort((articles.ids[having], -latest[having]))[:limit]]
    return tuple(zip(articles.ids[best].tolist(), counts[best].tolist(), strict=True))


def _have_prefix_in_headline(reader: SegmentReader, prefix: str) -> Array:
    """Returns for each document whether its headline has a word with a prefix. Any word has the empty prefix.

    Headlines are listed by stem. If all forms of a stem have the prefix, its list is read as it is. There are few
    other stems, and the positions of their forms are read. Shape (documents,), bool.
    """
    segment, file = reader.segment, reader.segment.file
    if not prefix:
        having: Array = segment.lengths(_HEADLINE) > 0
        return having
    first, last = segment.forms.range_of(prefix)
    form_stems = file["forms.stems"][first:last]
    stems, forms_in_range = np.unique(form_stems, return_counts=True)
    starts = file["stems.form_starts"]
    whole = starts[stems + 1].astype(np.int64) - starts[stems] == forms_in_range
    flags = np.zeros(segment.count, dtype=bool)
    flags[_docs_in_headline(reader, stems[whole])] = True
    if not whole.all():
        docs = distinct(_docs_in_headline(reader, stems[~whole]))
        forms = first + np.flatnonzero(np.isin(form_stems, stems[~whole]))
        owners, positions = read_many(reader, docs, forms)
        flags[owners[fields_of(reader, owners, positions) == FIELD_NAMES.index(_HEADLINE)]] = True
    return flags


def _docs_in_headline(reader: SegmentReader, stems: Array) -> Array:
    """Returns the documents with any of the stems in their headline, in no order, some repeatedly."""
    file = reader.segment.file
    starts = file[f"stems.{_HEADLINE}.starts"]
    first = starts[stems].astype(np.int64)
    counts = starts[stems + 1].astype(np.int64) - first
    slots = file.runs(f"stems.{_HEADLINE}.slots", first, counts)[ragged(first, counts)]
    postings = file["stems.starts"]
    begins = postings[stems].astype(np.int64)
    every = file.runs("stems.docs", begins, postings[stems + 1] - begins)
    docs: Array = every[np.repeat(begins, counts) + slots]
    return docs
