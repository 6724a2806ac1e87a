"""What a query asks within `said()` is marked in statements alone."""

import pytest

from search.query.parser import parse
from search.results.highlight import Highlighter
from search.results.said import SaidSpan, TextSpans
from tests.conftest import NOW

TEXT = "A wall here. “The wall stays,” said Ada Reed. “No wall,” said Bo, Reuters reported. Walls."
ADA = SaidSpan(14, 29, ("Ada Reed",))
BO = SaidSpan(47, 54, ("Bo",), ("Reuters",))


def marked(query: str, said: tuple[SaidSpan, ...] | None = (ADA, BO)) -> list[int]:
    """Returns where the matches of a query begin."""
    found, at = [], 0
    for piece in Highlighter(parse(query, now=NOW).tree).mark(
        TEXT, "text", spans=said if said is None else TextSpans(list(said))
    ):
        if piece.matched:
            found.append(at)
        at += len(piece.text)
    assert at == len(TEXT)
    return found


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("wall", [2, 18, 50, 84]),
        ("said(wall)", [18, 50]),
        ("said(wall) AND here", [7, 18, 50]),
        ("said(wall) AND wall", [2, 18, 50, 84]),
        ("said(wall) OR said(stays)", [18, 23, 50]),
        ("said(wall) by:Reed", [18]),
        ('said(wall speaker:"ada reed")', [18]),
        ("said(wall speaker:re*)", [18]),
        ("said(wall speaker:reid~1)", [18]),
        ("said(wall via:reuters)", [50]),
        ("said(wall via:none)", [18]),
        ("said(wall (speaker:bo OR speaker:reed))", [18, 50]),
        ("said(wall speaker:nobody)", []),
        ("said(wall) by:Reed OR said(no) by:Bo", [18, 47]),
        ("said(walls NOT here)", [18, 50]),
        ("NOT said(wall)", []),
    ],
)
def test_what_is_asked_within_said_is_marked_in_statements_alone(query: str, words: list[int]) -> None:
    assert marked(query) == words


def test_word_that_begins_in_a_statement_and_ends_outside_is_not_marked() -> None:
    assert marked("said(wall)", (SaidSpan(14, 20),)) == []


def test_without_known_statements_all_is_marked() -> None:
    assert marked("said(wall)", None) == [2, 18, 50, 84]
    assert marked("said(wall)", ()) == []


def test_places_that_speak_of_days_are_marked_among_words() -> None:
    pieces = Highlighter(parse("wall event:2025", now=NOW).tree).mark(TEXT, "text", spans=TextSpans(days=[(7, 11)]))
    assert [piece.text for piece in pieces if piece.matched][:3] == ["wall", "here", "wall"]
