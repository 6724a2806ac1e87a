"""How much of one text another has word for word: shingles, the sample by which candidates are found, the verdict.

A shingle is a run of five words, as a number. Two texts are copies where at least half of the shingles of the shorter
are in the longer: agency text is cut from the end, gets a paragraph of local words, and other headlines. Measures that
divide by both texts miss what is cut. The sample is a MinHash sketch: the smallest shingles of a text, so that texts
which have much in common have the same ones (Broder, "On the resemblance and containment of documents", 1997). Its
size grows with the text, since a short one in a long one would have no sample in common otherwise. Each print is a
band of its own: an index finds the articles that have it.

Pure. NumPy, since lists of Python numbers take ten times as long; datasketch brings SciPy, and neither it nor rensa
measures how much of a text is contained in another.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Shingles = NDArray[np.uint64]

_SHINGLE_WORDS = 5
# Of fewer words, texts agree by chance: forms that are filled in, "this page has been removed".
MIN_WORDS = 40
# A paragraph of so many words is none of a story (of paragraphs in 10,540 articles, 0.4 % are longer) but the captions
# of a gallery or a list of countries, which different articles have. Where little else remains, all is compared.
_MAX_PARAGRAPH_WORDS = 200
_MIN_STORY_WORDS = 300
# Less is left where a reader of a format took a whole text twice.
_MIN_ONCE = 0.25

# A 24th of the shingles is sampled. Sixteen of a short text are enough: with half of them in common, at least four
# are in 99 of 100 cases. More than 128 would make the longest texts the whole of the table.
_SAMPLED = 1 / 24
_MIN_PRINTS, _MAX_PRINTS = 16, 128
# Half of these shares makes a copy, so that the sample may err by as much.
_MIN_SAMPLE_SHARE = 0.25
_MIN_SAMPLED_IN_COMMON = 2

# Chosen on half of the pairs that were judged by hand, and checked on the other (tests/bench/copies.py).
MIN_CONTAINED = 0.5
# Nearly all of the shorter is in the longer: no box has so little around it.
_MIN_WHOLE = 0.9
_LEAD_WORDS = 40
_MIN_PASSAGE_WORDS = 15
_MIN_GAP_WORDS = 10

# Scripts that put no blanks between words: there every character counts as one.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_WORD = re.compile(f"[{_UNSPACED}]|[^\\W{_UNSPACED}]+")

_NONE: Shingles = np.empty(0, np.uint64)
_MAX_KEPT_WORDS = 300_000


class _WordNumbers(dict[str, int]):
    """The number of each word, which is the same in every process."""

    def __missing__(self, word: str) -> int:
        if len(self) >= _MAX_KEPT_WORDS:
            self.clear()
        digest = blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        self[word] = number = int.from_bytes(digest, "little")
        return number


_word_numbers = _WordNumbers()


@dataclass(frozen=True, eq=False)
class ShingledText:
    """The shingles of a text in the order of its words, and those that are compared, sorted. Empty for a short text.

    What a page says twice is not compared: the captions of a gallery, quotes that are set apart.
    """

    ordered: Shingles
    distinct: Shingles


def shingle(paragraphs: Sequence[str]) -> ShingledText:
    """Returns the shingles of a text. O(words)."""
    words = _story_words(paragraphs)
    if len(words) < MIN_WORDS:
        return ShingledText(_NONE, _NONE)
    numbers = np.fromiter(map(_word_numbers.__getitem__, words), np.uint64, len(words))
    count = len(words) - _SHINGLE_WORDS + 1
    ordered = np.zeros(count, np.uint64)
    for place in range(_SHINGLE_WORDS):
        ordered = _mix(ordered * np.uint64(31) + numbers[place : place + count])
    distinct, counts = np.unique(ordered, return_counts=True)
    once = distinct[counts == 1]
    return ShingledText(ordered, once if len(once) >= len(distinct) * _MIN_ONCE else distinct)


def _story_words(paragraphs: Sequence[str]) -> list[str]:
    if max(map(len, paragraphs), default=0) <= _MAX_PARAGRAPH_WORDS:  # as many words have more characters
        return _WORD.findall("\n".join(paragraphs).casefold())
    found = [_WORD.findall(paragraph.casefold()) for paragraph in paragraphs]
    words = sum(map(len, found))
    story = [words for words in found if len(words) <= _MAX_PARAGRAPH_WORDS]
    in_story = sum(map(len, story))
    is_enough = in_story >= min(_MIN_STORY_WORDS, words / 2)
    return [word for words in (story if is_enough else found) for word in words]


def _mix(numbers: Shingles) -> Shingles:
    """Spreads numbers over all values: the finalizer of SplitMix64 (Steele, Lea, Flood, 2014)."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))


def prints_of(text: ShingledText) -> list[int]:
    """Returns the sample of a text: its smallest shingles, in order, as signed numbers of 64 bits for a database."""
    shingles = text.distinct
    sampled = int(np.searchsorted(shingles, np.uint64(int(2**64 * _SAMPLED))))
    found: list[int] = shingles[: min(max(sampled, _MIN_PRINTS), _MAX_PRINTS)].view(np.int64).tolist()
    return found


def may_be_copies(prints: Sequence[int], others: Sequence[int]) -> bool:
    """Whether two texts have so much of their samples in common that comparing them is worth while."""
    if not prints or not others:
        return False
    # Beyond the last print of the one, the other has no counterpart that could be in both samples.
    end = min(_unsigned(prints[-1]), _unsigned(others[-1]))
    first = {number for number in prints if _unsigned(number) <= end}
    second = {number for number in others if _unsigned(number) <= end}
    common = len(first & second)
    return common >= _MIN_SAMPLED_IN_COMMON and common >= _MIN_SAMPLE_SHARE * min(len(first), len(second))


def _unsigned(number: int) -> int:
    return number % 2**64


def digest_of(text: ShingledText) -> str:
    """Returns a hash of what is compared of a text; empty where nothing is."""
    return blake2b(text.ordered.tobytes(), digest_size=16).hexdigest() if len(text.ordered) else ""


@dataclass(frozen=True)
class Likeness:
    """What two texts have in common: the share of the shingles of the shorter, and of both together.

    `is_box` says that it is a single passage with other words before it in both: a box that pages of an outlet share.
    """

    contained: float
    resemblance: float
    is_box: bool = False

    @property
    def is_copy(self) -> bool:
        return self.contained >= MIN_CONTAINED and not (self.is_box and self.contained < _MIN_WHOLE)


def compare(text: ShingledText, other: ShingledText) -> Likeness:
    """Returns how far two texts are the same. O(words)."""
    shorter = min(len(text.distinct), len(other.distinct))
    if not shorter:
        return Likeness(0.0, 0.0)
    common = np.intersect1d(text.distinct, other.distinct, assume_unique=True)
    contained = len(common) / shorter
    resemblance = len(common) / (len(text.distinct) + len(other.distinct) - len(common))
    if contained < MIN_CONTAINED:
        return Likeness(contained, resemblance)
    starts = [_passages(np.isin(a.ordered, b.ordered)) for a, b in ((text, other), (other, text))]
    is_box = all(len(found) <= 1 and min(found, default=0) > _LEAD_WORDS for found in starts)
    return Likeness(contained, resemblance, is_box)


def _passages(shared: NDArray[np.bool_]) -> list[int]:
    """Returns where each passage of shared words begins; a few words between two make them no less one passage."""
    places = np.flatnonzero(shared)
    ends = np.flatnonzero(np.diff(places, append=places[-1] + _MIN_GAP_WORDS + 1) > _MIN_GAP_WORDS)
    firsts = places[np.concatenate(([0], ends[:-1] + 1))]
    lengths = places[ends] - firsts
    found: list[int] = firsts[lengths >= _MIN_PASSAGE_WORDS].tolist()
    return found
