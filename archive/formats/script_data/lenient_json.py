"""JSON as pages write it in scripts: line ends in strings, trailing commas, escaped as text, or cut off.

Repairs what has one possible meaning; of broken JSON it reads the part before the error. Pure; used by `web.page` and
the modules of `script_data`.
"""

import html
import json
import re
from collections.abc import Iterator
from typing import Any

# Comments around JSON that hid it from old browsers, and a comma before a closing bracket.
_WRAPPER = re.compile(r"^\s*(?://\s*)?(?:<!--|<!\[CDATA\[)|(?://\s*)?(?:-->|\]\]>)\s*$")
_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")
_BETWEEN_VALUES = re.compile(r"[\s;,]*")
# Not strict: content systems put line ends into strings.
_DECODER = json.JSONDecoder(strict=False)

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]', re.DOTALL)
_CLOSING = {"{": "}", "[": "]"}
_MAX_DEPTH = 200


def load_lenient(text: str, *, what: str = "linked data") -> tuple[tuple[Any, ...], str]:
    """Returns the values in the text, one after the other, and a note on what could not be read.

    `what` names the text in the note. Never raises; O(length of the text).
    """
    try:
        return (json.loads(text, strict=False),), ""
    except (ValueError, RecursionError):
        pass
    repaired = _TRAILING_COMMA.sub("", _WRAPPER.sub("", text))
    if "&quot;" in repaired and '"' not in repaired:
        repaired = html.unescape(repaired)
    values: list[Any] = []
    at = _next_value(repaired, 0)
    while at < len(repaired):
        try:
            value, end = _DECODER.raw_decode(repaired, at)
        except json.JSONDecodeError as error:
            part = _whole_part(repaired[at : error.pos])
            kept = "; the part before it was read" if part is not None or values else ""
            note = f"{what} is broken or cut off at character {error.pos:,} of {len(repaired):,}{kept}"
            return (*values, *([part] if part is not None else [])), note
        except (ValueError, RecursionError):
            return tuple(values), f"{what} is nested too deeply or has an invalid number"
        values.append(value)
        at = _next_value(repaired, end)
    return tuple(values), ""


def _next_value(text: str, at: int) -> int:
    match = _BETWEEN_VALUES.match(text, at)
    return match.end() if match else at


def _whole_part(text: str) -> Any:
    """Returns the object or list that begins here, up to the last value in it that is whole; None if none is."""
    open_brackets: list[str] = []
    end, open_at_end = 0, ""
    for bracket, at in _brackets(text):
        if bracket in _CLOSING:
            open_brackets.append(bracket)
            if len(open_brackets) > _MAX_DEPTH:
                return None
        elif open_brackets:
            open_brackets.pop()
            end, open_at_end = at, "".join(open_brackets)
    closing = "".join(_CLOSING[bracket] for bracket in reversed(open_at_end))
    try:
        return json.loads(text[:end] + closing, strict=False) if closing else None
    except (ValueError, RecursionError):
        return None


def _brackets(text: str) -> Iterator[tuple[str, int]]:
    """Yields the brackets outside strings with the position after each, up to a string that does not end."""
    at = 0
    while match := _TOKEN.search(text, at):
        if '"' in text[at : match.start()]:
            return
        at = match.end()
        if not match[0].startswith('"'):
            yield match[0], at
