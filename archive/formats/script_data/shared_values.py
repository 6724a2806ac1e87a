"""Values that stand in several places at once, made plain JSON again: a tree without cycles, of a bounded size.

Formats that write a value once and refer to it elsewhere (flight, devalue, script_literals) become objects and lists
that share parts and may hold themselves. What reads JSON walks each of its paths; so what is shared is kept only as
long as the whole, written out, stays within a bound. Pure.
"""

from collections.abc import Iterator
from typing import Any

# What repeats may add to what a source of so many characters holds. Pages repeat a story a few times, for each part
# of the page that shows it; bombs repeat it to double at every step.
_TIMES_THE_SOURCE = 16
_MOST_REPEATED = 8 * 1024 * 1024

# An object or a list costs its reader about as much as a line of text; a text this short no more than its reference.
_CONTAINER_WEIGHT = 16
_SHORT_TEXT = 8

# A page is nested two or three levels an element; markup is read as deep as this.
_DEEPEST = 2_000


def bound_values(value: Any, source_chars: int) -> int:
    """Makes the objects and lists in a value, in place, a tree that may be written out.

    Where a value holds itself stands None; where the repeats of others come to more than a few times the source,
    too, and what is nested beyond the depth of any page. Returns how many were left out; a value's place within
    itself is no loss, and is not counted. O(number of values).
    """
    if not isinstance(value, dict | list):
        return 0
    most = min(_TIMES_THE_SOURCE * source_chars, _MOST_REPEATED)
    repeated = left_out = 0
    weights: dict[int, int] = {}
    texts: set[int] = set()
    entered = {id(value)}
    frames: list[tuple[Any, Iterator[tuple[Any, Any]]]] = [(value, _items(value))]
    totals = [_CONTAINER_WEIGHT]
    while frames:
        holder, items = frames[-1]
        for key, one in items:
            if isinstance(one, str):
                weight = len(one)
                if weight > _SHORT_TEXT:
                    if id(one) in texts:
                        if repeated + weight > most:
                            holder[key] = None
                            left_out += 1
                            continue
                        repeated += weight
                    texts.add(id(one))
                totals[-1] += weight
            elif not isinstance(one, dict | list):
                totals[-1] += 1
            elif id(one) in weights:
                weight = weights[id(one)]
                if repeated + weight > most:
                    holder[key] = None
                    left_out += 1
                else:
                    repeated += weight
                    totals[-1] += weight
            elif id(one) in entered:
                holder[key] = None
            elif len(frames) >= _DEEPEST:
                holder[key] = None
                left_out += 1
            else:
                entered.add(id(one))
                frames.append((one, _items(one)))
                totals.append(_CONTAINER_WEIGHT)
                break
        else:
            frames.pop()
            weights[id(holder)] = total = totals.pop()
            if totals:
                totals[-1] += total
    return left_out


def left_out_note(count: int) -> str:
    """Returns what to say of so many values that were left out, empty for none."""
    if not count:
        return ""
    are = "1 value that is" if count == 1 else f"{count:,} values that are"
    return f"{are} repeated too often or nested too deeply in the data of a script, left out"


def _items(holder: Any) -> Iterator[tuple[Any, Any]]:
    # Values are replaced on the way, keys are not.
    return iter(list(holder.items())) if isinstance(holder, dict) else iter(list(enumerate(holder)))
