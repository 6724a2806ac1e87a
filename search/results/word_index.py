"""Words among which those are found that match a pattern or are similar to another, without a test of each. Pure.

`name_spellings` looks up the words of names here.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property

from ..engines import check_time
from ..query import literal_pieces, literal_prefix, truncation_regex, within_edits

_WORDS_PER_TIME_CHECK = 1024
_MASK_BITS = 63


class WordIndex:
    """Some words. Each index of them is made when it is first needed, in O(letters)."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = list(words)

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self._words)

    @cached_property
    def _by_length(self) -> dict[int, list[tuple[int, str]]]:
        """The words by their lengths, each with its letters as bits."""
        by_length: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
        for word in self._words:
            by_length[len(word)].append((_letters(word), word))
        return dict(by_length)

    def matching(self, pattern: str) -> list[str]:
        """Returns the words that a pattern with wildcards matches, sorted.

        Only words that begin as it does are looked at, and only those are tested that have the longest of its pieces.
        O(words) without a beginning, but to look for a piece takes a tenth of a test.
        """
        prefix, longest = literal_prefix(pattern), max(literal_pieces(pattern), key=len)
        words = self._beginning(prefix) if prefix else self._words
        matches = truncation_regex(pattern).fullmatch
        found: list[str] = []
        for start in range(0, len(words), _WORDS_PER_TIME_CHECK):
            check_time()
            part = words[start : start + _WORDS_PER_TIME_CHECK]
            found += [word for word in part if longest in word and matches(word)]
        return sorted(found)

    def _beginning(self, prefix: str) -> list[str]:
        start = bisect_left(self._sorted, prefix)
        return self._sorted[start : bisect_right(self._sorted, prefix, key=lambda word: word[: len(prefix)])]

    def similar(self, form: str, edits: int) -> Iterator[str]:
        """Yields the words within some edits of a form.

        An edit adds at most one letter that is not there, and takes at most one away, so words with more others are
        not compared.
        """
        letters = _letters(form)
        for length in range(max(len(form) - edits, 1), len(form) + edits + 1):
            for place, (others, word) in enumerate(self._by_length.get(length, ())):
                if place % _WORDS_PER_TIME_CHECK == 0:
                    check_time()
                if (
                    (others & ~letters).bit_count() <= edits
                    and (letters & ~others).bit_count() <= edits
                    and within_edits(form, word, edits)
                ):
                    yield word


def _letters(word: str) -> int:
    """Returns the letters of a word as bits; some letters share one, which never hides a similar word."""
    mask = 0
    for letter in set(word):
        mask |= 1 << ord(letter) % _MASK_BITS
    return mask
