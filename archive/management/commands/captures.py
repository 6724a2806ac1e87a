"""`manage.py captures`: verify that the bytes of every capture are those that were received."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandError

from archive.capture_files import CaptureCheck, check_captures, repair_captures
from archive.progress import ProgressLine
from archive.terminal import ArchiveCommand

_MAX_LISTED = 10

# The faults in the order in which they are reported, each with what it means.
_FAULTS = {
    "missing": "without a file",
    "damaged": "with bytes that are not those received",
    "unreadable": "in a file that cannot be read",
    "orphaned": "in a file that belongs to no capture",
    "left_over": "left over from a write that did not end",
}


class Command(ArchiveCommand):
    help = "Checks the stored bytes of all captures."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="verify")
        verify = actions.add_parser("verify", help="compare each file with its SHA-256; exit code 1 if any is wrong")
        verify.add_argument("--repair", action="store_true", help="set wrong files aside, in captures-aside/")
        verify.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        progress = ProgressLine("Captures verify", sys.stderr)
        try:
            check = check_captures(progress)
            set_aside = repair_captures(check) if options["repair"] else 0
        finally:
            progress.close()
        if options["json"]:
            self.stdout.write(json.dumps({**asdict(check), "clean": check.is_clean, "set_aside": set_aside}))
        else:
            self.stdout.write(_describe(check, set_aside))
        needs_bytes = check.missing or check.damaged or check.unreadable
        if needs_bytes or not (check.is_clean or options["repair"]):
            cure = "Restore the files from a backup, or ingest the documents again" if needs_bytes else "Add --repair"
            raise CommandError(f"Not all captures are whole. {cure}.", returncode=1)


def _describe(check: CaptureCheck, set_aside: int) -> str:
    lines = [f"{check.checked:,} captures checked: {'clean' if check.is_clean else 'faults found'}"]
    for fault, meaning in _FAULTS.items():
        if names := getattr(check, fault):
            more = ", ..." if len(names) > _MAX_LISTED else ""
            lines.append(f"{len(names):,} {meaning}: {', '.join(names[:_MAX_LISTED])}{more}")
    if set_aside:
        lines.append(f"{set_aside:,} files set aside in captures-aside/")
    return "\n".join(lines)
