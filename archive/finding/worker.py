"""The process that runs the rules, beside the one that writes the record: one task after another. Pure.

`workers` starts it as `python -m archive.finding.worker`. It ends with its parent, whose end closes its input, and
when it has nothing to do for a while.
"""

import gc
import logging
import os
import select
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from .messages import as_task, receive, send
from .tasks import find_all

# Processor time for one text: the largest that the archive takes in needs a tenth of it.
MAX_TEXT_SECONDS = 60.0
# A process costs half a second to start, and memory to keep.
MAX_IDLE_SECONDS = 60
# The niceness of this process: where all processors are busy, a page comes before the names in a text.
_NICENESS = 5
# A text makes some ten thousand objects, and no circles of them: looking for circles took a tenth of the time.
_OBJECTS_BETWEEN_LOOKS = 100_000


def main() -> None:
    """Says that it is ready, and answers tasks until the parent ends."""
    # A key that stops the command in the terminal is for the parent.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGPROF, _stop)
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(message)s")
    gc.set_threshold(_OBJECTS_BETWEEN_LOOKS)
    os.nice(_NICENESS)
    requests = sys.stdin.fileno()
    # What a library prints is no message.
    replies = os.dup(1)
    os.dup2(2, 1)
    send(replies, [])
    while select.select([requests], [], [], MAX_IDLE_SECONDS)[0]:
        try:
            task = as_task(receive(requests))
            send(replies, find_all(task, limit=_limited))
        except (EOFError, BrokenPipeError):
            return


def _limited(run: Callable[[], Any]) -> Any:
    signal.setitimer(signal.ITIMER_PROF, MAX_TEXT_SECONDS)
    try:
        return run()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _stop(number: int, frame: FrameType | None) -> None:
    raise TimeoutError(f"the text takes more than {MAX_TEXT_SECONDS:g} seconds")


if __name__ == "__main__":
    main()
