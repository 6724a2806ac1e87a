"""When an entry of a live page was published and updated, as the page shows it: in attributes, or in words.

Times in an entry's text, or in what it quotes, are not its own. Used by shown_entries.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile

from ...times import NO_ZONE, Moment, TimeError
from ..loose_values import moment_of
from ..markup import Element, local_name, plain, words_of
from ..written_times import read_written
from .entry_containers import TIME_NAMES
from .entry_names import LONGEST_LABEL, first_words, has_class, is_within, naming, part_name, with_any

# Not of what a script keeps up to date: js-update-time.
_UPDATED = naming(re.compile(r"(?<!js-)updat|modif", re.IGNORECASE))

# Attributes of an entry that hold times, in the order of trust.
_PUBLISHED_ATTRIBUTES = (
    "data-post-time data-published data-published-at data-publish-time data-publish-date data-date-published "
    "data-first-publish data-first-published data-posted-date-timestamp data-elb-post-datetime data-sort-time "
    "data-timestamp data-js-timestamp data-created data-created-at data-datetime data-time data-date data-utc"
).split()
_UPDATED_ATTRIBUTES = (
    "data-last-modified-time data-update-time data-updated data-updated-at data-last-updated data-modified "
    "data-date-modified"
).split()
_STAMP_ATTRIBUTES = ("data-datetime", "data-timestamp", "data-js-timestamp", "data-time")
_TIME_ATTRIBUTES = ("datetime", *_STAMP_ATTRIBUTES, "content")
# More times than any entry shows of itself; each is looked at with all that stands around it.
_MOST_TIMES = 50
_PROPS = ("datePublished", "dateModified")
_STAMP = re.compile(r"\d{10}|\d{13}|\d{4}-\d\d-\d\d[T ]\d\d:\d\d\S*", re.ASCII)


@dataclass(frozen=True)
class EntryTimes:
    """When an entry was published and updated; `lines` are the elements that tell it and nothing else."""

    published: Moment | None
    updated: Moment | None
    lines: frozenset[Element]


def entry_times(
    entry: Element, parts: Sequence[Element], problems: Counter[str], page_time: Moment | None
) -> EntryTimes:
    """Returns the times of an entry; counts those that cannot be in `problems`.

    `parts` are the elements in it; `page_time` is when the page was updated or published, for times that leave out
    the year.
    """
    times = _times_in(entry, parts)
    lines = {time.line for time in times}
    published = _published(entry, times, problems)
    if published is None:
        published, dateline = _dateline(entry, page_time)
        lines |= {dateline} - {None}
    updated_in = [time.element for time in times if time.is_update]
    updated = _first_moment(_values(updated_in, [entry], _UPDATED_ATTRIBUTES), problems)
    return EntryTimes(published, updated, frozenset(lines))


# What may stand beside a time in a line that is no sentence of the text, in the languages of the dialects.
_LEAD_IN = re.compile(
    r"(?:first |last |latest )?(?:up ?dated?|modified|published|posted|edited|added)?(?: ?at| ?on)?|"
    r"(?:zuletzt )?(?:aktualisiert|veröffentlicht)?(?: ?am| ?um)?|uhr|(?:mis à jour|publié)(?: à| le)?|"
    r"actualizado(?: a las)?|[a-z]{2,4}",
    re.IGNORECASE,
)
_NOT_WORDS = re.compile(r"[\W_]+")
_TIME_CLASS = part_name(r"[^\W_]*time|date|dateline|timestamp|updated")


@dataclass(frozen=True)
class _ShownTime:
    """A time that an entry shows of itself: the element that gives it, and the line that only tells it."""

    element: Element
    line: Element
    is_update: bool


# A time of the entry itself does not lie deeper in it; looking further up for each would take a deep page minutes.
_TIME_DEPTH = 24


def _times_in(entry: Element, parts: Sequence[Element]) -> list[_ShownTime]:
    """The times that an entry shows of itself; those in its text or in what it quotes are none."""
    found = []
    named = [one for one in parts if local_name(one) in TIME_NAMES or one.get("itemprop") in _PROPS]
    # Times by their names first: others may count something else.
    stamped = [
        one for one in with_any(parts, _STAMP_ATTRIBUTES) if _is_stamped(one) and local_name(one) not in TIME_NAMES
    ]
    for element in (*named, *stamped)[:_MOST_TIMES]:
        prop = element.get("itemprop") or ""
        above = [element, *takewhile(lambda one: one is not entry, islice(element.iterancestors(), _TIME_DEPTH))]
        line = _time_line(above)
        if line is not None and not any(local_name(one) in ("blockquote", "figure", "li") for one in above):
            is_update = (
                prop == "dateModified"
                or any(has_class(one, _UPDATED) for one in above)
                or _UPDATE_WORDS.search(_words_before(element)) is not None
            )
            found.append(_ShownTime(element, line, is_update))
    return found


_UPDATE_WORDS = re.compile(
    r"(?:up-?dated|modified|edited|aktualisiert|mise? à jour|actualizad[oa]|aggiornat[oa]|atualizad[oa]|bijgewerkt|"
    r"oppdatert|opdateret|uppdaterad)\W*(?:at|on|am|um|à|le|el|a las|alle|às|om|kl)?\W*$",
    re.IGNORECASE,
)


def _words_before(element: Element) -> str:
    """What stands right before an element in its line; of a damaged page's hundred thousand marks the last."""
    before = element.getprevious()
    words = plain(element.getparent().text if before is None else before.tail)
    if before is not None and not words:
        words = first_words(before, LONGEST_LABEL)
    return words[-LONGEST_LABEL:]


def _is_stamped(element: Element) -> bool:
    """Whether an element that is no time by its name has one, exact to the minute, in its attributes."""
    return any(_STAMP.fullmatch((element.get(name) or "").strip()) for name in _STAMP_ATTRIBUTES)


def _time_line(above: Sequence[Element]) -> Element | None:
    """The widest of the elements that holds a time alone ("Updated at" beside it); None where it is in a sentence."""
    line = above[0]
    words = words_of(line)
    longest = len(words) + LONGEST_LABEL
    for number, one in enumerate(above[1:], start=1):
        around = first_words(one, longest)
        others = _NOT_WORDS.sub(" ", around.replace(words, "", 1)).strip()
        alone = len(around) <= longest and (_LEAD_IN.fullmatch(others) or has_class(one, _TIME_CLASS))
        if not alone:
            return None if any(local_name(each) == "p" for each in above[number:]) else line
        line = one
    return line


def _values(elements: Iterable[Element], owners: Iterable[Element], attributes: Iterable[str]) -> Iterator[str]:
    for element in elements:
        yield from (value for name in _TIME_ATTRIBUTES if (value := (element.get(name) or "").strip()))
    for owner in owners:
        yield from (value for name in attributes if (value := (owner.get(name) or "").strip()))


def _published(entry: Element, times: Sequence[_ShownTime], problems: Counter[str]) -> Moment | None:
    """The time that is shown; but one with a zone, or counted since 1970, before one without."""
    shown = [time.element for time in times if not time.is_update]
    given = list(_values(shown, [entry], _PUBLISHED_ATTRIBUTES))
    moments = []
    for value in given:
        try:
            moment = moment_of(value)
        except TimeError as error:
            # `datetime="10:32"` is a clock's time, which the linked data completes.
            if not re.fullmatch(r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?", value):
                problems[f"the time of an entry: {error}; left out"] += 1
            continue
        if moment.rule != NO_ZONE and moment.precision in ("minute", "second"):
            return moment
        moments.append(moment)
    return max(moments, key=lambda one: one.precision in ("minute", "second"), default=None)


_DATE_HOLDERS = ("span", "div", "small", "time", "p", "a", "strong", "b")


def _dateline(entry: Element, page_time: Moment | None) -> tuple[Moment | None, Element | None]:
    """The time that stands beside an entry in words alone (14 August 2023 07:01), and where it does."""
    for element in entry.iterdescendants(*_DATE_HOLDERS):
        whole = local_name(element) == "time" or has_class(element, _TIME_CLASS)
        words = first_words(element, LONGEST_LABEL) if whole else plain(element.text)
        moment = read_written(words, page_time) if any(map(str.isdigit, words)) else None
        if moment and not is_within(element, entry, ("blockquote", "figure")):
            return moment, element
    return None, None


def _first_moment(values: Iterable[str], problems: Counter[str]) -> Moment | None:
    for value in values:
        try:
            return moment_of(value)
        except TimeError as error:
            problems[f"the time of an entry's update: {error}; left out"] += 1
    return None
