"""Bylines in documents: which line is one, and a byline without the words around its names.

Whom a byline names is in `archive.bylines`; where a document keeps its byline, each reader knows. Pure; every reader
may import it.
"""

import re
from collections.abc import Iterator

from ..byline_words import BY_WORD_OF, BY_WORDS
from ..bylines import read_byline

_BY_WORDS_AND_DI = "|".join(BY_WORDS)


def without_by_in(line: str, language: str) -> str:
    """Returns a byline without its "By" in English or in a language, whose code may have a region (`de-AT`)."""
    word, _, names = line.partition(" ")
    by_words = ("by", BY_WORD_OF.get(language.partition("-")[0].lower(), "by"))
    return names.strip() if word.casefold() in by_words and names.strip() else line


# The beginning of a byline in wire copy.
_WIRE_BYLINE = re.compile(rf"(?:{_BY_WORDS_AND_DI.title()}|Da)\s+\S")


def is_wire_byline(line: str) -> bool:
    """Whether a line above a wire story is its byline: "By" with a capital letter, then the names."""
    return _WIRE_BYLINE.match(line) is not None


# Particles of family names, and words for "and" between two names.
_BETWEEN_WORDS = frozenset("and und et y e en og och & de del della van der den von zu la le al bin of".split())
_NOT_IN_BYLINE = re.compile(r"[\d?!:;“”\"]|\.$")


def is_byline(line: str) -> bool:
    """Whether a line is nothing but "By" and the names of one or more persons."""
    by, *names = line.replace(",", " ").split() or [""]
    return (
        by.lower() in BY_WORD_OF.values()
        and len(names) > 1
        and not _NOT_IN_BYLINE.search(line)
        and all(name[0].isupper() or name in _BETWEEN_WORDS for name in names)
    )


_FULL_NAME = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*\.?(?: [^\W\d_]+(?:['’.-][^\W\d_]+)*\.?){1,4}")


def is_full_name(text: str) -> bool:
    """Whether a text can be a person's full name: two to five words of letters."""
    return _FULL_NAME.fullmatch(text) is not None


# In RSS an author is an email address with the name in brackets behind it.
_RSS_AUTHOR = re.compile(r"\S{1,200}@\S{1,200}\s*\(([^()]{1,200})\)")


def rss_author_name(text: str) -> str:
    """Returns the name of an RSS author (`ada@courier.example (Ada Quill)`); other texts as they are."""
    match = _RSS_AUTHOR.fullmatch(text)
    return match[1].strip() if match else text


# An address or an account in the place of a name.
_NO_NAME = re.compile(r"@|\d{3}")


def names_on_page(line: str) -> Iterator[str]:
    """Yields the names in the byline of a web page, without job titles, contact addresses and picture credits."""
    for credit in read_byline(line):
        if credit.kind == "contributor":
            yield f"additional reporting by {credit.name}"
        elif credit.kind != "production" and not _NO_NAME.search(credit.name):
            yield credit.name
