"""Entries that no container holds: marks between the paragraphs of one text, each with what follows it to the next.

Some systems write a mark (an anchor with heading and time) and then the paragraphs beside it; many tickers in German
are one text, in which a line such as `+++ 20:07 Ferries sail again +++` begins an entry. Used by shown_entries.
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

# Elements that are a text's own, at its end as well.
_TEXT_NAMES = frozenset(("p", "ul", "ol", "blockquote", "table", "pre", "figure"))


def with_what_follows(marks: Sequence[Element]) -> list[Element]:
    """Returns for each mark a copy of it and of its siblings up to the next, as children of one element.

    The marks themselves where they hold text of their own, as entries do. O(size of what is copied).
    """
    if sum(map(_has_text, marks)) * 2 > len(marks):
        return list(marks)
    starts = set(marks)
    seen: set[tuple[str, str]] = set()
    whole = []
    for number, mark in enumerate(marks, start=1):
        entry = mark.makeelement("div", dict(mark.attrib))
        entry.append(deepcopy(mark))
        for one in mark.itersiblings():
            name, kind = local_name(one), (local_name(one), one.get("class") or "")
            if one in starts or not name or any(below in starts for below in one.iterdescendants()):
                break
            # What follows the last one may be the end of the page.
            if number == len(marks) and name not in _TEXT_NAMES and kind not in seen:
                break
            seen.add(kind)
            entry.append(deepcopy(one))
        whole.append(entry)
    return whole if sum(map(_has_text, whole)) * 2 > len(whole) else list(marks)


def _has_text(element: Element) -> bool:
    return any(len("".join(one.itertext()).strip()) > _LONGEST_LABEL for one in element.iter("p", "li", "blockquote"))


_LONGEST_LABEL = 25

_LINE = re.compile(
    r"\+\+\+\s*(?P<clock>\d{1,2}[:.]\d{2})\s*(?:Uhr\b)?\s*[:|–-]?\s*(?P<title>[^+]{3,300}?)\s*\+\+\+\s*", re.IGNORECASE
)
_maybe_lines = etree.XPath(" | ".join(f"descendant::{name}[contains(., '+++')]" for name in ("p", "h2", "h3", "h4")))
_MARK = re.compile(r"\s*\+\+\+\s*\d{1,2}[:.]\d{2}")
_FEWEST_LINES = 3
# An older clock below a younger one is the day before; a text that goes on for longer has its lines in another order.
_MOST_DAYS = 4


def ticker_entries(root: Element, page_time: Moment | None) -> tuple[tuple[SectionItem, ...], tuple[str, ...]]:
    """Returns the entries of a text that such lines part, newest first as all of these are, and what stands above;
    nothing for other pages.

    The day of a clock's time is the page's for the first of them, and goes back where the clock goes on.
    """
    holders: defaultdict[Element, list[Element]] = defaultdict(list)
    for element in _maybe_lines(root):
        if _MARK.match("".join(element.itertext())[:_LONGEST_MARK]):
            holders[element.getparent()].append(element)
    holder = max(holders, key=lambda one: len(holders[one]), default=None)
    if holder is None or len(holders[holder]) < _FEWEST_LINES:
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
        elif not _is_of_text(block, holder):
            continue
        elif entries:
            entries[-1] = replace(entries[-1], paragraphs=(*entries[-1].paragraphs, block.text))
        elif not block.is_heading:
            above.append(block.text)
    return _dated(entries, clocks, page_time), tuple(above)


_LONGEST_MARK = 200


def _is_of_text(block: Block, holder: Element) -> bool:
    """Whether a paragraph stands among the lines, and not in a box beside them."""
    name = local_name(block.element)
    return (name in ("p", "blockquote", *HEADINGS) and block.element.getparent() is holder) or name == "li"


def _dated(entries: Sequence[SectionItem], clocks: Sequence[str], page: Moment | None) -> tuple[SectionItem, ...]:
    """Gives the entries their times; none where the page's does not lie behind the first, or the clocks are no row."""
    if page is None or page.precision not in ("minute", "second"):
        return tuple(entries)
    zone = re.search(r"[+-]\d{2}:?\d{2}$", page.given)
    local = page.at - parse_moment(f"2000-01-01T00:00{zone[0] if zone else ''}").at + parse_moment("2000-01-01").at
    rises = sum(_minutes(one) < _minutes(two) for one, two in pairwise(clocks))
    if rises >= _MOST_DAYS or _minutes(clocks[0]) > _minutes(f"{local:%H:%M}"):
        return tuple(entries)
    day = local
    dated = []
    for number, (entry, clock) in enumerate(zip(entries, clocks, strict=True)):
        if number and _minutes(clocks[number - 1]) < _minutes(clock):
            day -= timedelta(days=1)
        at = f"{day:%Y-%m-%d}T{clock.replace('.', ':').zfill(5)}{zone[0] if zone else ''}"
        try:
            moment = parse_moment(at)
        except TimeError:
            dated.append(entry)
            continue
        rule = moment.rule if moment.rule == NO_ZONE else "the clock as given; day and zone are the page's"
        dated.append(replace(entry, published=replace(moment, given=clock, rule=rule)))
    return tuple(dated)


def _minutes(clock: str) -> int:
    hour, _, minute = clock.replace(".", ":").partition(":")
    return int(hour) * 60 + int(minute)
