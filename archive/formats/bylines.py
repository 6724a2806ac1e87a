"""Bylines: the authors' names in a line of text, and the words that surround them.

Owns how bylines are written: "By" in several languages, separators, job titles, contact addresses. Does not own where
a document keeps its byline; each reader knows that. Pure; every reader may import it.
"""

import re
from collections.abc import Iterable, Iterator

# The word before the names, by language. Italian is apart, because "Di" also begins family names.
_BY_WORDS = {
    "en": "by",
    "de": "von",
    "fr": "par",
    "es": "por",
    "pt": "por",
    "nl": "door",
    "sv": "av",
    "nb": "av",
    "no": "av",
    "da": "af",
}
_BY_WORDS_AND_DI = "|".join(dict.fromkeys((*_BY_WORDS.values(), "di")))

MAX_NAME_CHARS = 80


def join_names(names: Iterable[str]) -> str:
    """Returns the names with commas between them, each name once, without empty names."""
    return ", ".join(dict.fromkeys(name for name in names if name))


_BY_OR_FROM = re.compile(
    rf"^(?:(?:analysis |reporting )?(?:by|from)\s+(?:the )?[^\W_]+['’]s\s+|(?:{_BY_WORDS_AND_DI})\b[:\s]+)",
    re.IGNORECASE,
)


def without_by(line: str) -> str:
    """Returns a byline without its "By" in any language, or its "Analysis by the Courier's"."""
    return _BY_OR_FROM.sub("", line)


def without_by_in(line: str, language: str) -> str:
    """Returns a byline without its "By" in English or in a language, whose code may have a region (`de-AT`)."""
    word, _, names = line.partition(" ")
    by_words = ("by", _BY_WORDS.get(language.partition("-")[0].lower(), "by"))
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
        by.lower() in _BY_WORDS.values()
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


# What comes before the first name on web pages: "By", "Written by", "Text:", "Quelle:", and the like.
_LEAD_IN = re.compile(
    r"^(?:(?:[^\W\d_]+\.? ){0,2}[^\W\d_]+\s*[:：](?!//)"
    r"|(?:(?:written|posted|reported|submitted|words|story|propos recueillis|a cura) )?"
    rf"(?:{_BY_WORDS_AND_DI})\b[:\s]+|(?:取材・)?(?:文|撰文|记者|記者|作者)[・/\s])\s*(?=\S)",
    re.IGNORECASE,
)
# Two names joined by one of these words, each name of two words or more: "Ortega y Gasset" is one name.
_AND = re.compile(r"^(\S+ \S.*?) (?:y|e|ed|i|ja|és|[sș]i|ve|и|та|і|й|και) (\S+ \S.*)$")
# An email address or an account, before the name, after it, or instead of it.
_CONTACT = re.compile(r"[(\[<]?(?<![\w.])(?:@\w+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+)[)\]>]?")
_TITLE_SUFFIX = re.compile(r"(?:\s기자|\s?[记記]者)$")
_SEPARATOR = re.compile(r"\s*(?:[,;|•·]|\s&\s|\s(?:and|und|et|och|og|en)\s|\s/\s)\s*")
_NO_NAME = re.compile(r"https?:|www\.|[@<>{}]|^\W*$|\d{3}|^admin(?:istrator)?$|^webmaster$", re.IGNORECASE)
_ROLE = re.compile(
    r"^(?:photo|foto|picture|illustration|graphic|video)\w*\s*(?::|(?:by|von|par|por|de|di)\b)"
    r"|\b(?:editor|correspondent|reporter|writer|producer|columnist|contributor|journalist|chief|critic|analyst|"
    r"staff|bureau|agencies|photographer|presenter)s?\b",
    re.IGNORECASE,
)


def split_names(line: str) -> Iterator[str]:
    """Yields the names in the byline of a web page, without job titles, contact addresses and picture credits."""
    for number, part in enumerate(_SEPARATOR.split(_LEAD_IN.sub("", _CONTACT.sub("", line).strip()))):
        # A later part is often the job of the person before it, or credits the pictures.
        if number and _ROLE.search(part):
            continue
        rest = _TITLE_SUFFIX.sub("", _LEAD_IN.sub("", part).strip(" .-–—:|()[]"))
        while match := _AND.match(rest):
            yield from _if_name(match[1])
            rest = match[2]
        yield from _if_name(rest)


def _if_name(text: str) -> Iterator[str]:
    if text and len(text) <= MAX_NAME_CHARS and not _NO_NAME.search(text):
        yield text
