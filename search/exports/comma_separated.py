"""CSV (RFC 4180): a line of names, and a record for each row. For spreadsheets.

A cell that a spreadsheet would run as a formula begins with an apostrophe. A cell may be longer than a spreadsheet
holds; the export warns of it, and the file has all of the text. Each cell is written once for all rows that share it,
and text is quoted in half the time of the module csv.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from archive.times import OutletTime, utc_iso

from .columns import RowEncoder
from .contract import Export
from .spreadsheet_cells import MAX_CELL_CHARS, is_too_long, mark_formula

_END = "\r\n"
_NEEDS_QUOTES = re.compile('[",\r\n]')


def write_csv(export: Export) -> Iterator[str]:
    """Yields the names of the columns, and a record for each row."""
    yield ",".join(column.name for column in export.columns) + _END
    encoder = RowEncoder(export.columns, export.unit, export.site_url, to_cell)
    for row, cells in encoder.encode_rows(export.rows()):
        # A record that is an empty line would be skipped.
        line = ",".join(cells) or '""'
        # Most rows are shorter than half a cell, and none of their cells needs a look.
        if 2 * len(line) > MAX_CELL_CHARS:
            for column, cell in zip(export.columns, cells, strict=True):
                if is_too_long(_text_of(cell)):
                    export.warn_of_long(row, column.name)
        yield line + _END


def to_cell(value: Any) -> str:
    """Returns a value as a cell: times written, lists joined, and text that a spreadsheet would run marked as text."""
    kind = type(value)
    if kind is str:
        text: str = value if not value or value[0].isalnum() else mark_formula(value)
    elif value is None:
        return ""
    elif kind is bool:
        return "yes" if value else "no"
    elif kind is int:
        return str(value)
    elif isinstance(value, OutletTime):
        return value.iso
    elif isinstance(value, datetime):
        return utc_iso(value)
    else:
        text = mark_formula("; ".join(value))
    return '"' + text.replace('"', '""') + '"' if _NEEDS_QUOTES.search(text) else text


def _text_of(cell: str) -> str:
    return cell[1:-1].replace('""', '"') if cell.startswith('"') else cell


def is_long_cell(text: str) -> bool:
    """Whether a text is too long for a cell of a spreadsheet that reads the file."""
    return is_too_long(mark_formula(text))
