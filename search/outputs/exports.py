"""Whole results as files, streamed: a row for every matching section. Makes no database queries of its own.

COLUMNS is the table of columns, EXPORTS that of formats: to add a format, write a function from sections to lines and
a row. Every row has a permalink, and the hash of the capture by which its words can be checked.
"""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any

from django.urls import get_script_prefix, reverse

from archive.models import Article, PublishingStatus
from archive.search_port import SECTION_PAGE
from archive.times import OutletTime, utc_iso

from ..results import ExportedSection

# What a cell of a spreadsheet holds, in UTF-16 code units (Microsoft, "Excel specifications and limits"). Excel moves
# the rest into the next rows, LibreOffice warns and cuts it off.
MAX_CELL_CHARS = 32_767

# Spreadsheets run a cell that starts with one of these as a formula (OWASP, CSV injection). With full-width forms.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True)
class ExportColumn:
    """A column: its name, and the function that returns its value: a str, int, bool, list of str, or None.

    The function takes a section; that of a column of the `article` takes an article, and is called once for several
    sections. The value of a column that `is_path` is a path on the site.
    """

    name: str
    value: Callable[[Any], Any]
    of_article: bool = False
    is_path: bool = False


# Called with the number of a section, and its columns that a spreadsheet does not hold.
ReportLong = Callable[[int, tuple[str, ...]], None]


@dataclass(frozen=True)
class ExportFormat:
    """A format of files. `lines` turns sections into lines of text; its second argument goes before permalinks.

    Its third argument is called for sections with cells that are too long, if the format has cells. `purpose` says
    what people use it for. A file that a browser downloads starts with `byte_order_mark`. `has_cells`: it is read by
    spreadsheets.
    """

    label: str
    purpose: str
    media_type: str
    lines: Callable[[Iterable[ExportedSection], str, ReportLong | None], Iterator[str]]
    byte_order_mark: str = ""
    has_cells: bool = False


def _of_section(name: str, value: Callable[[ExportedSection], Any], *, is_path: bool = False) -> ExportColumn:
    return ExportColumn(name, value, is_path=is_path)


def _of_article(name: str, value: Callable[[Article], Any]) -> ExportColumn:
    return ExportColumn(name, value, of_article=True)


def _iso(time: OutletTime | None) -> str | None:
    return time.iso if time else None


def _permalink(section: ExportedSection) -> str:
    before, after = _around_number(get_script_prefix())
    return f"{before}{section.section_id}{after}?version={section.number}"


@lru_cache(maxsize=16)
def _around_number(script_prefix: str) -> tuple[str, str]:
    """Returns the path of a section's page before and after its number, on a site under a prefix."""
    before, _, after = reverse(SECTION_PAGE, args=[0]).rpartition("0")
    return before, after


COLUMNS = (
    _of_section("section", lambda section: section.section_id),
    _of_section("article", lambda section: section.article_id),
    _of_article("headline", lambda article: article.headline),
    _of_section("heading", lambda section: section.heading),
    _of_section("text", lambda section: section.text),
    _of_article("source", lambda article: article.source.name),
    _of_section("byline", lambda section: section.byline_in(section.article)),
    _of_article("kind", lambda article: article.kind),
    _of_section("topics", lambda section: section.topics),
    _of_article("language", lambda article: article.language),
    _of_section("published", lambda section: _iso(section.time)),
    _of_section("published_precision", lambda section: section.time.precision if section.time else ""),
    _of_section("published_day", lambda section: section.time.day if section.time else None),
    _of_section("updated", lambda section: _iso(section.last_change_in(section.article))),
    _of_section("captured", lambda section: utc_iso(section.capture.first_received)),
    _of_section("key_event", lambda section: section.key_event),
    _of_section("gone", lambda section: section.gone_id is not None),
    _of_section("withdrawn", lambda section: section.withdrawn or section.article.status == PublishingStatus.CANCELED),
    _of_section("note", lambda section: section.note or section.article.note),
    _of_article("url", lambda article: article.url),
    _of_section("permalink", _permalink, is_path=True),
    _of_section("version", lambda section: section.number),
    _of_section("capture_sha256", lambda section: section.capture.sha256),
    _of_article("curated", lambda article: article.curated_fields),
)
_OF_SECTIONS = [(at, column.value) for at, column in enumerate(COLUMNS) if not (column.of_article or column.is_path)]
_PATHS = [(at, column.value) for at, column in enumerate(COLUMNS) if column.is_path]
# About as many as a chunk of sections has; the values of earlier ones are forgotten.
_MAX_KEPT_ARTICLES = 1000


def _rows(
    sections: Iterable[ExportedSection], site_url: str, encode: Callable[[Any], Any]
) -> Iterator[tuple[ExportedSection, list[Any]]]:
    """Yields sections with their encoded values. The values of an article are encoded once for several sections."""
    kept: dict[int, tuple[Article, list[Any]]] = {}
    for section in sections:
        article, of_article = kept.get(section.article_id, (None, []))
        if article is not section.article:
            article = section.article
            of_article = [encode(column.value(article)) if column.of_article else None for column in COLUMNS]
            if len(kept) >= _MAX_KEPT_ARTICLES:
                kept.clear()
            kept[section.article_id] = article, of_article
        values = of_article.copy()
        for at, value_of in _OF_SECTIONS:
            values[at] = encode(value_of(section))
        for at, path_of in _PATHS:
            values[at] = encode(site_url + path_of(section))
        yield section, values


# The text of a row of JSON, with a place for each value. No name has a sign that would have to be escaped.
_JSON_ROW = "{" + ", ".join(f'"{column.name}": %s' for column in COLUMNS) + "}\n"


def _jsonl_lines(
    sections: Iterable[ExportedSection], site_url: str, report_long: ReportLong | None = None
) -> Iterator[str]:
    for _, values in _rows(sections, site_url, _to_json):
        yield _JSON_ROW % tuple(values)


def _to_json(value: Any) -> str:
    return encode_basestring(value) if type(value) is str else json.dumps(value, ensure_ascii=False)


def _csv_lines(
    sections: Iterable[ExportedSection], site_url: str, report_long: ReportLong | None = None
) -> Iterator[str]:
    writer = csv.writer(_LineReturner())
    yield writer.writerow(column.name for column in COLUMNS)
    for section, cells in _rows(sections, site_url, _cell):
        if report_long and (names := _long_cells(cells)):
            report_long(section.section_id, names)
        yield writer.writerow(cells)


def _long_cells(cells: Sequence[Any]) -> tuple[str, ...]:
    """Returns the columns of a row whose text is too long for a cell of a spreadsheet."""
    return tuple(
        column.name
        for column, cell in zip(COLUMNS, cells, strict=True)
        if type(cell) is str and 2 * len(cell) > MAX_CELL_CHARS and _is_too_long(cell)
    )


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
    if type(value) is str:
        # Most texts begin with a letter or a digit, and need no further look.
        is_formula = not value[:1].isalnum() and value.lstrip(" ").startswith(_FORMULA_STARTS)
        return "'" + value if is_formula else value
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _cell("; ".join(value)) if isinstance(value, list) else value


EXPORTS: Mapping[str, ExportFormat] = {
    # Without a byte order mark, Excel reads a file in the system's old code page.
    "csv": ExportFormat("CSV", "for spreadsheets", "text/csv", _csv_lines, byte_order_mark="\ufeff", has_cells=True),
    "jsonl": ExportFormat("JSON Lines", "for programs", "application/x-ndjson", _jsonl_lines),
}
