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

# What a cell of a spreadsheet holds, in UTF-16 code units (Microsoft, "Excel specifications and limits"). Excel moves
# the rest into the next rows, LibreOffice warns and cuts it off.
MAX_CELL_CHARS = 32_767

# Spreadsheets run a cell that starts with one of these as a formula (OWASP, CSV injection). With full-width forms.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write_csv(export: Export) -> Iterator[str]:
    """Yields the names of the columns, and a record for each row."""
    writer = csv.writer(_LineReturner())
    yield writer.writerow(column.name for column in export.columns)
    encoder = RowEncoder(export.columns, export.unit, export.site_url, to_cell)
    for row, cells in encoder.encode_rows(export.rows()):
        for column, cell in zip(export.columns, cells, strict=True):
            if type(cell) is str and 2 * len(cell) > MAX_CELL_CHARS and _is_too_long(cell):
                export.warn_of_long(row, column.name)
        yield writer.writerow(cells)


class _LineReturner:
    """A file for csv.writer whose `write` returns the line."""

    def write(self, line: str) -> str:
        return line


def to_cell(value: Any) -> Any:
    """Returns a value as a cell: times written, lists joined, and text that a spreadsheet would run marked as text."""
    if type(value) is str:
        # Most texts begin with a letter or a digit, and need no further look.
        is_formula = not value[:1].isalnum() and value.lstrip(" ").startswith(_FORMULA_STARTS)
        return "'" + value if is_formula else value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, OutletTime):
        return value.iso
    if isinstance(value, datetime):
        return utc_iso(value)
    return to_cell("; ".join(value)) if isinstance(value, list | tuple) else value


def is_long_cell(text: str) -> bool:
    """Whether a text is too long for a cell of a spreadsheet."""
    return _is_too_long(str(to_cell(text)))


def _is_too_long(cell: str) -> bool:
    if len(cell) > MAX_CELL_CHARS:
        return True
    return 2 * len(cell) > MAX_CELL_CHARS and len(cell.encode("utf-16-le")) > 2 * MAX_CELL_CHARS
