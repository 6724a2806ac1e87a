"""Whether the verb nearest to an expression looks back or forward, in English. For the modules of days here."""

import re
from collections.abc import Sequence
from itertools import pairwise

from .day_words import FUTURE, LOOKING_FORWARD, NOT_PAST, PAST

MAX_LEFT_CHARS = 130
MAX_RIGHT_CHARS = 90
MAX_WORDS = 14

# The end of a sentence, but no abbreviation: a word of four letters or more, a sign or a number stands before it.
_END = re.compile(r"\n|(?<=[a-z\d)%\"'”’]{4})[.!?][\"'”’)]*\s|[!?;]\s")
_TOKEN = re.compile(r"[A-Za-z]+(?:['’][a-z]+)?|['’]ll|[,:(—–]")
_FINITE_BE = frozenset(("is", "are", "was", "were", "'s", "be"))


def verb_way(text: str, start: int, end: int) -> int:
    """Returns 1 if the verb nearest to a span looks forward, -1 if it looks back, 0 if none does either."""
    left = _TOKEN.findall(_END.split(text[max(0, start - MAX_LEFT_CHARS) : start])[-1].replace("’", "'"))
    right = _TOKEN.findall(_END.split(text[end : end + MAX_RIGHT_CHARS], maxsplit=1)[0].replace("’", "'"))
    best = (MAX_WORDS * 2, 0)
    for distance, place in enumerate(range(len(left) - 1, max(-1, len(left) - 1 - MAX_WORDS), -1)):
        if way := _way(left, place):
            best = (distance, way)
            break
    # Words on the right belong to the expression if it begins its sentence, or if they are beside it.
    handicap = 0 if len(left) <= 1 else 4
    for distance, place in enumerate(range(min(len(right), MAX_WORDS))):
        if way := _way(right, place):
            cost = distance if distance == 0 else distance + handicap
            best = min(best, (cost, way), key=lambda pair: pair[0])
            break
    if best[1]:
        return best[1]
    return 1 if _is_headline_infinitive(left) else 0


def _way(tokens: Sequence[str], place: int) -> int:
    word = tokens[place].lower()
    if word == "to" and place and tokens[place - 1].lower() in _FINITE_BE:
        return 1
    if word == "set":
        return 1 if place + 1 < len(tokens) and tokens[place + 1] in ("to", "for") else 0
    if word in FUTURE and tokens[place] != "May":
        return 1
    if word in PAST or (len(word) > 4 and word.endswith("ed") and word[:2] != "un" and word not in NOT_PAST):
        before = [token.lower() for token in tokens[max(0, place - 3) : place]]
        return 1 if not LOOKING_FORWARD.isdisjoint(before) else -1
    return 0


def _is_headline_infinitive(tokens: Sequence[str]) -> bool:
    """Says whether a name and an infinitive are all the verb there is: Leaders to meet in Kyiv on Monday."""
    return any(
        word == "to" and after.islower() and after not in ("the", "a", "an", "its", "their")
        for word, after in pairwise(tokens)
    )
