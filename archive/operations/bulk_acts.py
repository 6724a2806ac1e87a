"""Acts on many articles: planned, looked at, then carried out in batches, whoever goes away meanwhile.

A plan keeps the numbers of its articles, so that what was shown is what is done, whatever a query finds by then. It
is an operation that is not confirmed yet. Each batch is one transaction with its position: a process that is killed
leaves whole batches, and the next one goes on. `archive.admin` shows plans and progress; the process that follows the
record calls `work_on`.

An act is a subclass of `BulkAct`, registered with `register_act`. What `whole_acts` begins is carried out here too.
"""

import logging
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar, Literal

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from ..batches import in_parts
from ..curation import ValueSnapshot, field_label, take_snapshot
from ..errors import ArchiveError
from ..models import Article, Operation
from ..sight import User, visible
from ..storage_faults import explain_storage_fault
from .images import BATCH_ROWS
from .kinds import Kind
from .recording import Act, last_capture, operation
from .whole_acts import WholeAct

logger = logging.getLogger(__name__)

MAX_ARTICLES = 200_000
MAX_EXAMPLES = 10
# So many articles that were left as they are, are kept by number; all are counted.
_MAX_REFUSED_LISTED = 200
# Plans that nobody confirmed are forgotten after a day.
_MAX_PLAN_AGE = timedelta(days=1)
_OPEN_STATES = (Operation.State.WAITING, Operation.State.RUNNING)

Parameters = Mapping[str, Any]
# The reasons why articles are left as they are, by their numbers.
Refusals = dict[int, str]


class BulkActError(ArchiveError):
    """An act on many articles that cannot be planned or confirmed; the message says why."""


class BulkAct(ABC):
    """One kind of act on many articles. Its parameters are JSON, since they outlive the request.

    `name` is stored with plans; `permission` is what its user needs, at each batch again. What its user does not see
    is left as it is, unless the act `takes_hidden`.
    """

    name: ClassVar[str]
    kind: ClassVar[Kind]
    permission: ClassVar[str]
    takes_hidden: ClassVar[bool] = False

    def permission_for(self, parameters: Parameters) -> str:
        """Returns the permission that its user needs with these parameters."""
        return self.permission

    @abstractmethod
    def label(self, parameters: Parameters, count: int) -> str:
        """Returns what the operation does, in words, for so many articles: the label of the operation."""

    @abstractmethod
    def refusals(self, parameters: Parameters, ids: Sequence[int]) -> Refusals:
        """Returns the articles that would be left as they are, with the reason. A few queries, whatever the number."""

    @abstractmethod
    def apply(self, parameters: Parameters, ids: Sequence[int], act: Act) -> Refusals:
        """Changes these articles, none of which is refused, in an operation that watches them.

        Returns those that it found to be impossible only then.
        """


_ACTS: dict[str, BulkAct | WholeAct] = {}


def register_act(act: BulkAct | WholeAct) -> None:
    """Makes an act known, so that it can be carried out after a restart."""
    _ACTS[act.name] = act


@dataclass(frozen=True)
class Example:
    """An article as it is and as it would be: its values before and after, by the names of the fields."""

    article: Article
    changes: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Refused:
    """Why articles are left as they are: so many of them, and the first."""

    reason: str
    count: int
    articles: tuple[Article, ...]


@dataclass(frozen=True)
class Preview:
    """What a plan would do: to so many articles of those that were selected, with examples; and what it would not."""

    selected: int
    changing: int
    examples: tuple[Example, ...]
    refused: tuple[Refused, ...]


def plan(act: BulkAct, parameters: Parameters, ids: Iterable[int], *, user: User) -> Operation:
    """Keeps a plan for these articles, in their order, and returns it. Nothing is changed yet.

    Raises BulkActError for too many.
    """
    ids = list(dict.fromkeys(ids))
    if len(ids) > MAX_ARTICLES:
        raise BulkActError(
            f"{len(ids):,} articles are too many for one act; at most {MAX_ARTICLES:,}. Narrow the search."
        )
    Operation.objects.filter(state=Operation.State.PLANNED, at__lt=timezone.now() - _MAX_PLAN_AGE).delete()
    return _create(act, parameters, ids, user, state=Operation.State.PLANNED)


def begin(act: BulkAct, parameters: Parameters, ids: Iterable[int], *, user: User) -> Operation:
    """Begins an act on these articles, any number of them, that was confirmed otherwise; returns its operation."""
    return _create(act, parameters, list(ids), user, state=Operation.State.WAITING, capture_to=last_capture())


def _create(act: BulkAct, parameters: Parameters, ids: list[int], user: User, **values: Any) -> Operation:
    return Operation.objects.create(
        kind=act.kind.name,
        label=act.label(parameters, len(ids)),
        user_name=user.get_username(),
        at=timezone.now(),
        plan={"act": act.name, "parameters": dict(parameters), "ids": ids},
        total=len(ids),
        **values,
    )


def preview(planned: Operation, *, user: User) -> Preview:
    """Returns what a plan would do now. Its examples are tried and rolled back."""
    act, parameters, ids = _parts(planned)
    refusals: Refusals = {}
    for some in in_parts(ids):
        refusals |= act.refusals(parameters, some)
    rest = [pk for pk in ids if pk not in refusals]
    by_reason: dict[str, list[int]] = {}
    for pk in ids:
        if pk in refusals:
            by_reason.setdefault(refusals[pk], []).append(pk)
    refused = tuple(
        Refused(reason, len(of_reason), tuple(_in_order(of_reason[:MAX_EXAMPLES], user)))
        for reason, of_reason in by_reason.items()
    )
    return Preview(len(ids), len(rest), _try_out(planned, rest[:MAX_EXAMPLES], user), refused)


def _try_out(planned: Operation, ids: Sequence[int], user: User) -> tuple[Example, ...]:
    act, parameters, _ = _parts(planned)
    articles = _in_order(ids, user)
    before = take_snapshot(Article, ids)
    with transaction.atomic():
        with operation(act.kind, user_name="", label="") as trial:
            trial.watch(Article, ids)
            act.apply(parameters, ids, trial)
        after = take_snapshot(Article, ids)
        transaction.set_rollback(True)
    return tuple(Example(article, _differences(before, after, article.pk)) for article in articles)


def _differences(before: ValueSnapshot, after: ValueSnapshot, pk: int) -> tuple[tuple[str, str, str], ...]:
    old, new = before.values[pk], after.values.get(pk, {})
    return tuple((field_label(Article, name), old[name], new[name]) for name in new if old[name] != new[name])


def _in_order(ids: Sequence[int], user: User) -> list[Article]:
    rows = {row.pk: row for row in visible(Article.objects.filter(pk__in=ids), user)}
    return [rows[pk] for pk in ids if pk in rows]


def confirm(planned: Operation) -> Literal["begun", "begun before"]:
    """Begins what a plan says; a second press of the button begins nothing. Raises BulkActError if it is gone."""
    began = Operation.objects.filter(pk=planned.pk, state=Operation.State.PLANNED)
    if began.update(state=Operation.State.WAITING, at=timezone.now(), capture_to=last_capture()):
        return "begun"
    if not Operation.objects.filter(pk=planned.pk).exists():
        raise BulkActError("The plan is a day old and was forgotten. Select the articles again.")
    return "begun before"


def discard(planned: Operation) -> bool:
    """Forgets a plan; returns whether it was still one."""
    return bool(Operation.objects.filter(pk=planned.pk, state=Operation.State.PLANNED).delete()[0])


def ask_to_stop(running: Operation) -> bool:
    """Has an act end after the batch that is under way; returns whether it was under way."""
    return bool(Operation.objects.filter(pk=running.pk, state__in=_OPEN_STATES).update(stop_asked=True))


def go_on(ended: Operation) -> bool:
    """Has an act that stopped or failed do the rest; returns whether there is any."""
    stopped = Q(state__in=(Operation.State.STOPPED, Operation.State.FAILED), undone_by=None)
    ready = Operation.objects.filter(stopped, pk=ended.pk).exclude(plan=None)
    return bool(ready.update(state=Operation.State.WAITING, stop_asked=False, message="", finished=None))


def work_on() -> bool:
    """Does the next batch of what was begun first; returns whether there was any.

    Faults end the act, with a message.
    """
    waiting = Operation.objects.filter(state__in=_OPEN_STATES).order_by("pk").first()
    if waiting is None:
        return False
    do_batch(waiting)
    return True


def do_batch(waiting: Operation) -> None:
    """Does the next batch of an act, or an act that is whole, as far as others have not done it meanwhile.

    In one transaction.
    """
    try:
        with operation(_act_of(waiting).kind, user_name="", label="", part_of=waiting) as part:
            waiting.refresh_from_db()
            if waiting.state in _OPEN_STATES:
                _do_batch(waiting, part)
    except Exception as error:
        known = isinstance(error, ArchiveError) or bool(explain_storage_fault(error))
        logger.error("Failed: %s: %s", waiting, error, exc_info=None if known else error)
        message = explain_storage_fault(error) or (str(error) if known else "The program failed; its log says more.")
        _end(waiting, Operation.State.FAILED, message)


def _do_batch(waiting: Operation, part: Act) -> None:
    act = _act_of(waiting)
    parameters: Parameters = (waiting.plan or {})["parameters"]
    user = get_user_model().objects.filter(username=waiting.user_name, is_active=True).first()
    if waiting.stop_asked:
        _end(waiting, Operation.State.STOPPED, "Stopped by a person.")
        return
    if user is None or not user.has_perm(act.permission_for(parameters)):
        _end(waiting, Operation.State.STOPPED, f"{waiting.user_name} may not do this any more.")
        return
    if isinstance(act, WholeAct):
        act.carry_out(parameters, part)
        waiting.position = waiting.total
    else:
        _change(waiting, act, part, user)
    waiting.state = Operation.State.RUNNING
    waiting.save(update_fields=["position", "refused", "state"])
    if waiting.position >= waiting.total:
        _end(waiting, Operation.State.DONE)


def _change(waiting: Operation, act: BulkAct, part: Act, user: User) -> None:
    """Changes the articles of the next batch, and says in the operation how far it is."""
    _, parameters, ids = _parts(waiting)
    batch = ids[waiting.position : waiting.position + BATCH_ROWS]
    present = Article.objects.filter(pk__in=batch)
    seen = set((present if act.takes_hidden else visible(present, user)).values_list("pk", flat=True))
    refusals = dict.fromkeys((pk for pk in batch if pk not in seen), "it was deleted or hidden meanwhile")
    refusals |= act.refusals(parameters, [pk for pk in batch if pk in seen])
    changing = [pk for pk in batch if pk not in refusals]
    part.watch(Article, changing)
    refusals |= act.apply(parameters, changing, part)
    waiting.position += len(batch)
    waiting.refused = _with_refused(waiting.refused, refusals)


def _with_refused(listed: list[Any], refusals: Refusals) -> list[Any]:
    """Returns what was refused so far: for each reason the number of articles and the first of them."""
    found = {reason: (count, first) for reason, count, first in listed}
    for reason, count in Counter(refusals.values()).items():
        before, first = found.get(reason, (0, []))
        more = [pk for pk, why in refusals.items() if why == reason]
        found[reason] = (before + count, [*first, *more][:_MAX_REFUSED_LISTED])
    return [[reason, count, first] for reason, (count, first) in found.items()]


def _end(ended: Operation, state: Operation.State, message: str = "") -> None:
    values = {"state": state, "message": message, "finished": timezone.now()}
    Operation.objects.filter(pk=ended.pk).update(**values)
    for name, value in values.items():
        setattr(ended, name, value)


def _act_of(planned: Operation) -> BulkAct | WholeAct:
    if not planned.plan:
        raise BulkActError("It is no act in batches.")
    if planned.plan["act"] not in _ACTS:
        raise BulkActError(f"This release knows no act {planned.plan['act']!r}.")
    return _ACTS[planned.plan["act"]]


def _parts(planned: Operation) -> tuple[BulkAct, Parameters, list[int]]:
    act = _act_of(planned)
    if isinstance(act, WholeAct):
        raise BulkActError("It is no act in batches.")
    stored: dict[str, Any] = planned.plan or {}
    return act, stored["parameters"], stored["ids"]
