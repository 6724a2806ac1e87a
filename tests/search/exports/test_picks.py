"""search/exports/picks.py and file_names.py: names of picked hits, and of files."""

import pytest

from search.exports import MAX_PICKED, PickError, article_pick, parse_pick, read_picked, section_pick
from search.exports.file_names import name_part


def test_picks_are_read_once_each_in_their_order() -> None:
    assert read_picked(["s34, a12", "", "s34", "a1,"]) == ("s34", "a12", "a1")
    assert read_picked([]) == ()
    assert parse_pick(article_pick(12)) == ("article", 12)
    assert parse_pick(section_pick(34)) == ("section", 34)


@pytest.mark.parametrize(
    "value", ["12", "a", "a0", "b1", "a-1", "A1", "a1 s2", "a1.5", "a١", "s" + "1" * 13, "a1\x00"]
)
def test_what_is_no_hit_is_named(value: str) -> None:
    with pytest.raises(PickError, match=r"is no hit.*a12, s34"):
        read_picked(["a1", value])


def test_too_many_picks_are_an_error() -> None:
    assert len(read_picked([f"a{number + 1}" for number in range(MAX_PICKED)])) == MAX_PICKED
    with pytest.raises(PickError, match=f"501 hits are picked.*{MAX_PICKED}"):
        read_picked([",".join(f"a{number + 1}" for number in range(MAX_PICKED + 1))])


@pytest.mark.parametrize(
    ("query", "stem"),
    [
        ("peace talks", "peace-talks"),
        ('headline:"A/B" OR (c\\d)', "headline-a-b-or-c-d"),
        ("../../etc/passwd", "etc-passwd"),
        ("غرق العبّارة", "غرق-العبّارة"),
        ("नमस्ते दुनिया", "नमस्ते-दुनिया"),
        ("渡轮 沉没", "渡轮-沉没"),
        # Marks that turn the direction, what is invisible, and line ends.
        ("exe\u202etxt.\u200bcsv\u2066", "exetxt-csv"),
        ("a\r\nb\tc\x00d\x1b", "a-b-cd"),
        ("\ud800a", "a"),
        ("😀 * ?", ""),
        ("--", ""),
        ("", ""),
    ],
)
def test_names_of_files_have_letters_and_digits_of_any_script(query: str, stem: str) -> None:
    assert name_part(query) == stem


@pytest.mark.parametrize("query", ["x" * 1000, "ع" * 1000, "a " * 500, "😀渡" * 300, "e\u0301" * 500])
def test_names_of_files_are_short(query: str) -> None:
    stem = name_part(query)
    assert 0 < len(stem) <= 60
    assert len(stem.encode()) <= 100
    assert not stem.endswith("-")
