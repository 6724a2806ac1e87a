"""Other spellings of a text's words, and the readings of a query word."""

import pytest

from search.text import SPELLING_MARK, other_spellings, readings, spelling_width, tokenize


def spelled(text: str) -> list[tuple[str, int, int]]:
    found = other_spellings(text, tokenize(text))
    return [(other.form.removeprefix(SPELLING_MARK), other.first, other.last) for other in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("15 000 men", [("15 000", 0, 1)]),
        ("some 1\u00a0234\u202f567 men", [("1 234 567", 1, 3)]),
        ("15.000 men", [("15000", 0, 0)]),
        ("15,000 men, 2 300 of 15 0000, 1.5", [("2 300", 2, 3)]),
        ("15  000, 15\n000, 007 000, 2025 000", []),
        ("Peace talks", []),
    ],
)
def test_numbers_that_can_be_read_in_two_ways_have_another_spelling(
    text: str, expected: list[tuple[str, int, int]]
) -> None:
    assert spelled(text) == expected


@pytest.mark.parametrize(("text", "width"), [("15 000", 2), ("1 234 567", 3), ("15.000", 1), ("air-strike", 2)])
def test_form_of_a_spelling_tells_how_many_words_it_joins(text: str, width: int) -> None:
    (spelling,) = other_spellings(text, tokenize(text))
    assert spelling_width(spelling.form) == width == spelling.last - spelling.first + 1


def test_form_of_a_token_is_one_word_wide() -> None:
    assert spelling_width("airstrike") == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("An Air-Strike", [("air-strike", 1, 2)]),
        ("T-90 or Su‑25", [("t-90", 0, 1), ("su-25", 3, 4)]),
        ("COVID-19", [("covid-19", 0, 1)]),
        ("MiG-29M, F-16s", [("mig-29", 0, 1), ("mig-29-m", 0, 2), ("f-16", 3, 4)]),
        ("F-16 C", [("f-16", 0, 1)]),
        ("ship-to-shore", [("ship-to", 0, 1), ("ship-to-shore", 0, 2), ("to-shore", 1, 2)]),
        ("state-of-the-art-ish", [("state-of", 0, 1), ("of-the", 1, 2), ("the-art", 2, 3), ("art-ish", 3, 4)]),
        ("17-year-old", [("year-old", 1, 2)]),
        ("2-1, 2025-06-02, 3-D, G20-2025", []),
        ("air - strike, air--strike, air strike, air/strike, Israel–Iran", []),
        ("東京-大阪", []),
        ("x-" + "y" * 60, []),
    ],
)
def test_words_joined_by_a_hyphen_have_another_spelling(text: str, expected: list[tuple[str, int, int]]) -> None:
    assert spelled(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Jürgen", ["juergen"]),
        ("JU\u0308RGEN", ["juergen"]),
        ("Größe", ["groesse"]),
        ("Håland", ["haaland"]),
        ("Đurić", ["djuric"]),
        ("Bjørnås", ["bjoernaas", "bjornaas", "bjoernas"]),
        ("Ångström über", ["aangstroem", "aangstrom", "angstroem", "ueber"]),
        ("äöüø", ["aeoeueoe"]),
        # The stem has lost the letters.
        ("Helsingissä Tromsø", []),
        ("naïve Noël Muller", []),
    ],
)
def test_letters_that_are_written_as_two_have_another_spelling(text: str, expected: list[str]) -> None:
    assert [form for form, _, _ in spelled(text)] == expected


@pytest.mark.parametrize(
    ("text", "stems"),
    [
        ("Jürgen", [("jurgen", ("juergen",))]),
        ("Juergen", [("juergen", ())]),
        ("Jürgen Straße", [("jurgen", ("juergen",)), ("strass", ())]),
        ("15.000", [("15000", ())]),
    ],
)
def test_query_word_stands_for_its_token_and_for_words_written_otherwise(
    text: str, stems: list[tuple[str, tuple[str, ...]]]
) -> None:
    assert [(slot.stem, slot.others) for slot in readings(text)[0]] == stems


def test_hyphenated_query_word_is_also_joined() -> None:
    assert [[slot.stem or slot.others for slot in reading] for reading in readings("air-to-air")] == [
        ["air", "to", "air"],
        [("airto",), "air"],
        [("airtoair",)],
        ["air", ("toair",)],
    ]
    assert len(readings("17-year")) == len(readings("air strike")) == 1


@pytest.mark.parametrize("text", ["", "…", "§"])
def test_text_without_words_has_no_reading(text: str) -> None:
    assert readings(text) == ()
