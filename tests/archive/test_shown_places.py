"""Places in an annotated text are found in the heading and the paragraphs that are shown."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.divided_text import Extent, cut, paragraph_digests
from archive.models import annotated_text
from archive.shown_places import HEADING, Layout, Part, PlacedSpan

HEAD, LINES = "Kyiv waits", ["First words.", "", "Second words.", "Third words."]


def place(
    word: str, heading: str, paragraphs: list[str], extent: Extent | None = None, first_line: int = 0
) -> list[str]:
    """Returns the words that are shown at the places of a word of the received text."""
    start = annotated_text(HEAD, "\n".join(LINES)).index(word)
    part = Part(1, HEAD, LINES, extent or Extent(0, len(LINES)), HEADING, first_line)
    spans = Layout.of(part, heading, paragraphs).place(start, start + len(word))
    lines = {HEADING: heading, **dict(enumerate(paragraphs))}
    return [f"{line}: {lines[line][first:last]}" for line, first, last in spans]


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("Kyiv", ["-1: Kyiv"]),
        ("First", ["0: First"]),
        ("Third words.", ["3: Third words."]),
        ("words.\n\nSecond", ["0: words.", "2: Second"]),
        ("waits\nFirst", ["-1: waits", "0: First"]),
    ],
)
def test_a_text_as_received_has_all_its_places(word: str, found: list[str]) -> None:
    assert place(word, HEAD, LINES) == found


def test_a_heading_that_a_curator_set_has_none() -> None:
    assert place("Kyiv", "Kiev waits", LINES) == []
    assert place("First", "Kiev waits", LINES) == ["0: First"]


def test_a_part_of_a_divided_text_has_its_own_places() -> None:
    shown = ["Second words.", "Third words."]
    assert place("Second", HEAD, shown, Extent(2, 4)) == ["0: Second"]
    assert place("First", HEAD, shown, Extent(2, 4)) == []
    assert place("First", HEAD, ["Before it.", *LINES], first_line=1) == ["1: First"]


def test_a_line_with_other_words_is_not_shown() -> None:
    assert place("First", HEAD, ["Other words.", *LINES[1:]]) == []
    assert place("Third", HEAD, LINES[:2]) == []


def test_a_text_without_a_heading_begins_at_once() -> None:
    part = Part.whole(1, "", ["One.", "Two."])
    assert Layout.of(part, "", ["One.", "Two."]).place(5, 8) == [PlacedSpan(1, 0, 3)]
    assert Layout.of(Part.whole(1, "", []), "", []).place(0, 5) == []


def test_a_piece_is_in_one_field_as_far_as_lines_follow_each_other() -> None:
    layout = Layout.of(Part.whole(1, HEAD, LINES), HEAD, LINES)
    assert layout.in_fields(5, 16) == [("heading", 5, 10), ("text", 0, 5)]
    end = len(annotated_text(HEAD, "\n".join(LINES)))
    assert layout.in_fields(len(HEAD) + 1, end)[0][:2] == ("text", 0)


# --- any division ---


@dataclass
class Shown:
    """What one section shows: its heading, its paragraphs, and the parts that they are of."""

    heading: str
    paragraphs: list[str] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)


_WORDS = st.sampled_from(["", "more", "more of it", "Kyiv", "a", "😀 b"])
_VERSIONS = st.lists(
    st.tuples(_WORDS, st.lists(_WORDS, min_size=1, max_size=6), st.sets(st.integers(1, 5), max_size=3)),
    min_size=1,
    max_size=4,
)


def divide(versions: Sequence[tuple[str, list[str], set[int]]], joined: Sequence[bool]) -> list[Shown]:
    """Returns the sections that show versions, split before some paragraphs; a joined one follows the one before."""
    sections: list[Shown] = []
    for version, (heading, paragraphs, cuts) in enumerate(versions):
        digests = paragraph_digests(paragraphs)
        starts = {number: digests[number] for number in cuts if number < len(paragraphs)}
        for owner, extent in cut(paragraphs, 0, starts).items():
            own = paragraphs[extent.start : extent.end]
            if owner or not sections or not joined[version % len(joined)]:
                # A part that begins in the middle has a heading of its own.
                sections.append(Shown("" if owner else heading))
                follows = False
            else:
                follows = True
            section = sections[-1]
            line = len(section.paragraphs)
            above = [heading] if follows and heading else []
            section.paragraphs += [*above, *own]
            heading_line = (line if above else None) if follows else HEADING
            section.parts.append(Part(version, heading, paragraphs, extent, heading_line, line + len(above)))
    return sections


@settings(max_examples=60, deadline=None)
@given(_VERSIONS, st.lists(st.booleans(), min_size=1, max_size=4))
def test_every_received_paragraph_is_shown_once_with_its_words(
    versions: list[tuple[str, list[str], set[int]]], joined: list[bool]
) -> None:
    sections = divide(versions, joined)
    seen: list[tuple[int, int]] = []
    for section in sections:
        lines = {HEADING: section.heading, **dict(enumerate(section.paragraphs))}
        fields = {"heading": section.heading, "text": "\n".join(section.paragraphs)}
        covered: list[int] = []
        for part in section.parts:
            layout = Layout.of(part, section.heading, section.paragraphs)
            text = annotated_text(part.heading, "\n".join(part.paragraphs))
            start = len(part.heading) + 1 if part.heading else 0
            for number, paragraph in enumerate(part.paragraphs):
                placed = layout.place(start, start + len(paragraph))
                if placed:
                    seen.append((part.version, number))
                    covered.append(placed[0].line)
                    assert [lines[line][first:last] for line, first, last in placed] == [paragraph]
                start += len(paragraph) + 1
            for first in range(0, len(text), 3):
                pieces = layout.in_fields(first, first + 9)
                spans = layout.place(first, first + 9)
                joined_words = "".join(fields[name][a:b] for name, a, b in pieces).replace("\n", "")
                assert joined_words == "".join(lines[line][a:b] for line, a, b in spans)
        assert covered == sorted(set(covered))
    wanted = [
        (version, number)
        for version, (_, paragraphs, _) in enumerate(versions)
        for number, paragraph in enumerate(paragraphs)
        if paragraph
    ]
    assert sorted(seen) == wanted
