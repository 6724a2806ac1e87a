"""Progress on standard error, for work that takes over a second. Used by commands."""

import time
from collections.abc import Callable
from typing import TextIO

# How often a line is shown: on a screen it replaces the last one, in a log each stays.
_SCREEN_SECONDS = 0.5
_LOG_SECONDS = 10.0


class Progress:
    """Counts what is done and says so now and then; `total` 0 means that it is not known."""

    def __init__(self, label: str, stream: TextIO, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._label = label
        self._stream = stream
        self._clock = clock
        self._on_screen = stream.isatty()
        self._started = clock()
        self._shown_at = self._started + 1.0 - self._interval
        self._shown = False

    @property
    def _interval(self) -> float:
        return _SCREEN_SECONDS if self._on_screen else _LOG_SECONDS

    def __call__(self, done: int, total: int = 0) -> None:
        """Shows the count when it is time to."""
        now = self._clock()
        if now - self._shown_at < self._interval:
            return
        self._shown_at = now
        self._shown = True
        of_total = f" of {total:,}" if total else ""
        rate = done / max(now - self._started, 0.001)
        line = f"{self._label}: {done:,}{of_total} ({rate:,.0f} a second)"
        self._stream.write(f"\r\x1b[K{line}" if self._on_screen else f"{line}\n")
        self._stream.flush()

    def close(self) -> None:
        """Leaves the screen's line to what comes next."""
        if self._shown and self._on_screen:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
