"""Which characters make words, script by script: classes for regular expressions, which `re` itself has not. Pure.

Each is the inside of a class, to be put in brackets: rf"[{UNSPACED}]".
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


# The combining marks of the Basic Multilingual Plane (Mn, Mc): `re` takes none for a letter.
MARKS = _of_category(0x300, 0xFFFF, "Mn", "Mc")
# Letters of scripts that put no blanks between words: Han and kana; Thai, Lao, Burmese, Khmer, New Tai Lue.
UNSPACED = (
    r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9d\U00020000-\U0003ffff"
    + _of_category(0x0E00, 0x0EFF, "Lo", "Lm")
    + _of_category(0x1000, 0x109F, "Lo", "Lm")
    + _of_category(0x1780, 0x17FF, "Lo", "Lm")
    + _of_category(0x1980, 0x19DF, "Lo", "Lm")
    + _of_category(0xA9E0, 0xA9FF, "Lo", "Lm")
    + _of_category(0xAA60, 0xAA7F, "Lo", "Lm")
)
# Letters that stand with the one before them as its marks do: Thai and Lao am, the marks of narrow kana.
JOINED = r"\u0e33\u0eb3\uff9e\uff9f"
# What shapes or parts a word where it is shown and is no part of it: soft hyphen, joiners, variation selectors.
UNSEEN = r"\u00ad\u034f\u200d\u2060\ufe00-\ufe0f"
# All that may stand in a word.
WORD = rf"\w{MARKS}{UNSEEN}"
