"""Places of a text in the words of a statement, which are on one line and have its pieces one after another."""

import pytest

from search.annotations.statement_conditions import ConditionPhrase, describe_conditions
from search.annotations.statements import place_in_words
from search.query.parser import parse
from tests.conftest import NOW

TEXT = "It opened\u00a0 on \n3 May, he said, and\tcloses  on 5 May."
PIECES = ((0, TEXT.index(", he")), (TEXT.index("and"), len(TEXT)))
WORDS = "It opened on 3 May … and closes on 5 May."


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("It", "It", "It"),
        ("3", "May", "3 May"),
        ("3", "and", "3 May"),
        ("5", "May.", "5 May."),
        ("said", "and", "and"),
        ("he", "said", ""),
    ],
)
def test_a_span_is_found_in_the_words(first: str, last: str, words: str) -> None:
    start = TEXT.index(first)
    place = place_in_words(TEXT, PIECES, (start, TEXT.index(last, start) + len(last)))
    assert (WORDS[place[0] : place[1]] if place else "") == words


def test_what_is_asked_is_described_in_words() -> None:
    def described(written: str) -> tuple[ConditionPhrase, ...]:
        return describe_conditions(parse(written, now=NOW).tree, ())

    assert described("wall") == ()
    assert described('said(wall) speaker:(vladimir putin) via:("TASS" OR RIA)') == (
        ("in which", "wall", "is said"),
        ("by", "vladimir putin", ""),
        ("through", "TASS or RIA", ""),
    )
    assert described("speaker:*") == (("that", "said(NOT speaker:none)", "finds"),)
    assert described("said(wall speaker:bo) OR said(pay)") == (
        ("that", "said((wall AND speaker:bo) OR pay)", "finds"),
    )
