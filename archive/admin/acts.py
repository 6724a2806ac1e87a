"""Does acts of curators: small ones within the request, large ones beside it."""

from threading import Thread

from django.conf import settings
from django.db import connection
from django.urls import reverse

from ..durable_files import is_locked
from ..models import Operation
from ..operations import do_batch, work_on

# Acts on more articles than these are done beside the request, and so is their undo.
MAX_AT_ONCE = 500


def do_act(begun: Operation) -> None:
    """Does a small act now. A large one is left to the process that follows the record, or to a thread."""
    if begun.total <= MAX_AT_ONCE:
        do_batch(begun)
    elif not is_locked(settings.FOLLOWER_LOCK):
        Thread(target=_work_beside, name="operations", daemon=True).start()


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
