"""Runs: opens them, ingests streams of items into the record, closes them.

A run keeps the counts and problems of one call of the command or one upload in the admin. Both use this through the
face of `ingest`.
"""

from collections.abc import Iterable, Iterator

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from ..errors import ArchiveError
from ..items import Hints, storable
from ..models import IngestRun
from .files import Stream, guard_reader
from .options import IntakeOptions
from .recording import Outcome, ingest_items


class StoppedError(ArchiveError):
    """The archive cannot store what it reads; the message says at which document, why, and the cure."""


def start_run(origin: str, *, user_id: int | None = None) -> IngestRun:
    """Opens a run; `origin` names the paths or the upload."""
    return IngestRun.objects.create(started=timezone.now(), origin=storable(origin), user_id=user_id)


def finish_run(run: IngestRun) -> None:
    """Closes a run. A run that stops early stays open, with the counts so far."""
    run.finished = timezone.now()
    run.save(update_fields=["finished"])


def ingest_streams(
    streams: Iterable[Stream], options: IntakeOptions, *, run: IngestRun
) -> Iterator[tuple[Hints, Outcome]]:
    """Ingests each item of each file, yields what became of it, and closes the run at the end.

    Raises StoppedError where disk or database store no more; what was ingested before is kept and counted.
    """
    captured = options.capture_time()
    name = ""
    try:
        for items, hints in streams:
            name = hints.name
            for outcome in ingest_items(guard_reader(items, name), hints, run=run, captured=captured):
                yield hints, outcome
        finish_run(run)
    except (OSError, DatabaseError) as error:
        # A file that cannot be read was rejected before it came here: this is the archive's own disk or database.
        reason = (error.strerror if isinstance(error, OSError) else "") or str(error).partition("\n")[0]
        raise StoppedError(
            f"Stopped at {name}, which cannot be stored in {settings.ARCHIVE_HOME}: {reason}. What came before it is "
            "in the archive. Solve that and ingest the same again: the rest is added."
        ) from error
