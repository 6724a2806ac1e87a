"""Abbreviations in capitals: what a query finds with them in capitals alone, and in any case.

`US` finds us as well, `"US"` finds it in capitals alone (see `search.text.capitals`). Where the two differ, an answer
offers the other, with what it finds.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from ..query import QUOTING, Phrase, Word, find_field, lex, positive_leaves
from ..text import find_abbreviations, tokenize
from .answers import Answer
from .corrections import CountedQuestion, count_questions

# Initials are an abbreviation in small letters too.
_INITIALS = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]?")


def other_cases(answer: Answer, *, now: datetime) -> list[CountedQuestion]:
    """Returns the question with its abbreviations in capitals alone, and in any case. A search for each.

    One that finds as much as the answer is left out. Raises QueryLimitError.
    """
    question = answer.question
    leaves = list(positive_leaves(answer.parsed_query.as_written))
    words = {leaf.text: _in_capitals(leaf.text) for leaf in leaves if isinstance(leaf, Word)}
    phrases = [leaf.text for leaf in leaves if isinstance(leaf, Phrase)]
    abbreviated = _with_abbreviations(words.values())
    in_capitals = {text: f'"{upper}"' for text, upper in words.items() if upper in abbreviated}
    in_any_case = {text: f'"{text.lower()}"' for text in phrases if _with_abbreviations([text])}
    offered = [
        ("In capitals only", question.with_query(_replace(question.q, "word", in_capitals))),
        ("In any case", question.with_query(_replace(question.q, "quoted", in_any_case))),
    ]
    found = count_questions(answer, ((label, other) for label, other in offered if other.q != question.q), now=now)
    return [counted for counted in found if counted.total != answer.total]


def _in_capitals(text: str) -> str:
    return text.upper() if _INITIALS.fullmatch(text) else text


def _with_abbreviations(texts: Iterable[str]) -> set[str]:
    """Returns those of the texts that have an abbreviation, as they stand beside each other."""
    found, start = set(), 0
    texts = list(texts)
    joined = " ".join(texts)
    tokens = tokenize(joined)
    places = [tokens[position].start_char for position in find_abbreviations(joined, tokens)]
    for text in texts:
        if any(start <= place < start + len(text) for place in places):
            found.add(text)
        start += len(text) + 1
    return found


def _replace(q: str, kind: str, replacements: Mapping[str, str]) -> str:
    """Returns the query with words or phrases replaced, except in values of fields."""
    pieces, end = [], 0
    in_value = False
    for lexeme in lex(q):
        tokens = tokenize(lexeme.text) if lexeme.kind == kind and not in_value else []
        if tokens and kind == "quoted":
            start, last = 0, len(lexeme.text)
            text = " ".join(QUOTING.sub(" ", lexeme.text).split())
        elif tokens:
            start, last = tokens[0].start_char, tokens[-1].end_char
            text = lexeme.text[start:last]
        if tokens and text in replacements:
            pieces += [q[end : lexeme.position + start], replacements[text]]
            end = lexeme.position + last
        field = find_field(lexeme.text) if lexeme.kind == "field" else None
        in_value = field is not None and field.kind != "text"
    return "".join(pieces) + q[end:]
