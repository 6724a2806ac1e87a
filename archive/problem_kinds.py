"""Which problems are of one kind: their reasons are equal but for the values in them. Pure.

`archive.models` keeps the kind beside the reason, so that problems can be counted by kind.
"""

import re

MAX_KIND_CHARS = 160
# A reason may quote a whole line of a document.
_MAX_READ_CHARS = 1000

# What differs between two problems of a kind. A quote mark inside a word is an apostrophe; names of fields, which a
# format has, are between grave accents.
_DETAILS = re.compile(
    r"""“[^”]*”|‘[^’]*’|"[^"]*"|(?<!\w)'(?:[^'\\]|\\.)*'(?!\w)|https?://\S+|\d[\d,.:+-]*(?<=\d)""", re.DOTALL
)


def kind_of(reason: str) -> str:
    """Returns the reason of a problem with an ellipsis in place of each quotation, address and number."""
    shown = " ".join(_DETAILS.sub("…", reason[:_MAX_READ_CHARS]).split())
    return shown if len(shown) <= MAX_KIND_CHARS else f"{shown[: MAX_KIND_CHARS - 1].rstrip()}…"
