"""The words in the values of a keyword field: which values of a segment a word, a pattern or a whole value finds.

Values are few beside documents, so their words are not on disk: they are collected at the first question, and kept
with the segment. 4,300 names take 40 ms. Only modules of this package import from here.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence

from ...query import ValueFuzzy, ValueTruncation, ValueWord, truncation_parts, truncation_regex, within_edits
from ...text import has_in_order, single_words, value_forms, value_words, word_forms
from ..deadline import check_time

_TESTS_AT_ONCE = 256


class ValueWords:
    """The words in the values of one field of one segment; values are known by their ordinals. O(values) to make."""

    def __init__(self, field: str, values: Sequence[str]) -> None:
        self._field = field
        self._values = values
        self._with_word: dict[str, set[int]] = defaultdict(set)
        for ordinal, value in enumerate(values):
            for word in value_words(field, value):
                self._with_word[word].add(ordinal)

    def find(self, node: ValueWord | ValueTruncation | ValueFuzzy) -> list[int]:
        """Returns the ordinals of the values that have a word or a match of a pattern, ascending."""
        match node:
            case ValueWord(_, text):
                found = self._find_word(text)
            case ValueTruncation(_, text):
                found = self._find_pattern(text)
            case ValueFuzzy(_, text, edits):
                (word,) = word_forms(text)
                found = self._having(lambda other: within_edits(word, other, edits))
        return sorted(found)

    def _find_word(self, word: str) -> set[int]:
        found: set[int] = set()
        for single in single_words(word):
            found |= self._with_word.get(single, set())
        forms = word_forms(word)
        if len(forms) > 1:
            candidates = self._with_word.get(forms[0], set())
            found |= {ordinal for ordinal in candidates if any(has_in_order(of, forms) for of in self._forms(ordinal))}
        return found

    def _find_pattern(self, pattern: str) -> set[int]:
        """Returns the values that have a match of each part of a pattern, side by side."""
        tests = [truncation_regex(part).fullmatch for part in truncation_parts(pattern)]
        found = self._having(tests[0])
        if len(tests) == 1:
            return found
        return {ordinal for ordinal in found if any(_match_in_order(of, tests) for of in self._forms(ordinal))}

    def _having(self, test: Callable[[str], object]) -> set[int]:
        found: set[int] = set()
        for number, (word, ordinals) in enumerate(self._with_word.items()):
            if number % _TESTS_AT_ONCE == 0:
                check_time()
            if test(word):
                found |= ordinals
        return found

    def _forms(self, ordinal: int) -> list[list[str]]:
        return value_forms(self._field, self._values[ordinal])


def _match_in_order(forms: Sequence[str], tests: Sequence[Callable[[str], object]]) -> bool:
    places = range(len(forms) - len(tests) + 1)
    return any(all(test(forms[at + index]) for index, test in enumerate(tests)) for at in places)
