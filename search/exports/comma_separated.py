"""CSV (RFC 4180): a line of names, and a record for each row. For spreadsheets.

A cell that a spreadsheet would run as a formula begins with an apostrophe. A cell may be longer than a spreadsheet
holds; the export warns of it, and the file has all of the text.
"""

import csv
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from archive.times import OutletTime, utc_iso

from .columns import RowEncoder
from .contract import Export
from .spreadsheet_cells import MAX_CELL_CHARS, is_too_long, mark_formula


def write_csv(export: Export) -> Iterator[str]:
    """Yields the names of the columns, and a record for each row."""
    writer = csv.writer(_LineReturner())
    yield writer.writerow(column.name for column in export.columns)
    encoder = RowEncoder(export.columns, export.unit, export.site_url, to_cell)
    for row, cells in encoder.encode_rows(export.rows()):
        line = writer.writerow(cells)
        # Most rows are shorter than half a cell, and none of their cells needs a look.
        if 2 * len(line) > MAX_CELL_CHARS:
            for column, cell in zip(export.columns, cells, strict=True):
                if isinstance(cell, str) and is_too_long(cell):
                    export.warn_of_long(row, column.name)
        yield line


class _LineReturner:
    """A file for csv.writer whose `write` returns the line."""

    def write(self, line: str) -> str:
        return line


def to_cell(value: Any) -> Any:
    """Returns a value as a cell: times written, lists joined, and text that a spreadsheet would run marked as text."""
    if type(value) is str:
        return value if value[:1].isalnum() else mark_formula(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, OutletTime):
        return value.iso
    if isinstance(value, datetime):
        return utc_iso(value)
    return mark_formula("; ".join(value)) if isinstance(value, list | tuple) else value


def is_long_cell(text: str) -> bool:
    """Whether a text is too long for a cell of a spreadsheet that reads the CSV file."""
    return is_too_long(mark_formula(text))
