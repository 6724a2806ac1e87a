"""Does acts of curators: small ones within the request, large ones beside it."""

from collections.abc import Mapping
from threading import Thread
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from ..durable_files import is_locked
from ..models import Operation
from ..operations import BulkAct, WholeAct, begin, begin_whole, do_batch, work_on

# Acts on more articles than these are done beside the request, and so is their undo.
MAX_AT_ONCE = 500


def do_act(begun: Operation) -> None:
    """Does a small act now. A large one is left to the process that follows the record, or to a thread."""
    if begun.total <= MAX_AT_ONCE:
        do_batch(begun)
    elif not is_locked(settings.FOLLOWER_LOCK):
        Thread(target=_work_beside, name="operations", daemon=True).start()


def begin_beside(
    request: HttpRequest, act: WholeAct, parameters: Mapping[str, Any], *, label: str, total: int
) -> Operation | None:
    """Begins an act on `total` articles, if these are too many for the request to wait; None if they are not."""
    if total <= MAX_AT_ONCE:
        return None
    begun = begin_whole(act, parameters, label=label, total=total, user=request.user)
    do_act(begun)
    return begun


def begin_in_batches(
    request: HttpRequest, act: BulkAct, parameters: Mapping[str, Any], ids: QuerySet[Any, int]
) -> Operation | None:
    """Begins an act on these articles, batch by batch, if they are too many for the request; None if they are not."""
    if ids.count() <= MAX_AT_ONCE:
        return None
    begun = begin(act, parameters, ids, user=request.user)
    do_act(begun)
    return begun


def address_of(subject: Operation, view: str = "change") -> str:
    """Returns the page of an operation."""
    return reverse(f"admin:archive_operation_{view}", args=[subject.pk])


def _work_beside() -> None:
    """Works through all acts that were begun, in a thread."""
    try:
        while work_on():
            pass
    finally:
        connection.close()
