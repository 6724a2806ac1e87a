"""`manage.py export`: every section of a result, as a file or on standard output."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, cast

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from archive.progress import Progress
from search.engines import EngineError, Sort, Unit
from search.outputs import EXPORTS
from search.query import QueryError
from search.results import SORTS, UNITS, Question, scan_sections


class Command(BaseCommand):
    help = "Exports every section that a query finds."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("query", help="in the query language: docs/query-language.md")
        parser.add_argument("--format", choices=EXPORTS, default="csv")
        parser.add_argument("-o", "--output", metavar="FILE", help="where to write; else standard output")
        parser.add_argument("--sort", choices=SORTS, default="")
        parser.add_argument("--unit", choices=UNITS, default="section")

    def handle(self, *args: Any, **options: Any) -> None:
        question = Question(q=options["query"], unit=cast(Unit, options["unit"]), sort=cast(Sort, options["sort"]))
        try:
            sections = scan_sections(question, now=timezone.now())
        except (QueryError, EngineError) as error:
            raise CommandError(str(error)) from error
        lines = EXPORTS[options["format"]].lines(sections, "")
        if not options["output"]:
            for line in lines:
                self.stdout.write(line, ending="")
            return
        path = Path(options["output"])
        # Written aside, so that an export that is cut short does not pass for a whole one.
        aside = path.with_name(path.name + ".part")
        progress = Progress("Exported", sys.stderr)
        try:
            with aside.open("w", encoding="utf-8", newline="") as file:
                for count, line in enumerate(lines):
                    file.write(line)
                    progress(count)
            aside.replace(path)
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}") from error
        finally:
            aside.unlink(missing_ok=True)
            progress.close()
