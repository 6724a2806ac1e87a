"""`manage.py export`: a result as a file, or on standard output: all of it, in the order of the page."""

import codecs
import os
import sys
from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import CommandError
from django.template.defaultfilters import pluralize
from django.utils import timezone

from archive.durable_files import open_durably
from archive.models import Capture
from archive.progress import ProgressLine
from archive.terminal import ArchiveCommand
from search.engines import Sort, Unit
from search.errors import SearchError
from search.exports import (
    FORMATS,
    MAX_CELL_CHARS,
    ROW_UNITS,
    TEXTS,
    Export,
    ExportedArticle,
    ExportOptions,
    Format,
    Row,
    make_export,
    read_contents,
    read_fields,
    read_first,
    read_picked,
    read_text,
    read_unit,
    unknown_format,
)
from search.results import LISTINGS, SORTS, UNITS, Question

# A warning names so many rows.
_MAX_LISTED = 10


class Command(ArchiveCommand):
    help = "Exports what a query finds: the hits of the page, in its order."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("query", help="a query (see docs/query-language.md)")
        parser.add_argument("--format", default="csv", help=f"the format of the file: {', '.join(FORMATS)} (csv)")
        parser.add_argument("-o", "--output", metavar="FILE", help="the file to write (standard output)")
        parser.add_argument("--unit", default="section", help=f"what a row is: {' or '.join(ROW_UNITS)} (section)")
        parser.add_argument(
            "--fields", default="", metavar="A,B", help="the columns, in their order (see docs/exports-and-citing.md)"
        )
        parser.add_argument("--text", default="full", help=f"how much of the text: {' or '.join(TEXTS)} (full)")
        parser.add_argument("--first", default="", metavar="N", help="only the first rows (all)")
        parser.add_argument("--pick", default="", metavar="A1,S2", help="only these hits: articles a1, sections s2")
        parser.add_argument(
            "--contents", default="", metavar="A,B", help="the formats in a package (see docs/exports-and-citing.md)"
        )
        parser.add_argument(
            "--captures", action="store_true", help="add the bytes of the captures to a package, as received"
        )
        parser.add_argument(
            "--sort", choices=SORTS, default="", help="the order (relevance, or newest for a query without words)"
        )
        parser.add_argument(
            "--list",
            choices=LISTINGS,
            default="articles",
            help=(
                "whether sections follow each other article by article, as on the page, the same without copies, "
                "or each by itself (articles)"
            ),
        )
        parser.add_argument(
            "--words-in",
            choices=UNITS,
            default="section",
            help="where all words must be: in one section, or anywhere in one article (section)",
        )
        parser.add_argument(
            "--site-url",
            default="",
            metavar="URL",
            help="the address of the archive, which permalinks then begin with: https://archive.example (none)",
        )
        parser.add_argument(
            "--bom", action="store_true", help="start a CSV file with a byte order mark, as the page does for Excel"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            chosen = _find_format(options["format"])
            if options["bom"] and not chosen.byte_order_mark:
                raise CommandError(f"{chosen.label} has no byte order mark. Leave out --bom, or write --format csv.")
            export = make_export(
                chosen,
                _question(options),
                _export_options(options),
                site_url=_site_url(options["site_url"]),
                now=timezone.now(),
            )
        except SearchError as error:
            raise CommandError(str(error)) from error
        if chosen.is_binary and not options["output"] and sys.stdout.isatty():
            raise CommandError(f"A terminal cannot show {chosen.label}. Write it to a file with -o FILE.")
        long_cells = _LongCells()
        export = replace(export, warn_of_long=long_cells.add, captures=Capture.objects.all())
        if options["output"]:
            _write_file(Path(options["output"]), export, with_mark=options["bom"])
        else:
            self._print(export, with_mark=options["bom"])
        if long_cells.count:
            self.stderr.write(long_cells.describe(chosen.long_cells), self.style.WARNING)

    def _print(self, export: Export, *, with_mark: bool) -> None:
        if export.format.is_binary:
            for piece in export.write():
                sys.stdout.buffer.write(piece)
            return
        decoder = codecs.getincrementaldecoder("utf-8")()
        for piece in export.write(with_mark=with_mark):
            self.write_data(decoder.decode(piece))


class _LongCells:
    """The cells that are longer than a spreadsheet holds: how many, and of the first rows which."""

    def __init__(self) -> None:
        self.count = 0
        self._columns: dict[str, list[str]] = {}
        self._others = 0
        self._last = ""

    def add(self, row: Row, column: str) -> None:
        name = f"article {row.article_id}" if isinstance(row, ExportedArticle) else f"section {row.section_id}"
        self.count += 1
        if name in self._columns or len(self._columns) < _MAX_LISTED:
            self._columns.setdefault(name, []).append(column)
        elif name != self._last:
            self._others += 1
        self._last = name

    def describe(self, note: str) -> str:
        """Returns a warning; `note` says what becomes of such cells."""
        listed = "; ".join(f"{name} ({', '.join(columns)})" for name, columns in self._columns.items())
        more = f"; and {self._others:,} more" if self._others else ""
        return (
            f"{self.count:,} cell{pluralize(self.count, ' is,s are')} longer than the {MAX_CELL_CHARS:,} characters "
            f"that a spreadsheet holds: {listed}{more}. {note}"
        )


def _find_format(name: str) -> Format:
    if name not in FORMATS:
        raise CommandError(unknown_format(name))
    return FORMATS[name]


def _question(options: dict[str, Any]) -> Question:
    return Question(
        q=options["query"],
        unit=cast(Unit, options["words_in"]),
        grouped=options["list"] != "sections",
        folded=options["list"] == "folded",
        sort=cast(Sort, options["sort"]),
    )


def _site_url(text: str) -> str:
    """Returns the address of a site without a slash at its end. Permalinks have its path already."""
    parts = urlsplit(text)
    if text and (parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query):
        raise CommandError(f"{text!r} is no address of a site. Write its scheme and host: https://archive.example.")
    return f"{parts.scheme}://{parts.netloc}" if text else ""


def _export_options(options: dict[str, Any]) -> ExportOptions:
    unit = read_unit(options["unit"])
    return ExportOptions(
        unit,
        read_fields([options["fields"]], unit),
        read_text(options["text"]),
        read_first(options["first"]),
        read_picked([options["pick"]]),
        read_contents([options["contents"]]),
        options["captures"],
    )


def _write_file(path: Path, export: Export, *, with_mark: bool) -> None:
    """Writes a file that appears when it is complete, so that nobody takes part of an export for the whole."""
    progress = ProgressLine("Exported", sys.stderr)

    def show(rows: int) -> bool:
        progress(rows, export.total)
        return True

    try:
        with open_durably(path, mode=0o666) as file:
            os.fchmod(file.fileno(), 0o666 & ~settings.UMASK_OF_PERSON)
            for piece in replace(export, watch=show).write(with_mark=with_mark):
                file.write(piece)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        progress.close()
