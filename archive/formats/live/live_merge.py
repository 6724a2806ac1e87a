"""One live page told twice: the entries that the page shows and those of its linked data, made one list.

Neither side is whole: linked data holds 428 entries where the page shows 30, or ten that are cut at a thousand
characters where the page has all. RULES says, field by field, whose word is taken and why. Entries are joined by
the outlet's id of them, which each side writes in its own way; headings repeat, so they are no ids. Pure.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qsl

from ...items import SectionItem
from ...times import NO_ZONE, PRECISIONS, Moment


@dataclass(frozen=True)
class Rule:
    """Which of two words for one field of one entry is taken: `choose(shown, told)`, and why."""

    field: str
    choose: Callable[[Any, Any], Any]
    reason: str


# Linked data is cut, flattened or spiced with captions; what is longer by more than this share and so many letters
# says more.
_LONGER = 1.25
_LONGER_LETTERS = 40


def _first(shown: Any, told: Any) -> Any:
    return shown or told


# What a time that is not exact leaves open, in seconds.
_LEFT_OPEN = {"day": 86_400, "minute": 60}


def _zoned(shown: Moment | None, told: Moment | None) -> Moment | None:
    if told is None or shown is None:
        return shown or told
    if shown.rule == NO_ZONE and told.rule != NO_ZONE:
        return told
    later = (told.at - shown.at).total_seconds()
    is_more_exact = PRECISIONS.index(told.precision) > PRECISIONS.index(shown.precision)
    return told if is_more_exact and 0 <= later < _LEFT_OPEN.get(shown.precision, 0) else shown


def _either(shown: bool, told: bool) -> bool:
    return shown or told


def _fuller(shown: tuple[str, ...], told: tuple[str, ...]) -> tuple[str, ...]:
    length, told_length = (sum(len(one) - one.count(" ") for one in side) for side in (shown, told))
    is_cut = bool(shown) and shown[-1].endswith(_CUT)
    if not length or told_length <= (length if is_cut else max(length * _LONGER, length + _LONGER_LETTERS)):
        return shown or told
    return _with_rest(shown, " ".join(told)) if 1 < len(shown) >= len(told) else told


def _with_rest(shown: tuple[str, ...], told: str) -> tuple[str, ...]:
    """The paragraphs that are shown with what is told behind them; what is told, if it tells them otherwise.

    Where both end alike, what is told more is captions and the like in between.
    """
    places = [at for at, letter in enumerate(told) if not _NOT_LETTERS.match(letter)]
    letters = "".join(told[at] for at in places)
    end = begun = 0
    for paragraph in shown:
        wanted = letters_of(paragraph)
        begun = letters.find(wanted, end)
        if begun < 0:
            return (told,)
        end = begun + len(wanted)
    if end == len(letters):
        return shown
    if shown[-1].endswith(_CUT) and end > begun:
        return (*shown[:-1], told[places[begun] :].strip())
    return (*shown, _CLOSING.sub("", told[places[end - 1] + 1 :]).strip())


_CUT = ("…", "...")
_CLOSING = re.compile(r"^[^\w\s]+")


# `shown` is what the page shows of an entry, `told` what the linked data (or the page's state) tells of it.
RULES = (
    Rule("heading", _first, "what readers saw; linked data may repeat the page's headline, or escape it twice"),
    Rule(
        "paragraphs",
        _fuller,
        "the longer, for either may be cut; in the page's paragraphs, which linked data runs together",
    ),
    Rule("byline", _first, "the page names the entry's own author, linked data often the page's"),
    Rule(
        "published",
        _zoned,
        "the time shown, for linked data may hold when it was drafted; but one whose zone is known, or its seconds",
    ),
    Rule("updated", _zoned, "likewise"),
    Rule("key_event", _either, "only the page marks key events, its list of them even where the entry does not"),
    Rule("withdrawn", _either, "an entry that one side has taken back is taken back"),
    Rule("note", _first, "corrections stand where readers see them"),
)


def merge_entries(shown: Sequence[SectionItem], told: Sequence[SectionItem]) -> tuple[SectionItem, ...]:
    """Returns the union of both sides in the order of the page; O(shown + told).

    What only the linked data has goes behind the entry that it follows there.
    """
    shown, told = _each_once(shown), _each_once(told)
    partners = _pair(shown, told)
    joined = [_join(one, told[partners[at]]) if at in partners else one for at, one in enumerate(shown)]
    return tuple(_in_order(joined, {after: before for before, after in partners.items()}, told))


# Words that outlets write before the id of an entry; what remains must begin with more than another word.
_PREFIX = re.compile(
    r"(?:(?:elb|amp|lb|wp|pinned|live|blog|liveblog|post|block|entry|entries|update|item|asset|urn|id|event|card|article|"
    r"story|message|section|page|with|key|live-?event|body)s?(?:[-_:/. ]+|(?=\d)|(?=[A-Z])))+",
    re.IGNORECASE,
)

# Query parameters that name an entry of the page (BBC `post`, Guardian `page=with:block-`, CNN `post-id` and kin).
_ID_PARAMETERS = frozenset(
    "post post-id postid post_id page pinned_post_locator block blockid entry entryid entry-id update updateid "
    "liveblogpost lbpost event-id eventid item itemid id".split()
)


_LONGEST_KEY = 200


def entry_key(given: str) -> str:
    """Returns what the ways to write one entry's id have in common; empty for what names no entry.

    `post-1288914`, `…#liveblogPost1288914` and `…?post=1288914` are one. An id has a digit in it.
    """
    given = given.strip()
    if not (given.startswith(("/", "?", "#")) or "://" in given):
        return _named_key(given)
    address, _, fragment = given.partition("#")
    key = _named_key(fragment.lstrip("?#/!"))
    query = address.partition("?")[2]
    if key or not query:
        return key
    try:
        parameters = parse_qsl(query, max_num_fields=50)
    except ValueError:
        return ""
    named = (value for name, value in parameters if name.lower() in _ID_PARAMETERS)
    return next((key for one in named if (key := _named_key(one))), "")


def _named_key(given: str) -> str:
    if not given or len(given) > _LONGEST_KEY or " " in given or "\t" in given or "\n" in given:
        return ""
    if not any(map(str.isdigit, given)):
        return ""
    match = _PREFIX.match(given)
    rest = given[match.end() :] if match else given
    return rest if any(map(str.isdigit, rest)) else given


def _each_once(entries: Sequence[SectionItem]) -> list[SectionItem]:
    """An entry that stands twice on one side (pinned above the others as well) keeps its later, ordinary place.

    So does one without an id that stands twice word for word, unless it is short. An id that entries of different
    words share is none of theirs: the page's, or a template's.
    """
    groups: dict[str, list[SectionItem]] = defaultdict(list)
    for one in entries:
        groups[one.key].append(one)
    groups.pop("", None)
    if len(groups) == len(entries):
        return list(entries)
    merged: dict[str, SectionItem] = {}
    for key, group in groups.items():
        if all(_is_copy(one, group[-1]) for one in group):
            merged[key] = reduce(_join, group)
    waiting = Counter({key: len(groups[key]) for key in merged})
    kept = []
    loose = Counter(_whole(one) for one in entries if one.key not in merged)
    for one in entries:
        if one.key not in merged:
            loose[_whole(one)] -= 1
            if not loose[_whole(one)] or len(one.text) < _BEGINNING:
                kept.append(replace(one, key=""))
            continue
        waiting[one.key] -= 1
        if not waiting[one.key]:
            kept.append(merged[one.key])
    return kept


def _whole(entry: SectionItem) -> Hashable:
    """All that two copies of an entry without an id have in common."""
    return entry.heading, entry.paragraphs, entry.published.at if entry.published else None


def _is_copy(one: SectionItem, other: SectionItem) -> bool:
    """Whether two entries of one id are one: the same heading, or the one's text begins as the other's does."""
    if one is other or (one.heading and one.heading == other.heading):
        return True
    shorter, longer = sorted((letters_of(one.text), letters_of(other.text)), key=len)
    return longer.startswith(shorter[:_BEGINNING])


def _pair(shown: Sequence[SectionItem], told: Sequence[SectionItem]) -> dict[int, int]:
    """Returns places in `shown` -> places in `told` of the same entry.

    By id; then, if one of them has none or the two sides have other kinds of ids, by what both have once: how the
    text begins, heading and time, text and time, heading, text.
    """
    partners: dict[int, int] = {}

    def pair_by(trait: Callable[[SectionItem], Hashable | None], *, even_with_ids: bool) -> None:
        if len(partners) == len(shown):
            return
        used = set(partners.values())
        waiting: dict[Hashable, list[int]] = defaultdict(list)
        for at, one in enumerate(told):
            value = trait(one) if at not in used else None
            if value is not None:
                waiting[value].append(at)
        traits = {at: trait(one) for at, one in enumerate(shown) if at not in partners}
        counts = Counter(traits.values())
        for at, value in traits.items():
            found = waiting.get(value, ()) if value is not None and counts[value] == 1 else ()
            if len(found) == 1 and (even_with_ids or not (shown[at].key and told[found[0]].key)):
                partners[at] = found[0]

    pair_by(lambda one: one.key or None, even_with_ids=True)
    other_ids = not partners
    pair_by(_beginning, even_with_ids=other_ids)
    pair_by(
        lambda one: (one.heading, one.published.at) if one.heading and one.published else None, even_with_ids=other_ids
    )
    pair_by(
        lambda one: (letters_of(one.text), one.published.at) if one.paragraphs and one.published else None,
        even_with_ids=other_ids,
    )
    pair_by(lambda one: one.heading or None, even_with_ids=other_ids)
    pair_by(lambda one: letters_of(one.text) or None, even_with_ids=other_ids)
    return partners


_NOT_LETTERS = re.compile(r"[\W_]+")
_BEGINNING = 60


def letters_of(text: str) -> str:
    """Returns a text's letters and digits alone, whatever its blanks, quote marks and dashes."""
    return _NOT_LETTERS.sub("", text)


def _beginning(entry: SectionItem) -> str | None:
    """How an entry's text begins, whatever the paragraphs and quote marks; None for one of hardly a word."""
    start = letters_of("".join(entry.paragraphs)[: 3 * _BEGINNING]).casefold()[:_BEGINNING]
    return start if len(start) >= _BEGINNING // 2 else None


def _join(shown: SectionItem, told: SectionItem) -> SectionItem:
    chosen = {rule.field: rule.choose(getattr(shown, rule.field), getattr(told, rule.field)) for rule in RULES}
    return replace(shown, key=shown.key or told.key, **chosen)


def _in_order(
    joined: Sequence[SectionItem], places: dict[int, int], told: Sequence[SectionItem]
) -> Iterable[SectionItem]:
    """Merges two orders: the page's stands; what only the other side has follows its neighbour there."""
    order = list(range(len(told)))
    met = [places[at] for at in order if at in places]
    # Some pages show the newest first and tell the oldest first; then the other side is read from its end.
    falls = sum(after < before for before, after in pairwise(met))
    if falls * 2 > max(0, len(met) - 1):
        order.reverse()
    behind: dict[int, list[SectionItem]] = defaultdict(list)
    early: list[SectionItem] = []
    anchor = -1
    for at in order:
        if at in places:
            if early and anchor < 0:
                behind[places[at] - 1] += early
                early = []
            anchor = places[at]
        elif anchor < 0:
            early.append(told[at])
        else:
            behind[anchor].append(told[at])
    yield from behind[-1]
    for at, one in enumerate(joined):
        yield one
        yield from behind[at]
    yield from early
