"""How long a query may take: one deadline a query, which all work on it looks at. Pure.

    with time_limit(2.0):      # whoever answers a question: the page, the command, an engine
        ...
        check_time()           # whatever may take long, before each piece of its work

The deadline belongs to the thread (to the context, PEP 567), so that the depths of an engine and of highlighting need
not be handed it; where limits nest, the earliest holds. Nothing is interrupted from outside: a piece of work between
two looks at the clock is held to some 50 ms, so that a query ends within 100 ms after its deadline.
"""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from .contract import QueryLimitError

# When the work of this context must end, on the clock of `time.monotonic`, and the seconds that it was given.
_DEADLINE: ContextVar[tuple[float, float]] = ContextVar("deadline", default=(math.inf, math.inf))


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Gives what is done inside so many seconds, or what is left of an outer limit where that is less."""
    token = _DEADLINE.set(min(_DEADLINE.get(), (time.monotonic() + seconds, seconds)))
    try:
        yield
    finally:
        _DEADLINE.reset(token)


def check_time() -> None:
    """Raises QueryLimitError when the time is over. Costs a fifth of a microsecond."""
    deadline, seconds = _DEADLINE.get()
    if time.monotonic() > deadline:
        raise QueryLimitError(
            f"The query took longer than {seconds:g} seconds and was stopped. "
            "Take rarer words, fewer of them, or narrow the result."
        )
