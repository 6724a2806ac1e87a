"""Records the exports of signed-in people, when they are complete: what was asked for, and what they listed.

A person has the last MAX_RECORDED exports; older ones are dropped. What was exported is not kept: no words of the
archive are in these rows, except those that a person wrote into a query.
"""

import logging
from collections.abc import Iterator
from typing import Any

from django.db import DatabaseError, transaction

from ...models import RecordedExport
from ..contract import Export
from ..listing import ListedSection, list_sections
from ..row_kinds import ExportedArticle, ExportedStatement, Row
from .packed_listings import ListingPacker

logger = logging.getLogger(__name__)

MAX_RECORDED = 100
# Their list has 1 MB, and is compared within some seconds.
MAX_LISTED_SECTIONS = 200_000


class ExportRecorder:
    """Notes the rows of an export as they pass, each once however often they do, and then records it."""

    def __init__(self, export: Export) -> None:
        self._export = export
        self._rows = 0
        self._packer = ListingPacker()
        self._last_section = 0

    def note(self, number: int, row: Row) -> None:
        """Notes a row; `number` counts from 0."""
        if number != self._rows:
            return
        self._rows += 1
        # The statements of a section follow each other.
        is_listed = isinstance(row, ExportedStatement) and row.section_id == self._last_section
        self._last_section = row.section_id if isinstance(row, ExportedStatement) else 0
        if len(self._packer) <= MAX_LISTED_SECTIONS and not is_listed:
            for section in matching_sections(row):
                self._packer.add(section)

    def record(self, user_id: int, format_name: str, size_bytes: int) -> None:
        """Writes the export of a user, if all of its rows passed. A record that cannot be written is logged."""
        export = self._export
        if self._rows != export.total:
            return
        values: dict[str, Any] = {
            "made": export.made,
            "format": format_name,
            "question": [("q", export.question.q), *export.question.parameters_without_query],
            "options": export.options.parameters,
            "unit": export.unit,
            "row_count": export.total,
            "size_bytes": size_bytes,
            "index_generation": export.selection.generation,
            "listing": self._packer.pack() if len(self._packer) <= MAX_LISTED_SECTIONS else None,
        }
        try:
            with transaction.atomic():
                RecordedExport.objects.create(user_id=user_id, **values)
                kept = RecordedExport.objects.filter(user=user_id).values_list("pk", flat=True)[:MAX_RECORDED]
                RecordedExport.objects.filter(user=user_id).exclude(pk__in=list(kept)).delete()
        except DatabaseError:
            # The person has the file all the same.
            logger.exception("An export could not be recorded")


def matching_sections(row: Row) -> Iterator[ListedSection]:
    """Yields the sections of a row that the query found; of an article that its headline alone found, the first."""
    if not isinstance(row, ExportedArticle):
        yield from (section for section in list_sections(row) if section.section)
        return
    listed = list(list_sections(row))
    found = [number for number, section in enumerate(row.sections) if section.matching]
    yield from (listed[number] for number in (found if row.matched else range(min(1, len(listed)))))
