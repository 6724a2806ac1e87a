"""Bytes on their way in: streams, limits, what HTTP did to them, and their encoding.

Knows no format. The only package that reads streams piece by piece.
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
    HEAD_BYTES,
    MAX_DOCUMENT,
    MAX_DOCUMENT_BYTES,
    MAX_OBJECTS,
    MAX_SPOOLED,
    MAX_SPOOLED_BYTES,
    MAX_TAGS,
    read_lines,
    read_whole,
)
from .streams import GZIP_MAGIC, BombError, Budget, DamageError, Gunzipped, look_ahead
from .transfer import TransferError, unchunked, unpacked

__all__ = [
    "GZIP_MAGIC",
    "HEAD_BYTES",
    "MAX_DOCUMENT",
    "MAX_DOCUMENT_BYTES",
    "MAX_OBJECTS",
    "MAX_SPOOLED",
    "MAX_SPOOLED_BYTES",
    "MAX_TAGS",
    "BombError",
    "Budget",
    "DamageError",
    "EncodingError",
    "Gunzipped",
    "TransferError",
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
    "read_whole",
    "removed_note",
    "unchunked",
    "unpacked",
]
