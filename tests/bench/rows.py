"""Rows written many at a time and without models, so that a million take seconds. Call once Django is set up."""

import json
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

_BATCH = 5000


class Table:
    """A table that gets many rows. `columns` are those whose values a row has; the others have their defaults."""

    def __init__(self, model: Any, *columns: str) -> None:
        from django.db import connection

        fields = [field for field in model._meta.concrete_fields if field.attname in columns or not field.primary_key]
        quoted = connection.ops.quote_name
        # In the order of a row; what is the same in all rows is a part of the statement.
        by_name = {field.attname: field for field in model._meta.concrete_fields}
        constant = [field for field in fields if field.attname not in columns]
        names = ", ".join(quoted(field.column) for field in (*(by_name[name] for name in columns), *constant))
        values = ", ".join([*["%s"] * len(columns), *(_literal(field) for field in constant)])
        self._sql = f"INSERT INTO {quoted(model._meta.db_table)} ({names}) VALUES ({values})"  # noqa: S608
        self._prepared = [
            (place, prepare) for place, name in enumerate(columns) if (prepare := _preparing(by_name[name]))
        ]

    def write(self, rows: Iterable[Sequence[Any]]) -> None:
        """Inserts rows, each as values of the columns."""
        from django.db import connection

        whole = map(self._prepare, rows) if self._prepared else iter(rows)
        with connection.cursor() as cursor:
            while some := list(islice(whole, _BATCH)):
                cursor.executemany(self._sql, some)

    def _prepare(self, row: Sequence[Any]) -> list[Any]:
        values = list(row)
        for place, prepare in self._prepared:
            values[place] = prepare(values[place])
        return values


def _literal(field: Any) -> str:
    """Returns the default of a column as SQL: null, a number, a truth value, an empty text or an empty list."""
    from django.db import connection

    value = field.get_db_prep_save(field.get_default(), connection)
    match value:
        case None:
            return "NULL"
        case bool():
            return "TRUE" if value else "FALSE"
        case int():
            return str(value)
    text = str(getattr(value, "obj", value))
    assert text in ("", "[]", "{}") or text.isalpha(), (field, text)
    return f"'{text}'"


def _preparing(field: Any) -> Callable[[Any], Any] | None:
    """Returns how a value becomes one of the database; None where it is one already."""
    from django.db import connection

    match field.get_internal_type():
        case "JSONField":
            return json.dumps
        case "DateTimeField":
            # Years of articles share a few thousand days.
            return lru_cache(maxsize=100_000)(connection.ops.adapt_datetimefield_value)
        case "DateField":
            return lru_cache(maxsize=100_000)(connection.ops.adapt_datefield_value)
    return None
