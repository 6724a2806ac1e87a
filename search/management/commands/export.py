"""`manage.py export`: every section of a result, to a file or to standard output."""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.core.management.base import CommandError
from django.template.defaultfilters import pluralize
from django.utils import timezone

from archive.durable_files import open_durably
from archive.progress import ProgressLine
from archive.terminal import ArchiveCommand
from search.engines import Sort, Unit
from search.errors import SearchError
from search.outputs import EXPORTS, MAX_CELL_CHARS
from search.results import SORTS, UNITS, Question, scan_sections

# A warning names so many sections.
_MAX_LISTED = 10


class Command(ArchiveCommand):
    help = "Exports every section that a query finds."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("query", help="a query (see docs/query-language.md)")
        parser.add_argument("--format", choices=EXPORTS, default="csv", help="the format of the file (csv)")
        parser.add_argument("-o", "--output", metavar="FILE", help="the file to write (standard output)")
        parser.add_argument(
            "--sort", choices=SORTS, default="", help="the order (relevance, or newest for a query without words)"
        )
        parser.add_argument(
            "--unit", choices=UNITS, default="section", help="what must match: a section, or an article as a whole"
        )

        parser.add_argument(
            "--bom", action="store_true", help="start a CSV file with a byte order mark, as the page does for Excel"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        chosen = EXPORTS[options["format"]]
        if options["bom"] and not chosen.byte_order_mark:
            raise CommandError(f"{chosen.label} has no byte order mark. Leave out --bom, or write --format csv.")
        question = Question(
            q=options["query"], unit=cast(Unit, options["unit"]), grouped=False, sort=cast(Sort, options["sort"])
        )
        try:
            sections = scan_sections(question, now=timezone.now())
        except SearchError as error:
            raise CommandError(str(error)) from error
        too_long: dict[int, tuple[str, ...]] = {}
        lines = chosen.lines(sections, "", too_long.__setitem__)
        if options["bom"]:
            lines = _with_mark(chosen.byte_order_mark, lines)
        if options["output"]:
            _write_file(Path(options["output"]), lines)
        else:
            for line in lines:
                self.write_data(line)
        if too_long:
            self.stderr.write(_warning(too_long), self.style.WARNING)


def _with_mark(mark: str, lines: Iterator[str]) -> Iterator[str]:
    """Yields the lines, the first of them behind a mark: it is no line of its own."""
    yield mark + next(lines)
    yield from lines


def _warning(too_long: Mapping[int, tuple[str, ...]]) -> str:
    count = sum(map(len, too_long.values()))
    listed = "; ".join(f"section {pk} ({', '.join(columns)})" for pk, columns in islice(too_long.items(), _MAX_LISTED))
    more = f"; and {len(too_long) - _MAX_LISTED:,} more" if len(too_long) > _MAX_LISTED else ""
    return (
        f"{count:,} cell{pluralize(count, ' is,s are')} longer than the {MAX_CELL_CHARS:,} characters that a "
        f"spreadsheet holds: {listed}{more}. Spreadsheets cut them off or move the rest to other rows. The file has "
        "all of the text: read it with a program, or export --format jsonl."
    )


def _write_file(path: Path, lines: Iterator[str]) -> None:
    """Writes a file that appears when it is complete, so that nobody takes part of an export for the whole."""
    progress = ProgressLine("Exported", sys.stderr)
    try:
        with open_durably(path, mode=0o666) as file:
            os.fchmod(file.fileno(), 0o666 & ~settings.UMASK_OF_PERSON)
            for count, line in enumerate(lines):
                file.write(line.encode())
                progress(count)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        progress.close()
