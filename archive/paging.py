"""Pages of long lists: rows are counted up to a limit, and whole rows are loaded for one page alone.

`archive.admin_looks` gives it to every list of the admin.
"""

from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

# To count so many rows takes 50 ms at most, where no rule of what a user may see is asked for each of them.
MAX_COUNTED = 100_000
MAX_COUNTED_WITH_RULES = 10_000
# Links lead so many pages further where it is not known how many there are.
_PAGES_AHEAD = 3


def count_rows(rows: QuerySet[Any], limit: int) -> tuple[int, bool]:
    """Returns the number of rows, and whether it is exact: from `limit` on they are not counted. One query."""
    found = rows.order_by().values("pk")[: limit + 1].count()
    return min(found, limit), found <= limit


class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """Pages of a query set. `is_exact` says whether `count` is the number of its rows, or the limit.

    A page beyond the limit can be asked for: then more rows are counted. The numbers of the rows of a page are found
    first, so that the database sorts numbers and not whole rows, and counts what belongs to a row for a page alone.
    """

    def __init__(self, object_list: Any, per_page: int, *, limit: int, page_number: int = 1, **options: Any) -> None:
        super().__init__(object_list, per_page, **options)
        self._limit = max(limit, (page_number + _PAGES_AHEAD) * int(per_page))

    @cached_property
    def _counted(self) -> tuple[int, bool]:
        if not isinstance(self.object_list, QuerySet):
            return len(self.object_list), True
        if not self.object_list.query.where:
            # The database counts a whole table by its smallest index.
            return self.object_list.model._default_manager.count(), True
        return count_rows(self.object_list, self._limit)

    @cached_property
    def count(self) -> int:
        return self._counted[0]

    @property
    def is_exact(self) -> bool:
        return self._counted[1]

    def page(self, number: int | str) -> Page:  # type: ignore[type-arg]
        checked = self.validate_number(number)
        first = (checked - 1) * self.per_page
        rows = self.object_list[first : first + self.per_page]
        return Page(_load(rows) if isinstance(rows, QuerySet) else rows, checked, self)


def _load(rows: QuerySet[Any]) -> list[Any]:
    """Returns the rows of a slice in its order; the database sorts their numbers alone. Two queries."""
    ids = list(rows.values_list("pk", flat=True))
    whole = rows.model._default_manager.none() if not ids else _unsliced(rows).filter(pk__in=ids)
    found = {row.pk: row for row in whole}
    return [found[pk] for pk in ids if pk in found]


def _unsliced(rows: QuerySet[Any]) -> QuerySet[Any]:
    whole = rows.all()
    whole.query.clear_limits()
    whole.query.clear_ordering(force=True)
    return whole
