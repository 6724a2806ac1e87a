"""Flight: the rows in which React sends what it rendered on a server, as Next.js pages carry them in their scripts.

The rows come in pieces, in `self.__next_f.push([1,"…"])` calls. A row is `ID:JSON` and a line end, or `ID:T`, a length
in bytes, a comma and the text; other rows are about modules, hints and errors. In the JSON, texts that begin with a
dollar sign are references to rows or to parts of them (`$1a`, `$L1a`, `$1a:props:posts`), or values that JSON lacks.
Source: React's ReactFlightClient.js. Pure; used by `live.script_state`.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ..input import DEFAULT_LIMITS, Limits
from .lenient_json import load_lenient
from .script_literals import read_text
from .shared_values import bound_values, left_out_note

# Pushes of kind 1 are text; of kind 3 bytes in Base64, which may end within a character.
_PUSH = re.compile(r"\bpush\(\s*\[\s*(?:(1)|3)\s*,\s*(?=\")")

_ROW = re.compile(rb"([0-9a-f]{0,8}):(?:([TAOoUSsLlGgMmV])([0-9a-f]{1,8}),|([A-Z#rx]?))")
_NEXT_ROW = re.compile(rb"\n(?=[0-9a-f]{0,8}:)")

# A reference to a row, or to a part of it by its keys. The letter or sign before the id is the kind of value: loaded
# later (L), a promise (@), a map, a set, a form, an iterator.
_REFERENCE = re.compile(r"\$(?:[L@QWKi])?([0-9a-f]{1,8})((?::[^:]*)*)", re.DOTALL)
# Elements are lists of a dollar sign, type, key and properties; references name these parts.
_ELEMENT = {"type": 1, "key": 2, "props": 3}
_MAX_HOPS = 16
_MAX_NOTES = 5
_MAX_REFERENCE_CHARS = 10_000
_MAX_INDEX_DIGITS = 9

_CUT_OFF = "the data of the scripts is broken or cut off; the part before it was read"
_BROKEN = "a part of the data of the scripts is broken; left out"

_MISSING = object()


@dataclass(frozen=True)
class _Text:
    """The text of a row; unlike a text in JSON it may begin with a dollar sign and is no reference."""

    text: str


def read_flight(codes: Iterable[str], limits: Limits = DEFAULT_LIMITS) -> tuple[list[Any], str]:
    """Returns the values of all rows in the scripts of a page, as JSON, and a note on what could not be read.

    References are replaced by the rows that they refer to. Never raises. Dates become their ISO texts; values that
    JSON lacks (undefined, symbols, modules) become None. O(length).
    """
    data, whole = _joined(codes)
    if data.count(b"{") + data.count(b"[") > limits.max_objects:
        return [], f"the data of the scripts has more than {limits.max_objects:,} objects and lists; not read"
    rows: dict[str, Any] = {}
    # Distinct notes in their order; the first few say enough.
    problems = dict.fromkeys([] if whole else [_CUT_OFF])
    for name, value, problem in _rows(data):
        if problem and len(problems) < _MAX_NOTES:
            problems[problem] = None
        # The rows of a stream share an id; each is a value.
        rows.setdefault(name if name not in rows else f"{name} {len(rows)}", value)
    notes = list(problems)
    values, missing = _RowResolver(rows).values()
    if missing:
        lead = "1 reference leads" if missing == 1 else f"{missing:,} references lead"
        notes.append(f"{lead} to data that is not in the scripts of the page")
    notes.append(left_out_note(bound_values(values, len(data))))
    return values, "; ".join(note for note in notes if note)


def _joined(codes: Iterable[str]) -> tuple[bytes, bool]:
    """Returns the bytes of all pushes, joined, and whether none of them was cut off."""
    parts: list[bytes] = []
    whole = True
    for code in codes:
        at = 0
        while match := _PUSH.search(code, at):
            text, at, ended = read_text(code, match.end())
            whole = whole and ended
            if match[1]:
                parts.append(text.encode("utf-8", "surrogatepass"))
            else:
                try:
                    parts.append(base64.b64decode(text.encode("ascii", "ignore")))
                except binascii.Error:
                    whole = False
    return b"".join(parts), whole


def _rows(data: bytes) -> Iterator[tuple[str, Any, str]]:
    """Yields the id of each row, its value (None if it is no data) and a problem in reading it."""
    at = 0
    while at < len(data):
        match = _ROW.match(data, at)
        if match is None:
            following = _NEXT_ROW.search(data, at)
            if data[at : at + 1] != b"\n":
                yield f"broken {at}", None, _BROKEN
            at = following.end() if following else len(data)
            continue
        name, sized, length, tag = match.groups()
        start = match.end()
        key = name.decode()
        if sized:
            at = start + int(length, 16)
            text = _Text(data[start:at].decode("utf-8", "replace")) if sized == b"T" else None
            yield key, text, _CUT_OFF if at > len(data) else ""
            continue
        end = data.find(b"\n", start)
        end = len(data) if end < 0 else end
        at = end + 1
        if tag:
            yield key, None, ""
            continue
        values, problem = load_lenient(data[start:end].decode("utf-8", "replace"), what=f"row {key} of the scripts")
        yield key, values[0] if values else None, problem


class _RowResolver:
    """Replaces the references in rows; the results share values as the rows do, and may contain themselves."""

    def __init__(self, rows: dict[str, Any]) -> None:
        self._rows = rows
        self._copies: dict[int, Any] = {}
        self._targets: dict[str, Any] = {}
        self._missing = 0

    def values(self) -> tuple[list[Any], int]:
        """Returns the values of the rows with their references replaced, and the number of broken references."""
        holders: list[Any] = []
        waiting = [value for value in self._rows.values() if isinstance(value, dict | list)]
        while waiting:
            holder = waiting.pop()
            holders.append(holder)
            self._copies[id(holder)] = {} if isinstance(holder, dict) else []
            parts = holder.values() if isinstance(holder, dict) else holder
            waiting += [part for part in parts if isinstance(part, dict | list)]
        for holder in holders:
            copy = self._copies[id(holder)]
            if isinstance(holder, dict):
                for key, value in holder.items():
                    copy[key] = self._resolved(value)
            else:
                copy += [self._resolved(value) for value in holder]
        return [
            self._copies[id(value)] for value in self._rows.values() if isinstance(value, dict | list)
        ], self._missing

    def _resolved(self, value: Any) -> Any:
        if isinstance(value, dict | list):
            return self._copies[id(value)]
        if not isinstance(value, str) or not value.startswith("$") or value == "$":
            return value
        if value not in self._targets:
            self._targets[value] = self._target(value)
        target = self._targets[value]
        if target is _MISSING:
            self._missing += 1
            return None
        return self._copies[id(target)] if isinstance(target, dict | list) else target

    def _target(self, text: str) -> Any:
        """Returns the value of a text that begins with a dollar sign: a value of the rows, uncopied, or a text."""
        for _ in range(_MAX_HOPS):
            if text in self._targets:
                return self._targets[text]
            if text.startswith("$$"):
                return text[1:]
            if text.startswith(("$D", "$n")):
                return text[2:]
            match = _REFERENCE.fullmatch(text) if len(text) <= _MAX_REFERENCE_CHARS else None
            if match is None:
                return None  # undefined, NaN, a symbol, a function, a file
            keys = match[2].split(":")[:0:-1]
            value = self._rows.get(match[1], _MISSING)
            while keys and isinstance(value, dict | list):
                value = _part(value, keys.pop())
            if isinstance(value, _Text):
                return value.text
            if not isinstance(value, str) or not value.startswith("$") or value == "$":
                return value
            # The value is a reference itself; the remaining keys lead on from its target.
            text = ":".join([value, *reversed(keys)])
        return None


def _part(holder: Any, key: str) -> Any:
    if isinstance(holder, dict):
        return holder.get(key, _MISSING)
    index = _ELEMENT.get(key, -1) if holder[:1] == ["$"] else -1
    if key.isdecimal() and len(key) <= _MAX_INDEX_DIGITS:
        index = int(key)
    return holder[index] if 0 <= index < len(holder) else _MISSING
