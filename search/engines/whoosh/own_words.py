"""Which sections are hits: all that match, except entries of live pages that match by words of their page alone.

The words of a headline and a standfirst belong to every section of an article. For the entries of a live page, of
which there may be hundreds, they lift the score, and they complete a match; but an entry that has no word of the query
in its own heading or text says nothing about what was asked. A part of a query matches an entry in one of three ways:

    by own words   the heading or the text has a word, phrase or proximity
    shared         only the headline or the standfirst has it, and the query does not ask for these fields
    free           it asks for nothing that an entry would write: a value, a date, an exclusion, `headline:x`

An AND of parts has own words if one part has; it is free if all are. An OR is each of these if one part that matches
is. An entry is a hit if it matches by own words or freely. Where articles must match, their entries are found by any
part, and only those with own words are hits, if the query has a part that an entry can have.

An article all of whose matches are shared is found as an article: its first matching section, the lead, represents it.
What needs no word at all (`date:2025`, `NOT kind:live`) narrows hits and leads alike, exactly as a filter does.

Only documents of live pages are examined. Occurrences are read only where the headline or the standfirst has a word of
the same stem. Only `searching` imports from here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...query import (
    And,
    AtLeast,
    Fuzzy,
    InStatement,
    Near,
    Node,
    Operand,
    Or,
    Phrase,
    Truncation,
    Word,
    positive_parts,
)
from ..own_parts import OWN_FIELDS, SHARED_FIELDS, can_be_own, can_be_shared, without_conditions
from .arrays import distinct, look_up, ragged
from .batches import by_documents
from .files import Array
from .leaves import sole_stem
from .matching import Matcher
from .occurrences import fields_of
from .ordering import Matches
from .postings import SPARSE, is_in
from .segment import FIELD_NAMES
from .snapshot import SegmentReader, Snapshot
from .spans import find_spans, left_spans, term_forms
from .terms import encode
from .vocabulary import find_readings

_HEADING = "heading"
# For a few documents, and more forms than this, finding out where the page has one takes as long as reading all.
_MAX_CHECKED_FORMS = 64
_IS_OWN = np.array([name in OWN_FIELDS for name in FIELD_NAMES])


@dataclass(frozen=True)
class Hits:
    """The hits of a query, for each segment, with the leads of articles if they were asked for.

    `led` has for each article whether its only document here is its lead. Shape (articles,), bool; None if none is.
    """

    matches: list[Matches]
    led: Array | None = None


def choose_hits(
    snapshot: Snapshot, matcher: Matcher, tree: Node, matches: Sequence[Matches], *, leads: bool, any_part: bool
) -> Hits:
    """Returns the hits among the live documents that match a tree. With `any_part`, any of its parts may match."""
    has_live_pages = any(reader.segment.in_live_pages.any() for reader in snapshot.readers)
    if not has_live_pages or not any(
        can_be_own(part) and (any_part or can_be_shared(part)) for part in positive_parts(tree)
    ):
        return Hits(list(matches))
    return _Chooser(snapshot, matcher, tree, any_part=any_part).choose(matches, leads=leads)


class _Chooser:
    """Chooses the hits of one query."""

    def __init__(self, snapshot: Snapshot, matcher: Matcher, tree: Node, *, any_part: bool) -> None:
        self._snapshot = snapshot
        self._matcher = matcher
        self._tree = tree
        self._any_part = any_part

    def choose(self, matches: Sequence[Matches], *, leads: bool) -> Hits:
        hits = [self._are_hits(self._tree, of_segment.docs, number) for number, of_segment in enumerate(matches)]
        if all(map(np.all, hits)):
            return Hits(list(matches))
        led = None
        if leads:
            owned = [of_segment.docs[are_hits] for of_segment, are_hits in zip(matches, hits, strict=True)]
            shared = [of_segment.docs[~are_hits] for of_segment, are_hits in zip(matches, hits, strict=True)]
            led, lead_docs = self._find_leads(owned, shared)
            for of_segment, are_hits, docs in zip(matches, hits, lead_docs, strict=True):
                are_hits[np.searchsorted(of_segment.docs, docs)] = True
        chosen = []
        for of_segment, are_hits in zip(matches, hits, strict=True):
            scores = None if of_segment.scores is None else of_segment.scores[are_hits]
            chosen.append(Matches(of_segment.docs[are_hits], scores))
        return Hits(chosen, led)

    # --- hits ---

    def _are_hits(self, tree: Node, docs: Array, segment_number: int) -> Array:
        """Returns for each of these documents, which all match, whether it is a hit. Shape (docs,), bool."""
        hits = np.ones(len(docs), dtype=bool)
        entries = np.flatnonzero(self._snapshot.readers[segment_number].segment.in_live_pages[docs])
        if len(entries):
            hits[entries] = self._entries_are_hits(tree, docs[entries], segment_number)
        return hits

    def _entries_are_hits(self, tree: Node, docs: Array, segment_number: int) -> Array:
        if self._any_part:
            return self._classify_any(list(positive_parts(tree)), docs, segment_number)[0]
        own, free = self._classify(tree, docs, segment_number)
        return own | free

    def _classify(self, node: Node, docs: Array, segment_number: int) -> tuple[Array, Array]:
        """Returns for each of these documents, which all match, whether it has own words, and whether it is free.

        Two masks. Where the first is true, the second means nothing.
        """
        match node:
            case And(parts):
                return self._classify_all(parts, docs, segment_number)
            case Or(parts):
                return self._classify_any(parts, docs, segment_number)
            case AtLeast(_, counted):
                return self._classify(counted, docs, segment_number)
            case Word() | Phrase() | Truncation() | Fuzzy() | Near() if can_be_own(node):
                own = np.ones(len(docs), dtype=bool)
                if can_be_shared(node):
                    own = self._have_own(node, docs, segment_number)
                return own, np.zeros(len(docs), dtype=bool)
            case InStatement():
                # A statement stands in the heading or the text.
                return np.ones(len(docs), dtype=bool), np.zeros(len(docs), dtype=bool)
            case _:
                return np.zeros(len(docs), dtype=bool), np.ones(len(docs), dtype=bool)

    def _classify_all(self, parts: Sequence[Node], docs: Array, segment_number: int) -> tuple[Array, Array]:
        own, free = np.zeros(len(docs), dtype=bool), np.ones(len(docs), dtype=bool)
        # Plain words are the cheapest.
        for part in sorted(parts, key=lambda part: not isinstance(part, Word)):
            rows = np.flatnonzero(~own)
            if not len(rows):
                break
            own[rows], of_part = self._classify(part, docs[rows], segment_number)
            free[rows] &= of_part
        return own, free

    def _classify_any(self, parts: Sequence[Node], docs: Array, segment_number: int) -> tuple[Array, Array]:
        # Plain words are the cheapest, all of them together.
        stems = [stem for part in parts if (stem := _plain_stem(part))]
        own = _have_stems(self._snapshot.readers[segment_number], stems, docs)
        free = np.zeros(len(docs), dtype=bool)
        for part in (part for part in parts if not _plain_stem(part)):
            rows = np.flatnonzero(~own)
            if not len(rows):
                break
            rows = rows[self._matcher.has(part, docs[rows], segment_number)]
            if len(rows):
                own[rows], of_part = self._classify(part, docs[rows], segment_number)
                free[rows] |= of_part
        return own, free

    def _have_own(self, node: Operand, docs: Array, segment_number: int) -> Array:
        """Returns for each of these documents, which all match, whether its heading or text has an operand."""
        reader = self._snapshot.readers[segment_number]
        if stem := _plain_stem(node):
            return _have_stems(reader, [stem], docs)
        few_docs, forms = len(docs) * SPARSE < reader.segment.count, sum(map(len, term_forms(reader, node)))
        if few_docs and forms > _MAX_CHECKED_FORMS:
            return _occur_in_own(reader, node, docs)
        own = ~_may_be_shared(reader, node)[docs]
        rows = np.flatnonzero(~own)
        if len(rows):
            own[rows] = _occur_in_own(reader, node, docs[rows])
        return own

    # --- leads ---

    def _find_leads(self, owned: Sequence[Array], shared: Sequence[Array]) -> tuple[Array | None, list[Array]]:
        """Returns the articles that have a lead and no hit, as a mask, and the leads in each segment.

        `owned` are the documents that are hits, `shared` those that match and are not.
        """
        led = self._flag(shared) & ~self._flag(owned)
        firsts = self._first_of(led, shared)
        words = without_conditions(self._tree)
        if led.any() and words != self._tree and not self._any_part:
            matching = [self._find_in(led, words, number) for number in range(len(firsts))]
            hits = [self._are_hits(words, docs, number) for number, docs in enumerate(matching)]
            led &= ~self._flag([docs[own] for docs, own in zip(matching, hits, strict=True)])
            # The lead is that of the words; it must fulfil the conditions too.
            firsts = self._first_of(led, matching)
            firsts = [docs[np.isin(docs, found)] for docs, found in zip(firsts, shared, strict=True)]
            led = self._flag(firsts)
        return (led if led.any() else None), firsts

    def _articles_of(self, docs: Array, segment_number: int) -> Array:
        cards = self._snapshot.readers[segment_number].segment.cards[docs]
        articles: Array = self._snapshot.articles.of_cards[segment_number][cards]
        return articles

    def _flag(self, several: Sequence[Array]) -> Array:
        """Returns the articles of documents, given for each segment. Shape (articles,), bool."""
        flags = np.zeros(len(self._snapshot.articles.ids), dtype=bool)
        for number, docs in enumerate(several):
            flags[self._articles_of(docs, number)] = True
        return flags

    def _first_of(self, wanted: Array, several: Sequence[Array]) -> list[Array]:
        """Returns the first of the documents of each article in a mask: those in each segment, ascending."""
        missing = wanted.copy()
        firsts = []
        for number, docs in enumerate(several):
            articles = self._articles_of(docs, number)
            rows = np.flatnonzero(missing[articles])
            found, first = np.unique(articles[rows], return_index=True)
            missing[found] = False
            firsts.append(np.sort(docs[rows[first]]))
        return firsts

    def _find_in(self, articles: Array, words: Node, segment_number: int) -> Array:
        """Returns the live documents of the articles in a mask that match."""
        reader = self._snapshot.readers[segment_number]
        cards = articles[self._snapshot.articles.of_cards[segment_number]]
        docs = reader.only_live(np.flatnonzero(cards[reader.segment.cards]))
        return docs[self._matcher.has(words, docs, segment_number)]


# --- where they occur ---


def _may_be_shared(reader: SegmentReader, node: Operand) -> Array:
    """Returns the documents whose headline or standfirst may have an operand, and more. Shape (documents,), bool."""
    match node:
        case Or(parts):
            shared: Array = np.logical_or.reduce([_may_be_shared(reader, part) for part in parts])  # type: ignore[arg-type]
            return shared
        case Near(left, _, excluded=True):
            return _may_be_shared(reader, left)
        case Near(left, right):
            return _may_be_shared(reader, left) & _may_be_shared(reader, right)
    flags = np.zeros(reader.segment.count, dtype=bool)
    if can_be_shared(node):
        for terms in find_readings(reader, node):
            flags |= np.logical_and.reduce([_share_a_stem(reader, forms) for forms in terms])
    return flags


def _share_a_stem(reader: SegmentReader, forms: Array) -> Array:
    """Returns the documents whose headline or standfirst has a word of the stem of any form. Shape (documents,)."""
    file = reader.segment.file
    flags = np.zeros(reader.segment.count, dtype=bool)
    stems = file["forms.stems"][forms].astype(np.int64)
    postings = file["stems.starts"][stems].astype(np.int64)
    for name in SHARED_FIELDS:
        starts = file[f"stems.{name}.starts"]
        first = starts[stems].astype(np.int64)
        counts = starts[stems + 1].astype(np.int64) - first
        slots = file.runs(f"stems.{name}.slots", first, counts)[ragged(first, counts)].astype(np.int64)
        flags[file["stems.docs"][np.repeat(postings, counts) + slots]] = True
    return flags


def _occur_in_own(reader: SegmentReader, node: Operand, docs: Array) -> Array:
    """Returns for each document whether its heading or text has an operand. Shape (docs,), bool."""

    def find(batch: Array) -> Array:
        spans = left_spans(reader, node, batch) if isinstance(node, Near) else find_spans(reader, node, batch)
        own: Array = _IS_OWN[fields_of(reader, spans.owners, spans.starts)]
        return distinct(spans.owners[own])

    found = by_documents(reader, docs, term_forms(reader, node), find)
    return look_up(docs, np.concatenate(found))[1]


def _plain_stem(node: Node) -> str | None:
    """Returns the stem of a word that is searched in all fields, if its postings are all its matches; else None."""
    return sole_stem(node.text) if isinstance(node, Word) and node.field is None else None


def _have_stems(reader: SegmentReader, stems: Sequence[str], docs: Array) -> Array:
    """Returns for each document whether its heading or text has a word of any of the stems. Reads no positions."""
    segment = reader.segment
    own, flags = np.zeros(len(docs), dtype=bool), np.zeros(0, dtype=bool)
    for stem in stems:
        ordinal = segment.stems.find(encode(stem))
        if ordinal is None:
            continue
        extent = segment.extent("stems.starts", ordinal)
        postings = segment.file.part("stems.docs", *extent)
        in_text = segment.file.part("stems.tfs", *extent) != 0
        slots = segment.file.part(f"stems.{_HEADING}.slots", *segment.extent(f"stems.{_HEADING}.starts", ordinal))
        if len(docs) * SPARSE < len(postings):
            at, found = look_up(docs, postings)
            own |= found & (in_text[at] | is_in(at, slots, len(postings)))
            continue
        if not len(flags):
            flags = np.zeros(segment.count, dtype=bool)
        flags[postings[in_text]] = True
        flags[postings[slots]] = True
    return own | flags[docs] if len(flags) else own
