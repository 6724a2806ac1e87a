"""JSON documents: loads them strictly, and reads the values of an object with a problem for each unusable value.

Knows no format; used by every format that is JSON.
"""

import json
from typing import Any

from ..errors import ReadError
from ..times import Moment, TimeError
from .input import Limits, clean, decode, removed_note
from .stated_times import read_time


class JsonError(ReadError):
    """Bytes that are not JSON, or JSON with more objects and lists than are loaded."""


def load_json(raw: bytes, limits: Limits) -> Any:
    """Returns the value of a JSON document. Raises JsonError, or EncodingError with the line."""
    check_size(raw, limits)
    text = decode(raw)
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise JsonError(reason_of(error)) from None


def check_size(raw: bytes, limits: Limits) -> None:
    """Raises JsonError for a document with too many objects and lists."""
    if raw.count(b"{") + raw.count(b"[") > limits.max_objects:
        raise JsonError(f"more than {limits.max_objects:,} objects and lists; split it into articles, one a line")


def reason_of(error: ValueError | RecursionError) -> str:
    """Returns why a text is not JSON, and where, from the exception of the decoder."""
    if isinstance(error, json.JSONDecodeError):
        line = f"line {error.lineno}, " if error.lineno > 1 else ""
        return f"not JSON: {error.msg} at {line}column {error.colno}"
    if isinstance(error, RecursionError):
        return "nested too deeply to be an article"
    return f"not JSON that can be read: {error}"  # a number of more digits than Python converts


class Fields:
    """Reads the values of an object, cleans them, and records a problem for each value that cannot be used."""

    def __init__(self, record: dict[str, Any], prefix: str = "") -> None:
        self.record = record
        self.problems: list[str] = []
        self._prefix = prefix
        self._removed = 0

    def all_problems(self) -> list[str]:
        """Returns the problems so far, each with the prefix, and how many characters were removed."""
        removed = [removed_note(self._removed)] if self._removed else []
        return [self._prefix + problem for problem in self.problems + removed]

    def text(self, key: str) -> str:
        """Returns a text, which may have several lines; empty if missing or not text. An `id` may be a number."""
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
        """Returns a text on one line."""
        return " ".join(self.text(key).split())

    def paragraphs(self, key: str) -> tuple[str, ...]:
        """Returns the lines of a text that are not empty."""
        lines = (" ".join(line.split()) for line in self.text(key).split("\n"))
        return tuple(line for line in lines if line)

    def moment(self, key: str) -> Moment | None:
        """Returns a date or time, which may be a number of seconds since 1970; None if it is missing or impossible."""
        value = self.record.get(key)
        if not isinstance(value, int | float) or isinstance(value, bool):
            value = self.text(key)
        if not value:
            return None
        try:
            return read_time(value)
        except TimeError as error:
            self.problems.append(f"{key} {error}; kept without it")
            return None

    def names(self, key: str) -> tuple[str, ...]:
        """Returns the names in a list, each once."""
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
                self.problems.append(f"`{key}` contains {a_type(value)} that is not a name; left out")
        return tuple(dict.fromkeys(names))


_TYPES = {dict: "an object", list: "a list", str: "a string", bool: "a boolean", type(None): "a null"}


def a_type(value: object) -> str:
    """Returns the JSON type of a value with its article, for messages: "a list", "an object"."""
    return _TYPES.get(type(value), "a number")
