"""Example queries, one for each of the most useful operators, made of what this archive has: each finds something.

The words are those of headlines that readers see; the values are the most frequent. For the modules of
`search.results` only.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from ..engines import Reader
from ..query import Keyword, QueryError, format_query, parse
from ..text import FUNCTION_WORDS, find_words, fold_word

# A query, and what it finds.
Example = tuple[str, str]

# Shorter words say little, and truncated words match too much.
_MIN_WORD_CHARS = 4
# Longer ones are no example of how to write.
_MAX_WORD_CHARS = 20
_MAX_VALUE_CHARS = 40
_MIN_TRUNCATED_CHARS = 7
_TRUNCATED_CHARS = 2
_MAX_DISTANCE = 5
# A word that every tenth section has says little of the archive; in a small archive most words are as frequent.
_MAX_SHARE = 0.1
_ALWAYS_RARE_SECTIONS = 10
# Counting takes up to a hundredth of a second.
_MAX_COUNTED = 6


@dataclass(frozen=True)
class _HeadlineWord:
    """A word that says something: as written, in lower case; its place in the headline; how many sections have it."""

    text: str
    place: int
    sections: int


_Pair = tuple[_HeadlineWord, _HeadlineWord]


def make_examples(
    index: Reader,
    headlines: Iterable[str],
    values: Mapping[str, Sequence[tuple[str, int]]],
    peak_dates: str,
    *,
    now: datetime,
) -> tuple[Example, ...]:
    """Returns examples that find something; none where the archive has nothing to make them of.

    `values` are those of fields, the most frequent first; `peak_dates` is the span in which most was published, empty
    if unknown. Raises EngineError.
    """

    def count(query: str) -> int:
        try:
            return index.count(parse(query, now=now).tree)
        except QueryError:
            return 0

    candidates = [
        *_of_words(_read_headlines(index, headlines), count),
        *_of_values("source", values, count),
        *_of_values("topic", values, count),
        *([(f"date:{peak_dates}", "published at this time")] if peak_dates else []),
    ]
    return tuple((query, meaning) for query, meaning in candidates if count(query))


def _of_values(
    field: str, values: Mapping[str, Sequence[tuple[str, int]]], count: Callable[[str], int]
) -> Iterator[Example]:
    """Yields the most frequent value of a field that is short and can be written: some have quotation marks."""
    short = [value for value, _ in values.get(field, ()) if len(value) <= _MAX_VALUE_CHARS]
    queries = (format_query(Keyword(field, value)) for value in short[:_MAX_COUNTED])
    if query := next(filter(count, queries), ""):
        yield query, f"with this {field}"


def _read_headlines(index: Reader, headlines: Iterable[str]) -> list[list[_HeadlineWord]]:
    """Returns the words of each headline that say something, in its order."""
    read = []
    for headline in headlines:
        words = []
        for place, match in enumerate(find_words(headline)):
            form, length = fold_word(match[0])
            is_plain = (
                _MIN_WORD_CHARS <= len(form) <= _MAX_WORD_CHARS
                and "'" not in form
                and not any(char.isdigit() for char in form)
            )
            if is_plain and form not in FUNCTION_WORDS:
                words.append((match[0][:length].lower(), form, place))
        read.append(words)
    forms = sorted({form for words in read for _, form, _ in words})
    total, counts = index.document_frequencies(forms)
    most = max(total * _MAX_SHARE, _ALWAYS_RARE_SECTIONS)
    sections = {form: count for form, count in zip(forms, counts, strict=True) if count <= most}
    return [
        [_HeadlineWord(text, place, sections[form]) for text, form, place in words if form in sections]
        for words in read
    ]


def _of_words(headlines: Sequence[Sequence[_HeadlineWord]], count: Callable[[str], int]) -> Iterator[Example]:
    """Yields examples of words; no two have a word in common, as far as there are enough words."""
    used: set[str] = set()

    def choose(pairs: Iterable[_Pair], write: Callable[[str, str], str]) -> str:
        """Returns the query of the pair that finds most, of those whose words occur most; empty if there is none."""
        fresh = {
            (first.text, second.text): min(first.sections, second.sections)
            for first, second in pairs
            if first.text != second.text and used.isdisjoint((first.text, second.text))
        }
        best = sorted(fresh, key=lambda texts: (-fresh[texts], texts))[:_MAX_COUNTED]
        counted = {texts: count(write(*texts)) for texts in best}
        chosen = max(counted, key=lambda texts: counted[texts], default=None)
        if chosen is None or not counted[chosen]:
            return ""
        used.update(chosen)
        return write(*chosen)

    pairs = [pair for words in headlines for pair in combinations(words, 2)]
    adjacent = [(first, second) for first, second in pairs if second.place == first.place + 1]
    near = [(first, second) for first, second in pairs if 1 < second.place - first.place <= _MAX_DISTANCE]
    if query := choose(adjacent, '"{} {}"'.format):
        yield query, "these words in this order"
    if query := choose(pairs, "{} {}".format):
        yield query, "both words, in any form"
    if query := choose(near, f"{{}} w/{_MAX_DISTANCE} {{}}".format):
        yield query, f"within {_MAX_DISTANCE} words of each other"
    by_use = sorted((word for words in headlines for word in words), key=lambda word: (-word.sections, word.text))
    fresh = [word.text for word in by_use if word.text not in used]
    long = next((text for text in fresh if len(text) >= _MIN_TRUNCATED_CHARS), "")
    if long:
        yield f"{long[:-_TRUNCATED_CHARS]}*", "all words that begin like this"
    other = next((text for text in fresh if text != long), "")
    if other:
        yield f"headline:{other}", "a word in the headline"
