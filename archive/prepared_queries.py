"""Queries that every page asks: their SQL is written once, which takes the ORM longer than a database to answer.

    _SHOWN = PreparedQuery(lambda now, ids: shown_articles(now).filter(pk__in=ids))
    _SHOWN.rows(now=timezone.now(), ids=[1, 2, 3])

The function makes a queryset of values: numbers, texts, aware times, or lists of these. It may put them into
conditions as they are, and must not look at them: it gets stand-ins, in whose places the statement gets the values.
Lists are filled up with their last value, so that lists of many lengths share a statement. Rows are what the queryset
yields: models with what `select_related` joins, or tuples.

How a compiler of Django is used again is no public interface of it; the tests compare the rows with those of the
queryset on each database. Every module with access to the database may import this.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet

Scalar = int | str | datetime
Row = TypeVar("Row")

# The SQL for a longer list is written each time: it is seldom asked for.
MAX_LISTED = 1024
_MIN_LISTED = 4
# No value that a query has besides is like these.
_FIRST_NUMBER = 2**62 + 0x5EED
_FIRST_TIME = datetime(9998, 7, 13, 5, 7, 11, 190_027, tzinfo=UTC)
_TEXT_MARK = "\ue5ed"

# A value by its name, and by its index if it is in a list.
_Place = tuple[str, int | None]


class PreparedQuery(Generic[Row]):
    """A query whose statements are kept, one for each length of its lists. Threads share it."""

    def __init__(self, make: Callable[..., QuerySet[Any, Row]]) -> None:
        self._make = make
        # By database and lengths. None where nothing can be found.
        self._statements: dict[tuple[str, ...], _Statement | None] = {}

    def rows(self, **values: Scalar | Sequence[Scalar]) -> list[Row]:
        """Returns the rows for these values. One query, or none where the ORM knows that nothing fulfils it."""
        lists = {name: value for name, value in values.items() if not isinstance(value, Scalar)}
        if any(len(listed) > MAX_LISTED for listed in lists.values()):
            return list(self._make(**values))
        sizes = {name: _round_up(len(listed)) for name, listed in lists.items()}
        key = (connections["default"].vendor, *(f"{name} {size}" for name, size in sizes.items()))
        if key not in self._statements:
            self._statements[key] = _write(self._make, values, sizes)
        statement = self._statements[key]
        return statement.run(values) if statement else []


@dataclass(frozen=True)
class _Statement:
    """A statement: a queryset, its compiler after it has written the SQL, and the parameters. `places` says which of
    the parameters are values.
    """

    queryset: QuerySet[Any, Any]
    compiler: Any
    sql: str
    parameters: Sequence[Any]
    places: Mapping[int, _Place]

    def run(self, values: Mapping[str, Any]) -> list[Any]:
        connection = connections[self.queryset.db]
        parameters = list(self.parameters)
        for index, (name, number) in self.places.items():
            value = values[name]
            if number is not None:
                value = value[min(number, len(value) - 1)]
            parameters[index] = _adapt(value, connection)
        # Threads have connections of their own.
        compiler = copy(self.compiler)
        compiler.connection = connection
        compiler.as_sql = lambda *args, **options: (self.sql, tuple(parameters))
        queryset = self.queryset.all()
        queryset.query.get_compiler = lambda *args, **options: compiler  # type: ignore[method-assign]
        return list(queryset)


def _write(
    make: Callable[..., QuerySet[Any, Any]], values: Mapping[str, Any], sizes: Mapping[str, int]
) -> _Statement | None:
    """Returns the statement for values of such types, and lists of these lengths; None if nothing can be found."""
    stand_ins: dict[str, Any] = {}
    place_of: dict[Any, _Place] = {}
    for name, value in values.items():
        numbers: list[int | None] = list(range(sizes[name])) if name in sizes else [None]
        likeness = value[0] if name in sizes and value else value
        made = [_stand_in(likeness, len(place_of) + count) for count in range(len(numbers))]
        place_of |= {stand_in: (name, number) for stand_in, number in zip(made, numbers, strict=True)}
        stand_ins[name] = made if name in sizes else made[0]
    queryset = make(**stand_ins)
    connection = connections[queryset.db]
    compiler = queryset.query.get_compiler(queryset.db)
    try:
        sql, parameters = compiler.as_sql()
    except EmptyResultSet:
        return None
    by_parameter = {_adapt(stand_in, connection): place for stand_in, place in place_of.items()}
    places = {
        index: by_parameter[parameter]
        for index, parameter in enumerate(parameters)
        if isinstance(parameter, Scalar) and parameter in by_parameter
    }
    if missing := {name for name, _ in place_of.values()} - {name for name, _ in places.values()}:
        raise ValueError(f"The query does not have {', '.join(sorted(missing))} as it is.")
    return _Statement(queryset, compiler, sql, parameters, places)


def _stand_in(likeness: Scalar, number: int) -> Scalar:
    if isinstance(likeness, datetime):
        return _FIRST_TIME + timedelta(microseconds=number)
    return f"{_TEXT_MARK}{number}" if isinstance(likeness, str) else _FIRST_NUMBER + number


def _adapt(value: Scalar, connection: Any) -> Any:
    """Returns a value as the ORM gives it to a database."""
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value


def _round_up(length: int) -> int:
    """Returns the length of the lists that share a statement: a power of two; 0 for an empty list."""
    return max(1 << (length - 1).bit_length(), _MIN_LISTED) if length else 0
