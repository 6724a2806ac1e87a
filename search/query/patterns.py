"""Which word forms a truncation or a likeness takes. Pure.

Engines use it on their vocabulary, highlighting on a text's own words, and both so agree.
"""

import re
from functools import lru_cache

from ..text import fold_text


@lru_cache(256)
def truncation_parts(text: str) -> tuple[str, ...]:
    """Returns the folded patterns of a truncation, one a token: `pre-war*` is `pre`, then `war*`."""
    return tuple(part for part in (fold_text(part).replace("’", "'") for part in text.split("-")) if part)


@lru_cache(256)
def truncation_regex(part: str) -> re.Pattern[str]:
    """Returns a pattern that the whole of a fitting form matches. O(form x part) to match.

    What stands between two `*` is taken at its first place and never tried at another: if the rest fits behind a
    later one, it fits behind the first. Without that, each `*` would multiply the tries.
    """
    first, *others = ("".join("." if one == "?" else re.escape(one) for one in piece) for piece in part.split("*"))
    between = "".join(f"(?>.*?{piece})" for piece in others[:-1])
    return re.compile(first + between + "".join(f".*{piece}" for piece in others[-1:]), re.DOTALL)


def literal_prefix(part: str) -> str:
    """Returns what every form begins with that fits a pattern."""
    return re.split(r"[*?]", part, maxsplit=1)[0]


def within_edits(one: str, other: str, edits: int) -> bool:
    """Whether two forms are at most so many edits apart.

    An edit puts a character in, leaves one out, changes one, or swaps two neighbours (Damerau 1964; no character is
    edited twice: optimal string alignment). O(length x edits).
    """
    if abs(len(one) - len(other)) > edits:
        return False
    before_last: list[int] = []
    last = list(range(len(other) + 1))
    for row, left in enumerate(one, start=1):
        current = [row]
        for column, right in enumerate(other, start=1):
            cost = min(last[column] + 1, current[-1] + 1, last[column - 1] + (left != right))
            if row > 1 and column > 1 and left == other[column - 2] and one[row - 2] == right:
                cost = min(cost, before_last[column - 2] + 1)
            current.append(cost)
        if min(current) > edits:
            return False
        before_last, last = last, current
    return last[-1] <= edits
