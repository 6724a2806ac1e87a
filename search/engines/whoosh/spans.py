"""Where operands stand: occurrences of terms in documents, and nearness between them. Over arrays, for candidates.

A span is where an operand matches: the document, its first and its last position. Positions run through all fields of
a document, a gap between, so a span's first position tells its field, its sentence and its paragraph.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...fields import HLEAD, LEAD_WORDS
from ...query import Distance, Near, Operand, Or, children
from ..deadline import check_time
from .batches import TooManyError, by_forms
from .files import Array
from .leaves import adjacent, fields_of
from .leaves import occurrences as few_occurrences
from .segment import BODY, FIELD_NAMES, LARGE_TF, ragged
from .view import Shard
from .vocabulary import find_forms, token_count

# A document and a position in one number; a position has 24 bits (see building).
_POSITION_BITS = 24
# Up to so many forms are gone through one by one.
_FEW_FORMS = 16
# Pairs in one direction that one nearness inside another may make in a batch of documents: they take 40 ms.
MAX_PAIRS = 100_000
# And in one document, which cannot be cut: what a paragraph of 10,000 words makes, in 100 ms.
MAX_PAIRS_OF_ONE = 400_000


@dataclass(frozen=True)
class Spans:
    """Matches of an operand: document, first and last position of each; in no order."""

    owners: Array
    starts: Array
    ends: Array

    def __len__(self) -> int:
        return len(self.owners)

    def take(self, chosen: Array) -> "Spans":
        return Spans(self.owners[chosen], self.starts[chosen], self.ends[chosen])


def find_spans(held: Shard, node: Operand, docs: Array) -> Spans:
    """Returns every span of an operand in these documents, each once. Raises TooManyError, see near_pairs."""
    check_time()
    match node:
        case Or(parts):
            return _distinct([find_spans(held, part, docs) for part in parts])  # type: ignore[arg-type]
        case Near(left, right, distance, ordered):
            return near_pairs(
                held, find_spans(held, left, docs), find_spans(held, right, docs), distance, ordered=ordered
            )
        case _:
            terms = term_forms(held, node)
            tokens = len(terms)
            if all(map(len, terms)):
                owners, positions = adjacent(held, docs, terms, read=occurrences)
            else:
                owners = positions = np.zeros(0, dtype=np.int64)
            if node.field == HLEAD.name:
                # Most occurrences lie behind the lead; what is done with the rest then costs little.
                chosen = np.flatnonzero(positions < held.segment.body_starts[owners] + LEAD_WORDS)
                owners, positions = owners[chosen], positions[chosen]
            starts = positions.astype(np.int64)
            spans = Spans(owners.astype(np.int64), starts, starts + tokens - 1)
            return spans if node.field is None else spans.take(in_region(held, spans, node.field))


def term_forms(held: Shard, node: Operand) -> list[Array]:
    """Returns the forms at the place of each token of the terms that an operand is made of."""
    if isinstance(node, Or | Near):
        return [forms for part in children(node) for forms in term_forms(held, part)]  # type: ignore[arg-type]
    return [find_forms(held, node, token) for token in range(token_count(node))]


def in_region(held: Shard, spans: Spans, region: str) -> Array:
    """Returns which spans lie in a text field, or in headline and lead."""
    fields = fields_of(held, spans.owners, spans.starts)
    if region in FIELD_NAMES:
        here: Array = fields == FIELD_NAMES.index(region)
        return here
    body = FIELD_NAMES.index(BODY)
    lead: Array = (fields == body) & (spans.ends < held.segment.body_starts[spans.owners] + LEAD_WORDS)
    lead |= (fields == FIELD_NAMES.index("headline")) | (fields == FIELD_NAMES.index("heading"))
    return lead


def having_forms(held: Shard, forms: Array) -> Array:
    """Returns for each document of the segment whether it has any of the forms."""
    flags = np.zeros(held.segment.count, dtype=bool)
    for batch in by_forms(held, forms):
        flags[_postings_of(held, batch)[0]] = True
    return flags


def count_of_forms(held: Shard, forms: Array) -> Array:
    """Returns how often any of the forms occurs in each document of the segment."""
    totals = np.zeros(held.segment.count)
    for batch in by_forms(held, forms):
        having, tfs = _postings_of(held, batch)
        totals += np.bincount(having, weights=tfs, minlength=len(totals))
    return totals


def _postings_of(held: Shard, forms: Array) -> tuple[Array, Array]:
    """Returns the postings of forms, one form after another: documents, frequencies."""
    file = held.segment.file
    starts = file["forms.starts"]
    first = starts[forms].astype(np.int64)
    counts = starts[forms + 1].astype(np.int64) - first
    places = ragged(first, counts)
    tfs = file["forms.tfs"][places].astype(np.int64)
    large = np.flatnonzero(tfs == LARGE_TF)
    if len(large):
        tfs[large] = file["forms.large_tfs"][np.searchsorted(file["forms.large_at"], places[large])]
    return file["forms.docs"][places], tfs


def occurrences(held: Shard, docs: Array, forms: Array) -> tuple[Array, Array]:
    """Returns each occurrence of any of the forms in the documents: the document, the position.

    `leaves.occurrences` goes form by form, which is quicker for a few; this one takes thousands at once.
    """
    if len(forms) <= _FEW_FORMS or not len(docs):
        return few_occurrences(held, docs, forms if len(docs) else forms[:0])
    file = held.segment.file
    flags = np.zeros(held.segment.count, dtype=bool)
    flags[docs] = True
    owners, positions = [], []
    for batch in by_forms(held, forms):
        having, tfs = _postings_of(held, batch)
        starts = file["forms.starts"]
        counts = starts[batch + 1].astype(np.int64) - starts[batch]
        passed = np.cumsum(tfs) - tfs
        first_posting = np.cumsum(counts) - counts
        base = file["forms.position_starts"][batch].astype(np.int64) - passed[first_posting]
        at = np.repeat(base, counts) + passed
        chosen = np.flatnonzero(flags[having])
        tfs = tfs[chosen]
        owners.append(np.repeat(having[chosen], tfs))
        positions.append(file["forms.positions"][ragged(at[chosen], tfs)])
    return np.concatenate(owners), np.concatenate(positions)


# --- nearness ---


def has_near(held: Shard, left: Spans, right: Spans, distance: Distance, *, ordered: bool) -> Array:
    """Returns which spans on the left have one on the right within the distance. O(spans), sorted.

    Only the nearest on each side is looked at: if that is too far, or in another field, so are the others.
    """
    check_time()
    if not len(left) or not len(right):
        return np.zeros(len(left), dtype=bool)
    if not isinstance(distance, int):
        return _has_in_group(held, left, right, distance, ordered=ordered)
    left_fields = fields_of(held, left.owners, left.starts)
    after = right.take(np.argsort(_keys(right.owners, right.starts)))
    at = np.searchsorted(_keys(after.owners, after.starts), _keys(left.owners, left.ends), side="right")
    found = _close(held, left, left_fields, after, at, distance, forward=True)
    if not ordered:
        check_time()
        before = right.take(np.argsort(_keys(right.owners, right.ends)))
        at = np.searchsorted(_keys(before.owners, before.ends), _keys(left.owners, left.starts), side="left") - 1
        found |= _close(held, left, left_fields, before, at, distance, forward=False)
    return found


def _close(
    held: Shard, left: Spans, left_fields: Array, right: Spans, at: Array, distance: int, *, forward: bool
) -> Array:
    """Returns whether each left span and the right one at an index (past either end: none) are close, in one field."""
    inside = (at >= 0) & (at < len(right))
    near = right.take(np.where(inside, at, 0))
    gap = near.starts - left.ends if forward else left.starts - near.ends
    close: Array = inside & (near.owners == left.owners) & (gap >= 1) & (gap <= distance)
    if close.any():
        chosen = np.flatnonzero(close)
        fields = fields_of(held, near.owners[chosen], near.starts[chosen])
        close[chosen] = fields == left_fields[chosen]
    return close


def _has_in_group(held: Shard, left: Spans, right: Spans, unit: str, *, ordered: bool) -> Array:
    """The same within a sentence or paragraph: by the first and the last span of the right in each."""
    groups, count = _groups(held, unit, [left, right])
    latest_start = np.full(count, -1, dtype=np.int64)
    np.maximum.at(latest_start, groups[1], right.starts)
    found: Array = latest_start[groups[0]] > left.ends
    if not ordered:
        earliest_end = np.full(count, np.iinfo(np.int64).max)
        np.minimum.at(earliest_end, groups[1], right.ends)
        found |= earliest_end[groups[0]] < left.starts
    return found


def near_pairs(held: Shard, left: Spans, right: Spans, distance: Distance, *, ordered: bool) -> Spans:
    """Returns the spans that cover a left and a right span within the distance, each once.

    Raises TooManyError for more pairs than can be worked on at once.
    """
    check_time()
    if not len(left) or not len(right):
        return left.take(np.zeros(0, dtype=np.int64))
    if isinstance(distance, int):
        pairs = [_pairs_after(left, right, distance)]
        check_time()
        if not ordered:
            pairs.append(tuple(reversed(_pairs_after(right, left, distance))))  # type: ignore[arg-type]
        lefts, rights = (np.concatenate(ordinals) for ordinals in zip(*pairs, strict=True))
        left_fields, right_fields = (fields_of(held, spans.owners, spans.starts) for spans in (left, right))
        stay = left_fields[lefts] == right_fields[rights]
    else:
        groups, _ = _groups(held, distance, [left, right])
        order = np.argsort(groups[1], kind="stable")
        lefts, rights = _expand(
            np.searchsorted(groups[1][order], groups[0], side="left"),
            np.searchsorted(groups[1][order], groups[0], side="right"),
            most=_most_pairs(left),
        )
        rights = order[rights]
        stay = left.ends[lefts] < right.starts[rights]
        if not ordered:
            stay |= right.ends[rights] < left.starts[lefts]
    check_time()
    lefts, rights = lefts[stay], rights[stay]
    starts = np.minimum(left.starts[lefts], right.starts[rights])
    ends = np.maximum(left.ends[lefts], right.ends[rights])
    return _distinct([Spans(left.owners[lefts], starts, ends)])


def _pairs_after(first: Spans, second: Spans, distance: int) -> tuple[Array, Array]:
    """Returns the pairs in which a span of `second` starts within the distance after one of `first` has ended."""
    order = np.argsort(_keys(second.owners, second.starts))
    keys = _keys(second.owners, second.starts)[order]
    after = _keys(first.owners, first.ends)
    firsts, places = _expand(
        np.searchsorted(keys, after, side="right"),
        np.searchsorted(keys, after + distance, side="right"),
        most=_most_pairs(first),
    )
    return firsts, order[places]


def _most_pairs(spans: Spans) -> int:
    return MAX_PAIRS if bool((spans.owners != spans.owners[0]).any()) else MAX_PAIRS_OF_ONE


def _expand(low: Array, high: Array, *, most: int) -> tuple[Array, Array]:
    """Returns the pairs (i, j) with low[i] <= j < high[i]. Raises TooManyError for more than `most`."""
    counts = high - low
    pairs = int(counts.sum())
    if pairs > most:
        raise TooManyError(
            f"A nearness inside another has more than {MAX_PAIRS_OF_ONE:,} pairs in one section. "
            "Take rarer words, or a smaller distance.",
            times=pairs / most,
        )
    return np.repeat(np.arange(len(counts)), counts), ragged(low.astype(np.int64), counts)


def _groups(held: Shard, unit: str, several: Sequence[Spans]) -> tuple[list[Array], int]:
    """Returns for each span the sentence or paragraph that it starts in, as an ordinal, and how many there are."""
    docs = np.unique(np.concatenate([spans.owners for spans in several]))
    starts, owners = held.segment.breaks("sentences" if unit == "s" else "paragraphs", docs)
    keys = _keys(docs[owners], starts)
    groups = [np.searchsorted(keys, _keys(spans.owners, spans.starts), side="right") - 1 for spans in several]
    return groups, len(keys)


def _keys(owners: Array, positions: Array) -> Array:
    keys: Array = (owners << _POSITION_BITS) | positions
    return keys


def _distinct(several: Sequence[Spans]) -> Spans:
    """Returns the spans of all, each once."""
    shift = np.uint64(_POSITION_BITS)
    owners, starts, ends = (
        np.concatenate([getattr(spans, name) for spans in several]).astype(np.uint64)
        for name in ("owners", "starts", "ends")
    )
    # Sixteen bits of a document and twice twenty-four of a position are one number.
    keys = (((owners << shift) | starts) << shift) | ends
    keys.sort()
    keys = keys[np.concatenate((np.ones(min(len(keys), 1), dtype=bool), keys[1:] != keys[:-1]))]
    mask = np.uint64((1 << _POSITION_BITS) - 1)
    owners, starts, ends = keys >> (shift + shift), (keys >> shift) & mask, keys & mask
    return Spans(owners.astype(np.int64), starts.astype(np.int64), ends.astype(np.int64))
