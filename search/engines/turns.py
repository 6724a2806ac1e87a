"""Taking turns: how many long queries of a process run at once, so that short ones are answered beside them. Pure.

A query runs at once until it has used some processor time. From then on it needs a place in a lane of LANES. When it
has used more, it leaves that lane for the next. A query that finds no free place waits. One that finds too many
waiting, or waits too long, gets an OverloadedError. No query waits for those that have used far more: they are in the
next lane.

Of those that wait, the latest and the first get the next place in turns. In a rush, some are then answered soon; in
the order of asking alone, all would wait until their readers give up.

Only `deadline` uses this. The lanes belong to a process: with two processes, twice as many queries run.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from .contract import ClientGoneError, OverloadedError


@dataclass(frozen=True)
class Lane:
    """Queries that have used this much processor time: how many of them run at once, and how many may wait."""

    after_seconds: float
    max_running: int
    max_waiting: int


# A page of results takes some 15 ms of processor time in all, of which 5 ms in the engine, and enters no lane. Where
# words are mistyped, finding the likely ones takes 10 ms each, and enters the first at most. All queries that run and
# wait here are fewer than the threads of the server (`start`): the others are free for short queries.
LANES = (
    Lane(after_seconds=0.05, max_running=1, max_waiting=24),
    Lane(after_seconds=0.12, max_running=1, max_waiting=4),
)
# People give up on a page that takes longer. The longest query is over after two seconds, and four wait at most.
MAX_WAIT_SECONDS = 8.0
# How often those who wait look whether their reader is still there.
_LOOK_SECONDS = 0.5


class LaneQueue:
    """The places of a lane; `running` of them are taken. Threads share it."""

    def __init__(self, lane: Lane) -> None:
        self.lane = lane
        self._lock = threading.Lock()
        self.running = 0
        self._waiting: list[threading.Event] = []
        self._latest_is_next = True

    def enter(self, is_gone: Callable[[], bool]) -> None:
        """Takes a place, or waits for one. Raises OverloadedError, or ClientGoneError if nobody wants the answer."""
        with self._lock:
            if self.running < self.lane.max_running:
                self.running += 1
                return
            if len(self._waiting) >= self.lane.max_waiting:
                raise OverloadedError
            called = threading.Event()
            self._waiting.append(called)
        until = time.monotonic() + MAX_WAIT_SECONDS
        while not called.wait(_LOOK_SECONDS):
            gone = is_gone()
            if (gone or time.monotonic() >= until) and self._stop_waiting(called):
                raise ClientGoneError if gone else OverloadedError

    def leave(self) -> None:
        """Gives a place to one of those that wait, or frees it."""
        with self._lock:
            if self._waiting:
                self._waiting.pop(-1 if self._latest_is_next else 0).set()
                self._latest_is_next = not self._latest_is_next
            else:
                self.running -= 1

    def _stop_waiting(self, called: threading.Event) -> bool:
        """Returns whether the wait is over without a place: another thread may just have given one."""
        with self._lock:
            if called.is_set():
                return False
            self._waiting.remove(called)
            return True


_QUEUES = tuple(LaneQueue(lane) for lane in LANES)


class Turn:
    """The way of one query through the lanes. `due` is when it must `move_on`, in seconds of processor time.

    `started` is the processor time of its thread at its beginning.
    """

    def __init__(self, started: float) -> None:
        self._started = started
        self._ahead = deque(_QUEUES)
        self._queue: LaneQueue | None = None
        self._set_due()

    def move_on(self, is_gone: Callable[[], bool]) -> None:
        """Leaves the lane and enters the next one; waits if it is full. Raises OverloadedError and ClientGoneError."""
        self.end()
        queue = self._ahead.popleft()
        self._set_due()
        queue.enter(is_gone)
        self._queue = queue

    def end(self) -> None:
        """Leaves the lane."""
        queue, self._queue = self._queue, None
        if queue is not None:
            queue.leave()

    def _set_due(self) -> None:
        self.due = self._started + self._ahead[0].lane.after_seconds if self._ahead else float("inf")
