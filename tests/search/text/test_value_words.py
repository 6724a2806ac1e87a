"""search/text/value_words.py: words in names."""

import pytest
from babel import Locale

from archive.models import Article, Source
from search.text import (
    KIND_NAMES,
    SOURCE_KIND_NAMES,
    contains_word,
    fold_value,
    other_names,
    single_words,
    value_key,
    value_words,
)


@pytest.mark.parametrize(
    ("value", "word", "expected"),
    [
        ("Max Rolland", "rolland", True),
        ("MAX ROLLAND", "Rolland", True),
        ("Max Rolland", "roll", False),
        ("Max Rollands", "rolland", False),
        ("Sean O’Neil", "o'neil", True),
        ("Anne-Marie Roe", "anne-marie", True),
        ("Anne-Marie Roe", "marie", True),
        ("Anne-Marie Roe", "annemarie", True),
        ("Annemarie Roe", "anne-marie", True),
        ("Anne Roe, Marie", "anne-marie", False),
        ("Zoë Müller", "zoe", True),
        ("Zoë Müller", "mueller", True),
        ("Zoë Mueller", "müller", True),
        ("Zoë Muller", "mueller", False),
        ("AT&T News", "AT&T", True),
        ("T&AT News", "AT&T", False),
        ("王小明", "小明", True),
        ("Новые Известия", "известия", True),
        ("The Times", "time", False),
        ("white_house", "white", True),
        ("white_house", "white-house", True),
        ("bbc.co.uk", "bbc", True),
        ("", "a", False),
        ("a", "§", False),
    ],
)
def test_word_finds_the_names_that_have_it(value: str, word: str, expected: bool) -> None:
    assert contains_word("byline", value, word) is expected


def test_single_words_are_the_ways_to_write_a_word_as_one() -> None:
    assert single_words("al-Qaeda") == {"alqaeda"}
    assert single_words("Müller") == {"muller", "mueller"}
    assert single_words("van der") == set()
    assert value_words("byline", "Al-Qaeda Müller") == {"al", "qaeda", "alqaeda", "muller", "mueller"}


@pytest.mark.parametrize(
    ("field", "value", "word", "expected"),
    [
        ("lang", "en", "en", True),
        ("lang", "en", "EN", True),
        ("lang", "en", "eng", True),
        ("lang", "en", "english", True),
        ("lang", "en", "Englisch", True),
        ("lang", "en", "anglais", True),
        ("lang", "de", "deutsch", True),
        ("lang", "de", "ger", True),
        ("lang", "fr", "francais", True),
        ("lang", "ru", "русский", True),
        ("lang", "zh-Hans", "中文", True),
        ("lang", "sv", "svenska", True),
        ("lang", "fa", "farsi", True),
        ("lang", "eng", "en", True),
        ("lang", "EN_us", "english", True),
        ("lang", "en-GB", "en", True),
        ("lang", "en-GB", "english", True),
        ("lang", "en-GB", "british", True),
        ("lang", "en-GB", "en-gb", True),
        ("lang", "en-US", "en-gb", False),
        ("lang", "en", "en-gb", False),
        # A region is no language: ca is Catalan, and br is Breton.
        ("lang", "en-CA", "ca", False),
        ("lang", "pt-BR", "br", False),
        ("lang", "pt-BR", "de", False),
        ("lang", "pt-BR", "portugués de", True),
        ("lang", "xx-unknown", "xx", True),
        ("kind", "live", "live", True),
        ("kind", "live", "liveblog", True),
        ("kind", "article", "live", False),
        ("month", "2025-06", "june", True),
        ("month", "2025-06", "2025", True),
        ("month", "2025-06", "6/2025", True),
        ("month", "2025-06", "may", False),
        ("month", "soon", "soon", True),
        # Codes have other names in their own fields alone.
        ("source", "en", "english", False),
    ],
)
def test_code_is_found_by_its_names(field: str, value: str, word: str, expected: bool) -> None:
    assert contains_word(field, value, word) is expected


def test_code_of_a_language_finds_no_other_language() -> None:
    codes = [str(code).replace("_", "-") for code in Locale("en").languages]
    languages = {code: code.partition("-")[0] for code in codes}
    having = {code: value_words("lang", code) for code in codes}
    for code, words in having.items():
        own = having[languages[code]]
        assert not {word for word in words if word in languages.values()} - own, code


@pytest.mark.parametrize(
    "written", ["white_house", "White House", "WHITE-HOUSE", "whitehouse", " white  hoüse", "White–House"]
)
def test_whole_values_are_compared_without_case_accents_and_separators(written: str) -> None:
    assert value_key(fold_value(written)) == "whitehouse"


def test_value_of_separators_alone_keeps_them() -> None:
    assert [fold_value(value) for value in ("_", "-", "__")] == ["_", "-", "__"]


def test_kinds_are_named_as_in_the_record() -> None:
    assert {kind: names[0] for kind, names in KIND_NAMES.items()} == dict(Article.Kind.choices)
    assert {kind: names[0] for kind, names in SOURCE_KIND_NAMES.items()} == dict(Source.Kind.choices)
    assert other_names("kind", "unknown") == ()
