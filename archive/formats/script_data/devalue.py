"""Devalue: values as one flat JSON list, in which an object or a list holds the places of its parts.

Nuxt 3 puts the state of a page so into `<script id="__NUXT_DATA__">`: [{"title": 1, "at": 2}, "Fog", ["Date", "…"]].
The first value is the whole; a list that begins with a text is a value of that type. Sources: devalue's parse.js, and
for the types that Nuxt adds, its revive-payload plugin. Used by live_state. Pure.
"""

import json
import re
from typing import Any

from ..input import MAX_OBJECTS
from .shared_values import bound_values, left_out_note

_BEGIN = re.compile(r"\s*\[\s*")
_COMMA = re.compile(r"\s*,\s*")
_DECODER = json.JSONDecoder(strict=False)

# Types whose one part is the text of the value, not the place of a part.
_TEXTS = frozenset(("Date", "BigInt", "Object", "URL", "URLSearchParams", "RegExp"))
# Types whose parts are places, and come one by one, or as key and value.
_LISTS = frozenset(("Set",))
_PAIRS = frozenset(("Map", "null"))
# Bytes are no words of a page, and Nuxt's empty references hold none.
_EMPTY = ("Array", "ArrayBuffer", "EmptyRef", "EmptyShallowRef")

# Places below nought are values that JSON has none for; the one that begins a list says that it has gaps:
# [-7, length, place, value, …].
_GAPS = -7


def read_devalue(code: str) -> tuple[Any, str]:
    """Returns the value that a script's text spells, as JSON, and what of it could not be read.

    Never raises. Dates are their ISO texts; what JSON has none for (undefined, not a number) is None. O(its length).
    """
    if code.count("{") + code.count("[") > MAX_OBJECTS:
        return None, f"the data of a script has more than {MAX_OBJECTS:,} objects and lists; not read"
    flat, problem = _load(code)
    if not flat:
        return None, problem
    lost: list[Any] = []
    made = [_empty_of(one) for one in flat]
    _follow(flat, made, lost)
    for place, given in enumerate(flat):
        _fill(made, place, given, lost)
    value = made[0]
    notes = [problem, _lost_note(len(lost)), left_out_note(bound_values(value, len(code)))]
    return value, "; ".join(note for note in notes if note)


def _load(code: str) -> tuple[list[Any], str]:
    """Returns the values of the list, of one that is broken or cut off those before, and what is to be said of it."""
    try:
        flat = json.loads(code, strict=False)
        return (flat, "") if isinstance(flat, list) and flat else ([], "the data of a script is no list of values")
    except (ValueError, RecursionError):
        pass
    flat = []
    begin = _BEGIN.match(code)
    at = begin.end() if begin else 0
    while begin:
        try:
            value, at = _DECODER.raw_decode(code, at)
        except (ValueError, RecursionError):
            break
        flat.append(value)
        comma = _COMMA.match(code, at)
        if comma is None:
            break
        at = comma.end()
    kept = "; what stands before is read" if flat else ""
    return flat, f"the data of a script is broken or cut off at character {at:,} of {len(code):,}{kept}"


def _lost_note(count: int) -> str:
    if not count:
        return ""
    are = "1 value is" if count == 1 else f"{count:,} values are"
    return f"{are} named in the data of a script and not in it"


def _type_of(given: Any) -> str:
    return given[0] if isinstance(given, list) and given and isinstance(given[0], str) else ""


def _is_empty(kind: str) -> bool:
    return kind.endswith(_EMPTY)


def _empty_of(given: Any) -> Any:
    """What a value will be, so that others can hold it before it is filled."""
    kind = _type_of(given)
    if isinstance(given, dict) or kind in _PAIRS:
        return {}
    if isinstance(given, list):
        if not kind or kind in _LISTS:
            return []
        return given[1] if kind in _TEXTS and len(given) > 1 and not isinstance(given[1], dict | list) else None
    return given


def _follow(flat: list[Any], made: list[Any], lost: list[Any]) -> None:
    """Puts what they stand for in the place of values that only wrap another, such as `Reactive`; O(their number)."""
    done: set[int] = set()
    for start in range(len(flat)):
        way = []
        at = start
        while at not in done:
            done.add(at)
            kind = _type_of(flat[at])
            if not kind or kind in _TEXTS or kind in _LISTS or kind in _PAIRS or _is_empty(kind):
                break
            way.append(at)
            target: Any = flat[at][1] if len(flat[at]) > 1 else None
            if not _is_place(target, flat):
                _at(flat, target, lost)
                break
            at = target
        for one in way:
            made[one] = made[at]


def _is_place(given: Any, flat: list[Any]) -> bool:
    return isinstance(given, int) and not isinstance(given, bool) and 0 <= given < len(flat)


def _fill(made: list[Any], place: int, given: Any, lost: list[Any]) -> None:
    holder = made[place]
    kind = _type_of(given)
    if isinstance(given, dict):
        for key, one in given.items():
            holder[key] = _at(made, one, lost)
    elif kind == "null":
        for key, one in zip(given[1::2], given[2::2], strict=False):
            holder[str(key)] = _at(made, one, lost)
    elif kind == "Map":
        for key, one in zip(given[1::2], given[2::2], strict=False):
            # Objects as keys have no name in JSON: their own place is one.
            name = _at(made, key, lost)
            holder[name if isinstance(name, str) else str(key)] = _at(made, one, lost)
    elif isinstance(given, list) and (not kind or kind in _LISTS):
        parts = given[1:] if kind else given
        if parts[:1] == [_GAPS] and not kind:
            parts = parts[3::2]
        holder += [_at(made, one, lost) for one in parts]


def _at(made: list[Any], place: Any, lost: list[Any]) -> Any:
    if _is_place(place, made):
        return made[place]
    if not (isinstance(place, int) and place < 0):
        lost.append(place)
    return None
