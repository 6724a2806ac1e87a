"""The word lists and their keys."""

import pytest

from archive.annotate import word_lists
from archive.annotate.word_lists import (
    given_name_key,
    given_names,
    places,
    places_in_scripts,
    places_of_language,
    plain,
)


@pytest.mark.parametrize(
    ("text", "expected"), [("Kyiv", "kyiv"), ("Škoda’s Straße", "skoda's strasse"), ("Łódź", "lodz"), ("Київ", "київ")]
)
def test_plain_form_has_no_case_and_no_latin_marks(text: str, expected: str) -> None:
    assert plain(text) == expected


def test_given_names_meet_in_their_spellings() -> None:
    assert given_name_key("yevgeny") == given_name_key("evgeni")
    assert given_name_key("viktor") == given_name_key("victor") in given_names()
    assert given_name_key("yevgeny\nviktor").split() == [given_name_key("yevgeny"), given_name_key("viktor")]


def test_places_meet_in_their_forms() -> None:
    assert (
        {places()[form] for form in ("kyiv", "kiev")}
        == {"Kyiv"}
        == {places_in_scripts()[form] for form in ("київ", "киев")}
    )
    assert places_of_language("de")["deutschland"] == places()["germany"] == "Germany"
    assert places_of_language("xx") == {}


def test_keys_of_places_are_plain() -> None:
    assert [form for form in places() if form != plain(form)] == []


def test_lists_are_not_empty() -> None:
    for read in (word_lists.common_words, word_lists.surnames, word_lists.surnames_of_words, word_lists.known_persons):
        assert len(read()) > 100
