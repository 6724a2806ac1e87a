"""How lists and pages of the admin show values: times of readers, words of documents, counts that lead to their rows.

For the modules of `archive.admin` only.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import Count, Model, QuerySet, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.text import Truncator

from ..times import OutletTime

# Two lines of a cell have fewer; the page of the row has the whole text.
_MAX_CELL_CHARS = 250


@dataclass(frozen=True)
class CountColumn:
    """A column with the number of rows of another table, which leads to the list of exactly these rows.

    `total` is the annotation with the number; `address` is empty where the user may not open the list. A long list
    cannot be sorted by it: all of its rows would be counted. Columns with equal values are equal, as the admin
    requires of a field and of its entry in `readonly_fields`.
    """

    name: str
    short_description: str
    total: str
    address: str
    sorts: bool = True

    @property
    def __name__(self) -> str:
        return self.name

    @property
    def admin_order_field(self) -> str:
        return self.total if self.sorts else ""

    def __call__(self, row: Model) -> str:
        count = int(getattr(row, self.total, 0))
        if not (count and self.address):
            return f"{count:,}"
        label = f"{self.short_description}: {count:,}, {row}"
        return format_html('<a href="{}{}" aria-label="{}">{}</a>', self.address, row.pk, label[:200], f"{count:,}")


def count_column(
    request: HttpRequest, name: str, table: type[Model], parameter: str, *, sorts: bool = True
) -> CountColumn:
    """Returns the column of the annotation `name`_total, which leads to the list of `table` by `parameter`."""
    label = str(table._meta.verbose_name_plural).capitalize()
    may_open = admin.site.get_model_admin(table).has_view_or_change_permission(request)
    list_name = f"admin:{table._meta.app_label}_{table._meta.model_name}_changelist"
    address = f"{reverse(list_name)}?{parameter}=" if may_open else ""
    return CountColumn(f"{name}_count", label, f"{name}_total", address, sorts)


def counted(rows: QuerySet[Any]) -> Combinable:
    """Returns the number of rows that belong to a row of the outer query, as an annotation.

    A subquery counts for the rows of one page; a join would count for all rows of the table before they are sorted.
    """
    # Grouped by nothing: one row with the number.
    number = rows.order_by().annotate(_all=Value(1)).values("_all").annotate(_count=Count("pk")).values("_count")
    return Coalesce(Subquery(number), 0)


def in_readers_zone(label: str) -> Any:
    """Returns the heading of a column of times, with the zone that they are shown in."""
    return lazy(lambda: f"{label} ({settings.READER_ZONE.key})", str)()


def show_instant(at: datetime | None, unknown: str = "") -> str:
    """Returns a time to the minute, on the clock of the readers."""
    if at is None:
        return unknown
    return _time(at.isoformat(), f"{at.astimezone(settings.READER_ZONE):%Y-%m-%d %H:%M}")


def show_outlet_time(time: OutletTime | None, unknown: str = "undated") -> str:
    """Returns a time of an outlet on the clock of the readers; as far as it is known, where that is not the minute."""
    if time is None:
        return unknown
    # A day has no time of day that another clock could move it by.
    return show_instant(time.at) if time.is_exact else _time(time.iso, time.day)


def _time(iso: str, text: str) -> str:
    return format_html('<time datetime="{}">{}</time>', iso, text)


def show_words(text: str, lead: str = "") -> str:
    """Returns words of a document on two lines at most, in their own direction, and a line of what follows them."""
    shown = Truncator(text).chars(_MAX_CELL_CHARS)
    clamped = format_html('<bdi class="clamped" title="{}">{}</bdi>', shown, shown)
    return format_html('{}<bdi class="clamped lead">{}</bdi>', clamped, lead) if lead else clamped
