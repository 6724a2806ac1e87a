"""Reading the record in one state, however long it takes: what others change meanwhile is in none of it.

For whoever reads a lot in several queries, such as exports. Nothing is written within the block.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction


@contextmanager
def one_state() -> Iterator[None]:
    """Within the block, all queries of this thread see the record as it is at the first of them.

    A block within a transaction sees what this sees. SQLite keeps what others write meanwhile in its log
    (https://sqlite.org/isolation.html); PostgreSQL keeps the old rows (its manual, "Repeatable Read Isolation Level").
    """
    if connection.in_atomic_block:
        yield
        return
    with _begun_for_reading(), transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


@contextmanager
def _begun_for_reading() -> Iterator[None]:
    """Lets the next transaction begin without the lock of a writer, which it would keep from all others."""
    database: Any = connection
    # A new connection reads its mode from the settings.
    database.ensure_connection()
    mode = getattr(database, "transaction_mode", None)
    if mode is not None:
        database.transaction_mode = "DEFERRED"
    try:
        yield
    finally:
        if mode is not None:
            database.transaction_mode = mode
