"""search/text/names.py: English names of months and languages."""

import pytest

from search.text import MONTH_NAMES, SHORT_MONTH_NAMES, language_name


def test_months_are_named_by_their_numbers() -> None:
    assert list(MONTH_NAMES) == list(SHORT_MONTH_NAMES) == list(range(1, 13))
    assert (MONTH_NAMES[9], SHORT_MONTH_NAMES[9]) == ("September", "Sep")


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("en", "English"),
        ("UK", "Ukrainian"),
        ("pt-BR", "Brazilian Portuguese"),
        ("zh-hans", "Simplified Chinese"),
        ("zh-Hant-HK", "Traditional Chinese"),
        ("en-ZZ", "English"),
        ("zz", "zz"),
        ("", ""),
    ],
)
def test_languages_are_named_by_their_codes(code: str, name: str) -> None:
    assert language_name(code) == name
