"""What changed between two texts, word by word. Pure.

Paragraphs are compared first, and the words of those that differ after that. No word is lost: what stayed and what
was taken away are the words of the earlier text, what stayed and what was added those of the later one.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Literal

from .scripts import CLUSTER, MARKS, UNSEEN, UNSPACED

Kind = Literal["same", "added", "removed"]

# A word, a character of a script that writes no blanks, a line end or one other character, with the blanks after it:
# to pair blanks as words are paired would cost most of the time, and tell nothing.
_PARTS = re.compile(
    rf"({CLUSTER}|\n|[^\W_{UNSPACED}](?:[^\W_{UNSPACED}]|[{MARKS}{UNSEEN}])*|.)([^\S\n]*)",
    re.DOTALL,
)

# What comparing costs grows with the pairs of equal words, one in each text. So many are two texts of some 4,000 words
# of English; whatever the words, they take a fifth of a second at most.
MAX_PAIRS = 300_000


class Budget:
    """How many pairs may still be looked at. What would take more is shown whole, as removed and added."""

    def __init__(self, pairs: int = MAX_PAIRS) -> None:
        self.left = pairs

    def takes(self, before: Sequence[str], after: Sequence[str]) -> bool:
        """Whether two sequences can be compared; their pairs are taken off then. O(both)."""
        counts = Counter(before)
        pairs = sum(counts[part] for part in after)
        if pairs > min(self.left, MAX_PAIRS):
            return False
        self.left -= pairs
        return True


@dataclass(frozen=True)
class Run:
    """A run of text within one paragraph, and what became of it."""

    text: str
    kind: Kind = "same"


def compare(before: Sequence[str], after: Sequence[str], budget: Budget | None = None) -> list[list[Run]]:
    """Returns the paragraphs of both texts as one, in runs. No paragraph may hold a line end.

    Who compares many texts gives them a budget in common.
    """
    budget = budget or Budget()
    if not budget.takes(before, after):
        return _whole(before, after)
    paragraphs: list[list[Run]] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for kind, left, left_end, right, right_end in matcher.get_opcodes():
        if kind == "equal":
            paragraphs += [[Run(text)] for text in before[left:left_end]]
        elif kind == "replace":
            paragraphs += _compare_words(before[left:left_end], after[right:right_end], budget)
        else:
            paragraphs += _whole(before[left:left_end], after[right:right_end])
    return paragraphs


def _whole(before: Sequence[str], after: Sequence[str]) -> list[list[Run]]:
    return [[Run(text, "removed")] for text in before] + [[Run(text, "added")] for text in after]


def _compare_words(before: Sequence[str], after: Sequence[str], budget: Budget) -> list[list[Run]]:
    """Returns paragraphs that differ; a line end between two of them is compared like a word."""
    left, right = (_PARTS.findall("\n".join(texts)) for texts in (before, after))
    words, other_words = ([word for word, _ in parts] for parts in (left, right))
    if not budget.takes(words, other_words):
        return _whole(before, after)
    runs: list[Run] = []
    removed = added = ""
    for kind, start, end, other_start, other_end in SequenceMatcher(
        None, words, other_words, autojunk=False
    ).get_opcodes():
        if kind != "equal":
            # A blank after both is outside of the change.
            gone, come, blank = _parted(left[start:end], right[other_start:other_end])
            removed, added = removed + gone, added + come
            same = [(blank, "", "")]
        else:
            pairs = zip(left[start:end], right[other_start:other_end], strict=True)
            same = [
                (word + blank, "", "") if blank == other else (word, blank, other)
                for (word, blank), (_, other) in pairs
            ]
        for text, gone, come in same:
            if text:
                runs += [Run(removed, "removed"), Run(added, "added"), Run(text)]
                removed = added = ""
            removed, added = removed + gone, added + come
    return _by_paragraph(_joined([*runs, Run(removed, "removed"), Run(added, "added")]))


_Part = tuple[str, str]


def _parted(gone: Sequence[_Part], come: Sequence[_Part]) -> tuple[str, str, str]:
    """Returns two stretches as texts without the blank that stands after both, and that blank."""
    texts = ["".join(word + blank for word, blank in parts) for parts in (gone, come)]
    blank = gone[-1][1] if gone and come and gone[-1][1] == come[-1][1] else ""
    return texts[0].removesuffix(blank), texts[1].removesuffix(blank), blank


def _joined(runs: Iterable[Run]) -> list[Run]:
    """Returns the runs without empty ones, those of a kind that follow each other as one."""
    filled = (run for run in runs if run.text)
    return [Run("".join(run.text for run in group), kind) for kind, group in groupby(filled, key=lambda run: run.kind)]


def _by_paragraph(runs: Sequence[Run]) -> list[list[Run]]:
    """Returns the runs cut at line ends. A line end that went or came ends a paragraph as one that stayed does."""
    lines = [(number, Run(text, run.kind)) for number, run, text in _numbered_lines(runs) if text]
    return [[run for _, run in group] for _, group in groupby(lines, key=lambda line: line[0])]


def _numbered_lines(runs: Sequence[Run]) -> Iterator[tuple[int, Run, str]]:
    number = 0
    for run in runs:
        first, *others = run.text.split("\n")
        yield number, run, first
        for text in others:
            number += 1
            yield number, run, text
