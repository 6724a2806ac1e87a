"""The points that a hit gets because neighbouring words of the query occur near each other in it.

    near(d) = PROXIMITY_SHARE * sum over the pairs of  times * (idf(a) + idf(b)) / 2 * y / (1 + y)
    y       = c / norm(d),   c = how often the two occur within WINDOW_WORDS words in one field, in either order
    norm(d) = 1 - b + b * len(d) / mean,   len = words in all text fields, mean over the live documents

A pair is two content words that are next to each other in the query, or have one word between them; `times` is how
often the query has it. Function words are skipped, since they hardly distinguish texts. Rasolofo and Savoy: Term
Proximity Scoring (2003), with a window instead of a sum of distances.

The constants were chosen on two judged collections (Cranfield, CISI): nDCG@10 differs by at most 1.5 percent for
shares of 0.1 to 0.4. Which hits are examined is decided in `reranking`; only it and `explaining` import from here.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from ...query import Node, Word
from ...text import stem_form, word_forms
from ..deadline import check_time
from .files import Array
from .matching import Matcher
from .occurrences import fields_of
from .snapshot import SegmentReader, Snapshot
from .spans import find_spans

WINDOW_WORDS = 8
PROXIMITY_SHARE = 0.2

Pair = tuple[Word, Word]

# The fields of a document are moved apart by this, so that no window reaches from one into the next.
_FIELD_STEP = WINDOW_WORDS + 1
_OWNER_BITS = 32


def query_pairs(words: Sequence[Word]) -> dict[Pair, int]:
    """Returns the pairs of different words, with their `times`. Pairs that only occur one word apart count once."""
    stems = {word: (word.field, *map(stem_form, word_forms(word.text))) for word in words}
    first_of: dict[object, Word] = {}
    # Each word by the first that has its stem.
    unified = [first_of.setdefault(stems[word], word) for word in words]
    pairs: Counter[Pair] = Counter()
    for left, right in pairwise(unified):
        if left != right:
            pairs[(right, left) if (right, left) in pairs else (left, right)] += 1
    for left, right in zip(unified, unified[2:], strict=False):
        if left != right and (left, right) not in pairs and (right, left) not in pairs:
            pairs[left, right] = 1
    return dict(pairs)


def score_pairs(
    snapshot: Snapshot, matcher: Matcher, tree: Node, *, segment_numbers: Array, docs: Array
) -> dict[Pair, Array]:
    """Returns for each pair of the query the points of each of these documents. Shape (docs,), float64.

    A document is a segment number and its number there; the documents of a segment are ascending.
    """
    pairs = query_pairs(matcher.content_words(tree))
    points = {pair: np.zeros(len(docs)) for pair in pairs}
    if not pairs:
        return points
    for number, reader in enumerate(snapshot.readers):
        rows = np.flatnonzero(segment_numbers == number)
        if not len(rows):
            continue
        in_segment = docs[rows].astype(np.int64)
        norms = reader.norms(in_segment)
        words = {word for pair in pairs for word in pair}
        places = {word: _places(reader, word, in_segment) for word in words}
        for (left, right), times in pairs.items():
            counts = _count_near(places[left], places[right], in_segment)
            if counts is not None:
                weight = PROXIMITY_SHARE * times * (matcher.idf(left) + matcher.idf(right)) / 2
                points[left, right][rows] = weight * counts / (norms + counts)
    return points


def count_pair(reader: SegmentReader, pair: Pair, docs: Array) -> Array:
    """Returns how often two words occur near each other in each of these documents (ascending). Shape (docs,)."""
    counts = _count_near(_places(reader, pair[0], docs), _places(reader, pair[1], docs), docs)
    return np.zeros(len(docs)) if counts is None else counts


def _places(reader: SegmentReader, word: Word, docs: Array) -> tuple[Array, Array]:
    """Returns where a word starts and ends in these documents, as document | position, ascending (int64)."""
    check_time()
    spans = find_spans(reader, word, docs)
    if not len(spans):
        return spans.starts, spans.starts
    shift = (spans.owners << _OWNER_BITS) + fields_of(reader, spans.owners, spans.starts) * _FIELD_STEP
    order = np.argsort(shift + spans.starts)
    return (shift + spans.starts)[order], (shift + spans.ends)[order]


def _count_near(left: tuple[Array, Array], right: tuple[Array, Array], docs: Array) -> Array | None:
    """Returns how often two words are near each other in each document, from their places. None if nowhere."""
    if not len(left[0]) or not len(right[0]):
        return None
    (starts, ends), (other_starts, other_ends) = left, right
    counts = np.searchsorted(other_starts, ends + WINDOW_WORDS, side="right")
    counts -= np.searchsorted(other_starts, ends, side="right")
    counts += np.searchsorted(other_ends, starts, side="left")
    counts -= np.searchsorted(other_ends, starts - WINDOW_WORDS, side="left")
    near = np.flatnonzero(counts)
    if not len(near):
        return None
    owners = np.searchsorted(docs, starts[near] >> _OWNER_BITS)
    return np.bincount(owners, weights=counts[near], minlength=len(docs))
