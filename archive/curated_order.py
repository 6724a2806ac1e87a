"""The order of an article's sections as readers see it: the outlet's, with those that a curator moved.

A curator puts a section behind another, and there it stays: what later captures bring in goes where the outlet has
it. Sections are known by their ids, and 0 stands for the top of the page. Pure; `curation` writes what follows from
here, and whatever shows the sections of a page asks `arrange`.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

TOP = 0

# Which sections a curator moved, and behind which each of them stands.
Moves = Mapping[int, int]


def arrange(order: Sequence[int], moves: Moves) -> list[int]:
    """Returns sections in the order that readers see; `order` is that of the outlet. O(n).

    A section whose predecessor is not among them stays where the outlet has it, and so do sections in a circle.
    """
    moved = _placeable(order, moves)
    if not moved:
        return list(order)
    behind: defaultdict[int, list[int]] = defaultdict(list)
    for section in order:
        if section in moved:
            behind[moves[section]].append(section)
    arranged: list[int] = []
    for start in (TOP, *(section for section in order if section not in moved)):
        waiting = [start]
        while waiting:
            section = waiting.pop()
            if section != TOP:
                arranged.append(section)
            waiting += reversed(behind[section])
    return arranged


def _placeable(order: Sequence[int], moves: Moves) -> set[int]:
    """Returns the sections that were moved and whose predecessors lead to a section that was not, or to the top."""
    present = {TOP, *order}
    moved = {section for section in order if moves.get(section) in present}
    leads_on: dict[int, bool] = {}
    for section in moved:
        path, at = [], section
        while at in moved and at not in leads_on:
            leads_on[at] = False
            path.append(at)
            at = moves[at]
        is_placeable = leads_on.get(at, True)
        leads_on |= dict.fromkeys(path, is_placeable)
    return {section for section in moved if leads_on[section]}


def move_behind(order: Sequence[int], moves: Moves, section: int, target: int) -> dict[int, int | None]:
    """Returns what changes in `moves` when a section is put behind another, or on the top; None is as received.

    All others stay in the order in which they are.
    """
    arranged = [TOP, *arrange(order, moves)]
    previous = arranged[arranged.index(section) - 1]
    if target in (section, previous):
        return {}
    changes: dict[int, int | None] = _let_go(moves, section, previous)
    changes |= {other: section for other, before in moves.items() if before == target and other != section}
    changes[section] = target
    return _without_needless(order, moves, changes)


def take_back(order: Sequence[int], moves: Moves, section: int) -> dict[int, int | None]:
    """Returns what changes in `moves` when a section goes back to where the outlet has it. All others stay."""
    arranged = [TOP, *arrange(order, moves)]
    changes: dict[int, int | None] = _let_go(moves, section, arranged[arranged.index(section) - 1])
    return changes | {section: None}


def _let_go(moves: Moves, section: int, previous: int) -> dict[int, int | None]:
    """Returns the changes by which the sections behind one that leaves stay where they are."""
    return {other: previous for other, before in moves.items() if before == section and other != section}


def _without_needless(order: Sequence[int], moves: Moves, changes: dict[int, int | None]) -> dict[int, int | None]:
    """Returns changes of the same effect in which sections that end where the outlet has them are as received."""
    changes = dict(changes)
    wanted = arrange(order, apply_changes(moves, changes))
    for section in list(changes):
        if arrange(order, apply_changes(moves, changes | {section: None})) == wanted:
            changes[section] = None
    return changes


def apply_changes(moves: Moves, changes: Mapping[int, int | None]) -> dict[int, int]:
    """Returns the moves after changes."""
    return {section: before for section, before in {**moves, **changes}.items() if before is not None}
