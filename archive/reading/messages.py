"""Messages between the archive and a worker process: items as JSON, bytes beside them.

A message is two lengths, a JSON value and an attachment. JSON can only become one of the classes of TYPES: what a
worker sends is data, whatever it read. Used by `workers` and `worker` alone.
"""

import json
import struct
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields
from datetime import datetime
from typing import Any

from ..formats import Limits
from ..items import ArticleItem, Hints, Note, PageGone, Rejected, Revisit, SectionItem
from ..times import Moment

TYPES: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (ArticleItem, Hints, Limits, Moment, Note, PageGone, Rejected, Revisit, SectionItem)
}
_FIELDS = {kind: [(field.name, field.default) for field in fields(kind)] for kind in TYPES.values()}

_LENGTHS = struct.Struct(">QQ")

# Reads so many bytes; raises EOFError at the end.
ReadBytes = Callable[[int], bytes]


@dataclass(frozen=True)
class Message:
    """What one side sends: its kind, its value, and bytes that belong to it."""

    kind: str
    value: Any = None
    attachment: bytes = b""


def pack(message: Message) -> bytes:
    """Returns a message as bytes."""
    content = json.dumps([message.kind, _encoded(message.value)], ensure_ascii=False, separators=(",", ":"))
    data = content.encode("utf-8", "surrogatepass")
    return b"".join((_LENGTHS.pack(len(data), len(message.attachment)), data, message.attachment))


def receive(read: ReadBytes) -> Message:
    """Returns the next message. Raises EOFError where the other side has ended."""
    content_bytes, attachment_bytes = _LENGTHS.unpack(read(_LENGTHS.size))
    kind, value = json.loads(read(content_bytes).decode("utf-8", "surrogatepass"))
    return Message(kind, _decoded(value), read(attachment_bytes))


def _encoded(value: Any) -> Any:
    """Returns a value as JSON: an object is an instance of TYPES or a time, and leaves out what is as by default."""
    kind = type(value)
    if kind in _FIELDS:
        content = {
            name: _encoded(part)
            for name, default in _FIELDS[kind]
            if (part := getattr(value, name)) is not default and (default is MISSING or part != default)
        }
        return {"is": kind.__name__, **content}
    if kind is tuple or kind is list:
        return [_encoded(part) for part in value]
    if kind is frozenset:
        return {"is": "frozenset", "of": sorted(value)}
    if kind is datetime:
        return {"is": "datetime", "of": value.isoformat()}
    # The evidence of an article is an attachment.
    return None if kind is bytes else value


def _decoded(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_decoded(part) for part in value)
    if isinstance(value, dict):
        kind = value.pop("is")
        if kind == "datetime":
            return datetime.fromisoformat(value["of"])
        if kind == "frozenset":
            return frozenset(value["of"])
        return TYPES[kind](**{name: _decoded(part) for name, part in value.items()})
    return value
