"""The process that indexes beside the server: there is one as long as the site runs."""

import errno
import logging
from types import SimpleNamespace
from typing import Any

import pytest

from archive.serving import follower
from archive.serving.follower import CHECK_SECONDS, FollowerWatch
from search.index import only_follower


class Watched:
    """A watch whose time and processes are those of a test."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        self.started: list[Any] = []
        self.error: OSError | None = None
        monkeypatch.setattr(follower, "time", SimpleNamespace(monotonic=lambda: self.now))
        monkeypatch.setattr("subprocess.Popen", self._start)
        monkeypatch.setattr("os.setpriority", lambda which, process, niceness: None)
        self._watch = FollowerWatch()

    def _start(self, command: list[str]) -> Any:
        if self.error:
            raise self.error
        self.started.append(SimpleNamespace(command=command, pid=4242, poll=lambda: None))
        return self.started[-1]

    def look(self) -> int:
        """Looks after the time between two looks, and returns how many processes were started so far."""
        self.now += CHECK_SECONDS
        self._watch.look()
        return len(self.started)


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Watched:
    return Watched(monkeypatch)


def test_a_follower_that_died_is_started_again(watched: Watched) -> None:
    assert watched.look() == 1
    assert watched.started[0].command[2:4] == ["index", "follow"]
    assert watched.look() == 1
    watched.started[0].poll = lambda: -9
    assert watched.look() == 2


def test_the_follower_of_another_process_is_enough(watched: Watched) -> None:
    with only_follower():
        assert watched.look() == 0
    assert watched.look() == 1


def test_a_home_that_can_only_be_read_has_none(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda path, mode: False)
    assert watched.look() == 0


def test_a_machine_without_room_for_a_process_is_asked_again(
    watched: Watched, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    watched.error = OSError(errno.EAGAIN, "Resource temporarily unavailable")
    assert watched.look() == 0
    assert "Pending changes are not indexed" in caplog.text
    watched.error = None
    assert watched.look() == 1
