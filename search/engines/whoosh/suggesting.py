"""What may be meant by the beginning of a word: word forms, keyword values, articles by their headline.

All are read off what the index holds for searching: dictionaries are sorted, so what begins with a prefix is a range,
and each stem names the documents that have it in their headline. A keyword field's values are few; folded and laid
end to end they are gone through as bytes.
"""

from collections import Counter
from collections.abc import Sequence
from functools import cached_property

import numpy as np

from ...query import And, Word
from ..deadline import check_time
from .files import Array
from .leaves import fields_of
from .matching import Matcher
from .segment import FIELD_NAMES, OTHER_FIELDS, ragged
from .spans import occurrences
from .terms import decode, encode, merge_terms, pack_terms
from .view import Shard, View
from .vocabulary import most_frequent

_HEADLINE = "headline"
# Of each byte, whether it is a letter or digit of ASCII, or may be part of one past it.
_MAY_BE_OF_WORD = np.array([byte >= 0x80 or chr(byte).isalnum() for byte in range(256)])


def suggest_words(view: View, prefix: str, *, field: str, limit: int) -> tuple[tuple[str, int], ...]:
    """Returns the forms that begin with a folded prefix; of a field, those of the words that it has."""
    return most_frequent(view, [_with_prefix(held, prefix, field) for held in view.shards], limit=limit)


def _with_prefix(held: Shard, prefix: str, field: str) -> Array:
    """Returns the forms with a prefix. Words that the body alone lacks are few, and are not looked for."""
    forms = np.arange(*held.segment.forms.range_of(prefix))
    if field not in OTHER_FIELDS:
        return forms
    stems = held.segment.file["forms.stems"][forms]
    starts = held.segment.file[f"stems.{field}.starts"]
    having: Array = forms[starts[stems + 1] > starts[stems]]
    return having


# --- keyword values ---


class Catalogue:
    """A keyword field's values over all segments, folded, with how many live sections have each. O(cards) to make."""

    def __init__(self, view: View, name: str) -> None:
        self._columns = [held.segment.columns[name] for held in view.shards]
        folds, maps = merge_terms(column.folds.all() for column in self._columns)
        packed = pack_terms("folds", folds)
        self._folds = folds
        self._text, self._offsets = packed["folds.text"], packed["folds.offsets"].astype(np.int64)
        self._totals = np.zeros(len(folds))
        # By segment: how many live sections have each value, as it is written.
        self._values: list[Array] = []
        for held, column, to in zip(view.shards, self._columns, maps, strict=True):
            segment = held.segment
            cards = segment.cards if held.live is None else segment.cards[held.live]
            sizes = np.bincount(cards, minlength=len(segment.card_articles))
            ordinals, owners = column.entries(np.arange(len(sizes)))
            if owners is None:
                owners = np.arange(len(sizes))
            self._values.append(np.bincount(ordinals, weights=sizes[owners], minlength=len(column.values)))
            # A card that has two spellings of a value has the value once.
            pairs = np.unique(owners * (len(folds) + 1) + to[column.folds_of_values()[ordinals]])
            owners, found = np.divmod(pairs, len(folds) + 1)
            self._totals += np.bincount(found, weights=sizes[owners], minlength=len(folds))

    def find(self, prefix: str, *, limit: int) -> tuple[tuple[str, int], ...]:
        """Returns the values in which a folded prefix begins a word, the most frequent first, then by their folds."""
        found = self._beginning(encode(prefix))
        found = found[self._totals[found] > 0]
        best = found[np.argsort(-self._totals[found], kind="stable")[:limit]]
        return tuple((self._spelling(self._folds[ordinal]), int(self._totals[ordinal])) for ordinal in best.tolist())

    @cached_property
    def _word_starts(self) -> list[Array]:
        """Where in the text a word begins: at the start of a fold, or behind no letter or digit. By the byte there."""
        text = self._text
        starts = np.zeros(len(text) + 1, dtype=bool)
        starts[self._offsets] = True
        starts[1:] |= ~_MAY_BE_OF_WORD[text]
        # Behind a byte past ASCII, at the first byte of a character: whether that was the end of a letter.
        for at in (np.flatnonzero((text[:-1] >= 0x80) & (text[1:] & 0xC0 != 0x80) & ~starts[1:-1]) + 1).tolist():
            before = bytes(text[max(at - 4, 0) : at]).decode("utf-8", "ignore")
            starts[at] = not before[-1:].isalnum()
        places = np.flatnonzero(starts[:-1])
        places = places[np.argsort(text[places], kind="stable")]
        return np.split(places, np.searchsorted(text[places], np.arange(1, 256)))

    def _beginning(self, prefix: bytes) -> Array:
        """Returns the folds that have a prefix at their start or behind what is no letter or digit."""
        if not prefix:
            return np.flatnonzero(np.diff(self._offsets))
        at = self._word_starts[prefix[0]]
        at = at[at <= len(self._text) - len(prefix)]
        for place, byte in enumerate(prefix[1:], start=1):
            at = at[self._text[at + place] == byte]
        owners = np.searchsorted(self._offsets, at, side="right") - 1
        found: Array = np.unique(owners[at + len(prefix) <= self._offsets[owners + 1]])
        return found

    def _spelling(self, fold: bytes) -> str:
        """Returns how most live sections write a value."""
        spellings: Counter[bytes] = Counter()
        for column, counts in zip(self._columns, self._values, strict=True):
            for ordinal in column.with_fold(decode(fold)):
                spellings[column.values[ordinal]] += int(counts[ordinal])
        best = min(spellings, key=lambda value: (-spellings[value], value))
        return best.decode("utf-8", "replace")


def suggest_values(view: View, name: str, prefix: str, *, limit: int) -> tuple[tuple[str, int], ...]:
    """Returns the values of a keyword field in which a folded prefix begins a word."""
    catalogue = view.kept.get(name)
    if catalogue is None:
        catalogue = view.kept[name] = Catalogue(view, name)
    found: tuple[tuple[str, int], ...] = catalogue.find(prefix, limit=limit)
    return found


# --- headlines ---


def suggest_articles(view: View, words: Sequence[str], prefix: str, *, limit: int) -> tuple[tuple[int, int], ...]:
    """Returns the articles whose headline has a form of every word, and a word with the prefix: the newest first."""
    articles = view.articles
    counts = np.zeros(len(articles.ids), dtype=np.int64)
    latest = np.full(len(articles.ids), np.iinfo(np.int64).min)
    matcher = Matcher(view)
    tree = And(tuple(Word(word, _HEADLINE) for word in words))
    for number, held in enumerate(view.shards):
        check_time()
        flags = _with_prefix_in_headline(held, prefix)
        docs = held.only_live(np.flatnonzero(flags))
        if words:
            docs = docs[matcher.has(tree, docs, number)]
        owners = articles.of_cards[number][held.segment.cards[docs]]
        counts += np.bincount(owners, minlength=len(counts))
        np.maximum.at(latest, owners, held.segment.dates("date")[docs])
    having = np.flatnonzero(counts)
    if 0 < limit < len(having):
        cut = np.partition(latest[having], len(having) - limit)[len(having) - limit]
        having = having[latest[having] >= cut]
    best = having[np.lexsort((articles.ids[having], -latest[having]))[:limit]]
    return tuple(zip(articles.ids[best].tolist(), counts[best].tolist(), strict=True))


def _with_prefix_in_headline(held: Shard, prefix: str) -> Array:
    """Returns for each document whether its headline has a word with a prefix; for the empty one, whether it has any.

    Headlines are listed by stem. Where all forms of a stem have the prefix, its list is what is wanted; of the others,
    which are few, the places of the forms are read.
    """
    segment, file = held.segment, held.segment.file
    if not prefix:
        having: Array = segment.lengths(_HEADLINE) > 0
        return having
    first, last = segment.forms.range_of(prefix)
    form_stems = file["forms.stems"][first:last]
    stems, inside = np.unique(form_stems, return_counts=True)
    starts = file["stems.form_starts"]
    whole = starts[stems + 1].astype(np.int64) - starts[stems] == inside
    flags = np.zeros(segment.count, dtype=bool)
    flags[_docs_of_headline(held, stems[whole])] = True
    if not whole.all():
        docs = np.unique(_docs_of_headline(held, stems[~whole]))
        forms = first + np.flatnonzero(np.isin(form_stems, stems[~whole]))
        owners, positions = occurrences(held, docs, forms)
        flags[owners[fields_of(held, owners, positions) == FIELD_NAMES.index(_HEADLINE)]] = True
    return flags


def _docs_of_headline(held: Shard, stems: Array) -> Array:
    """Returns the documents that have any of the stems in their headline, some more than once."""
    file = held.segment.file
    starts = file[f"stems.{_HEADLINE}.starts"]
    first = starts[stems].astype(np.int64)
    counts = starts[stems + 1].astype(np.int64) - first
    slots = file[f"stems.{_HEADLINE}.slots"][ragged(first, counts)]
    docs: Array = file["stems.docs"][np.repeat(file["stems.starts"][stems].astype(np.int64), counts) + slots]
    return docs
