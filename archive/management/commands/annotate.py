"""`manage.py annotate`: finds the names, statements and days of texts again, or of those that wait."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from archive.annotating import catch_up, count_known, mark_all, sweep_unused
from archive.naming import weigh
from archive.progress import ProgressLine
from archive.terminal import ArchiveCommand, printable_line


class Command(ArchiveCommand):
    help = "Finds names, statements and days in the texts of the archive. Can be stopped, and goes on with --stale."

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--stale", action="store_true", help="only what waits: what is new, or from earlier rules")
        which.add_argument("--status", action="store_true", help="change nothing; say how much is done")

    def handle(self, *args: Any, **options: Any) -> None:
        faults = []
        if not options["status"]:
            if not options["stale"]:
                mark_all()
            progress = ProgressLine("Annotated", sys.stderr)
            try:
                faults = catch_up(progress)
                sweep_unused()
                weigh()
            except KeyboardInterrupt:
                raise CommandError("Stopped by hand. `manage.py annotate --stale` goes on.") from None
            finally:
                progress.close()
        for fault in faults:
            self.stderr.write(f"version {fault.version} of article {fault.article_id}: {printable_line(fault.reason)}")
        known = count_known()
        self.stdout.write(
            f"{known.annotated:,} texts annotated, {known.waiting:,} waiting, "
            f"{known.failed:,} on which the rules failed"
        )
        if not options["status"] and known.annotated:
            self.stdout.write("Searches know it after `manage.py index update`, or by themselves on a running server")
        if faults:
            raise CommandError(f"The rules failed on {len(faults):,}; their documents are whole.", returncode=1)
