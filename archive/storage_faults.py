"""Faults of the disk and the database, as sentences with a cure. Pages and commands use it."""

import errno
import sqlite3
import traceback
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.db.backends.sqlite3 import base

from .errors import without_commands

_FULL = "The disk of the archive is full. What was to be saved was not saved. Free space on it, then do it again."
_READ_ONLY = (
    "The archive can be read but not changed: its disk, its folder {home} or its database is read-only for this "
    "process. Nothing was saved. Look who owns the folder and the files in it, or change it where it was made."
)
_DAMAGED = (
    "The database of the archive is damaged ({place}). Stop the archive and restore a backup into an empty home, with "
    "`manage.py restore`. Without a backup, `sqlite3 {place} .recover` saves what can still be read."
)
_SERVER_DAMAGED = (
    "The database of the archive is damaged ({place}). Stop the archive and restore a backup into an empty home and "
    "an empty database, with `manage.py restore`."
)
_DAMAGES = (_DAMAGED, _SERVER_DAMAGED)
_UNPREPARED = (
    "The database of the archive ({place}) is empty, or of another version. Look whether ARCHIVE_HOME and "
    "ARCHIVE_DATABASE_URL name the ones that are meant, and prepare it with `manage.py start --no-serve`."
)
_BUSY = "Others are writing to the archive. Nothing was saved. Do it again in a minute."
_CLOSED = "The database of the archive ({place}) cannot be opened. Look who may read it, and the folder that it is in."
_UNREACHABLE = "The database of the archive does not answer. Nothing was saved. Start it, or try again in a minute."

_ERRNOS = {errno.ENOSPC: _FULL, errno.EDQUOT: _FULL, errno.EROFS: _READ_ONLY}
# The classes of PostgreSQL's SQLSTATE, and the primary result codes of SQLite.
_SQLSTATES = {
    "53100": _FULL,
    "25006": _READ_ONLY,
    "XX001": _SERVER_DAMAGED,
    "XX002": _SERVER_DAMAGED,
    "55P03": _BUSY,
    "42P01": _UNPREPARED,
    "42703": _UNPREPARED,
}
_SQLITE_CODES = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_IOERR: _DAMAGED,
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_CANTOPEN: _CLOSED,
}
# Python's own errors, and those of a program that made the error itself, have no code.
_SQLITE_MESSAGES = {
    "disk is full": _FULL,
    "readonly database": _READ_ONLY,
    "malformed": _DAMAGED,
    "could not decode to utf-8": _DAMAGED,
    "not a database": _DAMAGED,
    "disk i/o error": _DAMAGED,
    "database is locked": _BUSY,
    "unable to open database file": _CLOSED,
    "no such table": _UNPREPARED,
    "no such column": _UNPREPARED,
}


def explain_storage_fault(error: BaseException | None, *, with_paths: bool = False) -> str:
    """Returns what is wrong with the disk or the database and the cure; empty if the error has another cause.

    It looks at the causes of the error too: Django wraps the errors of databases. Readers of pages do not learn where
    the files are; who runs a command needs the paths (`with_paths`).
    """
    for cause in _causes(error):
        if sentence := _sentence_of(cause):
            return _fill(sentence, with_paths=with_paths)
    if any(isinstance(cause, OperationalError | InterfaceError) for cause in _causes(error)):
        return _UNREACHABLE
    return ""


def explain_damage(error: BaseException) -> str:
    """Returns that the database is damaged, with the cure; empty where that is not what the error says."""
    sentences = [_sentence_of(cause) for cause in _causes(error)]
    return next((_fill(sentence, with_paths=True) for sentence in sentences if sentence in _DAMAGES), "")


def find_damage() -> str:
    """Returns what `explain_damage` would, if the database is damaged; empty if not. Reads the whole of it.

    For an error that nobody expects: rows that a damaged page has lost, for example.
    """
    if connection.vendor != "sqlite":
        return ""
    try:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA quick_check(1)")
            is_whole = cursor.fetchone() == ("ok",) and not cursor.execute("PRAGMA foreign_key_check").fetchone()
    except Exception as error:
        return explain_damage(error)
    return "" if is_whole else _fill(_DAMAGED, with_paths=True)


def _fill(sentence: str, *, with_paths: bool) -> str:
    place, home = Path(settings.DATABASES["default"]["NAME"]), Path(settings.ARCHIVE_HOME)
    if with_paths:
        return sentence.format(place=place, home=home)
    return without_commands(sentence.format(place=place.name, home=home.name))


def _sentence_of(cause: BaseException) -> str:
    if isinstance(cause, sqlite3.Error):
        # The other bits say more of the same.
        code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
        text = str(cause).lower()
        by_message = (sentence for mark, sentence in _SQLITE_MESSAGES.items() if mark in text)
        return _SQLITE_CODES.get(code) or next(by_message, "")
    if isinstance(cause, UnicodeDecodeError) and _was_read_from_sqlite(cause):
        return _DAMAGED
    if state := getattr(cause, "sqlstate", ""):
        return _SQLSTATES.get(state, "")
    return _ERRNOS.get(getattr(cause, "errno", None) or 0, "")


def _was_read_from_sqlite(error: BaseException) -> bool:
    """Whether an error comes from a value or a message of SQLite that was not written like that."""
    modules = [frame.f_globals.get("__name__", "") for frame, _ in traceback.walk_tb(error.__traceback__)]
    return modules[-1:] == [base.__name__]


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
