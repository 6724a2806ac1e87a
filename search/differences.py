"""What changed between two texts, word by word. Pure.

Paragraphs are compared first, and the words of those that differ after that. No word is lost: what stayed and what
was taken away are the words of the earlier text, what stayed and what was added those of the later one.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Literal

Kind = Literal["same", "added", "removed"]

# A word, a character of a script that writes no blanks, a run of blanks (never of lines), or one other character.
_PARTS = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]|\n|[^\S\n]+|[^\W_]+|.", re.DOTALL)
# Comparing costs the product of both lengths at worst. Beyond 2,000 words a side, a tenth of a second, paragraphs
# are shown as removed and added whole.
MAX_PARTS = 4000


@dataclass(frozen=True)
class Run:
    """A run of text within one paragraph, and what became of it."""

    text: str
    kind: Kind = "same"


def compare(before: Sequence[str], after: Sequence[str], *, by_words: bool = True) -> list[list[Run]]:
    """Returns the paragraphs of both texts as one, in runs. No paragraph may hold a line end.

    Not by words, paragraphs that differ are removed and added whole; that costs next to nothing.
    """
    paragraphs: list[list[Run]] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for kind, left, left_end, right, right_end in matcher.get_opcodes():
        if kind == "equal":
            paragraphs += [[Run(text)] for text in before[left:left_end]]
        elif kind == "replace" and by_words:
            paragraphs += _compare_words(before[left:left_end], after[right:right_end])
        else:
            paragraphs += [[Run(text, "removed")] for text in before[left:left_end]]
            paragraphs += [[Run(text, "added")] for text in after[right:right_end]]
    return paragraphs


def _compare_words(before: Sequence[str], after: Sequence[str]) -> list[list[Run]]:
    """Returns paragraphs that differ; a line end between two of them is compared like a word."""
    left, right = (_PARTS.findall("\n".join(texts)) for texts in (before, after))
    if max(len(left), len(right)) > MAX_PARTS:
        return [[Run(text, "removed")] for text in before] + [[Run(text, "added")] for text in after]
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    runs: list[Run] = []
    for removed, added, same in _changes(matcher, left, right):
        runs += [Run("".join(removed), "removed"), Run("".join(added), "added"), Run("".join(same))]
    return _by_paragraph(runs)


def _changes(
    matcher: "SequenceMatcher[str]", left: list[str], right: list[str]
) -> Iterator[tuple[list[str], list[str], list[str]]]:
    """Yields what was removed, what was added instead, and what stayed after that.

    A blank that stayed between two changes belongs to both, so that a phrase that was rewritten reads as one.
    """
    removed: list[str] = []
    added: list[str] = []
    for kind, start, end, other_start, other_end in matcher.get_opcodes():
        if kind != "equal":
            removed += left[start:end]
            added += right[other_start:other_end]
            continue
        same = left[start:end]
        if (removed or added) and end < len(left) and all(part.isspace() and part != "\n" for part in same):
            removed += same
            added += same
            continue
        yield removed, added, same
        removed, added = [], []
    if removed or added:
        yield removed, added, []


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
