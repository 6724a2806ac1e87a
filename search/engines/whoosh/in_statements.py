"""What `said()` finds: statements that match, and the documents that have them. `statements` has their layout.

A word stands in a statement if it begins and ends in one of its pieces. Of two operands near each other, both stand in
pieces of the same statement. The names of speakers and sources are those of the statement; all other values are those
of the document. Here the owner of a span is a statement, known by its index among those that are examined. Only
`matching` imports from here.
"""

from collections.abc import Callable

import numpy as np

from ...fields import STATEMENT_FIELDS
from ...query import (
    And,
    AtLeast,
    Everything,
    Fuzzy,
    Keyword,
    Missing,
    Near,
    Node,
    Not,
    Operand,
    Or,
    Phrase,
    Truncation,
    ValueFuzzy,
    ValueTerm,
    ValueTruncation,
    ValueWord,
    Word,
    children,
)
from ..deadline import check_time
from ..tree_rules import widen_said
from .batches import by_documents
from .files import Array
from .segment import MAX_POSITION_BITS
from .snapshot import SegmentReader
from .spans import Layout, Spans, distinct, expand, find_spans, has_near, max_pairs_of, near_pairs, term_forms

# `Matcher.has` of the matcher that asks: a node and documents -> whether each matches.
HasDocuments = Callable[[Node, Array], Array]


def find_in_statements(reader: SegmentReader, part: Node, has: HasDocuments) -> Array:
    """Returns the documents with a statement that matches, ascending. Raises QueryLimitError."""
    statements = reader.segment.statements
    starts = statements.starts
    docs = np.flatnonzero(starts[1:] > starts[:-1])
    wide = widen_said(part)
    if not isinstance(wide, Everything):
        docs = docs[has(wide, docs)]

    def find(batch: Array) -> Array:
        search = _Search(reader, batch, has)
        matching: Array = batch[np.unique(search.owners[search.match(part)])]
        return matching

    return np.concatenate(by_documents(reader, docs, _forms(reader, part), find))


def match_statements(reader: SegmentReader, docs: Array, part: Node, has: HasDocuments) -> Array:
    """Returns for each statement of documents, in their order, whether it matches. Bool. Raises QueryLimitError."""

    def match(batch: Array) -> Array:
        return _Search(reader, batch, has).match(part)

    return np.concatenate(by_documents(reader, docs, _forms(reader, part), match))


def _forms(reader: SegmentReader, node: Node) -> list[Array]:
    """Returns the forms of all terms in a node."""
    if isinstance(node, Word | Phrase | Truncation | Fuzzy):
        return term_forms(reader, node)
    return [forms for part in children(node) for forms in _forms(reader, part)]


class _Search:
    """The statements of some documents. `owners` has the index of the document of each."""

    def __init__(self, reader: SegmentReader, docs: Array, has: HasDocuments) -> None:
        self._reader = reader
        self._docs = docs
        self._has = has
        self._statements = reader.segment.statements
        self._numbers, self.owners = self._statements.of_documents(docs)
        of_statements = docs[self.owners].astype(np.int64)
        self._layout = Layout(reader, of_statements)
        pieces, of_pieces = self._statements.pieces_of(self._numbers)
        firsts, ends = (array[pieces].astype(np.int64) for array in (self._statements.firsts, self._statements.ends))
        starts = _keys(of_statements[of_pieces], firsts)
        order = np.argsort(starts, kind="stable")
        self._starts, self._of_pieces = starts[order], of_pieces[order]
        self._ends = _keys(of_statements[self._of_pieces], ends[order])
        # No piece before this one, in its document, reaches farther.
        self._reaches = np.maximum.accumulate(self._ends) if len(order) else self._ends

    def match(self, node: Node) -> Array:
        """Returns for each statement whether it matches. Shape (statements,), bool."""
        check_time()
        count = len(self._numbers)
        match node:
            case And(parts):
                every: Array = np.logical_and.reduce([self.match(part) for part in parts])
                return every
            case Or(parts):
                some: Array = np.logical_or.reduce([self.match(part) for part in parts])
                return some
            case Not(part):
                return ~self.match(part)
            case Word() | Phrase() | Truncation() | Fuzzy() | Near():
                return self._count(node) > 0
            case AtLeast(least, part):
                return self._count(part) >= least
            case Keyword() | ValueWord() | ValueTruncation() | ValueFuzzy() if node.field in STATEMENT_FIELDS:
                return self._have_name(node)
            case Missing(field) if field in STATEMENT_FIELDS:
                _, owners = self._statements.names_of(field, self._numbers)
                nameless: Array = np.bincount(owners, minlength=count) == 0
                return nameless
            case Everything():
                return np.ones(count, dtype=bool)
            case _:
                having: Array = self._has(node, self._docs)[self.owners]
                return having

    def _have_name(self, node: Keyword | ValueTerm) -> Array:
        """Returns for each statement whether it has a name in a field that a node finds."""
        segment = self._reader.segment
        wanted = np.zeros(len(segment.columns[node.field].values), dtype=bool)
        wanted[segment.values_found(node, node.field)] = True
        ordinals, owners = self._statements.names_of(node.field, self._numbers)
        having = np.zeros(len(self._numbers), dtype=bool)
        having[owners[wanted[ordinals]]] = True
        return having

    def _count(self, node: Operand) -> Array:
        """Returns how often an operand occurs in each statement."""
        return np.bincount(self._spans(node).owners, minlength=len(self._numbers))

    def _spans(self, node: Operand) -> Spans:
        """Returns where an operand occurs in statements, by statement."""
        match node:
            case Or(parts):
                return distinct([self._spans(part) for part in parts])  # type: ignore[arg-type]
            case Near(left, right, distance, ordered, excluded):
                both = self._spans(left), self._spans(right)
                if not excluded:
                    return near_pairs(self._layout, *both, distance, ordered=ordered)
                return both[0].take(~has_near(self._layout, *both, distance, ordered=ordered))
            case _:
                return self._within(find_spans(self._reader, node, self._docs))

    def _within(self, spans: Spans) -> Spans:
        """Returns spans that are in a piece of a statement, by statement."""
        low = np.searchsorted(self._reaches, _keys(spans.owners, spans.ends), side="right")
        high = np.searchsorted(self._starts, _keys(spans.owners, spans.starts), side="right")
        if not len(spans):
            return spans
        found, pieces = expand(low, np.maximum(low, high), max_pairs=max_pairs_of(spans))
        inside = self._ends[pieces] > _keys(spans.owners, spans.ends)[found]
        found, pieces = found[inside], pieces[inside]
        return Spans(self._of_pieces[pieces], spans.starts[found], spans.ends[found])


def _keys(docs: Array, positions: Array) -> Array:
    keys: Array = (docs.astype(np.int64) << MAX_POSITION_BITS) | positions
    return keys
