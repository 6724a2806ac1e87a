"""Messages between the archive and the process that runs the rules: JSON behind its length. Pure."""

import json
import os
import struct
from typing import Any

from .joining import Label
from .tasks import Found, FoundDays, FoundLink, FoundName, FoundStatement, Place, Task, Text

_LENGTH = struct.Struct(">Q")
_READ_BYTES = 1024 * 1024


def send(descriptor: int, value: Task | list[Found]) -> None:
    """Writes a message. Raises BrokenPipeError where the other side has ended."""
    data = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    rest = memoryview(_LENGTH.pack(len(data)) + data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def receive(descriptor: int) -> Any:
    """Returns the value of the next message. Raises EOFError where the other side has ended."""
    (length,) = _LENGTH.unpack(_read_exactly(descriptor, _LENGTH.size))
    return json.loads(_read_exactly(descriptor, length).decode("utf-8", "surrogatepass"))


def as_task(value: Any) -> Task:
    """Returns a received value as a Task."""
    language, texts, others = value
    return Task(language, [Text(*text) for text in texts], [_label(label) for label in others])


def as_found(value: Any) -> list[Found]:
    """Returns a received value as what was found in each text of a task."""
    return [
        Found(
            version,
            [FoundName(start, end, _label(label), *rest) for start, end, label, *rest in names],
            [_statement(row) for row in statements],
            [FoundDays(*row) for row in days],
            fault,
        )
        for version, names, statements, days, fault in value
    ]


def _statement(row: Any) -> FoundStatement:
    kind, content, cue, speaker, name, label, chain, hedges, rule, percent = row
    return FoundStatement(
        kind,
        [_place(place) for place in content],
        _place_or_none(cue),
        _place_or_none(speaker),
        _place_or_none(name),
        _label_or_none(label),
        [
            FoundLink(kind, start, end, _place_or_none(source), _label_or_none(label))
            for kind, start, end, source, label in chain
        ],
        [_place(place) for place in hedges],
        rule,
        percent,
    )


def _place(value: Any) -> Place:
    start, end = value
    return start, end


def _place_or_none(value: Any) -> Place | None:
    return None if value is None else _place(value)


def _label(value: Any) -> Label:
    kind, text = value
    return kind, text


def _label_or_none(value: Any) -> Label | None:
    return None if value is None else _label(value)


def _read_exactly(descriptor: int, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        part = os.read(descriptor, min(size - len(data), _READ_BYTES))
        if not part:
            raise EOFError
        data += part
    return bytes(data)
