"""`manage.py index`: update, rebuild, verify, status, follow."""

import json
import os
import sys
import time
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandError
from django.template.defaultfilters import pluralize

from archive.progress import ProgressLine
from archive.terminal import ArchiveCommand
from search import index
from search.errors import SearchError

_MAX_LISTED_IDS = 10
# So long does `follow` outlive the server.
_MAX_ALONE_SECONDS = 2.0

# What an action prints: an object for --json, and text for people.
Report = tuple[dict[str, Any], str]


class Command(ArchiveCommand):
    help = "Updates, rebuilds or checks the search index."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="update|rebuild|verify|status|follow")
        actions.add_parser("update", help="index what has changed since the last update")
        actions.add_parser("rebuild", help="build a new index; the old one serves until the new one is complete")
        verify = actions.add_parser(
            "verify", help="check the files of the index, compare it with the database; exit code 1"
        )
        verify.add_argument(
            "--repair", action="store_true", help="index again the sections that differ, or all if files are damaged"
        )
        actions.add_parser("status", help="show the size of the index and pending changes")
        for action in tuple(actions.choices.values()):
            action.add_argument("--json", action="store_true", help="print one JSON object as the last line")
        follow = actions.add_parser("follow", help="index changes as they come in, until it is stopped")
        follow.add_argument(
            "--beside", type=int, metavar="PID", help="end when this process ends, which has started this command"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["action"] == "follow":
            parent = options["beside"]
            with index.only_follower() as is_only:
                if is_only:
                    index.follow(lambda seconds: _wait(seconds, beside=parent))
                elif parent is None:
                    self.stderr.write("Another process follows the record of this archive already.")
            return
        action = {"update": _update, "rebuild": _rebuild, "verify": _verify, "status": _status}[options["action"]]
        progress = ProgressLine(f"Index {options['action']}", sys.stderr)
        try:
            report, text = action(progress, options)
        except SearchError as error:
            raise CommandError(str(error)) from error
        finally:
            progress.close()
        self.stdout.write(json.dumps(report, default=str) if options["json"] else text)
        if options["action"] == "verify" and not (report["clean"] or report["repaired"]):
            raise CommandError(
                f"{'The index is damaged' if report['damaged'] else 'Index and database differ'}. "
                "Repair it with `manage.py index verify --repair`.",
                returncode=1,
            )


def _wait(seconds: float, *, beside: int | None) -> bool:
    """Waits, and returns False as soon as the process is gone that started this one."""
    end = time.monotonic() + seconds
    while beside in (None, os.getppid()):
        left = end - time.monotonic()
        if left <= 0:
            return True
        time.sleep(min(left, _MAX_ALONE_SECONDS))
    return False


def _update(progress: ProgressLine, options: dict[str, Any]) -> Report:
    articles = index.drain(progress, wait_seconds=index.LONG_WAIT_SECONDS)
    # Opens the index even if there was nothing to do, so that an unreadable index is reported.
    sections = index.engine().info().documents
    text = f"{_count(articles, 'article')} indexed, {_count(sections, 'section')} in the index"
    return {"articles": articles}, text


def _rebuild(progress: ProgressLine, options: dict[str, Any]) -> Report:
    sections = index.rebuild(progress, wait_seconds=index.LONG_WAIT_SECONDS)
    return {"sections": sections}, f"{_count(sections, 'section')} indexed"


def _verify(progress: ProgressLine, options: dict[str, Any]) -> Report:
    differences = index.verify(progress)
    repaired = index.repair(differences, progress) if options["repair"] and not differences.clean else 0
    report = {**asdict(differences), "clean": differences.clean, "repaired": repaired}
    if differences.damaged:
        text = "\n".join(["The index is damaged:", *differences.damaged])
        return report, text + (f"\nRebuilt: {_count(repaired, 'article')} indexed again" if repaired else "")
    text = f"{_count(differences.compared, 'section')} compared: "
    if differences.clean:
        return report, text + "clean"
    for name in ("missing", "stale", "surplus"):
        ids = getattr(differences, name)
        if ids:
            listed = ", ".join(map(str, ids[:_MAX_LISTED_IDS])) + (", ..." if len(ids) > _MAX_LISTED_IDS else "")
            text += f"\n{len(ids):,} {name} in the index: sections {listed}"
    return report, text + (f"\n{_count(repaired, 'article')} indexed again" if repaired else "")


def _status(progress: ProgressLine, options: dict[str, Any]) -> Report:
    status = index.status()
    info = index.engine().info()
    lines = [
        f"{_count(info.documents, 'section')} in the index, {status.sections:,} in the database, "
        f"{_count(status.pending, 'change')} pending",
        f"{_count(info.segments, 'segment')}, {info.size_bytes / 1e6:,.1f} MB, generation {info.generation}",
    ]
    return {**asdict(status), **asdict(info)}, "\n".join([*lines, status.advice] if status.advice else lines)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{pluralize(number)}"
