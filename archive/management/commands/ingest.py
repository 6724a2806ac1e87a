"""`manage.py ingest`: files and folders into the record, then into the index."""

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, ProgrammingError

from archive import formats, search_port
from archive.current_values import zone_of
from archive.errors import ArchiveError
from archive.ingest import (
    OPTIONS,
    Given,
    IntakeError,
    Option,
    StoppedError,
    Stream,
    files_under,
    kept_going,
    normalize,
    read_path,
    start_run,
    take_in,
)
from archive.items import Hints, Note, Rejected, as_json
from archive.progress import Progress

STANDARD_INPUT = "-"


class Command(BaseCommand):
    help = "Takes in files of any known format, packed or not. Exit code 1 when something was rejected."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", metavar="PATH", help="a file, a folder, or - for standard input")
        for option in OPTIONS:
            parser.add_argument(
                f"--{option.name}",
                type=_argument(option),
                metavar=option.metavar,
                help=f"{option.meaning}: {option.example}",
            )
        parser.add_argument("--dry-run", action="store_true", help="read and report, store nothing")
        parser.add_argument("--json", action="store_true", help="one JSON object on the last line of output")

    def handle(self, *args: Any, **options: Any) -> None:
        paths: list[str] = options["paths"]
        given = Given(**{option.name: options[option.name] for option in OPTIONS if options[option.name]})
        try:
            given.check(single=len(paths) == 1 and not Path(paths[0]).is_dir())
        except IntakeError as error:
            raise CommandError(str(error)) from error
        streams = _streams(paths, given)
        if options["dry_run"]:
            rejected = self._show(streams, given, as_json_line=options["json"])
        else:
            rejected = self._store(streams, given, ", ".join(paths), as_json_line=options["json"])
        if rejected:
            raise CommandError(f"{rejected:,} rejected; the reasons stand above.", returncode=1)

    def _store(self, streams: Iterator[Stream], given: Given, origin: str, *, as_json_line: bool) -> int:
        """Stores what the streams hold, prints the counts, and returns how many were rejected."""
        run = start_run(origin)
        problems: list[dict[str, str]] = []
        count = 0
        stopped: CommandError | None = None
        progress = Progress("Taken in", sys.stderr)
        try:
            for hints, outcome in take_in(streams, given, run=run):
                count += outcome.status != "noted"
                progress(count)
                problems += self._report(hints, outcome.locator, outcome.reason, outcome.notes)
        except StoppedError as error:
            stopped = CommandError(str(error))
        except KeyboardInterrupt:
            stopped = CommandError("Stopped by hand. What was taken in stands; give the same again for the rest.")
        finally:
            progress.close()
        if not stopped:
            self._index()
        counts = {name: getattr(run, name) for name in ("new", "changed", "unchanged", "rejected")}
        if as_json_line:
            told = {"stopped": str(stopped)} if stopped else {}
            self.stdout.write(_json({**counts, "run": run.pk, "problems": problems, **told}))
        else:
            self.stdout.write(", ".join(f"{number:,} {name}" for name, number in counts.items()))
        if stopped:
            raise stopped
        return run.rejected

    def _index(self) -> None:
        """Indexes what is pending; what cannot be indexed now is safe in the record, and pending still."""
        progress = Progress("Indexed", sys.stderr)
        try:
            search_port.finder().sync(progress)
        except search_port.SearchPortError as error:
            self.stderr.write(f"Not indexed yet: {error}")
        finally:
            progress.close()

    def _show(self, streams: Iterator[Stream], given: Given, *, as_json_line: bool) -> int:
        """Prints what would be recorded, item by item as it is read, and returns how many would be rejected."""
        captured = given.capture_time()
        source_zone = cache(_zone_of)
        problems: list[dict[str, str]] = []
        read = rejected = 0
        if as_json_line:
            self.stdout.write('{"items": [', ending="")
        for items, hints in streams:
            for item in kept_going(items, hints.name):
                if isinstance(item, Note):
                    problems += self._report(hints, item.locator, "", (item.reason,))
                    continue
                if isinstance(item, Rejected):
                    rejected += 1
                    problems += self._report(hints, item.locator, item.reason, ())
                    continue
                item, _, notes = normalize(item, captured, zone_of=source_zone, zone=hints.zone)
                problems += self._report(hints, item.locator, "", notes)
                if as_json_line:
                    comma = ", " if read else ""
                    told = as_json(replace(item, problems=notes))
                    self.stdout.write(comma + _json({"origin": hints.name, **told}), ending="")
                else:
                    headed = sum(bool(section.heading) for section in item.sections)
                    counted = f"{len(item.sections)} sections, {headed} with a heading"
                    self.stdout.write(f"{item.headline} [{item.kind}, {item.reader}, {counted}]")
                read += 1
        if as_json_line:
            self.stdout.write(f'], "rejected": {rejected}, "problems": {_json(problems)}}}')
        else:
            self.stdout.write(f"{read:,} read, {rejected:,} rejected; nothing was stored")
        return rejected

    def _report(self, hints: Hints, locator: str, reason: str, notes: tuple[str, ...]) -> list[dict[str, str]]:
        """Writes one line a problem to standard error and returns them as they go into JSON."""
        found = [("rejected", reason)] if reason else []
        found += [("note", note) for note in notes]
        place = ": ".join(part for part in (hints.name, locator) if part)
        for level, text in found:
            self.stderr.write(f"{place}: {level}: {text}", self.style.NOTICE if level == "note" else None)
        return [{"level": level, "origin": hints.name, "locator": locator, "reason": text} for level, text in found]


def _streams(paths: list[str], given: Given) -> Iterator[Stream]:
    """Yields the items of each file with its hints."""
    for name in paths:
        if name == STANDARD_INPUT:
            hints = given.hints("standard input")
            yield formats.read(sys.stdin.buffer, hints), hints
            continue
        for path in files_under(Path(name)):
            hints = given.hints(str(path))
            yield read_path(path, hints), hints


def _zone_of(source: str) -> str:
    """Returns the time zone of the source of this name; before there is an archive, none has one."""
    try:
        return zone_of(source)
    except (OperationalError, ProgrammingError):
        return ""


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _argument(option: Option) -> Callable[[str], Any]:
    """Returns the option's parser as argparse wants it, which shows the message of no other error."""

    def parse(text: str) -> Any:
        try:
            return option.parse(text)
        except (ArchiveError, ValueError) as error:
            raise ArgumentTypeError(str(error)) from None

    return parse
