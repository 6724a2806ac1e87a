"""Undoes operations: puts back the rows as they were, unless they were changed again since.

`plan_undo` says what `undo` would do. An operation in batches is undone in batches, by `UNDO_MANY`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max

from ..curation import refresh, take_snapshot
from ..errors import ArchiveError
from ..models import Article, ArticleVersion, Edit, Operation, OperationRow
from ..sight import User
from .bulk_acts import BulkAct, Parameters, Refusals, plan, register_act
from .kinds import UNDONE, kind_of
from .recording import Act, operation
from .restoring import Restoring
from .subjects import subject_named
from .whole_acts import WholeAct, begin_whole

_CHANGED_SINCE = "It cannot be undone, because of what was changed since."

# The model of a subject, by its name, and its number.
SubjectKey = tuple[str, int]


class UndoError(ArchiveError):
    """An operation that cannot be undone; the message says why. `conflicts` has the reason of each row."""

    def __init__(self, message: str, conflicts: Sequence["Conflict"] = ()) -> None:
        super().__init__(message)
        self.conflicts = tuple(conflicts)


@dataclass(frozen=True)
class Conflict:
    """Why an article, source or topic cannot be put back: what was changed since."""

    subject: str
    subject_id: int
    label: str
    reason: str

    def __str__(self) -> str:
        return f"“{self.label}”: {self.reason}"


@dataclass(frozen=True)
class UndoPlan:
    """What an undo would put back: so many articles, sources and topics, with examples; and what it would not."""

    restored: int
    conflicts: tuple[Conflict, ...]
    refusal: str = ""


def plan_undo(subject: Operation) -> UndoPlan:
    """Returns what the undo of an operation would do. Writes nothing."""
    if refusal := _refusal(subject):
        return UndoPlan(0, (), refusal)
    rows = _rows_of(subject)
    conflicts = _explained(subject, Restoring([row for of_key in rows.values() for row in of_key]).check())
    if conflicts and kind_of(subject.kind).whole:
        return UndoPlan(0, conflicts, _CHANGED_SINCE)
    return UndoPlan(len(rows) - len(conflicts), conflicts)


def undo(subject: Operation, *, user_name: str) -> tuple[Operation, tuple[Conflict, ...]]:
    """Undoes an operation; returns the operation that did it, and what it left because it was changed since.

    Raises UndoError where nothing can be put back.
    """
    with operation(UNDONE, user_name=user_name, label=f"Undid: {subject.label}", undoes=subject) as act:
        conflicts = _undo(subject, act)
    if not act.changed:
        Operation.objects.filter(pk=subject.pk).update(undone_by=None)
        raise UndoError("There is nothing left to undo: all is as it was before.")
    return act.operation, _explained(subject, conflicts)


def _undo(subject: Operation, act: Act) -> dict[SubjectKey, str]:
    """Puts back what an operation changed, in an act; returns why that was left that was. Raises UndoError."""
    if refusal := _refusal(subject):
        raise UndoError(refusal)
    rows = _rows_of(subject)
    conflicts = put_back(subject, rows, act)
    if len(conflicts) == len(rows) or (conflicts and kind_of(subject.kind).whole):
        raise UndoError(_CHANGED_SINCE, _explained(subject, conflicts))
    mark_undone(subject, act.operation)
    return conflicts


def undo_beside(subject: Operation, *, user: User) -> Operation:
    """Begins the undo of an operation that is undone at once, but touched so much that no page waits for it."""
    parameters = {"operation": subject.pk}
    label = f"Undoes what changed {subject.touched:,} articles, sources and topics"
    return begin_whole(UNDO_WHOLE, parameters, label=label, total=subject.touched, user=user, undoes=subject)


def permission_to_undo(subject: Operation) -> str:
    """Returns what it takes to undo an operation; to undo an undo is to do again what was undone."""
    while subject.kind == UNDONE.name and subject.undoes:
        subject = subject.undoes
    return kind_of(subject.kind).permission


def mark_undone(subject: Operation, by: Operation) -> None:
    """Marks an operation as undone; what it had undone itself is in force again."""
    Operation.objects.filter(pk=subject.pk).update(undone_by=by)
    Operation.objects.filter(undone_by=subject).update(undone_by=None)


def put_back(subject: Operation, rows: Mapping[SubjectKey, Sequence[OperationRow]], act: Act) -> dict[SubjectKey, str]:
    """Puts back the rows of these articles, sources and topics, in an act; returns why those were left that were."""
    for name, ids in _by_name(rows).items():
        act.watch(subject_named(name).model, ids)
    conflicts = dict(Restoring([row for of_key in rows.values() for row in of_key]).check())
    while True:
        left = [row for key, of_key in rows.items() if key not in conflicts for row in of_key]
        savepoint = transaction.savepoint()
        restoring = Restoring(left)
        found = {**restoring.check(), **restoring.write()}
        if not found:
            _follow_later_captures(subject, restoring.articles)
            transaction.savepoint_commit(savepoint)
            return conflicts
        transaction.savepoint_rollback(savepoint)
        conflicts |= found


def _refusal(subject: Operation) -> str:
    """Returns why an operation cannot be undone at all; empty if it can."""
    subject.refresh_from_db()
    if kind_of(subject.kind).final:
        return "What was deleted for good cannot be had back."
    if subject.undone_by:
        by = subject.undone_by
        return f"It was undone already, by {by.user_name} on {by.at:%Y-%m-%d %H:%M} UTC. Undo that to have it again."
    if subject.state in (Operation.State.PLANNED, Operation.State.WAITING, Operation.State.RUNNING):
        return "It has not ended yet. Stop it first, or wait until it is done."
    if not subject.rows.exists():
        return "What it changed is not on record any more: it was deleted for good, or an earlier release made it."
    return ""


def _rows_of(subject: Operation, ids: Iterable[int] | None = None) -> dict[SubjectKey, list[OperationRow]]:
    """Returns the rows of an operation by what they belong to; with `ids`, those of these articles."""
    rows: dict[SubjectKey, list[OperationRow]] = defaultdict(list)
    found = subject.rows.all() if ids is None else subject.rows.filter(subject="article", subject_id__in=list(ids))
    for row in found:
        rows[row.subject, row.subject_id].append(row)
    return rows


def _follow_later_captures(subject: Operation, article_ids: Iterable[int]) -> None:
    """Brings articles up to date that got a capture since: what is no curator's any more is as last received."""
    later = ArticleVersion.objects.filter(article__in=list(article_ids), capture__gt=subject.capture_to)
    for article in Article.objects.filter(pk__in=later.values("article")):
        refresh(article)


def _explained(subject: Operation, conflicts: Mapping[SubjectKey, str]) -> tuple[Conflict, ...]:
    """Returns the conflicts with the labels of their rows, and with who changed them since."""
    explained = []
    for name, ids in _by_name(conflicts).items():
        labels = take_snapshot(subject_named(name).model, ids).labels
        for number in ids:
            edits = Edit.objects.filter(subject=name, subject_id=number)
            own = edits.filter(operation=subject).aggregate(last=Max("pk"))["last"] or 0
            later = edits.filter(pk__gt=own).order_by("pk").first()
            by = f" ({later.user_name}, {later.at:%Y-%m-%d %H:%M} UTC)" if later else ""
            former = edits.filter(operation=subject).first()
            label = labels.get(number) or (former.label if former else f"{name} {number}")
            explained.append(Conflict(name, number, label, f"{conflicts[name, number]}{by}."))
    return tuple(explained)


def _by_name(keys: Iterable[SubjectKey]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for name, number in keys:
        found[name].append(number)
    return found


class UndoMany(BulkAct):
    """Undoes an operation on many articles, batch by batch."""

    name = "undo"
    kind = UNDONE
    permission = "archive.change_article"

    @staticmethod
    def plan(subject: Operation, *, user: User) -> Operation:
        """Keeps a plan for the undo, which is carried out like any other."""
        ids = subject.rows.filter(subject="article").order_by("subject_id").values_list("subject_id", flat=True)
        planned = plan(UNDO_MANY, {"operation": subject.pk, "label": subject.label}, ids.distinct(), user=user)
        Operation.objects.filter(pk=planned.pk).update(undoes=subject)
        return planned

    def permission_for(self, parameters: Parameters) -> str:
        return permission_to_undo(Operation.objects.get(pk=parameters["operation"]))

    def label(self, parameters: Parameters, count: int) -> str:
        return f"Undid: {parameters['label']}"

    def refusals(self, parameters: Parameters, ids: Sequence[int]) -> Refusals:
        subject = Operation.objects.get(pk=parameters["operation"])
        rows = _rows_of(subject, ids)
        found = Restoring([row for of_key in rows.values() for row in of_key]).check()
        return {pk: reason for (_, pk), reason in found.items()}

    def apply(self, parameters: Parameters, ids: Sequence[int], act: Act) -> Refusals:
        subject = Operation.objects.get(pk=parameters["operation"])
        conflicts = put_back(subject, _rows_of(subject, ids), act)
        mark_undone(subject, act.operation)
        return {pk: reason for (_, pk), reason in conflicts.items()}


class UndoWhole(WholeAct):
    """Undoes an operation at once."""

    name = "undo whole"
    kind = UNDONE

    def permission_for(self, parameters: Mapping[str, Any]) -> str:
        return permission_to_undo(Operation.objects.get(pk=parameters["operation"]))

    def carry_out(self, parameters: Mapping[str, Any], act: Act) -> None:
        subject = Operation.objects.get(pk=parameters["operation"])
        act.label = f"Undid: {subject.label}"
        _undo(subject, act)


UNDO_MANY, UNDO_WHOLE = UndoMany(), UndoWhole()
register_act(UNDO_MANY)
register_act(UNDO_WHOLE)
