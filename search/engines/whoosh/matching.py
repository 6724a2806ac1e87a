"""A query tree against the segments: the documents that match, and their scores.

A node answers three questions: which documents match (`find`), which of some documents match (`has`), and what scores
those documents have (`score`). Each step asks the cheapest question that suffices. An AND finds the documents of its
smallest part, narrows them by the others, and scores the rest; an OR of words reads the postings of each once.
Documents are ascending and include deleted documents, which the caller removes. `segment_number` is a segment's number
in the snapshot.

What a single leaf matches and scores is in `leaves` and `operators`. Only modules of this package import from here.
"""

from collections import Counter
from collections.abc import Iterator

import numpy as np

from ...query import (
    Address,
    And,
    AtLeast,
    DateBounds,
    DateRange,
    Everything,
    Fuzzy,
    InStatement,
    Keyword,
    Missing,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Truncation,
    ValueFuzzy,
    ValueTerm,
    ValueTruncation,
    ValueWord,
    Word,
    positive_leaves,
    positive_parts,
)
from ...text import FUNCTION_WORDS, word_forms
from ..contract import Filter
from ..deadline import check_time
from .arrays import distinct, look_up
from .files import Array
from .in_statements import find_in_statements, match_statements
from .leaves import Leaf, make_leaf
from .operators import make_operator_leaf
from .postings import SPARSE, is_in
from .segment import DATE_NAMES, DAYS_NAMES, FIELD_NAMES, UNDATED, Segment, fields_searched, to_seconds
from .snapshot import Snapshot
from .terms import encode

# See `weigh_words`. On two judged collections nDCG@10 changes by less than .003 from 0.1 to 0.5, and from 5 to 12.
FUNCTION_WORD_WEIGHT = 0.3
K3 = 8.0

# If the parts of an OR together match fewer than one in this many documents, their documents are sorted. Otherwise the
# documents are marked in flags.
_SPARSE_UNION = 32

# The nodes that have a score of their own.
Scored = Word | Phrase | Truncation | Fuzzy | Near


class Matcher:
    """The nodes of one request against one snapshot. A leaf that occurs twice is looked up once."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._leaves: dict[Node, Leaf] = {}
        # For nodes of values and filters, by segment: whether each row of the field matches.
        self._in_statements: dict[tuple[InStatement, int], Array] = {}
        self._row_masks: dict[tuple[Node | Filter, int], Array] = {}
        # The function words that have other words beside them, see `weigh_words`.
        self._function_words: set[Word] = set()

    # --- words ---

    def weigh_words(self, tree: Node) -> None:
        """Weighs the words of a query. Must precede any scoring.

        A function word weighs FUNCTION_WORD_WEIGHT if the query has another word that occurs in the archive, since it
        says nothing of the subject. A word that the query has n times weighs less than n times as much,
        (1 + K3) n / (K3 + n) (Robertson and Walker 1994).
        """
        words = Counter(leaf for leaf in positive_leaves(tree) if isinstance(leaf, Word))
        function_words = {word for word in words if FUNCTION_WORDS.issuperset(word_forms(word.text))}
        numbers = range(len(self._snapshot.readers))
        others = words.keys() - function_words
        if function_words and any(len(self._leaf(word).docs(number)) for word in others for number in numbers):
            self._function_words = function_words
        for word, times in words.items():
            # Without the factor n: `score` adds the scores of the n equal leaves.
            weight = (1 + K3) / (K3 + times)
            self._leaf(word).weight = weight * FUNCTION_WORD_WEIGHT if word in self._function_words else weight

    def content_words(self, tree: Node) -> list[Word]:
        """Returns the words of a query in order, without function words and words inside a proximity."""
        return [part for part in positive_parts(tree) if isinstance(part, Word) and part not in self._function_words]

    def idf(self, word: Word) -> float:
        """Returns the inverse document frequency of a word."""
        return self._leaf(word).idf

    # --- the three questions ---

    def find(self, node: Node, segment_number: int) -> Array:
        """Returns the documents of a segment that match. Raises QueryLimitError."""
        check_time()
        segment = self._snapshot.readers[segment_number].segment
        match node:
            case Word() | Phrase() | Truncation() | Fuzzy() | Near() | AtLeast():
                return self._leaf(node).docs(segment_number)
            case And(parts):
                ordered = sorted(parts, key=lambda part: self._cost(part, segment_number))
                docs = self.find(ordered[0], segment_number)
                for part in ordered[1:]:
                    if not len(docs):
                        break
                    docs = docs[self.has(part, docs, segment_number)]
                return docs
            case Or(parts):
                distinct = dict.fromkeys(parts)
                return self._union([self.find(part, segment_number) for part in distinct], segment_number)
            case Everything():
                # Deleted documents may be left out, since the caller removes them.
                return self._snapshot.readers[segment_number].all_docs
            case InStatement():
                return self._find_in_statements(node, segment_number)
            case Keyword() | ValueWord() | ValueTruncation() | ValueFuzzy() | Address():
                rows = segment.rows_of(fields_searched(node)[0], np.arange(segment.count))
                return np.flatnonzero(self._value_rows(node, segment_number)[rows])
            case _:
                return np.flatnonzero(self.has(node, np.arange(segment.count), segment_number))

    def has(self, node: Node, docs: Array, segment_number: int) -> Array:
        """Returns for each of these documents whether it matches. Shape (docs,), bool. Raises QueryLimitError."""
        check_time()
        segment = self._snapshot.readers[segment_number].segment
        match node:
            case Word() | Phrase() | Truncation() | Fuzzy() | Near() | AtLeast():
                return is_in(docs, self._leaf(node).docs(segment_number), segment.count)
            case And(parts):
                matching = np.ones(len(docs), dtype=bool)
                for part in parts:
                    matching &= self.has(part, docs, segment_number)
                return matching
            case Or(parts):
                matching = np.zeros(len(docs), dtype=bool)
                for part in dict.fromkeys(parts):
                    matching |= self.has(part, docs, segment_number)
                return matching
            case Not(part):
                return ~self.has(part, docs, segment_number)
            case Keyword() | ValueWord() | ValueTruncation() | ValueFuzzy() | Address():
                rows = segment.rows_of(fields_searched(node)[0], docs)
                having: Array = self._value_rows(node, segment_number)[rows]
                return having
            case DateRange(field, _, start, end) if field in DAYS_NAMES:
                return segment.days[field].within(docs, (start, end))
            case DateRange(field, _, start, end):
                return _is_dated_within(segment, docs, field, (start, end))
            case Missing(field):
                return ~self._has_value(field, docs, segment_number)
            case InStatement():
                return is_in(docs, self._find_in_statements(node, segment_number), segment.count)
            case Everything():
                return np.ones(len(docs), dtype=bool)

    def score(self, node: Node, docs: Array, segment_number: int) -> Array | None:
        """Returns the scores of documents, which must all match; None if nothing in the node is scored. Float64."""
        check_time()
        match node:
            case AtLeast(_, counted):
                scores = self.score(counted, docs, segment_number)
                return None if scores is None else scores * self.has(node, docs, segment_number)
            case InStatement(part):
                scores = self.score(part, docs, segment_number)
                return None if scores is None else scores * self.has(node, docs, segment_number)
            case Word() | Phrase() | Truncation() | Fuzzy() | Near():
                return self._score_leaf(self._leaf(node), docs, segment_number)
            case And(parts) | Or(parts):
                total: Array | None = None
                for part, times in Counter(parts).items():
                    scores = self.score(part, docs, segment_number)
                    if scores is None:
                        continue
                    if times > 1:
                        scores = scores * times
                    if isinstance(node, Or) and isinstance(part, And):
                        scores = scores * self.has(part, docs, segment_number)
                    total = scores if total is None else total + scores
                return total
            case _:
                return None

    def find_scored(self, node: Node, segment_number: int) -> tuple[Array, Array | None]:
        """Returns the documents of a segment that match, with their scores; None if nothing in the node is scored."""
        if isinstance(node, Word | Phrase | Truncation | Fuzzy | Near):
            leaf = self._leaf(node)
            return leaf.docs(segment_number), leaf.scores(segment_number)
        if isinstance(node, Or):
            return self._find_any(node, segment_number)
        docs = self.find(node, segment_number)
        return docs, self.score(node, docs, segment_number)

    def scoring_leaves(self, node: Node, doc: Array, segment_number: int) -> Iterator[tuple[Scored, Leaf]]:
        """Yields the leaves whose scores `score` adds up for one document, a leaf as often as it counts."""
        match node:
            case AtLeast(_, counted):
                if self.has(node, doc, segment_number)[0]:
                    yield from self.scoring_leaves(counted, doc, segment_number)
            case InStatement(part):
                if self.has(node, doc, segment_number)[0]:
                    yield from self.scoring_leaves(part, doc, segment_number)
            case Word() | Phrase() | Truncation() | Fuzzy() | Near():
                yield node, self._leaf(node)
            case And(parts) | Or(parts):
                for part in parts:
                    in_or = isinstance(node, Or) and isinstance(part, And)
                    if not in_or or self.has(part, doc, segment_number)[0]:
                        yield from self.scoring_leaves(part, doc, segment_number)

    def passes(self, facet_filter: Filter, docs: Array, segment_number: int) -> Array:
        """Returns for each document whether it passes a filter. Shape (docs,), bool."""
        segment = self._snapshot.readers[segment_number].segment
        key = (facet_filter, segment_number)
        if key not in self._row_masks:
            column = segment.columns[facet_filter.field]
            rows = np.ones(segment.count_rows(facet_filter.field), dtype=bool)
            for values, wanted in ((facet_filter.values, True), (facet_filter.excluded, False)):
                if values:
                    ordinals = [column.values.find(encode(value)) for value in values]
                    having = column.rows_with([ordinal for ordinal in ordinals if ordinal is not None])
                    rows &= having if wanted else ~having
            self._row_masks[key] = rows
        return self._row_masks[key][segment.rows_of(facet_filter.field, docs)]

    def says(self, node: Node, docs: Array, segment_number: int) -> Array:
        """Returns for each statement of documents whether it matches, as within `said()`. Raises QueryLimitError."""
        reader = self._snapshot.readers[segment_number]
        return match_statements(reader, docs, node, lambda part, some: self.has(part, some, segment_number))

    # --- leaves, unions and sums ---

    def _leaf(self, node: Word | Phrase | Truncation | Fuzzy | Near | AtLeast) -> Leaf:
        leaf = self._leaves.get(node)
        if leaf is None:
            check_time()
            if isinstance(node, Word | Phrase):
                leaf = make_leaf(self._snapshot, node)
            leaf = self._leaves[node] = leaf or make_operator_leaf(self._snapshot, node, self.find)
        return leaf

    def _cost(self, node: Node, segment_number: int) -> int:
        """Returns roughly how many documents must be examined to find those of a node."""
        count = self._snapshot.readers[segment_number].segment.count
        match node:
            case Word() | Phrase() | Truncation() | Fuzzy() | Near() | AtLeast():
                return len(self._leaf(node).docs(segment_number))
            case And(parts):
                return min(self._cost(part, segment_number) for part in parts)
            case Or(parts):
                return sum(self._cost(part, segment_number) for part in parts)
            case InStatement(part):
                return self._cost(part, segment_number) + count
            case Not():
                return 3 * count
            case Keyword() | ValueWord() | ValueTruncation() | ValueFuzzy() | Address() | DateRange() | Missing():
                return count
            case _:
                return 2 * count

    def _find_in_statements(self, node: InStatement, segment_number: int) -> Array:
        """Returns the documents with a statement that matches."""
        key = (node, segment_number)
        if key not in self._in_statements:
            reader = self._snapshot.readers[segment_number]
            self._in_statements[key] = find_in_statements(
                reader, node.part, lambda part, docs: self.has(part, docs, segment_number)
            )
        return self._in_statements[key]

    def _value_rows(self, node: Keyword | ValueTerm | Address, segment_number: int) -> Array:
        key = (node, segment_number)
        if key not in self._row_masks:
            self._row_masks[key] = self._snapshot.readers[segment_number].segment.rows_found(node)
        return self._row_masks[key]

    def _has_value(self, field: str, docs: Array, segment_number: int) -> Array:
        """Returns for each document whether it has a value in a field. Shape (docs,), bool."""
        segment = self._snapshot.readers[segment_number].segment
        if field in DATE_NAMES:
            dated: Array = segment.dates(field)[docs] != UNDATED
            return dated
        if field in DAYS_NAMES:
            return segment.days[field].having(docs)
        if field in FIELD_NAMES:
            having: Array = segment.lengths(field)[docs] > 0
            return having
        column = segment.column(field)
        rows: Array = column.rows_with(list(range(len(column.values))))
        return rows[segment.rows_of(field, docs)]

    def _union(self, lists: list[Array], segment_number: int) -> Array:
        count = self._snapshot.readers[segment_number].segment.count
        if sum(map(len, lists)) * _SPARSE_UNION < count:
            return distinct(np.concatenate(lists))
        flags = np.zeros(count, dtype=bool)
        for docs in lists:
            flags[docs] = True
        return np.flatnonzero(flags)

    def _find_any(self, node: Or, segment_number: int) -> tuple[Array, Array | None]:
        """Returns the documents of an OR, with the sums of their scores."""
        count = self._snapshot.readers[segment_number].segment.count
        counts = Counter(node.parts)
        found = [self.find_scored(part, segment_number) for part in counts]
        if all(scores is None for _, scores in found):
            return self._union([docs for docs, _ in found], segment_number), None
        unscored = any(not self._scores_all(part) for part in node.parts)
        weights = np.concatenate(
            [
                np.zeros(len(docs)) if scores is None else scores * times if times > 1 else scores
                for (docs, scores), times in zip(found, counts.values(), strict=True)
            ]
        )
        every = np.concatenate([docs for docs, _ in found])
        if len(every) * _SPARSE_UNION < count:
            docs, owners = np.unique(every, return_inverse=True)
            return docs, np.bincount(owners, weights=weights, minlength=len(docs))
        total = np.bincount(every, weights=weights, minlength=count)
        if unscored:
            flags = np.zeros(count, dtype=bool)
            flags[every] = True
            docs = np.flatnonzero(flags)
        else:
            # Every part gives its documents a score above zero, so a sum of zero means no match.
            docs = np.flatnonzero(total != 0)
        return docs, total[docs]

    def _scores_all(self, node: Node) -> bool:
        """Returns whether all documents that match have a score above zero."""
        match node:
            case Word() | Phrase() | Truncation() | Fuzzy() | Near() | AtLeast():
                return True
            case And(parts):
                return any(map(self._scores_all, parts))
            case Or(parts):
                return all(map(self._scores_all, parts))
            case _:
                return False

    def _score_leaf(self, leaf: Leaf, docs: Array, segment_number: int) -> Array:
        """Returns the scores of documents by a leaf, 0 for those that it does not match. Float64."""
        postings = leaf.docs(segment_number)
        if docs is postings:
            return leaf.scores(segment_number)
        if not len(postings):
            return np.zeros(len(docs))
        if len(docs) * SPARSE < len(postings):
            slots, found = look_up(docs, postings)
            scores = np.zeros(len(docs))
            scores[found] = leaf.scores(segment_number, slots[found])
            return scores
        by_document = np.zeros(self._snapshot.readers[segment_number].segment.count)
        by_document[postings] = leaf.scores(segment_number)
        return by_document[docs]


def _is_dated_within(segment: Segment, docs: Array, field: str, bounds: DateBounds) -> Array:
    """Returns for each document whether all of the date in a field is within bounds. Shape (docs,), bool."""
    start, end = bounds
    seconds = segment.dates(field)[docs]
    within: Array = seconds != UNDATED
    first, past, spans = segment.clock_spans(field, docs)
    if start is not None:
        after = first >= to_seconds(start.clock)
        if start.instant is not None:
            after = np.where(spans == 0, seconds >= to_seconds(start.instant), after)
        within &= after
    if end is not None:
        before = past <= to_seconds(end.clock)
        if end.instant is not None:
            before = np.where(spans == 0, seconds < to_seconds(end.instant), before)
        within &= before
    return within
