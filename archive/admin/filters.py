"""Filters of the lists of the admin: by one row that a count leads from, by name, by yes or no.

For the modules of `archive.admin` only. `archive.admin_looks` shows which of them are in use.
"""

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from ..models import Source, Topic
from ..sight import visible

# The values that a filter names at once; the others are found by a part of their name.
MAX_LISTED_VALUES = 30
_MAX_ID_DIGITS = 18
NO_SUCH_ROW = "not in the archive"


def titled(filter_class: type[admin.FieldListFilter], title: str) -> type[admin.FieldListFilter]:
    """Returns a filter of a field under another title than the name of the field."""

    class Titled(filter_class):  # type: ignore[valid-type,misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.title = title

    return Titled


class YesNoFilter(admin.SimpleListFilter):
    """Rows that have something, and rows that have not."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Yes"), ("no", "No")]


class ValuesFilter(admin.SimpleListFilter):
    """One of the values that a field has, in any row: who may see which rows with it is not asked for each of them."""

    table: ClassVar[type[Model]]
    field: ClassVar[str]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        values = self.table._default_manager.order_by(self.field).values_list(self.field, flat=True).distinct()
        return [(value, value) for value in values]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        return queryset if value is None else queryset.filter(**{self.field: value})


def _read_id(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= _MAX_ID_DIGITS else None


class RowFilter(admin.SimpleListFilter):
    """The rows that belong to one row of another table. It offers no choices: counts and other pages link here."""

    table: ClassVar[type[Model]]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        value = request.GET.get(self.parameter_name or "", "")
        if not value:
            return []
        row_id = _read_id(value)
        row = visible(self.table._default_manager.filter(pk=row_id), request.user).first() if row_id else None
        return [(value, str(row) if row else NO_SUCH_ROW)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        row_id = _read_id(self.value())
        return queryset.none() if row_id is None else self.narrow(queryset, row_id, request)

    def narrow(self, queryset: QuerySet[Any], row_id: int, request: HttpRequest) -> QuerySet[Any]:
        """Returns the rows that belong to the row with this number."""
        raise NotImplementedError


class NamedFilter(admin.SimpleListFilter):
    """The rows of one source or topic. It lists the first names, and finds the others by a part of their name."""

    parameter_name: str
    table: ClassVar[type[Source] | type[Topic]]
    path: ClassVar[str]

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any) -> None:
        self.find_parameter = f"find-{self.title}"
        self.looked_for = (params.pop(self.find_parameter, None) or [""])[-1].strip()
        self.others: list[tuple[str, str]] = []
        self.remark = ""
        super().__init__(request, params, model, model_admin)

    def has_output(self) -> bool:
        return True

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rows: QuerySet[Any] = visible(self.table._default_manager.order_by("name"), request.user)
        found = rows.filter(name__icontains=self.looked_for) if self.looked_for else rows
        listed = list(found[: MAX_LISTED_VALUES + 1])
        if len(listed) > MAX_LISTED_VALUES:
            listed.pop()
            self.remark = f"The first {MAX_LISTED_VALUES}. Find others by a part of their name."
        elif self.looked_for:
            self.remark = "" if listed else f"No {self.title} has “{self.looked_for}” in its name."
        choices = {str(row.pk): row.name for row in listed}
        if (value := self.value()) and value not in choices:
            chosen = rows.filter(pk=_read_id(value) or 0).first()
            choices = {value: chosen.name if chosen else NO_SUCH_ROW, **choices}
        return list(choices.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        row_id = _read_id(self.value())
        return queryset.none() if row_id is None else queryset.filter(**{self.path: row_id})

    def choices(self, changelist: Any) -> Iterator[Any]:
        left_out = (self.parameter_name, self.find_parameter)
        self.others = [(name, value) for name, value in changelist.params.items() if name not in left_out]
        for value, name in [(None, "All"), *self.lookup_choices]:
            new = {} if value is None else {self.parameter_name: value}
            removed = [self.find_parameter] if new else left_out
            query_string = changelist.get_query_string(new, removed)
            yield {"selected": self.value() == value, "query_string": query_string, "display": name}


def named_filter(table: type[Source | Topic], path: str, parameter: str) -> type[NamedFilter]:
    """Returns the filter by the sources or topics that `path` leads to."""
    title = str(table._meta.verbose_name)
    return type(
        "NamedFilter", (NamedFilter,), {"table": table, "path": path, "title": title, "parameter_name": parameter}
    )


def row_filter(
    table: type[Model], title: str, parameter: str, narrow: Callable[[QuerySet[Any], int, HttpRequest], QuerySet[Any]]
) -> type[RowFilter]:
    """Returns the filter by one row of a table; `narrow` finds what belongs to it."""
    members = {"table": table, "title": title, "parameter_name": parameter, "narrow": staticmethod(narrow)}
    return type("RowFilter", (RowFilter,), members)


def values_filter(table: type[Model], field: str) -> type[ValuesFilter]:
    """Returns the filter by the values of a field whose values say nothing of a row."""
    return type(
        "ValuesFilter", (ValuesFilter,), {"table": table, "field": field, "title": field, "parameter_name": field}
    )
