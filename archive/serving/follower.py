"""The process that indexes what nobody else does: started with the site, and again if it dies.

It is `manage.py index follow`, which has a lock as long as it runs, so that there is one for each home. `start` starts
the first; then each process of the server looks whether there is one.
"""

import logging
import os
import subprocess
import sys
import time

from django.conf import settings

from ..durable_files import is_locked

# How often a process looks whether there is a follower. A new one needs seconds to lock its file.
CHECK_SECONDS = 10.0

# The niceness of the process: where all processors are busy, a page comes before what is found a second later.
_NICENESS = 5

logger = logging.getLogger(__name__)


def start_follower() -> "subprocess.Popen[bytes]":
    """Starts a follower that ends soon after this process. Raises OSError."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "index", "follow", "--beside", str(os.getpid())]
    process = subprocess.Popen(command)  # noqa: S603  # no shell, and no input from outside
    os.setpriority(os.PRIO_PROCESS, process.pid, os.getpriority(os.PRIO_PROCESS, 0) + _NICENESS)
    return process


class FollowerWatch:
    """Starts a follower where there is none; `look` is called often."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._next_look = time.monotonic() + CHECK_SECONDS

    def look(self) -> None:
        """Looks every CHECK_SECONDS whether a follower runs, and starts one if not. Never raises."""
        if time.monotonic() < self._next_look:
            return
        self._next_look = time.monotonic() + CHECK_SECONDS
        if self._process is not None and self._process.poll() is None:
            return
        if is_locked(settings.FOLLOWER_LOCK) or not os.access(settings.ARCHIVE_HOME, os.W_OK):
            return
        try:
            self._process = start_follower()
        except OSError as error:
            logger.error("Pending changes are not indexed: no process can be started (%s)", error)
