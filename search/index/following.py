"""Keeps the index up to date for as long as a server runs: what nobody else indexes, and embargoes that end.

Whoever changes the record indexes the change too. That fails where the process is killed in between, or where another
has the index for longer than a person waits. `manage.py index follow` runs this beside the server.
"""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from archive import annotating, naming, operations, upkeep
from archive.durable_files import try_lock
from archive.ingest import is_ingesting, work_on_runs
from archive.search_port import no_progress

from ..errors import SearchError
from .sync import LONG_WAIT_SECONDS, drain

logger = logging.getLogger(__name__)

# One query of a small index, so often that a person who saves and searches hardly waits.
_INTERVAL_SECONDS = 2.0
# While documents come in, more often: each is to be found soon.
_INTERVAL_BESIDE_INGEST_SECONDS = 0.5
# How often it looks whether something has lain in the trash for long enough.
_TRASH_INTERVAL = timedelta(hours=1)
# What fails, fails again: a damaged index is reported so often.
_MAX_INTERVAL_SECONDS = 60.0


@contextmanager
def only_follower() -> Iterator[bool]:
    """Locks the file of the follower for the block; False if another process follows already."""
    handle = try_lock(settings.FOLLOWER_LOCK, mode=0o660)
    try:
        yield handle is not None
    finally:
        if handle is not None:
            os.close(handle)


def follow(wait: Callable[[float], bool]) -> None:
    """Indexes what is pending, again and again, until `wait` returns False after so many seconds.

    Between two times it does a part of the long work that people asked for. An error is logged with its cure, and
    tried again at longer and longer intervals.
    """
    seconds = _INTERVAL_SECONDS
    emptied = None
    while wait(seconds):
        try:
            if emptied is None or timezone.now() - emptied > _TRASH_INTERVAL:
                emptied = timezone.now()
                operations.empty_old(emptied)
            # First, since it may be to rebuild an index that no update can cure.
            has_worked = upkeep.work_on() or operations.work_on() or work_on_runs() or annotating.work_on()
            beside_ingest = is_ingesting()
            if not beside_ingest:
                # It takes two seconds of a large archive, and counts what would be others at once.
                naming.weigh_if_changed()
            drain(no_progress, wait_seconds=LONG_WAIT_SECONDS, waits_for_names=beside_ingest)
            interval = _INTERVAL_BESIDE_INGEST_SECONDS if beside_ingest else _INTERVAL_SECONDS
            seconds = 0.0 if has_worked else interval
        except Exception as error:
            is_known = isinstance(error, SearchError | DatabaseError)
            logger.error("Pending changes are not indexed: %s", error, exc_info=None if is_known else error)
            # A database that was away is asked by another connection.
            connection.close()
            seconds = min(2 * seconds, _MAX_INTERVAL_SECONDS)
