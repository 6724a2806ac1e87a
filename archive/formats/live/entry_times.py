"""When an entry of a live page was published and updated: times in attributes, or in words on a line of their own.

Ignores times in the entry's text and in quotations. Used by `shown_entries`.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile

from ...times import NO_ZONE, Moment, TimeError
from ..markup import Element, local_name, opening_words, plain, words_of
from ..part_names import MAX_LABEL_CHARS, has_class, is_inside, pattern_test, with_any_attribute, word_test
from ..stated_times import read_time
from ..written_times import read_written_time
from .entry_containers import TIME_NAMES

# Not the class of times that a script keeps up to date: js-update-time.
_UPDATED_CLASS = pattern_test(re.compile(r"(?<!js-)updat|modif", re.IGNORECASE))

# Attributes of an entry that have times, the most trusted first.
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
# More than any entry has; each is examined with the elements around it.
_MAX_TIMES = 50
# A time of the entry itself is not deeper in it; looking further up for each would take minutes on a deep page.
_MAX_TIME_DEPTH = 24
_TIME_PROPERTIES = ("datePublished", "dateModified")
_STAMP = re.compile(r"\d{10}|\d{13}|\d{4}-\d\d-\d\d[T ]\d\d:\d\d\S*", re.ASCII)


@dataclass(frozen=True)
class EntryTimes:
    """When an entry was published and updated; `lines` are the elements that have these times and nothing else."""

    published: Moment | None
    updated: Moment | None
    lines: frozenset[Element]


def entry_times(
    entry: Element, parts: Sequence[Element], problems: Counter[str], page_time: Moment | None
) -> EntryTimes:
    """Returns the times of an entry; counts invalid times in `problems`.

    `parts` are the elements in it; `page_time` is when the page was updated or published, for times without a year.
    """
    times = _times_in(entry, parts)
    lines = {time.line for time in times}
    published = _published(entry, times, problems)
    if published is None:
        published, line = _written_time(entry, page_time)
        lines |= {line} - {None}
    updates = [time.element for time in times if time.is_update]
    updated = _first_moment(_values(updates, entry, _UPDATED_ATTRIBUTES), problems)
    return EntryTimes(published, updated, frozenset(lines))


# Words that may be beside a time on a line of its own, in the languages of the dialects.
_LEAD_IN = re.compile(
    r"(?:first |last |latest )?(?:up ?dated?|modified|published|posted|edited|added)?(?: ?at| ?on)?|"
    r"(?:zuletzt )?(?:aktualisiert|veröffentlicht)?(?: ?am| ?um)?|uhr|(?:mis à jour|publié)(?: à| le)?|"
    r"actualizado(?: a las)?|[a-z]{2,4}",
    re.IGNORECASE,
)
_NOT_WORDS = re.compile(r"[\W_]+")
_TIME_CLASS = word_test(r"[^\W_]*time|date|dateline|timestamp|updated")


@dataclass(frozen=True)
class _ShownTime:
    """A time of the entry itself: the element that has it, and the widest element that has nothing else."""

    element: Element
    line: Element
    is_update: bool


def _times_in(entry: Element, parts: Sequence[Element]) -> list[_ShownTime]:
    """Returns the times of the entry itself, not those in its text or in quotations."""
    found = []
    named = [part for part in parts if local_name(part) in TIME_NAMES or part.get("itemprop") in _TIME_PROPERTIES]
    # Elements named as times come first: the attributes of others may count something else.
    stamped = [
        part
        for part in with_any_attribute(parts, _STAMP_ATTRIBUTES)
        if _has_stamp(part) and local_name(part) not in TIME_NAMES
    ]
    for element in (*named, *stamped)[:_MAX_TIMES]:
        ancestors = islice(element.iterancestors(), _MAX_TIME_DEPTH)
        above = [element, *takewhile(lambda ancestor: ancestor is not entry, ancestors)]
        line = _time_line(above)
        if line is not None and not any(local_name(holder) in ("blockquote", "figure", "li") for holder in above):
            is_update = (
                element.get("itemprop") == "dateModified"
                or any(has_class(holder, _UPDATED_CLASS) for holder in above)
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
    """Returns the last words before an element on its line."""
    before = element.getprevious()
    words = plain(element.getparent().text if before is None else before.tail)
    if before is not None and not words:
        words = opening_words(before, MAX_LABEL_CHARS)
    return words[-MAX_LABEL_CHARS:]


def _has_stamp(element: Element) -> bool:
    """Whether an element has a time in its attributes, exact to the minute."""
    return any(_STAMP.fullmatch((element.get(name) or "").strip()) for name in _STAMP_ATTRIBUTES)


def _time_line(above: Sequence[Element]) -> Element | None:
    """Returns the widest element that has the time alone, or with a label; None if the time is in a sentence."""
    line = above[0]
    words = words_of(line)
    max_chars = len(words) + MAX_LABEL_CHARS
    for number, holder in enumerate(above[1:], start=1):
        all_words = opening_words(holder, max_chars)
        others = _NOT_WORDS.sub(" ", all_words.replace(words, "", 1)).strip()
        is_alone = len(all_words) <= max_chars and (_LEAD_IN.fullmatch(others) or has_class(holder, _TIME_CLASS))
        if not is_alone:
            return None if any(local_name(outer) == "p" for outer in above[number:]) else line
        line = holder
    return line


def _values(elements: Iterable[Element], entry: Element, attributes: Iterable[str]) -> Iterator[str]:
    """Yields the times in the attributes of elements, then those in the given attributes of the entry."""
    for element in elements:
        yield from (value for name in _TIME_ATTRIBUTES if (value := (element.get(name) or "").strip()))
    yield from (value for name in attributes if (value := (entry.get(name) or "").strip()))


def _published(entry: Element, times: Sequence[_ShownTime], problems: Counter[str]) -> Moment | None:
    """Returns the first time with a zone (or counted since 1970), else one exact to the minute, else the first."""
    shown = [time.element for time in times if not time.is_update]
    moments = []
    for value in _values(shown, entry, _PUBLISHED_ATTRIBUTES):
        try:
            moment = read_time(value)
        except TimeError as error:
            # A time of day (`datetime="10:32"`) is no problem: the linked data completes it.
            if not _TIME_OF_DAY.fullmatch(value):
                problems[f"the time of an entry: {error}; left out"] += 1
            continue
        if moment.rule != NO_ZONE and moment.precision in ("minute", "second"):
            return moment
        moments.append(moment)
    return max(moments, key=lambda moment: moment.precision in ("minute", "second"), default=None)


_TIME_OF_DAY = re.compile(r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?")
_WRITTEN_TIME_NAMES = ("span", "div", "small", "time", "p", "a", "strong", "b")


def _written_time(entry: Element, page_time: Moment | None) -> tuple[Moment | None, Element | None]:
    """Returns the time that is written in the entry on a line of its own (14 August 2023 07:01), and its element."""
    for element in entry.iterdescendants(*_WRITTEN_TIME_NAMES):
        is_time = local_name(element) == "time" or has_class(element, _TIME_CLASS)
        words = opening_words(element, MAX_LABEL_CHARS) if is_time else plain(element.text)
        moment = read_written_time(words, page_time) if any(map(str.isdigit, words)) else None
        if moment and not is_inside(element, entry, ("blockquote", "figure")):
            return moment, element
    return None, None


def _first_moment(values: Iterable[str], problems: Counter[str]) -> Moment | None:
    for value in values:
        try:
            return read_time(value)
        except TimeError as error:
            problems[f"the time of an entry's update: {error}; left out"] += 1
    return None
