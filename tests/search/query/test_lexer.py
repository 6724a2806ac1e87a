"""Words that a query can have without quotation marks."""

import pytest

from search.query.lexer import is_plain_word


@pytest.mark.parametrize("text", ["boat", "cease-fire", "O’Brien", "U.S", "12:30", "渡轮"])
def test_word_alone_is_a_plain_word(text: str) -> None:
    assert is_plain_word(text)


@pytest.mark.parametrize(
    "text", ["", "…", "two words", "boat.", '"boat"', "-boat", "(boat", "kind:live", "w/5", "SAME", "boat*", "boat~"]
)
def test_operators_and_several_words_are_no_plain_word(text: str) -> None:
    assert not is_plain_word(text)
