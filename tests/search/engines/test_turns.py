"""Taking turns: places in a lane, who gets them first, and who gets none."""

import threading
from collections.abc import Callable

import pytest

from archive.management.commands import start
from search.engines import turns
from search.engines.contract import ClientGoneError, EngineError, OverloadedError
from search.engines.turns import LANES, Lane, LaneQueue
from search.pages.slots import EXPORT_SLOTS


def never() -> bool:
    return False


class Waiter(threading.Thread):
    """A query of another thread that asks for a place."""

    def __init__(self, queue: LaneQueue, is_gone: Callable[[], bool] = never) -> None:
        super().__init__(daemon=True)
        self.queue = queue
        self.is_gone = is_gone
        self.error: EngineError | None = None
        self.start()

    def run(self) -> None:
        try:
            self.queue.enter(self.is_gone)
        except EngineError as error:
            self.error = error


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits longer than they must."""
    monkeypatch.setattr(turns, "_LOOK_SECONDS", 0.0)
    monkeypatch.setattr(turns, "MAX_WAIT_SECONDS", 0.0)


def until_waiting(queue: LaneQueue, count: int) -> None:
    """Returns once so many threads wait."""
    while len(queue._waiting) < count:
        threading.Event().wait(0.001)


def test_places_are_given_to_the_latest_and_the_first_in_turns() -> None:
    queue = LaneQueue(Lane(0, max_running=1, max_waiting=4))
    queue.enter(never)
    waiters = []
    for number in range(4):
        waiters.append(Waiter(queue))
        until_waiting(queue, number + 1)
    for expected in (3, 0, 2, 1):
        queue.leave()
        waiters[expected].join(10)
        assert not waiters[expected].is_alive()
        assert queue.running == 1
    queue.leave()
    assert queue.running == 0
    assert [waiter.error for waiter in waiters] == [None] * 4


def test_who_finds_too_many_waiting_is_refused_at_once() -> None:
    queue = LaneQueue(Lane(0, max_running=1, max_waiting=1))
    queue.enter(never)
    waiter = Waiter(queue)
    until_waiting(queue, 1)
    with pytest.raises(OverloadedError):
        queue.enter(never)
    queue.leave()
    waiter.join(10)
    assert waiter.error is None


def test_who_has_waited_too_long_is_refused(hurried: None) -> None:
    queue = LaneQueue(Lane(0, max_running=1, max_waiting=1))
    queue.enter(never)
    with pytest.raises(OverloadedError):
        queue.enter(never)
    queue.leave()
    queue.enter(never)
    assert queue.running == 1


def test_whose_reader_is_gone_waits_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "_LOOK_SECONDS", 0.0)
    queue = LaneQueue(Lane(0, max_running=1, max_waiting=1))
    queue.enter(never)
    with pytest.raises(ClientGoneError):
        queue.enter(lambda: True)
    queue.leave()
    assert queue.running == 0


def test_place_that_is_given_at_the_last_moment_is_taken(hurried: None) -> None:
    """The thread is called between the end of its wait and its giving up."""
    queue = LaneQueue(Lane(0, max_running=1, max_waiting=1))
    queue.enter(never)

    def called_meanwhile() -> bool:
        if queue._waiting:
            queue.leave()
        return True

    queue.enter(called_meanwhile)
    assert queue.running == 1
    queue.leave()
    assert queue.running == 0


def test_long_queries_and_exports_leave_threads_for_short_queries() -> None:
    long_queries = sum(lane.max_running + lane.max_waiting for lane in LANES)
    assert long_queries + EXPORT_SLOTS.max_running <= start.THREADS - 4
