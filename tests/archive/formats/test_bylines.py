"""archive/formats/bylines.py: names in a line, and the words around them."""

import pytest

from archive.formats.bylines import (
    is_byline,
    is_full_name,
    is_wire_byline,
    names_on_page,
    rss_author_name,
    without_by_in,
)


@pytest.mark.parametrize(
    ("line", "language", "names"),
    [
        ("By Ada Quill", "", "Ada Quill"),
        ("Von Ada Quill", "de-AT", "Ada Quill"),
        ("Von Ada Quill", "en", "Von Ada Quill"),
        ("Di Ada Quill", "it", "Di Ada Quill"),
        ("By", "en", "By"),
    ],
)
def test_the_word_by_is_removed_in_english_and_the_given_language(line: str, language: str, names: str) -> None:
    assert without_by_in(line, language) == names


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Ada Quill and Bo Reed, Harbour Correspondent", ["Ada Quill", "Bo Reed"]),
        ("ada@courier.example (Ada Quill)", ["Ada Quill"]),
        ("Texte: Ada Quill / Photos: Kit Osmond", ["Ada Quill"]),
        ("José Ortega y Gasset", ["José Ortega y Gasset"]),
        ("Ada Quill y Bo Reed e Kit Osmond", ["Ada Quill", "Bo Reed", "Kit Osmond"]),
        ("admin", []),
        ("x" * 81, []),
        ("", []),
    ],
)
def test_the_names_of_a_page_are_split(line: str, names: list[str]) -> None:
    assert list(names_on_page(line)) == names


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("By Ada Quill", True),
        ("Von Ada von Quill und Bo Reed", True),
        ("By Ada", False),
        ("Di Ada Quill", False),
        ("By Tuesday the ferry was back", False),
        ("By Ada Quill.", False),
        ("", False),
    ],
)
def test_a_line_with_by_and_names_alone_is_a_byline(line: str, expected: bool) -> None:
    assert is_byline(line) is expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [("By Ada Quill", True), ("Da Ada Quill", True), ("by the sea", False), ("By", False), ("Byron Quill", False)],
)
def test_a_byline_on_the_wire_begins_with_a_capital(line: str, expected: bool) -> None:
    assert is_wire_byline(line) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Ada Quill", True), ("Ada M. O’Quill-Reed", True), ("Ada", False), ("Ada Quill, 7", False), ("a " * 6, False)],
)
def test_a_full_name_has_two_to_five_words(text: str, expected: bool) -> None:
    assert is_full_name(text) is expected


def test_an_rss_author_is_the_name_in_brackets() -> None:
    assert rss_author_name("ada@courier.example (Ada Quill)") == "Ada Quill"
    assert rss_author_name("Ada Quill (editor)") == "Ada Quill (editor)"
