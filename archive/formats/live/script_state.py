"""The state of a content system in the scripts of a live page (Apollo, Next.js, Nuxt, Arc): finds and decodes it.

Pages that are rendered in the browser carry their records in scripts. This module decides which scripts to decode;
`script_data` decodes them, and `state_records` finds the entries. Used by `live_page`. Pure.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from ..input import DEFAULT_LIMITS, Limits
from ..markup import Element
from ..script_data import read_devalue, read_flight, read_literals
from .state_records import ENTRY_TYPE, LiveState, read_records

_QUOTED_ENTRY_TYPE = re.compile(rf'"(?:{ENTRY_TYPE})\\*"', re.IGNORECASE)
_ENTRY_WORDS = re.compile(r"live[-_ ]?(?:blog|update|entry|post)", re.IGNORECASE)
_ASSIGNMENT = re.compile(r"(?:^|[=(]\s*)(?=[\[{\"'])")
_MAX_ASSIGNMENTS = 100

# A live story of Arc has lists of elements: its own, and those of two entries at least.
_ANS_LIST = "content_elements"
_MIN_ANS_LISTS = 3


def page_state(root: Element, limits: Limits = DEFAULT_LIMITS) -> LiveState:
    """Returns the entries in the scripts of a page; O(size of the scripts), and fast if none has entries."""
    scripts = [script for script in root.iter("script") if "ld+json" not in (script.get("type") or "")]
    codes = [script.text or "" for script in scripts]
    # The pattern comes last, because pages have more code than text.
    if not any(('"live' in code.lower() and _QUOTED_ENTRY_TYPE.search(code)) or _is_ans(code) for code in codes):
        return LiveState()
    devalue_codes = [script.text or "" for script in scripts if _is_devalue(script)]
    values, notes = _framework_values(codes, devalue_codes, limits)
    # Nuxt may assign plain JSON, which is read already.
    values += [value for code in codes if "__NUXT__" not in code for value in _json_values(code.strip())]
    if not values:
        return LiveState(problems=tuple(notes))
    state = read_records(values)
    return replace(state, problems=(*notes, *state.problems))


def _framework_values(
    codes: Sequence[str], devalue_codes: Sequence[str], limits: Limits
) -> tuple[list[Any], list[str]]:
    """Returns the values that frameworks write in their own notations, and notes on what could not be read."""
    values, note = read_flight((code for code in codes if "__next_f" in code), limits)
    notes = [note]
    for code in devalue_codes:
        value, note = read_devalue(code, limits)
        values.append(value)
        notes.append(note)
    for code in codes:
        if "__NUXT__" in code:
            assigned, note = read_literals(code, limits)
            values += assigned
            notes.append(note)
    return values, [note for note in notes if note]


def _is_devalue(script: Element) -> bool:
    return script.get("id") == "__NUXT_DATA__" or script.get("data-nuxt-data") is not None


def _is_ans(code: str) -> bool:
    return code.count(_ANS_LIST) >= _MIN_ANS_LISTS


def _json_values(code: str) -> Iterator[Any]:
    """Yields the objects and lists that a script assigns or consists of, as JSON or as JSON in a string."""
    if not (_ENTRY_WORDS.search(code) or _is_ans(code)):
        return
    at = 0
    for _ in range(_MAX_ASSIGNMENTS):
        match = _ASSIGNMENT.search(code, at)
        if match is None:
            return
        value, at = _decoded(code, match.end())
        if isinstance(value, str):
            value, _ = _decoded(value.lstrip(), 0)
        if isinstance(value, dict | list):
            yield value


def _decoded(code: str, start: int) -> tuple[Any, int]:
    """Returns the JSON at `start` and where it ends; for broken JSON None and the position of the error."""
    try:
        return json.JSONDecoder(strict=False).raw_decode(code, start)
    except json.JSONDecodeError as error:
        return None, max(error.pos, start + 1)
    except (ValueError, RecursionError):
        return None, start + 1
