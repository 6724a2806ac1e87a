"""search/patterns.py: what fits a truncation, what is within so many edits."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.query.patterns import literal_prefix, truncation_parts, truncation_regex, within_edits


@pytest.mark.parametrize(
    ("text", "fitting", "others"),
    [
        ("sanction*", ["sanction", "sanctions", "sanctioned"], ["sanctio", "resanction"]),
        ("wom?n", ["woman", "women"], ["womn", "womaan", "womens"]),
        ("*tion", ["nation", "tion"], ["nations"]),
        ("c*r", ["cr", "car", "colour"], ["cars"]),
        ("Zür*", ["zurich"], ["zug"]),
        ("O’Bri*", ["o'brien"], ["obrien"]),
        ("a.b*", ["a.bc"], ["axbc"]),
    ],
)
def test_truncation_takes_what_fits_it(text: str, fitting: list[str], others: list[str]) -> None:
    (part,) = truncation_parts(text)
    regex = truncation_regex(part)
    assert all(regex.fullmatch(form) for form in fitting)
    assert not any(regex.fullmatch(form) for form in others)
    assert all(form.startswith(literal_prefix(part)) for form in fitting)


@given(part=st.text("ab*?", min_size=1, max_size=9), form=st.text("abc", max_size=12))
def test_truncation_takes_what_a_plain_pattern_takes(part: str, form: str) -> None:
    plain = part.replace("*", ".*").replace("?", ".")
    assert bool(truncation_regex(part).fullmatch(form)) == bool(re.fullmatch(plain, form))


def test_truncation_with_many_stars_is_tried_once_and_not_for_each_of_them() -> None:
    # A plain pattern would take longer than there is time in the world.
    assert not truncation_regex("*a" * 40 + "*b").fullmatch("a" * 200)
    assert truncation_regex("*a" * 40 + "*b").fullmatch("a" * 200 + "b")


def test_truncation_of_joined_words_has_a_part_each() -> None:
    assert truncation_parts("Pre-War*") == ("pre", "war*")


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ("kyiv", "kyiv", 0),
        ("kyiv", "kiev", 2),
        ("zelensky", "zelenskyy", 1),
        ("zelensky", "zelenskiy", 1),
        ("odessa", "odesa", 1),
        ("form", "from", 1),
        ("ca", "abc", 3),
        ("", "ab", 2),
    ],
)
def test_edits_are_counted(one: str, other: str, distance: int) -> None:
    assert within_edits(one, other, distance)
    assert not within_edits(one, other, distance - 1)


_WORDS = st.text("ab", max_size=7)


def _slow_distance(one: str, other: str) -> int:
    """Optimal string alignment, straight from its recursive definition."""
    if not one or not other:
        return len(one) + len(other)
    costs = [
        _slow_distance(one[:-1], other) + 1,
        _slow_distance(one, other[:-1]) + 1,
        _slow_distance(one[:-1], other[:-1]) + (one[-1] != other[-1]),
    ]
    if len(one) > 1 and len(other) > 1 and one[-1] == other[-2] and one[-2] == other[-1]:
        costs.append(_slow_distance(one[:-2], other[:-2]) + 1)
    return min(costs)


@given(_WORDS.filter(lambda word: len(word) < 6), _WORDS.filter(lambda word: len(word) < 6), st.integers(0, 2))
def test_edits_agree_with_their_definition(one: str, other: str, edits: int) -> None:
    assert within_edits(one, other, edits) == (_slow_distance(one, other) <= edits)
