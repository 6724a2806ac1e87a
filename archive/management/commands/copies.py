"""`manage.py copies`: what is known of copies of articles, made again or completed."""

import sys
from argparse import ArgumentParser
from typing import Any

from archive.copies import catch_up, count_known, forget_all
from archive.models import record_changes
from archive.progress import ProgressLine
from archive.terminal import ArchiveCommand


class Command(ArchiveCommand):
    help = "Finds articles with the same text: of an archive from before, or all again. Can be stopped, and goes on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="update|rebuild|status")
        actions.add_parser("update", help="compare the articles that were never compared; goes on where it stopped")
        actions.add_parser("rebuild", help="forget what is known and compare all articles; go on with update")
        actions.add_parser("status", help="how many articles are compared, and how many have copies")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["action"] == "rebuild":
            record_changes(forget_all())
        if options["action"] != "status":
            progress = ProgressLine("Copies", sys.stderr)
            try:
                catch_up(progress, on_batch=record_changes)
            finally:
                progress.close()
        known = count_known()
        self.stdout.write(
            f"{known.compared:,} articles compared, {known.with_copies:,} of them with copies, "
            f"in {known.groups:,} groups"
        )
        if known.waiting:
            self.stdout.write(f"{known.waiting:,} articles wait to be compared: `manage.py copies update`")
        elif options["action"] != "status":
            self.stdout.write("Searches know it after `manage.py index update`, or by themselves on a running server")
