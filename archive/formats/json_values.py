"""JSON as documents carry it: strict loading, and reading an object's values with a note of what could not be taken.

Used by every format that is JSON; knows no format.
"""

import json
from typing import Any

from ..errors import ReadError
from ..times import Moment, TimeError, parse_moment
from .input import Limits, clean, decode, removed_note


class JsonError(ReadError):
    """Bytes that are no JSON; the message says where and why."""


def load_json(raw: bytes, limits: Limits) -> Any:
    """Returns the value that the bytes encode. Raises JsonError, or EncodingError with the line."""
    check_size(raw, limits)
    text = decode(raw)
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise JsonError(reason_of(error)) from None


def check_size(raw: bytes, limits: Limits) -> None:
    """Raises JsonError for more objects and lists than memory is reserved for."""
    if raw.count(b"{") + raw.count(b"[") > limits.max_objects:
        raise JsonError(f"more than {limits.max_objects:,} objects and lists; split it into articles, one a line")


def reason_of(error: ValueError | RecursionError) -> str:
    """Returns why bytes or text are no JSON, with the place, from what was raised over them."""
    if isinstance(error, json.JSONDecodeError):
        line = f"line {error.lineno}, " if error.lineno > 1 else ""
        return f"not JSON: {error.msg} at {line}column {error.colno}"
    if isinstance(error, RecursionError):
        return "nested too deeply to be an article"
    return f"not JSON that can be read: {error}"  # a number of more digits than Python converts


class Fields:
    """Reads an object's values, cleans them, and keeps a note of each that could not be taken."""

    def __init__(self, record: dict[str, Any], prefix: str = "") -> None:
        self.record = record
        self.problems: list[str] = []
        self._prefix = prefix
        self._removed = 0

    def all_problems(self) -> list[str]:
        removed = [removed_note(self._removed)] if self._removed else []
        return [self._prefix + problem for problem in self.problems + removed]

    def text(self, key: str) -> str:
        value = self.record.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and key == "id":
            value = str(value)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.problems.append(f"`{key}` is {a_type(value)}, not a string; left out")
            return ""
        value, removed = clean(value)
        self._removed += removed
        return value.strip()

    def line(self, key: str) -> str:
        """A value that holds no line breaks."""
        return " ".join(self.text(key).split())

    def paragraphs(self, key: str) -> tuple[str, ...]:
        lines = (" ".join(line.split()) for line in self.text(key).split("\n"))
        return tuple(line for line in lines if line)

    def moment(self, key: str) -> Moment | None:
        value = self.text(key)
        if not value:
            return None
        try:
            return parse_moment(value)
        except TimeError as error:
            self.problems.append(f"{key} {error}; kept without it")
            return None

    def names(self, key: str) -> tuple[str, ...]:
        values = self.record.get(key)
        if values is None:
            return ()
        if not isinstance(values, list):
            self.problems.append(f"`{key}` is {a_type(values)}, not a list; left out")
            return ()
        names = []
        for value in values:
            cleaned, removed = clean(value) if isinstance(value, str) else ("", 0)
            self._removed += removed
            if cleaned.strip():
                names.append(" ".join(cleaned.split()))
            else:
                self.problems.append(f"`{key}` holds {a_type(value)} that is no name; left out")
        return tuple(dict.fromkeys(names))


def _type_name(value: object) -> str:
    names = {dict: "object", list: "list", str: "string", bool: "boolean", type(None): "null"}
    return names.get(type(value), "number")


def a_type(value: object) -> str:
    name = _type_name(value)
    return f"an {name}" if name == "object" else f"a {name}"
