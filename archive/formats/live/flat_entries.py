"""Entries without containers: paragraphs of one text, of which a mark or a line begins each entry.

Some systems write a mark (an anchor with heading and time) and then the paragraphs beside it. Many tickers in German
are one text in which a line such as `+++ 20:07 Ferries sail again +++` begins an entry. Used by `shown_entries`.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from lxml import etree

from ...items import SectionItem
from ...times import NO_ZONE, Moment, TimeError, parse_moment
from ..markup import HEADINGS, Block, Element, blocks, local_name

# Elements that belong to a text even after its last mark.
_TEXT_NAMES = frozenset(("p", "ul", "ol", "blockquote", "table", "pre", "figure"))
# A shorter text is the label of a mark.
_MIN_TEXT_CHARS = 26

_LINE = re.compile(
    r"\+\+\+\s*(?P<clock>\d{1,2}[:.]\d{2})\s*(?:Uhr\b)?\s*[:|–-]?\s*(?P<title>[^+]{3,300}?)\s*\+\+\+\s*", re.IGNORECASE
)
_with_plus_signs = etree.XPath(
    " | ".join(f"descendant::{name}[contains(., '+++')]" for name in ("p", "h2", "h3", "h4"))
)
_LINE_BEGINNING = re.compile(r"\s*\+\+\+\s*\d{1,2}[:.]\d{2}")
_BEGINNING_CHARS = 200
_MIN_LINES = 3
# The newest line comes first: a later clock time below an earlier one is of the day before. If there were more days
# than this, the lines are in another order.
_MAX_DAYS = 4


def with_following(marks: Sequence[Element]) -> list[Element]:
    """Returns for each mark a new element with copies of it and of the siblings up to the next mark.

    Returns the marks themselves if they have text of their own, as containers of entries have. O(size of the copies).
    """
    if _have_text(marks):
        return list(marks)
    starts = set(marks)
    seen: set[tuple[str, str]] = set()
    entries = []
    for number, mark in enumerate(marks, start=1):
        entry = mark.makeelement("div", dict(mark.attrib))
        entry.append(deepcopy(mark))
        for sibling in mark.itersiblings():
            name = local_name(sibling)
            kind = (name, sibling.get("class") or "")
            if sibling in starts or not name or any(below in starts for below in sibling.iterdescendants()):
                break
            # After the last mark the page may go on with something else.
            if number == len(marks) and name not in _TEXT_NAMES and kind not in seen:
                break
            seen.add(kind)
            entry.append(deepcopy(sibling))
        entries.append(entry)
    return entries if _have_text(entries) else list(marks)


def _have_text(elements: Sequence[Element]) -> bool:
    """Whether most of the elements have a paragraph."""
    return sum(map(_has_text, elements)) * 2 > len(elements)


def _has_text(element: Element) -> bool:
    return any(
        len("".join(part.itertext()).strip()) >= _MIN_TEXT_CHARS for part in element.iter("p", "li", "blockquote")
    )


def ticker_entries(root: Element, page_time: Moment | None) -> tuple[tuple[SectionItem, ...], tuple[str, ...]]:
    """Returns the entries of a ticker in one text, newest first, and the paragraphs above; nothing for other pages.

    The first entry is of the page's day; an entry with a later clock time than the one above it is of the day before.
    """
    holders: defaultdict[Element, list[Element]] = defaultdict(list)
    for element in _with_plus_signs(root):
        if _LINE_BEGINNING.match("".join(element.itertext())[:_BEGINNING_CHARS]):
            holders[element.getparent()].append(element)
    holder = max(holders, key=lambda parent: len(holders[parent]), default=None)
    if holder is None or len(holders[holder]) < _MIN_LINES:
        return (), ()
    entries: list[SectionItem] = []
    above: list[str] = []
    clocks: list[str] = []
    for block in blocks(holder):
        match = _LINE.match(block.text)
        if match:
            rest = block.text[match.end() :]
            clocks.append(match["clock"])
            entries.append(SectionItem((rest,) if rest else (), heading=match["title"]))
        elif not _is_paragraph_of(holder, block):
            continue
        elif entries:
            entries[-1] = replace(entries[-1], paragraphs=(*entries[-1].paragraphs, block.text))
        elif not block.is_heading:
            above.append(block.text)
    return _with_times(entries, clocks, page_time), tuple(above)


def _is_paragraph_of(holder: Element, block: Block) -> bool:
    """Whether a block is among the lines of the ticker, not in a box beside them."""
    name = local_name(block.element)
    return (name in ("p", "blockquote", *HEADINGS) and block.element.getparent() is holder) or name == "li"


def _with_times(
    entries: Sequence[SectionItem], clocks: Sequence[str], page_time: Moment | None
) -> tuple[SectionItem, ...]:
    """Returns the entries with their times.

    Without times if the page's time is before that of the first entry, or if the clock times are not in order.
    """
    if page_time is None or page_time.precision not in ("minute", "second"):
        return tuple(entries)
    zone_match = re.search(r"[+-]\d{2}:?\d{2}$", page_time.given)
    zone = zone_match[0] if zone_match else ""
    local = page_time.at - parse_moment(f"2000-01-01T00:00{zone}").at + parse_moment("2000-01-01").at
    rises = sum(_minutes(clock) < _minutes(following) for clock, following in pairwise(clocks))
    if rises >= _MAX_DAYS or _minutes(clocks[0]) > _minutes(f"{local:%H:%M}"):
        return tuple(entries)
    day = local
    timed = []
    for number, (entry, clock) in enumerate(zip(entries, clocks, strict=True)):
        if number and _minutes(clocks[number - 1]) < _minutes(clock):
            day -= timedelta(days=1)
        try:
            moment = parse_moment(f"{day:%Y-%m-%d}T{clock.replace('.', ':').zfill(5)}{zone}")
        except TimeError:
            timed.append(entry)
            continue
        rule = moment.rule if moment.rule == NO_ZONE else "the clock as given; day and zone are the page's"
        timed.append(replace(entry, published=replace(moment, given=clock, rule=rule)))
    return tuple(timed)


def _minutes(clock: str) -> int:
    hour, _, minute = clock.replace(".", ":").partition(":")
    return int(hour) * 60 + int(minute)
