"""One generation of the index, open for reading: its segments with what is live, and what is counted over all.

A Segment is kept from generation to generation by its id; what depends on deletions, or on the other segments, is of
this generation alone and is made when first asked for. Private memory: four bytes a document once phrases are asked
for, sixteen a stem of deleted documents, and the values of keyword fields that two or more segments share.
"""

import math
from bisect import bisect_left
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from ...fields import FIELD_BY_NAME
from ...query import Term
from .files import Array
from .forward import read_forward
from .segment import FIELD_NAMES, Column, Segment
from .terms import decode, encode

# BM25F: how soon more occurrences stop to count, and how much a long field is held against a document.
K1 = 1.5
B = 0.75
_KEPT_TEXTS = 20_000


@dataclass
class Shard:
    """A segment in a generation. `live` is None where nothing is deleted."""

    segment: Segment
    live: Array | None
    view: "View" = field(repr=False)
    # The forms of the terms asked for last, see vocabulary.
    forms_found: dict[tuple[Term, int], Array] = field(default_factory=dict, repr=False)
    _weights: dict[str, Array] = field(default_factory=dict, repr=False)

    def weigh(self, name: str, docs: Array) -> Array:
        """Returns what one occurrence in a text field weighs in these documents: boost / (1 - b + b * length / mean).

        Looked up by the length: two small tables stay in the cache where one number a document would not.
        """
        lengths = self.segment.lengths(name)
        by_length = self._weights.get(name)
        if by_length is None:
            known = np.arange(int(lengths.max(initial=0)) + 1)
            by_length = FIELD_BY_NAME[name].boost / (1 - B + B * known / self.view.mean_length(name))
            self._weights[name] = by_length
        return by_length.take(lengths.take(docs))

    def norms(self, docs: Array) -> Array:
        """Returns how long documents are beside the mean, all text fields together: 1 - b + b * length / mean."""
        lengths = np.zeros(len(docs))
        for name in FIELD_NAMES:
            lengths += self.segment.lengths(name)[docs]
        norms: Array = 1 - B + B * lengths / self.view.mean_words
        return norms

    def count_stems(self, stems: Array) -> Array:
        """Returns how many live documents have each of these stems, by ordinal; none of them left out of `forward`."""
        starts = self.segment.file["stems.starts"]
        counts: Array = starts[stems + 1].astype(np.int64) - starts[stems]
        if self.live is not None:
            deleted, times = self._deleted_stems
            at = np.searchsorted(deleted, stems)
            at[at == len(deleted)] = 0
            hit = np.flatnonzero(deleted[at] == stems) if len(deleted) else at[:0]
            counts[hit] -= times[at[hit]]
        return counts

    @cached_property
    def _deleted_stems(self) -> tuple[Array, Array]:
        """The stems of the deleted documents, and how many of these have each. O(deleted), once a generation."""
        assert self.live is not None  # noqa: S101
        _, stems, _ = read_forward(self.segment, np.flatnonzero(~self.live))
        found: tuple[Array, Array] = np.unique(stems, return_counts=True)
        return found

    def only_live(self, docs: Array) -> Array:
        return docs if self.live is None else docs[self.live[docs]]

    def count_live(self, docs: Array) -> int:
        return len(docs) if self.live is None else int(np.count_nonzero(self.live[docs]))


class View:
    """The segments of one generation."""

    def __init__(self, generation: str, segments: list[tuple[Segment, Array | None]]) -> None:
        self.generation = generation
        self.shards = [Shard(segment, live, self) for segment, live in segments]
        self.documents = sum(
            shard.segment.count if shard.live is None else int(np.count_nonzero(shard.live)) for shard in self.shards
        )
        self._tokens: dict[str, tuple[int, int]] = {}
        self._values: dict[str, Values] = {}
        # What is offered while a query is typed, by field: see suggesting.
        self.kept: dict[str, Any] = {}

    def mean_length(self, name: str) -> float:
        """Returns the mean length of a text field over the live documents that have it."""
        tokens, having = self._count_tokens(name)
        return tokens / having if having else 1.0

    @cached_property
    def mean_words(self) -> float:
        """The mean length of all text fields together, over the live documents."""
        tokens = sum(self._count_tokens(name)[0] for name in FIELD_NAMES)
        return tokens / self.documents if tokens else 1.0

    def _count_tokens(self, name: str) -> tuple[int, int]:
        """Returns how many tokens a text field has in the live documents, and how many of these have any."""
        if name not in self._tokens:
            tokens = having = 0
            for shard in self.shards:
                tokens += shard.segment.tokens[name]
                having += shard.segment.having[name]
                if shard.live is not None:
                    deleted = shard.segment.lengths(name)[~shard.live]
                    tokens -= int(deleted.sum(dtype=np.int64))
                    having -= int(np.count_nonzero(deleted))
            self._tokens[name] = tokens, having
        return self._tokens[name]

    def idf(self, frequency: int) -> float:
        """Returns what a term is worth that this many live documents have: ln(1 + (N - n + 1/2) / (n + 1/2))."""
        return math.log(1 + (self.documents - frequency + 0.5) / (frequency + 0.5))

    def idfs(self, frequencies: Array) -> Array:
        """Returns the same of many."""
        worth: Array = np.log(1 + (self.documents - frequencies + 0.5) / (frequencies + 0.5))
        return worth

    @cached_property
    def articles(self) -> "Articles":
        return Articles(self.shards)

    def values(self, name: str) -> "Values":
        """Returns a keyword field's values over all segments."""
        if name not in self._values:
            self._values[name] = Values([shard.segment.columns[name] for shard in self.shards])
        return self._values[name]


class Articles:
    """Ordinals for the articles of all segments; an article may lie in two of them."""

    def __init__(self, shards: list[Shard]) -> None:
        cards = [shard.segment.card_articles for shard in shards]
        joined = np.concatenate([np.zeros(0, dtype=np.int64), *cards])
        self.ids, ordinals = np.unique(joined, return_inverse=True)
        ends = np.cumsum([len(numbers) for numbers in cards])
        # By shard, by card.
        self.of_cards = [ordinals[end - len(numbers) : end] for numbers, end in zip(cards, ends.tolist(), strict=True)]
        self.one_card_each = len(self.ids) == len(joined)


class Values:
    """A keyword field's values over all segments, sorted; with one segment, its own ordinals serve."""

    def __init__(self, columns: list[Column]) -> None:
        self._columns = columns
        self._texts: list[str] | None = None
        self._maps: list[Array] | None = None
        if len(columns) != 1:
            lists = [column.values.all() for column in columns]
            merged = sorted(set().union(*lists))
            places = {value: ordinal for ordinal, value in enumerate(merged)}
            self._maps = [np.array([places[value] for value in values], dtype=np.int64) for values in lists]
            self._texts = list(map(decode, merged))

    def __len__(self) -> int:
        return len(self._columns[0].values) if self._texts is None else len(self._texts)

    def renumber(self, shard: int, ordinals: Array) -> Array:
        """Returns the ordinals here of a segment's ordinals."""
        return ordinals if self._maps is None else self._maps[shard][ordinals]

    def add(self, shard: int, counts: Array, total: Array) -> None:
        """Adds the counts by a segment's ordinals to a total by the ordinals here."""
        total[slice(None) if self._maps is None else self._maps[shard]] += counts

    def texts(self, ordinals: list[int]) -> list[str]:
        if self._texts is None:
            # Of a dictionary of moderate size all texts are kept, 60 bytes each; of a larger one they are read anew.
            values = self._columns[0].values
            if len(values) > _KEPT_TEXTS:
                return [decode(values[ordinal]) for ordinal in ordinals]
            self._texts = list(map(decode, values.all()))
        return list(map(self._texts.__getitem__, ordinals))

    def find(self, text: str) -> int | None:
        """Returns a value's ordinal."""
        if self._texts is None:
            return self._columns[0].values.find(encode(text))
        place = bisect_left(self._texts, text)
        return place if place < len(self._texts) and self._texts[place] == text else None
