"""`manage.py index`: update, rebuild, verify, status."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import pluralize

from archive.progress import Progress
from search import index
from search.engines import EngineError

# A command can wait for a rebuild that another process is at.
MAX_WAIT_SECONDS = 600.0


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{pluralize(number)}"


class Command(BaseCommand):
    help = "Keeps the index at one with the record."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="update|rebuild|verify|status")
        actions.add_parser("update", help="index what has changed since the last time")
        actions.add_parser("rebuild", help="build the index anew; the old one serves until the new one is whole")
        verify = actions.add_parser("verify", help="compare index and record; exit 1 when they differ")
        verify.add_argument("--repair", action="store_true", help="index again what differs")
        actions.add_parser("status", help="show how the index stands to the record")
        for action in actions.choices.values():
            action.add_argument("--json", action="store_true", help="one JSON object on the last line of output")

    def handle(self, *args: Any, **options: Any) -> None:
        progress = Progress(f"Index {options['action']}", sys.stderr)
        try:
            report, words = getattr(self, f"_{options['action']}")(progress, options)
        except EngineError as error:
            raise CommandError(str(error)) from error
        finally:
            progress.close()
        self.stdout.write(json.dumps(report) if options["json"] else words)
        if options["action"] == "verify" and not (report["clean"] or report["repaired"]):
            raise CommandError(
                "Index and record differ; mend it with `manage.py index verify --repair`.", returncode=1
            )

    def _update(self, progress: Progress, options: dict[str, Any]) -> tuple[dict[str, Any], str]:
        articles = index.drain(progress, wait_seconds=MAX_WAIT_SECONDS)
        # Looks at the index even if nothing was to be done: one that cannot be read is said to be so.
        sections = index.engine().info().documents
        return {
            "articles": articles
        }, f"{_counted(articles, 'article')} indexed, {_counted(sections, 'section')} in the index"

    def _rebuild(self, progress: Progress, options: dict[str, Any]) -> tuple[dict[str, Any], str]:
        sections = index.rebuild(progress, wait_seconds=MAX_WAIT_SECONDS)
        return {"sections": sections}, f"{_counted(sections, 'section')} indexed anew"

    def _verify(self, progress: Progress, options: dict[str, Any]) -> tuple[dict[str, Any], str]:
        verdict = index.verify(progress)
        repaired = 0
        if options["repair"] and not verdict.clean:
            repaired = index.repair(verdict, progress)
        report = {**asdict(verdict), "clean": verdict.clean, "repaired": repaired}
        words = f"{_counted(verdict.compared, 'section')} compared: "
        if verdict.clean:
            return report, words + "clean"
        for name, ids in (
            ("missing", verdict.missing),
            ("stale", verdict.stale),
            ("surplus", verdict.surplus),
        ):
            if ids:
                shown = ", ".join(map(str, ids[:10])) + (", ..." if len(ids) > 10 else "")
                words += f"\n{len(ids):,} {name} in the index: sections {shown}"
        return report, words + (f"\n{_counted(repaired, 'article')} indexed again" if repaired else "")

    def _status(self, progress: Progress, options: dict[str, Any]) -> tuple[dict[str, Any], str]:
        status = index.status()
        info = index.engine().info()
        words = (
            f"{_counted(info.documents, 'section')} in the index, {status.sections:,} in the record, "
            f"{_counted(status.pending, 'change')} pending\n"
            f"{_counted(info.segments, 'segment')}, {info.size_bytes / 1e6:,.1f} MB, generation {info.generation}"
        )
        return {**asdict(status), **asdict(info)}, "\n".join(part for part in (words, status.advice) if part)
