"""What is pending is indexed beside the server, whoever failed to index it."""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.utils import timezone

from archive.models import Article, Change, pending_changes, record_changes
from search.engines.contract import BusyError
from search.index import following, sync
from search.index.current import engine
from search.results.answers import Answer
from tests.conftest import SEED

pytestmark = pytest.mark.django_db
Ask = Callable[..., Answer]


def follow(*steps: Callable[[], object]) -> list[float]:
    """Follows the record, with a step in each wait; returns how long the waits were to be."""
    waits: list[float] = []
    left: Iterator[Callable[[], object]] = iter((*steps, lambda: None))

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        step = next(left, None)
        if step:
            step()
        return step is not None

    following.follow(wait)
    return waits


def test_change_of_a_process_that_was_killed_after_its_commit_is_indexed(
    ingest_file: Callable[..., Any], ask: Ask
) -> None:
    follow(lambda: ingest_file(SEED))
    assert ask("prisoner exchange").articles == 1
    assert not pending_changes().exists()


def test_changes_are_indexed_as_they_come_in(seed: Article, ask: Ask) -> None:
    found: list[int] = []

    def rename(headline: str) -> None:
        found.append(ask(f"headline:{Article.objects.get().headline}").total)
        Article.objects.update(headline=headline)
        record_changes([seed.pk])

    follow(lambda: rename("Quokka"), lambda: rename("Numbat"))
    assert all([*found, ask("headline:numbat").total])


def test_article_appears_when_its_embargo_ends(seed: Article, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    now = timezone.now()
    Article.objects.update(embargo=now + timedelta(hours=1))
    record_changes([seed.pk])
    follow()
    assert not ask("").total
    follow(lambda: monkeypatch.setattr(timezone, "now", lambda: now + timedelta(hours=2)))
    assert ask("").total


@pytest.mark.usefixtures("empty_index")
@pytest.mark.parametrize(
    "act", [follow, lambda: call_command("ingest", str(SEED)), lambda: call_command("index", "update")]
)
def test_index_that_another_process_has_is_waited_for(
    ingest_file: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]
) -> None:
    ingest_file(SEED)
    waited: list[float] = []
    write = engine().write

    def count_wait(*, wait_seconds: float) -> Any:
        waited.append(wait_seconds)
        return write(wait_seconds=wait_seconds)

    monkeypatch.setattr(engine(), "write", count_wait)
    act()
    assert waited == [600.0]


@pytest.mark.parametrize("error", [BusyError("busy"), OperationalError("away"), RuntimeError("a fault")])
def test_error_is_logged_and_tried_again_more_and_more_seldom(
    ingest_file: Callable[..., Any],
    ask: Ask,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
) -> None:
    ingest_file(SEED)

    def fail(*args: object, **options: object) -> int:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(following, "drain", fail)
        patched.setattr(connection, "close", lambda: None)  # the test goes on with it
        waits = follow(*[lambda: None] * 9)
    assert waits[:4] == [2, 4, 8, 16]
    assert max(waits) == waits[-1] == 60
    assert str(error) in caplog.text
    assert ("Traceback" in caplog.text) is isinstance(error, RuntimeError)
    assert follow(lambda: None) == [2, 2, 2]
    assert ask("prisoner exchange").articles == 1


@pytest.mark.parametrize("ingests", [True, False])
def test_beside_an_ingest_it_indexes_more_often_and_counts_no_names(
    monkeypatch: pytest.MonkeyPatch, ingests: bool
) -> None:
    counted: list[bool] = []
    monkeypatch.setattr(following, "is_ingesting", lambda: ingests)
    monkeypatch.setattr("archive.naming.weigh_if_changed", lambda: counted.append(True))
    waits = follow(lambda: None)
    assert (bool(counted), waits[1:]) == ((False, [0.5, 0.5]) if ingests else (True, [2, 2]))


class FakeTime(NamedTuple):
    """A clock that does not wait."""

    monotonic: Callable[[], float]
    sleep: Callable[[float], None]


def test_command_ends_when_the_server_is_gone(
    ingest_file: Callable[..., Any], ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest_file(SEED)
    parents = iter([42] * 6)
    clock = iter(range(1000))
    monkeypatch.setattr("os.getppid", lambda: next(parents, 1))
    monkeypatch.setattr("search.management.commands.index.time", FakeTime(lambda: next(clock), lambda seconds: None))
    call_command("index", "follow", beside=42)
    assert next(parents, None) is None
    assert ask("prisoner exchange").articles == 1


def test_start_follows_the_record_beside_the_server(
    seed: Article, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    started: list[list[str]] = []
    lowered: list[int] = []

    def start(command: list[str]) -> SimpleNamespace:
        started.append(command)
        return SimpleNamespace(pid=4242)

    monkeypatch.setattr("subprocess.Popen", start)
    monkeypatch.setattr("os.setpriority", lambda which, process, niceness: lowered.append(process))
    monkeypatch.setattr("os.execv", lambda program, command: started.append(command))
    call_command("start", "--port", "8765")
    follower, server = started
    assert follower[2:] == ["index", "follow", "--beside", str(os.getpid())]
    assert Path(follower[1]).name == "manage.py"
    assert "gunicorn" in server
    assert lowered == [4242]


def test_start_leaves_what_is_pending_to_the_follower_while_the_index_is_locked(
    seed: Article, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    record_changes([seed.pk])
    monkeypatch.setattr(sync.drain, "__kwdefaults__", {**(sync.drain.__kwdefaults__ or {}), "wait_seconds": 0.0})
    with engine().write():
        call_command("start", "--no-serve")
    assert "Another process is writing to the index" in capsys.readouterr().err
    assert Change.objects.filter(done=None).count() == 1


def test_a_second_follower_ends_at_once(ingest_file: Callable[..., Any], capsys: pytest.CaptureFixture[str]) -> None:
    ingest_file(SEED)
    with following.only_follower() as is_only:
        assert is_only
        call_command("index", "follow")
    assert "Another process follows" in capsys.readouterr().err
    assert pending_changes().exists()
    with following.only_follower() as is_only:
        assert is_only
