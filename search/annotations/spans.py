"""Where places in an annotated text are in the heading and the paragraphs that readers see. Pure.

Annotations name places in the text of a version as it was received (`archive.annotating.annotated_text`). A curator
may have set another heading, or have split and joined entries: then some of its lines are elsewhere, or not here.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import NamedTuple

# The line of a PlacedSpan that is in the heading; paragraphs are counted from 0.
HEADING = -1


class PlacedSpan(NamedTuple):
    """A piece of a line that is shown: of the heading or a paragraph, in code points from its beginning."""

    line: int
    start: int
    end: int


class _Line(NamedTuple):
    start: int
    end: int
    # Where it is shown; None if it is not.
    shown_at: int | None


@dataclass(frozen=True)
class Layout:
    """The lines of an annotated text, in order, and where each is shown."""

    lines: tuple[_Line, ...]

    @classmethod
    def of(cls, heading: str, text: str, shown_heading: str, shown_paragraphs: Sequence[str]) -> "Layout":
        """Returns the layout of a received heading and text; O(characters) unless a curator divided the text."""
        paragraphs = text.split("\n") if text else []
        places = _find_places(paragraphs, shown_paragraphs)
        lines, start = [], 0
        if heading:
            lines.append(_Line(0, len(heading), HEADING if heading == shown_heading else None))
            start = len(heading) + 1
        for paragraph, place in zip(paragraphs, places, strict=True):
            lines.append(_Line(start, start + len(paragraph), place))
            start += len(paragraph) + 1
        return cls(tuple(lines))

    def place(self, start: int, end: int) -> list[PlacedSpan]:
        """Returns the pieces of a span that are shown, a line each. O(log lines + pieces)."""
        placed = []
        first = max(bisect_right(self.lines, start, key=lambda line: line.start) - 1, 0)
        for line in self.lines[first:]:
            if line.start >= end:
                break
            first_char, last_char = max(start, line.start), min(end, line.end)
            if line.shown_at is not None and first_char < last_char:
                placed.append(PlacedSpan(line.shown_at, first_char - line.start, last_char - line.start))
        return placed


def _find_places(paragraphs: Sequence[str], shown: Sequence[str]) -> Sequence[int | None]:
    """Returns where each paragraph is shown. Of a divided text, that is its longest run of paragraphs among them."""
    if list(paragraphs) == list(shown):
        return range(len(paragraphs))
    run = SequenceMatcher(None, paragraphs, shown, autojunk=False).find_longest_match()
    return [place - run.a + run.b if run.a <= place < run.a + run.size else None for place in range(len(paragraphs))]
