"""Matches truncated and fuzzy terms against word forms. Pure; entered through `search.query`.

Engines apply it to their vocabulary and highlighting to the words of a text, so both agree.
"""

import re
from functools import lru_cache

from ..text import fold_text

_NUMBER_AND_LETTERS = re.compile(r"\A(\d[\d.]*)(?=[^\W\d_])")


@lru_cache(256)
def truncation_parts(text: str) -> tuple[str, ...]:
    """Returns the folded patterns of a truncation, one for each token: `pre-war*` is `pre`, then `war*`.

    Letters joined to a number are a token too, as in a text: `20km*` is `20`, then `km*`.
    """
    parts = [fold_text(part).replace("’", "'") for part in re.split("[-_]", text)]
    return tuple(piece for part in parts for piece in _NUMBER_AND_LETTERS.sub(r"\1 ", part, count=1).split())


@lru_cache(256)
def truncation_regex(part: str) -> re.Pattern[str]:
    """Returns a regular expression that fully matches the forms of a pattern. Matching is O(form x part).

    Text between two `*` is matched at its first place only (an atomic group). That loses nothing: if the rest of the
    pattern matches after a later place, it also matches after the first. Otherwise each `*` would multiply the
    attempts.
    """
    first, *others = (
        "".join("." if character == "?" else re.escape(character) for character in piece) for piece in part.split("*")
    )
    between = "".join(f"(?>.*?{piece})" for piece in others[:-1])
    return re.compile(first + between + "".join(f".*{piece}" for piece in others[-1:]), re.DOTALL)


def literal_prefix(part: str) -> str:
    """Returns the characters before the first wildcard of a pattern: every form it matches begins with them."""
    return literal_pieces(part)[0]


def literal_pieces(part: str) -> list[str]:
    """Returns the characters between the wildcards of a pattern: every form it matches has them, in this order."""
    return re.split(r"[*?]", part)


def within_edits(word: str, other: str, edits: int) -> bool:
    """Whether two forms are at most this many edits apart. O(length x length), less if they are not.

    An edit inserts, deletes or replaces a character, or swaps two neighbours (Damerau 1964). No character is edited
    twice: optimal string alignment.
    """
    if abs(len(word) - len(other)) > edits:
        return False
    before_previous: list[int] = []
    previous = list(range(len(other) + 1))
    for row, left in enumerate(word, start=1):
        current = [row]
        for column, right in enumerate(other, start=1):
            cost = min(previous[column] + 1, current[-1] + 1, previous[column - 1] + (left != right))
            if row > 1 and column > 1 and left == other[column - 2] and word[row - 2] == right:
                cost = min(cost, before_previous[column - 2] + 1)
            current.append(cost)
        if min(current) > edits:
            return False
        before_previous, previous = previous, current
    return previous[-1] <= edits
