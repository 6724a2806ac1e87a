"""Worker processes, as their parent sees them: starts them, gives them documents, and ends them.

A process is a fresh interpreter: a server has threads, among which a fork is not safe. Idle processes wait for the
next document of any thread. Used through the face of this package.
"""

import atexit
import logging
import os
import select
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import IO, BinaryIO, cast

from .. import formats
from ..errors import ArchiveError, ReadError
from ..formats import Format, Limits
from ..items import ArticleItem, Hints, Item
from .limits import MAX_DOCUMENT_MEMORY_BYTES, MAX_DOCUMENT_SECONDS, MAX_WAIT_SECONDS
from .messages import Message, pack, receive

logger = logging.getLogger(__name__)

_COMMAND = (sys.executable, "-m", "archive.reading.worker")
_ROOT = Path(__file__).resolve().parents[2]
_MEBIBYTE = 1024 * 1024
_READ_BYTES = 1024 * 1024

_CURE = "it may be made to stop readers; if it is not, split it or save its text alone"
TOO_LONG = f"reading it took more than {MAX_DOCUMENT_SECONDS} seconds, and no document takes so long: {_CURE}"
TOO_LARGE = (
    f"reading it took more than {MAX_DOCUMENT_MEMORY_BYTES // _MEBIBYTE} MiB of memory, and no document takes so "
    f"much: {_CURE}"
)


def read(stream: BinaryIO, hints: Hints, *, limits: Limits = formats.DEFAULT_LIMITS) -> Iterator[Item]:
    """Yields the items of a stream as `formats.read` does; each of its documents is read within limits."""
    return formats.read(stream, hints, limits=limits, read_document=read_document)


def read_document(row: Format, raw: bytes, hints: Hints, limits: Limits) -> Iterator[Item]:
    """Yields the items of one document, read in another process. Raises ReadError, also for one beyond the limits."""
    request = pack(Message("read", [row.name, hints, limits], raw))
    worker = _begin(request)
    may_go_on = False
    try:
        message = worker.receive()
        while message.kind not in ("done", "rejected"):
            if message.kind == "out of memory":
                raise _stopped(TOO_LARGE, hints)
            yield _item(message, raw)
            message = worker.receive()
        may_go_on, refusal = message.value
    except EOFError:
        raise _stopped(worker.why_ended(), hints) from None
    finally:
        if may_go_on:
            _idle.append(worker)
        else:
            worker.end()
    if refusal:
        locator, reason = refusal
        raise ReadError(reason, locator)


def _item(message: Message, raw: bytes) -> Item:
    item: Item = message.value
    if isinstance(item, ArticleItem):
        return replace(item, raw=raw if message.kind == "whole document" else message.attachment)
    return item


def _stopped(reason: str, hints: Hints) -> ReadError:
    logger.warning("A document was not read to its end: %s; reading %r", reason, hints.name)
    return ReadError(reason)


class _Worker:
    """A process that reads documents, one at a time."""

    def __init__(self) -> None:
        try:
            self._process = subprocess.Popen(  # noqa: S603 - nothing in the command is anybody's input
                _COMMAND, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
        except OSError as error:
            raise WorkerError(f"The process that reads documents cannot be started: {error}") from error
        self._requests = cast(IO[bytes], self._process.stdin)
        self._replies = cast(IO[bytes], self._process.stdout)
        self._poll = select.poll()
        self._poll.register(self._replies, select.POLLIN)
        self._waited_seconds = 0.0
        self._answers = True

    def begin(self, request: bytes) -> bool:
        """Sends a document. Returns False if the process had ended."""
        self._waited_seconds = 0.0
        try:
            self._requests.write(request)
            self._requests.flush()
            return self.receive().kind == "begun"
        except (BrokenPipeError, EOFError):
            self.end()
            return False

    def receive(self) -> Message:
        """Returns the next message about the document. Raises EOFError where the process has ended."""
        while True:
            message = receive(self._read_exactly)
            if message.kind != "log":
                return message
            name, level, text = message.value
            logging.getLogger(name).log(level, "%s", text)

    def _read_exactly(self, size: int) -> bytes:
        data = bytearray()
        while len(data) < size:
            begun = time.monotonic()
            ready = self._poll.poll(max(0, MAX_WAIT_SECONDS - self._waited_seconds) * 1000)
            self._waited_seconds += time.monotonic() - begun
            self._answers = bool(ready)
            part = os.read(self._replies.fileno(), min(size - len(data), _READ_BYTES)) if ready else b""
            if not part:
                raise EOFError
            data += part
        return bytes(data)

    def why_ended(self) -> str:
        """Returns why the process ended before it had read its document."""
        if not self._answers:
            return TOO_LONG
        code = self._process.wait()
        if code == -signal.SIGPROF:
            return TOO_LONG
        how = f"by signal {-code}" if code < 0 else f"with exit code {code}"
        return f"the process that read it ended {how}, as when there is no memory: {_CURE}"

    def why_not_begun(self) -> str:
        """Returns why the process never began to read."""
        if not self._answers:
            return (
                f"The process that reads documents did not begin within {MAX_WAIT_SECONDS} seconds, as where the "
                "machine has far more to do than it can. Ingest the document again."
            )
        return "The process that reads documents ended at once; what it wrote to standard error says why."

    def end(self) -> None:
        """Ends the process, if it has not ended."""
        self._process.kill()
        with suppress(BrokenPipeError):
            self._requests.close()
        self._replies.close()
        self._process.wait()


class WorkerError(ArchiveError):
    """No process can be started that reads documents."""


# Processes that wait for a document. Threads may take and return them at any time.
_idle: deque[_Worker] = deque()


def _begin(request: bytes) -> _Worker:
    """Returns a process that has begun to read a document. An idle process may have ended meanwhile."""
    while _idle:
        try:
            worker = _idle.pop()
        except IndexError:
            break
        if worker.begin(request):
            return worker
    worker = _Worker()
    if worker.begin(request):
        return worker
    raise WorkerError(worker.why_not_begun())


def _end_all() -> None:
    while _idle:
        _idle.pop().end()


atexit.register(_end_all)
# A process that was forked has no right to those of its parent.
os.register_at_fork(after_in_child=_idle.clear)
