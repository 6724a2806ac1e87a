"""`manage.py ingest`: ingests files and folders, then indexes them."""

import gc
import json
import logging
import subprocess
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from archive import reading, search_port
from archive.ingest import (
    OPTIONS,
    IntakeError,
    IntakeOptions,
    Option,
    StoppedError,
    Stream,
    files_under,
    ingest_streams,
    is_served,
    preview,
    start_run,
)
from archive.items import ArticleItem, Hints, as_json
from archive.progress import ProgressLine
from archive.serving import start_follower
from archive.terminal import ArchiveCommand, printable_line

logger = logging.getLogger(__name__)

STANDARD_INPUT = "-"

# An ingest of more documents that has taken so long may go on for a while. A process takes a second to start.
_MIN_LONG_DOCUMENTS = 50
_MIN_LONG_SECONDS = 2.0

# A document makes thousands of objects that live for long, and few circles of them: looking for these every 700 new
# objects took a tenth of the time.
_OBJECTS_BETWEEN_COLLECTIONS = 100_000

# One problem as it goes into JSON.
_Problem = dict[str, str]


class Command(ArchiveCommand):
    help = "Ingests files of any known format, compressed or not. Exit code 1 when something was rejected."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", metavar="PATH", help="a file, a folder, or - for standard input")
        for option in OPTIONS:
            parser.add_argument(
                f"--{option.name}",
                type=_argument(option),
                metavar=option.metavar,
                help=f"{option.meaning}: {option.example}",
            )
        parser.add_argument("--follow-links", action="store_true", help="follow links that lead out of a folder")
        parser.add_argument("--dry-run", action="store_true", help="read and report, store nothing")
        parser.add_argument("--json", action="store_true", help="one JSON object on the last line of output")

    def handle(self, *args: Any, **options: Any) -> None:
        paths: list[str] = options["paths"]
        intake = IntakeOptions(**{option.name: options[option.name] for option in OPTIONS if options[option.name]})
        try:
            intake.check(single=len(paths) == 1 and not Path(paths[0]).is_dir())
        except IntakeError as error:
            raise CommandError(str(error)) from error
        streams = _streams(paths, intake, follow_links=options["follow_links"])
        if options["dry_run"]:
            rejected = self._preview(streams, intake, as_json_line=options["json"])
        else:
            with _rare_collections():
                rejected = self._ingest(streams, intake, ", ".join(paths), as_json_line=options["json"])
        if rejected:
            raise CommandError(f"{rejected:,} rejected; see the reasons above.", returncode=1)

    def _ingest(self, streams: Iterator[Stream], intake: IntakeOptions, origin: str, *, as_json_line: bool) -> int:
        """Ingests and indexes the streams, prints the counts, and returns how many items were rejected."""
        run = start_run(origin)
        problems: list[_Problem] = []
        count = 0
        stopped: CommandError | None = None
        progress = ProgressLine("Ingested", sys.stderr)
        beside = _IndexingBeside()
        try:
            for hints, outcome in ingest_streams(streams, intake, run=run):
                count += outcome.status != "noted"
                progress(count)
                beside.look(count)
                problems += self._report(hints, outcome.locator, outcome.reason, outcome.notes)
        except StoppedError as error:
            stopped = CommandError(printable_line(str(error)))
        except KeyboardInterrupt:
            stopped = CommandError("Stopped by hand. What was ingested is kept; run the same again for the rest.")
        finally:
            progress.close()
            beside.end()
        if not stopped:
            self._index()
        counts = {name: getattr(run, name) for name in ("new", "changed", "unchanged", "rejected")}
        if as_json_line:
            reason = {"stopped": str(stopped)} if stopped else {}
            self.stdout.write(_json({**counts, "run": run.pk, "problems": problems, **reason}))
        else:
            self.stdout.write(", ".join(f"{number:,} {name}" for name, number in counts.items()))
        if stopped:
            raise stopped
        return run.rejected

    def _index(self) -> None:
        """Indexes what is pending. What cannot be indexed now is safe in the record, and stays pending."""
        progress = ProgressLine("Indexed", sys.stderr)
        try:
            search_port.get_search_port().catch_up(progress)
        except search_port.SearchPortError as error:
            self.stderr.write(f"Not indexed yet: {error}")
        finally:
            progress.close()

    def _preview(self, streams: Iterator[Stream], intake: IntakeOptions, *, as_json_line: bool) -> int:
        """Prints what would be recorded, item by item as it is read, and returns how many would be rejected."""
        problems: list[_Problem] = []
        read = rejected = 0
        if as_json_line:
            self.stdout.write('{"items": [', ending="")
        for hints, items in preview(streams, intake):
            for item in items:
                problems += self._report(hints, item.locator, item.reason, item.notes)
                rejected += bool(item.reason)
                if not item.article:
                    continue
                if as_json_line:
                    content = {"origin": hints.name, **as_json(replace(item.article, problems=item.notes))}
                    self.stdout.write((", " if read else "") + _json(content), ending="")
                else:
                    self.stdout.write(_summary(item.article))
                read += 1
        if as_json_line:
            self.stdout.write(f'], "rejected": {rejected}, "problems": {_json(problems)}}}')
        else:
            self.stdout.write(f"{read:,} read, {rejected:,} rejected; nothing was stored")
        return rejected

    def _report(self, hints: Hints, locator: str, reason: str, notes: tuple[str, ...]) -> list[_Problem]:
        """Writes one line for each problem of an item to standard error, and returns them for JSON."""
        problems = [("rejected", reason)] if reason else []
        problems += [("note", note) for note in notes]
        place = ": ".join(printable_line(part) for part in (hints.name, locator) if part)
        for level, text in problems:
            style = self.style.NOTICE if level == "note" else None
            self.stderr.write(f"{place}: {level}: {printable_line(text)}", style)
        return [{"level": level, "origin": hints.name, "locator": locator, "reason": text} for level, text in problems]


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Has this process look less often for objects that nothing uses any more, as long as the block lasts."""
    before = gc.get_threshold()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    try:
        yield
    finally:
        gc.set_threshold(*before)


class _IndexingBeside:
    """A process that indexes what a long ingest records, while it goes on; none where a server has one."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._begun = time.monotonic()
        self._is_decided = False

    def look(self, count: int) -> None:
        """Starts the process once so many documents are ingested that it is worth its start."""
        if self._is_decided or count < _MIN_LONG_DOCUMENTS or time.monotonic() - self._begun < _MIN_LONG_SECONDS:
            return
        self._is_decided = True
        if is_served():
            return
        try:
            self._process = start_follower()
        except OSError as error:
            logger.warning("What comes in is found only at the end of the run: %s", error)

    def end(self) -> None:
        """Ends the process. What it has not indexed is pending."""
        if self._process:
            self._process.terminate()
            self._process.wait()


def _streams(paths: list[str], intake: IntakeOptions, *, follow_links: bool) -> Iterator[Stream]:
    """Yields the items of each file with its hints."""
    for name in paths:
        if name == STANDARD_INPUT:
            hints = intake.hints("standard input")
            yield Stream(reading.read(sys.stdin.buffer, hints), hints)
            continue
        for found in files_under(Path(name), follow_links=follow_links):
            hints = intake.hints(str(found.path))
            yield Stream(found.read(hints), hints, None if found.refused else found.path)


def _summary(article: ArticleItem) -> str:
    headings = sum(bool(section.heading) for section in article.sections)
    counted = f"{len(article.sections)} sections, {headings} with a heading"
    return f"{printable_line(article.headline)} [{article.kind}, {article.reader}, {counted}]"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _argument(option: Option) -> Callable[[str], Any]:
    """Returns the option's parser for argparse, which shows the messages of ArgumentTypeError alone."""

    def parse(text: str) -> Any:
        try:
            return option.read(text)
        except IntakeError as error:
            raise ArgumentTypeError(str(error)) from None

    return parse
