"""What an index leaves out of its answers, and what it says otherwise, until it is written again.

`reading` and `snapshot` import this.
"""

from collections.abc import Collection
from copy import copy
from functools import cached_property

import numpy as np

from ..contract import ValuesOfArticles
from .columns import KeywordColumn
from .files import Array
from .packing import pack_column, pack_folds
from .segment import Segment
from .terms import encode, merge_terms


class Mask:
    """Articles that an index does not show, and values that others have now. `text` is the same for equal masks."""

    def __init__(self, article_ids: Collection[int], values: ValuesOfArticles) -> None:
        self._hidden = np.array(sorted(set(article_ids)), dtype=np.int64)
        self._values = {
            pk: {name: (value,) if isinstance(value, str) else value for name, value in sorted(fields.items())}
            for pk, fields in sorted(values.items())
        }

    @cached_property
    def text(self) -> str:
        """What is left out, and which values are others."""
        return f"without {self._hidden.tolist()} and with {self._values}"

    def documents(self, segment: Segment) -> Array:
        """Returns for each document of a segment whether its article is left out. Shape (documents,), bool."""
        if not len(self._hidden):
            return np.zeros(segment.count, dtype=bool)
        hidden: Array = np.isin(segment.card_articles, self._hidden)[segment.cards]
        return hidden

    def with_values(self, segment: Segment) -> Segment:
        """Returns a segment whose cards have the values of now; the same if it has none of these articles.

        O(cards + values) for each field.
        """
        changed = np.flatnonzero(np.isin(segment.card_articles, list(self._values))) if self._values else ()
        if not len(changed):
            return segment
        of_cards = {int(card): self._values[int(segment.card_articles[card])] for card in changed}
        columns = dict(segment.columns)
        for name in sorted({name for fields in of_cards.values() for name in fields}):
            values = {card: fields[name] for card, fields in of_cards.items() if name in fields}
            columns[name] = _replace(columns[name], values, len(segment.card_articles))
        changed_segment = copy(segment)
        changed_segment.columns = columns
        changed_segment.__dict__.pop("in_live_pages", None)
        return changed_segment


def _replace(column: KeywordColumn, of_cards: dict[int, tuple[str, ...]], cards: int) -> KeywordColumn:
    """Returns a column in which some cards have other values."""
    replaced = [(card, encode(value)) for card, values in of_cards.items() for value in dict.fromkeys(values) if value]
    merged, (old, new) = merge_terms([column.values.all(), [value for _, value in replaced]])
    kept = np.setdiff1d(np.arange(cards), list(of_cards))
    ordinals, owners = column.entries(kept)
    owners = np.concatenate([kept if owners is None else kept[owners], [card for card, _ in replaced]]).astype(
        np.int64
    )
    ordinals = np.concatenate([old[ordinals], new])
    order = np.lexsort((ordinals, owners))
    counts = np.bincount(owners, minlength=cards)
    return KeywordColumn(
        pack_column(column.name, merged, counts, ordinals[order]) | pack_folds(column.name, merged), column.name
    )
