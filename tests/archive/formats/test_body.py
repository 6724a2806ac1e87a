"""archive/formats/body.py: headings and paragraphs of markup and plain text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.formats.body import Line, html_lines, sections_of, text_lines
from archive.items import SectionItem


def texts(lines: tuple[Line, ...]) -> list[str]:
    return [line.text for line in lines]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("One.\nTwo.", ["One.", "Two."]),
        ("One\r\nTwo\rThree", ["One", "Two", "Three"]),
        ("   Wired, one\ngoes on.\n   Two\nalso.", ["Wired, one goes on.", "Two also."]),
        ("\tWired, one\ngoes on.\n\tTwo.", ["Wired, one goes on.", "Two."]),
        ("Spaced, one\ngoes on.\n\nTwo\nalso.", ["Spaced, one goes on.", "Two also."]),
        ("Spaced.\n\nBut whole.", ["Spaced.", "But whole."]),
        ("Text\ngoes on.\n\n- item one\n- item two\n  goes on", ["Text goes on.", "- item one", "- item two goes on"]),
        ("Text goes\non - after a dash\n- as here.\n\nEnd.", ["Text goes on - after a dash - as here.", "End."]),
        (f"Long {'word ' * 30}line.\n  Indented.\nMore.", [f"Long {'word ' * 30}line.", "Indented.", "More."]),
    ],
)
def test_lines_that_were_broken_at_a_column_are_joined(text: str, expected: list[str]) -> None:
    assert texts(text_lines(text)) == expected


@given(st.text(alphabet="ab \t\n\r-#.", max_size=60))
def test_no_word_of_a_plain_body_is_lost_or_moved(text: str) -> None:
    assert "".join("".join(texts(text_lines(text))).split()) == "".join(text.split())


def test_a_paragraph_that_was_indented_in_the_markup_is_one_paragraph() -> None:
    assert texts(html_lines("<p>One\n   goes on\n   and on.</p><p>\n  Two\n  goes on\n</p>")) == [
        "One goes on and on.",
        "Two goes on",
    ]


def test_each_heading_begins_a_section_and_empty_parts_are_dropped() -> None:
    heading = Line("Later", is_heading=True)
    assert sections_of([]) == ()
    assert sections_of([heading, Line("One."), Line("Two."), heading]) == (
        SectionItem(("One.", "Two."), "Later"),
        SectionItem((), "Later"),
    )
    assert sections_of([Line("Lead."), heading]) == (SectionItem(("Lead.",)), SectionItem((), "Later"))
