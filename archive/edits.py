"""Who changed what: the values of articles, sources and topics before a change and after it, set side by side.

The admin alone writes these, in the transaction of the change: what ingest changes is told by versions. Ingest asks
them which source or topic a curator has renamed, so that documents that use the old name do not bring it back.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Model, Q, QuerySet, Value
from django.db.models.functions import Lower
from django.utils import timezone

from .models import Article, Edit, Source, Topic

# The fields whose changes are kept: of an article those that a curator may set.
_FIELDS: dict[type[Model], tuple[str, ...]] = {
    Article: Article.CURATED,
    Source: ("name", "kind", "homepage", "zone", "note"),
    Topic: ("name", "note"),
}
_RELATED: dict[type[Model], tuple[str, ...]] = {Article: ("source", "topics")}

SAVED, EDITED_TOGETHER, MERGED = "edited", "edited together", "merged"
DELETED, SHOWN_AS_RECEIVED = "deleted", "shown as received"

_BATCH = 500


@dataclass(frozen=True)
class Snapshot:
    """Values as people read them, by the number of what has them; and what each is called."""

    model: type[Model]
    values: dict[int, dict[str, str]]
    labels: dict[int, str]


def take_snapshot(model: type[Model], ids: Iterable[int]) -> Snapshot:
    """Reads what these articles, sources or topics have in the database. Two queries for each 500."""
    wanted = sorted(set(ids))
    values: dict[int, dict[str, str]] = {}
    labels: dict[int, str] = {}
    for start in range(0, len(wanted), _BATCH):
        found: QuerySet[Any] = model._default_manager.filter(pk__in=wanted[start : start + _BATCH])
        for one in found.prefetch_related(*_RELATED.get(model, ())):
            values[one.pk] = {name: _as_text(one, name) for name in _FIELDS[model]}
            labels[one.pk] = str(one)
    return Snapshot(model, values, labels)


def record_edits(before: Snapshot, *, user_name: str, how: str) -> None:
    """Writes an Edit for each value that is another now than in the snapshot, and for each thing that is gone.

    Call it in the transaction of the change.
    """
    after = take_snapshot(before.model, before.values)
    now = timezone.now()
    edits = []
    for pk, old in before.values.items():
        known = {
            "at": now,
            "user_name": user_name,
            "subject": before.model._meta.model_name,
            "subject_id": pk,
            "label": before.labels[pk],
        }
        new = after.values.get(pk)
        if new is None:
            edits.append(Edit(**known, how=DELETED))
            continue
        edits += [
            Edit(**known, how=how, field=_label(before.model, name), old=old[name], new=new[name])
            for name in _FIELDS[before.model]
            if old[name] != new[name]
        ]
    Edit.objects.bulk_create(edits, batch_size=_BATCH)


def record_merge(kept: Model, others: Iterable[Model], *, user_name: str) -> None:
    """Writes that the names of other sources or topics, earlier ones too, are this one's from now on.

    So `formerly_named` leads from them to it. Call it before the others are deleted, in the same transaction.
    """
    name = _label(type(kept), "name")
    known = {"at": timezone.now(), "user_name": user_name, "subject": kept._meta.model_name, "subject_id": kept.pk}
    for other in others:
        earlier = edits_of(other).filter(field=name).order_by("id").values_list("old", flat=True)
        Edit.objects.bulk_create(
            Edit(**known, label=str(kept), how=MERGED, field=name, old=old, new=str(kept))
            for old in dict.fromkeys([*earlier, str(other)])
        )


def edits_of(one: Model) -> QuerySet[Edit]:
    """Returns what was changed of an article, source or topic, the latest first."""
    return Edit.objects.filter(subject=one._meta.model_name, subject_id=one.pk)


def formerly_named(model: type[Model], name: str) -> list[int]:
    """Returns the numbers of the sources or topics that came by this name, in any case, until a curator renamed them.

    The one renamed last comes last; some may be gone. A name that a curator gave first, and took back, does not
    count: no document has it. One query.
    """
    folded = Lower(Value(name))
    told = (
        Edit.objects.filter(subject=model._meta.model_name, field=_label(model, "name"))
        .alias(was=Lower("old"), became=Lower("new"))
        .filter(Q(was=folded) | Q(became=folded))
        .annotate(came_so=ExpressionWrapper(Q(was=folded), output_field=BooleanField()))
    )
    first: dict[int, bool] = {}
    for pk, came_so in told.order_by("id").values_list("subject_id", "came_so"):
        first.setdefault(pk, came_so)
    return [pk for pk, came_so in first.items() if came_so]


def _label(model: type[Model], name: str) -> str:
    return str(model._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def _as_text(one: Any, name: str) -> str:
    if name == "topics":
        return ", ".join(sorted(topic.name for topic in one.topics.all()))
    if name == "published" and one.published:
        return f"{_shown(one.published)}, {one.get_published_precision_display()}"
    value = getattr(one, name)
    if isinstance(value, datetime):
        return _shown(value)
    if hasattr(one, f"get_{name}_display"):
        return str(getattr(one, f"get_{name}_display")())
    return "" if value is None else str(value)


def _shown(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S} UTC"
