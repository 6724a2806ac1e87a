"""Whole results as files, streamed: a row for every matching section. Makes no database queries of its own.

COLUMNS is the table of columns, EXPORTS that of formats: to add a format, write a function from sections to lines and
a row. Every row has a permalink, and the hash of the capture by which its words can be checked.
"""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from archive.models import PublishingStatus, Section, SectionVersion
from archive.times import OutletTime, utc_iso

# What a cell of a spreadsheet holds, in UTF-16 code units (Microsoft, "Excel specifications and limits"). Excel moves
# the rest into the next rows, LibreOffice warns and cuts it off.
MAX_CELL_CHARS = 32_767

# Spreadsheets run a cell that starts with one of these as a formula (OWASP, CSV injection). With full-width forms.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True)
class ExportColumn:
    """A column: its name, and the function that returns its value: a str, int, bool, list of str, or None."""

    name: str
    value: Callable[[Section], Any]


@dataclass(frozen=True)
class ExportFormat:
    """A format of files. `lines` turns sections into lines of text; its second argument goes before permalinks.

    `purpose` says what people use it for. A file that a browser downloads starts with `byte_order_mark`. `has_cells`:
    it is read by spreadsheets.
    """

    label: str
    purpose: str
    media_type: str
    lines: Callable[[Iterable[Section], str], Iterator[str]]
    byte_order_mark: str = ""
    has_cells: bool = False


def _version(section: Section) -> SectionVersion:
    assert section.current is not None  # noqa: S101  # only sections with a version are indexed
    return section.current


def _iso(time: OutletTime | None) -> str | None:
    return time.iso if time else None


COLUMNS = (
    ExportColumn("section", lambda section: section.pk),
    ExportColumn("article", lambda section: section.article_id),
    ExportColumn("headline", lambda section: section.article.headline),
    ExportColumn("heading", lambda section: section.heading),
    ExportColumn("text", lambda section: section.text),
    ExportColumn("source", lambda section: section.article.source.name),
    ExportColumn("byline", lambda section: section.full_byline),
    ExportColumn("kind", lambda section: section.article.kind),
    ExportColumn("topics", lambda section: sorted(topic.name for topic in section.article.topics.all())),
    ExportColumn("language", lambda section: section.article.language),
    ExportColumn("published", lambda section: _iso(section.time)),
    ExportColumn("published_precision", lambda section: section.time.precision if section.time else ""),
    ExportColumn("published_day", lambda section: section.time.day if section.time else None),
    ExportColumn("updated", lambda section: _iso(section.last_change)),
    ExportColumn("captured", lambda section: utc_iso(_version(section).capture.first_received)),
    ExportColumn("key_event", lambda section: _version(section).key_event),
    ExportColumn("gone", lambda section: section.gone_id is not None),
    ExportColumn(
        "withdrawn", lambda section: section.withdrawn or section.article.status == PublishingStatus.CANCELED
    ),
    ExportColumn("note", lambda section: _version(section).note or section.article.note),
    ExportColumn("url", lambda section: section.article.url),
    ExportColumn("permalink", lambda section: _version(section).get_absolute_url()),
    ExportColumn("version", lambda section: _version(section).number),
    ExportColumn("capture_sha256", lambda section: _version(section).capture.sha256),
    ExportColumn("curated", lambda section: section.article.curated_fields),
)


def _values(section: Section, site_url: str) -> dict[str, Any]:
    values = {column.name: column.value(section) for column in COLUMNS}
    values["permalink"] = site_url + values["permalink"]
    return values


def _jsonl_lines(sections: Iterable[Section], site_url: str) -> Iterator[str]:
    for section in sections:
        yield json.dumps(_values(section, site_url), ensure_ascii=False) + "\n"


def _csv_lines(sections: Iterable[Section], site_url: str) -> Iterator[str]:
    writer = csv.writer(_LineReturner())
    yield writer.writerow(column.name for column in COLUMNS)
    for section in sections:
        yield writer.writerow(_cell(value) for value in _values(section, site_url).values())


def long_cells(section: Section) -> tuple[str, ...]:
    """Returns the columns of a section whose text is too long for a cell of a spreadsheet."""
    cells = ((column.name, _cell(column.value(section))) for column in COLUMNS)
    return tuple(name for name, cell in cells if isinstance(cell, str) and _is_too_long(cell))


def is_long_cell(text: str) -> bool:
    """Whether a text is too long for a cell of a spreadsheet."""
    return _is_too_long(str(_cell(text)))


def _is_too_long(cell: str) -> bool:
    if len(cell) > MAX_CELL_CHARS:
        return True
    return 2 * len(cell) > MAX_CELL_CHARS and len(cell.encode("utf-16-le")) > 2 * MAX_CELL_CHARS


class _LineReturner:
    """A file for csv.writer whose `write` returns the line."""

    def write(self, line: str) -> str:
        return line


def _cell(value: Any) -> Any:
    """Returns a value as a cell: lists joined, and text that a spreadsheet would run marked as text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        value = "; ".join(value)
    if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA_STARTS):
        return "'" + value
    return value


EXPORTS: Mapping[str, ExportFormat] = {
    # Without a byte order mark, Excel reads a file in the system's old code page.
    "csv": ExportFormat("CSV", "for spreadsheets", "text/csv", _csv_lines, byte_order_mark="\ufeff", has_cells=True),
    "jsonl": ExportFormat("JSON Lines", "for programs", "application/x-ndjson", _jsonl_lines),
}
