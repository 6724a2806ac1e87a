"""`manage.py restore`: an archive from its backup, in an empty home."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from archive.backups import BackupError, restore_backup
from archive.progress import ProgressLine
from archive.terminal import ArchiveCommand


class Command(ArchiveCommand):
    help = "Restores a backup into an empty home, builds the index, and verifies both."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", metavar="SOURCE", type=Path, help="the folder of the backup")
        parser.add_argument("--json", action="store_true", help="one JSON object on the last line of output")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["source"]
        try:
            result = restore_backup(folder, _show_step)
        except BackupError as error:
            raise CommandError(str(error)) from error
        rows = result.manifest.rows
        if options["json"]:
            report = {"made": result.manifest.made, "rows": rows, "sections_indexed": result.sections_indexed}
            self.stdout.write(json.dumps(report))
            return
        self.stdout.write(
            f"Restored the backup of {result.manifest.made}: {rows['articles']:,} articles, "
            f"{rows['sections']:,} sections, {len(result.manifest.captures):,} files of captures; "
            f"{result.sections_indexed:,} sections indexed; verified"
        )


@contextmanager
def _show_step(label: str) -> Iterator[ProgressLine]:
    progress = ProgressLine(label, sys.stderr)
    try:
        yield progress
    finally:
        progress.close()
