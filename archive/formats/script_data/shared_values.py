"""Values that share parts, or contain themselves, turned into a tree of bounded size that can be written as JSON.

`flight`, `devalue` and `script_literals` read formats that write a value once and refer to it elsewhere. Code that
reads JSON walks every path to a value, so shared values stay only while the whole, written out, stays within a bound.
Pure; used by these three modules alone.
"""

from collections.abc import Iterator
from typing import Any

# How much repeated values may add to a source of so many characters. Pages repeat a story a few times, once for each
# part of the page that shows it; bombs double it at every step.
_MAX_REPEATED_RATIO = 16
_MAX_REPEATED_CHARS = 8 * 1024 * 1024

# An object or a list costs its reader about as much as a line of text; repeating a short text costs nothing.
_CONTAINER_CHARS = 16
_MAX_FREE_TEXT_CHARS = 8

# Pages need two or three levels an element, and markup is read to this depth.
_MAX_DEPTH = 2_000


def bound_values(value: Any, source_chars: int) -> int:
    """Turns the objects and lists in a value into a bounded tree, in place; returns how many values were left out.

    Puts None in the place of a value within itself (not counted), of repeated values beyond a few times the size of
    the source, and of values nested deeper than any page. O(number of values).
    """
    if not isinstance(value, dict | list):
        return 0
    max_repeated = min(_MAX_REPEATED_RATIO * source_chars, _MAX_REPEATED_CHARS)
    repeated = left_out = 0
    sizes: dict[int, int] = {}
    texts: set[int] = set()
    entered = {id(value)}
    frames: list[tuple[Any, Iterator[tuple[Any, Any]]]] = [(value, _items(value))]
    totals = [_CONTAINER_CHARS]
    while frames:
        holder, items = frames[-1]
        for key, part in items:
            if isinstance(part, str):
                size = len(part)
                if size > _MAX_FREE_TEXT_CHARS:
                    if id(part) in texts:
                        if repeated + size > max_repeated:
                            holder[key] = None
                            left_out += 1
                            continue
                        repeated += size
                    texts.add(id(part))
                totals[-1] += size
            elif not isinstance(part, dict | list):
                totals[-1] += 1
            elif id(part) in sizes:
                size = sizes[id(part)]
                if repeated + size > max_repeated:
                    holder[key] = None
                    left_out += 1
                else:
                    repeated += size
                    totals[-1] += size
            elif id(part) in entered:
                holder[key] = None
            elif len(frames) >= _MAX_DEPTH:
                holder[key] = None
                left_out += 1
            else:
                entered.add(id(part))
                frames.append((part, _items(part)))
                totals.append(_CONTAINER_CHARS)
                break
        else:
            frames.pop()
            sizes[id(holder)] = total = totals.pop()
            if totals:
                totals[-1] += total
    return left_out


def left_out_note(count: int) -> str:
    """Returns a note on the number of values that were left out; empty for none."""
    if not count:
        return ""
    values = "1 value in the data of a script is" if count == 1 else f"{count:,} values in the data of a script are"
    return f"{values} repeated too often or nested too deeply; left out"


def _items(holder: Any) -> Iterator[tuple[Any, Any]]:
    # A copy: values are replaced during the walk.
    return iter(list(holder.items())) if isinstance(holder, dict) else iter(list(enumerate(holder)))
