"""Reading in tests: bytes, a text or a JSON value in, items out, as the archive reads any stream.

A reader that fails, where `read` logs a fault and rejects the document, fails the test.
"""

import io
import json
from typing import Any

from archive import formats
from archive.errors import ReadError
from archive.formats.faults import FAULT
from archive.formats.input import DEFAULT_LIMITS, Limits
from archive.items import ArticleItem, Hints, Item, Rejected


def as_bytes(data: object) -> bytes:
    """Bytes as they are, a text in UTF-8, any other value as JSON."""
    if isinstance(data, bytes):
        return data
    return (data if isinstance(data, str) else json.dumps(data)).encode()


def read(data: object, name: str = "a", *, limits: Limits = DEFAULT_LIMITS, **hints: Any) -> list[Item]:
    """Every item of a document whose format is identified by its content."""
    items = list(formats.read(io.BytesIO(as_bytes(data)), Hints(name, **hints), limits=limits))
    faults = [item.reason for item in items if isinstance(item, Rejected) and FAULT in item.reason]
    assert faults == []
    return items


def read_as(format_name: str, data: object, *, limits: Limits = DEFAULT_LIMITS, **hints: Any) -> list[Item]:
    """Every item of a document of a known format, whatever its content looks like."""
    (known,) = (row for row in formats.FORMATS if row.name == format_name)
    items: list[Item] = []
    try:
        items.extend(known.items(io.BytesIO(as_bytes(data)), Hints("a", **hints), limits))
    except ReadError as error:
        items.append(Rejected(error.locator, error.reason))
    return items


def read_one(data: object, name: str = "a", **hints: Any) -> Item:
    """The only item of a document."""
    (item,) = read(data, name, **hints)
    return item


def read_article(data: object, name: str = "a", **hints: Any) -> ArticleItem:
    """The only item of a document, which is an article."""
    item = read_one(data, name, **hints)
    assert isinstance(item, ArticleItem), item
    return item
