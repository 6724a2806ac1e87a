"""When two names of sources or topics are the same. Pure; any module may import it."""

import unicodedata


def fold_name(name: str) -> str:
    """Returns a name without its case: names with the same fold are the same name."""
    return unicodedata.normalize("NFC", name).casefold()
