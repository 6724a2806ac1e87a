"""What is around the rows of a workbook: styles, sheets, columns, filters. XlsxWriter makes it. No rows.

XlsxWriter writes its file when all rows are known, from copies on the disk. So that a file can be sent while its rows
are read, and needs no disk, only its frame comes from there: the parts of the file, and of each sheet what is before
and after the rows. Only the format of workbooks imports from here.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from xlsxwriter import Workbook

_ROWS = re.compile(r"<sheetData/?>(.*</sheetData>)?", re.DOTALL)
# The range of cells is optional; the rows that come into the frame are not known to it.
_RANGE = re.compile(r'<dimension ref="[^"]*"/>')
# The element that follows the links, if there are any (ECMA-376, part 1, 18.3.1.99).
_AFTER_LINKS = "<pageMargins"
_STYLE = re.compile(r' s="([0-9]+)"/>')


@dataclass(frozen=True)
class Sheet:
    """A sheet: its name, the widths of its columns in characters, and its number of rows with the head.

    A sheet of a table has a head that stays in view and on every printed page, and a filter for each column.
    """

    name: str
    widths: Sequence[float]
    rows: int
    is_table: bool = True


@dataclass(frozen=True)
class SheetFrame:
    """The name of a sheet in the file, and what is before its rows, between these and its links, and after them."""

    name: str
    before: str
    between: str
    after: str


@dataclass(frozen=True)
class Frame:
    """The parts of the file by name, without the sheets, and the sheets."""

    parts: Mapping[str, str]
    sheets: Sequence[SheetFrame]


def make_frame(sheets: Sequence[Sheet], formats: Sequence[Mapping[str, Any]], *, title: str, made: datetime) -> Frame:
    """Returns the frame of a workbook. The style of each format has its number, from 1; 0 is the default."""
    file = BytesIO()
    workbook = Workbook(file, {"in_memory": True})
    workbook.set_properties({"title": title, "created": made.replace(tzinfo=None, microsecond=0)})
    added = [workbook.add_format(dict(properties)) for properties in formats]
    for number, sheet in enumerate(sheets):
        written = workbook.add_worksheet(sheet.name)
        for column, width in enumerate(sheet.widths):
            written.set_column(column, column, width)
        if sheet.is_table:
            written.freeze_panes(1, 0)
            written.repeat_rows(0)
            written.autofilter(0, 0, sheet.rows - 1, len(sheet.widths) - 1)
            written.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        written.set_landscape()
        written.fit_to_pages(1, 0)
        if number == 0:
            # A style gets its number when it is used.
            for column, style in enumerate(added):
                written.write_blank(0, column, None, style)
    workbook.close()
    with ZipFile(file) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    return _take_apart(parts, len(sheets), len(formats))


def _take_apart(parts: dict[str, str], sheets: int, formats: int) -> Frame:
    names = [f"xl/worksheets/sheet{number}.xml" for number in range(1, sheets + 1)]
    styles = _STYLE.findall(parts[names[0]])
    if list(map(int, styles)) != list(range(1, formats + 1)):
        raise AssertionError(f"XlsxWriter numbered its styles in another order: {styles}")
    around = []
    for name in names:
        before, _, after = _ROWS.split(_RANGE.sub("", parts.pop(name)))
        between, margins, rest = after.partition(_AFTER_LINKS)
        around.append(SheetFrame(name, before, between, margins + rest))
    return Frame(parts, around)
