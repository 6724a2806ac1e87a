"""A segment of the index, read as arrays. The layout of its file is described here and nowhere else.

`forms` and `stems` are dictionaries (see `terms`) over all text fields together. Their arrays, by what indexes them:

| array                     | indexed by | content                                                               |
|---------------------------|------------|-----------------------------------------------------------------------|
| forms.starts              | form       | where its postings start, in the two arrays below                     |
| forms.docs, forms.tfs     | posting    | the document, the number of occurrences in all fields                 |
| forms.position_starts     | form       | where its positions start                                             |
| forms.positions           | occurrence | the position in the document                                          |
| forms.stems               | form       | the ordinal of its stem                                               |
| stems.starts              | stem       | where its postings start                                              |
| stems.docs, stems.tfs     | posting    | the document, the occurrences in the body (0: in other fields only)   |
| stems.F.starts            | stem       | for every other text field F: where its entries start                 |
| stems.F.slots, .tfs       | entry      | the index among the stem's postings, the occurrences in F             |
| stems.form_starts, .forms | stem       | its forms, without those in capitals                                  |
| forward.starts            | document   | where its entries start                                               |
| forward.entries           | entry      | a stem of the document with its weight, see `forward`                 |
| lengths.F                 | document   | the number of tokens in F                                             |
| sentences.starts, paragraphs.starts | document | where its entries start, in the array of that name            |
| sentences, paragraphs     | entry      | the position of the first token                                       |
| section_ids, dates.F, clocks.F, cards, fingerprints | document | a value for each                              |
| statements.*              |            | the statements of documents, see `statements`                         |
| days.F.starts             | document   | where the spans of days begin of which it speaks                      |
| days.F.earliest, .latest  | span       | its first and last day, since 1970                                    |
| card_articles, values.F   | card       | the article id, the ordinals of its values in F: keywords, addresses  |
| values.S                  | document   | the ordinals of its values in S: keywords that are `of_sections`      |

A `starts` array has one number more than what indexes it: the entries of item i run from starts[i] to starts[i + 1].

Another spelling of words (see `text.spellings`) is a form with a mark before it. It has the position of the first
word, and a stem like any form. An abbreviation in capitals (see `text.capitals`) is also a form with a mark. Its stem
is that of its letters, but it is not among the forms of that stem, nor counted with them. Marked forms are the first
of the dictionary, so their ordinals tell them.

Stems have postings for all fields together, since that is what a word is searched in and what its document frequency
counts. Most occurrences are in the body, so their number is stored beside the document; those in other fields are
listed separately. Positions are stored once, with the forms; a stem has those of its forms. The fields of a document
share one range of positions, in the order of the field table with a gap between them: no two fields are adjacent, and
a position determines its field.

A date is an instant, dates.F in seconds since 1970, and a reading of a clock: clocks.F has the seconds by which the
clock is ahead of UTC, times CLOCK_STEP, plus the index in SPANS of how long the span is that the date names.

A card is an article id together with one combination of keyword values; the sections of an article mostly share one.
Facets are counted by card first, then by value, which takes a sixth of the time and counts articles as well. A field
`of_sections` would make a card of each section: its values are kept by document. What a field's values are kept by, a
card or a document, is a row.

A segment has at most MAX_DOCUMENTS documents. A document number thus takes two bytes everywhere, and what a query
stores for each document stays in the processor's cache. A frequency takes one byte; those above 254 are listed apart.

In this package `docs` is an array of document numbers of one segment, ascending unless stated otherwise, of dtype
uint16 or int64. Ordinals are int64. Only modules of this package import from here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from archive.times import OutletTime

from ...fields import ADDRESS_FIELDS, DATE_FIELDS, DAYS_FIELDS, KEYWORD_FIELDS, NAMES_OF_VALUES, SPELLINGS
from ...query import Address, Keyword, ValueTerm
from ...text import JOINTS, SPELLING_MARK
from ..contract import Fingerprint
from .addresses import AddressColumn
from .arrays import ragged
from .columns import KeywordColumn, ValueColumn
from .days import DaysColumn
from .files import Array, ArrayFile, DamagedFileError
from .statements import FIELD_GAP, TEXT_NAMES, Statements
from .terms import Terms, encode

# Increase it with every change of the layout: an index of another version must be rebuilt.
VERSION = 10
MAX_DOCUMENTS = 1 << 16
# A document's positions have at most so many bits: a section of 16 million words.
MAX_POSITION_BITS = 24
EXTENSION = ".arrays"

FIELD_NAMES = TEXT_NAMES
# The field of long texts: every posting of a stem has its frequency.
BODY = "text"
OTHER_FIELDS = tuple(name for name in FIELD_NAMES if name != BODY)
# The value of `kind` for live pages.
LIVE_KIND = "live"
DATE_NAMES = tuple(field.name for field in DATE_FIELDS)
DAYS_NAMES = tuple(field.name for field in DAYS_FIELDS)
# The field of the addresses.
ADDRESSES = ADDRESS_FIELDS[0].name
# With the other names of values, which are stored as values are.
CARD_NAMES = (*(field.name for field in KEYWORD_FIELDS if not field.of_sections), *NAMES_OF_VALUES.values())
# The fields of which each document has values of its own.
SECTION_NAMES = (*(field.name for field in KEYWORD_FIELDS if field.of_sections), SPELLINGS)
KEYWORD_NAMES = (*CARD_NAMES, *SECTION_NAMES)

# The time of a document without one, in seconds since 1970: before every real one, and its negative fits int64 too.
UNDATED = -(2**62)
# A frequency of this value or more: the number itself is in `large_tfs`.
LARGE_TF = 255

# The spans that a date may name, as units of NumPy; None for an instant.
SPANS = (None, "D", "M", "Y")
CLOCK_STEP = len(SPANS)
_SPAN_OF_PRECISION = {"day": 1, "month": 2, "year": 3}

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# An odd number with well-mixed bits (Knuth's, from the golden ratio): the base of the hashes of stems.
_HASH_BASE = 0x9E3779B97F4A7C15


class Segment:
    """The arrays of one segment, mapped. It does not know which of its documents have been deleted."""

    def __init__(self, path: Path, *, checksum: int | None = None) -> None:
        """Opens the file of a segment, which has this checksum at its top. Raises DamagedFileError and OSError."""
        file = self.file = ArrayFile(path, checksum=checksum)
        try:
            self.count: int = file.facts["documents"]
            # For each text field, the number of tokens, and of documents that have any.
            self.tokens: dict[str, int] = file.facts["tokens"]
            self.documents_having: dict[str, int] = file.facts["having"]
        except KeyError as error:
            raise DamagedFileError(path, f"has no {error}") from error
        self._article_pairs: dict[str, ArticlePairs] = {}
        # See `derived`.
        self.derived: dict[str, Any] = {}

    @cached_property
    def forms(self) -> Terms:
        """The dictionary of word forms."""
        return Terms(self.file, "forms")

    @cached_property
    def stems(self) -> Terms:
        """The dictionary of stems."""
        return Terms(self.file, "stems")

    # --- postings ---

    def extent(self, starts: str, ordinal: int) -> tuple[int, int]:
        """Returns where the entries of an ordinal start and end, from the named `starts` array."""
        array = self.file[starts]
        return int(array[ordinal]), int(array[ordinal + 1])

    def frequencies(self, kind: str, start: int, end: int) -> Array:
        """Returns the frequencies of the postings from `start` to before `end`. `kind` is "forms" or "stems".

        The dtype is uint8, or uint32 where one of them is large.
        """
        tfs = self.file.part(f"{kind}.tfs", start, end)
        large = self.file[f"{kind}.large_at"]
        if len(large):
            low, high = np.searchsorted(large, (start, end))
            if low < high:
                tfs = tfs.astype(np.uint32)
                tfs[large[low:high].astype(np.int64) - start] = self.file[f"{kind}.large_tfs"][low:high]
        return tfs

    def forms_of_stem(self, stem: int) -> Array:
        """Returns the ordinals of the forms of a stem (uint32)."""
        start, end = self.extent("stems.form_starts", stem)
        return self.file.part("stems.forms", start, end)

    # --- documents ---

    @property
    def section_ids(self) -> Array:
        """The section id of each document. Shape (documents,), int64."""
        return self.file["section_ids"]

    @property
    def cards(self) -> Array:
        """The card of each document. Shape (documents,), uint16."""
        return self.file["cards"]

    @property
    def card_articles(self) -> Array:
        """The article id of each card. Shape (cards,), int64."""
        return self.file["card_articles"]

    def dates(self, field: str) -> Array:
        """Returns the time of each document in seconds since 1970, or UNDATED. Shape (documents,), int64."""
        return self.file[f"dates.{field}"]

    def clock_spans(self, field: str, docs: Array) -> tuple[Array, Array, Array]:
        """Returns what the clock showed when the date of each of these documents began, and when it ended.

        The third array is the index in SPANS. Both times are in seconds; the second is the first one after the date.
        For an instant it is the next second. The documents must have a date.
        """
        clocks = self.file[f"clocks.{field}"][docs].astype(np.int64)
        spans = clocks % CLOCK_STEP
        starts = self.dates(field)[docs] + clocks // CLOCK_STEP
        ends = starts + 1
        for number, unit in enumerate(SPANS):
            if unit is not None and len(chosen := np.flatnonzero(spans == number)):
                following = starts[chosen].astype("datetime64[s]").astype(f"datetime64[{unit}]") + 1
                ends[chosen] = following.astype("datetime64[s]").astype(np.int64)
        return starts, ends, spans

    def fingerprints(self, live: Array | None = None) -> Iterator[Fingerprint]:
        """Yields the fingerprints of its documents, or of those that are live, ordered as `contract.Engine` says."""
        docs = np.arange(self.count) if live is None else np.flatnonzero(live)
        articles = self.card_articles[self.cards[docs]]
        docs = docs[np.lexsort((self.section_ids[docs], articles))]
        terms = Terms(self.file, "fingerprints")
        for doc in docs.tolist():
            yield int(self.card_articles[self.cards[doc]]), int(self.section_ids[doc]), terms[doc].decode()

    def lengths(self, field: str) -> Array:
        """Returns the number of tokens of each document in a text field. Shape (documents,), unsigned."""
        return self.file[f"lengths.{field}"]

    def field_starts(self, docs: Array) -> dict[str, Array]:
        """Returns for each text field the position at which it starts in each of these documents (int64)."""
        starts: dict[str, Array] = {}
        at = np.zeros(len(docs), dtype=np.int64)
        for name in FIELD_NAMES:
            starts[name] = at
            at = at + self.lengths(name)[docs] + FIELD_GAP
        return starts

    @cached_property
    def body_starts(self) -> Array:
        """The position at which the body of each document starts (int32). O(segment), once."""
        starts = np.full(self.count, len(OTHER_FIELDS) * FIELD_GAP, dtype=np.int32)
        for name in OTHER_FIELDS:
            starts += self.lengths(name)
        return starts

    def words(self, docs: Array) -> Array:
        """Returns the number of tokens of documents in all text fields together. Shape (docs,), int64."""
        words: Array = self.body_starts.take(docs) + self.lengths(BODY).take(docs).astype(np.int64)
        words -= len(OTHER_FIELDS) * FIELD_GAP
        return words

    @cached_property
    def position_bits(self) -> int:
        """The number of bits of the largest position. O(segment), once."""
        return int((self.body_starts + self.lengths(BODY)).max(initial=0)).bit_length()

    def breaks(self, name: str, docs: Array) -> tuple[Array, Array]:
        """Returns where the "sentences" or "paragraphs" of documents start: positions, and indexes into `docs`."""
        starts = self.file[f"{name}.starts"].astype(np.int64)
        first = starts[docs]
        counts = starts[docs.astype(np.int64) + 1] - first
        entries = self.file.runs(name, first, counts)
        return entries[ragged(first, counts)].astype(np.int64), np.repeat(np.arange(len(docs)), counts)

    @cached_property
    def columns(self) -> dict[str, KeywordColumn]:
        """The values of each keyword field."""
        return {name: KeywordColumn(self.file, name) for name in KEYWORD_NAMES}

    @cached_property
    def days(self) -> dict[str, DaysColumn]:
        """The days of which documents speak, by field."""
        return {name: DaysColumn(self.file, name) for name in DAYS_NAMES}

    @cached_property
    def statements(self) -> Statements:
        """The statements of documents."""
        return Statements(self.file)

    @cached_property
    def addresses(self) -> AddressColumn:
        """The addresses of articles."""
        return AddressColumn(self.file, ADDRESSES)

    @cached_property
    def in_live_pages(self) -> Array:
        """For each document whether it is an entry of a live page. Shape (documents,), bool. O(segment), once."""
        column = self.columns["kind"]
        live = column.values.find(encode(LIVE_KIND))
        cards = column.rows_with([] if live is None else [live])
        entries: Array = cards[self.cards]
        return entries

    def article_pairs(self, name: str) -> "ArticlePairs":
        """Returns the pairs of article and value in a field of SECTION_NAMES. O(values log values), once."""
        if name not in self._article_pairs:
            column = self.columns[name]
            at, docs = column.places(np.arange(self.count))
            articles = np.unique(self.card_articles, return_inverse=True)[1][self.cards[docs]]
            keys = articles.astype(np.int64) * len(column.values) + column.ordinals[at]
            _, first, numbers = np.unique(keys, return_index=True, return_inverse=True)
            of_entries = np.zeros(len(column.ordinals), dtype=np.uint32)
            of_entries[at] = numbers
            pairs = ArticlePairs(of_entries, column.ordinals[at[first]], self.cards[docs[first]])
            self._article_pairs[name] = pairs
        return self._article_pairs[name]

    def column(self, name: str) -> ValueColumn:
        """Returns the values of a keyword field, or the addresses."""
        return self.columns.get(name, self.addresses)

    def values_found(self, node: Keyword | ValueTerm | Address, name: str) -> list[int]:
        """Returns the values of one of the node's `fields_searched` that it finds, as ordinals."""
        if isinstance(node, Address):
            return self.addresses.find(node)
        column = self.columns[name]
        return column.equal_to(node.value) if isinstance(node, Keyword) else column.with_words(node)

    def rows_of(self, name: str, docs: Array) -> Array:
        """Returns the rows of documents in the column of a field: themselves, or their cards."""
        rows: Array = docs if name in SECTION_NAMES else self.cards[docs]
        return rows

    def count_rows(self, name: str) -> int:
        """Returns the number of rows in the column of a field."""
        return self.count if name in SECTION_NAMES else len(self.card_articles)

    def rows_found(self, node: Keyword | ValueTerm | Address) -> Array:
        """Returns for each row of the node's field whether it has a value that the node finds. Shape (rows,), bool."""
        found = [self.column(name).rows_with(self.values_found(node, name)) for name in fields_searched(node)]
        having: Array = np.logical_or.reduce(found)
        return having

    # --- made of the dictionaries at first use, in private memory ---

    @cached_property
    def other_spellings(self) -> int:
        """The number of other spellings of words. They are the first of the forms."""
        return self.forms.range_of(SPELLING_MARK)[1]

    @cached_property
    def spelling_widths(self) -> Array:
        """The number of tokens that each other spelling of words stands for (see `text.spelling_width`)."""
        offsets = self.file["forms.offsets"][: self.other_spellings + 1].astype(np.int64)
        letters = self.file["forms.text"][: offsets[-1]]
        joints = np.flatnonzero(np.isin(letters, np.array([ord(joint) for joint in JOINTS], dtype=np.uint8)))
        return 1 + np.diff(np.searchsorted(joints, offsets))

    def written_forms(self, forms: Array) -> Array:
        """Returns those of the forms that tokens have: without other spellings of them."""
        return forms[forms >= self.other_spellings]

    def stem_names(self) -> Array:
        """Returns a 64-bit hash of each stem, the same in every segment. Some 0.1 microseconds a stem.

        In a million stems, two have the same hash with a probability of one in thirty million.
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

    @cached_property
    def form_sizes(self) -> Array:
        """The number of bytes of each form, capped to int16: a longer form is similar to nothing. 2 bytes a form."""
        return np.minimum(np.diff(self.file["forms.offsets"]), np.iinfo(np.int16).max).astype(np.int16)

    @cached_property
    def form_letters(self) -> Array:
        """The letters of each form as a set of bits (uint32), see `letter_bit`. 4 bytes a form."""
        if not len(self.forms):
            return np.zeros(0, dtype=np.uint32)
        bits = np.array([letter_bit(byte) for byte in range(256)], dtype=np.uint32)
        return np.bitwise_or.reduceat(bits[self.file["forms.text"]], self.file["forms.offsets"][:-1])

    def forms_matrix(self, forms: Array) -> Array:
        """Returns the bytes of these forms, one row each, padded with zeros. Shape (forms, longest), uint8."""
        starts = self.file["forms.offsets"][forms].astype(np.int64)
        sizes = self.form_sizes[forms]
        matrix = np.zeros((len(forms), int(sizes.max(initial=0))), dtype=np.uint8)
        matrix[np.repeat(np.arange(len(forms)), sizes), ragged(np.zeros(len(forms), dtype=np.int64), sizes)] = (
            self.file["forms.text"][ragged(starts, sizes)]
        )
        return matrix


@dataclass(frozen=True)
class ArticlePairs:
    """The pairs of an article and a value that its documents have in a field.

    `of_entries` has the pair of each entry of the field's column. By pair, `ordinals` has the value, `cards` a card of
    the article.
    """

    of_entries: Array
    ordinals: Array
    cards: Array


def fields_searched(node: Keyword | ValueTerm | Address) -> tuple[str, ...]:
    """Returns the fields with the values that a node may find: its own, and that of other names of these values."""
    if isinstance(node, Address):
        return (ADDRESSES,)
    return (node.field, NAMES_OF_VALUES[node.field]) if node.field in NAMES_OF_VALUES else (node.field,)


def open_segment(path: Path, checksum: int) -> Segment:
    """Opens the segment that has this checksum. Raises DamagedFileError for whatever is wrong with its file."""
    try:
        return Segment(path, checksum=checksum)
    except OSError as error:
        raise DamagedFileError(path, f"cannot be read ({error.strerror or error})") from error


def to_seconds(moment: datetime) -> int:
    """Returns an aware time in whole seconds since 1970 UTC, rounded down; negative before."""
    return int((moment - _EPOCH).total_seconds() // 1)


def to_microseconds(moment: datetime) -> int:
    """Returns an aware time in microseconds since 1970 UTC, exactly."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def to_clock(time: OutletTime) -> int:
    """Returns the value of a date in `clocks.F`."""
    offset = time.at.utcoffset()
    seconds = int(offset.total_seconds()) if offset else 0
    return seconds * CLOCK_STEP + _SPAN_OF_PRECISION.get(time.precision, 0)


def letter_bit(byte: int) -> int:
    """Returns the bit of a byte in `form_letters`: one for each letter, some shared; the lowest for all non-ASCII."""
    return (2 << (byte % 31)) | (byte >= 0x80)
