"""Texts, bylines and lengths with the distribution of a corpus, for archives of any size.

Text is drawn by a walk over the corpus: from each word mostly to the one behind it, at times to another place with the
same word, near by or anywhere. So words, pairs of words, sentences and the subjects of an article are as frequent as
in the corpus, and no passage is that of an article. Words that the corpus does not have appear as often as its own
growth lets expect (Heaps 1978, from its first half to the whole), made of the halves of its rare words.
"""

import gzip
import json
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .corpus import generate_articles

# Articles with so many sections are live pages, as in `corpus`.
LIVE_SECTIONS = 12
# Of ten words, so many follow the one before; others follow the same word near by, or anywhere.
_STAYS, _NEAR = 0.5, 0.9
# "Near by" is the same word so many occurrences on or back.
_MAX_STEPS = 3
_PARAGRAPH_END = "\n"
_LETTERS = re.compile(r"[^\W\d_]{5,9}")
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Template:
    """What a drawn article has of one of the corpus: all but its words."""

    source: str
    byline: str
    topics: tuple[str, ...]
    published: date | None
    headline_words: int
    section_words: tuple[int, ...]
    start: int

    @property
    def is_live(self) -> bool:
        return len(self.section_words) >= LIVE_SECTIONS


@dataclass(frozen=True)
class Growth:
    """How many different values there are among so many occurrences: `distinct` among `seen`, as a power of them."""

    distinct: int
    seen: int
    exponent: float
    unseen: float

    @classmethod
    def measure(cls, values: NDArray[Any]) -> "Growth":
        """Returns the growth in an array of occurrences, numbered from 0.

        The chance of what was never seen is the share of what was seen once (Good 1953).
        """
        counts = np.bincount(values)
        distinct, half = np.count_nonzero(counts), np.count_nonzero(np.bincount(values[: len(values) // 2]))
        exponent = math.log2(distinct / half) if half else 1.0
        return cls(int(distinct), len(values), min(exponent, 0.95), float(np.count_nonzero(counts == 1)) / len(values))

    def share_of_new(self, occurrences: int) -> float:
        """Returns which part of what the corpus does not have is new, after so many occurrences."""
        if occurrences <= self.seen or not self.unseen:
            return 1.0
        rate: float = self.exponent * self.distinct / self.seen * (occurrences / self.seen) ** (self.exponent - 1)
        return min(1.0, rate / self.unseen)


class WordWalk:
    """Texts with the words of others, by a walk over these."""

    def __init__(self, texts: Iterable[str], chance: np.random.Generator) -> None:
        self._chance = chance
        numbers: dict[str, int] = {_PARAGRAPH_END: 0}
        found: list[int] = []
        # Where each text begins.
        self.starts: list[int] = []
        for text in texts:
            self.starts.append(len(found))
            for paragraph in text.split("\n"):
                found += [numbers.setdefault(word, len(numbers)) for word in paragraph.split()]
                found.append(0)
        self._words = np.array(list(numbers), dtype=object)
        self._tokens = np.array(found, dtype=np.int32)
        # The occurrences of each word, in the order of the corpus.
        self._order = np.argsort(self._tokens, kind="stable").astype(np.int64)
        self._bounds = np.searchsorted(self._tokens[self._order], np.arange(len(self._words) + 1))
        self._rank = np.empty_like(self._order)
        self._rank[self._order] = np.arange(len(self._order))
        folded: dict[str, int] = {}
        keys = ["".join(filter(str.isalnum, word)).casefold() for word in numbers]
        forms = np.array([folded.setdefault(key, len(folded)) for key in keys])
        self._growth = Growth.measure(forms[self._tokens])
        counts = np.bincount(self._tokens)
        rare = (self._words[number] for number in np.flatnonzero(counts <= 2).tolist())
        self._rare: list[str] = list(islice((word for word in rare if _LETTERS.fullmatch(word)), 50_000)) or [
            "unheard"
        ]
        self._drawn = self._coined = 0

    def draw(self, lengths: Sequence[int], starts: Sequence[int]) -> list[str]:
        """Returns a text of each of these numbers of words; each walk begins near one of these places."""
        sizes = np.maximum(np.array(lengths, dtype=np.int64), 1)
        by_length = np.argsort(-sizes, kind="stable")
        longest = int(sizes.max())
        drawn = np.zeros((len(sizes), longest), dtype=np.int32)
        at = np.minimum(np.array(starts, dtype=np.int64)[by_length], len(self._tokens) - 1)
        active_for = -np.sort(-sizes)
        for step in range(longest):
            active = int(np.searchsorted(-active_for, -step, side="left"))
            at = at[:active]
            drawn[by_length[:active], step] = self._tokens[at]
            at = self._next(at)
        words = self._words[drawn]
        self._coin(words, drawn, sizes)
        return [_joined(row[:size]) for row, size in zip(words, sizes.tolist(), strict=True)]

    def _next(self, at: Ints) -> Ints:
        dice = self._chance.random(len(at))
        words = self._tokens[at]
        first, last = self._bounds[words], self._bounds[words + 1] - 1
        near = self._rank[at] + self._chance.integers(-_MAX_STEPS, _MAX_STEPS + 1, len(at))
        anywhere = first + (self._chance.random(len(at)) * (last - first + 1)).astype(np.int64)
        rank = np.where(dice < _STAYS, self._rank[at], np.where(dice < _NEAR, near, anywhere))
        following: Ints = (self._order[np.clip(rank, first, last)] + 1) % len(self._tokens)
        return following

    def _coin(self, words: NDArray[np.object_], drawn: NDArray[np.int32], sizes: Ints) -> None:
        """Puts words that the corpus does not have in the place of some."""
        total = int(sizes.sum())
        if self._drawn > self._growth.seen:
            new = self._growth.share_of_new(self._drawn)
            count = int(self._chance.poisson(self._growth.unseen * total))
            rows = self._chance.integers(0, len(sizes), count)
            places = (self._chance.random(count) * sizes[rows]).astype(np.int64)
            for row, place in zip(rows.tolist(), places.tolist(), strict=True):
                if drawn[row, place]:
                    is_new = not self._coined or self._chance.random() < new
                    self._coined += is_new
                    number = self._coined if is_new else int(self._chance.integers(1, self._coined + 1))
                    words[row, place] = self._word(number)
        self._drawn += total

    def _word(self, number: int) -> str:
        """Returns the made word of a number, always the same."""
        first, second = self._rare[number * 7919 % len(self._rare)], self._rare[number * 104_729 % len(self._rare)]
        return first[: len(first) // 2 + 1] + second[len(second) // 2 :]


def _joined(words: NDArray[np.object_]) -> str:
    text = " ".join(words.tolist()).replace(" \n ", "\n").strip()
    return "\n".join(filter(None, (part.strip() for part in text.split("\n")))) or "No words"


class DrawnCorpus:
    """Templates and words of a corpus: a JSONL of articles, plain or gzipped; without a path, a generated one."""

    def __init__(self, path: Path | None, seed: int = 1) -> None:
        self.chance = np.random.default_rng(seed)
        articles = [article for article in _read(path) if article["sections"]]
        self.articles = articles
        self.texts = WordWalk(
            ("\n".join(part["text"] for part in found["sections"]) for found in articles), self.chance
        )
        self.headlines = WordWalk((str(article["headline"]) for article in articles), self.chance)
        self.templates = [
            _template(article, start) for article, start in zip(articles, self.texts.starts, strict=True)
        ]
        names: dict[str, int] = {}
        signed = [template.byline for template in self.templates if template.byline]
        self._bylines = Growth.measure(np.array([names.setdefault(name, len(names)) for name in signed] or [0]))
        self._people = [template.byline.split() for template in self.templates if len(template.byline.split()) == 2]

    def draw_templates(self, count: int) -> list[int]:
        """Returns the places of so many templates, each as likely as any other."""
        return [int(place) for place in self.chance.integers(0, len(self.templates), count)]

    def draw_byline(self, template: Template, articles: int) -> str:
        """Returns the byline of an article behind so many others: of its template, or of somebody new."""
        growth = self._bylines
        is_unseen = articles > growth.seen and self.chance.random() < growth.unseen
        if not template.byline or not self._people or not is_unseen:
            return template.byline
        people = len(self._people)
        known = max(int(growth.share_of_new(articles) * articles), 1)
        number = int(self.chance.integers(0, known))
        return f"{self._people[number % people][0]} {self._people[number * 7919 // people % people][1]}"


def _read(path: Path | None) -> Iterator[dict[str, Any]]:
    if path is None:
        yield from generate_articles()
        return
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _template(article: dict[str, Any], start: int) -> Template:
    try:
        published = date.fromisoformat((article.get("published") or "")[:10])
    except ValueError:
        published = None
    return Template(
        str(article.get("source") or "Unknown source")[:200],
        str(article.get("byline") or ""),
        tuple(dict.fromkeys(name.casefold()[:200] for name in article.get("topics") or () if name.strip())),
        published if published and 1900 < published.year < 2026 else None,
        max(len(str(article["headline"]).split()), 1),
        tuple(max(len(part["text"].split()), 1) for part in article["sections"]),
        start,
    )
