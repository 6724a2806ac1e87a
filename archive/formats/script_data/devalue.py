"""Devalue: values written as one flat JSON list, in which objects and lists refer to their parts by index.

Nuxt 3 writes the state of a page this way in `<script id="__NUXT_DATA__">`: [{"title": 1, "at": 2}, "Fog",
["Date", "…"]]. The first value is the root; a list that begins with a text is a value of that type. Sources: devalue's
parse.js, and Nuxt's revive-payload plugin for its own types. Pure; used by `live.script_state`.
"""

import json
import re
from typing import Any

from ..input import DEFAULT_LIMITS, Limits
from .shared_values import bound_values, left_out_note

_BEGIN = re.compile(r"\s*\[\s*")
_COMMA = re.compile(r"\s*,\s*")
_DECODER = json.JSONDecoder(strict=False)

# Types whose only part is the text of the value, not an index.
_TEXT_TYPES = frozenset(("Date", "BigInt", "Object", "URL", "URLSearchParams", "RegExp"))
# Types whose parts are indexes: a list of them, or keys and values in turn.
_LIST_TYPES = frozenset(("Set",))
_PAIR_TYPES = frozenset(("Map", "null"))
_TYPES = _TEXT_TYPES | _LIST_TYPES | _PAIR_TYPES
# Ends of the names of types without a readable value: binary data, and Nuxt's empty references.
_EMPTY_TYPE_ENDS = ("Array", "ArrayBuffer", "EmptyRef", "EmptyShallowRef")

# Negative indexes are values that JSON lacks. This one begins a list with gaps: [-7, length, index, value, …].
_SPARSE = -7


def read_devalue(code: str, limits: Limits = DEFAULT_LIMITS) -> tuple[Any, str]:
    """Returns the value that the text of a script describes, as JSON, and a note on what could not be read.

    Never raises. Dates become their ISO texts; values that JSON lacks (undefined, NaN) become None. O(length).
    """
    if code.count("{") + code.count("[") > limits.max_objects:
        return None, f"the data of a script has more than {limits.max_objects:,} objects and lists; not read"
    flat, problem = _load(code)
    if not flat:
        return None, problem
    missing: list[Any] = []
    values = [_empty_value(encoded) for encoded in flat]
    _resolve_wrappers(flat, values, missing)
    for index, encoded in enumerate(flat):
        _fill(values, index, encoded, missing)
    root = values[0]
    notes = [problem, _missing_note(len(missing)), left_out_note(bound_values(root, len(code)))]
    return root, "; ".join(note for note in notes if note)


def _load(code: str) -> tuple[list[Any], str]:
    """Returns the flat list and a problem; if it is broken or cut off, the values before that."""
    try:
        flat = json.loads(code, strict=False)
        return (flat, "") if isinstance(flat, list) and flat else ([], "the data of a script is not a list of values")
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
    kept = "; the part before it was read" if flat else ""
    return flat, f"the data of a script is broken or cut off at character {at:,} of {len(code):,}{kept}"


def _missing_note(count: int) -> str:
    if not count:
        return ""
    values = "1 value that is" if count == 1 else f"{count:,} values that are"
    return f"the data of a script refers to {values} not in it"


def _type_of(encoded: Any) -> str:
    """Returns the name of the type of an encoded value; empty for plain JSON."""
    return encoded[0] if isinstance(encoded, list) and encoded and isinstance(encoded[0], str) else ""


def _empty_value(encoded: Any) -> Any:
    """Returns the value, without its parts if it has any, so that others can refer to it before it is filled."""
    kind = _type_of(encoded)
    if isinstance(encoded, dict) or kind in _PAIR_TYPES:
        return {}
    if isinstance(encoded, list):
        if not kind or kind in _LIST_TYPES:
            return []
        is_text = kind in _TEXT_TYPES and len(encoded) > 1 and not isinstance(encoded[1], dict | list)
        return encoded[1] if is_text else None
    return encoded


def _resolve_wrappers(flat: list[Any], values: list[Any], missing: list[Any]) -> None:
    """Replaces values that only wrap another value, such as `Reactive`, by that value; O(their number)."""
    seen: set[int] = set()
    for start in range(len(flat)):
        chain = []
        index = start
        while index not in seen:
            seen.add(index)
            kind = _type_of(flat[index])
            if not kind or kind in _TYPES or kind.endswith(_EMPTY_TYPE_ENDS):
                break
            chain.append(index)
            target: Any = flat[index][1] if len(flat[index]) > 1 else None
            if not _is_index(target, flat):
                _part(flat, target, missing)
                break
            index = target
        for wrapper in chain:
            values[wrapper] = values[index]


def _is_index(value: Any, flat: list[Any]) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(flat)


def _fill(values: list[Any], index: int, encoded: Any, missing: list[Any]) -> None:
    """Puts the parts of an encoded value into its empty value."""
    holder = values[index]
    kind = _type_of(encoded)
    if isinstance(encoded, dict):
        for key, part in encoded.items():
            holder[key] = _part(values, part, missing)
    elif kind == "null":
        for key, part in zip(encoded[1::2], encoded[2::2], strict=False):
            holder[str(key)] = _part(values, part, missing)
    elif kind == "Map":
        for key, part in zip(encoded[1::2], encoded[2::2], strict=False):
            # An object is no key in JSON; its index is.
            name = _part(values, key, missing)
            holder[name if isinstance(name, str) else str(key)] = _part(values, part, missing)
    elif isinstance(encoded, list) and (not kind or kind in _LIST_TYPES):
        parts = encoded[1:] if kind else encoded
        if parts[:1] == [_SPARSE] and not kind:
            parts = parts[3::2]
        holder += [_part(values, part, missing) for part in parts]


def _part(values: list[Any], index: Any, missing: list[Any]) -> Any:
    """Returns the value at an index; None, and a row in `missing`, if there is none."""
    if _is_index(index, values):
        return values[index]
    if not (isinstance(index, int) and index < 0):
        missing.append(index)
    return None
