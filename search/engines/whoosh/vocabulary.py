"""Which forms of a segment's dictionary a word, a truncation or a likeness takes, as ordinals.

The forms with a prefix are a range of ordinals. For a likeness the dictionary is narrowed by length and by which
letters a form has, over arrays, before the edits of the few that are left are counted, all at once.
"""

from collections import Counter

import numpy as np

from ... import analysis
from ...deadline import check_time
from ...engine import Expansion
from ...patterns import literal_prefix, truncation_parts, truncation_regex, within_edits
from ...tree import Fuzzy, Phrase, Term, Truncation, Word, format_query
from .files import Array
from .segment import Segment, letter_bit
from .terms import encode
from .view import Shard, View

# How many forms of an expansion are named to people.
SHOWN_FORMS = 20
_REMEMBERED = 64
_NO_FORMS: Array = np.zeros(0, dtype=np.int64)
# An edit of one character changes at most so many bytes of UTF-8 that stand in the dictionary's scripts.
_BYTES_PER_CHARACTER = 3
# Forms that are tested between two looks at the clock.
_FORMS_AT_ONCE = 4096
_TESTS_AT_ONCE = 256


def token_count(term: Term) -> int:
    """Returns how many tokens stand side by side in a match of a term."""
    if isinstance(term, Truncation):
        return len(truncation_parts(term.text))
    return len(analysis.forms(term.text))


def find_forms(held: Shard, term: Term, token: int = 0) -> Array:
    """Returns the ordinals, sorted, of the forms that may stand at one token's place in a match of a term.

    A shard remembers the last ones: paging and narrowing ask for the same again.
    """
    key = (term, token)
    found = held.forms_found.get(key)
    if found is None:
        # Another thread may clear what this one stores; what is returned is its own.
        if len(held.forms_found) >= _REMEMBERED:
            held.forms_found.clear()
        found = held.forms_found[key] = _find_forms(held.segment, term, token)
    return found


def expand(view: View, term: Truncation | Fuzzy) -> Expansion:
    """Returns the forms that a term takes; for one of several tokens, those of its last.

    Only the most frequent of each segment are read, for a short prefix takes thousands; so with several segments
    `total` counts those of the largest, and is the least that there are.
    """
    most = max((len(find_forms(held, term, token_count(term) - 1)) for held in view.shards), default=0)
    counted = count_forms(view, term, limit=4 * SHOWN_FORMS)
    return Expansion(format_query(term), tuple(counted[:SHOWN_FORMS]), max(most, len(counted)))


def count_forms(view: View, term: Truncation | Fuzzy, *, limit: int) -> list[tuple[str, int]]:
    """Returns the forms that a term takes, at most so many a segment, with their postings: the most frequent first."""
    counts: Counter[bytes] = Counter()
    for held in view.shards:
        forms = find_forms(held, term, token_count(term) - 1)
        starts = held.segment.file["forms.starts"]
        sizes = starts[forms + 1].astype(np.int64) - starts[forms]
        for place in np.argsort(-sizes, kind="stable")[:limit].tolist():
            counts[held.segment.forms[int(forms[place])]] += int(sizes[place])
    ordered = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    return [(form.decode("utf-8", "replace"), count) for form, count in ordered]


def _find_forms(segment: Segment, term: Term, token: int) -> Array:
    match term:
        case Word(text):
            stem = segment.stems.find(encode(analysis.stem(analysis.forms(text)[token])))
            return _NO_FORMS if stem is None else np.sort(segment.forms_of_stem(stem)).astype(np.int64)
        case Phrase(text):
            form = segment.forms.find(encode(analysis.forms(text)[token]))
            return _NO_FORMS if form is None else np.array([form], dtype=np.int64)
        case Truncation(text):
            return _fitting(segment, truncation_parts(text)[token])
        case Fuzzy(text, edits):
            return _alike(segment, analysis.forms(text)[0], edits)


def _fitting(segment: Segment, part: str) -> Array:
    """Returns the forms that fit a pattern: those with its literal prefix, tested unless nothing but `*` follows."""
    prefix = literal_prefix(part)
    first = segment.forms.first_from(encode(prefix))
    # No byte of UTF-8 is 0xff, so what begins with the prefix ends before it.
    last = segment.forms.first_from(encode(prefix) + b"\xff")
    if part == prefix + "*":
        return np.arange(first, last)
    fits = truncation_regex(part).fullmatch
    fitting: list[int] = []
    for start in range(first, last, _FORMS_AT_ONCE):
        check_time()
        forms = segment.forms.between(start, min(start + _FORMS_AT_ONCE, last))
        fitting.extend(
            ordinal for ordinal, form in enumerate(forms, start) if fits(form.decode("utf-8", "surrogatepass"))
        )
    return np.array(fitting, dtype=np.int64)


def _alike(segment: Segment, word: str, edits: int) -> Array:
    """Returns the forms within so many edits of a word."""
    term = encode(word)
    sizes, letters = segment.form_sizes, segment.form_letters
    # An edit changes one byte and two letters at most, and more of both where either has a byte past ASCII.
    plain = (letters & _PAST_ASCII) == 0
    bytes_an_edit = np.where(plain, 1 if word.isascii() else _BYTES_PER_CHARACTER, _BYTES_PER_CHARACTER)
    candidates = np.flatnonzero(np.abs(sizes - len(term)) <= edits * bytes_an_edit)
    differing = np.bitwise_count(letters[candidates] ^ letters_of(term))
    # One letter more for the bit that says "past ASCII", which an edit can give or take.
    candidates = candidates[differing <= 2 * edits * bytes_an_edit[candidates] + (bytes_an_edit[candidates] > 1)]
    if sum(not character.isascii() for character in word) > edits:
        # Each such character is an edit away from any ASCII, so that no plain form is near enough.
        candidates = candidates[~plain[candidates]]
    ascii_only = candidates[plain[candidates]] if word.isascii() else candidates[:0]
    found = [ascii_only[:0]]
    for start in range(0, len(ascii_only), _FORMS_AT_ONCE):
        some = ascii_only[start : start + _FORMS_AT_ONCE]
        found.append(some[_within(term, segment.forms_matrix(some), sizes[some], edits)])
    tested: list[int] = []
    for number, ordinal in enumerate((candidates[~plain[candidates]] if word.isascii() else candidates).tolist()):
        if number % _TESTS_AT_ONCE == 0:
            check_time()
        if within_edits(word, segment.forms[ordinal].decode("utf-8", "surrogatepass"), edits):
            tested.append(ordinal)
    return np.sort(np.concatenate([*found, np.array(tested, dtype=np.int64)]))


# The bit of `letters` that says that a term has a byte past ASCII.
_PAST_ASCII = np.uint32(1)


def letters_of(term: bytes) -> np.uint32:
    """Returns which letters a term has, as bits: two terms few edits apart differ in few of them."""
    letters = 0
    for byte in term:
        letters |= letter_bit(byte)
    return np.uint32(letters)


def _within(term: bytes, matrix: Array, sizes: Array, edits: int) -> Array:
    """Returns which rows of a matrix of bytes, padded with zeros, are within so many edits of a term.

    The same recurrence as `patterns.within_edits`, a column of all rows at a time. O(rows x length squared).
    """
    check_time()
    rows, width = matrix.shape
    if not rows:
        return np.zeros(0, dtype=bool)
    cap = np.uint8(edits + 1)
    before_last = last = np.minimum(np.arange(width + 1, dtype=np.uint8)[:, None], cap).repeat(rows, axis=1)
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
