"""Flight: the rows in which React sends what it rendered on a server, as Next.js pages carry them in their scripts.

`self.__next_f.push([1,"…"])` calls hold them in pieces, which are joined in their order. A row is `ID:JSON` and a line
end, or `ID:T` and a length in bytes, a comma and so much text; others tell of modules, hints and errors. Texts in the
JSON that begin with a dollar sign are references to rows or to parts of them (`$1a`, `$L1a`, `$1a:props:posts`), or
values that JSON has none for. Source: React's ReactFlightClient.js. Used by live_state. Pure.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ..input import MAX_OBJECTS
from .lenient_json import load_lenient
from .script_literals import read_text
from .shared_values import bound_values, left_out_note

# The second kind is bytes that are no whole characters, in Base64.
_PUSH = re.compile(r"\bpush\(\s*\[\s*(?:(1)|3)\s*,\s*(?=\")")

_ROW = re.compile(rb"([0-9a-f]{0,8}):(?:([TAOoUSsLlGgMmV])([0-9a-f]{1,8}),|([A-Z#rx]?))")
_NEXT_ROW = re.compile(rb"\n(?=[0-9a-f]{0,8}:)")

# What stands behind the dollar sign: a reference to a row, or to a part of it by its keys. A capital or a sign says as
# what it is meant: not yet there (L), a promise (@), a map, a set, a form, an iterator.
_REFERENCE = re.compile(r"\$(?:[L@QWKi])?([0-9a-f]{1,8})((?::[^:]*)*)", re.DOTALL)
# Elements are lists of a dollar sign, type, key and properties, whose parts have names too.
_ELEMENT = {"type": 1, "key": 2, "props": 3}
_MOST_HOPS = 16
_MOST_NOTES = 5
_LONGEST_REFERENCE = 10_000  # characters

_CUT_OFF = "the data of the scripts is cut off or broken; what stands before is read"
_BROKEN = "a part of the data of the scripts is broken; left out"
_LONGEST_PLACE = 10  # digits

_MISSING = object()


@dataclass(frozen=True)
class _Text:
    """The text of a row; a dollar sign at its beginning is one."""

    text: str


def read_flight(codes: Iterable[str]) -> tuple[list[Any], str]:
    """Returns the values of all rows in the scripts of a page, as JSON, and what could not be read.

    A row that another refers to stands in it. Never raises; dates are ISO texts, and what JSON has no value for
    (undefined, symbols, modules) is None. O(their length).
    """
    data, whole = _joined(codes)
    if data.count(b"{") + data.count(b"[") > MAX_OBJECTS:
        return [], f"the data of the scripts has more than {MAX_OBJECTS:,} objects and lists; not read"
    rows: dict[str, Any] = {}
    # Each note once, in its order; of many the first tell enough.
    told = dict.fromkeys([] if whole else [_CUT_OFF])
    for name, value, problem in _rows(data):
        if problem and len(told) < _MOST_NOTES:
            told[problem] = None
        # Of a stream, whose rows have one name, each is a value.
        rows.setdefault(name if name not in rows else f"{name} {len(rows)}", value)
    notes = list(told)
    values, missing = _Rows(rows).values()
    if missing:
        are = "1 reference leads" if missing == 1 else f"{missing:,} references lead"
        notes.append(f"{are} to data that is not in the scripts of the page")
    notes.append(left_out_note(bound_values(values, len(data))))
    return values, "; ".join(note for note in notes if note)


def _joined(codes: Iterable[str]) -> tuple[bytes, bool]:
    """Returns what the calls push, as one, and whether none of them was cut off."""
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
    """Yields the id of each row, its value (None where it has none that is data) and what of it could not be read."""
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


class _Rows:
    """Rows with their references; what it makes of them shares what they share, and may hold itself."""

    def __init__(self, rows: dict[str, Any]) -> None:
        self._rows = rows
        self._copies: dict[int, Any] = {}
        self._targets: dict[str, Any] = {}
        self._missing = 0

    def values(self) -> tuple[list[Any], int]:
        """Returns the values of the rows, with what they refer to in place, and how many references led nowhere."""
        holders: list[Any] = []
        waiting = [value for value in self._rows.values() if isinstance(value, dict | list)]
        while waiting:
            one = waiting.pop()
            holders.append(one)
            self._copies[id(one)] = {} if isinstance(one, dict) else []
            parts = one.values() if isinstance(one, dict) else one
            waiting += [each for each in parts if isinstance(each, dict | list)]
        for one in holders:
            copy = self._copies[id(one)]
            if isinstance(one, dict):
                for key, value in one.items():
                    copy[key] = self._value(value)
            else:
                copy += [self._value(value) for value in one]
        return [
            self._copies[id(value)] for value in self._rows.values() if isinstance(value, dict | list)
        ], self._missing

    def _value(self, given: Any) -> Any:
        if isinstance(given, dict | list):
            return self._copies[id(given)]
        if not isinstance(given, str) or not given.startswith("$") or given == "$":
            return given
        if given not in self._targets:
            self._targets[given] = self._meant(given)
        target = self._targets[given]
        if target is _MISSING:
            self._missing += 1
            return None
        return self._copies[id(target)] if isinstance(target, dict | list) else target

    def _meant(self, text: str) -> Any:
        """Returns what a text that begins with a dollar sign stands for: a value of the rows, uncopied, or a text."""
        for _ in range(_MOST_HOPS):
            if text in self._targets:
                return self._targets[text]
            if text.startswith("$$"):
                return text[1:]
            if text.startswith(("$D", "$n")):
                return text[2:]
            match = _REFERENCE.fullmatch(text) if len(text) <= _LONGEST_REFERENCE else None
            if match is None:
                return None  # undefined, not a number, a symbol, a function, a file
            keys = match[2].split(":")[:0:-1]
            value = self._rows.get(match[1], _MISSING)
            while keys and isinstance(value, dict | list):
                value = _part(value, keys.pop())
            if isinstance(value, _Text):
                return value.text
            if not isinstance(value, str) or not value.startswith("$") or value == "$":
                return value
            # The way leads on from another reference.
            text = ":".join([value, *reversed(keys)])
        return None


def _part(holder: Any, key: str) -> Any:
    if isinstance(holder, dict):
        return holder.get(key, _MISSING)
    place = _ELEMENT.get(key, -1) if holder[:1] == ["$"] else -1
    if key.isdecimal() and len(key) < _LONGEST_PLACE:
        place = int(key)
    return holder[place] if 0 <= place < len(holder) else _MISSING
