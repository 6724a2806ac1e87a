"""search/exports/plain_text.py and reading.py: files for mail and notes."""

import re
from collections.abc import Callable

import pytest

from archive.models import Section
from search.exports.plain_text import MAX_LINE_COLUMNS, wrap
from search.exports.reading import isolate, one_line

from .reading_tools import DIFFICULT_PARAGRAPHS, LONG_PARAGRAPH, LONG_WORD


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a", "a"),
        ("a\r\nb\x00c", "a b c"),
        ("lone \ud800 surrogate", "lone \ufffd surrogate"),
        ("a\u2028b\x85c  d", "a b c d"),
        ("no\u00a0break \u202eoverride", "no\u00a0break \u202eoverride"),
    ],
)
def test_texts_are_on_one_line_without_control_characters(text: str, line: str) -> None:
    assert one_line(text) == line


@pytest.mark.parametrize(
    ("text", "isolated"),
    [
        ("plain é", "plain é"),
        ("שלום", "\u2068שלום\u2069"),
        ("\u202eover", "\u2068\u202eover\u2069"),
        ("\u2067open", "\u2068\u2067open\u2069\u2069"),
        ("closed\u2069 twice\u2069", "\u2068closed twice\u2069"),
        ("\u2066a\u2069\u2069b", "\u2068\u2066a\u2069b\u2069"),
    ],
)
def test_direction_marks_do_not_reach_beyond_their_text(text: str, isolated: str) -> None:
    assert isolate(text) == isolated


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", ""),
        ("short", "- short\n"),
        ("a " * 40, "- " + "a " * 35 + "\n  " + "a a a a a\n"),
        ("b" * 100, "- " + "b" * 100 + "\n"),
        ("see https://a.example/" + "c" * 80 + " there", "- see\n  https://a.example/" + "c" * 80 + "\n  there\n"),
        # Two columns each, and no line begins with a full stop.
        ("字" * 35 + "。字", "- " + "字" * 34 + "\n  字。字\n"),
        ("字" * 34 + "「字」", "- " + "字" * 34 + "\n  「字」\n"),
        ("𠀀" * 35 + " 😀 " + "😀" * 34, "- " + "𠀀" * 35 + "\n  😀\n  " + "😀" * 34 + "\n"),
        ("e\u0301" * 70, "- " + "e\u0301" * 70 + "\n"),
    ],
)
def test_lines_are_broken_at_blanks_and_between_wide_characters(text: str, lines: str) -> None:
    wrapped = wrap(text.strip(), first="- ", rest="  ")
    assert [line.rstrip() for line in wrapped.split("\n")] == [line.rstrip() for line in lines.split("\n")]


@pytest.mark.django_db
@pytest.mark.parametrize("unit", ["section", "article"])
def test_all_words_are_in_the_file_in_short_lines(difficult: None, written: Callable[..., str], unit: str) -> None:
    text = written("txt", unit=unit)
    joined = re.sub(r"\s+", "", text)
    for paragraph in (*DIFFICULT_PARAGRAPHS, LONG_PARAGRAPH, LONG_WORD):
        stored = one_line(paragraph)
        assert re.sub(r"\s+", "", stored) in joined
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", text)
    assert all(len(line) <= MAX_LINE_COLUMNS or " " not in line.strip() for line in text.split("\n"))
    assert text.count("\nArchived in Cuttings, version 1".replace("\n", "\n    ")) == (
        Section.objects.count() if unit == "section" else 0
    )


@pytest.mark.django_db
def test_file_says_what_it_is(difficult: None, written: Callable[..., str]) -> None:
    text = written("txt", "ferry kind:live", first=2)
    assert text.startswith("ferry kind:live – Cuttings\n\nSearch:  ferry kind:live\nRead as: ferry AND kind:live\n")
    assert "Content: 2 sections, the first 2 of the result; full text\n" in text
    assert "Order:   relevance, article by article\n" in text
    assert "https://archive.example/?q=ferry+kind%3Alive" in text
    assert "export of one state of the archive" in text
    assert text.count("=" * MAX_LINE_COLUMNS) == 1


@pytest.mark.django_db
def test_file_without_rows_says_so(difficult: None, written: Callable[..., str]) -> None:
    text = written("txt", "zebra")
    assert "Nothing in the archive matches." in text
    assert "Content: 0 sections, all; full text\n" in text


@pytest.mark.django_db
def test_file_says_that_picked_hits_were_cut(difficult: None, written: Callable[..., str]) -> None:
    picked = tuple(f"s{number}" for number in Section.objects.values_list("pk", flat=True)[:3])
    assert "Content: 3 sections, picked by hand; full text\n" in written("txt", picked=picked)
    cut = written("txt", picked=(*picked, "s999999"), first=2)
    assert "Content: 3 sections, the first 2 of those picked by hand; full text\n" in cut
