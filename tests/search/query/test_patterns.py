"""Matching of truncated and fuzzy terms against word forms."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.query.patterns import literal_pieces, literal_prefix, truncation_parts, truncation_regex, within_edits


@pytest.mark.parametrize(
    ("text", "matching", "others"),
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
def test_truncation_matches_whole_forms(text: str, matching: list[str], others: list[str]) -> None:
    (part,) = truncation_parts(text)
    regex = truncation_regex(part)
    assert all(regex.fullmatch(form) for form in matching)
    assert not any(regex.fullmatch(form) for form in others)
    assert all(form.startswith(literal_prefix(part)) for form in matching)
    assert all(piece in form for piece in literal_pieces(part) for form in matching)


@given(part=st.text("ab*?", min_size=1, max_size=9), form=st.text("abc", max_size=12))
def test_truncation_matches_the_same_as_a_plain_pattern(part: str, form: str) -> None:
    plain = part.replace("*", ".*").replace("?", ".")
    assert bool(truncation_regex(part).fullmatch(form)) == bool(re.fullmatch(plain, form))


def test_truncation_with_many_stars_needs_one_attempt() -> None:
    # A plain regular expression would need exponential time.
    assert not truncation_regex("*a" * 40 + "*b").fullmatch("a" * 200)
    assert truncation_regex("*a" * 40 + "*b").fullmatch("a" * 200 + "b")


def test_truncation_of_hyphenated_words_has_a_part_for_each() -> None:
    assert truncation_parts("Pre-War*") == ("pre", "war*")


@pytest.mark.parametrize(
    ("text", "parts"), [("20km*", ("20", "km*")), ("5.3b*", ("5.3", "b*")), ("MH17a*", ("mh17a*",)), ("20*", ("20*",))]
)
def test_truncation_parts_a_number_from_its_letters_as_the_tokenizer_does(text: str, parts: tuple[str, ...]) -> None:
    assert truncation_parts(text) == parts


@pytest.mark.parametrize(
    ("word", "other", "distance"),
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
def test_edits_are_counted(word: str, other: str, distance: int) -> None:
    assert within_edits(word, other, distance)
    assert not within_edits(word, other, distance - 1)


_WORDS = st.text("ab", max_size=7)


def _slow_distance(word: str, other: str) -> int:
    """Optimal string alignment, by its recursive definition."""
    if not word or not other:
        return len(word) + len(other)
    costs = [
        _slow_distance(word[:-1], other) + 1,
        _slow_distance(word, other[:-1]) + 1,
        _slow_distance(word[:-1], other[:-1]) + (word[-1] != other[-1]),
    ]
    if len(word) > 1 and len(other) > 1 and word[-1] == other[-2] and word[-2] == other[-1]:
        costs.append(_slow_distance(word[:-2], other[:-2]) + 1)
    return min(costs)


@given(_WORDS.filter(lambda word: len(word) < 6), _WORDS.filter(lambda word: len(word) < 6), st.integers(0, 2))
def test_edits_agree_with_the_definition(word: str, other: str, edits: int) -> None:
    assert within_edits(word, other, edits) == (_slow_distance(word, other) <= edits)
