"""Reads documents ahead, in a thread: one is read while those before it are recorded, and neither waits for the other.

Reading waits mostly for the process that reads; recording mostly for the disk and the database. The thread never asks
the database. Only `runs` imports this.
"""

from collections import deque
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from itertools import chain, groupby
from threading import Condition, Thread

from ..items import ArticleItem
from .files import Stream, guard_reader
from .recording import file_steps
from .steps import Step

# Of evidence; items take several times their bytes. As much again may be on its way through `mark_shared`.
_MAX_AHEAD_BYTES = 16 * 2**20
# Two batches: what a file without text consists of takes memory too.
_MAX_AHEAD_STEPS = 512


def steps_ahead(streams: Iterable[Stream]) -> Generator[Step, None, None]:
    """Yields the steps of streams in their order. Those of files are read ahead.

    What is no file may be somebody's input, for which the reader waits for ever: it is read when it is asked for.
    """
    for is_file, some in groupby(streams, lambda stream: stream.path is not None):
        steps = chain.from_iterable(
            file_steps(guard_reader(items, hints.name), hints, path) for items, hints, path in some
        )
        if not is_file:
            yield from steps
            continue
        with closing(_read_ahead(steps)) as ahead:
            yield from ahead


def _read_ahead(steps: Iterator[Step]) -> Generator[Step, None, None]:
    shelf = _Shelf()
    reader = Thread(target=shelf.fill, args=(steps,), daemon=True, name="reader")
    reader.start()
    try:
        yield from shelf.take()
    finally:
        # It ends after the document that it is at.
        shelf.close()
        reader.join()


class _Shelf:
    """The steps that are read and not taken yet: between the thread that reads and the one that records."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._steps: deque[Step] = deque()
        self._size_bytes = 0
        self._is_full_read = False
        self._is_closed = False
        self._error: BaseException | None = None

    def fill(self, steps: Iterator[Step]) -> None:
        """Puts steps on the shelf, and waits as long as it is full; ends early once it is closed."""
        error: BaseException | None = None
        try:
            for step in steps:
                with self._changed:
                    self._steps.append(step)
                    self._size_bytes += _size_of(step)
                    self._changed.notify_all()
                    self._changed.wait_for(self._has_room)
                    if self._is_closed:
                        break
        except BaseException as raised:  # whatever it is, the thread that records is to know
            error = raised
        with self._changed:
            self._error, self._is_full_read = error, True
            self._changed.notify_all()

    def _has_room(self) -> bool:
        return self._is_closed or (len(self._steps) < _MAX_AHEAD_STEPS and self._size_bytes < _MAX_AHEAD_BYTES)

    def take(self) -> Iterator[Step]:
        """Yields the steps in their order, and waits for each; raises what reading raised, after those before it."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._steps or self._is_full_read)
                if not self._steps:
                    break
                step = self._steps.popleft()
                self._size_bytes -= _size_of(step)
                self._changed.notify_all()
            yield step
        if self._error:
            raise self._error

    def close(self) -> None:
        """Has `fill` end."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()


def _size_of(step: Step) -> int:
    return len(step.item.raw) if isinstance(step.item, ArticleItem) else 0
