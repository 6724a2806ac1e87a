"""How the forms of a word are brought to one stem, by the script that it is written in. Pure.

What a form's language is, no query says; its script does, and in most scripts one language has most of the news. The
stemmers are Snowball's, but for Arabic: there Snowball takes القوات and قوات (forces) apart.
"""

import re
from collections.abc import Callable

import Stemmer

# PyStemmer's Snowball "english" is Porter2. Calls hold the GIL from start to end, so threads can share them.
_english: Callable[[str], str] = Stemmer.Stemmer("english", 0).stemWord

# Larkey, Ballesteros and Connell's light10: "Light Stemming for Arabic Information Retrieval" (2007). Prefixes are an
# "and" and the article, suffixes are taken off one after the other in this order, and two letters stay at least.
_ARABIC_AND = re.compile(r"^و(?=.{3})")
_ARABIC_ARTICLE = re.compile(r"^(?:ال|وال|بال|كال|فال|لل)(?=..)")
_ARABIC_SUFFIXES = ("ها", "ان", "ات", "ون", "ين", "يه", "ية", "ه", "ة", "ي")


def arabic(form: str) -> str:
    """Returns the light stem of a folded Arabic form: القوات, قواتها -> قو."""
    form = _ARABIC_ARTICLE.sub("", _ARABIC_AND.sub("", form))
    for suffix in _ARABIC_SUFFIXES:
        if form.endswith(suffix) and len(form) - len(suffix) >= 2:
            form = form[: -len(suffix)]
    return form


# From the first to the last letter of a script, and who stems it. What is of none of these is taken for English.
_BY_SCRIPT: tuple[tuple[str, str, Callable[[str], str]], ...] = (
    ("\u0370", "\u03ff", Stemmer.Stemmer("greek", 0).stemWord),
    ("\u0400", "\u052f", Stemmer.Stemmer("russian", 0).stemWord),
    ("\u0530", "\u058f", Stemmer.Stemmer("armenian", 0).stemWord),
    ("\u0600", "\u06ff", arabic),
    ("\u0900", "\u097f", Stemmer.Stemmer("hindi", 0).stemWord),
    ("\u0b80", "\u0bff", Stemmer.Stemmer("tamil", 0).stemWord),
)


def stem_form(form: str) -> str:
    """Returns the stem of a folded form, which may be no word of any language; a number is its own."""
    if not form.isascii():
        for first, last, stemmer in _BY_SCRIPT:
            if first <= form[0] <= last:
                return stemmer(form)
    return _english(form)
