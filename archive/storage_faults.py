"""Faults of the disk and the database, as sentences with a cure. Pages and commands use it."""

import errno
from collections.abc import Iterator

from django.conf import settings
from django.db import InterfaceError, OperationalError

_FULL = "The disk of the archive is full. What was to be saved was not saved. Free space on it, then do it again."
_READ_ONLY = "The archive can be read but not changed: its disk or folder is read-only. Nothing was saved."
_DAMAGED = (
    "The database of the archive is damaged ({place}). Stop the archive and restore a backup into an empty home, with "
    "manage.py restore."
)
_BUSY = "Others are writing to the archive. Nothing was saved. Do it again in a minute."
_UNREACHABLE = "The database of the archive does not answer. Nothing was saved. Start it, or try again in a minute."

_ERRNOS = {errno.ENOSPC: _FULL, errno.EDQUOT: _FULL, errno.EROFS: _READ_ONLY}
# What SQLite calls them, and the classes of PostgreSQL's SQLSTATE.
_SQLITE_MESSAGES = {
    "disk is full": _FULL,
    "readonly database": _READ_ONLY,
    "malformed": _DAMAGED,
    "not a database": _DAMAGED,
    "disk i/o error": _DAMAGED,
    "database is locked": _BUSY,
    "unable to open database file": _UNREACHABLE,
}
_SQLSTATES = {"53100": _FULL, "25006": _READ_ONLY, "XX001": _DAMAGED, "XX002": _DAMAGED, "55P03": _BUSY}


def explain_storage_fault(error: BaseException | None) -> str:
    """Returns what is wrong with the disk or the database and the cure; empty if the error has another cause.

    It looks at the causes of the error too: Django wraps the errors of databases.
    """
    for cause in _causes(error):
        sentence = _ERRNOS.get(getattr(cause, "errno", None) or 0) or _SQLSTATES.get(
            getattr(cause, "sqlstate", "") or ""
        )
        if not sentence and type(cause).__module__ == "sqlite3":
            text = str(cause).lower()
            sentence = next((sentence for mark, sentence in _SQLITE_MESSAGES.items() if mark in text), None)
        if sentence:
            return sentence.format(place=settings.DATABASES["default"]["NAME"])
    if any(isinstance(cause, OperationalError | InterfaceError) for cause in _causes(error)):
        return _UNREACHABLE
    return ""


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
