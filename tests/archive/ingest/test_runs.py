"""Runs: a failing reader, a full disk and an early end, and what the run keeps of them."""

import gzip
import io
import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.urls import reverse

from archive.ingest import recording, runs
from archive.ingest.files import Stream
from archive.ingest.options import IntakeOptions
from archive.ingest.preview import preview_files
from archive.ingest.runs import StoppedError, close_killed_runs, finish_run, ingest_streams, start_run, state_of
from archive.items import Item
from archive.models import Article, ArticleVersion, Capture, IngestRun

from .documents import FIRE, streams

pytestmark = pytest.mark.django_db


def test_a_reader_that_fails_stops_no_other_file(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(items: Iterator[Item]) -> Iterator[Item]:
        yield next(items)
        raise KeyError("a bug")

    def two_files() -> Iterator[Stream]:
        (items, hints, _), *rest = streams(
            gzip.compress(json.dumps(FIRE).encode()), {"headline": "Flood", "text": "B."}
        )
        yield Stream(broken(iter(items)), hints)
        yield from rest

    with caplog.at_level(logging.ERROR):
        files = list(
            preview_files(two_files(), IntakeOptions(), max_listed=5, known_versions=ArticleVersion.objects.all())
        )
        assert [(file.read, file.rejected) for file in files] == [(1, 1), (1, 0)]
        run = start_run("test")
        outcomes = [outcome for _, outcome in ingest_streams(two_files(), IntakeOptions(), run=run)]
    assert [outcome.status for outcome in outcomes] == ["new", "rejected", "new"]
    assert "KeyError" in outcomes[1].reason
    assert "KeyError: 'a bug'" in caplog.text
    assert run.finished


def test_run_that_ends_early_keeps_its_counts() -> None:
    run = start_run("test")
    outcomes = ingest_streams(streams(FIRE, b"[]", {**FIRE, "headline": "Flood"}), IntakeOptions(), run=run)
    next(outcomes)
    next(outcomes)
    run.refresh_from_db()
    assert (run.new, run.rejected, run.finished, Capture.objects.count()) == (1, 1, None, 1)
    outcomes.close()  # type: ignore[attr-defined]
    run.refresh_from_db()
    assert (run.new, run.rejected, run.finished, run.state) == (1, 1, None, IngestRun.State.STOPPED)


@pytest.mark.parametrize("stored_by", ["store_bytes", "record_changes"])
@pytest.mark.parametrize("error", [OSError(28, "No space left"), OperationalError("No space left\nat all")])
def test_full_disk_or_database_stops_the_run_and_says_where(
    monkeypatch: pytest.MonkeyPatch, stored_by: str, error: Exception
) -> None:
    run = start_run("test")
    outcomes = ingest_streams(streams(FIRE, {**FIRE, "headline": "Flood"}, FIRE), IntakeOptions(), run=run)
    next(outcomes)

    def fail(*args: object) -> None:
        raise error

    monkeypatch.setattr(recording, stored_by, fail)
    with pytest.raises(
        StoppedError, match=r"^Stopped at 1\.json, which .*: No space left\. What came before it is in the archive"
    ):
        next(outcomes)
    run.refresh_from_db()
    assert (run.new, run.finished, Article.objects.count()) == (1, None, 1)


def kill(run: IngestRun) -> None:
    """Frees the lock of a run, as the system does when its process is killed."""
    os.close(runs._locks.pop(run.pk))


def test_run_is_running_until_it_is_closed() -> None:
    run = start_run("test")
    close_killed_runs()
    run.refresh_from_db()
    assert state_of(run) is IngestRun.State.RUNNING
    list(ingest_streams(streams(FIRE), IntakeOptions(), run=run))
    run.refresh_from_db()
    assert (run.state, state_of(run)) == ("finished", IngestRun.State.FINISHED)
    assert not list(Path(settings.RUNS_DIR).iterdir())


@pytest.mark.parametrize("act", ["ingest", "start"])
def test_killed_run_is_closed_as_such_by_the_next(act: str, tmp_path: Path) -> None:
    run, other = start_run("killed"), start_run("running")
    kill(run)
    assert state_of(run) is IngestRun.State.KILLED
    if act == "ingest":
        path = tmp_path / "a.jsonl"
        path.write_text(json.dumps(FIRE))
        call_command("ingest", str(path), stderr=io.StringIO(), stdout=io.StringIO())
    else:
        call_command("start", "--no-serve", stdout=io.StringIO())
    states = dict(IngestRun.objects.values_list("origin", "state"))
    assert (states["killed"], states["running"]) == ("killed", "running")
    assert state_of(other) is IngestRun.State.RUNNING
    runs.finish_run(other)


def test_run_of_a_record_whose_locks_are_elsewhere_was_killed() -> None:
    """As in an archive that was restored from a backup, which was made while documents came in."""
    run = start_run("test")
    kill(run)
    runs._lock_path(run).unlink()
    assert state_of(run) is IngestRun.State.KILLED


def test_admin_shows_a_killed_run_before_anybody_closes_it(admin_client: Client) -> None:
    run = start_run("test")
    addresses = [
        reverse("admin:archive_ingestrun_changelist"),
        reverse("admin:archive_ingestrun_change", args=[run.pk]),
    ]
    for address in addresses:
        assert "Running" in admin_client.get(address).content.decode()
    kill(run)
    for address in addresses:
        page = admin_client.get(address).content.decode()
        assert "Killed" in page
        assert "Running" not in page


def test_a_number_that_comes_again_after_a_rollback_is_locked_again() -> None:
    with transaction.atomic():
        first = start_run("rolled back")
        transaction.set_rollback(True)
    second = start_run("second")
    # SQLite gives the number again.
    assert connection.vendor != "sqlite" or second.pk == first.pk
    assert state_of(second) is IngestRun.State.RUNNING
    finish_run(second)
