"""Which articles are as they were at an earlier time, though curators changed them since.

Comparisons of exports ask this: an act and its undo, or an edit and the next one, may come to nothing together.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q

from ..models import Article, OperationRow, Section, Source, Topic

# Columns that say when a row was changed, and nothing of what it says.
_CLOCKS = frozenset({"changed"})
_NAMES = (Source._meta.model_name, Topic._meta.model_name)


def articles_taken_back(articles: Collection[int], since: datetime) -> set[int]:
    """Returns those of these articles that curators changed after a time and that are again as they were then.

    None of them while a source or a topic is another than it was then, since articles share those. Three queries.
    """
    rows = OperationRow.objects.filter(operation__at__gt=since).order_by("pk")
    if _differing(rows.filter(subject__in=_NAMES)):
        return set()
    article_of = dict(Section.objects.filter(article__in=articles).order_by().values_list("pk", "article"))
    of_articles = Q(subject=Article._meta.model_name, subject_id__in=articles)
    of_sections = Q(subject=Section._meta.model_name, subject_id__in=Section.objects.filter(article__in=articles))
    found = list(rows.filter(of_articles | of_sections))

    def article(row: OperationRow) -> int:
        return row.subject_id if row.subject == Article._meta.model_name else article_of[row.subject_id]

    return {article(row) for row in found} - {article(row) for row in _differing(found)}


def _differing(rows: Iterable[OperationRow]) -> list[OperationRow]:
    """Returns of each row of a table that is not as it was before the first of these the last, in their order."""
    first: dict[tuple[str, int], dict[str, Any] | None] = {}
    last: dict[tuple[str, int], OperationRow] = {}
    now: dict[tuple[str, int], dict[str, Any] | None] = {}
    for row in rows:
        key = row.table, row.row
        if key not in first:
            first[key], now[key] = row.before, row.before
        elif (at_first := first[key]) is not None:
            # A column that changes for the first time was until then as it was at first.
            first[key] = (row.before or {}) | at_first
        now[key] = None if row.after is None else (now[key] or {}) | (row.before or {}) | row.after
        last[key] = row
    return [last[key] for key, at_first in first.items() if not _is_same(at_first, now[key])]


def _is_same(first: dict[str, Any] | None, now: dict[str, Any] | None) -> bool:
    if first is None or now is None:
        return first is now
    return all(now.get(name) == value for name, value in first.items() if name not in _CLOCKS)
