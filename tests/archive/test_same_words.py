"""archive/same_words.py: what readers do not see makes no difference between two texts."""

import hashlib
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.items import SectionItem
from archive.same_words import comparable


@pytest.mark.parametrize(
    "text",
    [
        "Hafen\u00admeister",
        "Hafen\u200bmeister",
        "Hafen\u2060meister",
        "\ufeffHafenmeister",
        "Hafen\u200cmeister",
        "Hafen\u200dmeister",
        "\u200dHafenmeister\u200c",
        "\u200eHafenmeister\u200f",
        "\u2066Hafenmeister\u2069",
        " Hafenmeister\u00a0",
    ],
)
def test_invisible_characters_make_no_difference(text: str) -> None:
    assert comparable(text) == "Hafenmeister"
    assert SectionItem((text,)).words_sha256 == SectionItem(("Hafenmeister",)).words_sha256


@pytest.mark.parametrize("blank", ["\u00a0", "\u202f", "\u2009", "  ", "\t", "\u3000"])
def test_kinds_of_blanks_make_no_difference(blank: str) -> None:
    assert comparable(f"20{blank}000 boats") == "20 000 boats"


def test_both_ways_to_write_an_accent_are_the_same() -> None:
    assert comparable(unicodedata.normalize("NFD", "Zoë’s Fähre")) == "Zoë’s Fähre"


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("می\u200cخواهم", "میخواهم"),  # Persian: a letter that is not joined
        ("क्\u200dष", "क्ष"),  # Devanagari: a half letter
        ("👨\u200d👩\u200d👧", "👨👩👧"),  # a family, and three persons
        ("“Yes”", '"Yes"'),
        ("a-b", "ab"),
        ("May", "may"),
        ("one\ntwo", "one two"),
    ],
)
def test_what_readers_see_makes_a_difference(text: str, other: str) -> None:
    assert comparable(text) != comparable(other)


@given(st.text())
def test_a_text_that_is_compared_twice_stays_the_same(text: str) -> None:
    assert comparable(comparable(text)) == comparable(text)


def test_the_hash_of_ordinary_words_is_that_of_earlier_versions() -> None:
    item = SectionItem(("Zoë’s ferry.", "It sails."), heading="Ferries")
    assert item.words_sha256 == hashlib.sha256("Ferries\n\nZoë’s ferry.\nIt sails.".encode()).hexdigest()
