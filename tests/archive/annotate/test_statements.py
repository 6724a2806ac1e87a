"""Statements: what was said, by whom, through whom."""

from archive.annotate import Span, Statement, find_statements


def words(text: str, span: Span | None) -> str | None:
    return text[span.start : span.end] if span else None


def only(text: str) -> Statement:
    (found,) = find_statements(text, [])
    return found


def test_a_quote_before_its_verb_has_the_speaker_beside_the_verb() -> None:
    text = "“The bridge will open in May,” said Ana Silva, head of the port authority, on Monday."
    found = only(text)
    assert [words(text, piece) for piece in found.content] == ["“The bridge will open in May,”"]
    assert (found.kind, words(text, found.cue)) == ("direct", "said")
    assert words(text, found.speaker) == "Ana Silva, head of the port authority"
    assert words(text, found.speaker_name) == "Ana Silva"
