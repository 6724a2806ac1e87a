"""What a piece of work takes: time by the clock and of the processor, and the memory that a process has of its own."""

import os
import threading
import time
from types import TracebackType
from typing import Any

# A peak that lasts less is not seen.
_PAUSE_SECONDS = 0.05


def own_memory_mb() -> float:
    """Returns the memory of this process, without the pages of files that it maps, which any process shares."""
    with open("/proc/self/status") as lines:
        return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("RssAnon")), 0.0)


class Measured:
    """Measures what is done within it. The memory is that of the process, and what was added to it at the peak."""

    def __enter__(self) -> "Measured":
        self._before = self._peak = own_memory_mb()
        self._done = threading.Event()
        self._watch = threading.Thread(target=self._look)
        self._watch.start()
        self._began, self._times = time.perf_counter(), os.times()
        return self

    def _look(self) -> None:
        while not self._done.wait(_PAUSE_SECONDS):
            self._peak = max(self._peak, own_memory_mb())

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        times = os.times()
        self.seconds = time.perf_counter() - self._began
        self.processor_seconds = times.user + times.system - self._times.user - self._times.system
        self._done.set()
        self._watch.join()
        self._peak = max(self._peak, own_memory_mb())

    def figures(self) -> dict[str, Any]:
        """Returns seconds, those of the processor, and megabytes."""
        return {
            "seconds": round(self.seconds, 3),
            "processor_seconds": round(self.processor_seconds, 3),
            "peak_mb": round(self._peak),
            "added_mb": round(self._peak - self._before),
        }
