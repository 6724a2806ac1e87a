"""archive/formats/month_names.py: words that name a month."""

import pytest
from babel import Locale

from archive.formats.month_names import month_number

LANGUAGES = "en de de_AT fr es it pt nl sv nb da fi is et pl cs sk hu ro tr uk ru bg el he ar id".split()
# October in Croatian, November in Polish and Czech.
LEFT_OUT = ("listopad", "listopada", "listopadu")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_months_of_a_language_are_those_of_cldr(language: str) -> None:
    months = Locale.parse(language).months
    names = {text.lower(): number for use in ("format", "stand-alone") for number, text in months[use]["wide"].items()}
    expected = {name: number for name, number in names.items() if name not in LEFT_OUT}
    assert {name: month_number(name) for name in expected} == expected


@pytest.mark.parametrize(
    ("name", "number"),
    [("Sept", 9), ("Jänner", 1), ("setiembre", 9), ("juillet", 7), ("juuli", 7), ("Marraskuu", 11)],
)
def test_other_forms_are_read_by_their_beginning(name: str, number: int) -> None:
    assert month_number(name) == number


@pytest.mark.parametrize("name", ["listopad", "Pro", "Spain", "Ma", ""])
def test_words_that_name_no_certain_month_are_none(name: str) -> None:
    assert month_number(name) == 0
