"""Undoes operations: puts back the rows as they were, unless they were changed again since.

`plan_undo` tries and rolls back, so that what it shows is what `undo` does.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max

from ..curation import refresh, take_snapshot
from ..errors import ArchiveError
from ..models import Article, ArticleVersion, Edit, Operation, OperationRow
from .kinds import UNDONE, kind_of
from .recording import Act, operation
from .restoring import Restoring
from .subjects import subject_named

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
    """Returns what the undo of an operation would do. Writes nothing, and keeps no writer waiting when it returns."""
    if refusal := _refusal(subject):
        return UndoPlan(0, (), refusal)
    try:
        with transaction.atomic():
            act, conflicts = _carry_out(subject, user_name="")
            transaction.set_rollback(True)
    except UndoError as error:
        return UndoPlan(0, error.conflicts, str(error))
    return UndoPlan(sum(map(len, act.changed.values())), conflicts)


@transaction.atomic
def undo(subject: Operation, *, user_name: str) -> tuple[Operation, tuple[Conflict, ...]]:
    """Undoes an operation; returns the operation that did it, and what it left because it was changed since.

    Raises UndoError where nothing can be put back.
    """
    if refusal := _refusal(subject):
        raise UndoError(refusal)
    act, conflicts = _carry_out(subject, user_name=user_name)
    if not act.changed:
        raise UndoError("There is nothing left to undo: all is as it was before.")
    Operation.objects.filter(pk=subject.pk).update(undone_by=act.operation)
    # What undid another operation and is undone puts that in force again.
    Operation.objects.filter(undone_by=subject).update(undone_by=None)
    return act.operation, conflicts


def _refusal(subject: Operation) -> str:
    """Returns why an operation cannot be undone at all; empty if it can."""
    subject.refresh_from_db()
    if subject.undone_by:
        by = subject.undone_by
        return f"It was undone already, by {by.user_name} on {by.at:%Y-%m-%d %H:%M} UTC. Undo that to have it again."
    if subject.state in (Operation.State.PLANNED, Operation.State.WAITING, Operation.State.RUNNING):
        return "It has not ended yet. Stop it first, or wait until it is done."
    if not subject.rows.exists():
        return "It was made by an earlier release, which did not record what an undo needs."
    return ""


def _carry_out(subject: Operation, *, user_name: str) -> tuple[Act, tuple[Conflict, ...]]:
    """Puts back all that can be put back, as an operation. Raises UndoError if that is nothing, or must be all."""
    rows: dict[SubjectKey, list[OperationRow]] = defaultdict(list)
    for row in subject.rows.all():
        rows[row.subject, row.subject_id].append(row)
    conflicts: dict[SubjectKey, str] = {}
    while True:
        label = f"Undid: {subject.label}"
        with operation(UNDONE, user_name=user_name, label=label, undoes=subject) as act:
            _watch(act, rows)
            savepoint = transaction.savepoint()
            left = {key: of_key for key, of_key in rows.items() if key not in conflicts}
            restoring = Restoring([row for of_key in left.values() for row in of_key])
            found = restoring.run()
            if not found:
                _follow_later_captures(subject, restoring.articles)
                transaction.savepoint_commit(savepoint)
            else:
                transaction.savepoint_rollback(savepoint)
        if not found:
            return act, _explained(subject, conflicts)
        conflicts |= found
        if kind_of(subject.kind).whole or len(conflicts) == len(rows):
            explained = _explained(subject, conflicts)
            raise UndoError("It cannot be undone, because of what was changed since.", explained)


def _watch(act: Act, keys: Iterable[SubjectKey]) -> None:
    ids: dict[str, set[int]] = defaultdict(set)
    for name, number in keys:
        ids[name].add(number)
    for name, numbers in ids.items():
        act.watch(subject_named(name).model, numbers)


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
