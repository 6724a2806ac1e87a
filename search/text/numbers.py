"""How numbers are written, and the form that their spellings share. Pure; used within `search.text`.

A number is one token: its digits, with the marks that group them or begin its decimals. Letters joined to it are the
next token: `20,000km` is `20000`, then `km`. Digits of every script are digits.

| written                                 | form       | why                                                       |
|-----------------------------------------|------------|-----------------------------------------------------------|
| `12,000`, `12’000`, `1,23,000`          | `12000`    | a comma or apostrophe before groups of three (or lakhs)   |
| `1.234.567`, `1.234,5`                  | `1234567`  | dots before several groups, or before a decimal comma     |
| `12.000`, `5.300`                       | `12.000`   | one dot before three digits: also found as `12000`        |
| `5.3`, `0.125`, `3,5`                   | as written | decimals                                                  |
| `16.05.2025`, `192.168.0.1`, `1,2,3`    | as written | no groups of three, or an address                         |
| `12 000`                                | `12`, `000` | two tokens, and found as `12000` too                     |

The last may be a number or two of them, and nobody can tell which, so it is found as both (see `spellings`). A colon,
a hyphen or a slash always parts: times, scores and `24/7` are several numbers.
"""

import re

# Between the groups of a number: a space, and those that keep a line together. The last stands for any of them within
# a run (see `sentences`).
GROUP_SPACES = " \u00a0\u2007\u2008\u2009\u202f\x02"
# The digits before such a space.
GROUP_DIGITS = "0123456789٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹"
# The apostrophes that group digits in Switzerland; the Arabic decimal mark and thousands mark.
DIGIT_APOSTROPHES = "'’"
DECIMAL_MARKS = ".,٫٬"

_GROUPED_BY_APOSTROPHES = re.compile(r"\d{1,3}(?:'\d{3})+(?:[.,]\d+)?")
_GROUPED_BY_COMMAS = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?|[1-9]\d?(?:,\d\d)+,\d{3}(?:\.\d+)?")
_GROUPED_BY_DOTS = re.compile(r"[1-9]\d{0,2}(?:\.\d{3}){2,}(?:,\d+)?|[1-9]\d{0,2}\.\d{3},\d+")
_DECIMALS_OR_GROUP = re.compile(r"[1-9]\d{0,2}\.\d{3}")
# Four groups of an internet address are at most 255 each.
_ADDRESS = re.compile(r"(?:(?:1?\d?\d|2[0-4]\d|25[0-5])(?:\.|\Z)){4}")
_ARABIC_MARKS = str.maketrans("٫٬", ".,")


def fold_number(form: str) -> str:
    """Returns the form of a number whose digits are ASCII already: without the marks that group its digits."""
    if form.isdigit():
        return form
    form = form.translate(_ARABIC_MARKS)
    if _GROUPED_BY_APOSTROPHES.fullmatch(form):
        return form.replace("'", "").replace(",", ".")
    if _GROUPED_BY_COMMAS.fullmatch(form):
        return form.replace(",", "")
    if _GROUPED_BY_DOTS.fullmatch(form) and not _ADDRESS.fullmatch(form):
        return form.replace(".", "").replace(",", ".")
    return form


def ungrouped(form: str) -> str:
    """Returns what a folded number is if its only dot groups its digits: `12.000` may be 12000. Empty for others."""
    return form.replace(".", "") if _DECIMALS_OR_GROUP.fullmatch(form) else ""
