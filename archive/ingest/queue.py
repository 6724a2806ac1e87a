"""Uploads that are ingested beside the server, by the process that follows the record.

A page writes a run that waits, with the folder of its upload (`enqueue`); the follower does a part of the first such
run at a time (`work_on_runs`), so that the index keeps up meanwhile. A run goes on when the browser has left, and
after a restart: at the file at which it was. Whoever asks for it stops it. `search` calls `work_on_runs`.
"""

import logging
import os
import time
from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings
from django.utils import timezone

from .. import uploads
from ..durable_files import is_locked
from ..items import storable
from ..models import IngestRun
from .files import Stream, read_path
from .options import IntakeError, IntakeOptions
from .runs import StoppedError, close_killed_runs, ingest_streams, resume_run

logger = logging.getLogger(__name__)

# Then what came in is indexed.
_PART_SECONDS = 2.0
# A run names its upload by the first files.
_MAX_NAMED_FILES = 5


def is_served() -> bool:
    """Whether a process works on runs that wait."""
    return is_locked(settings.FOLLOWER_LOCK)


def enqueue(upload: uploads.HeldUpload, *, user_id: int) -> IngestRun:
    """Returns a run that waits, which owns the claimed upload from now on."""
    return IngestRun.objects.create(
        started=timezone.now(),
        state=IngestRun.State.WAITING,
        origin=storable(f"upload of {origin_of(upload.names)}"),
        user_id=user_id,
        options=dict(upload.options),
        upload=upload.folder.name,
        file_count=len(upload.names),
    )


def origin_of(names: Sequence[str]) -> str:
    """Returns how a run names the files of an upload."""
    listed = ", ".join(names[:_MAX_NAMED_FILES])
    unlisted = len(names) - _MAX_NAMED_FILES
    return f"{listed} and {unlisted:,} more" if unlisted > 0 else listed


def streams_of(upload: uploads.HeldUpload, options: IntakeOptions, *, first: int = 0) -> Iterator[Stream]:
    """Yields the items of the files of an upload, from this file on."""
    for name, path in upload.files[first:]:
        hints = options.hints(name)
        yield Stream(read_path(path, hints), hints, path)


# The run that this process is at, with what is left of it.
_current: list[tuple[IngestRun, uploads.HeldUpload, Iterator[Any]]] = []


def work_on_runs() -> bool:
    """Ingests for some seconds from the first upload that waits; returns whether there was any.

    Call it in one process only. What a killed process left is begun where it was.
    """
    if not _current and not _open_next():
        return False
    run, upload, outcomes = _current[0]
    end = time.monotonic() + _PART_SECONDS
    os.utime(upload.folder)
    try:
        for _ in outcomes:
            if time.monotonic() >= end:
                return True
    except StoppedError as error:
        logger.error("%s", error)
    except BaseException:
        _current.clear()
        raise
    _current.clear()
    run.refresh_from_db()
    uploads.release(upload)
    return True


def _open_next() -> bool:
    """Opens the first run that has an upload and is at its beginning, or was left by a killed process."""
    close_killed_runs()
    left = IngestRun.objects.exclude(upload="").filter(state__in=[IngestRun.State.WAITING, IngestRun.State.KILLED])
    for run in left.order_by("pk"):
        upload = uploads.reclaim(run.upload)
        if upload is None or run.stop_requested:
            IngestRun.objects.filter(pk=run.pk).update(upload="", state=IngestRun.State.STOPPED)
            if upload:
                uploads.release(upload)
            continue
        try:
            options = IntakeOptions.from_texts(upload.options)
        except IntakeError as error:
            logger.error("Run %s cannot be read: %s", run.pk, error)
            IngestRun.objects.filter(pk=run.pk).update(upload="", state=IngestRun.State.STOPPED)
            continue
        resume_run(run)
        streams = streams_of(upload, options, first=run.files_done)
        _current.append((run, upload, ingest_streams(streams, options, run=run)))
        return True
    return False
