"""`manage.py topics`: imports and exports the topics as a thesaurus in SKOS or CSV."""

import getpass
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from archive import search_port
from archive.curation import CurationError
from archive.models import Topic, with_name
from archive.terminal import ArchiveCommand, printable_line
from archive.thesauri import (
    EXPORT_FORMATS,
    ImportPlan,
    ThesaurusError,
    carry_out,
    load_concepts,
    plan_import,
    read_thesaurus,
    write_thesaurus,
)
from archive.topic_tree import load_tree


class Command(ArchiveCommand):
    help = "Imports topics from a thesaurus, or exports them: SKOS (RDF/XML, Turtle, N-Triples, JSON-LD) or CSV."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        bring_in = acts.add_parser("import", help="bring a thesaurus in, as one operation that can be undone")
        bring_in.add_argument("path", type=Path, metavar="FILE")
        bring_in.add_argument("--language", default="", help="of the names, like en; by default English")
        bring_in.add_argument("--one-language", action="store_true", help="leave names in other languages out")
        bring_in.add_argument("--dry-run", action="store_true", help="report what would change, and change nothing")
        send_out = acts.add_parser("export", help="write the topics to a file")
        send_out.add_argument("path", type=Path, metavar="FILE")
        send_out.add_argument("--format", choices=EXPORT_FORMATS, help="by default that of the file's ending")
        send_out.add_argument("--under", default="", metavar="TOPIC", help="this topic and what is narrower alone")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["act"] == "import":
                self._import(options)
            else:
                self._export(options)
        except (ThesaurusError, CurationError) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{options['path']}: {error.strerror or error}") from error

    def _import(self, options: Any) -> None:
        path: Path = options["path"]
        thesaurus = read_thesaurus(
            path.read_bytes(), path.name, language=options["language"], others=not options["one_language"]
        )
        if options["dry_run"]:
            self._report(plan_import(thesaurus))
            return
        _, plan = carry_out(thesaurus, user_name=getpass.getuser(), label=f"Imported the thesaurus {path.name}")
        self._report(plan)
        try:
            search_port.get_search_port().sync(search_port.no_progress)
        except search_port.SearchPortError as error:
            self.stderr.write(f"Imported, but not indexed yet: {error}")

    def _report(self, plan: ImportPlan) -> None:
        for name, reason in [*plan.refused, *plan.remarks]:
            self.stderr.write(printable_line(f"{name}: {reason}"))
        self.stdout.write(
            f"{len(plan.new):,} new, {len(plan.changed):,} changed, {plan.same:,} unchanged, "
            f"{len(plan.refused):,} refused"
        )

    def _export(self, options: Any) -> None:
        path: Path = options["path"]
        ending = path.suffix.lower().lstrip(".")
        by_ending = {written.ending: name for name, written in EXPORT_FORMATS.items()}
        format_name = options["format"] or by_ending.get(ending)
        if format_name is None:
            raise CommandError(f"{path}: name a format with --format: {', '.join(EXPORT_FORMATS)}.")
        tree = load_tree()
        wanted = tree.names
        if options["under"]:
            topic = with_name(Topic, options["under"]).first()
            if topic is None:
                raise CommandError(f"There is no topic called “{options['under']}”.")
            wanted = {pk: tree.names[pk] for pk in tree.under(topic.pk)}
        path.write_bytes(write_thesaurus(load_concepts(tree, wanted), format_name))
        self.stdout.write(f"{len(wanted):,} topics in {printable_line(str(path))}")
