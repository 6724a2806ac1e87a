"""Finds the elements of the entries that the linked data has: by their headings, or by how their texts begin.

For pages whose containers have neither names nor ids, and to tell the entries from other lists on a page (comments)
that have both. Used by `shown_entries`.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from ...items import SectionItem
from ..markup import HEADINGS, Element, letters_of, local_name

_MIN_ENTRIES = 2
# An element with this share of the marks is around the entries.
_MIN_MARKS_SHARE = 0.6
# Elements with a smaller share of the text of their entries are a summary.
_MIN_TEXT_SHARE = 0.5
_BEGINNING_CHARS = 40
_MAX_HEADING_CHARS = 300
_MAX_ANCESTORS = 60
_MAX_ELEMENTS = 10_000
_MAX_SUMMARIES = 4

_ASIDE_NAMES = ("aside", "nav", "footer")
_LIVE_CLASS = re.compile(r"live|ticker|minute", re.IGNORECASE)

# An element that begins an entry of the linked data, and the letters by which it was found.
_Mark = tuple[Element, str]


def locate_entries(root: Element, linked: Sequence[SectionItem], found: Sequence[Element]) -> list[Element]:
    """Returns the elements of the linked entries and others like them, in the page's order; O(size of the page).

    `found` are the elements that other rules found. They are returned if they have as many of the linked entries.
    If they have none of those that the page shows, and are not called live, they are something else: returns none.
    """
    lengths = _text_lengths(linked)
    marks = all_marks = list(_marks(root, linked))
    marked_in_found = _marked_letters(marks, found)
    located: list[Element] = []
    for _ in range(_MAX_SUMMARIES):
        holder, located = _holder_and_entries(marks)
        inside = {letters for element, letters in marks if holder in element.iterancestors()}
        linked_length = sum(lengths[letters] for letters in inside)
        # Headings beside their texts are no containers; the text is in the holder.
        are_headings = bool(located) and {local_name(element) for element in located} <= HEADINGS
        if holder is None or _text_length([holder] if are_headings else located) >= _MIN_TEXT_SHARE * linked_length:
            break
        # A summary repeats the headings without the texts.
        marks = [(element, letters) for element, letters in marks if holder not in element.iterancestors()]
        located = []
    if len(_marked_letters(marks, located)) > len(marked_in_found):
        return located
    return list(found) if marked_in_found or not all_marks or any(map(_is_called_live, found)) else []


def _text_lengths(linked: Sequence[SectionItem]) -> Mapping[str, int]:
    """Returns the letters by which an entry may be found -> the length of its text."""
    return {
        key: len(entry.text)
        for entry in linked
        for key in (_letters(entry.heading), _letters(entry.text)[:_BEGINNING_CHARS])
    }


def _marked_letters(marks: Sequence[_Mark], elements: Sequence[Element]) -> set[str]:
    """Returns the letters of the marks that are in the elements."""
    chosen = set(elements)
    return {letters for element, letters in marks if not chosen.isdisjoint((element, *element.iterancestors()))}


def _text_length(elements: Sequence[Element]) -> int:
    return sum(len("".join(element.itertext())) for element in elements)


def _is_called_live(element: Element) -> bool:
    return _LIVE_CLASS.search(element.get("class") or "") is not None


def _holder_and_entries(marks: Sequence[_Mark]) -> tuple[Element | None, list[Element]]:
    """Returns the element around most marks, and in it the elements with a mark each and others of the same kind."""
    above: dict[Element, list[Element]] = {
        element: list(element.iterancestors())[:_MAX_ANCESTORS] for element, _ in marks
    }
    inner: defaultdict[Element, set[str]] = defaultdict(set)
    own: defaultdict[Element, set[str]] = defaultdict(set)
    for element, letters in marks:
        own[element].add(letters)
        for ancestor in above[element]:
            inner[ancestor].add(letters)
    min_marks = max(_MIN_ENTRIES, _MIN_MARKS_SHARE * len({letters for _, letters in marks}))
    holders = {element for element, letters in inner.items() if len(letters) >= min_marks}
    around = {ancestor for element in holders for ancestor in element.iterancestors()}
    holder = max(holders - around, key=lambda element: _text_length([element]), default=None)
    if holder is None:
        return None, []
    # A day with several entries has several marks.
    entries: list[Element] = []
    waiting = [holder]
    while waiting and len(entries) < _MAX_ELEMENTS:
        children = list(waiting.pop(0))
        marked = {child: inner.get(child, set()) | own[child] for child in children}
        waiting += [child for child in children if len(marked[child]) > 1]
        kinds = {
            _kind(child) for child in children if len(marked[child]) == 1 and local_name(child) not in ("p", *HEADINGS)
        }
        entries += [
            child for child in children if len(marked[child]) == 1 or (not marked[child] and _kind(child) in kinds)
        ]
    return holder, entries


def _kind(element: Element) -> tuple[str, str]:
    return local_name(element), element.get("class") or ""


def _marks(root: Element, linked: Sequence[SectionItem]) -> Iterator[_Mark]:
    """Yields the headings of linked entries on the page; of entries without their own heading the beginnings."""
    counts = Counter(_letters(entry.heading) for entry in linked if entry.heading)
    headings = {letters for letters, count in counts.items() if letters and count == 1}
    beginnings = {
        _letters(entry.text)[:_BEGINNING_CHARS] for entry in linked if _letters(entry.heading) not in headings
    }
    beginnings = {letters for letters in beginnings if len(letters) == _BEGINNING_CHARS}
    for element in root.iter("p", *HEADINGS):
        is_heading = local_name(element) != "p"
        words = "".join(element.itertext())
        if is_heading and len(words) > _MAX_HEADING_CHARS:
            continue
        letters = _letters(words) if is_heading else _letters(words[: 3 * _BEGINNING_CHARS])[:_BEGINNING_CHARS]
        wanted = headings if is_heading else beginnings
        if letters in wanted and not any(local_name(above) in _ASIDE_NAMES for above in element.iterancestors()):
            yield element, letters


def _letters(text: str) -> str:
    return letters_of(text).casefold()
