"""Compounds that other texts write in two words, or in one: what to search for besides.

A hyphen shows that two words are one, so the index joins them by itself (see `search.text.spellings`). Without a
hyphen nothing shows it: `ceasefire` may be written "cease fire", but `together` is no "to get her". So this only
suggests, and only what the archive has.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..engines import TIME_LIMIT_SECONDS, Reader, time_limit
from ..query import And, Node, Not, Phrase, Word, find_field, lex, positive_parts
from ..text import FUNCTION_WORDS, MARKS, UNSPACED, word_forms
from .answers import Answer
from .question import Question

# Of further words no other spelling is looked for, and no more are offered.
MAX_WORDS = 6
MAX_COMPOUNDS = 3
# The letters of a word that can be two, and of its longer part.
MIN_LETTERS = 3
MIN_PART_LETTERS = 2
_WORD = re.compile(rf"(?:[^\W_{UNSPACED}]|[{MARKS}])+")
_FIRST_GROUP, _GROUP = re.compile(r"[1-9]\d{0,2}"), re.compile(r"\d{3}")


@dataclass(frozen=True)
class Compound:
    """Another way to write words of a query, with the question that asks for both ways.

    `sections` is the number of sections of the archive that have it and not the words as they are in the query.
    """

    written: str
    question: Question
    sections: int


def other_compounds(answer: Answer) -> list[Compound]:
    """Returns how words of a query are also written, without a hyphen; the most frequent first.

    One lookup for each way to part a word, and one count for each of which both parts are in the archive. Raises
    QueryLimitError.
    """
    q = answer.question.q
    nodes = positive_parts(answer.parsed_query.as_written)
    words = [node for node in nodes if isinstance(node, Word) and _WORD.fullmatch(node.text)][:MAX_WORDS]
    found: list[Compound] = []
    with time_limit(TIME_LIMIT_SECONDS):
        for parts, other, written in (*_parted(words, answer.index), *_joined(words)):
            sections = answer.index.count(And((other, Not(_all_of(parts)))))
            with_other = _with_other([word.text for word in parts], written, q) if sections else q
            if with_other != q:
                found.append(Compound(written, answer.question.with_query(with_other), sections))
    return sorted(found, key=lambda compound: -compound.sections)[:MAX_COMPOUNDS]


def _all_of(words: Sequence[Word]) -> Node:
    return And(tuple(words)) if len(words) > 1 else words[0]


def _parted(words: Sequence[Word], index: Reader) -> Iterator[tuple[Sequence[Word], Node, str]]:
    """Yields words with the two words that each may also be, as a node and as written."""
    for word in dict.fromkeys(words):
        forms = word_forms(word.text)
        if len(forms) != 1 or len(forms[0]) < MIN_LETTERS or forms[0] in FUNCTION_WORDS:
            continue
        splits = [(forms[0][:at], forms[0][at:]) for at in range(1, len(forms[0]))]
        splits = [split for split in splits if _may_be_two(*split)]
        _, frequencies = index.document_frequencies([part for split in splits for part in split])
        for place, (left, right) in enumerate(splits):
            if frequencies[2 * place] and frequencies[2 * place + 1]:
                yield [word], Phrase(f"{left} {right}", word.field), f'"{left} {right}"'


def _joined(words: Sequence[Word]) -> Iterator[tuple[Sequence[Word], Node, str]]:
    """Yields neighbouring words with the one word that they may also be, as a node and as written."""
    for pair in dict.fromkeys(pairwise(words)):
        forms = [form for word in pair for form in word_forms(word.text)]
        joined = "".join(forms)
        is_one = len(forms) == 2 and pair[0].field == pair[1].field and len(word_forms(joined)) == 1
        if is_one and _may_be_two(*forms):
            yield pair, Word(joined, pair[0].field), joined


def _may_be_two(left: str, right: str) -> bool:
    """Whether two words may be the parts of one. Function words are not: `maybe` and "may be" differ."""
    if left[-1].isdigit() and right[0].isdigit():
        return bool(_FIRST_GROUP.fullmatch(left) and _GROUP.fullmatch(right))
    return max(len(left), len(right)) >= MIN_PART_LETTERS and not FUNCTION_WORDS & {left, right}


def _with_other(words: Sequence[str], written: str, q: str) -> str:
    """Returns the query with neighbouring words, wherever they are, or the other spelling."""
    lexemes = lex(q)
    pieces, end = [], 0
    for place, lexeme in enumerate(lexemes):
        run = lexemes[place : place + len(words)]
        before = lexemes[place - 1] if place else None
        field = find_field(before.text) if before and before.kind == "field" else None
        if lexeme.position < end or [(part.kind, part.text) for part in run] != [("word", word) for word in words]:
            continue
        if before is None or before.kind != "field" or (field and field.kind == "text" and len(words) == 1):
            both = " ".join(words) if len(words) == 1 else f"({' '.join(words)})"
            pieces += [q[end : lexeme.position], f"({both} OR {written})"]
            end = run[-1].end
    return "".join(pieces) + q[end:]
