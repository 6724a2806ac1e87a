"""One generation of the index, open for reading: its segments, their live documents, and counts over all segments.

A Segment is reused from one generation to the next. What depends on deletions or on the other segments belongs to one
generation, and is computed when it is first needed. This takes private memory: a small table for each text field,
eight bytes for each stem, and the values of keyword fields where there are several segments.

It does not search. Only `engine` makes snapshots; the modules of this package that search read them.
"""

import math
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from ...fields import FIELD_BY_NAME
from ...query import Term
from ..contract import Origin
from .columns import ValueColumn
from .files import Array
from .forward import read_forward
from .masks import Mask
from .segment import FIELD_NAMES, Segment
from .stem_numbers import StemNumbers, StemTable
from .terms import decode, encode, merge_terms

# The parameters of BM25F: how soon further occurrences stop counting, and how much the length of a field matters.
K1 = 1.5
B = 0.75
_MAX_CACHED_VALUES = 20_000
_MAX_INT32 = 2**31 - 1

Made = TypeVar("Made")


@dataclass
class SegmentReader:
    """A segment in a snapshot. `live` is a mask of the documents that are not deleted; None if all are live.

    Documents that are `masked` are not live either, and no answer may count them.
    """

    segment: Segment
    live: Array | None
    snapshot: "Snapshot" = field(repr=False)
    masked: Array | None = None
    # The forms of recent terms, see `vocabulary.find_readings`.
    form_cache: dict[Term, list[list[Array]]] = field(default_factory=dict, repr=False)
    _weights: dict[str, Array] = field(default_factory=dict, repr=False)
    _all_docs: Array | None = field(default=None, repr=False)

    def weigh(self, name: str, docs: Array) -> Array:
        """Returns the weight of an occurrence in a text field of each document: boost / (1 - b + b * length / mean).

        Shape (docs,), float64. It is looked up by length: a small table stays in the processor's cache, where a
        number for each document would not.
        """
        lengths = self.segment.lengths(name)
        by_length = self._weights.get(name)
        if by_length is None:
            every_length = np.arange(int(lengths.max(initial=0)) + 1)
            by_length = FIELD_BY_NAME[name].boost / (1 - B + B * every_length / self.snapshot.mean_length(name))
            self._weights[name] = by_length
        return by_length.take(lengths.take(docs))

    def norms(self, docs: Array) -> Array:
        """Returns the length of each document relative to the mean, over all text fields: 1 - b + b * length / mean.

        Shape (docs,), float64.
        """
        norms: Array = 1 - B + B * self.segment.words(docs) / self.snapshot.mean_words
        return norms

    def count_stems(self) -> Array:
        """Returns the number of live documents with each stem (int64). O(stems + deleted).

        Those of stems that are left out of `forward` include deleted documents.
        """
        counts: Array = np.diff(self.segment.file["stems.starts"]).astype(np.int64)
        if self.live is not None:
            _, stems, _ = read_forward(self.segment, np.flatnonzero(~self.live))
            counts -= np.bincount(stems, minlength=len(counts))
        return counts

    def live_cards(self) -> Array:
        """Returns for each card whether a live document has it. Shape (cards,), bool."""
        if self.live is None:
            return np.ones(len(self.segment.card_articles), dtype=bool)
        live = np.zeros(len(self.segment.card_articles), dtype=bool)
        live[self.segment.cards[self.live]] = True
        return live

    @property
    def all_docs(self) -> Array:
        """All live documents, ascending (int64). The same array each time: what is counted of them is kept."""
        if self._all_docs is None:
            self._all_docs = np.arange(self.segment.count) if self.live is None else np.flatnonzero(self.live)
        return self._all_docs

    def only_live(self, docs: Array) -> Array:
        """Returns the documents that are live."""
        return docs if self.live is None else docs[self.live[docs]]

    def count_live(self, docs: Array) -> int:
        """Returns how many of the documents are live."""
        return len(docs) if self.live is None else int(np.count_nonzero(self.live[docs]))


class Snapshot:
    """The segments of one generation. A segment's number is its index in `readers`."""

    def __init__(
        self,
        generation: str,
        segments: Sequence[tuple[Segment, Array | None]],
        origin: Origin | None = None,
        *,
        stem_numbers: StemNumbers,
    ) -> None:
        self.generation = generation
        self.origin = origin
        self._stem_numbers = stem_numbers
        self._stem_table: StemTable | None = None
        self.readers = [SegmentReader(segment, live, self) for segment, live in segments]
        # The number of live documents.
        self.documents = sum(
            segment.count if live is None else int(np.count_nonzero(live)) for segment, live in segments
        )
        self._tokens: dict[str, tuple[int, int]] = {}
        self._values: dict[str, MergedValues] = {}
        self._folded: dict[str, Groups] = {}
        # By keyword field, see `suggesting.Catalogue`.
        self.catalogues: dict[str, Any] = {}
        # What is counted of all documents, see `keep`.
        self._kept: dict[tuple[str, Groups | None], Any] = {}
        # The text of the last mask, and the snapshot behind it.
        self._last_masked: tuple[str, Snapshot] = ("", self)

    def behind(self, mask: Mask) -> "Snapshot":
        """Returns the snapshot with what a mask leaves out and changes. O(documents), once for the same mask."""
        last_mask, masked = self._last_masked
        if last_mask != mask.text:
            masked = self._mask(mask)
            self._last_masked = mask.text, masked
        return masked

    def _mask(self, mask: Mask) -> "Snapshot":
        of_readers = [mask.documents(reader.segment) for reader in self.readers]
        segments = [mask.with_values(reader.segment) for reader in self.readers]
        unchanged = all(segment is reader.segment for segment, reader in zip(segments, self.readers, strict=True))
        if unchanged and not any(masked.any() for masked in of_readers):
            return self
        live = [
            ~masked if reader.live is None else reader.live & ~masked
            for reader, masked in zip(self.readers, of_readers, strict=True)
        ]
        snapshot = Snapshot(
            self.generation,
            list(zip(segments, live, strict=True)),
            self.origin,
            stem_numbers=self._stem_numbers,
        )
        for reader, masked in zip(snapshot.readers, of_readers, strict=True):
            reader.masked = masked
        # These depend on no deletions, and on values alone.
        snapshot.articles = self.articles
        if unchanged:
            snapshot._values = self._values
            snapshot._folded = self._folded
        return snapshot

    def mean_length(self, name: str) -> float:
        """Returns the mean length of a text field, in tokens, over the live documents that have it."""
        tokens, having = self._count_tokens(name)
        return tokens / having if having else 1.0

    @cached_property
    def mean_words(self) -> float:
        """The mean number of tokens in all text fields together, over the live documents."""
        tokens = sum(self._count_tokens(name)[0] for name in FIELD_NAMES)
        return tokens / self.documents if tokens else 1.0

    def _count_tokens(self, name: str) -> tuple[int, int]:
        """Returns the number of tokens in a text field of live documents, and of live documents that have any."""
        if name not in self._tokens:
            tokens = having = 0
            for reader in self.readers:
                tokens += reader.segment.tokens[name]
                having += reader.segment.documents_having[name]
                if reader.live is not None:
                    deleted = reader.segment.lengths(name)[~reader.live]
                    tokens -= int(deleted.sum(dtype=np.int64))
                    having -= int(np.count_nonzero(deleted))
            self._tokens[name] = tokens, having
        return self._tokens[name]

    def idf(self, frequency: int) -> float:
        """Returns the inverse document frequency of a term in n live documents: ln(1 + (N - n + 1/2) / (n + 1/2))."""
        return math.log(1 + (self.documents - frequency + 0.5) / (frequency + 0.5))

    def idfs(self, frequencies: Array) -> Array:
        """Returns the inverse document frequencies of many terms. Shape (frequencies,), float64."""
        idfs: Array = np.log(1 + (self.documents - frequencies + 0.5) / (frequencies + 0.5))
        return idfs

    # No cached_property: in Python 3.11 it has a lock for all instances, and this may take a while.
    @property
    def stems(self) -> StemTable:
        """The stems of all segments. O(stems + stems of deleted documents), once."""
        if self._stem_table is None:
            if len(self.readers) == 1:
                self._stem_table = StemTable([None], self.idfs(self.readers[0].count_stems()))
            else:
                numbers = [self._stem_numbers.of(reader.segment) for reader in self.readers]
                frequencies = np.zeros(len(self._stem_numbers), dtype=np.int64)
                for reader, of_segment in zip(self.readers, numbers, strict=True):
                    np.add.at(frequencies, of_segment, reader.count_stems())
                self._stem_table = StemTable(numbers, self.idfs(frequencies))
        return self._stem_table

    @cached_property
    def articles(self) -> "Articles":
        """The articles of all segments. O(cards), once."""
        return Articles(self.readers)

    def folded(self, name: str) -> "Groups":
        """Returns the articles of all segments with those that share a value of a field as one. O(cards), once."""
        if name not in self._folded:
            self._folded[name] = fold_articles(self.articles, self.readers, name, self.values(name))
        return self._folded[name]

    def keep(self, what: str, make: Callable[[], Made], groups: "Groups | None" = None) -> Made:
        """Returns what was made under this name, by these groups, or makes it."""
        key = (what, groups)
        if key not in self._kept:
            self._kept[key] = make()
        made: Made = self._kept[key]
        return made

    def values(self, name: str) -> "MergedValues":
        """Returns the values of a keyword field, or the addresses, over all segments. O(values), once."""
        if name not in self._values:
            self._values[name] = MergedValues([reader.segment.column(name) for reader in self.readers])
        return self._values[name]


class Groups:
    """What the cards of all segments belong to: articles, or articles that share a value. A snapshot makes them.

    `of_cards` has for each segment the ordinal of each card's group; all are below `size`. `alone` has for each
    segment whether a card is the only one of its group that a live document has, and `all_alone` whether all are.
    """

    def __init__(self, size: int, readers: Sequence[SegmentReader], of_cards: list[Array]) -> None:
        self.size = size
        self.of_cards = of_cards
        self._readers = readers
        live = [reader.live_cards() for reader in readers]
        cards = np.zeros(size, dtype=np.int64)
        for of_segment, in_use in zip(of_cards, live, strict=True):
            cards += np.bincount(of_segment[in_use], minlength=size)
        self.alone = [cards[of_segment] <= 1 for of_segment in of_cards]
        self.all_alone = all(map(np.all, self.alone))
        self._of_docs: dict[int, Array] = {}
        self._pairs_alone: dict[tuple[str, int], Array] = {}
        self._in_one_place: Array | None = None

    def of_docs(self, segment_number: int) -> Array:
        """Returns the group of each document of a segment (int32 or int64). O(segment), once."""
        if segment_number not in self._of_docs:
            of_cards = self.of_cards[segment_number].astype(np.int32 if self.size < _MAX_INT32 else np.int64)
            self._of_docs[segment_number] = of_cards[self._readers[segment_number].segment.cards]
        return self._of_docs[segment_number]

    def pairs_alone(self, name: str, segment_number: int) -> Array:
        """Returns for each pair of article and value in a field whether its group has no equal one.

        That is, whether the group has one article, and this in one segment. See `Segment.article_pairs`. Shape
        (pairs,), bool. O(pairs), once.
        """
        key = (name, segment_number)
        if key not in self._pairs_alone:
            pairs = self._readers[segment_number].segment.article_pairs(name)
            self._pairs_alone[key] = self._are_in_one_place()[self.of_cards[segment_number][pairs.cards]]
        return self._pairs_alone[key]

    def _are_in_one_place(self) -> Array:
        if self._in_one_place is None:
            places = np.zeros(self.size, dtype=np.int64)
            for reader, of_cards in zip(self._readers, self.of_cards, strict=True):
                in_use = np.flatnonzero(reader.live_cards())
                articles = reader.segment.card_articles[in_use]
                firsts = np.unique(articles, return_index=True)[1]
                places += np.bincount(of_cards[in_use[firsts]], minlength=self.size)
            self._in_one_place = places <= 1
        return self._in_one_place


class Articles(Groups):
    """Ordinals of the articles of all segments. An article may be in two segments.

    `ids` has the article id by ordinal, ascending.
    """

    def __init__(self, readers: Sequence[SegmentReader]) -> None:
        by_card = [reader.segment.card_articles for reader in readers]
        joined = np.concatenate([np.zeros(0, dtype=np.int64), *by_card])
        self.ids, ordinals = np.unique(joined, return_inverse=True)
        ends = np.cumsum([len(ids) for ids in by_card])
        of_cards = [ordinals[end - len(ids) : end] for ids, end in zip(by_card, ends.tolist(), strict=True)]
        super().__init__(len(self.ids), readers, of_cards)


def fold_articles(articles: Articles, readers: Sequence[SegmentReader], name: str, values: "MergedValues") -> Groups:
    """Returns articles with those that share a value of a field as one group. O(cards).

    The first ordinals are those of the values, the others those of articles without a value. A card decides by its own
    value, so that deleted documents with an older value of their article do not matter.
    """
    of_cards = []
    for number, (reader, articles_of_cards) in enumerate(zip(readers, articles.of_cards, strict=True)):
        groups = articles_of_cards.astype(np.int64) + len(values)
        ordinals, cards = reader.segment.column(name).entries(np.arange(len(groups)))
        groups[slice(None) if cards is None else cards] = values.renumber(number, ordinals)
        of_cards.append(groups)
    return Groups(len(values) + articles.size, readers, of_cards)


class MergedValues:
    """The values of a field over all segments, sorted. With one segment, its ordinals are used."""

    def __init__(self, columns: Sequence[ValueColumn]) -> None:
        self._columns = columns
        self._texts: list[str] | None = None
        # For each segment, the ordinals here by the ordinals there.
        self._maps: list[Array] | None = None
        if len(columns) != 1:
            merged, self._maps = merge_terms(column.values.all() for column in columns)
            self._texts = list(map(decode, merged))

    def __len__(self) -> int:
        return len(self._columns[0].values) if self._texts is None else len(self._texts)

    def renumber(self, segment_number: int, ordinals: Array) -> Array:
        """Returns the ordinals here for the ordinals in a segment."""
        return ordinals if self._maps is None else self._maps[segment_number][ordinals]

    def add(self, segment_number: int, counts: Array, total: Array) -> None:
        """Adds counts by the ordinals in a segment to a total by the ordinals here."""
        total[slice(None) if self._maps is None else self._maps[segment_number]] += counts

    def texts(self, ordinals: list[int]) -> list[str]:
        """Returns the values with these ordinals."""
        if self._texts is None:
            # All texts of a small dictionary are kept, at 60 bytes each. Those of a large one are decoded each time.
            values = self._columns[0].values
            if len(values) > _MAX_CACHED_VALUES:
                return [decode(values[ordinal]) for ordinal in ordinals]
            self._texts = list(map(decode, values.all()))
        return list(map(self._texts.__getitem__, ordinals))

    def find(self, text: str) -> int | None:
        """Returns the ordinal of a value, or None."""
        if self._texts is None:
            return self._columns[0].values.find(encode(text))
        ordinal = bisect_left(self._texts, text)
        return ordinal if ordinal < len(self._texts) and self._texts[ordinal] == text else None
