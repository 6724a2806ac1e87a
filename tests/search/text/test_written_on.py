"""Endings behind an apostrophe, particles and prefixes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.text.stemmers import stem_form
from search.text.written_on import _AFTER_ANY, with_prefixes, without_ending, without_particles


@pytest.mark.parametrize(
    ("form", "word"),
    [
        ("ankara'da", "ankara"),
        ("izmir'in", "izmir"),
        ("abd'nin", "abd"),
        ("ab'nin", "ab"),
        ("meclisi'nde", "meclisi"),
        ("irak'taki", "irak"),
        ("rusya'si", "rusya"),
        ("turkiye'sinin", "turkiye"),
        ("turk'lerin", "turk"),
        ("chirac'a", "chirac"),
        ("churchill'owi", "churchill"),
        ("presley'ego", "presley"),
        ("joyce'em", "joyce"),
    ],
)
def test_ending_behind_an_apostrophe_is_cut_off(form: str, word: str) -> None:
    assert without_ending(form) == word


@pytest.mark.parametrize(
    "form",
    [
        *("o'brien", "don't", "we'll", "they've", "i'd", "ma'am", "rock'n"),
        *("dar'a", "sa'da", "sana'a", "shi'a", "hawai'i", "qur'an", "xi'an", "ba'ath", "nuku'alofa", "peace"),
    ],
)
def test_apostrophe_inside_a_word_or_name_stays(form: str) -> None:
    assert without_ending(form) == form


@pytest.mark.parametrize(
    ("form", "noun"),
    [
        ("총리는", "총리"),
        ("부산에서", "부산"),
        ("부산에서는", "부산"),
        ("법원을", "법원"),
        ("독일로", "독일"),
        ("중국으로", "중국"),
        ("유엔과의", "유엔"),
        ("국민들은", "국민"),
        ("아들", "아들"),
        ("국가", "국가"),
        ("회의", "회의"),
        ("전문가", "전문가"),
        ("물은", "물은"),
    ],
)
def test_particles_are_cut_off_a_noun(form: str, noun: str) -> None:
    assert without_particles(form) == noun


@given(st.sampled_from(["대통령", "정부", "러시아", "독일", "정치가", "경기도"]), st.sampled_from(_AFTER_ANY))
def test_noun_and_noun_with_a_particle_have_one_stem(noun: str, particle: str) -> None:
    assert stem_form(noun + particle) == stem_form(noun)


@pytest.mark.parametrize(("form", "other"), [("ankara'da", "ankara"), ("nato는", "nato"), ("총리가", "총리는")])
def test_word_and_what_is_written_onto_it_have_one_stem(form: str, other: str) -> None:
    assert stem_form(form) == stem_form(other)


def test_hebrew_word_has_each_combination_of_prefixes() -> None:
    found = with_prefixes("חדשות")
    assert {"החדשות", "בחדשות", "ושבחדשות", "כשהחדשות", "מהחדשות"} <= set(found)
    assert len(found) == len(set(found))
    assert "וצ'כיה" in with_prefixes("צ'כיה")
    assert with_prefixes("בת") == with_prefixes("news") == []
