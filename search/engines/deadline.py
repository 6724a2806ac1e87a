"""The time limit of a query: one deadline, which all code that works on the query checks. Pure.

    with time_limit(2.0):      # whoever answers a question: a page, a command, an engine
        ...
        check_time()           # all code that may take long, before each part of its work

The deadline is a context variable (PEP 567), and so belongs to the thread: neither an engine nor the highlighter has
to pass it on. Of nested limits the earliest applies. Nothing is interrupted from outside. Code must therefore check
the time every 50 ms or so, which ends a query within 100 ms of its deadline. Every package of `search` above `query`
may import this from `search.engines`.
"""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from .contract import QueryLimitError

# The deadline by the clock `time.monotonic`, and the limit in seconds that it comes from.
_DEADLINE: ContextVar[tuple[float, float]] = ContextVar("deadline", default=(math.inf, math.inf))


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Limits the time of the block to this many seconds, or to what remains of an outer limit if that is less."""
    token = _DEADLINE.set(min(_DEADLINE.get(), (time.monotonic() + seconds, seconds)))
    try:
        yield
    finally:
        _DEADLINE.reset(token)


def check_time() -> None:
    """Raises QueryLimitError after the deadline. Costs 0.2 microseconds."""
    deadline, seconds = _DEADLINE.get()
    if time.monotonic() > deadline:
        raise QueryLimitError(
            f"The query took longer than {seconds:g} seconds and was stopped. "
            "Use rarer words or fewer of them, or narrow the result."
        )
