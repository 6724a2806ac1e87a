"""What curators set of the entries of an article: heading, time, key event, note, topics, and the place on the page.

Versions keep what was received. A value that equals it is stored as no curator's. Operations and the admin call these
within an operation.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from ..curated_order import TOP, arrange, move_behind, take_back
from ..models import IS_BY_ITSELF, Section, SectionVersion


@dataclass(frozen=True)
class EntryValues:
    """The values of an entry that curators may set, besides its topics and its place."""

    heading: str
    published: datetime | None
    published_precision: str
    key_event: bool
    note: str

    @classmethod
    def of(cls, version: SectionVersion) -> "EntryValues":
        """Returns the values of a version, or of one as it is shown."""
        return cls(version.heading, version.published, version.published_precision, version.key_event, version.note)


def set_entry(section: Section, values: EntryValues, topics: Collection[int]) -> None:
    """Gives an entry these values and these topics of its own. Load its current version beforehand. Three queries."""
    if section.current is None:
        raise ValueError(f"Section {section.pk} has no version: its ingest did not finish.")
    received = EntryValues.of(section.current)
    section.curated_heading = None if values.heading == received.heading else values.heading
    section.curated_key_event = None if values.key_event == received.key_event else values.key_event
    section.curated_note = None if values.note == received.note else values.note
    is_received_time = (values.published, values.published_precision) == (
        received.published,
        received.published_precision,
    )
    section.curated_published = None if is_received_time else values.published
    section.curated_precision = None if is_received_time else values.published_precision
    section.save(update_fields=Section.SHOWN_COLUMNS)
    section.topics.set(topics)


@dataclass(frozen=True)
class EntryOrder:
    """The sections of an article in the outlet's order, and which of them a curator moved."""

    received: tuple[int, ...]
    moves: Mapping[int, int]

    @property
    def shown(self) -> list[int]:
        """The sections in the order that readers see."""
        return arrange(self.received, self.moves)

    def changes_to_place(self, section: int, place: int) -> dict[int, int | None]:
        """Returns what changes where a section goes to a place, counted from 1; past the end it is the last."""
        others = [other for other in self.shown if other != section]
        before = others[: max(place - 1, 0)]
        return move_behind(self.received, self.moves, section, before[-1] if before else TOP)

    def changes_to_take_back(self, section: int) -> dict[int, int | None]:
        """Returns what changes where a section goes back to the outlet's place."""
        return take_back(self.received, self.moves, section)


def load_entry_order(sections: QuerySet[Section]) -> EntryOrder:
    """Returns the order of those of these sections of an article that are shown by themselves. One query."""
    rows = sections.filter(IS_BY_ITSELF).order_by("position", "id")
    found = dict(rows.values_list("pk", "curated_after"))
    return EntryOrder(tuple(found), {pk: behind for pk, behind in found.items() if behind is not None})


def save_places(changes: Mapping[int, int | None]) -> None:
    """Saves behind which sections others stand, None as received. A query for each."""
    for section, behind in changes.items():
        Section.objects.filter(pk=section).update(curated_after=behind)
