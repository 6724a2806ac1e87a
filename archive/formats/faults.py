"""Faults of the archive: exceptions that no reader may raise. They are logged with their traceback and reported.

Knows no format and no container. Imported by whatever calls a reader or opens a record: `formats` and its containers.
"""

import logging
import traceback

logger = logging.getLogger(__name__)

# The beginning of the reason for which a document is rejected when its reader fails.
FAULT = "the reader failed on this document; this is a fault of the archive, logged as"


def report_fault(error: Exception, name: str) -> str:
    """Logs an exception that no reader may raise, with its traceback. Returns the reason for the user."""
    fault = f"{type(error).__name__} at {_place(error)}"
    logger.error("A reader failed: %s; reading %r", fault, name, exc_info=error)
    return f"{FAULT} {fault}"


def _place(error: Exception) -> str:
    """Returns the innermost module and line of the archive that an exception passed through."""
    places = [
        f"{module}:{line}"
        for frame, line in traceback.walk_tb(error.__traceback__)
        if (module := str(frame.f_globals.get("__name__", ""))).startswith("archive.")
    ]
    return places[-1]
