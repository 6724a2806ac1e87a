"""JSON Lines: an object on a line for each row, with null where a value is not known. For programs."""

import json
from collections.abc import Iterator
from datetime import datetime
from json.encoder import encode_basestring
from typing import Any

from archive.times import OutletTime, utc_iso

from .columns import RowEncoder
from .contract import Export


def write_jsonl(export: Export) -> Iterator[bytes]:
    """Yields a line for each row."""
    # No name has a sign that would have to be escaped.
    line = "{" + ", ".join(f'"{column.name}": %s' for column in export.columns) + "}\n"
    encoder = RowEncoder(export.columns, export.unit, export.site_url, encode_value)
    for _, values in encoder.encode_rows(export.rows()):
        # JSON can write half of a surrogate pair, and UTF-8 cannot.
        yield (line % tuple(values)).encode("utf-8", "backslashreplace")


def encode_value(value: Any) -> str:
    """Returns the value of a column as JSON; times with the offset of their clock."""
    kind = type(value)
    if kind is str:
        return encode_basestring(value)
    if kind is bool:
        return "true" if value else "false"
    if value is None:
        return "null"
    if kind is int:
        return str(value)
    if isinstance(value, OutletTime):
        return encode_basestring(value.iso)
    if isinstance(value, datetime):
        return encode_basestring(utc_iso(value))
    return json.dumps(value, ensure_ascii=False)
