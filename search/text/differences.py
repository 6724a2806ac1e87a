"""The difference between two texts, word by word. Pure; entered through `search.text`.

Compares paragraphs first, then the words of the paragraphs that differ. No word is lost: unchanged and removed runs
together are the earlier text, unchanged and added runs the later one.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Literal

from .scripts import CLUSTER, INVISIBLE, MARKS, UNSPACED

RunKind = Literal["same", "added", "removed"]

# A word, a letter of an unspaced script, a line end or one other character; then the spaces after it. Spaces are not
# compared by themselves: that would take most of the time and show nothing.
_PARTS = re.compile(
    rf"({CLUSTER}|\n|[^\W_{UNSPACED}](?:[^\W_{UNSPACED}]|[{MARKS}{INVISIBLE}])*|.)([^\S\n]*)",
    re.DOTALL,
)

# The cost of a comparison grows with the pairs of equal words, one from each text. Two English texts of about 4,000
# words have this many. The comparison of any texts takes at most a fifth of a second.
MAX_EQUAL_PAIRS = 300_000


class ComparisonBudget:
    """The number of pairs that may still be compared. Texts that need more are shown as removed and added."""

    def __init__(self, pairs: int = MAX_EQUAL_PAIRS) -> None:
        self.left = pairs

    def allows(self, before: Sequence[str], after: Sequence[str]) -> bool:
        """Whether two sequences may be compared. If so, takes their pairs off the budget. O(both)."""
        counts = Counter(before)
        pairs = sum(counts[part] for part in after)
        if pairs > min(self.left, MAX_EQUAL_PAIRS):
            return False
        self.left -= pairs
        return True


@dataclass(frozen=True)
class TextRun:
    """A run of text within one paragraph: unchanged, added or removed."""

    text: str
    kind: RunKind = "same"


def compare_paragraphs(
    before: Sequence[str], after: Sequence[str], budget: ComparisonBudget | None = None
) -> list[list[TextRun]]:
    """Returns the paragraphs of two texts merged into one list, each as runs.

    No paragraph may contain a line end. Several comparisons may share a budget, to bound their total time.
    """
    budget = budget or ComparisonBudget()
    if not budget.allows(before, after):
        return _replaced(before, after)
    paragraphs: list[list[TextRun]] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for operation, start, end, after_start, after_end in matcher.get_opcodes():
        if operation == "equal":
            paragraphs += [[TextRun(text)] for text in before[start:end]]
        elif operation == "replace":
            paragraphs += _compare_words(before[start:end], after[after_start:after_end], budget)
        else:
            paragraphs += _replaced(before[start:end], after[after_start:after_end])
    return paragraphs


def _replaced(before: Sequence[str], after: Sequence[str]) -> list[list[TextRun]]:
    return [[TextRun(text, "removed")] for text in before] + [[TextRun(text, "added")] for text in after]


# A word and the spaces after it.
_Part = tuple[str, str]


def _compare_words(before: Sequence[str], after: Sequence[str], budget: ComparisonBudget) -> list[list[TextRun]]:
    """Returns paragraphs that differ as runs. A line end between paragraphs is compared like a word."""
    before_parts, after_parts = (_PARTS.findall("\n".join(texts)) for texts in (before, after))
    before_words, after_words = ([word for word, _ in parts] for parts in (before_parts, after_parts))
    if not budget.allows(before_words, after_words):
        return _replaced(before, after)
    runs: list[TextRun] = []
    matcher = SequenceMatcher(None, before_words, after_words, autojunk=False)
    for operation, start, end, after_start, after_end in matcher.get_opcodes():
        old, new = before_parts[start:end], after_parts[after_start:after_end]
        runs += _equal_runs(old, new) if operation == "equal" else _replaced_runs(old, new)
    return _split_paragraphs(_merge_runs(runs))


def _equal_runs(old: Sequence[_Part], new: Sequence[_Part]) -> Iterator[TextRun]:
    """Yields words that are equal in both texts; the spaces after them may differ."""
    for (word, spaces), (_, new_spaces) in zip(old, new, strict=True):
        if spaces == new_spaces:
            yield TextRun(word + spaces)
        else:
            yield from (TextRun(word), TextRun(spaces, "removed"), TextRun(new_spaces, "added"))


def _replaced_runs(old: Sequence[_Part], new: Sequence[_Part]) -> Iterator[TextRun]:
    """Yields words that differ. Equal spaces at the end of both are no part of the change."""
    removed, added = ("".join(word + spaces for word, spaces in parts) for parts in (old, new))
    shared = old[-1][1] if old and new and old[-1][1] == new[-1][1] else ""
    yield TextRun(removed.removesuffix(shared), "removed")
    yield TextRun(added.removesuffix(shared), "added")
    yield TextRun(shared)


def _merge_runs(runs: Iterable[TextRun]) -> Iterator[TextRun]:
    """Yields the runs without empty ones, with at most one removed and then one added run between unchanged ones."""
    filled = (run for run in runs if run.text)
    for unchanged, group in groupby(filled, key=lambda run: run.kind == "same"):
        neighbours = list(group)
        kinds: tuple[RunKind, ...] = ("same",) if unchanged else ("removed", "added")
        for kind in kinds:
            if text := "".join(run.text for run in neighbours if run.kind == kind):
                yield TextRun(text, kind)


def _split_paragraphs(runs: Iterable[TextRun]) -> list[list[TextRun]]:
    """Returns the runs cut at line ends; a removed or added line end also ends a paragraph."""
    paragraphs: list[list[TextRun]] = [[]]
    for run in runs:
        for number, line in enumerate(run.text.split("\n")):
            if number > 0:
                paragraphs.append([])
            if line:
                paragraphs[-1].append(TextRun(line, run.kind))
    return [paragraph for paragraph in paragraphs if paragraph]
