"""One segment as arrays: what its file holds, and how each part is read. The layout, in one place.

`forms` and `stems` are dictionaries (see terms) over all text fields together; by ordinal they have postings:

| array                   | by                | holds                                                                |
|-------------------------|-------------------|----------------------------------------------------------------------|
| forms.starts            | form              | where its postings start, in the three arrays below                  |
| forms.docs, forms.tfs   | posting           | document, number of occurrences in any field                         |
| forms.position_starts   | form              | where its positions start                                            |
| forms.positions         | occurrence        | place in the document                                                |
| forms.stems             | form              | ordinal of its stem                                                  |
| stems.starts            | stem              | where its postings start                                             |
| stems.docs, stems.tfs   | posting           | document, occurrences in the body (0: only in other fields)          |
| stems.F.starts          | stem              | for each other text field F: where its entries start                 |
| stems.F.slots, .tfs     | entry             | which of the stem's postings, occurrences in F                       |
| stems.form_starts, .forms | stem            | its forms                                                            |
| forward.starts          | document          | where its entries start                                              |
| forward.entries         | entry             | a stem of the document and its weight, see forward                   |
| lengths.F               | document          | tokens in F, exact                                                   |
| sentences.starts, paragraphs.starts | document | where its entries start, in the array of that name            |
| sentences, paragraphs   | entry             | position of the first token                                          |
| section_ids, dates.F, cards, fingerprints | document | one value each                                              |
| card_articles, values.F | card              | the article, the ordinals of the values of keyword field F           |

A stem's postings name the documents of any field, because that is what a word asks for and what its document
frequency counts; most occurrences are in the body, whose counts stand beside the documents, and the few others are
listed by themselves. Positions are kept once, with the forms; those of a stem are its forms'. A document's fields lie
one after another in one range of positions, in the order of the field table with a gap between, so nothing is
adjacent across fields and a position tells its field.

A card is an article's id with one set of keyword values; the sections of an article share one as a rule. Facets are
counted by card first, then by value: a sixth of the work, and articles are counted on the way.

A segment has at most MAX_DOCUMENTS documents, so that a document number is two bytes everywhere and what a query
holds by document stays in the processor's cache. A frequency is one byte; those that are 255 or more are listed apart.
"""

from functools import cached_property
from pathlib import Path

import numpy as np

from ...fields import DATE_FIELDS, KEYWORD_FIELDS, TEXT_FIELDS
from .files import Array, ArrayFile
from .terms import Terms, encode

# Raised when files written before can no longer be read.
VERSION = 3
MAX_DOCUMENTS = 1 << 16
EXTENSION = ".arrays"

FIELD_NAMES = tuple(field.name for field in TEXT_FIELDS)
# The field of long texts: its counts stand beside every posting.
BODY = "text"
OTHER_FIELDS = tuple(name for name in FIELD_NAMES if name != BODY)
FIELD_GAP = 1

# A date that is not known: before every date there is, and its negative still fits.
UNDATED = -(2**62)
# In the array of frequencies: look it up among those listed apart.
LARGE_TF = 255


# An odd number with its bits well mixed (Knuth's, from the golden ratio): the base of the stems' hashes.
_HASH_BASE = 0x9E3779B97F4A7C15


class Segment:
    """The arrays of one segment, mapped; deletions are not in it."""

    def __init__(self, path: Path) -> None:
        file = self.file = ArrayFile(path)
        self.count: int = file.facts["documents"]
        # Of each text field: how many tokens, and how many documents that have any.
        self.tokens: dict[str, int] = file.facts["tokens"]
        self.having: dict[str, int] = file.facts["having"]
        self.forms = Terms(file, "forms")
        self.stems = Terms(file, "stems")

    @cached_property
    def stem_names(self) -> Array:
        """Of each stem a number that is the same in every segment: 64 bits of hash of its letters.

        Of a million stems two share one with a chance of one in thirty million. Made once a reader: some 10 ms and 8
        bytes a stem.
        """
        offsets = self.file["stems.offsets"].astype(np.int64)
        sizes = np.diff(offsets)
        letters = self.file["stems.text"][offsets[0] : offsets[-1]].astype(np.uint64)
        powers = np.multiply.accumulate(np.full(int(sizes.max(initial=0)), _HASH_BASE, dtype=np.uint64))
        letters *= powers[np.arange(len(letters)) - np.repeat(offsets[:-1] - offsets[0], sizes)]
        names = np.zeros(len(sizes), dtype=np.uint64)
        having = np.flatnonzero(sizes)
        if len(having):
            names[having] = np.add.reduceat(letters, offsets[:-1][having] - offsets[0])
        return names

    def extent(self, starts: str, ordinal: int) -> tuple[int, int]:
        """Returns where the entries of one ordinal start and end."""
        array = self.file[starts]
        return int(array[ordinal]), int(array[ordinal + 1])

    def frequencies(self, kind: str, start: int, end: int) -> Array:
        """Returns the frequencies of the postings from start to end, of "forms" or "stems"."""
        tfs = self.file[f"{kind}.tfs"][start:end]
        large = self.file[f"{kind}.large_at"]
        if len(large):
            low, high = np.searchsorted(large, (start, end))
            if low < high:
                tfs = tfs.astype(np.uint32)
                tfs[large[low:high].astype(np.int64) - start] = self.file[f"{kind}.large_tfs"][low:high]
        return tfs

    def lengths(self, field: str) -> Array:
        return self.file[f"lengths.{field}"]

    def field_starts(self, docs: Array) -> dict[str, Array]:
        """Returns for each text field the position at which it starts in each of these documents."""
        starts: dict[str, Array] = {}
        at = np.zeros(len(docs), dtype=np.int64)
        for name in FIELD_NAMES:
            starts[name] = at
            at = at + self.lengths(name)[docs] + FIELD_GAP
        return starts

    def breaks(self, name: str, docs: Array) -> tuple[Array, Array]:
        """Returns where the "sentences" or "paragraphs" of documents start: positions, and the index in `docs`."""
        starts = self.file[f"{name}.starts"].astype(np.int64)
        counts = starts[docs.astype(np.int64) + 1] - starts[docs]
        return self.file[name][ragged(starts[docs], counts)].astype(np.int64), np.repeat(np.arange(len(docs)), counts)

    @cached_property
    def form_sizes(self) -> Array:
        """How many bytes each form has, as far as int16 counts: a longer one is like nothing that can be asked.

        Two bytes a form of private memory, once a likeness is asked for.
        """
        return np.minimum(np.diff(self.file["forms.offsets"]), np.iinfo(np.int16).max).astype(np.int16)

    @cached_property
    def form_letters(self) -> Array:
        """Which letters each form has, as bits (see vocabulary). Four bytes a form of private memory, likewise."""
        if not len(self.forms):
            return np.zeros(0, dtype=np.uint32)
        bits = np.array([letter_bit(byte) for byte in range(256)], dtype=np.uint32)
        return np.bitwise_or.reduceat(bits[self.file["forms.text"]], self.file["forms.offsets"][:-1])

    def forms_matrix(self, forms: Array) -> Array:
        """Returns the bytes of these forms, a row each, padded with zeros."""
        starts = self.file["forms.offsets"][forms].astype(np.int64)
        sizes = self.form_sizes[forms]
        matrix = np.zeros((len(forms), int(sizes.max(initial=0))), dtype=np.uint8)
        matrix[np.repeat(np.arange(len(forms)), sizes), ragged(np.zeros(len(forms), dtype=np.int64), sizes)] = (
            self.file["forms.text"][ragged(starts, sizes)]
        )
        return matrix

    @cached_property
    def body_starts(self) -> Array:
        """The position at which the body starts, by document. O(segment), once."""
        starts = np.full(self.count, len(OTHER_FIELDS) * FIELD_GAP, dtype=np.int32)
        for name in OTHER_FIELDS:
            starts += self.lengths(name)
        return starts

    @cached_property
    def position_bits(self) -> int:
        """How many bits a position has at most. O(segment), once."""
        return int((self.body_starts + self.lengths(BODY)).max(initial=0)).bit_length()

    def forms_of_stem(self, stem: int) -> Array:
        start, end = self.extent("stems.form_starts", stem)
        return self.file["stems.forms"][start:end]

    @property
    def section_ids(self) -> Array:
        return self.file["section_ids"]

    @property
    def cards(self) -> Array:
        return self.file["cards"]

    @property
    def card_articles(self) -> Array:
        return self.file["card_articles"]

    @cached_property
    def columns(self) -> dict[str, "Column"]:
        return {field.name: Column(self.file, field.name) for field in KEYWORD_FIELDS}

    def dates(self, field: str) -> Array:
        return self.file[f"dates.{field}"]

    def fingerprints(self) -> list[str]:
        """Returns every document's fingerprint. O(segment)."""
        return [text.decode() for text in Terms(self.file, "fingerprints").all()]


class Column:
    """A keyword field's values by card. `values` is a dictionary of them; `folds` of them folded.

    Where no card has two values, `ordinals` has one a card, `len(values)` standing for none; else those of card `c`
    are `ordinals[starts[c] : starts[c + 1]]`.
    """

    def __init__(self, file: ArrayFile, name: str) -> None:
        self.values = Terms(file, f"values.{name}")
        self.folds = Terms(file, f"folds.{name}")
        self.ordinals = file[f"values.{name}.ordinals"]
        self.starts = file.find(f"values.{name}.starts")
        # Whether each card has a value.
        self.complete = self.starts is None and not bool((self.ordinals == len(self.values)).any())
        self._fold_starts = file[f"folds.{name}.starts"]
        self._fold_ordinals = file[f"folds.{name}.ordinals"]

    def with_fold(self, folded: str) -> list[int]:
        """Returns the ordinals of the values that fold to this text; none for the empty text."""
        fold = self.folds.find(encode(folded)) if folded else None
        if fold is None:
            return []
        found: list[int] = self._fold_ordinals[self._fold_starts[fold] : self._fold_starts[fold + 1]].tolist()
        return found

    def folds_of_values(self) -> Array:
        """Returns for each value the ordinal of its fold."""
        folds = np.empty(len(self.values), dtype=np.int64)
        sizes = self._fold_starts[1:] - self._fold_starts[:-1]
        folds[self._fold_ordinals] = np.repeat(np.arange(len(self.folds)), sizes)
        return folds

    def cards_with(self, ordinals: list[int]) -> Array:
        """Returns for every card whether it has one of these values. O(cards)."""
        wanted = np.zeros(len(self.values) + 1, dtype=bool)
        wanted[ordinals] = True
        entries = wanted[self.ordinals]
        if self.starts is None:
            return entries
        cards = np.zeros(len(self.starts) - 1, dtype=bool)
        cards[np.searchsorted(self.starts, np.flatnonzero(entries), side="right") - 1] = True
        return cards

    def all_entries(self, by_card: Array) -> tuple[Array, Array]:
        """Returns the ordinals of all cards' values, `len(values)` for none, and for each what stands by its card."""
        if self.starts is None:
            return self.ordinals, by_card
        return self.ordinals, np.repeat(by_card, self._sizes)

    @cached_property
    def _sizes(self) -> Array:
        assert self.starts is not None  # noqa: S101
        sizes: Array = self.starts[1:] - self.starts[:-1]
        return sizes

    def entries(self, cards: Array) -> tuple[Array, Array | None]:
        """Returns the ordinals of these cards' values, and for each the index in `cards` of the card.

        None instead of 0, 1, 2 and so on, where each card has one.
        """
        if self.starts is None:
            ordinals = self.ordinals[cards]
            if self.complete:
                return ordinals, None
            having = np.flatnonzero(ordinals < len(self.values))
            return ordinals[having], having
        starts = self.starts[cards].astype(np.int64)
        counts = self.starts[cards + 1].astype(np.int64) - starts
        return self.ordinals[ragged(starts, counts)], np.repeat(np.arange(len(cards)), counts)


def letter_bit(byte: int) -> int:
    """Returns the bit of a byte in `form_letters`: a letter's own, or one shared; the lowest for all past ASCII."""
    return (2 << (byte % 31)) | (byte >= 0x80)


def ragged(starts: Array, counts: Array) -> Array:
    """Returns the indexes start, start + 1, ... of many runs, one run after another."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    return np.repeat(starts - (ends - counts), counts) + np.arange(total)


def smallest(array: Array) -> Array:
    """Returns the array in the smallest unsigned type that holds it."""
    return array.astype(np.min_scalar_type(int(array.max())) if len(array) else np.uint8)


DATE_NAMES = tuple(field.name for field in DATE_FIELDS)
KEYWORD_NAMES = tuple(field.name for field in KEYWORD_FIELDS)
