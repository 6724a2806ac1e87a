"""search/text/unbroken.py and directions.py: where lines may not break, and which way a text runs."""

import pytest

from search.text.directions import is_right_to_left
from search.text.unbroken import MAX_UNBROKEN_CHARS, find_unbroken


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a stand-off", ["stand-off"]),
        ("Far-right and well-lit.", ["Far-right", "well-lit"]),
        ("the state-of-the-art's end", ["state-of-the-art's"]),
        ("2024-08-05", ["2024-08-05"]),
        ("no break - here - at all", []),
        ("-off and stand- and --x", []),
        ("a-" * MAX_UNBROKEN_CHARS + "b", []),
        ("plain words", []),
        ("", []),
    ],
)
def test_hyphenated_words_are_found(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in find_unbroken(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("محادثات", True),
        ("השיחות", True),
        ("“123” محادثات", True),
        ("BBC: محادثات", False),
        ("Über", False),
        ("会談", False),
        ("123", False),
        ("", False),
    ],
)
def test_the_first_letter_decides_the_direction(text: str, expected: bool) -> None:
    assert is_right_to_left(text) is expected
