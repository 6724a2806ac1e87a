"""Runs: opens them, ingests streams of items into the record, closes them.

A run keeps the counts and problems of one call of the command or one upload in the admin. A file in the home is locked
as long as it runs, so that a run whose process was killed is known. Both use this through the face of `ingest`.
"""

import fcntl
import logging
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone

from ..annotating import Fault, annotator
from ..capture_files import sweep_unfinished
from ..durable_files import is_locked
from ..errors import ArchiveError
from ..finding import FinderError
from ..items import Hints, storable
from ..models import IngestRun, Problem
from ..rejected_files import keep_file
from ..storage_faults import explain_damage
from .ahead import steps_ahead
from .files import Stream
from .options import IntakeOptions
from .recording import Outcome, StorageError, record_steps
from .steps import FileEnd, Step

logger = logging.getLogger(__name__)


class StoppedError(ArchiveError):
    """The archive cannot store what it reads; the message says at which document, why, and the cure."""


def start_run(
    origin: str, *, user_id: int | None = None, options: Mapping[str, str] | None = None, **values: Any
) -> IngestRun:
    """Opens a run; `origin` names the paths or the upload, `values` are of further columns.

    Closes what killed runs have left open.
    """
    close_killed_runs()
    sweep_unfinished()
    # Nobody sees the run before it is locked.
    with transaction.atomic():
        run = IngestRun.objects.create(
            started=timezone.now(), origin=storable(origin), user_id=user_id, options=dict(options or {}), **values
        )
        _lock(run)
    return run


def resume_run(run: IngestRun) -> None:
    """Opens a run that waits, or whose process was killed, in this process."""
    _lock(run)
    IngestRun.objects.filter(pk=run.pk).update(state=IngestRun.State.RUNNING)
    run.state = IngestRun.State.RUNNING


def request_stop(run: IngestRun) -> None:
    """Asks a run to stop after the document that it records. One that waits is stopped at once."""
    waiting = IngestRun.objects.filter(pk=run.pk, state=IngestRun.State.WAITING)
    if not waiting.update(state=IngestRun.State.STOPPED, stop_requested=True):
        IngestRun.objects.filter(pk=run.pk, state=IngestRun.State.RUNNING).update(stop_requested=True)


def is_ingesting() -> bool:
    """Whether a run goes on, as far as is known. One query."""
    return IngestRun.objects.filter(state=IngestRun.State.RUNNING).exists()


def _is_stopped(run: IngestRun) -> bool:
    """Whether somebody asked the run to stop. One query by its number."""
    return IngestRun.objects.filter(pk=run.pk, stop_requested=True).exists()


def _keep_rejected(run: IngestRun, name: str, path: Path | None, *, any_rejected: bool) -> None:
    """Keeps the bytes of a file in which something was rejected, so that it can be tried again.

    Where they cannot be kept, the problem itself is recorded all the same.
    """
    if not (path and any_rejected):
        return
    try:
        kept = keep_file(path)
    except OSError as error:
        logger.warning("The bytes of %r are not kept for another attempt: %s", name, error)
        return
    if kept:
        sha256, size_bytes = kept
        problems = run.problems.filter(level=Problem.Level.REJECTED, origin=name, sha256="")
        problems.update(sha256=sha256, size_bytes=size_bytes)


def _annotate(run: IngestRun, step: Callable[[], Iterable[Fault]]) -> None:
    """Takes a step of annotating what was recorded. The documents are whole, whatever becomes of it.

    Texts on which the rules failed are listed. Where no process can be started, the texts wait.
    """
    try:
        faults = step()
    except FinderError as error:
        logger.error("Not annotated yet: %s `manage.py annotate --stale` goes on.", error)
        return
    for fault in faults:
        reason = f"kept whole, but the rules that find names and statements failed on a section: {fault.reason}"
        Problem.objects.create(
            run=run, level=Problem.Level.NOTE, origin=run.origin, reason=reason, article_id=fault.article_id
        )


def finish_run(run: IngestRun) -> None:
    """Closes a run that came to its end."""
    run.finished = timezone.now()
    _close(run, IngestRun.State.FINISHED)


def close_killed_runs() -> None:
    """Marks the runs that are open and whose process has ended. One query, and one more for each of them."""
    for run in IngestRun.objects.filter(state=IngestRun.State.RUNNING):
        if state_of(run) is IngestRun.State.KILLED:
            IngestRun.objects.filter(pk=run.pk, state=IngestRun.State.RUNNING).update(state=IngestRun.State.KILLED)
            _lock_path(run).unlink(missing_ok=True)


def state_of(run: IngestRun) -> IngestRun.State:
    """Returns the state of a run as it is now: an open run whose process has ended was killed. No query."""
    is_open = run.state == IngestRun.State.RUNNING
    return IngestRun.State.KILLED if is_open and not is_locked(_lock_path(run)) else IngestRun.State(run.state)


# The locks of the runs of this process, by the number of the run. The system frees them when the process ends.
_locks: dict[int, int] = {}


def _lock_path(run: IngestRun) -> Path:
    return Path(settings.RUNS_DIR) / f"{run.pk}.lock"


def _lock(run: IngestRun) -> None:
    # After a rollback, SQLite gives the number of a run again: its file, perhaps locked, is not that of this run.
    _unlock(run)
    path = _lock_path(run)
    path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    _locks[run.pk] = os.open(path, os.O_RDWR | os.O_CREAT, 0o660)
    fcntl.flock(_locks[run.pk], fcntl.LOCK_EX)


def _close(run: IngestRun, state: IngestRun.State) -> None:
    run.state = state
    run.save(update_fields=["state", "finished"])
    _unlock(run)


def _unlock(run: IngestRun) -> None:
    if (handle := _locks.pop(run.pk, None)) is not None:
        _lock_path(run).unlink(missing_ok=True)
        os.close(handle)


def ingest_streams(
    streams: Iterable[Stream], options: IntakeOptions, *, run: IngestRun
) -> Iterator[tuple[Hints, Outcome]]:
    """Ingests each item of each file, yields what became of it, and closes the run.

    Raises StoppedError where disk or database store no more; what was ingested before is kept and counted.
    """
    name = ""
    files = _Files(run)
    try:
        with annotator() as annotating, closing(steps_ahead(streams)) as steps:
            for done in record_steps(steps, run=run, captured=options.capture_time()):
                for step, outcomes in done:
                    name = step.hints.name
                    for outcome in outcomes:
                        if outcome.article_id:
                            _annotate(run, partial(annotating.add, outcome.article_id))
                        yield step.hints, outcome
                    files.take(step, outcomes)
                files.save()
                if any(outcomes for _, outcomes in done) and _is_stopped(run):
                    files.keep_rejected()
                    _annotate(run, annotating.finish)
                    return
            _annotate(run, annotating.finish)
        finish_run(run)
    except StorageError as error:
        raise _stopped(error.name, error.cause) from error
    except (OSError, DatabaseError) as error:
        raise _stopped(name, error) from error
    finally:
        if run.state == IngestRun.State.RUNNING:
            # Where the database is what failed, the run counts as killed from now on.
            with suppress(DatabaseError):
                _close(run, IngestRun.State.STOPPED)
            _unlock(run)


class _Files:
    """The files of a run as far as they are recorded: which is the current one, and how many are done."""

    def __init__(self, run: IngestRun) -> None:
        self._run = run
        self._saved = run.files_done
        self._current: Step | None = None
        self._any_rejected = False

    def take(self, step: Step, outcomes: Iterable[Outcome]) -> None:
        """Notes what became of a step."""
        self._current = step
        self._any_rejected |= any(outcome.status == "rejected" for outcome in outcomes)
        if isinstance(step.item, FileEnd):
            self.keep_rejected()
            self._run.files_done += 1
            self._any_rejected = False

    def keep_rejected(self) -> None:
        """Keeps the bytes of the current file if something in it was rejected."""
        if self._current:
            _keep_rejected(self._run, self._current.hints.name, self._current.path, any_rejected=self._any_rejected)

    def save(self) -> None:
        """Writes how many files are done. One query where some came to their end since."""
        if self._run.files_done != self._saved:
            IngestRun.objects.filter(pk=self._run.pk).update(files_done=self._run.files_done)
            self._saved = self._run.files_done


def _stopped(name: str, error: BaseException) -> StoppedError:
    """Returns the error of a run at a file that the archive's own disk or database cannot store.

    A file that cannot be read was rejected before it came here.
    """
    reason = (error.strerror if isinstance(error, OSError) else "") or str(error).partition("\n")[0]
    cure = explain_damage(error) or "Solve that and ingest the same again: the rest is added."
    return StoppedError(
        f"Stopped at {name}, which cannot be stored in {settings.ARCHIVE_HOME}: {reason}. What came before it is "
        f"in the archive. {cure}"
    )
