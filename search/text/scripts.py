"""Which characters make words, script by script: classes for regular expressions, which `re` itself has not. Pure.

Each but CLUSTER is the inside of a class, to be put in brackets: rf"[{UNSPACED}]".
"""

import unicodedata
from collections.abc import Iterable


def _class_of(codes: Iterable[int]) -> str:
    """Returns the inside of a class of these code points, which rise."""
    ranges: list[list[int]] = []
    for code in codes:
        if ranges and code == ranges[-1][1] + 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(f"\\U{low:08x}-\\U{high:08x}" for low, high in ranges)


def _of_category(low: int, high: int, *categories: str) -> str:
    return _class_of(code for code in range(low, high + 1) if unicodedata.category(chr(code)) in categories)


# The combining marks (Mn, Mc), of which `re` takes none for a letter: those of the Basic Multilingual Plane, and of
# what is written past it today (Rohingya, Chakma, Newa, Adlam). All there are would make every look at them slower.
MARKS = (
    _of_category(0x300, 0xFFFF, "Mn", "Mc")
    + _of_category(0x10D00, 0x10D3F, "Mn", "Mc")
    + _of_category(0x11100, 0x1114F, "Mn", "Mc")
    + _of_category(0x11400, 0x1147F, "Mn", "Mc")
    + _of_category(0x1E900, 0x1E95F, "Mn", "Mc")
)
# Letters of scripts that put no blanks between words: Han and kana, without the marks that stand between words of
# kana (\u30fb; in half width it is none of these either); Thai, Lao, Burmese, Khmer, New Tai Lue.
UNSPACED = (
    r"\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    r"\uff66-\uff9d\U00020000-\U0003ffff"
    + _of_category(0x0E00, 0x0EFF, "Lo", "Lm")
    + _of_category(0x1000, 0x109F, "Lo", "Lm")
    + _of_category(0x1780, 0x17FF, "Lo", "Lm")
    + _of_category(0x1980, 0x19DF, "Lo", "Lm")
    + _of_category(0xA9E0, 0xA9FF, "Lo", "Lm")
    + _of_category(0xAA60, 0xAA7F, "Lo", "Lm")
)
# Letters that stand with the one before them as its marks do: Thai and Lao am, the marks of narrow kana.
JOINED = r"\u0e33\u0eb3\uff9e\uff9f"
# What puts the next letter of these under the one before, so that both are one cluster: Burmese and Khmer.
STACKERS = r"\u1039\u17d2"
# What shapes or parts a word where it is shown and is no part of it: soft hyphen, joiners, variation selectors, and
# what is drawn around a digit or letter.
UNSEEN = r"\u00ad\u034f\u200d\u2060\u20dd-\u20e0\u20e2-\u20e4\ufe00-\ufe0f"
# Beside one of these a non-joiner shapes a letter of Bengali or Kannada; elsewhere it parts the parts of a word, as a
# blank would (Persian).
NON_JOINER = r"\u200c"
VIRAMAS = _class_of(code for code in range(0x900, 0xFFFF) if unicodedata.combining(chr(code)) == 9)
# One character of an unspaced script with its marks and what is stacked under it.
CLUSTER = rf"[{UNSPACED}{JOINED}](?:[{MARKS}{UNSEEN}{JOINED}]|(?<=[{STACKERS}])[{UNSPACED}])*"
# All that may stand in a word.
WORD = rf"\w{MARKS}{UNSEEN}"
