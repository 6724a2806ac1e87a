"""The process that runs the rules, as its parent sees it: tasks go in, and what was found comes out in their order.

The parent goes on meanwhile: one thread sends the tasks, another receives the answers. A process is a fresh
interpreter, and serves the next caller when the last has finished. A process that dies takes no document along: what
it was at has found nothing.
"""

import atexit
import os
import subprocess
import sys
from collections import deque
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import IO, Any, cast

from ..errors import ArchiveError
from .messages import as_found, receive, send
from .tasks import Found, Task

_COMMAND = (sys.executable, "-m", "archive.finding.worker")
_ROOT = Path(__file__).resolve().parents[2]


class FinderError(ArchiveError):
    """No process can be started that finds names, statements and days."""


class _Process:
    """A running process, and the answers that it has sent; None after the last. Raises FinderError."""

    def __init__(self) -> None:
        try:
            self._process = subprocess.Popen(  # noqa: S603 - nothing in the command is anybody's input
                _COMMAND, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
            )
        except OSError as error:
            raise FinderError(f"The process that finds names cannot be started: {error}") from error
        self._requests = cast(IO[bytes], self._process.stdin)
        self._replies = cast(IO[bytes], self._process.stdout)
        self.answers: SimpleQueue[Any] = SimpleQueue()
        self._tasks: SimpleQueue[Task | None] = SimpleQueue()
        self._threads = [Thread(target=step, daemon=True) for step in (self._send, self._receive)]
        for thread in self._threads:
            thread.start()
        # It says that it is ready: one that dies later dies of a text.
        if self.answers.get() is None:
            how = self.why_ended()
            self.end()
            raise FinderError(
                f"The process that finds names ended at once, with {how}; what it wrote to standard error says why."
            )

    def send(self, task: Task) -> None:
        # The process takes in a task only when it has done those before.
        self._tasks.put(task)

    def is_running(self) -> bool:
        return self._process.poll() is None

    def why_ended(self) -> str:
        code = self._process.wait()
        return f"signal {-code}" if code < 0 else f"exit code {code}"

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._tasks.put(None)
        for thread in self._threads:
            thread.join()
        with suppress(BrokenPipeError):
            self._requests.close()
        self._replies.close()

    def _send(self) -> None:
        while (task := self._tasks.get()) is not None:
            # If it has ended, `_receive` says so of the tasks that it had.
            with suppress(BrokenPipeError):
                send(self._requests.fileno(), task)

    def _receive(self) -> None:
        with suppress(EOFError):
            while True:
                self.answers.put(receive(self._replies.fileno()))
        self.answers.put(None)


class Finder:
    """Runs the rules on tasks, in their order, in a process of its own. Use it from one thread, and close it."""

    def __init__(self) -> None:
        self._process: _Process | None = None
        self._sent: deque[Task] = deque()
        self._ready: deque[tuple[Task, list[Found]]] = deque()

    def __len__(self) -> int:
        """How many tasks were sent and not taken back."""
        return len(self._sent) + len(self._ready)

    def submit(self, task: Task) -> None:
        """Has a task sent, and does not wait."""
        if self._process is None or not (self._process.is_running() or self._sent):
            self._process = _take_idle()
        self._sent.append(task)
        self._process.send(task)

    def take(self, *, wait: bool) -> tuple[Task, list[Found]] | None:
        """Returns the next task that is done; None if none is, or with `wait` if none is left."""
        while self._sent and not self._ready:
            try:
                self._receive(wait=wait)
            except Empty:
                return None
        return self._ready.popleft() if self._ready else None

    def _receive(self, *, wait: bool) -> None:
        process = cast(_Process, self._process)
        answer = process.answers.get(block=wait)
        if answer is not None:
            self._ready.append((self._sent.popleft(), as_found(answer)))
            return
        # It was at the first task; the others go to a new process.
        lost = self._sent.popleft()
        fault = f"the process that ran the rules ended by {process.why_ended()}"
        process.end()
        self._ready.append((lost, [Found(text.version, [], [], [], fault) for text in lost.texts]))
        rest, self._sent, self._process = self._sent, deque(), None
        for task in rest:
            self.submit(task)

    def close(self) -> None:
        """Leaves the process to the next caller, or ends it if it is still at a task."""
        process, self._process = self._process, None
        if process is None:
            return
        if self._sent:
            process.end()
        else:
            _idle.append(process)


# Processes without a task. Threads may take and return them at any time.
_idle: deque[_Process] = deque()


def _take_idle() -> _Process:
    while _idle:
        try:
            process = _idle.pop()
        except IndexError:
            break
        if process.is_running():
            return process
        process.end()
    return _Process()


def _end_all() -> None:
    while _idle:
        _idle.pop().end()


atexit.register(_end_all)
# A process that was forked has no right to those of its parent.
os.register_at_fork(after_in_child=_idle.clear)
