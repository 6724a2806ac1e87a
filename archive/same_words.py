"""When two texts have the same words, although their characters differ: what readers do not see makes no difference.

The record keeps texts as they were received; this is for comparing them. Soft hyphens, zero-width blanks, marks of
direction, kinds of blanks, and the two ways to write an accent (Unicode normalization form C) make no difference.
Quotation marks, dashes and capitals do. The zero-width joiner and non-joiner are letters in Persian, Indic scripts and
emoji, and make a difference there; between other letters they are invisible. Pure; used by `items`, and by a
migration.
"""

import re
import unicodedata

# Soft hyphen, Arabic letter mark, zero-width space, direction marks, embeddings and isolates, word joiner, BOM.
_INVISIBLE = "\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
# Scripts before Hebrew in Unicode (Latin, Greek, Cyrillic, Armenian), punctuation and blanks never join letters.
_UNJOINED = "\u0000-\u058f\u1e00-\u206f"
_DROPPED = re.compile(
    f"[{_INVISIBLE}]|(?:(?<=[{_UNJOINED}])|^)[\u200c\u200d]+|[\u200c\u200d]+(?=[{_UNJOINED}]|$)", re.MULTILINE
)
_BLANKS = re.compile(r"[^\S\n]+")


def comparable(text: str) -> str:
    """Returns a text by which it is compared: equal for two texts with the same words. Lines stay lines."""
    if text.isascii() and "  " not in text and "\t" not in text:
        return text
    text = _DROPPED.sub("", unicodedata.normalize("NFC", text))
    return "\n".join(line.strip() for line in _BLANKS.sub(" ", text).split("\n"))
