"""Words are found by patterns and by similarity, as if each were tested."""

from hypothesis import given
from hypothesis import strategies as st

from search.query import truncation_regex, within_edits
from search.results.word_index import WordIndex

LETTERS = "abcé\u0431\U0010ffff"
words = st.lists(st.text(LETTERS, min_size=1, max_size=6), max_size=30, unique=True)


@given(words, st.text(LETTERS + "*?", min_size=1, max_size=6))
def test_words_that_match_a_pattern_are_those_of_its_expression(known: list[str], pattern: str) -> None:
    matches = truncation_regex(pattern).fullmatch
    assert WordIndex(known).matching(pattern) == sorted(word for word in known if matches(word))


@given(words, st.text(LETTERS, min_size=1, max_size=6), st.integers(1, 2))
def test_similar_words_are_those_within_the_edits(known: list[str], form: str, edits: int) -> None:
    found = set(WordIndex(known).similar(form, edits))
    assert found == {word for word in known if within_edits(form, word, edits)}
