"""Shows progress on standard error, for work that takes over a second. The commands of both apps use it."""

import time
from collections.abc import Callable
from typing import TextIO

# On a screen each line replaces the last one; in a log each stays.
_SCREEN_INTERVAL_SECONDS = 0.5
_LOG_INTERVAL_SECONDS = 10.0
_SILENT_SECONDS = 1.0


class ProgressLine:
    """Shows from time to time how much is done, after a second of silence. Call it with each new count."""

    def __init__(self, label: str, stream: TextIO, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._label = label
        self._stream = stream
        self._clock = clock
        self._on_screen = stream.isatty()
        self._interval_seconds = _SCREEN_INTERVAL_SECONDS if self._on_screen else _LOG_INTERVAL_SECONDS
        self._started = clock()
        self._shown_at = self._started + _SILENT_SECONDS - self._interval_seconds
        self._shown = False

    def __call__(self, done: int, total: int = 0) -> None:
        """Shows the count if it is time to; a `total` of 0 is not known."""
        now = self._clock()
        if now - self._shown_at < self._interval_seconds:
            return
        self._shown_at = now
        self._shown = True
        of_total = f" of {total:,}" if total else ""
        rate = done / max(now - self._started, 0.001)
        line = f"{self._label}: {done:,}{of_total} ({rate:,.0f} a second)"
        self._stream.write(f"\r\x1b[K{line}" if self._on_screen else f"{line}\n")
        self._stream.flush()

    def close(self) -> None:
        """Clears the screen's line for what comes next."""
        if self._shown and self._on_screen:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
