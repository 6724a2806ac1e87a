"""Where places in the annotated texts of versions are in the heading and the paragraphs that a section shows. Pure.

Annotations name places in the text of a version as it was received (`models.annotated_text`): its heading, if it has
one, and its paragraphs, a line each. A section may have another heading, and, where curators split and joined entries,
some paragraphs of its version alone, or those of several versions. Which they are, `curation.load_parts` knows.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .divided_text import Extent

# The line of a PlacedSpan that is in the heading; paragraphs are counted from 0.
HEADING = -1


class PlacedSpan(NamedTuple):
    """A piece of a line that is shown: of the heading or a paragraph, in code points from its beginning."""

    line: int
    start: int
    end: int


@dataclass(frozen=True)
class Part:
    """What a section shows of a version: the paragraphs of `extent`, the first of them as its paragraph `first_line`.

    `heading_line` is where the heading of the version is shown: HEADING, or the paragraph that it became where entries
    were joined; None where it is left out.
    """

    version: int
    heading: str
    paragraphs: Sequence[str]
    extent: Extent
    heading_line: int | None = HEADING
    first_line: int = 0

    @classmethod
    def whole(cls, version: int, heading: str, paragraphs: Sequence[str]) -> "Part":
        """Returns all of a version as it was received."""
        return cls(version, heading, paragraphs, Extent(0, len(paragraphs)))


class _Line(NamedTuple):
    """A line of an annotated text, where it is shown (None if it is not), and from where in the shown text."""

    start: int
    end: int
    shown_at: int | None
    shown_start: int


@dataclass(frozen=True)
class Layout:
    """The lines of an annotated text, in order, and where each is shown."""

    lines: tuple[_Line, ...]

    @classmethod
    def of(cls, part: Part, heading: str, paragraphs: Sequence[str]) -> "Layout":
        """Returns the layout of a part in what is shown. O(paragraphs). A line with other words is not shown."""
        lines, start = [], 0
        starts = _starts(paragraphs)
        received = [(part.heading_line, part.heading)] if part.heading else []
        for number, text in enumerate(part.paragraphs):
            inside = part.extent.start <= number < part.extent.end
            received.append((part.first_line + number - part.extent.start if inside else None, text))
        for line, text in received:
            place = line
            if place is not None and place != HEADING:
                place = place if place < len(paragraphs) and paragraphs[place] == text else None
            elif place == HEADING and text != heading:
                place = None
            shown_start = 0 if place is None or place == HEADING else starts[place]
            lines.append(_Line(start, start + len(text), place, shown_start))
            start += len(text) + 1
        return cls(tuple(lines))

    def place(self, start: int, end: int) -> list[PlacedSpan]:
        """Returns the pieces of a span that are shown, a line each. O(log lines + pieces)."""
        return [
            PlacedSpan(line.shown_at, first - line.start, last - line.start)
            for line, first, last in self._cut(start, end)
            if line.shown_at is not None
        ]

    def in_fields(self, start: int, end: int) -> list[tuple[str, int, int]]:
        """Returns the pieces of a span that are shown, by the fields of a document: its heading and its text.

        What follows without a gap but the end of a line is one piece.
        """
        pieces: list[tuple[str, int, int]] = []
        for line, first, last in self._cut(start, end):
            if line.shown_at is None:
                continue
            field = "heading" if line.shown_at == HEADING else "text"
            shift = line.shown_start - line.start
            if pieces and pieces[-1][0] == field and pieces[-1][2] + 1 == first + shift:
                pieces[-1] = (field, pieces[-1][1], last + shift)
            else:
                pieces.append((field, first + shift, last + shift))
        return pieces

    def _cut(self, start: int, end: int) -> Iterator[tuple[_Line, int, int]]:
        """Yields the lines that a span touches, with what it has of each."""
        at = max(bisect_right(self.lines, start, key=lambda line: line.start) - 1, 0)
        while at < len(self.lines) and self.lines[at].start < end:
            line = self.lines[at]
            first, last = max(start, line.start), min(end, line.end)
            if first < last:
                yield line, first, last
            at += 1


def _starts(paragraphs: Sequence[str]) -> list[int]:
    starts, at = [], 0
    for text in paragraphs:
        starts.append(at)
        at += len(text) + 1
    return starts
