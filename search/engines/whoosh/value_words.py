"""The words in the values of a keyword field: which values of a segment a word finds.

Values are few beside documents, so their words are not on disk: they are collected at the first question, and kept
with the segment. 4,300 names take 40 ms. Only modules of this package import from here.
"""

from collections import defaultdict
from collections.abc import Iterable

from ...text import contains_word, single_words, value_words, word_forms


class ValueWords:
    """The words in the values of one field of one segment; values are known by their ordinals. O(values) to make."""

    def __init__(self, values: Iterable[str]) -> None:
        self._values = list(values)
        self._with_word: dict[str, set[int]] = defaultdict(set)
        for ordinal, value in enumerate(self._values):
            for word in value_words(value):
                self._with_word[word].add(ordinal)

    def find(self, word: str) -> list[int]:
        """Returns the ordinals of the values that have a word of a query, ascending."""
        found = {ordinal for single in single_words(word) for ordinal in self._having(single)}
        forms = word_forms(word)
        if len(forms) > 1:
            having_all = set.intersection(*map(self._having, forms))
            found |= {ordinal for ordinal in having_all if contains_word(self._values[ordinal], word)}
        return sorted(found)

    def _having(self, word: str) -> set[int]:
        return self._with_word.get(word, set())
