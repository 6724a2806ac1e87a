"""Long work is done beside the server: once at a time, in parts, and again where it was killed."""

import os
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from archive import search_port, upkeep
from archive.annotating import count_known
from archive.models import Article, Capture, Change, IngestRun, Problem, Upkeep, pending_changes, record_changes
from archive.models.captures import capture_path
from archive.upkeep import ask, latest, stop, work_on
from search.index import following
from tests.conftest import SEED

pytestmark = pytest.mark.django_db
Ingest = Callable[..., Any]
KIND = Upkeep.Kind


def finish() -> Upkeep:
    """Works until nothing is left to do, and returns what was done last."""
    for _ in range(100):
        if not work_on():
            return Upkeep.objects.latest("pk")
    raise AssertionError("the work does not end")


def test_index_is_updated_and_rebuilt_on_request(ingest_file: Ingest, seed: Article) -> None:
    Article.objects.update(headline="Quokka")
    record_changes([seed.pk])
    ask(KIND.UPDATE, user_name="lib")
    done = finish()
    assert (done.state, done.done, done.total) == ("finished", 1, 1)
    assert not pending_changes().exists()
    ask(KIND.REBUILD, user_name="lib")
    done = finish()
    assert done.state == "finished"
    assert done.done == search_port.get_search_port().status().indexed > 0


def test_the_same_work_is_asked_for_once(seed: Article) -> None:
    first = ask(KIND.REBUILD, user_name="lib")
    assert ask(KIND.REBUILD, user_name="other") == first
    assert ask(KIND.CAPTURES, user_name="lib") != first
    finish()
    assert ask(KIND.REBUILD, user_name="other") != first


def test_wrong_bytes_of_captures_are_found(ingest_file: Ingest, seed: Article, tmp_path: Any) -> None:
    other = tmp_path / "other.json"
    other.write_text('{"headline": "Flood", "text": "Water."}')
    ingest_file(other)
    damaged, missing = Capture.objects.order_by("sha256").values_list("sha256", flat=True)
    os.chmod(capture_path(damaged), 0o600)
    capture_path(damaged).write_bytes(b"other bytes")
    capture_path(missing).unlink()
    ask(KIND.CAPTURES, user_name="lib")
    done = finish()
    assert (done.state, done.done, done.total) == ("finished", 2, 2)
    assert done.found == {
        "damaged": {"count": 1, "first": [damaged]},
        "missing": {"count": 1, "first": [missing]},
    }


def test_check_goes_on_where_it_was(
    ingest_file: Ingest, seed: Article, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        file = tmp_path / f"{number}.json"
        file.write_text(f'{{"headline": "Flood {number}", "text": "Water."}}')
        ingest_file(file)
    capture_path(Capture.objects.order_by("sha256")[0].sha256).unlink()
    monkeypatch.setattr(upkeep, "_PART_SECONDS", 0.0)
    ask(KIND.CAPTURES, user_name="lib")
    for part in range(1, 5):
        assert work_on()
        assert Upkeep.objects.get().done == part
        # Between two parts the process was killed: the row is what is left of it.
        assert Upkeep.objects.get().state == "running"
    done = finish()
    assert (done.state, done.done, done.found["missing"]["count"]) == ("finished", 4, 1)


def test_work_is_stopped_and_its_page_says_so(seed: Article, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "_REPORT_SECONDS", 0.0)
    before = search_port.get_search_port().status()
    progress_of = upkeep._progress_of

    def stop_at_first(work: Upkeep) -> search_port.IndexProgress:
        report = progress_of(work)

        def progress(done: int, total: int) -> None:
            stop(KIND.REBUILD)
            report(done, total)

        return progress

    monkeypatch.setattr(upkeep, "_progress_of", stop_at_first)
    ask(KIND.REBUILD, user_name="lib")
    assert work_on()
    assert latest()["rebuild"][0].state == "stopped"
    assert search_port.get_search_port().status() == before
    assert not stop(KIND.REBUILD)


def test_work_that_fails_says_why(seed: Article, monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    def fail(work: Upkeep) -> bool:
        raise errors.pop(0)

    errors = [search_port.SearchPortError("The index is busy."), ZeroDivisionError("secret"), OSError(28, "full")]
    works = {**upkeep.WORKS, KIND.REBUILD: upkeep.Work("Rebuild", "", fail)}
    monkeypatch.setattr(upkeep, "WORKS", works)
    messages = []
    while errors:
        ask(KIND.REBUILD, user_name="lib")
        assert work_on()
        failed = Upkeep.objects.latest("pk")
        assert failed.state == "failed"
        messages.append(failed.message)
    assert messages[0] == "The index is busy."
    assert messages[1] == "The program failed; its log says more."
    assert messages[2].startswith("The disk of the archive is full.")


def test_follower_works_and_then_indexes(ingest_file: Ingest) -> None:
    ingest_file(SEED)
    ask(KIND.CAPTURES, user_name="lib")
    waits: list[float] = []

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        return len(waits) < 4

    following.follow(wait)
    assert Upkeep.objects.get().state == "finished"
    assert count_known().waiting == 0
    assert not Change.objects.filter(done=None).exists()
    # After what was asked for, it annotates what waits.
    assert waits[1:3] == [0.0, 0.0]
    assert waits[3] > 0


def test_problem_has_its_kind(db: None) -> None:
    run = IngestRun.objects.create(started=timezone.now(), origin="x")
    problem = Problem.objects.create(run=run, level="note", origin="x", reason="'soon' is no date")
    assert Problem.objects.get(pk=problem.pk).kind == "… is no date"
