"""Places in an annotated text are found in the heading and the paragraphs that are shown."""

import pytest

from archive.annotating import annotated_text
from search.annotations.spans import HEADING, Layout, PlacedSpan

HEAD, LINES = "Kyiv waits", ["First words.", "", "Second words.", "Third words."]


def place(word: str, heading: str, paragraphs: list[str], *, received: list[str] = LINES) -> list[str]:
    """Returns the words that are shown at the places of a word of the received text."""
    text = annotated_text(HEAD, "\n".join(received))
    start = text.index(word)
    spans = Layout.of(HEAD, "\n".join(received), heading, paragraphs).place(start, start + len(word))
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
    assert place("Second", HEAD, ["Second words.", "Third words."]) == ["0: Second"]
    assert place("First", HEAD, ["Second words.", "Third words."]) == []
    assert place("First", HEAD, ["Before it.", *LINES]) == ["1: First"]


def test_a_text_without_a_heading_begins_at_once() -> None:
    assert Layout.of("", "One.\nTwo.", "", ["One.", "Two."]).place(5, 8) == [PlacedSpan(1, 0, 3)]
    assert Layout.of("", "", "", []).place(0, 5) == []
