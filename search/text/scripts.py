"""Character classes, script by script, that Python's `re` lacks. Pure; entered through `search.text`.

Each constant except CLUSTER and DIGITS is the inside of a character class, to be put in brackets: rf"[{UNSPACED}]".
"""

import re
import unicodedata
from collections.abc import Iterable


def _class_of(code_points: Iterable[int]) -> str:
    """Returns the inside of a character class of these code points, which must be in ascending order."""
    ranges: list[list[int]] = []
    for code_point in code_points:
        if ranges and code_point == ranges[-1][1] + 1:
            ranges[-1][1] = code_point
        else:
            ranges.append([code_point, code_point])
    return "".join(f"\\U{low:08x}-\\U{high:08x}" for low, high in ranges)


def _class_of_category(low: int, high: int, *categories: str) -> str:
    return _class_of(code for code in range(low, high + 1) if unicodedata.category(chr(code)) in categories)


# Combining marks (Mn, Mc), which `re` does not count as letters: those of the Basic Multilingual Plane, and of the
# scripts beyond it that are in use today (Rohingya, Chakma, Newa, Adlam). All marks of Unicode would slow matching.
MARKS = (
    _class_of_category(0x300, 0xFFFF, "Mn", "Mc")
    + _class_of_category(0x10D00, 0x10D3F, "Mn", "Mc")
    + _class_of_category(0x11100, 0x1114F, "Mn", "Mc")
    + _class_of_category(0x11400, 0x1147F, "Mn", "Mc")
    + _class_of_category(0x1E900, 0x1E95F, "Mn", "Mc")
)
# Letters of scripts written without spaces between words: Han and kana, without the middle dots between kana words
# (\u30fb and its half-width form); Thai, Lao, Burmese, Khmer, New Tai Lue.
UNSPACED = (
    r"\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    r"\uff66-\uff9d\U00020000-\U0003ffff"
    + _class_of_category(0x0E00, 0x0EFF, "Lo", "Lm")
    + _class_of_category(0x1000, 0x109F, "Lo", "Lm")
    + _class_of_category(0x1780, 0x17FF, "Lo", "Lm")
    + _class_of_category(0x1980, 0x19DF, "Lo", "Lm")
    + _class_of_category(0xA9E0, 0xA9FF, "Lo", "Lm")
    + _class_of_category(0xAA60, 0xAA7F, "Lo", "Lm")
)
# Letters that extend the cluster before them, as marks do: Thai and Lao am, the voicing marks of half-width kana.
EXTENDING_LETTERS = r"\u0e33\u0eb3\uff9e\uff9f"
# Invisible stackers (Burmese, Khmer): they put the next letter under the previous one, in the same cluster.
STACKERS = r"\u1039\u17d2"
# Invisible characters inside a word that are no part of its spelling: soft hyphen, joiners, variation selectors, and
# the frames drawn around a digit or letter.
INVISIBLE = r"\u00ad\u034f\u200d\u2060\u20dd-\u20e0\u20e2-\u20e4\ufe00-\ufe0f"
# The zero-width non-joiner. Next to a virama it only changes the shape of a letter (Bengali, Kannada); elsewhere it
# separates the parts of a word, as a space would (Persian).
NON_JOINER = r"\u200c"
VIRAMAS = _class_of(code for code in range(0x900, 0xFFFF) if unicodedata.combining(chr(code)) == 9)
# One letter of an unspaced script, with its marks and the letters stacked under it.
CLUSTER = rf"[{UNSPACED}{EXTENDING_LETTERS}](?:[{MARKS}{INVISIBLE}{EXTENDING_LETTERS}]|(?<=[{STACKERS}])[{UNSPACED}])*"
# Hebrew letters with their points, without the maqaf, which is a hyphen.
HEBREW = r"\u0591-\u05bd\u05bf-\u05c7\u05d0-\u05ea\u05ef-\u05f2\ufb1d-\ufb4f"
# Gershayim, and the quotation marks that are written for them: between Hebrew letters they are part of the word, an
# abbreviation such as צה"ל (Unicode Standard Annex 29, rules WB7b and WB7c).
GERSHAYIM = rf"(?<=[{HEBREW}])[\"“”״](?=[{HEBREW}])"
# The digits of the scripts other than Latin, each with its ASCII digit.
DIGITS = {
    chr(code): str(unicodedata.decimal(chr(code)))
    for code in range(0x660, 0x20000)
    if unicodedata.category(chr(code)) == "Nd"
}
# Every character that may occur in a word.
WORD_CHARS = rf"\w{MARKS}{INVISIBLE}"

_EXTENDS_CLUSTER = re.compile(rf"[{MARKS}{INVISIBLE}{EXTENDING_LETTERS}{NON_JOINER}]")
_JOINS_NEXT = re.compile(rf"[{STACKERS}\u200d]")


def starts_cluster(text: str, index: int) -> bool:
    """Whether a text can be cut before this character: it is not displayed as one with the character before it."""
    return not (_EXTENDS_CLUSTER.match(text, index) or _JOINS_NEXT.match(text[index - 1 : index]))
