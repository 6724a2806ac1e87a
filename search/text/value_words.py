"""Words in the values of keyword fields: names of people, outlets, subjects. Pure; entered through `search.text`.

A word finds a value that has it in the same form, whatever its case and accents, or in another spelling (`Müller` and
`Mueller`, `al-Qaeda` and `alqaeda`). Names have no forms as other words do, so nothing is stemmed.
"""

from collections.abc import Sequence

from .analysis import tokenize
from .spellings import Spelling, other_spellings
from .stemmers import SPELLING_MARK

_PARTING = str.maketrans("", "", SPELLING_MARK + " -")


def value_words(value: str) -> frozenset[str]:
    """Returns the words of a value: the forms of its tokens, and their other spellings, joined."""
    tokens = tokenize(value)
    spellings = map(_joined, other_spellings(value, tokens))
    return frozenset((*(token.form for token in tokens), *spellings))


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


def contains_word(value: str, word: str) -> bool:
    """Whether a value has a word of a query, which may be several tokens side by side. O(value)."""
    forms = [token.form for token in tokenize(word)]
    return bool(single_words(word) & value_words(value)) or has_in_order(
        [token.form for token in tokenize(value)], forms
    )


def has_in_order(forms: Sequence[str], wanted: Sequence[str]) -> bool:
    """Whether some forms have others side by side, in this order."""
    count = len(wanted)
    return count > 0 and any(list(forms[at : at + count]) == list(wanted) for at in range(len(forms) - count + 1))


def _joined(spelling: Spelling) -> str:
    return spelling.form.translate(_PARTING)
