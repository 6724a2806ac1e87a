"""JSON as pages carry it in their scripts: with line ends in strings, commas too many, escaped like text, or cut off.

What can be meant in one way only is read so; of what is broken, the part before. Used by page. Pure.
"""

import html
import json
import re
from collections.abc import Iterator
from typing import Any

# What pages wrap around JSON to hide it from readers of HTML that are long gone, and a comma before a closing bracket.
_WRAPPER = re.compile(r"^\s*(?://\s*)?(?:<!--|<!\[CDATA\[)|(?://\s*)?(?:-->|\]\]>)\s*$")
_COMMA = re.compile(r",(?=\s*[}\]])")
_BETWEEN = re.compile(r"[\s;,]*")
# Content systems put line ends into strings; what JSON forbids there, they mean.
_DECODER = json.JSONDecoder(strict=False)

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]', re.DOTALL)
_CLOSING = {"{": "}", "[": "]"}
_DEEPEST = 200


def load_lenient(text: str, *, what: str = "linked data") -> tuple[tuple[Any, ...], str]:
    """Returns the values that the text spells, one after the other, and what of it could not be read.

    The text is called `what` it is. Never raises; O(its length).
    """
    try:
        return (json.loads(text, strict=False),), ""
    except (ValueError, RecursionError):
        pass
    mended = _COMMA.sub("", _WRAPPER.sub("", text))
    if "&quot;" in mended and '"' not in mended:
        mended = html.unescape(mended)
    values: list[Any] = []
    at = _after(mended, 0)
    while at < len(mended):
        try:
            value, end = _DECODER.raw_decode(mended, at)
        except json.JSONDecodeError as error:
            rest = _whole_part(mended[at : error.pos])
            kept = "; what stands before is read" if rest is not None or values else ""
            note = f"{what} is broken or cut off at character {error.pos:,} of {len(mended):,}{kept}"
            return (*values, *([rest] if rest is not None else [])), note
        except (ValueError, RecursionError):
            return tuple(values), f"{what} is nested too deeply or holds a number that is none"
        values.append(value)
        at = _after(mended, end)
    return tuple(values), ""


def _after(text: str, at: int) -> int:
    match = _BETWEEN.match(text, at)
    return match.end() if match else at


def _whole_part(text: str) -> Any:
    """Returns the beginning of an object or a list up to the last thing in it that is whole; None where none is."""
    open_brackets: list[str] = []
    end, still_open = 0, ""
    for bracket, at in _brackets(text):
        if bracket in _CLOSING:
            open_brackets.append(bracket)
            if len(open_brackets) > _DEEPEST:
                return None
        elif open_brackets:
            open_brackets.pop()
            end, still_open = at, "".join(open_brackets)
    closing = "".join(_CLOSING[bracket] for bracket in reversed(still_open))
    try:
        return json.loads(text[:end] + closing, strict=False) if closing else None
    except (ValueError, RecursionError):
        return None


def _brackets(text: str) -> Iterator[tuple[str, int]]:
    """Yields the brackets outside strings with where each ends, up to a string that does not end."""
    at = 0
    while match := _TOKEN.search(text, at):
        if '"' in text[at : match.start()]:
            return
        at = match.end()
        if not match[0].startswith('"'):
            yield match[0], at
