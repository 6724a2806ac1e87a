"""search/text/value_words.py: words in names."""

import pytest

from search.text import contains_word, single_words, value_words


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
        ("", "a", False),
        ("a", "§", False),
    ],
)
def test_word_finds_the_names_that_have_it(value: str, word: str, expected: bool) -> None:
    assert contains_word(value, word) is expected


def test_single_words_are_the_ways_to_write_a_word_as_one() -> None:
    assert single_words("al-Qaeda") == {"alqaeda"}
    assert single_words("Müller") == {"muller", "mueller"}
    assert single_words("van der") == set()
    assert value_words("Al-Qaeda Müller") == {"al", "qaeda", "alqaeda", "muller", "mueller"}
