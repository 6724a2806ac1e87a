"""Workbooks for Excel and LibreOffice (ECMA-376): a sheet of rows, and one that says where they are from.

Texts, numbers of sections and articles, and hashes are text; a time is a date as far as its day is known, on the
outlet's clock, whose offset its format shows. No cell is a formula. A sheet is sent while its rows are read, and the
next begins where it is full. `workbook_frame` makes everything except rows and links.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from io import BytesIO
from itertools import chain, islice
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

from xlsxwriter.utility import xl_col_to_name

from archive.imprint import imprint

from .about import SOFTWARE
from .columns import RowEncoder
from .contract import Export
from .reading import describe_export
from .row_kinds import Row
from .spreadsheet_cells import MAX_CELL_CHARS
from .workbook_cells import (
    HEAD,
    LABEL,
    LINK,
    TEXT,
    Cells,
    CutCell,
    escape_attribute,
    is_web_address,
    link_target,
    text_cell,
)
from .workbook_frame import Frame, Sheet, make_frame

# What a sheet holds (Microsoft, "Excel specifications and limits").
MAX_SHEET_ROWS = 1_048_576
MAX_SHEET_LINKS = 65_530
# Excel does not open a part of a file for which ZIP needs 64-bit sizes, which zipfile takes from 2 GiB on.
MAX_SHEET_BYTES = 2_000_000_000

# Compressing at zlib's usual level takes twice as long, and the file is a tenth smaller.
_COMPRESSION_LEVEL = 3
_BATCH_CHARS = 1 << 16
# Three lines, so that rows can be scanned; a row as high as its text would fill the window.
_ROW = '<row r="#" ht="45" customHeight="1">'

# In characters. A date in a column that is too narrow shows as "####".
_WIDTHS: Mapping[str, int] = {
    "headline": 40,
    "standfirst": 40,
    "heading": 30,
    "text": 80,
    "source": 18,
    "byline": 20,
    "topics": 20,
    "published": 30,
    "updated": 30,
    "captured": 30,
    "note": 30,
    "url": 30,
    "permalink": 30,
    "capture_sha256": 24,
    "tombstone": 20,
}
# Of other columns, and at least: room for the name and the button of the filter.
_MIN_WIDTH = 8
_BUTTON_WIDTH = 4
_ABOUT_WIDTHS = (26, 100)

# They are always the same. By the names of the first three, programs know the kind of the file (libmagic, "msooxml").
_FIRST_PARTS = ("_rels/.rels", "docProps/core.xml", "xl/theme/theme1.xml")
# The columns of addresses: the first are links before the others.
_LINKED = ("permalink", "url")
_LINK_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"


def write_xlsx(export: Export) -> Iterator[bytes]:
    """Yields a workbook while its rows are read. Nothing is on the disk, and no more than links in memory."""
    return _Writer(export).write()


class _Stream:
    """A file for ZipFile that cannot be rewound; `take` returns what was written since it was last called."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        if data:
            self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Has nothing to do: `take` has everything that was written."""

    def take(self) -> bytes:
        data = b"".join(self._pieces)
        self._pieces.clear()
        return data


@dataclass
class _Links:
    """The links of a sheet. `room` is how many more each column may have.

    They are written when all are known, twice: their cells into the sheet, their targets into a part beside it. Each
    is a line of bytes here, which takes a third of the memory of either.
    """

    room: dict[int, int]
    lines: BytesIO = field(default_factory=BytesIO)
    count: int = 0

    def add(self, column: int, reference: str, url: str) -> bool:
        """Links a cell, unless there is no room or the URL is none that Excel takes. Returns whether it did."""
        target, location = link_target(url) if self.room[column] else ("", "")
        if not target:
            return False
        self.room[column] -= 1
        self.count += 1
        place = f' location="{escape_attribute(location)}"' if location else ""
        self.lines.write(f"{reference}\t{place}\t{escape_attribute(target)}\n".encode())
        return True

    def cells(self) -> Iterator[str]:
        """Yields the element of the sheet; nothing if there are no links."""
        if self.count:
            yield "<hyperlinks>"
            for number, (reference, place, _) in self._split():
                yield f'<hyperlink ref="{reference}" r:id="rId{number}"{place}/>'
            yield "</hyperlinks>"

    def targets(self) -> Iterator[str]:
        """Yields the part beside the sheet."""
        yield '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        yield '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        for number, (_, _, target) in self._split():
            yield (f'<Relationship Id="rId{number}" Type="{_LINK_RELATION}" Target="{target}" TargetMode="External"/>')
        yield "</Relationships>"

    def _split(self) -> Iterator[tuple[int, list[str]]]:
        self.lines.seek(0)
        for number, line in enumerate(self.lines, start=1):
            yield number, line.decode().rstrip("\n").split("\t")


class _Writer:
    """Writes the workbook of an export, once."""

    def __init__(self, export: Export) -> None:
        self._export = export
        self._columns = [(xl_col_to_name(at), column.name) for at, column in enumerate(export.columns)]
        self._linked = [(at, letter) for at, (letter, name) in enumerate(self._columns) if name in _LINKED]
        self._cells = Cells()
        self._stream = _Stream()
        # Those that were begun, with their numbers of rows.
        self._sheets: list[Sheet] = []
        self._rows_written = self._cut = self._links = self._addresses = 0

    def write(self) -> Iterator[bytes]:
        export, cells = self._export, self._cells
        encoder = RowEncoder(export.columns, export.unit, export.site_url, cells.encode, cells.encoders)
        rows = encoder.encode_rows(export.rows())
        with ZipFile(self._stream, "w", ZIP_DEFLATED, compresslevel=_COMPRESSION_LEVEL) as file:  # type: ignore[call-overload]
            self._write_parts(file, are_first=True)
            yield self._stream.take()
            waiting = next(rows, None)
            while waiting or not self._sheets:
                all_rows = rows if waiting is None else chain([waiting], rows)
                yield from self._write_sheet(file, all_rows)
                waiting = next(rows, None)
            self._write_about(file)
            self._write_parts(file, are_first=False)
        yield self._stream.take()

    def _write_parts(self, file: ZipFile, *, are_first: bool) -> None:
        for name, data in self._frame().parts.items():
            if (name in _FIRST_PARTS) is are_first:
                _write_part(file, name, [data])

    def _frame(self) -> Frame:
        about = Sheet("About", _ABOUT_WIDTHS, 1, is_table=False)
        export = self._export
        return make_frame([*self._sheets, about], self._cells.formats, title=imprint().name, made=export.made)

    def _write_sheet(self, file: ZipFile, rows: Iterator[tuple[Row, list[str]]]) -> Iterator[bytes]:
        """Writes a sheet with as many rows as it holds."""
        number = len(self._sheets) + 1
        name = f"{self._export.unit.title()}s" + (f" {number}" if number > 1 else "")
        self._sheets.append(Sheet(name, self._widths(), 1))
        links = _Links(self._room_for_links())
        frame = self._frame().sheets[-2]
        with file.open(frame.name, "w") as part:
            _write_pieces(part, [frame.before, "<sheetData>", self._head()])
            size_bytes = 0
            for batch, last_row in self._batches(rows, links):
                size_bytes += part.write(batch)
                self._sheets[-1] = replace(self._sheets[-1], rows=last_row)
                yield self._stream.take()
                if size_bytes >= MAX_SHEET_BYTES:
                    break
            frame = self._frame().sheets[-2]
            _write_pieces(part, chain(["</sheetData>", frame.between], links.cells(), [frame.after]))
        self._rows_written += self._sheets[-1].rows - 1
        self._links += links.count
        if links.count:
            folder, _, name = frame.name.rpartition("/")
            _write_part(file, f"{folder}/_rels/{name}.rels", links.targets())
            yield self._stream.take()

    def _batches(self, rows: Iterator[tuple[Row, list[str]]], links: _Links) -> Iterator[tuple[bytes, int]]:
        """Yields the rows of a sheet in batches, each with the number of rows so far, that of the head included."""
        template = _ROW + "".join(f'<c r="{letter}#"%s' for letter, _ in self._columns) + "</row>"
        lines, size_chars = [], 0
        number = 1
        for number, (row, values) in enumerate(islice(rows, MAX_SHEET_ROWS - 1), start=2):
            for at, letter in self._linked:
                values[at] = self._link_cell(values[at], at, f"{letter}{number}", links)
            line = template.replace("#", str(number)) % tuple(values)
            if len(line) > MAX_CELL_CHARS // 2:
                self._warn_of_cut(row, values)
            lines.append(line)
            size_chars += len(line)
            if size_chars >= _BATCH_CHARS:
                yield "".join(lines).encode(), number
                lines, size_chars = [], 0
        yield "".join(lines).encode(), number

    def _link_cell(self, url: str, column: int, reference: str, links: _Links) -> str:
        if not is_web_address(url):
            return text_cell(url)
        self._addresses += 1
        return text_cell(url, LINK if links.add(column, reference, url) else TEXT)

    def _warn_of_cut(self, row: Row, values: list[str]) -> None:
        for (_, name), value in zip(self._columns, values, strict=True):
            if type(value) is CutCell:
                self._cut += 1
                self._export.warn_of_long(row, name)

    def _room_for_links(self) -> dict[int, int]:
        """Returns how many links each column of the next sheet may have: permalinks come before other addresses."""
        rows = min(self._export.total - self._rows_written, MAX_SHEET_ROWS - 1)
        room, left = {}, MAX_SHEET_LINKS
        for name in _LINKED:
            at = next((at for at, (_, column) in enumerate(self._columns) if column == name), None)
            if at is not None:
                room[at] = left
                left -= min(left, rows) if self._export.site_url else 0
        return room

    def _widths(self) -> list[int]:
        return [max(_WIDTHS.get(name, _MIN_WIDTH), len(name) + _BUTTON_WIDTH) for _, name in self._columns]

    def _head(self) -> str:
        cells = (f'<c r="{letter}1"{text_cell(name, HEAD)}' for letter, name in self._columns)
        return f'<row r="1">{"".join(cells)}</row>'

    def _write_about(self, file: ZipFile) -> None:
        """Writes the sheet that says where the rows are from."""
        export = self._export
        facts = {**describe_export(export), "Search": export.question.q or "everything"}
        facts |= {"Software": SOFTWARE, "State of the index": export.selection.generation}
        if self._cut:
            facts["Cut cells"] = f"{self._cut:,} are longer than {MAX_CELL_CHARS:,} characters; a mark ends each."
        if self._addresses > self._links:
            facts["Links"] = f"{self._links:,} of {self._addresses:,} addresses are links; the others are text."
        frame = self._frame().sheets[-1]
        rows = [
            f'<row r="{number}"><c r="A{number}"{text_cell(label, LABEL)}<c r="B{number}"{text_cell(text)}</row>'
            for number, (label, text) in enumerate(facts.items(), start=1)
        ]
        pieces = [frame.before, "<sheetData>", *rows, "</sheetData>", frame.between, frame.after]
        _write_part(file, frame.name, pieces)


def _write_part(file: ZipFile, name: str, pieces: Iterable[str]) -> None:
    with file.open(name, "w") as part:
        _write_pieces(part, pieces)


def _write_pieces(part: IO[bytes], pieces: Iterable[str]) -> None:
    for piece in pieces:
        part.write(piece.encode())
