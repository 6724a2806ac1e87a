"""Where operands of a query occur in documents, and which are near each other.

A span is one match of an operand: the document, the first and the last position. Positions run through all fields of a
document, with gaps between the fields, so the first position of a span determines its field, sentence and paragraph.
Only modules of this package import from here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ...fields import HLEAD, LEAD_WORDS
from ...query import Distance, Near, Operand, Or, children
from ..deadline import check_time
from .arrays import distinct as distinct_numbers
from .arrays import ragged
from .batches import TooManyError
from .files import Array
from .occurrences import adjacent, fields_of, read_many
from .segment import BODY, FIELD_NAMES, MAX_DOCUMENTS, MAX_POSITION_BITS
from .snapshot import SegmentReader
from .vocabulary import find_readings

# The most pairs of a proximity inside another in a batch of documents, in one direction. They take 40 ms.
MAX_PAIRS = 100_000
# The same for a single document, which cannot be split. A paragraph of 10,000 words has so many, and takes 100 ms.
MAX_DOCUMENT_PAIRS = 400_000


@dataclass(frozen=True)
class Spans:
    """Spans, in no particular order: the document, the first and the last position of each (int64)."""

    owners: Array
    starts: Array
    ends: Array

    def __len__(self) -> int:
        return len(self.owners)

    def take(self, chosen: Array) -> "Spans":
        """Returns the spans at these indexes, or those for which a mask is true."""
        return Spans(self.owners[chosen], self.starts[chosen], self.ends[chosen])


@dataclass(frozen=True)
class Layout:
    """Where fields, sentences and paragraphs begin, for the owners of spans: documents, or parts of these.

    `docs` has the document of each owner, where owners are no documents.
    """

    reader: SegmentReader
    docs: Array | None = None

    def fields(self, owners: Array, positions: Array) -> Array:
        """Returns the fields of positions, as `fields_of` does."""
        return fields_of(self.reader, owners if self.docs is None else self.docs[owners], positions)

    def breaks(self, name: str, owners: Array) -> tuple[Array, Array]:
        """Returns where sentences or paragraphs start, as `Segment.breaks` does."""
        return self.reader.segment.breaks(name, owners if self.docs is None else self.docs[owners])


def find_spans(reader: SegmentReader, node: Operand, docs: Array) -> Spans:
    """Returns every span of an operand in these documents, each once. Raises TooManyError, see `near_pairs`."""
    check_time()
    match node:
        case Or(parts):
            return distinct([find_spans(reader, part, docs) for part in parts])  # type: ignore[arg-type]
        case Near(excluded=True):
            return left_spans(reader, node, docs)
        case Near(left, right, distance, ordered):
            return near_pairs(
                Layout(reader),
                find_spans(reader, left, docs),
                find_spans(reader, right, docs),
                distance,
                ordered=ordered,
            )
        case _:
            found = [spans for terms in find_readings(reader, node) for spans in _term_spans(reader, terms, docs)]
            spans = found[0] if len(found) == 1 else distinct(found)
            if node.field == HLEAD.name:
                # Most occurrences are after the lead; without them the rest costs little.
                spans = spans.take(
                    np.flatnonzero(spans.starts < reader.segment.body_starts[spans.owners] + LEAD_WORDS)
                )
            return spans if node.field is None else spans.take(_in_region(reader, spans, node.field))


def _term_spans(reader: SegmentReader, terms: Sequence[Array], docs: Array) -> Iterator[Spans]:
    """Yields the spans of adjacent terms, each given by its forms; of a single term by the width of its spellings."""
    widths = reader.segment.spelling_widths
    if len(terms) == 1 and len(widths) and len(terms[0]) and terms[0][0] < len(widths):
        forms = terms[0]
        spelled = forms[forms < len(widths)]
        joined = spelled[widths[spelled] > 1]
        for width in distinct_numbers(widths[joined]).tolist():
            yield _to_spans(*read_many(reader, docs, joined[widths[joined] == width]), width)
        terms = [forms[~np.isin(forms, joined)]]
    if all(map(len, terms)):
        yield _to_spans(*adjacent(reader, docs, terms, read=read_many), len(terms))
    else:
        nothing: Array = np.zeros(0, dtype=np.int64)
        yield Spans(nothing, nothing, nothing)


def _to_spans(owners: Array, positions: Array, tokens: int) -> Spans:
    starts = positions.astype(np.int64)
    return Spans(owners.astype(np.int64), starts, starts + tokens - 1)


def term_forms(reader: SegmentReader, node: Operand) -> list[Array]:
    """Returns the forms of each token of each term in an operand."""
    if isinstance(node, Or | Near):
        return [forms for part in children(node) for forms in term_forms(reader, part)]  # type: ignore[arg-type]
    return [forms for terms in find_readings(reader, node) for forms in terms]


def _in_region(reader: SegmentReader, spans: Spans, region: str) -> Array:
    """Returns which spans are in a text field, or in headline and lead. Shape (spans,), bool."""
    fields = fields_of(reader, spans.owners, spans.starts)
    if region in FIELD_NAMES:
        in_field: Array = fields == FIELD_NAMES.index(region)
        return in_field
    body = FIELD_NAMES.index(BODY)
    lead: Array = (fields == body) & (spans.ends < reader.segment.body_starts[spans.owners] + LEAD_WORDS)
    lead |= (fields == FIELD_NAMES.index("headline")) | (fields == FIELD_NAMES.index("heading"))
    return lead


# --- proximity ---


def left_spans(reader: SegmentReader, node: Near, docs: Array) -> Spans:
    """Returns the spans of the left operand that have the right one near; of an excluded one, those that have not."""
    left, right = find_spans(reader, node.left, docs), find_spans(reader, node.right, docs)
    near = has_near(Layout(reader), left, right, node.distance, ordered=node.ordered)
    return left.take(np.flatnonzero(near != node.excluded))


def has_near(layout: Layout, left: Spans, right: Spans, distance: Distance, *, ordered: bool) -> Array:
    """Returns which spans on the left have one on the right within the distance. Shape (left,), bool.

    Only the nearest span on each side is examined: if it is too far away, or in another field, so are the others.
    The cost is sorting the spans.
    """
    check_time()
    if not len(left) or not len(right):
        return np.zeros(len(left), dtype=bool)
    if not isinstance(distance, int):
        return _has_in_same(layout, left, right, distance, ordered=ordered)
    left_fields = layout.fields(left.owners, left.starts)
    after = right.take(np.argsort(_keys(right.owners, right.starts)))
    at = np.searchsorted(_keys(after.owners, after.starts), _keys(left.owners, left.ends), side="right")
    found = _close(layout, left, after, at, left_fields=left_fields, distance=distance, forward=True)
    if not ordered:
        check_time()
        before = right.take(np.argsort(_keys(right.owners, right.ends)))
        at = np.searchsorted(_keys(before.owners, before.ends), _keys(left.owners, left.starts), side="left") - 1
        found |= _close(layout, left, before, at, left_fields=left_fields, distance=distance, forward=False)
    return found


def _close(
    layout: Layout, left: Spans, right: Spans, at: Array, *, left_fields: Array, distance: int, forward: bool
) -> Array:
    """Returns whether each left span and the right span at its index are close and in one field.

    The index is -1, or the number of right spans, where there is none.
    """
    inside = (at >= 0) & (at < len(right))
    near = right.take(np.where(inside, at, 0))
    gap = near.starts - left.ends if forward else left.starts - near.ends
    close: Array = inside & (near.owners == left.owners) & (gap >= 1) & (gap <= distance)
    if close.any():
        chosen = np.flatnonzero(close)
        fields = layout.fields(near.owners[chosen], near.starts[chosen])
        close[chosen] = fields == left_fields[chosen]
    return close


def _has_in_same(layout: Layout, left: Spans, right: Spans, unit: str, *, ordered: bool) -> Array:
    """Returns which left spans have a right one in the same sentence or paragraph.

    Of the right spans in each, only the one that starts last and the one that ends first are compared.
    """
    groups, count = _groups(layout, unit, [left, right])
    latest_start = np.full(count, -1, dtype=np.int64)
    np.maximum.at(latest_start, groups[1], right.starts)
    found: Array = latest_start[groups[0]] > left.ends
    if not ordered:
        earliest_end = np.full(count, np.iinfo(np.int64).max)
        np.minimum.at(earliest_end, groups[1], right.ends)
        found |= earliest_end[groups[0]] < left.starts
    return found


def near_pairs(layout: Layout, left: Spans, right: Spans, distance: Distance, *, ordered: bool) -> Spans:
    """Returns the spans that cover a left and a right span within the distance, each once.

    Raises TooManyError if there are too many pairs to work on at once.
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
        left_fields, right_fields = (layout.fields(spans.owners, spans.starts) for spans in (left, right))
        kept = left_fields[lefts] == right_fields[rights]
    else:
        groups, _ = _groups(layout, distance, [left, right])
        order = np.argsort(groups[1], kind="stable")
        lefts, rights = expand(
            np.searchsorted(groups[1][order], groups[0], side="left"),
            np.searchsorted(groups[1][order], groups[0], side="right"),
            max_pairs=max_pairs_of(left),
        )
        rights = order[rights]
        kept = left.ends[lefts] < right.starts[rights]
        if not ordered:
            kept |= right.ends[rights] < left.starts[lefts]
    check_time()
    lefts, rights = lefts[kept], rights[kept]
    starts = np.minimum(left.starts[lefts], right.starts[rights])
    ends = np.maximum(left.ends[lefts], right.ends[rights])
    return distinct([Spans(left.owners[lefts], starts, ends)])


def _pairs_after(first: Spans, second: Spans, distance: int) -> tuple[Array, Array]:
    """Returns the pairs in which a span of `second` starts within the distance after the end of one of `first`.

    Two arrays of indexes, into `first` and into `second`.
    """
    order = np.argsort(_keys(second.owners, second.starts))
    keys = _keys(second.owners, second.starts)[order]
    after = _keys(first.owners, first.ends)
    firsts, at = expand(
        np.searchsorted(keys, after, side="right"),
        np.searchsorted(keys, after + distance, side="right"),
        max_pairs=max_pairs_of(first),
    )
    return firsts, order[at]


def max_pairs_of(spans: Spans) -> int:
    """Returns how many pairs of these spans with others may be worked on at once; there must be a span."""
    return MAX_PAIRS if bool((spans.owners != spans.owners[0]).any()) else MAX_DOCUMENT_PAIRS


def expand(low: Array, high: Array, *, max_pairs: int) -> tuple[Array, Array]:
    """Returns the pairs (i, j) with low[i] <= j < high[i]. Raises TooManyError if there are more than `max_pairs`."""
    counts = high - low
    pairs = int(counts.sum())
    if pairs > max_pairs:
        raise TooManyError(
            f"A proximity inside another has more than {MAX_DOCUMENT_PAIRS:,} pairs in one section. "
            "Use rarer words, or a smaller distance.",
            times=pairs / max_pairs,
        )
    return np.repeat(np.arange(len(counts)), counts), ragged(low.astype(np.int64), counts)


def _groups(layout: Layout, unit: str, several: Sequence[Spans]) -> tuple[list[Array], int]:
    """Returns the ordinals of the sentence or paragraph in which each span starts, and the number of these units."""
    owners = distinct_numbers(np.concatenate([spans.owners for spans in several]))
    starts, at = layout.breaks("sentences" if unit == "s" else "paragraphs", owners)
    keys = _keys(owners[at], starts)
    groups = [np.searchsorted(keys, _keys(spans.owners, spans.starts), side="right") - 1 for spans in several]
    return groups, len(keys)


def _keys(owners: Array, positions: Array) -> Array:
    """Returns document | position of each span: in the order of the keys, those of a document are together."""
    keys: Array = (owners << MAX_POSITION_BITS) | positions
    return keys


def distinct(several: Sequence[Spans]) -> Spans:
    """Returns all spans, each once."""
    joined = [np.concatenate([getattr(spans, name) for spans in several]) for name in ("owners", "starts", "ends")]
    if int(joined[0].max(initial=0)) >= MAX_DOCUMENTS:
        return Spans(*np.unique(np.stack(joined), axis=1))
    shift = np.uint64(MAX_POSITION_BITS)
    owners, starts, ends = (array.astype(np.uint64) for array in joined)
    # 16 bits for the document and 24 for each position fit into one 64-bit number.
    keys = (((owners << shift) | starts) << shift) | ends
    keys.sort()
    keys = keys[np.concatenate((np.ones(min(len(keys), 1), dtype=bool), keys[1:] != keys[:-1]))]
    mask = np.uint64((1 << MAX_POSITION_BITS) - 1)
    owners, starts, ends = keys >> (shift + shift), (keys >> shift) & mask, keys & mask
    return Spans(owners.astype(np.int64), starts.astype(np.int64), ends.astype(np.int64))
