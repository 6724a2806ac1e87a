"""What of an item the record holds: what it has room for, times that can be, read by the right clock.

Says of each thing that is left out what and why; the bytes of the capture keep all of it. Knows rules and no rows.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError

from ..items import ArticleItem, SectionItem
from ..models.articles import web_address
from ..times import in_zone


@dataclass(frozen=True)
class CaptureTime:
    """When the bytes were received, and how that is known."""

    at: datetime
    rule: str


def as_recorded(
    item: ArticleItem, captured: CaptureTime, *, zone_of: Callable[[str], str], zone: str
) -> tuple[ArticleItem, CaptureTime, tuple[str, ...]]:
    """Returns the item as the record holds it, when it was captured, and a note of each thing that is left out.

    `zone_of` a source's name is whose clock its times without a zone show; `zone` where that has none.
    """
    item, notes = fitted(item)
    item, captured, late = dated(item, captured, zone=zone_of(item.source) or zone)
    return item, captured, notes + late


# What the record has room for, in characters; PostgreSQL refuses what is longer, SQLite takes it.
_LIMITS = {"source": 200, "external_id": 300, "language": 20}
_KEY_LIMIT, _TOPIC_LIMIT = 300, 200


def fitted(item: ArticleItem) -> tuple[ArticleItem, tuple[str, ...]]:
    """Returns the item without what the record has no room for, and a note of each such thing beside its own.

    The bytes of the capture keep all of it.
    """
    notes = list(item.problems)
    fitting: dict[str, Any] = {}
    for name, limit in _LIMITS.items():
        value = getattr(item, name)
        if len(value) > limit:
            notes.append(f"{name} has {len(value):,} characters, at most {limit} are kept; left out")
            fitting[name] = ""
    if item.url:
        try:
            fitting["url"] = web_address(item.url)
        except ValidationError:
            notes.append(f"url {item.url[:80]!r} is no web address; kept without it")
            fitting["url"] = ""
    short = tuple(name for name in item.topics if len(name) <= _TOPIC_LIMIT)
    if short != item.topics:
        notes.append(f"a topic has more than {_TOPIC_LIMIT} characters; left out")
        fitting["topics"] = short
    sections = list(item.sections)
    for at, section in enumerate(sections):
        if len(section.key) > _KEY_LIMIT:
            notes.append(f"section {at + 1}: its id has more than {_KEY_LIMIT} characters; kept without it")
            sections[at] = replace(section, key="")
    return replace(item, sections=tuple(sections), **fitting), tuple(notes)


# Clocks of outlets and of the archive differ by zones; a page from further ahead has a wrong date.
_CLOCK_TOLERANCE = timedelta(days=2)
_SECTION_TIMES = ("published", "updated")


def dated(item: ArticleItem, captured: CaptureTime, *, zone: str) -> tuple[ArticleItem, CaptureTime, tuple[str, ...]]:
    """Returns the item with its times as this zone's clock (IANA) showed them, when it was captured, and notes."""
    if item.captured:
        captured = CaptureTime(item.captured.at, "as the web archive gives it")
    item, late = _not_after(captured, _in_zone(item, zone))
    return item, captured, late


def _in_zone(item: ArticleItem, zone: str) -> ArticleItem:
    """Returns the item with its times that came without a zone as the clock of this zone showed them."""
    if not zone:
        return item

    def zoned(part: ArticleItem | SectionItem, names: tuple[str, ...]) -> dict[str, Any]:
        given = {name: getattr(part, name) for name in names}
        return {name: in_zone(moment, zone) for name, moment in given.items() if moment}

    sections = tuple(replace(section, **zoned(section, _SECTION_TIMES)) for section in item.sections)
    return replace(item, sections=sections, **zoned(item, (*_SECTION_TIMES, "embargo")))


def _not_after(captured: CaptureTime, item: ArticleItem) -> tuple[ArticleItem, tuple[str, ...]]:
    """Returns the item without times after its capture, which are wrong, and a note of each."""
    notes: list[str] = []

    def late_times(part: ArticleItem | SectionItem, place: str) -> dict[str, Any]:
        late: dict[str, Any] = {}
        for name in _SECTION_TIMES:
            moment = getattr(part, name)
            if moment and moment.at - _CLOCK_TOLERANCE > captured.at:
                notes.append(
                    f"{place}{name} {moment.given!r} is after the capture ({captured.at:%Y-%m-%d}); kept without it"
                )
                late[name] = None
        return late

    left_out = late_times(item, "")
    sections = list(item.sections)
    for at, section in enumerate(sections):
        if late := late_times(section, f"section {at + 1}: "):
            sections[at] = replace(section, **late)
    return replace(item, sections=tuple(sections), **left_out), tuple(notes)
