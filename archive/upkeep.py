"""Long work on the archive as a whole: the index is updated or rebuilt, the bytes of all captures are checked.

A page asks for it (`ask`), and the process that follows the record beside the server does it (`work_on`), so that it
goes on when the browser has left. What a killed process left is done again, or goes on where it was. The start page of
the admin shows how far it is. `search` calls `work_on`; nothing here imports search.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from . import search_port
from .capture_files import find_fault, hashes_after
from .errors import ArchiveError, without_commands
from .models import Capture, Upkeep
from .search_port import IndexProgress
from .storage_faults import explain_storage_fault

logger = logging.getLogger(__name__)

# How often progress is written for the page that shows it.
_REPORT_SECONDS = 1.0
# The captures are checked in parts, between which the index is kept up to date.
_PART_SECONDS = 5.0
# So many faults of a kind are kept by name; all are counted.
MAX_NAMED_FAULTS = 500
_OPEN_STATES = (Upkeep.State.WAITING, Upkeep.State.RUNNING)


# What a check finds wrong with the bytes of captures.
FAULT_WORDS = {
    "damaged": "whose bytes are not those received",
    "missing": "without a file",
    "unreadable": "whose file cannot be read",
}


class WorkStoppedError(ArchiveError):
    """Somebody stopped the work."""


@dataclass(frozen=True)
class Work:
    """A kind of work: the words of its button, what it does, and its function, which returns whether it is done."""

    button: str
    about: str
    run: Callable[[Upkeep], bool]


def ask(kind: Upkeep.Kind, *, user_name: str) -> Upkeep:
    """Returns the work of this kind that is open; if there is none, asks for it. Two queries."""
    try:
        with transaction.atomic():
            return Upkeep.objects.create(kind=kind, requested=timezone.now(), requested_by=user_name)
    except IntegrityError:
        return Upkeep.objects.get(kind=kind, state__in=_OPEN_STATES)


def stop(kind: Upkeep.Kind) -> bool:
    """Stops the work of this kind that is open; returns whether there was any."""
    stopped = Upkeep.objects.filter(kind=kind, state__in=_OPEN_STATES)
    return bool(stopped.update(state=Upkeep.State.STOPPED, finished=timezone.now()))


def latest() -> dict[str, list[Upkeep]]:
    """Returns the last work of each kind: what is open, and what ended last. One query for each kind."""
    found = {}
    for kind in Upkeep.Kind:
        rows = list(Upkeep.objects.filter(kind=kind).order_by("-pk")[:2])
        found[kind.value] = rows[:1] if rows and not rows[0].is_open else rows
    return found


def named_faults(fault: str) -> list[str]:
    """Returns the hashes with this fault that the check which runs has found, or the last one. One query."""
    checks = Upkeep.objects.filter(kind=Upkeep.Kind.CAPTURES).exclude(found={})
    found = checks.order_by("-pk").values_list("found", flat=True).first() or {}
    return list(found.get(fault, {}).get("first", ()))


def work_on() -> bool:
    """Does what was asked for first, or a part of it; returns whether there was anything to do.

    Call it in one process only: what is running there is nobody else's. Faults end the work, with a message.
    """
    work = Upkeep.objects.filter(state__in=_OPEN_STATES).order_by("pk").first()
    if work is None:
        return False
    try:
        _report(work, state=Upkeep.State.RUNNING)
        if WORKS[work.kind].run(work):
            _report(work, state=Upkeep.State.FINISHED, finished=timezone.now())
    except WorkStoppedError:
        logger.info("Stopped: %s", work)
    except Exception as error:
        known = isinstance(error, ArchiveError) or bool(explain_storage_fault(error))
        logger.error("Failed: %s: %s", work, error, exc_info=None if known else error)
        message = explain_storage_fault(error) or (
            without_commands(str(error)) if known else "The program failed; its log says more."
        )
        _report(work, state=Upkeep.State.FAILED, finished=timezone.now(), message=message)
    return True


def _report(work: Upkeep, **values: object) -> None:
    """Writes values of a piece of work. Raises WorkStoppedError if it is open no more."""
    if not Upkeep.objects.filter(pk=work.pk, state__in=_OPEN_STATES).update(**values):
        raise WorkStoppedError
    for name, value in values.items():
        setattr(work, name, value)


def _progress_of(work: Upkeep) -> IndexProgress:
    written = time.monotonic()

    def progress(done: int, total: int) -> None:
        nonlocal written
        if time.monotonic() - written >= _REPORT_SECONDS:
            written = time.monotonic()
            _report(work, done=done, total=total)

    return progress


def _update(work: Upkeep) -> bool:
    articles = search_port.get_search_port().catch_up(_progress_of(work))
    _report(work, done=articles, total=articles)
    return True


def _rebuild(work: Upkeep) -> bool:
    sections = search_port.get_search_port().rebuild(_progress_of(work))
    _report(work, done=sections, total=sections)
    return True


def _check_captures(work: Upkeep) -> bool:
    """Compares the next files with their hashes, in the order of these; those of captures that come meanwhile too."""
    if not work.cursor:
        _report(work, total=Capture.objects.order_by().values("sha256").distinct().count(), found={})
    end = time.monotonic() + _PART_SECONDS
    found = {fault: dict(entry) for fault, entry in work.found.items()}
    done, cursor = work.done, work.cursor
    for sha256 in hashes_after(cursor):
        if fault := find_fault(sha256):
            entry = found.setdefault(fault, {"count": 0, "first": []})
            entry["count"] += 1
            if len(entry["first"]) < MAX_NAMED_FAULTS:
                entry["first"].append(sha256)
        done, cursor = done + 1, sha256
        if time.monotonic() >= end:
            _report(work, done=done, cursor=cursor, found=found)
            return False
    _report(work, done=done, total=done, cursor=cursor, found=found)
    return True


WORKS: Mapping[str, Work] = {
    Upkeep.Kind.UPDATE: Work(
        "Update the index", "Indexes what waits. Searches go on meanwhile, and find it as soon as it is done.", _update
    ),
    Upkeep.Kind.REBUILD: Work(
        "Rebuild the index",
        "Builds a new index of the whole archive. The old one answers until the new one is complete.",
        _rebuild,
    ),
    Upkeep.Kind.CAPTURES: Work(
        "Check now", "Reads the bytes of all captures and compares them with their SHA-256.", _check_captures
    ),
}
