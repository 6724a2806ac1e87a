"""Who changed what: the values of articles, sources and topics before and after a change.

Edits are what people read of an operation (`archive.operations`). What ingest changes is in versions.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.db.models.fields.reverse_related import ForeignObjectRel
from django.utils.text import Truncator

from ..models import (
    PRECISION_NAMES,
    Article,
    Edit,
    Name,
    Operation,
    Section,
    Source,
    Spelling,
    Statement,
    Topic,
    TopicName,
)

# The fields whose changes are kept: of an article those that a curator may set.
_FIELDS: dict[type[Model], tuple[str, ...]] = {
    Article: (*Article.CURATABLE_FIELDS, "trashed", "withdrawals"),
    Source: ("name", "kind", "homepage", "zone", "country", "languages", "ownership", "note", "other_names", "hosts"),
    Topic: ("name", "broader", "other_names", "note", "definition", "identifier"),
    Section: (
        "curated_heading",
        "curated_published",
        "curated_key_event",
        "curated_note",
        "topics",
        "curated_after",
        "joined_to",
    ),
    Name: ("label", "type", "verdict", "merged_into", "note", "same_as"),
    Spelling: ("name", "curated"),
    Statement: ("verdict", "speaker"),
}
_RELATED: dict[type[Model], tuple[str, ...]] = {
    Article: ("source", "topics", "withdrawals"),
    Source: ("other_names", "hosts"),
    Topic: ("broader", "other_names"),
    Section: ("current", "topics"),
    Name: ("merged_into",),
    Spelling: ("name",),
    Statement: ("speaker", "version"),
}

# How a change was made, as edits store it; the others are the names of kinds of operations.
ADDED, MERGED, DELETED = "added", "merged", "deleted"

_BATCH_ROWS = 500
# A statement has no name: its first words are what people know it by.
_MAX_WORDS_CHARS = 120


@dataclass(frozen=True)
class ValueSnapshot:
    """The values of rows of one model as people read them, by number and field; and the label of each row."""

    model: type[Model]
    values: dict[int, dict[str, str]]
    labels: dict[int, str]


def take_snapshot(model: type[Model], ids: Iterable[int]) -> ValueSnapshot:
    """Reads the current values of articles, sources or topics. One query for each 500, and for each relation."""
    wanted = sorted(set(ids))
    values: dict[int, dict[str, str]] = {}
    labels: dict[int, str] = {}
    for start in range(0, len(wanted), _BATCH_ROWS):
        rows: QuerySet[Any] = model._default_manager.filter(pk__in=wanted[start : start + _BATCH_ROWS])
        for row in rows.prefetch_related(*_RELATED.get(model, ())):
            values[row.pk] = {name: _as_text(row, name) for name in _FIELDS[model]}
            labels[row.pk] = _label_of(row)
    return ValueSnapshot(model, values, labels)


def _label_of(row: Model) -> str:
    return Truncator(row.words).chars(_MAX_WORDS_CHARS) if isinstance(row, Statement) else str(row)


def record_edits(before: ValueSnapshot, *, operation: Operation, how: str) -> None:
    """Writes an Edit for each value that differs from the snapshot, and for each row that was deleted since."""
    after = take_snapshot(before.model, before.values)
    edits = []
    for pk, old in before.values.items():
        subject = {**_subject(before.model, operation), "subject_id": pk, "label": before.labels[pk]}
        new = after.values.get(pk)
        if new is None:
            edits.append(Edit(**subject, how=DELETED))
            continue
        edits += [
            Edit(**subject, how=how, field=field_label(before.model, name), old=old[name], new=new[name])
            for name in _FIELDS[before.model]
            if old[name] != new[name]
        ]
    Edit.objects.bulk_create(edits, batch_size=_BATCH_ROWS)


def record_additions(model: type[Model], ids: Iterable[int], *, operation: Operation) -> None:
    """Writes an Edit for each row that an operation made."""
    subject = _subject(model, operation)
    added = take_snapshot(model, ids).labels
    Edit.objects.bulk_create(Edit(**subject, subject_id=pk, label=label, how=ADDED) for pk, label in added.items())


def _subject(model: type[Model], operation: Operation) -> dict[str, Any]:
    return {
        "operation": operation,
        "at": operation.at,
        "user_name": operation.user_name,
        "subject": model._meta.model_name,
    }


def edits_of(row: Model) -> QuerySet[Edit]:
    """Returns the edits of an article with its sections, of a name with its spellings, or of a source or topic.

    The latest first.
    """
    edits = Q(subject=row._meta.model_name, subject_id=row.pk)
    if isinstance(row, Name):
        edits |= Q(subject=Edit.Subject.SPELLING, subject_id__in=row.spellings.order_by().values("pk"))
    if isinstance(row, Article):
        edits |= Q(subject=Edit.Subject.SECTION, subject_id__in=row.sections.order_by().values("pk"))
    return Edit.objects.filter(edits)


def field_label(model: type[Model], name: str) -> str:
    """Returns the name of a field as edits store it."""
    field = model._meta.get_field(name)
    if isinstance(field, ForeignObjectRel):
        return str(field.related_model._meta.verbose_name_plural)
    return str(field.verbose_name)


def _as_text(row: Any, name: str) -> str:
    if isinstance(row, Section) and name in _OF_ENTRIES:
        return _OF_ENTRIES[name](row)
    if name in ("topics", "hosts"):
        return ", ".join(sorted(str(related) for related in getattr(row, name).all()))
    if name == "withdrawals":
        return "; ".join(row.in_words for row in row.withdrawals.all() if not row.restored)
    if name == "other_names":
        return _names_as_text(row)
    if name == "published" and row.published:
        return f"{_time_as_text(row.published)}, {row.get_published_precision_display()}"
    value = getattr(row, name)
    if isinstance(value, datetime):
        return _time_as_text(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(map(str, value))
    if hasattr(row, f"get_{name}_display"):
        return str(getattr(row, f"get_{name}_display")())
    return str(value)


def _time_of_entry(section: Section) -> str:
    shown = section.shown
    return f"{_time_as_text(shown.published)}, {PRECISION_NAMES[shown.published_precision]}" if shown.published else ""


def _place_of_entry(section: Section) -> str:
    if section.curated_after is None:
        return "where the outlet has it"
    return f"behind section number {section.curated_after}" if section.curated_after else "on top"


# What readers see of an entry, whether it was received or set by a curator.
_OF_ENTRIES: Mapping[str, Callable[[Section], str]] = {
    "curated_heading": lambda section: section.heading,
    "curated_published": _time_of_entry,
    "curated_key_event": lambda section: "yes" if section.shown.key_event else "no",
    "curated_note": lambda section: section.shown.note,
    "curated_after": _place_of_entry,
    "joined_to": lambda section: f"section number {section.joined_to_id}" if section.joined_to_id else "by itself",
}


def _names_as_text(row: Source | Topic) -> str:
    """Returns the other names of a row; of a topic each with its language, and whether it is hidden."""
    written = []
    for other in sorted(row.other_names.all(), key=lambda other: (other.name.casefold(), other.pk)):
        if not isinstance(other, TopicName):
            written.append(str(other))
            continue
        marks = [other.language, "hidden" if other.kind == other.Kind.HIDDEN else ""]
        mark = ", ".join(filter(None, marks))
        written.append(f"{other.name} ({mark})" if mark else other.name)
    return "; ".join(written)


def _time_as_text(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S} UTC"
