"""What the pages of all tables of the admin have in common: lists that name the filters in use, fields with names,
and confirmations that know again what they showed.

`archive.sites` gives it to every admin class that is registered; the forms of `archive.admin` use `label_parts`.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ORDER_VAR, PAGE_VAR, ChangeList
from django.contrib.admin.widgets import AdminSplitDateTime
from django.db.models import QuerySet
from django.http import HttpRequest

from .paging import MAX_COUNTED, MAX_COUNTED_WITH_RULES, BoundedPaginator
from .sight import may_see_all

# The field of a confirmation page that says which rows it showed: when a whole list is selected, nothing else does.
SHOWN_ROWS = "shown_rows"
_MAX_PAGE_DIGITS = 6


def digest_rows(rows: QuerySet[Any]) -> str:
    """Returns a digest of the numbers of rows; as many others have another. One query."""
    ids = sorted(rows.order_by().values_list("pk", flat=True))
    return sha256(",".join(map(str, ids)).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class ChosenFilter:
    """A filter that is in use: its title, the value, and the query of the list without it."""

    title: str
    value: str
    without: str


class FilteredList(ChangeList):
    """A list that can say which of its filters are in use."""

    @property
    def chosen_filters(self) -> list[ChosenFilter]:
        chosen = []
        for spec in self.filter_specs:
            # The first choice of each filter is not to filter.
            every, *values = list(spec.choices(self)) or [{}]
            chosen += [
                ChosenFilter(str(spec.title), str(value["display"]), str(every["query_string"]))
                for value in values
                if value["selected"]
            ]
        return chosen

    @property
    def is_exact(self) -> bool:
        """Whether `result_count` is the number of rows, or so many were counted and there are more."""
        return bool(self.paginator.is_exact)

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        """Returns the order of the rows: that of the list itself where it may not be sorted by what was asked for."""
        if self.sortable_by is not None and (order := self.params.get(ORDER_VAR)):
            numbers = (part.lstrip("-") for part in order.split("."))
            columns = [self.list_display[int(n)] for n in numbers if n.isdecimal() and int(n) < len(self.list_display)]
            if any(column not in self.sortable_by for column in columns):
                self.params = {name: value for name, value in self.params.items() if name != ORDER_VAR}
        return super().get_ordering(request, queryset)

    @property
    def is_looking_for_a_value(self) -> bool:
        """Whether somebody has just asked a filter for the values with a certain name."""
        return any(getattr(spec, "looked_for", "") for spec in self.filter_specs)


class _Looks:
    # A list would be counted twice, once without its filters.
    show_full_result_count = False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[FilteredList]:
        return FilteredList

    def get_paginator(self, request: HttpRequest, queryset: Any, per_page: int, *rest: Any, **options: Any) -> Any:
        page = request.GET.get(PAGE_VAR, "")
        # Beyond, nobody turns pages; a list is narrowed down.
        number = int(page) if page.isascii() and page.isdecimal() and len(page) <= _MAX_PAGE_DIGITS else 1
        # A class whose rows take long says how many are counted for users who see all of them, and for others.
        limits = getattr(self, "max_counted", (MAX_COUNTED, MAX_COUNTED_WITH_RULES))
        limit = limits[0 if may_see_all(request.user) else 1]
        return BoundedPaginator(queryset, per_page, limit=limit, page_number=number)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if field is not None and isinstance(field.widget, AdminSplitDateTime):
            label_parts(field.widget, str(field.label))
        return field


def label_parts(widget: AdminSplitDateTime, label: str) -> None:
    """Names the two fields of a time for those who hear the page; Django names neither."""
    for part, part_widget in zip(("date", "time"), widget.widgets, strict=True):
        part_widget.attrs["aria-label"] = f"{label}, {part}"


def with_looks(admin_class: "type[admin.ModelAdmin[Any]]") -> "type[admin.ModelAdmin[Any]]":
    """Returns an admin class with our lists, and with a name for each field of a form."""
    dressed = type(admin_class.__name__, (_Looks, admin_class), {})
    dressed.__module__, dressed.__doc__ = admin_class.__module__, admin_class.__doc__
    return dressed
