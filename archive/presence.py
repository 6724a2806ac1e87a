"""Which sections a page has after each of its captures: their order, and which are gone.

A capture may show only a part of a page: the newest entries of a live page, or one of its numbered pages. What such a
window leaves out is gone only where the window would have shown it. Pure; ids stand for sections and captures.
`archive.ingest` keeps the sections of articles by these rules, and `search.articles` compares captures by them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from .entry_order import EntryOrder, longest_rising

# What a capture says about sections that it does not show: all of them are gone; only those are gone that stood
# between the sections that it shows; or nothing, as the summary of an article that was received whole.
Claim = Literal["whole", "window", "nothing"]

# The time of each section that is known to the minute. Days and months order no entries.
Times = Mapping[int, datetime]

# Pages of one state of an article are captured within this time.
MAX_PARTS_APART = timedelta(minutes=10)

# A single missing entry is one that was deleted, not a page of entries.
_MIN_MISSING_PAGE_ENTRIES = 2


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

        O(n log n) in the number of sections, for each of the parts.
        """
        pages = _order_parts([*parts, shown], times, self.order)
        together = _join(pages)
        present = set(together.sections)
        absent = [section for section in self.order if section not in present and section not in self.gone]
        claim = "whole" if shown.claim == "window" and _is_complete(pages) else shown.claim
        if claim == "window":
            stretches = _stretches(pages, absent, self.order, times)
        else:
            stretches = [replace(together, claim=claim)]
        for stretch in stretches:
            for section in find_gone(stretch, absent, self.order, times):
                self.gone[section] = shown.capture
        for section in shown.sections:
            if section in shown.withdrawn:
                self.gone.setdefault(section, shown.capture)
                self.withdrawn.add(section)
            else:
                self.gone.pop(section, None)
                self.withdrawn.discard(section)
        self.order = _merge(self.order, together, times)


def find_parts(shown: Shown, earlier: Sequence[Shown], times: Times, order: Sequence[int] = ()) -> list[Shown]:
    """Returns the last of the earlier captures that are pages of the same state of the whole as this capture.

    `earlier` are the captures before it, oldest first; those of the last MAX_PARTS_APART are enough. `order` is that
    of the page before it. A capture that shows an entry again shows a later state.
    """
    group = [shown]
    for capture in reversed(earlier):
        if shown.at - capture.at > MAX_PARTS_APART or not all(_joins(capture, later, times, order) for later in group):
            break
        group.insert(0, capture)
    return group[:-1]


def _joins(capture: Shown, later: Shown, times: Times, order: Sequence[int]) -> bool:
    """Whether two captures can be pages of one state: they have no entry in common.

    What is pinned does not count, because pages repeat it at their top.
    """
    numbers = capture.page_number, later.page_number
    if not capture.claim == later.claim == "window" or (numbers[0] and numbers[0] == numbers[1]):
        return False
    entries = EntryOrder(later.sections, times, order).members or later.sections
    return _are_apart(entries, capture, is_numbered=None not in numbers)


def _are_apart(entries: Sequence[int], other: Shown, *, is_numbered: bool) -> bool:
    common = set(entries) & set(other.sections)
    if not is_numbered:
        return not common
    # A pinned entry may be the newest, so that its time does not show that it is out of order: it is on top of both.
    size = len(common)
    return size < min(len(entries), len(other.sections)) and common == set(entries[:size]) == set(
        other.sections[:size]
    )


def _order_parts(parts: Sequence[Shown], times: Times, order: Sequence[int]) -> list[Shown]:
    """Returns pages in the order in which they follow each other: by number, or else by time."""
    if any(part.page_number for part in parts):
        # A first page often has no number in its address.
        return sorted(parts, key=lambda part: part.page_number or 1)
    orders = [EntryOrder(part.sections, times, order) for part in parts]
    if len(parts) == 1 or not all(entries.members for entries in orders):
        return list(parts)
    newest_first = max(orders, key=lambda entries: len(entries.members)).newest_first
    ordered = sorted(range(len(parts)), key=lambda index: orders[index].newest, reverse=newest_first)
    return [parts[index] for index in ordered]


def _join(pages: Sequence[Shown]) -> Shown:
    """Returns what pages show together, as one of the kind of the first."""
    if len(pages) == 1:
        return pages[0]
    sections = tuple(dict.fromkeys(section for page in pages for section in page.sections))
    return replace(pages[0], sections=sections)


def _is_complete(pages: Sequence[Shown]) -> bool:
    """Whether no page is missing, and the last has no successor."""
    numbers = [page.page_number or 1 for page in pages]
    is_last = pages[-1].page_number is not None and pages[-1].more_pages is False
    return is_last and numbers == list(range(1, len(pages) + 1))


def _stretches(pages: Sequence[Shown], absent: Sequence[int], order: Sequence[int], times: Times) -> list[Shown]:
    """Joins pages that follow each other directly: what stood between the two would be on one of them."""
    stretches: list[Shown] = []
    previous: Shown | None = None
    for page in pages:
        if previous and _follows(page, previous, stretches[-1], (absent, order, times)):
            stretches[-1] = _join([stretches[-1], page])
        else:
            stretches.append(page)
        previous = page
    return stretches


def _follows(
    page: Shown, previous: Shown, stretch: Shown, context: tuple[Sequence[int], Sequence[int], Times]
) -> bool:
    """Whether a page follows directly on the previous one, which ends a stretch.

    Pages without numbers do, unless as many sections are missing between them as one of them has: then these may be on
    another page in between.
    """
    if page.page_number:
        return page.page_number == (previous.page_number or 1) + 1
    apart = find_gone(stretch, *context) | find_gone(page, *context)
    between = find_gone(_join([stretch, page]), *context) - apart
    return len(between) < min(len(previous.sections), len(page.sections))


def find_gone(shown: Shown, absent: Iterable[int], order: Sequence[int], times: Times) -> set[int]:
    """Returns which of the absent sections a capture shows to be gone; `order` is that of the page before it.

    In a window, these are the sections between the oldest and the newest that it shows; sections without a time are
    judged by their place.
    """
    if shown.claim == "nothing":
        return set()
    if shown.claim == "whole":
        return set(absent)
    absent = list(absent)
    entries = EntryOrder(shown.sections, times, order)
    members = _without_repeated_pin(entries, shown, absent, times)
    places = {section: place for place, section in enumerate(order)}
    anchored = [places[section] for section in members or shown.sections if section in places]
    # Sections that changed their places against each other are no ends of a window.
    kept = [anchored[index] for index in longest_rising(anchored)]
    first, last = (min(kept), max(kept)) if kept else (0, 0)
    stamps = [times[section] for section in members]
    gone = set()
    for section in absent:
        if section in times and stamps:
            if min(stamps[0], stamps[-1]) < times[section] < max(stamps[0], stamps[-1]):
                gone.add(section)
        elif first < places[section] < last:
            gone.add(section)
    return gone


def _without_repeated_pin(entries: EntryOrder, shown: Shown, absent: Sequence[int], times: Times) -> Sequence[int]:
    """Returns the entries of a window that are in the order of time, without one that is pinned in its natural order.

    The first of a later page, or of a page that begins with the oldest, may be pinned: then about as many entries as a
    page has are missing between it and the next.
    """
    members = entries.members
    if len(members) < 2 or (entries.newest_first and (shown.page_number or 1) == 1):
        return members
    ends = sorted(times[section] for section in members[:2])
    missing = sum(ends[0] < times[section] < ends[1] for section in absent if section in times)
    return members[1:] if missing >= max(len(members) - 2, _MIN_MISSING_PAGE_ENTRIES) else members


def _merge(order: Sequence[int], shown: Shown, times: Times) -> list[int]:
    """Returns the order of all sections: those that a capture shows in its order, the others where they belong.

    A section that is not shown stays behind the neighbour that it followed. Newer entries that came in between go
    before it.
    """
    sections = shown.sections
    places = {section: place for place, section in enumerate(sections)}
    entries = EntryOrder(sections, times, order)
    members = set(entries.members)
    behind: defaultdict[int, list[int]] = defaultdict(list)
    before_first = _place_before(shown, places, order, times)
    after_dated = after_any = -1
    for section in _unpin(order, places, times):
        if section in places:
            after_any = places[section]
            after_dated = after_any if section in members else after_dated
        elif section in times and members:
            after_dated = after_any = _place_by_time(sections, entries, after_dated, times, times[section])
            behind[after_dated].append(section)
        else:
            behind[after_any if after_any >= 0 else before_first].append(section)
    merged = behind[-1]
    for place, section in enumerate(sections):
        merged += [section, *behind[place]]
    return merged


def _place_before(shown: Shown, places: Mapping[int, int], order: Sequence[int], times: Times) -> int:
    """Returns the place behind which a section without a time belongs if it followed no other that is shown.

    It is the lead of a page with dated entries, which stays on top. Else it goes before the first that is shown, or to
    the end of a first page.
    """
    if any(section in times for section in (*order, *shown.sections)):
        return -1
    known = next((places[section] for section in order if section in places), None)
    if known is not None:
        return known - 1
    return -1 if (shown.page_number or 1) > 1 else len(shown.sections) - 1


def _unpin(order: Sequence[int], places: Mapping[int, int], times: Times) -> list[int]:
    """Returns the order with the entries that were pinned, and are not shown, where their time puts them."""
    entries = EntryOrder(order, times)
    members = set(entries.members)
    start = next((place for place, section in enumerate(order) if section in members), 0)
    pinned = [section for section in order[:start] if section in times and section not in places]
    if not pinned:
        return list(order)
    waiting = sorted(pinned, key=lambda section: times[section], reverse=not entries.newest_first)
    moved = set(pinned)
    unpinned: list[int] = []
    for section in order:
        while waiting and section in members and entries.precedes(times[waiting[-1]], times[section]):
            unpinned.append(waiting.pop())
        unpinned += [] if section in moved else [section]
    return [*unpinned, *reversed(waiting)]


def _place_by_time(sections: Sequence[int], entries: EntryOrder, place: int, times: Times, at: datetime) -> int:
    """Returns the place behind which an entry of a time belongs, at `place` or later; -1 is the top."""
    members = entries.member_set
    found = place
    for index in range(place + 1, len(sections)):
        if sections[index] not in members:
            continue
        if not entries.precedes(times[sections[index]], at):
            # On top of all entries, but below the lead and what is pinned.
            return index - 1 if found < 0 else found
        found = index
    return found
