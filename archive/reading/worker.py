"""A worker process: reads one document after another from its standard input, within limits of time and memory.

`workers` starts it as `python -m archive.reading.worker`. It ends with its parent, whose end closes its input; when a
document takes too much; and when it has nothing to do for a while.
"""

import logging
import os
import resource
import select
import signal
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

# The readers load these when they first need them. Loaded here, they take none of the first document's time.
import htmldate  # noqa: F401
import trafilatura  # noqa: F401

from ..errors import ReadError
from ..formats import FORMATS, report_fault
from ..items import ArticleItem, Item
from .limits import MAX_DOCUMENT_MEMORY_BYTES, MAX_DOCUMENT_SECONDS, MAX_IDLE_SECONDS, MAX_KEPT_MEMORY_BYTES
from .messages import Message, pack, receive

# The memory of this process in pages, as Linux counts it: all of it, then what is resident.
_MEMORY = Path("/proc/self/statm")


def main() -> None:
    """Answers requests until the parent ends, or until a document took too much."""
    # A key that stops the command in the terminal is for the parent, which ends this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests = sys.stdin.buffer
    # What a library prints is no message.
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    logging.basicConfig(handlers=[_ToParent(replies)], level=logging.WARNING, format="%(message)s")
    _limit_memory()
    while select.select([requests], [], [], MAX_IDLE_SECONDS)[0]:
        try:
            request = receive(lambda size: _read_exactly(requests, size))
        except EOFError:
            return
        if not _answer(request, replies):
            return


def _answer(request: Message, replies: BinaryIO) -> bool:
    """Sends the items of a document. Returns whether this process may read another."""
    name, hints, limits = request.value
    raw = request.attachment
    row = next(row for row in FORMATS if row.name == name)
    _send(replies, Message("begun"))
    # Counts down in processor time, and ends the process also where it is in a library.
    signal.setitimer(signal.ITIMER_PROF, MAX_DOCUMENT_SECONDS)
    try:
        for item in row.read_document(raw, hints, limits):
            _send(replies, _item_message(item, raw))
        last = Message("done")
    except ReadError as error:
        last = Message("rejected", [error.locator, error.reason])
    except MemoryError:
        _send(replies, Message("out of memory"))
        return False
    except Exception as error:
        last = Message("rejected", ["", report_fault(error, hints.name)])
    signal.setitimer(signal.ITIMER_PROF, 0)
    may_go_on = _resident_bytes() <= MAX_KEPT_MEMORY_BYTES
    _send(replies, replace(last, value=[may_go_on, last.value]))
    return may_go_on


def _item_message(item: Item, raw: bytes) -> Message:
    """Returns an item as a message. Its evidence is mostly the document, which the parent has."""
    if not isinstance(item, ArticleItem):
        return Message("item", item)
    if item.raw is raw or item.raw == raw:
        return Message("whole document", item)
    return Message("item with evidence", item, item.raw)


def _send(replies: BinaryIO, message: Message) -> None:
    replies.write(pack(message))
    replies.flush()


def _read_exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return data


def _limit_memory() -> None:
    """Limits what this process may allocate, where the system does so, as Linux does."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (MAX_DOCUMENT_MEMORY_BYTES, MAX_DOCUMENT_MEMORY_BYTES))


def _resident_bytes() -> int:
    """Returns how much memory this process keeps; 0 where the system does not say it."""
    try:
        return int(_MEMORY.read_text().split()[1]) * resource.getpagesize()
    except OSError:
        return 0


class _ToParent(logging.Handler):
    """Sends each record, with its traceback, to the log of the parent."""

    def __init__(self, replies: BinaryIO) -> None:
        super().__init__()
        self._replies = replies

    def emit(self, record: logging.LogRecord) -> None:
        _send(self._replies, Message("log", [record.name, record.levelno, self.format(record)]))


if __name__ == "__main__":
    main()
