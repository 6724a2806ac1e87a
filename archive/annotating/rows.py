"""Which section versions wait to be annotated, and by which rules others were: the rows of Annotation."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from ..bulk_rows import insert_rows, insertion
from ..models import Annotation, SectionVersion

_NOTED = ("mark", "rules", "day", "day_of", "fault")


def add_waiting(versions: Iterable[SectionVersion]) -> None:
    """Notes new versions of sections as waiting to be annotated. Call it in the transaction that writes them."""
    insert_rows(Annotation, ("version_id", "rules", "fault"), ((version.pk, 0, "") for version in versions))


def note_annotated(rows: Iterable[Sequence[Any]]) -> None:
    """Notes by which rules versions were annotated: the version, then the other columns of Annotation in order.

    The mark is that which a version had when its text was loaded. One that was marked since goes on waiting.
    """
    values = list(rows)
    table = _quoted(Annotation._meta.db_table)
    changes = ", ".join(f"{_quoted(name)} = excluded.{_quoted(name)}" for name in _NOTED[2:])
    changes += f", rules = CASE WHEN {table}.mark = excluded.mark THEN excluded.rules ELSE {table}.rules END"
    statement = f"{insertion(Annotation, ('version_id', *_NOTED))} ON CONFLICT (version_id) DO UPDATE SET {changes}"
    if values:
        with connection.cursor() as cursor:
            cursor.executemany(statement, values)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
