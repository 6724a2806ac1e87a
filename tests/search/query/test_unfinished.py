"""The term being typed at the end of a query."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.query.unfinished import UnfinishedTerm, read_unfinished

# The query so far, the unfinished term, its field, and the words before it.
TYPED = [
    ("pris", "pris", None, []),
    ("prisoner ex", "ex", None, ["prisoner"]),
    ("a OR big prisoner ex", "ex", None, ["big", "prisoner"]),
    ("a AND ex", "ex", None, []),
    ("(prisoner ex", "ex", None, ["prisoner"]),
    ("(a b) ex", "ex", None, []),
    ("prisoner ", "", None, ["prisoner"]),
    ("cease-fi", "cease-fi", None, []),
    ("a w/5 b ex", "ex", None, []),
    ('"a b" ex', "ex", None, []),
    ("sanction* ex", "ex", None, []),
    ("mood:x ex", "ex", None, ["x"]),
    ("headline:pris", "pris", "headline", []),
    ("headline:(prisoner ex", "ex", "headline", []),
    ("source:inde", "inde", "source", []),
    ("outlet=inde", "inde", "source", []),
    ("source:(cnn OR inde", "inde", "source", []),
    ("source:(cnn OR headline:x inde", "inde", "source", []),
    ("source:(cnn) inde", "inde", None, []),
    ("source:cnn inde", "inde", None, []),
    ("source:", "", "source", []),
    ("peace by=", "", "byline", []),
    ("source:(", "", "source", []),
    ("-source:in", "in", "source", []),
    ("NOT source:in", "in", "source", []),
    ('topic:"prisoner ex', "prisoner ex", "topic", []),
    ('topic:"', "", "topic", []),
    ('topic:="prisoner ex', "prisoner ex", "topic", []),
    ("topic:=priso", "priso", "topic", []),
    ('"prisoner ex', "prisoner ex", None, []),
    ("text:“prisoner ex", "prisoner ex", "text", []),
]
FINISHED = [
    "",
    " ",
    "foo)",
    "(",
    '"a b"',
    "a OR",
    "a w/5",
    "sanction*",
    "Kyiv~",
    "a NOT",
    "-",
    "...",
    'topic:"a b"',
    "*",
]
WORDS_ONLY = ["-ex", "NOT ex", "a w/5 ex", "a w/5 (b OR ex", "atleast3(ex", "-(a ex", '-"prisoner ex', "NOT (a ex"]


@pytest.mark.parametrize(("text", "typed", "field", "words"), TYPED)
def test_unfinished_term_is_found_with_its_context(text: str, typed: str, field: str | None, words: list[str]) -> None:
    found = read_unfinished(text)
    assert found is not None
    assert (found.text, found.field.name if found.field else None) == (typed, field)
    assert [word for _, word in found.words_before] == words
    assert all(text.startswith(word, start) for start, word in found.words_before)
    assert text[found.start :] == ('"“'["“" in text] if found.quoted else "") + typed


@pytest.mark.parametrize("text", FINISHED)
def test_finished_query_has_no_unfinished_term(text: str) -> None:
    assert read_unfinished(text) is None


@pytest.mark.parametrize("text", WORDS_ONLY)
def test_operands_and_excluded_terms_are_words_only(text: str) -> None:
    found = read_unfinished(text)
    assert found is not None
    assert found.words_only
    assert found.words_before == ()


def test_term_after_an_operand_is_not_restricted() -> None:
    assert read_unfinished("a w/5 b OR ex") == UnfinishedTerm("ex", 11)
    assert read_unfinished("atleast3(a) ex") == UnfinishedTerm("ex", 12)


@given(st.text(st.sampled_from('ab "“”():=-*~!/w5 NOTsource:'), max_size=30))
def test_any_text_can_be_read(text: str) -> None:
    found = read_unfinished(text)
    if found:
        assert text[found.start :].endswith(found.text)
