"""Where on a page the entries stand that its linked data tells of: found by their headings, or how they begin.

For pages whose containers have neither names nor ids, and against other lists on a page (comments) that have both.
Used by shown_entries.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from ...items import SectionItem
from ..markup import HEADINGS, Element, local_name
from .live_merge import letters_of

_FEWEST = 2
# An element that holds this share of what was found holds the entries.
_SHARE = 0.6
_BEGINNING = 40
_LONGEST_HEADING = 300
_MOST_ABOVE = 60
_MOST_ENTRIES = 10_000
_MOST_FAMILIES = 4
_TOLD_SHARE = 0.5

_ASIDE = ("aside", "nav", "footer")
_LIVE = re.compile(r"live|ticker|minute", re.IGNORECASE)


def entries_as_told(root: Element, told: Sequence[SectionItem], shown: Sequence[Element]) -> list[Element]:
    """Returns the elements that hold the told entries and those like them, in the page's order; O(size of the page).

    `shown` are those that other rules found. They stand if they hold as many of the told; if they hold none of those
    that the page shows, and are not called live, they are something else.
    """
    lengths = {key: len(one.text) for one in told for key in (_letters(one.heading), _letters(one.text)[:_BEGINNING])}
    marks = all_marks = list(_marks(root, told))
    held = _held(marks, shown)
    found: list[Element] = []
    for _ in range(_MOST_FAMILIES):
        holder, found = _family(marks)
        inside = {letters for one, letters in marks if holder in one.iterancestors()}
        told_length = sum(lengths[letters] for letters in inside)
        # Where the headings stand beside their texts, these are their holder's.
        beside = bool(found) and {local_name(one) for one in found} <= HEADINGS
        if holder is None or _length([holder] if beside else found) >= _TOLD_SHARE * told_length:
            break
        # A summary repeats the headings and has no text.
        marks = [(one, letters) for one, letters in marks if holder not in one.iterancestors()]
        found = []
    if len(_held(marks, found)) > len(held):
        return found
    return list(shown) if held or not all_marks or any(map(_is_called_live, shown)) else []


def _held(marks: Sequence[tuple[Element, str]], elements: Sequence[Element]) -> set[str]:
    """Returns which of the marks stand in the elements."""
    chosen = set(elements)
    return {letters for one, letters in marks if not chosen.isdisjoint((one, *one.iterancestors()))}


def _length(elements: Sequence[Element]) -> int:
    return sum(len("".join(one.itertext())) for one in elements)


def _is_called_live(element: Element) -> bool:
    return _LIVE.search(element.get("class") or "") is not None


def _family(marks: Sequence[tuple[Element, str]]) -> tuple[Element | None, list[Element]]:
    """Returns the element that holds most marks, its branches with a mark each, and its others of the same kind."""
    above: dict[Element, list[Element]] = {one: list(one.iterancestors())[:_MOST_ABOVE] for one, _ in marks}
    holds: defaultdict[Element, set[str]] = defaultdict(set)
    own: defaultdict[Element, set[str]] = defaultdict(set)
    for one, letters in marks:
        own[one].add(letters)
        for ancestor in above[one]:
            holds[ancestor].add(letters)
    fewest = max(_FEWEST, _SHARE * len({letters for _, letters in marks}))
    holders = {one for one, held in holds.items() if len(held) >= fewest}
    around = {ancestor for one in holders for ancestor in one.iterancestors()}
    holder = max(holders - around, key=lambda one: _length([one]), default=None)
    if holder is None:
        return None, []
    # Where entries are parted by days, each of those holds several.
    chosen: list[Element] = []
    waiting = [holder]
    while waiting and len(chosen) < _MOST_ENTRIES:
        branches = list(waiting.pop(0))
        held = {one: holds.get(one, set()) | own[one] for one in branches}
        waiting += [one for one in branches if len(held[one]) > 1]
        kinds = {_kind(one) for one in branches if len(held[one]) == 1 and local_name(one) not in ("p", *HEADINGS)}
        chosen += [one for one in branches if len(held[one]) == 1 or (not held[one] and _kind(one) in kinds)]
    return holder, chosen


def _kind(element: Element) -> tuple[str, str]:
    return local_name(element), element.get("class") or ""


def _marks(root: Element, told: Sequence[SectionItem]) -> Iterator[tuple[Element, str]]:
    """Yields what begins a told entry, with its letters: its heading, or its text where it has none of its own."""
    headings = Counter(_letters(one.heading) for one in told if one.heading)
    own = {letters for letters, count in headings.items() if letters and count == 1}
    beginnings = {_letters(one.text)[:_BEGINNING] for one in told if _letters(one.heading) not in own}
    beginnings = {letters for letters in beginnings if len(letters) == _BEGINNING}
    for element in root.iter("p", *HEADINGS):
        is_heading = local_name(element) != "p"
        words = "".join(element.itertext())
        if is_heading and len(words) > _LONGEST_HEADING:
            continue
        letters = _letters(words) if is_heading else _letters(words[: 3 * _BEGINNING])[:_BEGINNING]
        wanted = own if is_heading else beginnings
        if letters in wanted and not any(local_name(one) in _ASIDE for one in element.iterancestors()):
            yield element, letters


def _letters(text: str) -> str:
    return letters_of(text).casefold()
