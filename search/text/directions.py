"""The direction of a text by its first letter, as Unicode's bidirectional algorithm finds it (UAX 9, P2). Pure."""

import unicodedata

# A text that has no letter so far in has none that matters.
_MAX_LOOKED_AT_CHARS = 200


def is_right_to_left(text: str) -> bool:
    """Whether the first letter of a text belongs to a script that is written from right to left."""
    for char in text[:_MAX_LOOKED_AT_CHARS]:
        if char.isascii():
            if char.isalpha():
                return False
        elif (kind := unicodedata.bidirectional(char)) in ("R", "AL"):
            return True
        elif kind == "L":
            return False
    return False
