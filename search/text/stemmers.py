"""Stemming: the common stem of a word's forms, by the script they are written in. Pure; entered through `search.text`.

A query does not say which language a form belongs to. Its script does, in practice: in most scripts, one language has
most of the news. The stemmers are Snowball's, except for Arabic, where Snowball gives القوات and قوات (forces)
different stems. What is written onto a word (İstanbul'da, 서울에서) is cut off first, see `written_on`.
"""

import re
import sys
from collections.abc import Callable
from functools import lru_cache

import Stemmer

from .written_on import FIRST_SYLLABLE, LAST_SYLLABLE, without_ending, without_particles

# A news vocabulary has 171,000 forms in 60,000 sections (measured). Past this size the cache drops the least recent.
_MAX_CACHED_FORMS = 1 << 17

# Begins a form that is another spelling of words (see `spellings`). No token contains it.
SPELLING_MARK = "\x01"
# What parts the words that a spelling joins.
_PARTING = str.maketrans("", "", SPELLING_MARK + " -")

# PyStemmer's Snowball "english" is Porter2. Calls hold the GIL from start to end, so threads can share a stemmer.
_stem_english: Callable[[str], str] = Stemmer.Stemmer("english", 0).stemWord

# light10, from Larkey, Ballesteros and Connell, "Light Stemming for Arabic Information Retrieval" (2007). It removes
# "and" and the article from the start, then each of these suffixes in this order. At least two letters remain.
_ARABIC_AND = re.compile(r"^و(?=.{3})")
_ARABIC_ARTICLE = re.compile(r"^(?:ال|وال|بال|كال|فال|لل)(?=..)")
_ARABIC_SUFFIXES = ("ها", "ان", "ات", "ون", "ين", "يه", "ية", "ه", "ة", "ي")


def _stem_arabic(form: str) -> str:
    """Returns the light stem of a folded Arabic form: القوات, قواتها -> قو."""
    form = _ARABIC_ARTICLE.sub("", _ARABIC_AND.sub("", form))
    for suffix in _ARABIC_SUFFIXES:
        if form.endswith(suffix) and len(form) - len(suffix) >= 2:
            form = form[: -len(suffix)]
    return form


# First and last letter of each script, and its stemmer. Any other script is treated as English.
_STEMMERS: tuple[tuple[str, str, Callable[[str], str]], ...] = (
    ("\u0370", "\u03ff", Stemmer.Stemmer("greek", 0).stemWord),
    ("\u0400", "\u052f", Stemmer.Stemmer("russian", 0).stemWord),
    ("\u0530", "\u058f", Stemmer.Stemmer("armenian", 0).stemWord),
    ("\u0600", "\u06ff", _stem_arabic),
    ("\u0900", "\u097f", Stemmer.Stemmer("hindi", 0).stemWord),
    ("\u0b80", "\u0bff", Stemmer.Stemmer("tamil", 0).stemWord),
)


@lru_cache(_MAX_CACHED_FORMS)
def stem_form(form: str) -> str:
    """Returns the stem of a folded form. A stem need not be a word; a number is its own stem."""
    return sys.intern(_stem(form.translate(_PARTING) if form[:1] == SPELLING_MARK else form))


def _stem(form: str) -> str:
    if not form.isascii():
        # Hebrew abbreviations are also written without their mark.
        form = form.replace('"', "")
        if FIRST_SYLLABLE <= form[-1] <= LAST_SYLLABLE:
            form = without_particles(form)
        for first, last, stemmer in _STEMMERS:
            if first <= form[0] <= last:
                return stemmer(form)
    if form[-1:] == "s" and form[-2:-1].isdigit():
        # The plural of a designation, which Porter2 leaves: F16s.
        return form[:-1]
    return _stem_english(without_ending(form) if "'" in form else form)
