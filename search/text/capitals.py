"""Abbreviations in capitals, which have a form of their own beside their folded form: US and us, WHO and who. Pure.

A word is an abbreviation if it is in capitals throughout and has 2 to 6 letters: US, U.S., MI6, COVID. In a line that
shouts, nothing is: US TROOPS LEAVE KABUL. A line shouts where

- three or more words in capitals stand together, with nothing but white space between them; or
- two do, and one of them has more than 5 letters (US TROOPS). So NRA CEO and U.S. GDP are abbreviations.

Single letters and numbers are no words in capitals. Of longer words, such as CENTCOM, none is also a common word, so
their folded form says as much. In 60,000 sections of news 0.9% of the tokens are abbreviations. 8% of the words in
capitals stand in lines that shout, most of them labels (JUST WATCHED). Entered through `search.text`.
"""

import re
from collections.abc import Sequence
from enum import IntFlag
from functools import lru_cache

from .analysis import Token, find_words, fold_word, tokenize
from .stemmers import SPELLING_MARK

# Begins the form of an abbreviation; its folded form follows. These forms sort before all others.
CAPITALS_MARK = SPELLING_MARK + SPELLING_MARK
MIN_ABBREVIATION_LETTERS, MAX_ABBREVIATION_LETTERS = 2, 6
_MAX_PAIRED_LETTERS = 5

# What may stand between two words that stand together.
_GAP = re.compile(r"(?:['’]S)?[^\S\n]+")
# Words around one that can decide whether it is shouted, and the characters in which they are looked for.
_NEIGHBOURS = 2
_MAX_NEIGHBOUR_CHARS = 60


class CapitalWord(IntFlag):
    """Where a word in capitals is in its run (see `sentences`). LONG: it has too many letters for a pair."""

    BEGINS = 1
    ENDS = 2
    LONG = 4


class CapitalRun(IntFlag):
    """The words in capitals with which a run begins and ends, and whether they are long. SOLE: both are the same."""

    BEGINS = 1
    ENDS = 2
    LONG_FIRST = 4
    LONG_LAST = 8
    SOLE = 16


def count_capitals(word: str) -> int:
    """Returns the number of letters of a word that is in capitals throughout; 0 for any other, and a single letter."""
    if not word.isupper():
        return 0
    letters = sum(map(str.isalpha, word))
    return letters if letters >= MIN_ABBREVIATION_LETTERS else 0


def find_abbreviations(text: str, tokens: Sequence[Token]) -> list[int]:
    """Returns the positions of the tokens of a text that are abbreviations, ascending. O(text)."""
    letters = [count_capitals(text[token.start_char : token.end_char]) for token in tokens]
    found = []
    for position, count in enumerate(letters):
        if not 0 < count <= MAX_ABBREVIATION_LETTERS:
            continue
        first = last = position
        while first and letters[first - 1] and _stand_together(text, tokens[first - 1], tokens[first]):
            first -= 1
        while last + 1 < len(tokens) and letters[last + 1] and _stand_together(text, tokens[last], tokens[last + 1]):
            last += 1
        if first == last or (last - first == 1 and max(letters[first : last + 1]) <= _MAX_PAIRED_LETTERS):
            found.append(position)
    return found


def is_abbreviation(text: str, start: int, end: int) -> bool:
    """Whether the token of a text from `start` to before `end` is an abbreviation. O(1)."""
    if not 0 < count_capitals(text[start:end]) <= MAX_ABBREVIATION_LETTERS:
        return False
    first, last = _reach(text, start, step=-1), _reach(text, end, step=1)
    tokens = tokenize(text[first:last])
    return any(
        tokens[position].start_char == start - first for position in find_abbreviations(text[first:last], tokens)
    )


@lru_cache(1024)
def phrase_forms(text: str) -> tuple[str, ...]:
    """Returns the forms that a phrase asks for: those of its tokens, for an abbreviation the form in capitals."""
    tokens = tokenize(text)
    abbreviations = set(find_abbreviations(text, tokens))
    return tuple(CAPITALS_MARK + token.form if token.position in abbreviations else token.form for token in tokens)


def capitals_of_run(run: str) -> tuple[list[tuple[str, int, CapitalWord]], CapitalRun]:
    """Returns what the words in capitals of a run can be, and the edges of the run. For `form_table`.

    For each that may be an abbreviation: its form in capitals, its number among the tokens, and its place. Whether it
    is shouted depends on the runs beside it.
    """
    found, edges = [], CapitalRun(0)
    for number, word in enumerate(find_words(run)):
        form, length = fold_word(word[0])
        letters = count_capitals(word[0][:length])
        if not letters:
            continue
        begins, ends = word.start() == 0, run[word.start() + length :] in ("", "'S", "’S")
        place = CapitalWord.LONG if letters > _MAX_PAIRED_LETTERS else CapitalWord(0)
        if begins:
            edges |= CapitalRun.BEGINS | (CapitalRun.LONG_FIRST if place else 0)
        if ends:
            edges |= CapitalRun.ENDS | (CapitalRun.LONG_LAST if place else 0)
        if begins and ends:
            edges |= CapitalRun.SOLE
        if letters <= MAX_ABBREVIATION_LETTERS:
            place |= (CapitalWord.BEGINS if begins else 0) | (CapitalWord.ENDS if ends else 0)
            found.append((CAPITALS_MARK + form, number, place))
    return found, edges


def _stand_together(text: str, token: Token, following: Token) -> bool:
    return _GAP.fullmatch(text, token.end_char, following.start_char) is not None


def _reach(text: str, at: int, *, step: int) -> int:
    """Returns where the stretch of text ends, in one direction, that has all the neighbours of a word which count."""
    limit = max(at - _MAX_NEIGHBOUR_CHARS, 0) if step < 0 else min(at + _MAX_NEIGHBOUR_CHARS, len(text))
    blanks = 0
    in_blank = False
    while at != limit:
        character = text[at - 1] if step < 0 else text[at]
        if character == "\n":
            break
        if character.isspace() and not in_blank:
            blanks += 1
            if blanks > _NEIGHBOURS:
                break
        in_blank = character.isspace()
        at += step
    return at
