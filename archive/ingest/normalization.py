"""Makes an item fit the record: drops oversized values and impossible dates; resolves time zones.

Each value that is dropped gets a note; the bytes of the capture keep everything. Runs no queries. Ingest alone uses
it: `recording` to write an item, `preview` to show what would be written.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError

from ..items import ArticleItem, SectionItem
from ..models import INGEST_TIME_RULE
from ..models.columns import web_address
from ..times import in_zone, utc_iso


@dataclass(frozen=True)
class CaptureTime:
    """When the bytes were received, and how that is known."""

    at: datetime
    rule: str

    @property
    def by_ingest(self) -> bool:
        """Whether nobody knows the time better than the ingest itself."""
        return self.rule == INGEST_TIME_RULE

    def of(self, item: ArticleItem) -> "CaptureTime":
        """Returns when an item was captured: a web archive's own time goes before this."""
        return CaptureTime(item.captured.at, "as the web archive gives it") if item.captured else self

    def not_before(self, earliest: datetime | None) -> tuple["CaptureTime", tuple[str, ...]]:
        """Returns a time of ingest that is not before another, and a note if the clock says less.

        A clock that was set back would make a newer page the older one. Other times are as they are.
        """
        if not (self.by_ingest and earliest and self.at < earliest):
            return self, ()
        note = (
            f"the clock says {utc_iso(self.at)}, and the article was last received at {utc_iso(earliest)}: "
            "recorded with that time; set the clock of this machine, or give the time with --captured"
        )
        return replace(self, at=earliest), (note,)


def normalize(
    item: ArticleItem, captured: CaptureTime, *, zone_of: Callable[[ArticleItem], str], zone: str
) -> tuple[ArticleItem, CaptureTime, tuple[str, ...]]:
    """Returns the item as it would be recorded, the time of its capture, and a note of each value that is dropped.

    `zone_of` returns the time zone of the source of an item, empty where it has none; `zone` is for those.
    """
    item, dropped = drop_unstorable(item)
    item, captured, late = resolve_times(item, captured, zone=zone_of(item) or zone)
    return item, captured, dropped + late


# The sizes of the columns, in characters: PostgreSQL refuses longer values, SQLite does not.
_MAX_CHARS = {"source": 200, "external_id": 300, "language": 20}
_MAX_KEY_CHARS, _MAX_TOPIC_CHARS = 300, 200


def drop_unstorable(item: ArticleItem) -> tuple[ArticleItem, tuple[str, ...]]:
    """Returns the item without values that no column can store, and its notes, with a note of each such value."""
    notes = list(item.problems)
    storable: dict[str, Any] = {}
    for name, limit in _MAX_CHARS.items():
        value = getattr(item, name)
        if len(value) > limit:
            notes.append(f"{name} has {len(value):,} characters, at most {limit} are kept; left out")
            storable[name] = ""
    if item.url:
        try:
            storable["url"] = web_address(item.url)
        except ValidationError:
            notes.append(f"url {item.url[:80]!r} is no web address; kept without it")
            storable["url"] = ""
    topics = tuple(name for name in item.topics if len(name) <= _MAX_TOPIC_CHARS)
    if topics != item.topics:
        notes.append(f"a topic has more than {_MAX_TOPIC_CHARS} characters; left out")
        storable["topics"] = topics
    sections = list(item.sections)
    for index, section in enumerate(sections):
        if len(section.key) > _MAX_KEY_CHARS:
            notes.append(f"section {index + 1}: its id has more than {_MAX_KEY_CHARS} characters; kept without it")
            sections[index] = replace(section, key="")
    return replace(item, sections=tuple(sections), **storable), tuple(notes)


# Time zones make the clocks of outlet and archive differ. A time that is further ahead is a wrong date.
_MAX_CLOCK_LEAD = timedelta(days=2)
_SECTION_TIMES = ("published", "updated")


def resolve_times(
    item: ArticleItem, captured: CaptureTime, *, zone: str
) -> tuple[ArticleItem, CaptureTime, tuple[str, ...]]:
    """Returns the item with times in UTC, the time of its capture, and a note of each time that is dropped.

    Times without a zone are read as local times of `zone` (IANA). A web archive's own time of capture goes before
    `captured`.
    """
    captured = captured.of(item)
    item, notes = _drop_times_after(captured, _read_in_zone(item, zone))
    return item, captured, notes


def _read_in_zone(item: ArticleItem, zone: str) -> ArticleItem:
    if not zone:
        return item

    def zoned(part: ArticleItem | SectionItem, names: tuple[str, ...]) -> dict[str, Any]:
        moments = {name: getattr(part, name) for name in names}
        return {name: in_zone(moment, zone) for name, moment in moments.items() if moment}

    sections = tuple(replace(section, **zoned(section, _SECTION_TIMES)) for section in item.sections)
    return replace(item, sections=sections, **zoned(item, (*_SECTION_TIMES, "embargo")))


def _drop_times_after(captured: CaptureTime, item: ArticleItem) -> tuple[ArticleItem, tuple[str, ...]]:
    """Returns the item without times after its capture, which must be wrong, and a note of each."""
    notes: list[str] = []

    def late_times(part: ArticleItem | SectionItem, place: str) -> dict[str, Any]:
        late: dict[str, Any] = {}
        for name in _SECTION_TIMES:
            moment = getattr(part, name)
            if moment and moment.at - _MAX_CLOCK_LEAD > captured.at:
                notes.append(
                    f"{place}{name} {moment.given!r} is after the capture ({captured.at:%Y-%m-%d}); kept without it"
                )
                late[name] = None
        return late

    late_in_item = late_times(item, "")
    sections = list(item.sections)
    for index, section in enumerate(sections):
        if late := late_times(section, f"section {index + 1}: "):
            sections[index] = replace(section, **late)
    return replace(item, sections=tuple(sections), **late_in_item), tuple(notes)
