"""Which sections a page has after each of its captures: their order, and which are gone.

A capture may show only a part of a page: the newest entries of a live page, or one of its numbered pages. What such a
window leaves out is gone only where the window would have shown it. Pure; ids stand for sections and captures.
`archive.ingest` keeps the sections of articles by these rules, and `search.articles` compares captures by them.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

# What a capture says about sections that it does not show: all of them are gone; only those are gone that stood
# between the sections that it shows; or nothing, as the summary of an article that was received whole.
Claim = Literal["whole", "window", "nothing"]

# The time of each section that is known to the minute. Days and months order no entries.
Times = Mapping[int, datetime]

# Pages of one state of an article are captured within this time.
_MAX_PARTS_APART = timedelta(minutes=10)
# Where the captures of this time are known, so are those that belong together at its end.
RECENT_SPAN = 2 * _MAX_PARTS_APART


@dataclass(frozen=True)
class Shown:
    """What a capture shows: its sections in its order, those that it withdraws, and what it claims about others.

    `at` is the time of the capture. `page_number` counts from 1, and is None for a page that is not divided;
    `more_pages` is None where unknown.
    """

    capture: int
    at: datetime
    sections: tuple[int, ...]
    withdrawn: frozenset[int] = frozenset()
    claim: Claim = "whole"
    page_number: int | None = None
    more_pages: bool | None = None


@dataclass
class Presence:
    """The sections of a page in their order; of those that are gone, the first capture without them."""

    order: list[int] = field(default_factory=list)
    gone: dict[int, int] = field(default_factory=dict)
    withdrawn: set[int] = field(default_factory=set)

    def show(self, shown: Shown, times: Times, parts: Sequence[Shown] = ()) -> None:
        """Applies a capture. `parts` are the captures before it that are pages of the same state of the whole.

        O(n log n) in the number of sections.
        """
        together = join_parts([*parts, shown], times)
        present = set(together.sections)
        absent = [section for section in self.order if section not in present and section not in self.gone]
        for section in find_gone(together, absent, self.order, times):
            self.gone[section] = shown.capture
        for section in shown.sections:
            if section in shown.withdrawn:
                self.gone.setdefault(section, shown.capture)
                self.withdrawn.add(section)
            else:
                self.gone.pop(section, None)
                self.withdrawn.discard(section)
        self.order = _merge(self.order, together, times)


def find_parts(shown: Shown, earlier: Sequence[Shown], times: Times) -> list[Shown]:
    """Returns the last of the earlier captures that are pages of the same state of the whole as this capture.

    `earlier` are the captures before it, oldest first; those of the last RECENT_SPAN are enough. A capture that shows
    an entry again shows a later state.
    """
    group: list[Shown] = []
    for capture in (*earlier, shown):
        if not _can_join(capture, group, times):
            group = []
        group.append(capture)
    return group[:-1]


def _can_join(shown: Shown, group: Sequence[Shown], times: Times) -> bool:
    """Whether a capture can be another page of the state that a group shows: they have no entry in common.

    Entries out of the order of time do not count, because pages repeat what is pinned to their top.
    """
    entries = set(_Sequence(shown.sections, times).members or shown.sections)
    if shown.claim != "window" or (group and shown.at - group[0].at > _MAX_PARTS_APART):
        return False
    return all(
        other.claim == "window"
        and entries.isdisjoint(other.sections)
        and (shown.page_number is None or shown.page_number != other.page_number)
        for other in group
    )


def join_parts(parts: Sequence[Shown], times: Times) -> Shown:
    """Returns what pages of one state show together; the last of the parts names the capture.

    Pages follow each other by number, or else by time. They are the whole if none is missing and the last has no
    successor.
    """
    last = parts[-1]
    ordered = _order_parts(parts, times)
    numbers = [part.page_number for part in ordered]
    complete = numbers == list(range(1, len(parts) + 1)) and ordered[-1].more_pages is False
    sections = tuple(dict.fromkeys(section for part in ordered for section in part.sections))
    withdrawn = frozenset[int]().union(*(part.withdrawn for part in parts))
    return Shown(
        last.capture,
        last.at,
        sections,
        withdrawn,
        claim="whole" if last.claim == "window" and complete else last.claim,
        page_number=ordered[0].page_number,
    )


def _order_parts(parts: Sequence[Shown], times: Times) -> list[Shown]:
    if all(part.page_number for part in parts):
        return sorted(parts, key=lambda part: part.page_number or 0)
    sequences = [_Sequence(part.sections, times) for part in parts]
    if len(parts) == 1 or not all(sequence.members for sequence in sequences):
        return list(parts)
    newest_first = max(sequences, key=lambda sequence: len(sequence.members)).newest_first
    order = sorted(range(len(parts)), key=lambda index: sequences[index].newest, reverse=newest_first)
    return [parts[index] for index in order]


def find_gone(shown: Shown, absent: Iterable[int], order: Sequence[int], times: Times) -> set[int]:
    """Returns which of the absent sections a capture shows to be gone; `order` is that of the page before it.

    In a window, these are the sections between the oldest and the newest that it shows; sections without a time are
    judged by their place.
    """
    if shown.claim == "nothing":
        return set()
    if shown.claim == "whole":
        return set(absent)
    sequence = _Sequence(shown.sections, times)
    anchors = set(sequence.members or shown.sections)
    places = {section: place for place, section in enumerate(order)}
    anchored = [places[section] for section in anchors if section in places]
    first, last = (min(anchored), max(anchored)) if anchored else (0, 0)
    gone = set()
    for section in absent:
        if section in times and sequence.members:
            if sequence.oldest < times[section] < sequence.newest:
                gone.add(section)
        elif first < places[section] < last:
            gone.add(section)
    return gone


class _Sequence:
    """The sections that a capture shows in the order of time, newest or oldest first; without what is pinned."""

    def __init__(self, sections: Sequence[int], times: Times) -> None:
        dated = [section for section in sections if section in times]
        stamps = [times[section].timestamp() for section in dated]
        falling = _longest_rising([-stamp for stamp in stamps])
        rising = _longest_rising(stamps)
        self.newest_first = len(falling) >= len(rising)
        self.members = [dated[index] for index in (falling if self.newest_first else rising)]
        if self.members:
            ends = times[self.members[0]], times[self.members[-1]]
            self.oldest, self.newest = min(ends), max(ends)

    def precedes(self, other: datetime, at: datetime) -> bool:
        """Whether an entry of the other time stands before one of this time, where they are not of the same time."""
        return other > at if self.newest_first else other < at


def _longest_rising(values: Sequence[float]) -> list[int]:
    """Returns the indexes of a longest subsequence of values that never falls (patience sorting, O(n log n))."""
    ends: list[float] = []
    end_indexes: list[int] = []
    previous: list[int] = []
    for index, value in enumerate(values):
        length = bisect_right(ends, value)
        previous.append(end_indexes[length - 1] if length else -1)
        ends[length : length + 1] = [value]
        end_indexes[length : length + 1] = [index]
    found = []
    index = end_indexes[-1] if end_indexes else -1
    while index >= 0:
        found.append(index)
        index = previous[index]
    return found[::-1]


def _merge(order: Sequence[int], shown: Shown, times: Times) -> list[int]:
    """Returns the order of all sections: those that a capture shows in its order, the others where they belong.

    A section that is not shown stays behind the neighbour that it followed. Newer entries that came in between go
    before it.
    """
    sections = shown.sections
    places = {section: place for place, section in enumerate(sections)}
    sequence = _Sequence(sections, times)
    members = set(sequence.members)
    behind: defaultdict[int, list[int]] = defaultdict(list)
    # A section that followed no other goes before the first that is shown, else to the end of a first page.
    before_first = next((places[section] - 1 for section in order if section in places), None)
    if before_first is None:
        before_first = -1 if (shown.page_number or 1) > 1 else len(sections) - 1
    after_dated = after_any = -1
    for section in order:
        if section in places:
            after_any = places[section]
            after_dated = after_any if section in members else after_dated
        elif section in times and members:
            after_dated = after_any = _place_by_time(sections, members, after_dated, times, sequence, times[section])
            behind[after_dated].append(section)
        else:
            behind[after_any if after_any >= 0 else before_first].append(section)
    merged = behind[-1]
    for place, section in enumerate(sections):
        merged += [section, *behind[place]]
    return merged


def _place_by_time(
    sections: Sequence[int], members: set[int], place: int, times: Times, sequence: _Sequence, at: datetime
) -> int:
    """Returns the place behind which an entry of a time belongs, at `place` or later; -1 is the top."""
    found = place
    for index in range(place + 1, len(sections)):
        if sections[index] not in members:
            continue
        if not sequence.precedes(times[sections[index]], at):
            # On top of all entries, but below the lead and what is pinned.
            return index - 1 if found < 0 else found
        found = index
    return found
