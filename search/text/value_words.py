"""Words in the values of keyword fields: names of people, outlets, subjects. Pure; entered through `search.text`.

A word finds a value that has it in the same form, whatever its case and accents, or in another spelling (`Müller` and
`Mueller`, `al-Qaeda` and `alqaeda`). Names have no forms as other words do, so nothing is stemmed. A code is also
found by the words of its names (see `value_names`).

A whole value is compared by its key, which has its letters, digits and signs alone: `white_house` is `White House`.
"""

import re
from collections.abc import Iterator, Sequence

from .analysis import fold_text, tokenize
from .spellings import Spelling, other_spellings
from .stemmers import SPELLING_MARK
from .value_names import excluded_words, other_names, word_sources

_PARTING = str.maketrans("", "", SPELLING_MARK + " -")
_SEPARATORS = re.compile(r"[_\s\-\u2010-\u2015]+")


def fold_value(value: str) -> str:
    """Returns a value without case and accents, and with single spaces for underscores, hyphens and spaces."""
    folded = fold_text(value)
    return _SEPARATORS.sub(" ", folded).strip() or folded


def value_key(folded: str) -> str:
    """Returns the key of a folded value: values with the same key are equal."""
    return folded.replace(" ", "")


def value_words(field: str, value: str) -> frozenset[str]:
    """Returns the words that find a value of a field: the forms of its tokens, and their other spellings, joined."""
    words = frozenset(word for text in word_sources(field, value) for word in _words_of(text))
    return words - excluded_words(field, value)


def value_forms(field: str, value: str) -> list[list[str]]:
    """Returns the forms of the tokens of a value of a field, and of each other name of it."""
    return [[token.form for token in tokenize(text)] for text in (value, *other_names(field, value))]


def single_words(word: str) -> frozenset[str]:
    """Returns how a word of a query can be written as one word; nothing if it is always several."""
    tokens = tokenize(word)
    whole = [
        spelling
        for spelling in other_spellings(word, tokens)
        if (spelling.first, spelling.last) == (0, len(tokens) - 1)
    ]
    forms = [tokens[0].form] if len(tokens) == 1 else []
    return frozenset((*forms, *map(_joined, whole)))


def contains_word(field: str, value: str, word: str) -> bool:
    """Whether a value of a field has a word of a query, which may be several tokens side by side. O(value)."""
    forms = [token.form for token in tokenize(word)]
    if single_words(word) & value_words(field, value):
        return True
    return len(forms) > 1 and any(has_in_order(having, forms) for having in value_forms(field, value))


def has_in_order(forms: Sequence[str], wanted: Sequence[str]) -> bool:
    """Whether some forms have others side by side, in this order."""
    count = len(wanted)
    return count > 0 and any(list(forms[at : at + count]) == list(wanted) for at in range(len(forms) - count + 1))


def _words_of(text: str) -> Iterator[str]:
    tokens = tokenize(text)
    yield from (token.form for token in tokens)
    yield from map(_joined, other_spellings(text, tokens))


def _joined(spelling: Spelling) -> str:
    return spelling.form.translate(_PARTING)
