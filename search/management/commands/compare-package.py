"""`manage.py compare-package`: what was added, changed, or is gone since a package, and why."""

import json
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.template.defaultfilters import pluralize
from django.utils import timezone

from archive.models import archive_identity
from archive.progress import ProgressLine
from archive.terminal import ArchiveCommand, printable_line
from archive.times import utc_iso
from search.errors import SearchError
from search.exports import FORMATS
from search.exports.comparisons import (
    ArchiveReasons,
    ChangedSection,
    Comparison,
    Listing,
    ListingReasons,
    SectionTitle,
    compare,
    list_again,
    load_titles,
    read_saved,
)
from search.exports.packages import Manifest, read_manifest, verify_package


class Command(ArchiveCommand):
    help = "Compares a package with another one, or with what its query finds in the archive today."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="a package")
        parser.add_argument("other", metavar="OTHER", nargs="?", help="a later package (what the archive has today)")
        parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print it (text)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            comparison, before, after, titles = self._compare(Path(options["file"]), options["other"])
        except SearchError as error:
            raise CommandError(str(error)) from error
        if options["format"] == "json":
            self.write_data(json.dumps(_to_json(comparison, before, after), indent=1) + "\n")
            return
        for line in _to_lines(comparison, titles):
            self.stdout.write(line)

    def _compare(
        self, path: Path, other: str | None
    ) -> tuple[Comparison, Listing, Listing, Mapping[int, SectionTitle]]:
        manifest = self._open(path)
        pairs, identity, before = (manifest.question, manifest.options), manifest.archive_id, manifest.to_listing()
        if other:
            second = self._open(Path(other))
            if second.archive_id != identity:
                raise CommandError(
                    f"{path} and {other} are of two archives ({identity} and {second.archive_id}), which number their "
                    "sections by themselves."
                )
            after = second.to_listing(before)
            return compare(before, after, ListingReasons(before, after)), before, after, {}
        if identity != archive_identity():
            raise CommandError(
                f"{path} is of another archive ({identity}), and this is {archive_identity()}. Compare it there, or "
                "with another package of that archive."
            )
        now = timezone.now()
        question, options = read_saved(*pairs)
        after = list_again(question, options, FORMATS["jsonl"], now=now, like=before)
        comparison = compare(before, after, ArchiveReasons(before.made, now))
        named = (section.current.section for section in (*comparison.added, *comparison.changed, *comparison.gone))
        return comparison, before, after, load_titles(named, now=now)

    def _open(self, path: Path) -> Manifest:
        """Returns the manifest of a package whose hashes are right."""
        progress = ProgressLine(f"Checked files of {path.name}", self.stderr)  # type: ignore[arg-type]
        try:
            verification = verify_package(path, progress)
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror or error}") from error
        finally:
            progress.close()
        if verification.faults:
            raise CommandError(
                f"{path} is not as it was written, and is not compared. manage.py verify-package says what is wrong: "
                f"{verification.faults[0]}"
            )
        return Manifest(read_manifest(path, verification))


def _to_lines(comparison: Comparison, titles: Mapping[int, SectionTitle]) -> Iterator[str]:
    groups = {"Added": comparison.added, "Changed": comparison.changed, "Gone": comparison.gone}
    counts = ", ".join(f"{len(sections):,} {name.lower()}" for name, sections in groups.items())
    same = f"{comparison.same:,} section{pluralize(comparison.same)} as before"
    yield f"{counts}; {same}."
    for name, sections in groups.items():
        yield from _group(name, (_section_line(section, titles) for section in sections))
    yield from _group(
        "Articles changed",
        (
            f"Article {article.article} ({article.sections:,} section{pluralize(article.sections)} of it): "
            f"{' '.join(article.reasons)}"
            for article in comparison.articles
        ),
    )
    if comparison.reordered:
        yield "The sections that are in both follow in another order."


def _group(name: str, lines: Iterable[str]) -> Iterator[str]:
    listed = list(lines)
    if listed:
        yield f"\n{name}:"
        yield from (f"  {line}" for line in listed)


def _section_line(section: ChangedSection, titles: Mapping[int, SectionTitle]) -> str:
    listed = section.current
    title = titles.get(listed.section)
    called = f", {printable_line(title.on_one_line)}" if title else ""
    return f"Section {listed.section} of article {listed.article}{called}: {' '.join(section.reasons)}"


def _to_json(comparison: Comparison, before: Listing, after: Listing) -> dict[str, Any]:
    return {
        "before": {"made": utc_iso(before.made), "sections": len(before.sections)},
        "after": {"made": utc_iso(after.made), "sections": len(after.sections)},
        "added": list(map(_section_to_json, comparison.added)),
        "changed": list(map(_section_to_json, comparison.changed)),
        "gone": list(map(_section_to_json, comparison.gone)),
        "articles": [
            {
                "article": article.article,
                "fields": list(article.fields),
                "sections": article.sections,
                "reasons": list(article.reasons),
            }
            for article in comparison.articles
        ],
        "same": comparison.same,
        "reordered": comparison.reordered,
    }


def _section_to_json(section: ChangedSection) -> dict[str, Any]:
    before, after = section.before, section.after
    return {
        "section": section.current.section,
        "article": section.current.article,
        "version_before": before.version if before else None,
        "version_after": after.version if after else None,
        "reasons": list(section.reasons),
    }
