"""Operators in lower case, where they cannot be words. Pure; used within `search.query`.

    "peace" or "truce"      (war or peace) w/3 talks      headline:peace and not source:courier

Within brackets, beside a bracket, a field or a date command, and between two phrases, `and`, `or` and `not` are
operators. Elsewhere they are words, as in: to be or not to be.
"""

from collections.abc import Sequence

from .lexer import OPERATORS, Lexeme, read_proximity

# Behind one and before the other of these, a lower-case operator is no word. A phrase counts only on both sides, since
# people paste sentences with quotations.
_ENDING = ("close", "dates")
_BEGINNING = ("open", "dates", "field")


def read_lower_case(lexemes: Sequence[Lexeme]) -> list[Lexeme]:
    """Returns the lexemes with the operators that are written in lower case in upper case."""
    read = list(lexemes)
    depth = at = 0
    while at < len(read):
        depth += (read[at].kind == "open") - (read[at].kind == "close" and depth > 0)
        end = at
        while end < len(read) and _is_operator(read, end):
            end += 1
        if end > at and _joins_operands(read, at, end, depth):
            read[at:end] = [Lexeme(word.kind, word.text.upper(), word.position) for word in read[at:end]]
        at = max(end, at + 1)
    return read


def _is_operator(lexemes: Sequence[Lexeme], at: int) -> bool:
    """Whether a lexeme may be an operator. Before an AND or OR in capitals, one in lower case is a word."""
    lexeme, after = lexemes[at], lexemes[at + 1 : at + 2]
    if lexeme.kind != "word" or lexeme.text.upper() not in OPERATORS:
        return False
    is_in_capitals = lexeme.text in OPERATORS
    return is_in_capitals or not (after and after[0].kind == "word" and after[0].text in ("AND", "OR"))


def _joins_operands(lexemes: Sequence[Lexeme], start: int, end: int, depth: int) -> bool:
    """Whether the operators from `start` to `end` have an operand on each side and cannot be words."""
    if start == 0 or end == len(lexemes):
        return False
    before, after = lexemes[start - 1], lexemes[end]
    if before.kind in ("open", "field", "minus") or after.kind == "close":
        return False
    if read_proximity(after.text):
        # As in: war not w/5 peace.
        return lexemes[end - 1].text.upper() == "NOT"
    is_value = start > 1 and lexemes[start - 2].kind == "field" and lexemes[start - 2].end == before.position
    between_phrases = before.kind == "quoted" and after.kind in ("quoted", "minus")
    return depth > 0 or is_value or before.kind in _ENDING or after.kind in _BEGINNING or between_phrases
