"""Other spellings of the same words: which a text has beside its tokens, and which a query word stands for. Pure.

What one person joins, another parts (cease-fire, ceasefire; 12 000, 12000), and some numbers can be read in two ways
(12.000). Two rules make these meet, one for the index and one for the query:

- A text has *spellings* beside its tokens, at the same place: `cease-fire` is also `ceasefire`.
- A query word has *readings*: `cease-fire` is cease and fire side by side, or ceasefire.

A spelling counts for a word, in any of its forms. Quotation marks ask for words as they are written, so a phrase is
found by a spelling only if that has the same words with other marks in them (12.000 and 12000).
Entered through `search.text`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from .analysis import Token, tokenize
from .numbers import GROUP_SPACES, ungrouped
from .stemmers import SPELLING_MARK, stem_form

# A longer chain is joined in pairs only.
_MAX_JOINED_WORDS = 4
_GROUP = re.compile(r"\d{3}")
_FIRST_GROUP = re.compile(r"[1-9]\d{0,2}")
_MAY_BE_SPELLED = re.compile(rf"\d(?:\.\d|[{GROUP_SPACES}]\d)")


@dataclass(frozen=True, slots=True)
class Spelling:
    """Another spelling of some of a text's tokens: its form in the index, and the first and last of these tokens.

    The form begins with SPELLING_MARK, so it equals the form of no token, and sorts before them all.
    """

    form: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Slot:
    """One place of a reading. Any word of the stem matches, in whatever spelling; so does a token of another stem."""

    stem: str
    others: tuple[str, ...] = ()

    def matches(self, form: str) -> bool:
        """Whether a token of this form matches."""
        stem = stem_form(form)
        return stem == self.stem or stem in self.others


# Adjacent places; at least one.
Reading = tuple[Slot, ...]


def other_spellings(text: str, tokens: Sequence[Token]) -> list[Spelling]:
    """Returns the other spellings of a text's tokens, ordered by their first token. O(text)."""
    if not _MAY_BE_SPELLED.search(text):
        return []
    found = []
    for token in tokens:
        stems = {stem_form(token.form)}
        for form, last in _spellings_at(text, tokens, token.position):
            spelling = Spelling(SPELLING_MARK + form, token.position, last)
            # One that has the stem of another adds nothing but a second match at the same place.
            if stem_form(spelling.form) not in stems:
                stems.add(stem_form(spelling.form))
                found.append(spelling)
    return found


def spelling_width(form: str) -> int:
    """Returns the number of tokens that a form stands for: more than one for a joined spelling."""
    return 1 + form.count(" ") if form.startswith(SPELLING_MARK) else 1


@lru_cache(1024)
def readings(text: str) -> tuple[Reading, ...]:
    """Returns what a query word stands for; the first reading is that of its tokens. None for a text without words."""
    tokens = tokenize(text)
    if not tokens:
        return ()
    # A number of two readings is found by the one that all its spellings share.
    return (tuple(Slot(ungrouped(token.form) or stem_form(token.form)) for token in tokens),)


def _spellings_at(text: str, tokens: Sequence[Token], first: int) -> Iterator[tuple[str, int]]:
    """Yields the spellings that begin with a token, each with its last token."""
    form = tokens[first].form
    if number := ungrouped(form):
        yield number, first
    if _FIRST_GROUP.fullmatch(form) and not (first and _is_grouped(text, tokens, first - 1)):
        last = first
        while _is_grouped(text, tokens, last):
            last += 1
        if last > first:
            yield " ".join(token.form for token in tokens[first : last + 1]), last


def _is_grouped(text: str, tokens: Sequence[Token], number: int) -> bool:
    """Whether a token and the next are digits with the space between them that groups digits."""
    if number + 1 >= len(tokens):
        return False
    token, following = tokens[number], tokens[number + 1]
    return (
        following.start_char == token.end_char + 1
        and text[token.end_char] in GROUP_SPACES
        and text[token.end_char - 1].isdecimal()
        and token.form.isdigit()
        and len(token.form) <= 3
        and _GROUP.fullmatch(following.form) is not None
    )
