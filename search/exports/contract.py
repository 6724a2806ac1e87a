"""What a format of exports promises, and what it gets: an Export, with the rows and all that a file says about itself.

A format is a module with a function `write`, from an Export to pieces of a file, and a row of FORMATS in the face of
this package. It takes the rows one after another and keeps none, so that its memory does not depend on their number;
it may take them several times. It never looks anything up: what may not be shown is not in the rows.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import chain, islice
from typing import Literal, TypeVar

from django.db.models import QuerySet

from archive.models import Capture
from archive.one_state import one_state

from ..annotations import count_statements, keep_chosen, load_section_statements
from ..engines import ClientGoneError
from ..query import ParsedQuery
from ..results import Question
from .columns import COLUMN_BY_NAME, ExportColumn, RowUnit
from .marking import Marker
from .options import ExportOptionError, ExportOptions
from .picks import parse_pick
from .references import add_references
from .row_kinds import ExportedArticle, ExportedSection, ExportedStatement, Row
from .rows import (
    NOT_IN_RESULT,
    divide_articles,
    list_articles,
    list_sections,
    load_articles,
    load_sections,
    missing_article,
    missing_section,
)
from .selection import Selection, select_rows
from .spreadsheet_cells import is_too_long

# What is loaded at a time: so many sections, or so many articles with no more sections than that. An article has six
# sections, a live page hundreds.
CHUNK_SECTIONS = 1000
CHUNK_ARTICLES = 100
# Sending a piece takes the server as long as making several rows.
PIECE_BYTES = 1 << 16
# Between two looks whether anybody still wants the file. Slow formats write some hundred rows a second.
_ROWS_BETWEEN_LOOKS = 100

# What people do with a file; the page of exports lists the formats of each group together.
Group = Literal["table", "citation", "reading", "program", "package"]
GROUPS: Mapping[Group, str] = {
    "table": "Tables",
    "citation": "Citations",
    "reading": "To read",
    "program": "For programs",
    "package": "Evidence",
}

AnyRow = TypeVar("AnyRow", ExportedSection, ExportedArticle)


def _accept(options: ExportOptions) -> None:
    """Finds nothing wrong."""


@dataclass(frozen=True)
class Format:
    """A format of files. `write` yields the pieces of a file, as text or bytes.

    `purpose` says what people use it for. `has_fields`: its columns can be chosen. `long_cells` says what becomes of
    texts that are longer than a cell of a spreadsheet holds, which `is_long_cell` finds; it is empty where there are
    no cells. `cites`: its rows need references. `marks`: it marks what matches. `is_binary`: it is no text. A text
    that a browser downloads starts with `byte_order_mark`. `check` raises ExportOptionError for options that it cannot
    follow. `is_package`: it has files of other formats in it. The page of exports lists it in its `group`; the menu of
    the results page offers those that are `is_quick`, all of the result with a click.
    """

    label: str
    purpose: str
    media_type: str
    extension: str
    write: Callable[["Export"], Iterator[str] | Iterator[bytes]]
    has_fields: bool = False
    long_cells: str = ""
    is_long_cell: Callable[[str], bool] = is_too_long
    cites: bool = False
    marks: bool = False
    is_binary: bool = False
    byte_order_mark: str = ""
    check: Callable[[ExportOptions], None] = _accept
    is_package: bool = False
    group: Group | None = None
    is_quick: bool = False

    @property
    def shown_group(self) -> Group:
        """The group in which it is offered; by what its rows are, where it names none."""
        return self.group or ("citation" if self.cites else "table" if self.long_cells else "program")

    @property
    def has_statements(self) -> bool:
        """Whether its rows may be statements: those of tables, of JSON and of files to read."""
        return not self.is_package and (self.has_fields or self.shown_group == "reading")

    def check_options(self, options: ExportOptions) -> None:
        """Raises ExportOptionError for options that it cannot follow."""
        if options.unit == "statement" and not self.has_statements:
            raise ExportOptionError(
                f"{self.label} has no statements. Choose a table, JSON or a file to read, or other rows."
            )
        self.check(options)


def _go_on(rows: int) -> bool:
    return True


def _ignore_row(number: int, row: Row) -> None:
    """Forgets a row."""


def _ignore(row: Row, column: str) -> None:
    """Drops a warning that nobody asked for."""


@dataclass(frozen=True)
class Export:
    """An export that is ready to be written: what was asked for, and the rows that were found.

    `site_url` goes before paths of the archive; it is empty where the site is not known. `watch` is called often, with
    the number of rows read; once it returns false, nothing more is read, and `write` raises ClientGoneError.
    `warn_of_long` is called with each row and column whose text is longer than a cell of a spreadsheet holds, and
    `note_row` with each row that is read and its number from 0; a format may read the rows several times. The bytes
    of `captures` may be in the file.
    """

    format: Format
    question: Question
    options: ExportOptions
    selection: Selection
    site_url: str
    made: datetime
    watch: Callable[[int], bool] = _go_on
    warn_of_long: Callable[[Row, str], None] = _ignore
    note_row: Callable[[int, Row], None] = _ignore_row
    captures: QuerySet[Capture] = field(default_factory=Capture.objects.none)

    @property
    def unit(self) -> RowUnit:
        return self.options.unit

    @property
    def parsed_query(self) -> ParsedQuery:
        return self.selection.parsed_query

    @property
    def total(self) -> int:
        """The number of rows, picked hits that are missing included."""
        if self.unit == "statement":
            return self._statement_count + len(self.selection.missing)
        found = self.selection.article_ids if self.unit == "article" else self.selection.section_ids
        return len(found) + len(self.selection.missing)

    @cached_property
    def _statement_count(self) -> int:
        """The number of statements that were found and are there, as many as were asked for. Two queries."""
        count = sum(count_statements(self.selection.section_ids, self.selection.chosen).values())
        return min(count, self.options.first) if self.options.first else count

    @cached_property
    def columns(self) -> tuple[ExportColumn, ...]:
        """The columns in the order in which they were asked for."""
        return tuple(COLUMN_BY_NAME[name] for name in self.options.chosen_fields)

    @cached_property
    def marker(self) -> Marker:
        """Marks what the query matches in the words of the rows."""
        return Marker(self.parsed_query.tree)

    def rows(self) -> Iterator[Row]:
        """Yields the rows in the order of the page, of the state of the archive at the first; picked but missing last.

        To be called within `write` only.
        """
        found: Iterator[Row] = self._found_rows()
        if self.unit == "statement":
            found = islice(self._found_statements(), self.options.first or None)
        for number, row in enumerate(chain(found, self._missing_rows())):
            if number % _ROWS_BETWEEN_LOOKS == 0 and not self.watch(number):
                raise ClientGoneError
            self.note_row(number, row)
            yield row

    def _found_rows(self) -> Iterator[Row]:
        marker = self.marker if self.options.text == "passages" else None
        if self.unit == "article":
            for start in range(0, len(self.selection.article_ids), CHUNK_ARTICLES):
                found = self.selection.articles(start, start + CHUNK_ARTICLES)
                # Of their passages there are few.
                for part in [found] if marker else divide_articles(found, CHUNK_SECTIONS):
                    yield from self._finish(load_articles(part, marker, now=self.made))
            return
        for start in range(0, len(self.selection.section_ids), CHUNK_SECTIONS):
            ids = self.selection.section_ids[start : start + CHUNK_SECTIONS]
            yield from self._finish(load_sections(ids, marker, now=self.made))

    def _found_statements(self) -> Iterator[ExportedStatement]:
        for start in range(0, len(self.selection.section_ids), CHUNK_SECTIONS):
            ids = self.selection.section_ids[start : start + CHUNK_SECTIONS]
            statements = load_section_statements(ids)
            if self.selection.chosen is not None:
                places = range(start, start + len(ids))
                statements = keep_chosen(statements, self.selection.chosen.of_places(places))
            sections = [section_id for section_id in ids if statements.get(section_id)]
            rows = [
                ExportedStatement(section, None if section.tombstone else statement)
                for section in load_sections(sections, None, now=self.made)
                for statement in statements[section.section_id]
            ]
            if self.format.marks:
                self.marker.place_days(rows)
            yield from rows

    def listed_rows(self) -> Iterator[Row]:
        """Yields the rows with no more than a list of contents needs, which takes little time.

        To be called within `write` only.
        """
        found = self.selection.article_ids if self.unit == "article" else self.selection.section_ids
        for start in range(0, len(found), CHUNK_SECTIONS):
            if not self.watch(0):
                raise ClientGoneError
            end = start + CHUNK_SECTIONS
            if self.unit == "article":
                yield from list_articles(self.selection.articles(start, end), now=self.made)
            else:
                yield from list_sections(self.selection.section_ids[start:end], now=self.made)
        yield from self._missing_rows()

    def _missing_rows(self) -> Iterator[Row]:
        for pick in self.selection.missing:
            unit, number = parse_pick(pick)
            section, article = (0, number) if unit == "article" else (number, 0)
            if self.unit == "section":
                yield missing_section(section, article, NOT_IN_RESULT)
            elif self.unit == "statement":
                yield ExportedStatement(missing_section(section, article, NOT_IN_RESULT))
            else:
                of_section = f"Section {section}: {NOT_IN_RESULT.lower()}"
                yield missing_article(article, of_section if section else NOT_IN_RESULT)

    def _finish(self, rows: list[AnyRow]) -> list[AnyRow]:
        if self.format.cites:
            add_references(rows, self.site_url, now=self.made)
        if self.format.marks and self.options.text != "passages":
            self.marker.place(section for row in rows for section in row.sections)
        return rows

    def write(self, *, with_mark: bool = False) -> Iterator[bytes]:
        """Yields the file in pieces of about PIECE_BYTES, all of one state of the archive; first its mark, if wanted.

        What a format yields first is a piece by itself, so that a download begins before rows are loaded. Raises
        ClientGoneError once nobody wants it. Whoever takes no more pieces closes the iterator.
        """
        mark = self.format.byte_order_mark if with_mark else ""
        with one_state():
            piece, size_bytes, enough_bytes = [mark.encode()], 0, 1
            for part in self.format.write(self):
                data = part.encode() if isinstance(part, str) else part
                piece.append(data)
                size_bytes += len(data)
                if size_bytes >= enough_bytes:
                    yield b"".join(piece)
                    piece, size_bytes, enough_bytes = [], 0, PIECE_BYTES
            yield b"".join(piece)


def make_export(
    chosen: Format,
    question: Question,
    options: ExportOptions,
    *,
    site_url: str,
    now: datetime,
) -> Export:
    """Searches for what an export has, and returns it ready to be written.

    Raises ExportOptionError, QueryError and EngineError.
    """
    chosen.check_options(options)
    selection = select_rows(question, options, now=now)
    return Export(chosen, question, options, selection, site_url, now)
