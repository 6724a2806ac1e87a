"""Which forms of a segment's dictionary a word, a truncation or a likeness takes, as ordinals.

The forms with a prefix are a range of ordinals. For a likeness the dictionary is narrowed by length and by which
letters a form has, over arrays, before the edits of the few that are left are counted, all at once.
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
from ...text import stem_form, word_forms
from ..contract import Expansion
from ..deadline import check_time
from .batches import by_forms
from .files import Array
from .segment import Segment, letter_bit, ragged
from .terms import decode, encode
from .view import Shard, View

# How many forms of an expansion are named to people.
SHOWN_FORMS = 20
_REMEMBERED = 64
# Up to so many forms are counted one and all.
_FEW_FORMS = 512
_NO_FORMS: Array = np.zeros(0, dtype=np.int64)
# An edit of one character changes at most so many bytes of UTF-8.
_BYTES_PER_CHARACTER = 4
# Forms that are tested between two looks at the clock.
_FORMS_AT_ONCE = 4096
_TESTS_AT_ONCE = 256


def token_count(term: Term) -> int:
    """Returns how many tokens stand side by side in a match of a term."""
    if isinstance(term, Truncation):
        return len(truncation_parts(term.text))
    return len(word_forms(term.text))


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
    """Returns the forms that a term takes, counted over all segments; for one of several tokens, those of its last."""
    found = [_live_forms(held, find_forms(held, term, token_count(term) - 1)) for held in view.shards]
    shown = most_frequent(view, found, limit=SHOWN_FORMS)
    if len(found) == 1:
        return Expansion(format_query(term), shown, len(found[0]))
    taken: set[bytes] = set()
    for held, forms in zip(view.shards, found, strict=True):
        check_time()
        taken.update(held.segment.forms.several(forms))
    return Expansion(format_query(term), shown, len(taken))


def most_frequent(view: View, found: Sequence[Array], *, limit: int) -> tuple[tuple[str, int], ...]:
    """Returns of the forms found, by segment, those that most live sections have, with how many; then by form. Exact.

    Few are all counted. Of many, those with the most postings in each segment are, as deep as needed: no form deeper
    down can have more than the postings there are at that depth, all segments together (Fagin's threshold algorithm).
    """
    if sum(map(len, found)) <= _FEW_FORMS:
        return _in_order(_count_all(view, found), limit)
    sizes = [_postings(held, forms) for held, forms in zip(view.shards, found, strict=True)]
    orders = [np.argsort(-size, kind="stable") for size in sizes]
    counts: dict[bytes, int] = {}
    done, depth = 0, max(limit, 1)
    while True:
        check_time()
        for held, forms, order in zip(view.shards, found, orders, strict=True):
            for form in held.segment.forms.several(forms[order[done:depth]]):
                if form not in counts:
                    counts[form] = sum(_count_live(other, form) for other in view.shards)
        best = _in_order(counts, limit)
        beyond = sum(int(size[order[depth]]) for size, order in zip(sizes, orders, strict=True) if depth < len(order))
        if not beyond or (len(best) == limit and (not limit or best[-1][1] > beyond)):
            return best
        done, depth = depth, 2 * depth


def _live_forms(held: Shard, forms: Array) -> Array:
    """Returns those of the forms that a live section has."""
    return forms if held.live is None else forms[_live_postings(held, forms) > 0]


def _live_postings(held: Shard, forms: Array) -> Array:
    """Returns how many live sections have each of the forms. O(postings)."""
    counts = [np.zeros(0, dtype=np.int64)]
    for batch in by_forms(held, forms):
        sizes = _postings(held, batch)
        if held.live is not None and len(batch):
            first = held.segment.file["forms.starts"][batch].astype(np.int64)
            live = held.live[held.segment.file["forms.docs"][ragged(first, sizes)]]
            sizes = np.add.reduceat(live, np.cumsum(sizes) - sizes, dtype=np.int64)
        counts.append(sizes)
    return np.concatenate(counts)


def _count_all(view: View, found: Sequence[Array]) -> Counter[bytes]:
    counts: Counter[bytes] = Counter()
    for held, forms in zip(view.shards, found, strict=True):
        live = _live_postings(held, forms).tolist()
        for form, count in zip(held.segment.forms.several(forms), live, strict=True):
            counts[form] += count
    return counts


def _count_live(held: Shard, form: bytes) -> int:
    ordinal = held.segment.forms.find(form)
    if ordinal is None:
        return 0
    return held.count_live(held.segment.file["forms.docs"][slice(*held.segment.extent("forms.starts", ordinal))])


def _postings(held: Shard, forms: Array) -> Array:
    starts = held.segment.file["forms.starts"]
    counts: Array = starts[forms + 1].astype(np.int64) - starts[forms]
    return counts


def _in_order(counts: Mapping[bytes, int], limit: int) -> tuple[tuple[str, int], ...]:
    """Returns the most frequent of the forms, without those that are in no live section any more."""
    having = (entry for entry in counts.items() if entry[1])
    ordered = heapq.nsmallest(limit, having, key=lambda entry: (-entry[1], entry[0]))
    return tuple((form.decode("utf-8", "replace"), count) for form, count in ordered)


def count_postings(view: View, word: str) -> int:
    """Returns how many documents have a word of one token in any form, deleted ones included. A lookup a segment."""
    total = 0
    term = encode(stem_form(word))
    for held in view.shards:
        stem = held.segment.stems.find(term)
        if stem is not None:
            start, end = held.segment.extent("stems.starts", stem)
            total += end - start
    return total


def _find_forms(segment: Segment, term: Term, token: int) -> Array:
    match term:
        case Word(text):
            stem = segment.stems.find(encode(stem_form(word_forms(text)[token])))
            return _NO_FORMS if stem is None else np.sort(segment.forms_of_stem(stem)).astype(np.int64)
        case Phrase(text):
            form = segment.forms.find(encode(word_forms(text)[token]))
            return _NO_FORMS if form is None else np.array([form], dtype=np.int64)
        case Truncation(text):
            return _fitting(segment, truncation_parts(text)[token])
        case Fuzzy(text, edits):
            return _alike(segment, word_forms(text)[0], edits)


def _fitting(segment: Segment, part: str) -> Array:
    """Returns the forms that fit a pattern: those with its literal prefix, tested unless nothing but `*` follows."""
    prefix = literal_prefix(part)
    first, last = segment.forms.range_of(prefix)
    if part == prefix + "*":
        return np.arange(first, last)
    fits = truncation_regex(part).fullmatch
    fitting: list[int] = []
    for start in range(first, last, _FORMS_AT_ONCE):
        check_time()
        forms = segment.forms.between(start, min(start + _FORMS_AT_ONCE, last))
        fitting.extend(ordinal for ordinal, form in enumerate(forms, start) if fits(decode(form)))
    return np.array(fitting, dtype=np.int64)


def _alike(segment: Segment, word: str, edits: int) -> Array:
    """Returns the forms within so many edits of a word."""
    plain = (segment.form_letters & _PAST_ASCII) == 0
    return np.sort(
        np.concatenate([_plain_alike(segment, word, edits, plain), _others_alike(segment, word, edits, ~plain)])
    )


def _plain_alike(segment: Segment, word: str, edits: int, plain: Array) -> Array:
    """The forms of ASCII alone: a byte a character, so that their edits are counted all at once.

    A character of the word past ASCII is unlike any of theirs, as is the question mark that stands for it here.
    """
    if sum(not character.isascii() for character in word) > edits:
        return _NO_FORMS
    term = word.encode("ascii", "replace")
    candidates = np.flatnonzero(plain & (np.abs(segment.form_sizes - len(term)) <= edits))
    # An edit changes two letters at most.
    differing = np.bitwise_count(segment.form_letters[candidates] ^ letters_of(term.replace(b"?", b"")))
    candidates = candidates[differing <= 2 * edits]
    found = [_NO_FORMS]
    for start in range(0, len(candidates), _FORMS_AT_ONCE):
        check_time()
        some = candidates[start : start + _FORMS_AT_ONCE]
        found.append(some[_within(term, segment.forms_matrix(some), segment.form_sizes[some], edits)])
    return np.concatenate(found)


def _others_alike(segment: Segment, word: str, edits: int, others: Array) -> Array:
    """The forms with a character past ASCII, which are few."""
    term = encode(word)
    bytes_of_edits = edits * _BYTES_PER_CHARACTER
    candidates = np.flatnonzero(others & (np.abs(segment.form_sizes - len(term)) <= bytes_of_edits))
    differing = np.bitwise_count(segment.form_letters[candidates] ^ letters_of(term))
    # One letter more for the bit that says "past ASCII", which an edit can give or take.
    candidates = candidates[differing <= 2 * bytes_of_edits + 1]
    tested: list[int] = []
    for number, ordinal in enumerate(candidates.tolist()):
        if number % _TESTS_AT_ONCE == 0:
            check_time()
        if within_edits(word, decode(segment.forms[ordinal]), edits):
            tested.append(ordinal)
    return np.array(tested, dtype=np.int64)


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
