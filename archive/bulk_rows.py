"""Rows written in bulk: what the ORM does for each of their values takes longer than the database takes to store them.

An article has two hundred rows when it comes in. Numbers are taken before the rows are written, so that rows which
refer to each other are written once. Call it within a transaction that waited to write. Knows no table; all modules
above the models may import it, and the models too.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from django.db import connection
from django.db.models import BooleanField, CharField, Field, ForeignKey, IntegerField, Model, TextField

_Instance = TypeVar("_Instance", bound=Model)

# Fields that the database stores as their attributes have them, as long as these are of plain types.
_PLAIN_FIELDS = (BooleanField, CharField, ForeignKey, IntegerField, TextField)
_PLAIN_TYPES = frozenset({str, int, bool, type(None)})


def insert_rows(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Inserts rows, each as values of these columns; JSON as text. One statement for all."""
    values = list(rows)
    if values:
        with connection.cursor() as cursor:
            cursor.executemany(insertion(model, columns), values)


def insertion(model: type[Model], columns: Sequence[str]) -> str:
    """Returns the statement that inserts a row of these columns."""
    names = ", ".join(map(connection.ops.quote_name, columns))
    places = ", ".join(["%s"] * len(columns))
    table = connection.ops.quote_name(model._meta.db_table)
    return f"INSERT INTO {table} ({names}) VALUES ({places})"  # noqa: S608


def create_rows(instances: Iterable[_Instance]) -> list[_Instance]:
    """Inserts instances of one model, and numbers those that have no number yet. One statement, and one for numbers.

    As `bulk_create` does, but for what none of our tables has: values that the database computes, tables of parents.
    """
    rows = list(instances)
    if not rows:
        return rows
    number_rows([row for row in rows if row.pk is None])
    plan = _plan_of(type(rows[0]))
    insert_rows(type(rows[0]), plan.columns, ([of(row) for of in plan.values] for row in rows))
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias
    return rows


def number_rows(instances: Collection[Model]) -> None:
    """Gives instances of one model the next numbers of their table, in their order. One query."""
    if instances:
        model = type(next(iter(instances)))
        for row, number in zip(instances, next_numbers(model, len(instances)), strict=True):
            row.pk = number


def next_numbers(model: type[Model], count: int) -> Sequence[int]:
    """Returns so many numbers that no row of a table has or ever had. One query.

    SQLite gives a number to a row when it is inserted; as long as this transaction writes, nobody else inserts any.
    """
    if not count:
        return ()
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sequence = "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)"
            cursor.execute(sequence, [connection.ops.quote_name(table), model._meta.pk.column, count])
            return sorted(number for (number,) in cursor.fetchall())
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = (cursor.fetchone() or (0,))[0]
        return range(last + 1, last + 1 + count)


class _Plan(NamedTuple):
    """The columns of a table, and how the value of each is read from an instance."""

    columns: tuple[str, ...]
    values: tuple[Callable[[Model], Any], ...]


@lru_cache
def _plan_of(model: type[Model]) -> _Plan:
    fields = model._meta.local_concrete_fields
    return _Plan(tuple(field.column or field.attname for field in fields), tuple(map(_reader_of, fields)))


def _reader_of(field: "Field[Any, Any]") -> Callable[[Model], Any]:
    name = field.attname
    is_plain = isinstance(field, _PLAIN_FIELDS)

    def read(instance: Model) -> Any:
        value = getattr(instance, name)
        if value is None or (is_plain and type(value) in _PLAIN_TYPES):
            return value
        return field.get_db_prep_save(value, connection)

    return read
