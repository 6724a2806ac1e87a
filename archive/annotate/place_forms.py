"""Forms of a word under which the gazetteer may have it: without a prefix, or in the case that lists have.

Arabic and Hebrew write *and*, *in*, *to* and *the* as part of the word behind them; Slavic languages change the end of
a name by its case. A form is only proposed: it counts if the gazetteer has it. Pure; `place_names` imports it.
"""

from collections.abc import Iterator

MIN_FORM_CHARS = 4
_ARABIC = ("\u0600", "\u0700")
_HEBREW = ("\u0590", "\u0600")
_CYRILLIC = ("\u0400", "\u0500")
# And, in, to, so; each may stand before the article. After "to" the article loses its first letter.
_ARABIC_PREFIXES = ("وب", "ول", "و", "ب", "ل", "ف")
_ARABIC_ARTICLE = "ال"
_HEBREW_PREFIXES = ("וב", "ול", "וה", "ה", "ב", "ל", "ו", "מ")
# Endings of the other cases, longest first, with the endings of the first case.
_CASES = (
    ("иями", ("ии",)),
    ("ией", ("ия",)),
    ("ією", ("ія",)),
    ("ого", ("ый", "ий", "ое", "ой")),
    ("ому", ("ый", "ий", "ое", "ой")),
    ("ами", ("ы", "и")),
    ("ові", ("",)),
    ("еві", ("",)),
    ("ах", ("ы", "и")),
    ("ам", ("ы", "и")),
    ("ии", ("ия",)),
    ("ию", ("ия",)),
    ("ії", ("ія",)),
    ("ію", ("ія",)),
    ("ою", ("а",)),
    ("ой", ("а",)),
    ("ом", ("", "о")),
    ("ем", ("", "ь", "е")),
    ("ью", ("ь",)),
    ("ы", ("а",)),
    ("и", ("а", "ь")),
    ("і", ("а", "", "ь", "я")),
    ("у", ("а", "")),
    ("е", ("а", "", "ь")),
    ("а", ("", "о")),
    ("я", ("ь", "е")),
    ("ю", ("я", "ь", "е")),
)
# Ukrainian stems that end in і in the first case alone: Харків, Харкова.
_CLOSED = {"о": "і", "е": "і", "є": "ї"}


def forms_of(word: str) -> Iterator[tuple[int, str]]:
    """Yields how many characters of a word stand before a form of it, and the form. The word is in small letters."""
    first = word[0]
    if _ARABIC[0] <= first < _ARABIC[1]:
        yield from _arabic(word)
    elif _HEBREW[0] <= first < _HEBREW[1]:
        for prefix in _HEBREW_PREFIXES:
            if word.startswith(prefix) and len(word) - len(prefix) >= MIN_FORM_CHARS:
                yield len(prefix), word[len(prefix) :]
    elif _CYRILLIC[0] <= first < _CYRILLIC[1]:
        for form in _slavic(word):
            yield 0, form


def _arabic(word: str) -> Iterator[tuple[int, str]]:
    for prefix in _ARABIC_PREFIXES:
        rest = word[len(prefix) :]
        if word.startswith(prefix) and len(rest) >= MIN_FORM_CHARS:
            if prefix[-1] == "ل" and rest[0] == "ل":
                yield len(prefix), _ARABIC_ARTICLE + rest[1:]
            yield len(prefix), rest


def _slavic(word: str) -> Iterator[str]:
    for ending, firsts in _CASES:
        stem = word[: -len(ending)]
        if not word.endswith(ending) or len(stem) < MIN_FORM_CHARS - 1:
            continue
        for first in firsts:
            if len(stem) + len(first) >= MIN_FORM_CHARS:
                yield stem + first
                if not first and stem[-2] in _CLOSED:
                    yield stem[:-2] + _CLOSED[stem[-2]] + stem[-1]
