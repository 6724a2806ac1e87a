"""archive/models/changes.py, and what else is asked of all articles of a change: as many as there are."""

import sqlite3
from collections.abc import Iterator

import pytest
from django.db import connection

from archive.batches import MAX_PARAMETERS
from archive.curation import divide
from archive.ingest import settle_articles
from archive.models import Change, record_changes

# SQLite lets a statement have 32,766 values by itself (https://sqlite.org/limits.html); here less, to be done sooner.
_MAX_VALUES = MAX_PARAMETERS + 100


@pytest.fixture
def few_values(db: None) -> Iterator[None]:
    """Keeps statements to fewer values than there are articles."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    kind = sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER
    before = connection.connection.setlimit(kind, _MAX_VALUES)
    yield
    connection.connection.setlimit(kind, before)


@pytest.mark.usefixtures("few_values")
def test_more_articles_change_than_a_statement_takes_values() -> None:
    numbers = range(1, _MAX_VALUES + 10)
    record_changes(numbers)
    settle_articles(numbers)
    assert divide(numbers) == set()
    assert Change.objects.count() == len(numbers)
