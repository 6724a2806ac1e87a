"""Input: streams, limits, gzip and the codings of HTTP, character encodings.

Knows no format. Every module of `formats` may import from here.
"""

from .encoding import (
    EncodingError,
    as_utf8,
    clean,
    clean_utf8,
    decode,
    decode_page,
    is_wide,
    looks_like_text,
    page_utf8,
    removed_note,
)
from .limits import (
    DEFAULT_LIMITS,
    HEAD_BYTES,
    Limits,
    read_lines,
    size_text,
    too_long_line,
)
from .streams import GZIP_MAGIC, BombError, DamageError, Gunzipped, UnpackingBudget, look_ahead
from .transfer import TransferError, unchunked, unpacked

__all__ = [
    "DEFAULT_LIMITS",
    "GZIP_MAGIC",
    "HEAD_BYTES",
    "BombError",
    "DamageError",
    "EncodingError",
    "Gunzipped",
    "Limits",
    "TransferError",
    "UnpackingBudget",
    "as_utf8",
    "clean",
    "clean_utf8",
    "decode",
    "decode_page",
    "is_wide",
    "look_ahead",
    "looks_like_text",
    "page_utf8",
    "read_lines",
    "removed_note",
    "size_text",
    "too_long_line",
    "unchunked",
    "unpacked",
]
