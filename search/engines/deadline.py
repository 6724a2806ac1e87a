"""The limits of a query's work, which all code that works on the query checks. Pure.

    with time_limit(2.0):      # whoever answers a question: a page, a command, an engine
        ...
        check_time()           # all code that may take long, before each part of its work

A query may use so much processor time: that of its own thread, so that a busy machine stops no query that a quiet one
answers. Long queries take turns (`turns`), so that short ones need not wait for them. By the clock, a query may take
MAX_EXTRA_SECONDS longer, waiting included. A query whose reader has gone away (`stop_when`) ends.

The limits are a context variable (PEP 567), and so belong to the thread: neither an engine nor the highlighter has to
pass them on. Of nested limits the earliest applies. Nothing is interrupted from outside. Code must therefore check the
time every 50 ms or so, which ends a query within 100 ms of its limit. Every package of `search` above `query` may
import this from `search.engines`.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from .contract import ClientGoneError, OverloadedError, QueryLimitError
from .turns import Turn

# How much longer than its processor time a query may take by the clock. No reader waits longer, and most of it is for
# waiting its turn in each lane.
MAX_EXTRA_SECONDS = 30.0


@dataclass(frozen=True)
class _Limit:
    """Until when a query may work, by `time.thread_time` and `time.monotonic`; `seconds` is for the message."""

    processor_until: float
    clock_until: float
    seconds: float
    turn: Turn


def _never() -> bool:
    return False


_LIMIT: ContextVar[_Limit | None] = ContextVar("limit", default=None)
_IS_GONE: ContextVar[Callable[[], bool]] = ContextVar("is_gone", default=_never)


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Limits the processor time of the block, or to what remains of an outer limit if that is less."""
    outer, used = _LIMIT.get(), time.thread_time()
    turn = outer.turn if outer else Turn(used)
    limit = _Limit(used + seconds, time.monotonic() + seconds + MAX_EXTRA_SECONDS, seconds, turn)
    if outer and outer.processor_until < limit.processor_until:
        limit = outer
    token = _LIMIT.set(limit)
    try:
        yield
    finally:
        _LIMIT.reset(token)
        if outer is None:
            turn.end()


@contextmanager
def stop_when(is_gone: Callable[[], bool]) -> Iterator[None]:
    """Ends the queries of the block once nobody wants their answers. `is_gone` is called often, and must be cheap."""
    token = _IS_GONE.set(is_gone)
    try:
        yield
    finally:
        _IS_GONE.reset(token)


def check_time() -> None:
    """Waits for its turn if the query is long. Costs a microsecond.

    Raises QueryLimitError after the limit, OverloadedError if there are too many long queries, and ClientGoneError.
    """
    limit = _LIMIT.get()
    if limit is None:
        return
    used = time.thread_time()
    if used > limit.processor_until:
        raise QueryLimitError(
            f"The query took longer than {limit.seconds:g} seconds and was stopped. "
            "Use rarer words or fewer of them, or narrow the result."
        )
    is_gone = _IS_GONE.get()
    if is_gone():
        raise ClientGoneError
    while used >= limit.turn.due:
        limit.turn.move_on(is_gone)
    if time.monotonic() > limit.clock_until:
        raise OverloadedError
