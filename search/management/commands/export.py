"""`manage.py export`: every section of a result, to a file or to standard output."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from archive.durable_files import open_durably
from archive.progress import ProgressLine
from search.engines import Sort, Unit
from search.errors import SearchError
from search.outputs import EXPORTS
from search.results import SORTS, UNITS, Question, scan_sections


class Command(BaseCommand):
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

    def handle(self, *args: Any, **options: Any) -> None:
        question = Question(q=options["query"], unit=cast(Unit, options["unit"]), sort=cast(Sort, options["sort"]))
        try:
            sections = scan_sections(question, now=timezone.now())
        except SearchError as error:
            raise CommandError(str(error)) from error
        lines = EXPORTS[options["format"]].lines(sections, "")
        if options["output"]:
            _write_file(Path(options["output"]), lines)
        else:
            for line in lines:
                self.stdout.write(line, ending="")


def _write_file(path: Path, lines: Iterator[str]) -> None:
    """Writes a file that appears when it is complete, so that nobody takes part of an export for the whole."""
    progress = ProgressLine("Exported", sys.stderr)
    try:
        with open_durably(path, mode=0o666) as file:
            for count, line in enumerate(lines):
                file.write(line.encode())
                progress(count)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        progress.close()
