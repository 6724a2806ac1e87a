"""`manage.py search`: search results and suggestions on the command line."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from django.core.management.base import CommandError
from django.template.defaultfilters import pluralize
from django.utils import timezone

from archive.terminal import ArchiveCommand, Printable, printable_line
from search.articles import curated_label
from search.engines import TIME_LIMIT_SECONDS, Explanation, Sort, Unit, time_limit
from search.errors import SearchError
from search.fields import FACET_NAMES, FIELD_BY_NAME
from search.outputs import answer_to_json, snippet_text, suggestions_to_json
from search.results import (
    SORTS,
    UNITS,
    Advice,
    Answer,
    ArticleRow,
    CountedQuestion,
    Question,
    Suggestion,
    advise,
    answer_question,
    count_label,
    suggest,
)

_MAX_HITS = 10_000
# Values of each facet that are printed.
_MAX_VALUES = 20


class Command(ArchiveCommand):
    help = "Searches the archive and prints the best hits."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("query", help="a query (see docs/query-language.md)")
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")
        parser.add_argument("--limit", type=_hit_limit, default=10, help="the number of hits (10)")
        parser.add_argument(
            "--sort", choices=SORTS, default="", help="the order (relevance, or newest for a query without words)"
        )
        parser.add_argument(
            "--unit", choices=UNITS, default="section", help="what must match: a section, or an article as a whole"
        )
        parser.add_argument(
            "--suggest", action="store_true", help="print suggestions for the query, whose last word may be unfinished"
        )
        parser.add_argument("--explain", action="store_true", help="print why each hit has its score")
        parser.add_argument(
            "--facet", action="append", default=[], choices=FACET_NAMES, help="count the values of a field"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["suggest"]:
                found = suggest(options["query"], now=timezone.now(), limit=options["limit"])
                self._print_suggestions(found, as_json=options["json"])
            else:
                with time_limit(TIME_LIMIT_SECONDS):
                    answer = _answer(options)
                    advice = advise(answer, now=timezone.now())
                if options["json"]:
                    self.stdout.write(json.dumps(answer_to_json(answer), ensure_ascii=False))
                else:
                    self._print_reading(answer, advice)
                    self._print_hits(answer.rows)
                    self._print_facets(answer)
        except SearchError as error:
            raise CommandError(str(error)) from error

    def _print_suggestions(self, found: Mapping[str, Sequence[Suggestion]], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(suggestions_to_json(found), ensure_ascii=False))
            return
        for kind, suggestions in found.items():
            self.stdout.write(kind, self.style.SUCCESS)
            for suggestion in suggestions:
                published = f", {suggestion.published.day}" if suggestion.published else ""
                self.stdout.write(f"  {suggestion.text}{published}{count_label(suggestion)}: {suggestion.q}")

    def _print_reading(self, answer: Answer, advice: Advice) -> None:
        """Prints how the query was read, and how many sections or articles it finds."""
        self.stdout.write(f"Read as: {answer.parsed_query.canonical}")
        for note, other in advice.notes:
            self.stdout.write(f"  {note.message}", self.style.NOTICE)
            if other:
                self._print_offer(answer, other, label=note.suggestion or "Search for")
        if advice.correction:
            self._print_offer(answer, advice.correction)
        for compound in advice.compounds:
            number = f"{compound.sections:,} other section{pluralize(compound.sections)}"
            self.stdout.write(f"  Also written {compound.written} in {number}: {compound.question.q}")
        for case in advice.other_cases:
            self._print_offer(answer, case)
        for part in advice.parts_without_hits:
            self.stdout.write(f"  Nothing in the archive has {part}")
        for expansion in answer.expansions:
            forms = ", ".join(f"{form} ({count:,})" for form, count in expansion.forms) or "nothing in the archive"
            others = expansion.total > len(expansion.forms)
            more = f" and others, {expansion.total:,} in all" if others else ""
            self.stdout.write(f"  {expansion.written} matches {forms}{more}")
        unit = f"{answer.question.unit}{pluralize(answer.total)}"
        self.stdout.write(f"{answer.total:,} {unit} in {answer.took_ms:.1f} ms\n")

    def _print_offer(self, answer: Answer, offered: CountedQuestion, *, label: str = "") -> None:
        unit = f"{answer.question.unit}{pluralize(offered.total)}"
        self.stdout.write(f"  {label or offered.label}: {offered.question.q} ({offered.total:,} {unit})")

    def _print_hits(self, rows: Sequence[ArticleRow]) -> None:
        for row in rows:
            article = row.article
            published = article.time.day if article.time else "undated"
            self.stdout.write(printable_line(article.headline), self.style.SUCCESS)
            self.stdout.write(
                f"  {printable_line(str(article.source))}, {published}, {row.sections[0].section.get_absolute_url()}"
            )
            if label := curated_label(article):
                self.stdout.write(f"  {label}", self.style.NOTICE)
            for section in row.sections:
                if section.section.heading:
                    self.stdout.write(f"  {printable_line(section.section.heading)}")
                snippet = snippet_text(section.snippet, mark=self.style.WARNING, show=printable_line)
                self.stdout.write(Printable("  " + snippet))
            if row.explanation:
                self.stdout.write("\n".join(_explanation_lines(row.explanation)))
            self.stdout.write("")

    def _print_facets(self, answer: Answer) -> None:
        for name, counted in answer.facets.items():
            values = ", ".join(f"{value} ({count:,})" for value, count in counted[:_MAX_VALUES])
            self.stdout.write(f"{name}: {values}")


def _answer(options: dict[str, Any]) -> Answer:
    question = Question(
        q=options["query"], unit=cast(Unit, options["unit"]), grouped=False, sort=cast(Sort, options["sort"])
    )
    return answer_question(
        question,
        now=timezone.now(),
        facets=tuple(dict.fromkeys(options["facet"])),
        by_article=False,
        limit=options["limit"],
        explain=options["explain"],
    )


def _explanation_lines(explanation: Explanation) -> Iterator[str]:
    """Yields the points that each part adds to a score, and the numbers that they come from."""
    yield f"  score {explanation.score:.4f}"
    for term in explanation.words:
        weight = "" if term.factor == 1 else f", weighs {term.factor:.2f}"
        sections = f"in {term.sections:,} of {explanation.sections:,} sections"
        yield f"  {term.points:8.4f}  {term.written}, {sections}{weight}"
        for field in term.fields:
            yield (
                f"            {field.frequency} in the {FIELD_BY_NAME[field.field].label.lower()} "
                f"of {field.length:,} words (the mean is {field.mean_length:,.0f})"
            )
    for pair in explanation.pairs:
        times = "once" if pair.count == 1 else f"{pair.count} times"
        yield f"  {pair.points:8.4f}  {pair.left} and {pair.right} near each other, {times}"
    for feedback_term in explanation.feedback:
        yield f"  {feedback_term.points:8.4f}  has {feedback_term.word}, as the best hits do"


def _hit_limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= _MAX_HITS):
        raise ArgumentTypeError(f"a number from 0 to {_MAX_HITS}; `manage.py export` writes the whole of a result")
    return int(text)
