"""Joins the entries that a page shows with those in its data (linked data, or the state of its scripts).

Neither list is whole: linked data has 428 entries where the page shows 30, or ten that are cut off at a thousand
characters where the page has all. RULES says for each field which side is taken and why. Entries are paired by the
outlet's id (see `entry_keys`); headings repeat, so they identify nothing. Pure; used by the modules of `live`.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import pairwise
from typing import Any

from ...items import SectionItem
from ...times import NO_ZONE, PRECISIONS, Moment
from ..markup import letters_of


@dataclass(frozen=True)
class MergeRule:
    """Which of two values of a field is taken, `choose(shown, data)`, and why."""

    field: str
    choose: Callable[[Any, Any], Any]
    reason: str


# Linked data may be cut off, run together or mixed with captions; it has more text only if it is longer by more than
# this share and this many letters.
_MIN_LONGER_RATIO = 1.25
_MIN_LONGER_CHARS = 40

# The span of a time that is not exact.
_SPAN_SECONDS = {"day": 86_400, "minute": 60}

_ELLIPSES = ("…", "...")
_CLOSING_MARKS = re.compile(r"^[^\w\s]+")

# So many letters of a text identify it.
_BEGINNING_CHARS = 60


def _shown_first(shown: Any, data: Any) -> Any:
    return shown or data


def _more_exact(shown: Moment | None, data: Moment | None) -> Moment | None:
    if data is None or shown is None:
        return shown or data
    if shown.rule == NO_ZONE and data.rule != NO_ZONE:
        return data
    later_seconds = (data.at - shown.at).total_seconds()
    is_more_precise = PRECISIONS.index(data.precision) > PRECISIONS.index(shown.precision)
    return data if is_more_precise and 0 <= later_seconds < _SPAN_SECONDS.get(shown.precision, 0) else shown


def _either(shown: bool, data: bool) -> bool:
    return shown or data


def _fuller(shown: tuple[str, ...], data: tuple[str, ...]) -> tuple[str, ...]:
    shown_chars, data_chars = (sum(len(text) - text.count(" ") for text in side) for side in (shown, data))
    is_cut_off = bool(shown) and shown[-1].endswith(_ELLIPSES)
    limit = shown_chars if is_cut_off else max(shown_chars * _MIN_LONGER_RATIO, shown_chars + _MIN_LONGER_CHARS)
    if not shown_chars or data_chars <= limit:
        return shown or data
    return _with_rest(shown, " ".join(data)) if 1 < len(shown) >= len(data) else data


def _with_rest(shown: tuple[str, ...], data: str) -> tuple[str, ...]:
    """Returns the paragraphs on the page and the rest of the text in the data; the data's text if it is another text.

    If both end with the same letters, the data has more captions in between, not more text.
    """
    places = [at for at, character in enumerate(data) if letters_of(character)]
    letters = "".join(data[at] for at in places)
    start = end = 0
    for paragraph in shown:
        wanted = letters_of(paragraph)
        start = letters.find(wanted, end)
        if start < 0:
            return (data,)
        end = start + len(wanted)
    if end == len(letters):
        return shown
    if shown[-1].endswith(_ELLIPSES) and end > start:
        return (*shown[:-1], data[places[start] :].strip())
    return (*shown, _CLOSING_MARKS.sub("", data[places[end - 1] + 1 :]).strip())


RULES = (
    MergeRule("heading", _shown_first, "readers saw it; linked data may repeat the page's headline or escape twice"),
    MergeRule(
        "paragraphs",
        _fuller,
        "the longer text, as either may be cut off, in the page's paragraphs, which linked data runs together",
    ),
    MergeRule("byline", _shown_first, "the page names the author of the entry, linked data often that of the page"),
    MergeRule(
        "published",
        _more_exact,
        "the time shown, as linked data may have the time of a draft; the data's if it adds a zone or the seconds",
    ),
    MergeRule("updated", _more_exact, "as for published"),
    MergeRule("key_event", _either, "only the page marks key events, on the entry or in a list of them"),
    MergeRule("withdrawn", _either, "an entry that either side has withdrawn is withdrawn"),
    MergeRule("note", _shown_first, "corrections are where readers see them"),
)


def merge_entries(shown: Sequence[SectionItem], data: Sequence[SectionItem]) -> tuple[SectionItem, ...]:
    """Returns the union of both lists in the order of the page; O(shown + data).

    An entry that only the data has comes after the entry that it follows there.
    """
    shown, data = _without_repeats(shown), _without_repeats(data)
    partners = _pair(shown, data)
    joined = [_join(entry, data[partners[at]]) if at in partners else entry for at, entry in enumerate(shown)]
    return tuple(_in_order(joined, {after: before for before, after in partners.items()}, data))


def _without_repeats(entries: Sequence[SectionItem]) -> list[SectionItem]:
    """Leaves out repeats of entries; the last of them keeps its place, as an entry pinned on top is repeated below.

    Entries are repeats if they have the same id and agree, or no id and the same words, unless these are few. An id
    that entries of different words share is the page's or a template's, and is removed.
    """
    by_key: dict[str, list[SectionItem]] = defaultdict(list)
    for entry in entries:
        by_key[entry.key].append(entry)
    by_key.pop("", None)
    if len(by_key) == len(entries):
        return list(entries)
    merged: dict[str, SectionItem] = {}
    for key, group in by_key.items():
        if all(_is_copy(entry, group[-1]) for entry in group):
            merged[key] = reduce(_join, group)
    copies_left = Counter({key: len(by_key[key]) for key in merged})
    repeats_left = Counter(_content(entry) for entry in entries if entry.key not in merged)
    kept = []
    for entry in entries:
        if entry.key not in merged:
            repeats_left[_content(entry)] -= 1
            if not repeats_left[_content(entry)] or len(entry.text) < _BEGINNING_CHARS:
                kept.append(replace(entry, key=""))
            continue
        copies_left[entry.key] -= 1
        if not copies_left[entry.key]:
            kept.append(merged[entry.key])
    return kept


def _content(entry: SectionItem) -> Hashable:
    """Returns what two copies of an entry without an id have in common."""
    return entry.heading, entry.paragraphs, entry.published.at if entry.published else None


def _is_copy(entry: SectionItem, other: SectionItem) -> bool:
    """Whether two entries with the same id agree: the same heading, or one text begins like the other."""
    if entry is other or (entry.heading and entry.heading == other.heading):
        return True
    shorter, longer = sorted((letters_of(entry.text), letters_of(other.text)), key=len)
    return longer.startswith(shorter[:_BEGINNING_CHARS])


def _pair(shown: Sequence[SectionItem], data: Sequence[SectionItem]) -> dict[int, int]:
    """Returns the index of each shown entry -> the index of the same entry in the data.

    Pairs by id; then, if an entry has no id or the two sides have different kinds of ids, by traits that occur once
    on each side: beginning of the text; heading and time; text and time; heading; text.
    """
    partners: dict[int, int] = {}

    def pair_by(trait: Callable[[SectionItem], Hashable | None], *, even_with_ids: bool) -> None:
        if len(partners) == len(shown):
            return
        used = set(partners.values())
        unpaired: dict[Hashable, list[int]] = defaultdict(list)
        for at, entry in enumerate(data):
            value = trait(entry) if at not in used else None
            if value is not None:
                unpaired[value].append(at)
        traits = {at: trait(entry) for at, entry in enumerate(shown) if at not in partners}
        counts = Counter(traits.values())
        for at, value in traits.items():
            found = unpaired.get(value, ()) if value is not None and counts[value] == 1 else ()
            if len(found) == 1 and (even_with_ids or not (shown[at].key and data[found[0]].key)):
                partners[at] = found[0]

    pair_by(lambda entry: entry.key or None, even_with_ids=True)
    different_ids = not partners
    pair_by(_beginning, even_with_ids=different_ids)
    pair_by(_heading_and_time, even_with_ids=different_ids)
    pair_by(_text_and_time, even_with_ids=different_ids)
    pair_by(lambda entry: entry.heading or None, even_with_ids=different_ids)
    pair_by(lambda entry: letters_of(entry.text) or None, even_with_ids=different_ids)
    return partners


def _beginning(entry: SectionItem) -> str | None:
    """Returns the first letters of an entry's text; None if they are too few to identify it."""
    start = letters_of("".join(entry.paragraphs)[: 3 * _BEGINNING_CHARS]).casefold()[:_BEGINNING_CHARS]
    return start if len(start) >= _BEGINNING_CHARS // 2 else None


def _heading_and_time(entry: SectionItem) -> Hashable | None:
    return (entry.heading, entry.published.at) if entry.heading and entry.published else None


def _text_and_time(entry: SectionItem) -> Hashable | None:
    return (letters_of(entry.text), entry.published.at) if entry.paragraphs and entry.published else None


def _join(shown: SectionItem, data: SectionItem) -> SectionItem:
    chosen = {rule.field: rule.choose(getattr(shown, rule.field), getattr(data, rule.field)) for rule in RULES}
    return replace(shown, key=shown.key or data.key, **chosen)


def _in_order(
    joined: Sequence[SectionItem], shown_at: Mapping[int, int], data: Sequence[SectionItem]
) -> Iterable[SectionItem]:
    """Yields the joined entries in their order, each followed by entries that only the data has after it.

    `shown_at` is the index in the data -> the index in `joined`.
    """
    order = list(range(len(data)))
    met = [shown_at[at] for at in order if at in shown_at]
    # Some pages show the newest first and have the oldest first in their data, which is then read from its end.
    falls = sum(after < before for before, after in pairwise(met))
    if falls * 2 > max(0, len(met) - 1):
        order.reverse()
    behind: dict[int, list[SectionItem]] = defaultdict(list)
    early: list[SectionItem] = []
    anchor = -1
    for at in order:
        if at in shown_at:
            if early and anchor < 0:
                behind[shown_at[at] - 1] += early
                early = []
            anchor = shown_at[at]
        elif anchor < 0:
            early.append(data[at])
        else:
            behind[anchor].append(data[at])
    yield from behind[-1]
    for at, entry in enumerate(joined):
        yield entry
        yield from behind[at]
    yield from early
