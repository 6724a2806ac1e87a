"""Copies the record out of its database and back: SQLite by its backup interface, PostgreSQL by pg_dump.

Both copy a single moment of the record while others write. Used by the other modules of this package.
"""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import Model

from ..durable_files import flush
from ..models import (
    Archive,
    Article,
    Capture,
    Mention,
    Name,
    NameJudgement,
    Section,
    SectionVersion,
    Spelling,
    Statement,
)
from ..storage_faults import explain_damage
from .manifest import BackupError

# What a manifest counts: enough to see that a restored record is that of the backup.
_COUNTED: dict[str, type[Model]] = {
    "articles": Article,
    "sections": Section,
    "section_versions": SectionVersion,
    "captures": Capture,
    "names": Name,
    "spellings": Spelling,
    "mentions": Mention,
    "statements": Statement,
    "name_judgements": NameJudgement,
}


@dataclass(frozen=True)
class RecordCopy:
    """What a copy of the record has: rows by kind, the SHA-256 of the captures that it names, the archive's id."""

    rows: dict[str, int]
    captures: list[str]
    archive: str


def copy_record(path: Path) -> RecordCopy:
    """Writes a copy of the record as it is now, and reads what is in it. Raises BackupError and OSError."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    copied = _copy_sqlite(path) if connection.vendor == "sqlite" else _dump_postgresql(path)
    flush(path)
    flush(path.parent)
    return copied


def count_rows() -> dict[str, int]:
    """Returns the rows of the record by kind, as a manifest counts them."""
    return {kind: model._default_manager.count() for kind, model in _counted().items()}


def _counted() -> dict[str, type[Model]]:
    """Returns the tables to count. A record that was not migrated yet has not all of them."""
    tables = set(connection.introspection.table_names())
    return {kind: model for kind, model in _COUNTED.items() if model._meta.db_table in tables}


def check_database_is_empty() -> None:
    """Raises BackupError if the PostgreSQL database has tables. (A file of SQLite is seen in the home.)"""
    if connection.vendor != "sqlite" and (tables := connection.introspection.table_names()):
        raise BackupError(
            f"The database {connection.settings_dict['NAME']!r} is not empty: it has {len(tables):,} tables. "
            "Name an empty database in ARCHIVE_DATABASE_URL."
        )


def load_postgresql(path: Path) -> None:
    """Loads a dump into the empty database, as a whole or not at all. Raises BackupError."""
    name = str(connection.settings_dict["NAME"])
    options = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", "--no-password")
    _run_tool("pg_restore", *options, f"--dbname={name}", str(path))


def _copy_sqlite(path: Path) -> RecordCopy:
    source = Path(connection.settings_dict["NAME"])
    try:
        # For a home that can only be read, the connection has a URI itself.
        opened = str(connection.get_connection_params()["database"])
        address = opened if opened.startswith("file:") else f"{source.resolve().as_uri()}?mode=rw"
        original = sqlite3.connect(address, uri=True, timeout=20)
        copy = sqlite3.connect(path)
        try:
            # All pages in one step: a write between two steps would start the copy again, perhaps for ever.
            original.backup(copy)
            # One file, with nothing beside it.
            copy.execute("PRAGMA journal_mode=DELETE")
            # What Django's functions check was checked when it was written; a bare connection has no such functions.
            copy.execute("PRAGMA ignore_check_constraints=ON")
            problems = [str(row[0]) for row in copy.execute("PRAGMA integrity_check(3)")]
            broken = copy.execute("PRAGMA foreign_key_check").fetchmany(3)
            if problems != ["ok"] or broken:
                found = "; ".join(problems) if problems != ["ok"] else f"rows that refer to none: {broken}"
                raise BackupError(f"The database {source} is damaged: {found}. Restore an earlier backup.")
            return _read_contents(lambda query: copy.execute(query).fetchall())
        finally:
            copy.close()
            original.close()
    except (sqlite3.Error, UnicodeDecodeError) as error:  # what SQLite says of a damaged name may be no text
        raise BackupError(
            f"The database {source} cannot be copied: {error}. "
            + (
                explain_damage(error)
                or "Look whether ARCHIVE_HOME names the archive, and whether the disk of the backup is full."
            )
        ) from error


def _dump_postgresql(path: Path) -> RecordCopy:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        options = ("--format=custom", "--no-owner", "--no-privileges", "--no-password")
        _run_tool("pg_dump", *options, f"--snapshot={snapshot}", f"--file={path}")

        def rows_of(query: str) -> list[Any]:
            cursor.execute(query)
            return list(cursor.fetchall())

        # In the transaction of the dump, so that both see the same rows.
        return _read_contents(rows_of)


def _read_contents(rows_of: Callable[[str], Iterable[Sequence[Any]]]) -> RecordCopy:
    def numbers(table: str) -> int:
        return int(next(iter(rows_of(f'SELECT count(*) FROM "{table}"')))[0])  # noqa: S608  # a table of the models

    rows = {kind: numbers(model._meta.db_table) for kind, model in _counted().items()}
    hashes = rows_of(f'SELECT DISTINCT sha256 FROM "{Capture._meta.db_table}"')  # noqa: S608  # as above
    # A record that was not migrated yet has no id.
    table = Archive._meta.db_table
    known = table in connection.introspection.table_names()
    identities = list(rows_of(f'SELECT identity FROM "{table}"')) if known else []  # noqa: S608  # as above
    return RecordCopy(rows, sorted(str(row[0]) for row in hashes), str(identities[0][0]) if identities else "")


def _run_tool(name: str, *arguments: str) -> None:
    """Runs a tool of PostgreSQL, with the connection of the settings in its environment."""
    program = shutil.which(name)
    if not program:
        raise BackupError(f"{name} is not installed. Install the client of PostgreSQL, in the version of the server.")
    try:
        subprocess.run([program, *arguments], env=_environment(), check=True, capture_output=True)  # noqa: S603
    except subprocess.CalledProcessError as error:
        message = error.stderr.decode(errors="replace").strip()
        raise BackupError(f"{name} failed: {message or f'exit code {error.returncode}'}") from error


def _environment() -> dict[str, str]:
    """Returns the variables by which libpq connects as Django does: a command line is seen by all users."""
    from psycopg.pq import Conninfo

    parameters = connection.get_connection_params()
    environment = {}
    for option in Conninfo.get_defaults():
        value = parameters.get(option.keyword.decode())
        # The default of an option is that of the environment of this process.
        text = str(value) if value is not None else (option.val or b"").decode()
        if option.envvar and text:
            environment[option.envvar.decode()] = text
    return environment
