"""Sentence boundaries, for proximity within a sentence. Pure; entered through `search.text`.

Works on runs: the stretches of a text between white space. A sentence ends with one run and starts with the next. The
rules are those of English news; a paragraph is a line, and its end always ends a sentence.
"""

import re

from .numbers import GROUP_DIGITS, GROUP_SPACES

_FULL_STOP = re.compile(r"([.?!…‽。！？؟۔।။។።։])[\"'“”‘’«»)\]」』]*$")
_OPENING_MARKS = "\"'“”‘’«»([「『¡¿"
_INITIALS = re.compile(r"(?:[^\W\d_]\.)+")
# Full stops of scripts written without spaces. No space follows them, so a run must be cut there.
UNSPACED_STOPS = "。！？။។"
_UNSPACED_STOP = re.compile(rf"([{UNSPACED_STOPS}][」』”’)]*)(?=\S)")
# The space between two groups of digits (12 000), which are one run. A pattern that begins with a rare character is
# fast.
_GROUP_SPACE = re.compile(rf"([{GROUP_DIGITS}])[{GROUP_SPACES}](?=\d{{3}}(?!\d))")
# Abbreviations that English news writes with a full stop.
_ABBREVIATIONS = frozenset(
    word
    for line in (
        "mr mrs ms dr prof rev hon gen sen rep gov lt col sgt capt cmdr maj adm pvt cpl st jr sr inc corp co ltd",
        "llc plc vs v etc no nos vol pp p fig al cf ca approx dept est jan feb mar apr jun jul aug sep sept oct nov",
        "dec mon tue tues wed thu thur thurs fri sat sun ave blvd rd mt ft",
    )
    for word in line.split()
)


def split_runs(text: str) -> list[str]:
    """Returns the runs of a text in order: split at white space, and after the full stops of unspaced scripts.

    Groups of digits with a space between them are one run, with the last of GROUP_SPACES in the place of that space.
    """
    if _GROUP_SPACE.search(text):
        text = _GROUP_SPACE.sub(rf"\1{GROUP_SPACES[-1]}", text)
    if not text.isascii() and any(stop in text for stop in UNSPACED_STOPS):
        text = _UNSPACED_STOP.sub(r"\1 ", text)
    return text.split()


def ends_sentence(run: str) -> bool:
    """Whether a sentence may end with this run: with a full stop that belongs to no abbreviation or initial."""
    stop = None if run[-1:].isalnum() else _FULL_STOP.search(run)
    if not stop:
        return False
    if stop[1] != ".":
        return True
    word = run[: stop.start() + 1].lstrip(_OPENING_MARKS)
    return not _INITIALS.fullmatch(word) and word[:-1].lower() not in _ABBREVIATIONS


def starts_sentence(run: str) -> bool:
    """Whether a sentence may start with this run: its first letter or digit is not lower case."""
    first = run[:1] if run[:1].isalnum() else next((character for character in run if character.isalnum()), "A")
    return not first.islower()
