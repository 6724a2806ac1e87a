"""Files that no format reads: identified by their first bytes, with the cure.

Without it some would pass for plain text, with their markup as words. Asked by `formats.read` before any format; knows
nothing that a format reads.
"""

import re

_MAIL = "a mail, or a page saved as one file (MHTML)"
_UNPACK = "which the archive does not unpack; unpack it, or pack the files as zip or gzip"

# How such files begin -> what they are, and the cure.
_UNSUPPORTED = tuple(
    (re.compile(pattern, re.DOTALL | re.IGNORECASE), reason)
    for pattern, reason in (
        (rb"%PDF-", "a PDF; save its text, or ingest the page that it was made from"),
        (rb"\s*\{\\rtf", "rich text (RTF); save it as plain text"),
        (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a document of an office program; save it as plain text"),
        (rb"bplist00", "a page saved by Safari (webarchive); save it as HTML"),
        (rb"BZh[1-9]1AY&SY", f"packed as bzip2, {_UNPACK}"),
        (rb"\xfd7zXZ\x00", f"packed as xz, {_UNPACK}"),
        (rb"\x28\xb5\x2f\xfd", f"packed as zstd, {_UNPACK}"),
        (rb"7z\xbc\xaf\x27\x1c", f"packed as 7z, {_UNPACK}"),
        (rb"Rar!\x1a\x07", f"packed as rar, {_UNPACK}"),
        (rb".{257}ustar", f"packed as tar, {_UNPACK}"),
        # Header fields from the first line on, among them one that only mail has (RFC 5322, RFC 2045).
        (
            rb"(?:[a-z][a-z-]{1,40}:[^\n]{0,1000}\n(?:[ \t][^\n]{0,1000}\n){0,50}){0,50}?"
            rb"(?:MIME-Version|Message-ID|Return-Path|Received):[^\n]{0,1000}\n",
            f"{_MAIL}; save the page as HTML, or the text of the mail",
        ),
    )
)


def unsupported_reason(head: bytes) -> str:
    """Returns what a file is, by its beginning, and what to do with it; empty if a format may read it."""
    return next((reason for beginning, reason in _UNSUPPORTED if beginning.match(head)), "")
