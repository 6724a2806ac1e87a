"""Hyphenated words that a line must not break: "stand-off". Pure; `search.text` exports it.

A browser may break a line after any hyphen, and a headline then reads as if its writer had divided the word. The text
itself stays as it is: another character in place of the hyphen would be copied and searched for.
"""

import re

# A longer word may be broken, since on a phone it would be as wide as the page.
MAX_UNBROKEN_CHARS = 24
_HYPHENATED = re.compile(r"(?<![\w-])\w+(?:['’]\w+)*(?:-\w+(?:['’]\w+)*)+(?![\w-])")


def find_unbroken(text: str) -> list[tuple[int, int]]:
    """Returns the spans of the words that may not be broken, in code points."""
    if "-" not in text:
        return []
    words = (found.span() for found in _HYPHENATED.finditer(text))
    return [(start, end) for start, end in words if end - start <= MAX_UNBROKEN_CHARS]
