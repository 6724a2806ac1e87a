"""Triggers by which the database itself refuses to change evidence, whoever asks.

They are created after every `migrate` for each table of an ImmutableModel, so that a lost trigger comes back:
SQLite drops the triggers of a table when a migration rebuilds it. `archive.apps` connects `guard_evidence`; migrations
that have to rewrite evidence release its tables and guard them again.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from .captures import ImmutableModel

# Shared by the triggers of all tables in PostgreSQL; each passes its message.
_FUNCTION = "archive_refuse_change"
# Functions of the same kind that earlier versions created, one for each message.
_EARLIER_FUNCTIONS = ("archive_refuse_update", "archive_refuse_edit")


def guard_evidence(*, app_config: AppConfig, using: str, **_: Any) -> None:
    """Guards the tables of all evidence; to be connected to `post_migrate`."""
    models = [model for model in app_config.get_models() if issubclass(model, ImmutableModel)]
    guard_tables(connections[using], {model._meta.db_table: model.REFUSAL for model in models})


def guard_tables(connection: BaseDatabaseWrapper, refusals: Mapping[str, str]) -> None:
    """Creates the triggers that these tables lack; each refuses an UPDATE with the message of its table.

    Tables that do not exist are left out: `migrate` may have gone back to an earlier state. Raises NotImplementedError
    for a database other than SQLite and PostgreSQL.
    """
    if connection.vendor not in ("sqlite", "postgresql"):
        raise NotImplementedError(f"Cuttings keeps its record in SQLite or PostgreSQL, not in {connection.vendor}.")
    with connection.cursor() as cursor:
        tables = [table for table in connection.introspection.table_names(cursor) if table in refusals]
        if connection.vendor == "sqlite":
            for table in tables:
                cursor.execute(
                    f"CREATE TRIGGER IF NOT EXISTS {_trigger(table)} BEFORE UPDATE ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{refusals[table]}'); END"
                )
            return
        cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        present = {name for (name,) in cursor.fetchall()}
        missing = [table for table in tables if _trigger(table) not in present]
        if missing:
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                "RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation'; END $$"
            )
        for table in missing:
            cursor.execute(
                f"CREATE TRIGGER {_trigger(table)} BEFORE UPDATE ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION {_FUNCTION}('{refusals[table]}')"
            )


def release_tables(connection: BaseDatabaseWrapper, tables: Iterable[str]) -> None:
    """Drops the triggers of these tables, so that a migration can rewrite them."""
    on_table = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"DROP TRIGGER IF EXISTS {_trigger(table)}" + (f" ON {table}" if on_table else ""))


def drop_functions(connection: BaseDatabaseWrapper) -> None:
    """Drops the functions of the triggers, once no table has any."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for name in (_FUNCTION, *_EARLIER_FUNCTIONS):
                cursor.execute(f"DROP FUNCTION IF EXISTS {name}()")


def _trigger(table: str) -> str:
    return f"{table}_immutable"
