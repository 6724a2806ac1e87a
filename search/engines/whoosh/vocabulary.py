"""The word forms that a word, phrase, truncation or fuzzy term matches, as ordinals in a segment's dictionary.

The forms with a prefix are a range of ordinals. For a fuzzy term the dictionary is first narrowed by length and by
the letters in each form, and then the edits of the remaining forms are counted, all at once. How ordinals turn into
documents belongs to `leaves` and `spans`. Only modules of this package import from here.
"""

import heapq
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from ...query import (
    Fuzzy,
    Phrase,
    Term,
    Truncation,
    Word,
    format_query,
    literal_prefix,
    truncation_parts,
    truncation_regex,
    within_edits,
)
from ...text import Slot, phrase_forms, readings, stem_form, word_forms
from ..contract import Expansion
from ..deadline import check_time
from .arrays import distinct, ragged
from .batches import by_forms
from .files import Array
from .segment import Segment, letter_bit
from .snapshot import SegmentReader, Snapshot
from .terms import decode, encode

# An expansion lists its most frequent forms only; people do not read more.
MAX_SHOWN_FORMS = 20
_MAX_CACHED_TERMS = 64
# Fewer forms than this are all counted.
_MAX_COUNTED_FORMS = 512
_NO_FORMS: Array = np.zeros(0, dtype=np.int64)
# The bytes of UTF-8 that an edit of one character can change.
_MAX_CHARACTER_BYTES = 4
# How many forms are tested between two checks of the time: in a batch, and one by one.
_FORMS_AT_ONCE = 4096
_TESTS_AT_ONCE = 256


def find_readings(reader: SegmentReader, term: Term) -> list[list[Array]]:
    """Returns the forms that each token of a term matches, for each of its readings: ordinals, ascending, int64.

    Only a Word can have several readings (see `text.spellings`). The last results are cached, since paging and
    filtering ask for the same terms again.
    """
    found = reader.form_cache.get(term)
    if found is None:
        # Another thread may clear the cache at any moment; the local variable stays.
        if len(reader.form_cache) >= _MAX_CACHED_TERMS:
            reader.form_cache.clear()
        found = reader.form_cache[term] = _find_readings(reader.segment, term)
    return found


def find_forms(reader: SegmentReader, term: Term) -> Array:
    """Returns the forms of a term of one token: ordinals, ascending, int64."""
    return find_readings(reader, term)[0][0]


def _find_readings(segment: Segment, term: Term) -> list[list[Array]]:
    match term:
        case Word(text):
            return [[_slot_forms(segment, slot, alone=len(slots) == 1) for slot in slots] for slots in readings(text)]
        case Phrase(text):
            return [[_form(segment, form) for form in phrase_forms(text)]]
        case Truncation(text):
            return [[_truncation_forms(segment, part) for part in truncation_parts(text)]]
        case Fuzzy(text, edits):
            return [[_fuzzy_forms(segment, word_forms(text)[0], edits)]]


def _slot_forms(segment: Segment, slot: Slot, *, alone: bool) -> Array:
    """Returns the forms of a place in a reading. A spelling of several tokens matches only a place that is `alone`."""
    forms = _stem_forms(segment, slot.stem)
    if not alone:
        forms = forms[~np.isin(forms, np.flatnonzero(segment.spelling_widths > 1))]
    others = [segment.written_forms(_stem_forms(segment, stem)) for stem in slot.others]
    return distinct(np.concatenate((forms, *others)))


def _stem_forms(segment: Segment, stem: str) -> Array:
    ordinal = segment.stems.find(encode(stem)) if stem else None
    return _NO_FORMS if ordinal is None else segment.forms_of_stem(ordinal).astype(np.int64)


def _form(segment: Segment, form: str) -> Array:
    ordinal = segment.forms.find(encode(form))
    return _NO_FORMS if ordinal is None else np.array([ordinal], dtype=np.int64)


# --- counting forms ---


def expand(snapshot: Snapshot, term: Truncation | Fuzzy) -> Expansion:
    """Returns the forms of a term with the number of sections of each. A term of several tokens: its last token."""
    forms = [_live_forms(reader, find_readings(reader, term)[0][-1]) for reader in snapshot.readers]
    shown = most_frequent(snapshot, forms, limit=MAX_SHOWN_FORMS)
    if len(forms) == 1:
        return Expansion(format_query(term), shown, len(forms[0]))
    distinct: set[bytes] = set()
    for reader, ordinals in zip(snapshot.readers, forms, strict=True):
        check_time()
        distinct.update(reader.segment.forms.several(ordinals))
    return Expansion(format_query(term), shown, len(distinct))


def most_frequent(snapshot: Snapshot, forms: Sequence[Array], *, limit: int) -> tuple[tuple[str, int], ...]:
    """Returns the forms with the most live sections, each with their exact number; ties are ordered by form.

    `forms` has the ordinals for each segment. A few are all counted. Of many, those with the most postings in each
    segment are counted, as deep as necessary: no form further down can have more sections than the numbers of
    postings at that depth add up to (Fagin's threshold algorithm, 2001).
    """
    if sum(map(len, forms)) <= _MAX_COUNTED_FORMS:
        return _in_order(_count_all(snapshot, forms), limit)
    sizes = [_posting_counts(reader, ordinals) for reader, ordinals in zip(snapshot.readers, forms, strict=True)]
    orders = [np.argsort(-size, kind="stable") for size in sizes]
    counts: dict[bytes, int] = {}
    done, depth = 0, max(limit, 1)
    while True:
        check_time()
        for reader, ordinals, order in zip(snapshot.readers, forms, orders, strict=True):
            for form in reader.segment.forms.several(ordinals[order[done:depth]]):
                if form not in counts:
                    counts[form] = sum(_count_live(other, form) for other in snapshot.readers)
        best = _in_order(counts, limit)
        beyond = sum(int(size[order[depth]]) for size, order in zip(sizes, orders, strict=True) if depth < len(order))
        if not beyond or (len(best) == limit and (not limit or best[-1][1] > beyond)):
            return best
        done, depth = depth, 2 * depth


def count_sections(snapshot: Snapshot, word: str) -> int:
    """Returns the number of documents with any form of a word of one token.

    Deleted ones are included, at the cost of one lookup for each segment; those that are masked are not, at the cost
    of reading the postings where something is masked.
    """
    total = 0
    term = encode(stem_form(word))
    for reader in snapshot.readers:
        stem = reader.segment.stems.find(term)
        if stem is not None:
            start, end = reader.segment.extent("stems.starts", stem)
            total += end - start
            if reader.masked is not None:
                total -= int(np.count_nonzero(reader.masked[reader.segment.file.part("stems.docs", start, end)]))
    return total


def _live_forms(reader: SegmentReader, forms: Array) -> Array:
    """Returns those of the forms that occur in a live document."""
    return forms if reader.live is None else forms[_live_counts(reader, forms) > 0]


def _live_counts(reader: SegmentReader, forms: Array) -> Array:
    """Returns the number of live documents with each form. Shape (forms,), int64. O(postings)."""
    counts = [np.zeros(0, dtype=np.int64)]
    for batch in by_forms(reader, forms):
        sizes = _posting_counts(reader, batch)
        if reader.live is not None and len(batch):
            first = reader.segment.file["forms.starts"][batch].astype(np.int64)
            docs = reader.segment.file.runs("forms.docs", first, sizes)
            live = reader.live[docs[ragged(first, sizes)]]
            sizes = np.add.reduceat(live, np.cumsum(sizes) - sizes, dtype=np.int64)
        counts.append(sizes)
    return np.concatenate(counts)


def _posting_counts(reader: SegmentReader, forms: Array) -> Array:
    """Returns the number of documents, deleted ones included, with each form. Shape (forms,), int64."""
    starts = reader.segment.file["forms.starts"]
    counts: Array = starts[forms + 1].astype(np.int64) - starts[forms]
    return counts


def _count_all(snapshot: Snapshot, forms: Sequence[Array]) -> Counter[bytes]:
    counts: Counter[bytes] = Counter()
    for reader, ordinals in zip(snapshot.readers, forms, strict=True):
        live = _live_counts(reader, ordinals).tolist()
        for form, count in zip(reader.segment.forms.several(ordinals), live, strict=True):
            counts[form] += count
    return counts


def _count_live(reader: SegmentReader, form: bytes) -> int:
    segment = reader.segment
    ordinal = segment.forms.find(form)
    if ordinal is None:
        return 0
    return reader.count_live(segment.file.part("forms.docs", *segment.extent("forms.starts", ordinal)))


def _in_order(counts: Mapping[bytes, int], limit: int) -> tuple[tuple[str, int], ...]:
    """Returns the most frequent forms, without those that no live section has."""
    live = (entry for entry in counts.items() if entry[1])
    ordered = heapq.nsmallest(limit, live, key=lambda entry: (-entry[1], entry[0]))
    return tuple((form.decode("utf-8", "replace"), count) for form, count in ordered)


# --- truncation ---


def _truncation_forms(segment: Segment, part: str) -> Array:
    """Returns the forms that match a pattern: those with its literal prefix, each tested unless only `*` follows."""
    prefix = literal_prefix(part)
    first, last = segment.forms.range_of(prefix)
    first = max(first, segment.other_spellings)
    if part == prefix + "*":
        return np.arange(first, last)
    matches = truncation_regex(part).fullmatch
    matching: list[int] = []
    for start in range(first, last, _FORMS_AT_ONCE):
        check_time()
        forms = segment.forms.between(start, min(start + _FORMS_AT_ONCE, last))
        matching.extend(ordinal for ordinal, form in enumerate(forms, start) if matches(decode(form)))
    return np.array(matching, dtype=np.int64)


# --- fuzzy terms ---

# The bit of `letters_of` that is set by any byte outside ASCII.
_NOT_ASCII = np.uint32(1)


def _fuzzy_forms(segment: Segment, word: str, edits: int) -> Array:
    """Returns the forms within so many edits of a word."""
    ascii_only = (segment.form_letters & _NOT_ASCII) == 0
    found = [
        _fuzzy_ascii_forms(segment, word, edits, ascii_only),
        _fuzzy_other_forms(segment, word, edits, ~ascii_only),
    ]
    return segment.written_forms(np.sort(np.concatenate(found)))


def _fuzzy_ascii_forms(segment: Segment, word: str, edits: int, ascii_only: Array) -> Array:
    """Returns the matching ASCII forms. They have one byte a character, so their edits are counted all at once.

    A character of the word outside ASCII equals none of theirs; nor does the question mark that replaces it here.
    """
    if sum(not character.isascii() for character in word) > edits:
        return _NO_FORMS
    term = word.encode("ascii", "replace")
    candidates = np.flatnonzero(ascii_only & (np.abs(segment.form_sizes - len(term)) <= edits))
    # An edit changes at most two letters of the set: one goes, one comes.
    differing = np.bitwise_count(segment.form_letters[candidates] ^ letters_of(term.replace(b"?", b"")))
    candidates = candidates[differing <= 2 * edits]
    matching = [_NO_FORMS]
    for start in range(0, len(candidates), _FORMS_AT_ONCE):
        check_time()
        forms = candidates[start : start + _FORMS_AT_ONCE]
        matching.append(forms[_within(term, segment.forms_matrix(forms), segment.form_sizes[forms], edits)])
    return np.concatenate(matching)


def _fuzzy_other_forms(segment: Segment, word: str, edits: int, others: Array) -> Array:
    """Returns the matching forms with a character outside ASCII. There are few, and they are tested one by one."""
    term = encode(word)
    max_bytes = edits * _MAX_CHARACTER_BYTES
    candidates = np.flatnonzero(others & (np.abs(segment.form_sizes - len(term)) <= max_bytes))
    differing = np.bitwise_count(segment.form_letters[candidates] ^ letters_of(term))
    # One more, since an edit can set or clear the bit for "not ASCII".
    candidates = candidates[differing <= 2 * max_bytes + 1]
    matching: list[int] = []
    for number, ordinal in enumerate(candidates.tolist()):
        if number % _TESTS_AT_ONCE == 0:
            check_time()
        if within_edits(word, decode(segment.forms[ordinal]), edits):
            matching.append(ordinal)
    return np.array(matching, dtype=np.int64)


def letters_of(term: bytes) -> np.uint32:
    """Returns the letters of a term as a set of bits. Terms that differ by a few edits differ in few bits."""
    letters = 0
    for byte in term:
        letters |= letter_bit(byte)
    return np.uint32(letters)


def _within(term: bytes, matrix: Array, sizes: Array, edits: int) -> Array:
    """Returns which rows of a matrix are within so many edits of a term. Shape (rows,), bool.

    `matrix` has the bytes of a form in each row, padded with zeros, and `sizes` their numbers. The recurrence is that
    of `query.within_edits`, for one column of all rows at a time. O(rows x length squared).
    """
    rows, width = matrix.shape
    if not rows:
        return np.zeros(0, dtype=bool)
    cap = np.uint8(edits + 1)
    before_last = last = np.minimum(np.arange(width + 1)[:, None], cap).astype(np.uint8).repeat(rows, axis=1)
    columns = matrix.T
    for row, left in enumerate(term, start=1):
        current = np.empty_like(last)
        current[0] = min(row, int(cap))
        differs = columns != left
        swapped = (columns[:-1] == left) & (columns[1:] == term[row - 2]) if row > 1 else None
        for column in range(1, width + 1):
            cost = np.minimum(last[column], current[column - 1]) + np.uint8(1)
            np.minimum(cost, last[column - 1] + differs[column - 1], out=cost)
            if swapped is not None and column > 1:
                swap = before_last[column - 2] + np.uint8(1)
                np.copyto(cost, np.minimum(cost, swap), where=swapped[column - 2])
            current[column] = np.minimum(cost, cap)
        before_last, last = last, current
    within: Array = last[sizes, np.arange(rows)] <= edits
    return within
