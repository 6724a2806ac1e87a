"""Places in a text of any language and script, by the gazetteer alone: nothing is guessed.

A form counts where the text writes the whole word, or words, so. In writing without spaces it is found inside a run of
letters, the longest form first. `names` finds by it; the face has `place_named`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache

from .name_words import COUNTRY_WORDS
from .place_forms import forms_of
from .word_lists import common_words, given_name_key, given_names, places, places_in_scripts, places_of_language, plain

# English names that the gazetteer does not have.
OTHER_NAMES = {
    **dict.fromkeys(("u.s.", "us", "usa", "u.s.a.", "america", "united states of america"), "United States"),
    **dict.fromkeys(("uk", "u.k.", "britain", "great britain"), "United Kingdom"),
    "holland": "Netherlands",
    "burma": "Myanmar",
    "donbass": "Donbas",
    "odessa": "Odesa",
    "the vatican": "Vatican City",
    "vatican": "Vatican City",
}
# Names of cities that are nouns of their own language.
NO_PLACES = frozenset({"essen", "halle", "bergen", "baden"})
MAX_PLACE_WORDS = 4
MAX_PLACE_CHARS = 12
MIN_PLACE_CHARS = 4
# A word with a case ending that begins a sentence is a name if it is longer.
_MIN_FIRST_CHARS = 6
_MAX_PREPOSITION_CHARS = 3
_VOWELS = frozenset("аеиіоуыэюяєї")
# Vowel signs of the scripts of South and South-East Asia are no letters for Python.
_LETTERS = "(?:[^\\W\\d_]|[\u0300-\u036f\u064b-\u0655\u0900-\u0fff\u1000-\u109f\u1780-\u17ff\u200c\u200d])++"
_WORD = re.compile(f"{_LETTERS}(?:['’ʼ-]{_LETTERS})*+")
_WITHOUT_SPACES = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_FIRST_OTHER_SCRIPT = "\u0370"


def has_other_scripts(text: str) -> bool:
    """Says whether a text has letters that are not Latin."""
    return not text.isascii() and any(
        _FIRST_OTHER_SCRIPT <= letter < "\u1e00" or letter >= "\u2e80" for letter in set(text)
    )


def find_places(text: str, language: str, *, only_other_scripts: bool = False) -> Iterator[tuple[int, int, str]]:
    """Yields start, end and English label of each place that the gazetteer has in the forms of the text."""
    words = [(match.start(), match.end()) for match in _WORD.finditer(text)]
    place = 0
    while place < len(words):
        start, end = words[place]
        first = text[start]
        if first >= _FIRST_OTHER_SCRIPT:
            if _WITHOUT_SPACES.match(first):
                yield from _inside(text, start, end)
                place += 1
                continue
            found = _longest(text, words, place, (places_in_scripts(),), str.casefold)
            if not found:
                skipped, label = _by_form(text[start:end])
                if label and _may_be_form(text, words, place):
                    yield start + skipped, end, label
            if found and first.isupper() and not _stands_alone(text, words, place, found[0]):
                found = None
        elif only_other_scripts or not first.isupper():
            place += 1
            continue
        else:
            found = _longest(text, words, place, (places_of_language(language), _english()), plain)
            if found and not _stands_alone(text, words, place, found[0]):
                found = None
        if found:
            yield start, words[place + found[0] - 1][1], found[1]
            place += found[0]
        else:
            place += 1


def place_named(form: str, language: str = "en") -> str:
    """Returns the English label of the place that has this form; empty if the gazetteer has none.

    Forms are those of English, of all scripts but Latin, and of the language: Kiev, Київ, and Kiew in German.
    """
    key = plain(form)
    label = OTHER_NAMES.get(key) or places().get(key) or places_in_scripts().get(form.casefold())
    if not label and form[:1] >= _FIRST_OTHER_SCRIPT:
        label = _by_form(form)[1]
    return label or (places_of_language(language).get(key, "") if language != "en" else "")


def _by_form(word: str) -> tuple[int, str]:
    """Returns how many characters stand before the form of a word that the gazetteer has, and its label; or no label.

    A form in a consonant that is a given name too is none: Владимира is of Vladimir.
    """
    for skipped, form in forms_of(word.casefold()):
        label = places_in_scripts().get(form)
        if not label:
            continue
        if word[0].isupper() and form[-1] not in _VOWELS and given_name_key(plain(label)) in given_names():
            continue
        return skipped, label
    return 0, ""


def _may_be_form(text: str, words: list[tuple[int, int]], place: int) -> bool:
    """Says whether a word with a case ending is a name: it has a capital, not that of a sentence, and stands alone.

    Scripts without capitals say nothing.
    """
    start, end = words[place]
    if text[start].lower() == text[start].upper():
        return True
    if not text[start].isupper() or not _stands_alone(text, words, place, 1):
        return False
    if place and text[words[place - 1][1] : start] == " ":
        first, last = words[place - 1]
        if text[first].isupper() and last - first > _MAX_PREPOSITION_CHARS:
            return False
    before = text[max(0, start - 3) : start].strip(' «„“"')
    begins_sentence = not before or before[-1] in ".!?…\n—–-"
    return not begins_sentence or end - start > _MIN_FIRST_CHARS


@cache
def _english() -> Mapping[str, str]:
    """Returns the places of English without those whose names are common words."""
    return {form: label for form, label in places().items() if form not in common_words() or form in COUNTRY_WORDS}


def _longest(
    text: str,
    words: list[tuple[int, int]],
    place: int,
    tables: tuple[Mapping[str, str], ...],
    key: Callable[[str], str],
) -> tuple[int, str] | None:
    """Returns how many words from a place are a form of the tables, and its label."""
    start = words[place][0]
    stop = place + 1
    while stop < min(len(words), place + MAX_PLACE_WORDS) and text[words[stop - 1][1] : words[stop][0]] in (
        " ",
        "\u00a0",
        ". ",
    ):
        stop += 1
    for end in range(stop, place, -1):
        form = text[start : words[end - 1][1]]
        if end - place == 1 and ((len(form) < MIN_PLACE_CHARS and form[0] < _FIRST_OTHER_SCRIPT) or len(form) < 2):
            continue
        form = key(form)
        for table in tables:
            if form in table and form not in NO_PLACES:
                return end - place, table[form]
    return None


def _stands_alone(text: str, words: list[tuple[int, int]], place: int, length: int) -> bool:
    """Says whether no other name stands beside a form in Latin letters, of which it could be a part."""
    before = words[place - 1] if place else None
    after = words[place + length] if place + length < len(words) else None
    end = words[place + length - 1][1]
    if after and text[end : after[0]] == " " and text[after[0]].isupper():
        return False
    if before and text[before[1] : words[place][0]] == " " and text[before[0]].isupper():
        return before[0] == 0 or text[before[0] - 1] in "\n" or text[max(0, before[0] - 2)] in ".!?"
    return True


def _inside(text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    table = places_in_scripts()
    while start < end:
        for stop in range(min(end, start + MAX_PLACE_CHARS), start + 1, -1):
            form = text[start:stop]
            if form in table:
                yield start, stop, table[form]
                start = stop
                break
        else:
            start += 1
