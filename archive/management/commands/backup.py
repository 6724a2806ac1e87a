"""`manage.py backup`: a copy of a running archive that can be restored."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from archive.backups import BackupError, make_backup
from archive.progress import ProgressLine
from archive.terminal import ArchiveCommand


class Command(ArchiveCommand):
    help = "Makes or renews a backup in a folder, while the archive runs: record, captures and key."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "dest", metavar="DEST", type=Path, help="the folder of the backup; captures in it are kept"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object on the last line of output")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["dest"]
        progress = ProgressLine("Captures", sys.stderr)
        try:
            result = make_backup(folder, progress)
        except BackupError as error:
            raise CommandError(str(error)) from error
        finally:
            progress.close()
        rows = result.manifest.rows
        if options["json"]:
            report = {"made": result.manifest.made, "files": len(result.manifest.files), "copied": result.copied}
            self.stdout.write(json.dumps({**report, "rows": rows}))
            return
        self.stdout.write(
            f"Backup in {folder}: {rows['articles']:,} articles, {rows['sections']:,} sections, "
            f"{len(result.manifest.captures):,} files of captures, {result.copied:,} of them new; all checked"
        )
