"""Runs: a failing reader, a full disk and an early end, and what the run keeps of them."""

import gzip
import json
import logging
from collections.abc import Iterator

import pytest
from django.db import OperationalError

from archive.ingest import recording
from archive.ingest.files import Stream
from archive.ingest.options import IntakeOptions
from archive.ingest.preview import preview_files
from archive.ingest.runs import StoppedError, ingest_streams, start_run
from archive.items import Item
from archive.models import Article, Capture

from .documents import FIRE, streams

pytestmark = pytest.mark.django_db


def test_a_reader_that_fails_stops_no_other_file(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(items: Iterator[Item]) -> Iterator[Item]:
        yield next(items)
        raise KeyError("a bug")

    def two_files() -> Iterator[Stream]:
        (items, hints), *rest = streams(gzip.compress(json.dumps(FIRE).encode()), {"headline": "Flood", "text": "B."})
        yield broken(iter(items)), hints
        yield from rest

    with caplog.at_level(logging.ERROR):
        files = list(preview_files(two_files(), IntakeOptions(), max_listed=5))
        assert [(file.read, file.rejected) for file in files] == [(1, 1), (1, 0)]
        run = start_run("test")
        outcomes = [outcome for _, outcome in ingest_streams(two_files(), IntakeOptions(), run=run)]
    assert [outcome.status for outcome in outcomes] == ["new", "rejected", "new"]
    assert "KeyError" in outcomes[1].reason
    assert "KeyError: 'a bug'" in caplog.text
    assert run.finished


def test_run_that_ends_early_stays_open_with_its_counts() -> None:
    run = start_run("test")
    outcomes = ingest_streams(streams(FIRE, b"[]", {**FIRE, "headline": "Flood"}), IntakeOptions(), run=run)
    next(outcomes)
    next(outcomes)
    run.refresh_from_db()
    assert (run.new, run.rejected, run.finished, Capture.objects.count()) == (1, 1, None, 1)
    outcomes.close()  # type: ignore[attr-defined]
    run.refresh_from_db()
    assert (run.new, run.rejected, run.finished) == (1, 1, None)


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
