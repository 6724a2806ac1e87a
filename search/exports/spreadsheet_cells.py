"""What a cell of a spreadsheet holds, and which text spreadsheets run as a formula. Pure; CSV and workbooks use it."""

import re

# In UTF-16 code units (Microsoft, "Excel specifications and limits").
MAX_CELL_CHARS = 32_767

# Spreadsheets run a cell that starts with one of these signs as a formula (OWASP, "CSV Injection"), and some take
# their full-width and small forms for them. Blanks, controls and marks of direction before it may be dropped on the
# way. A cell that starts with a tab or a line break may be taken apart, so that it starts with what follows.
_BLANK = r"\s\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
_FORMULA = re.compile(rf"[\t\r\n]|[{_BLANK}]*[=+\-@＝＋－＠﹦﹢﹣﹫]")
_MARKED_FORMULA = re.compile(rf"'*(?:{_FORMULA.pattern})")


def is_formula(text: str) -> bool:
    """Whether a spreadsheet may run a text."""
    # Most texts begin with a letter or a digit, and need no further look.
    return not text[:1].isalnum() and _FORMULA.match(text) is not None


def mark_formula(text: str) -> str:
    """Returns a text with an apostrophe before it, if a spreadsheet may run it.

    A text that begins so already gets one more: whoever removes an apostrophe from each has the texts again.
    """
    return "'" + text if not text[:1].isalnum() and _MARKED_FORMULA.match(text) else text


def is_too_long(text: str) -> bool:
    """Whether a text is longer than a cell."""
    if len(text) > MAX_CELL_CHARS:
        return True
    return 2 * len(text) > MAX_CELL_CHARS and _size(text) > MAX_CELL_CHARS


def cut_to_cell(text: str) -> str:
    """Returns as much of a text as a cell holds. A mark at the end says how much of a longer one is missing."""
    if not is_too_long(text):
        return text
    # No more characters are missing than there are, so that the mark is never longer than this.
    room = MAX_CELL_CHARS - len(_cut_mark(len(text)))
    units = text[:room].encode("utf-16-le", "surrogatepass")[: 2 * room]
    kept = units.decode("utf-16-le", "ignore")
    return kept + _cut_mark(len(text) - len(kept))


def _cut_mark(missing: int) -> str:
    return f" […cut here: {missing:,} more characters]"


def _size(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
