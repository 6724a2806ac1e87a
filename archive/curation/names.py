"""Finds sources and topics by the names that documents use, which may be former names, or other names of topics.

A source or topic that a curator renamed or merged still gets the documents with its former name. Edits keep former
names; `record_merge` adds those of merged sources and topics. Used by ingest, `current_values` and `bulk_changes`.
"""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db.models import BooleanField, ExpressionWrapper, Model, Q, Value
from django.db.models.functions import Lower
from django.utils import timezone

from ..models import UNKNOWN_SOURCE, Edit, Source, Topic, TopicName, with_name
from .edits import MERGED, edits_of, field_label

_Named = TypeVar("_Named", Source, Topic)


def find_source(name: str) -> Source:
    """Returns the source with this name, created if there is none; the unknown source for an empty name."""
    return _find_or_create(Source, name or UNKNOWN_SOURCE)


def find_topic(name: str) -> Topic:
    """Returns the topic with this name or this other name, created if there is none."""
    return _find_or_create(Topic, name)


def zone_of(name: str) -> str:
    """Returns the time zone of the source with this name; empty where there is none."""
    source = _find(Source, name or UNKNOWN_SOURCE)
    return source.zone if source else ""


def record_merge(kept: Model, others: Iterable[Model], *, user_name: str) -> None:
    """Records that the names of other sources or topics, also their former names, lead to this one from now on.

    Call it before the others are deleted, in the same transaction.
    """
    name = field_label(type(kept), "name")
    edit = {"at": timezone.now(), "user_name": user_name, "subject": kept._meta.model_name, "subject_id": kept.pk}
    for other in others:
        former = edits_of(other).filter(field=name).order_by("id").values_list("old", flat=True)
        Edit.objects.bulk_create(
            Edit(**edit, label=str(kept), how=MERGED, field=name, old=old, new=str(kept))
            for old in dict.fromkeys([*former, str(other)])
        )


def _find_or_create(model: type[_Named], name: str) -> _Named:
    return _find(model, name) or model.objects.create(name=name)


def _find(model: type[_Named], name: str) -> _Named | None:
    """Returns the row with this name or another name in any case, else the one that had it until it was renamed."""
    found: _Named | None = with_name(model, name).first() or _with_other_name(model, name)
    if found or name == UNKNOWN_SOURCE:  # documents without a source have no name that could be a former one
        return found
    ids = _formerly_named(model, name)
    rows = model.objects.in_bulk(ids)
    return next((rows[pk] for pk in reversed(ids) if pk in rows), None)


def _with_other_name(model: type[_Named], name: str) -> Any:
    if model is not Topic:
        return None
    other = with_name(TopicName, name).select_related("topic").first()
    return other.topic if other else None


def _formerly_named(model: type[_Named], name: str) -> list[int]:
    """Returns the numbers of the sources or topics that had this name, in any case, until a curator renamed them.

    The last to be renamed comes last; some may be deleted. A name that a curator gave first and then took back does
    not count: no document has it. One query.
    """
    folded = Lower(Value(name))
    renamings = (
        Edit.objects.filter(subject=model._meta.model_name, field=field_label(model, "name"))
        .alias(before=Lower("old"), after=Lower("new"))
        .filter(Q(before=folded) | Q(after=folded))
        .annotate(had_name=ExpressionWrapper(Q(before=folded), output_field=BooleanField()))
    )
    had_name_first: dict[int, bool] = {}
    for pk, had_name in renamings.order_by("id").values_list("subject_id", "had_name"):
        had_name_first.setdefault(pk, had_name)
    return [pk for pk, had_name in had_name_first.items() if had_name]
