"""`manage.py ingest`: files and folders into the record, then into the index."""

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from archive import finding, formats
from archive.ingest import CaptureTime, files_under, finish_run, ingest_items, read_path, start_run
from archive.items import Hints, Item, Note, Rejected, as_json
from archive.models.articles import WEB_URL, validate_zone
from archive.progress import Progress
from archive.times import Moment, TimeError, parse_moment

STANDARD_INPUT = "-"


class Command(BaseCommand):
    help = "Takes in files of any known format, packed or not. Exit code 1 when something was rejected."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", metavar="PATH", help="a file, a folder, or - for standard input")
        parser.add_argument("--source", default="", metavar="NAME", help="who published what does not say so itself")
        parser.add_argument("--url", type=_url, help="the address of the one document that is given")
        parser.add_argument("--captured", type=_moment, metavar="TIME", help="when the files were captured; else now")
        parser.add_argument("--published", type=_moment, metavar="TIME", help="when what gives no time was published")
        parser.add_argument(
            "--zone", type=_zone, metavar="NAME", help="whose clock times without a zone show; else UTC"
        )
        parser.add_argument("--dry-run", action="store_true", help="read and report, store nothing")
        parser.add_argument("--json", action="store_true", help="one JSON object on the last line of output")

    def handle(self, *args: Any, **options: Any) -> None:
        paths: list[str] = options["paths"]
        if options["url"] and (len(paths) > 1 or Path(paths[0]).is_dir()):
            raise CommandError("--url is the address of one document; give one file with it.")
        template = Hints(
            "",
            source=options["source"],
            url=options["url"] or "",
            published=options["published"],
            zone=options["zone"] or "",
        )
        streams = _streams(paths, template)
        if options["dry_run"]:
            rejected = self._show(streams, as_json_line=options["json"])
        else:
            rejected = self._store(streams, ", ".join(paths), options["captured"], as_json_line=options["json"])
        if rejected:
            raise CommandError(f"{rejected:,} rejected; the reasons stand above.", returncode=1)

    def _store(self, streams: "Streams", origin: str, captured: Moment | None, *, as_json_line: bool) -> int:
        """Stores what the streams hold, prints the counts, and returns how many were rejected."""
        run = start_run(origin)
        capture_time = CaptureTime(timezone.now(), "time of ingest")
        if captured:
            capture_time = CaptureTime(captured.at, f"given to the {captured.precision}")
        problems: list[dict[str, str]] = []
        count = 0
        progress = Progress("Taken in", sys.stderr)
        try:
            for items, hints in streams:
                for outcome in ingest_items(items, hints, run=run, captured=capture_time):
                    count += outcome.status != "noted"
                    progress(count)
                    problems += self._report(hints, outcome.locator, outcome.reason, outcome.notes)
        finally:
            progress.close()
            finish_run(run)
        indexing = Progress("Indexed", sys.stderr)
        try:
            finding.finder().sync(indexing)
        except finding.FindingError as error:
            # What was taken in is safe, and pending; the counts still stand.
            self.stderr.write(f"Not indexed yet: {error}")
        finally:
            indexing.close()
        counts = {name: getattr(run, name) for name in ("new", "changed", "unchanged", "rejected")}
        if as_json_line:
            self.stdout.write(_json({**counts, "run": run.pk, "problems": problems}))
        else:
            self.stdout.write(", ".join(f"{number:,} {name}" for name, number in counts.items()))
        return run.rejected

    def _show(self, streams: "Streams", *, as_json_line: bool) -> int:
        """Prints what the streams hold, item by item as it is read, and returns how many would be rejected."""
        problems: list[dict[str, str]] = []
        read = rejected = 0
        if as_json_line:
            self.stdout.write('{"items": [', ending="")
        for items, hints in streams:
            for item in items:
                if isinstance(item, Note):
                    problems += self._report(hints, item.locator, "", (item.reason,))
                    continue
                if isinstance(item, Rejected):
                    rejected += 1
                    problems += self._report(hints, item.locator, item.reason, ())
                    continue
                problems += self._report(hints, item.locator, "", item.problems)
                if as_json_line:
                    comma = ", " if read else ""
                    self.stdout.write(comma + _json({"origin": hints.name, **as_json(item)}), ending="")
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


Streams = Iterator[tuple[Iterator[Item], Hints]]


def _streams(paths: list[str], template: Hints) -> Streams:
    """Yields the items of each file with its hints."""
    for name in paths:
        if name == STANDARD_INPUT:
            hints = replace(template, name="standard input")
            yield formats.read(sys.stdin.buffer, hints), hints
            continue
        for path in files_under(Path(name)):
            hints = replace(template, name=str(path))
            yield read_path(path, hints), hints


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _moment(text: str) -> Moment:
    try:
        return parse_moment(text)
    except TimeError as error:
        raise ArgumentTypeError(str(error)) from None


def _zone(text: str) -> str:
    try:
        validate_zone(text)
    except ValidationError as error:
        raise ArgumentTypeError(error.message) from None
    return text


def _url(text: str) -> str:
    try:
        WEB_URL(text)
    except ValidationError:
        raise ArgumentTypeError(f"{text!r} is no web address; it begins with http:// or https://") from None
    return text
