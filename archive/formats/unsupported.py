"""Files that people hand in and no format reads: told by their first bytes, with what to do instead.

Without it some would pass for plain text, with their markup as words. Used by `read` alone, before any format is
asked; knows nothing that a format reads.
"""

import re

_MAIL = "a mail, or a page saved as one file (MHTML)"
_UNPACK = "which the archive does not unpack; unpack it, or pack what is in it as zip or gzip"

# How they begin -> what they are, and the cure.
_FOREIGN = tuple(
    (re.compile(pattern, re.DOTALL | re.IGNORECASE), told)
    for pattern, told in (
        (rb"%PDF-", "a PDF; save its text, or take in the page that it was made of"),
        (rb"\s*\{\\rtf", "rich text (RTF); save it as plain text"),
        (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a document of an office program; save it as plain text"),
        (rb"bplist00", "a page saved by Safari (webarchive); save it as HTML"),
        (rb"BZh[1-9]1AY&SY", f"packed as bzip2, {_UNPACK}"),
        (rb"\xfd7zXZ\x00", f"packed as xz, {_UNPACK}"),
        (rb"\x28\xb5\x2f\xfd", f"packed as zstd, {_UNPACK}"),
        (rb"7z\xbc\xaf\x27\x1c", f"packed as 7z, {_UNPACK}"),
        (rb"Rar!\x1a\x07", f"packed as rar, {_UNPACK}"),
        (rb".{257}ustar", f"packed as tar, {_UNPACK}"),
        # Fields of a header from the first line on, one of them of those that only mail has (RFC 5322, RFC 2045).
        (
            rb"(?:[a-z][a-z-]{1,40}:[^\n]{0,1000}\n(?:[ \t][^\n]{0,1000}\n){0,50}){0,50}?"
            rb"(?:MIME-Version|Message-ID|Return-Path|Received):[^\n]{0,1000}\n",
            f"{_MAIL}; save the page as HTML, or the text of the mail",
        ),
    )
)


def unsupported_reason(head: bytes) -> str:
    """Returns what the beginning of a file shows it to be and what to do with it, empty for what a format may read."""
    return next((words for begins, words in _FOREIGN if begins.match(head)), "")
