"""`manage.py search`: the search page's results on the command line."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, cast

from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import pluralize
from django.utils import timezone

from search.engines import TIME_LIMIT_SECONDS, EngineError, Explanation, Sort, Unit, time_limit
from search.fields import FACET_NAMES, FIELD_BY_NAME
from search.query import QueryError
from search.results import (
    SORTS,
    UNITS,
    Answer,
    Question,
    Snippet,
    Suggestion,
    answer_question,
    count_label,
    did_you_mean,
    parts_without_hits,
    suggest,
)


class Command(BaseCommand):
    help = "Searches the archive and prints the best hits."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("query", help="in the query language: docs/query-language.md")
        parser.add_argument("--json", action="store_true", help="one JSON object on the last line of output")
        parser.add_argument("--limit", type=_limit, default=10, help="how many hits (10)")
        parser.add_argument(
            "--sort", choices=SORTS, default="", help="the default is relevance, or newest without words"
        )
        parser.add_argument("--unit", choices=UNITS, default="section", help="what must satisfy the query")
        parser.add_argument(
            "--suggest", action="store_true", help="what the query, its last word unfinished, may mean"
        )
        parser.add_argument("--explain", action="store_true", help="why each hit has its score")
        parser.add_argument(
            "--facet", action="append", default=[], choices=FACET_NAMES, help="count this field's values"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["suggest"]:
            self._suggest(options["query"], limit=options["limit"], as_json=options["json"])
            return
        question = Question(q=options["query"], unit=cast(Unit, options["unit"]), sort=cast(Sort, options["sort"]))
        try:
            with time_limit(TIME_LIMIT_SECONDS):
                found = answer_question(
                    question,
                    now=timezone.now(),
                    facets=tuple(dict.fromkeys(options["facet"])),
                    by_article=False,
                    limit=options["limit"],
                    explain=options["explain"],
                )
                meant = did_you_mean(found)
                parts = parts_without_hits(found)
        except (QueryError, EngineError) as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(to_json(found), ensure_ascii=False))
        else:
            self._show(found, meant, parts)

    def _suggest(self, q: str, *, limit: int, as_json: bool) -> None:
        try:
            found = suggest(q, now=timezone.now(), limit=limit)
        except EngineError as error:
            raise CommandError(str(error)) from error
        if as_json:
            self.stdout.write(
                json.dumps(
                    {kind: list(map(suggestion_to_json, some)) for kind, some in found.items()}, ensure_ascii=False
                )
            )
            return
        for kind, suggestions in found.items():
            self.stdout.write(self.style.SUCCESS(kind))
            for one in suggestions:
                published = f", {one.published:%Y-%m-%d}" if one.published else ""
                self.stdout.write(f"  {one.text}{published}{count_label(one)}: {one.q}")

    def _show(self, found: Answer, meant: Question | None, parts: list[str]) -> None:
        self.stdout.write(f"Read as: {found.reading.canonical}")
        for note in found.reading.notes:
            self.stdout.write(self.style.NOTICE(f"  {note.message}"))
        if meant:
            self.stdout.write(f"  Did you mean: {meant.q}")
        for part in parts:
            self.stdout.write(f"  Nothing in the archive has {part}")
        for expansion in found.expansions:
            took = ", ".join(f"{form} ({count:,})" for form, count in expansion.forms) or "no word of the archive"
            more = f" and more, {expansion.total:,} forms in all" if expansion.total > len(expansion.forms) else ""
            self.stdout.write(f"  {expansion.written} took {took}{more}")
        self.stdout.write(f"{found.total:,} {found.question.unit}{pluralize(found.total)} in {found.took_ms:.1f} ms\n")
        for row in found.rows:
            article = row.article
            published = f"{article.published:%Y-%m-%d}" if article.published else "undated"
            self.stdout.write(self.style.SUCCESS(article.headline))
            self.stdout.write(f"  {article.source}, {published}, {row.sections[0].section.get_absolute_url()}")
            for section in row.sections:
                if section.section.heading:
                    self.stdout.write(f"  {section.section.heading}")
                self.stdout.write("  " + _plain(section.snippet, self.style.WARNING))
            if row.explanation:
                self.stdout.write("\n".join(_explain(row.explanation)))
            self.stdout.write("")
        for name, counted in found.facets.items():
            self.stdout.write(f"{name}: " + ", ".join(f"{value} ({count:,})" for value, count in counted[:20]))


def suggestion_to_json(one: Suggestion) -> dict[str, Any]:
    """Returns a suggestion as plain JSON values; what it does not have is left out."""
    published = one.published.isoformat().replace("+00:00", "Z") if one.published else None
    values = {"text": one.text, "query": one.q, "count": one.count, "article": one.article_id, "published": published}
    return {name: value for name, value in values.items() if value is not None}


def to_json(found: Answer) -> dict[str, Any]:
    """Returns the answer as plain JSON values."""
    return {
        "query": found.reading.canonical,
        "notes": [note.message for note in found.reading.notes],
        "expansions": [
            {"written": expansion.written, "forms": dict(expansion.forms), "total": expansion.total}
            for expansion in found.expansions
        ],
        "total": found.total,
        "sections": found.sections,
        "articles": found.articles,
        "hits": [
            {
                "section": section.pk,
                "article": row.article.pk,
                "headline": row.article.headline,
                "heading": section.heading,
                "source": row.article.source.name,
                "published": published.isoformat().replace("+00:00", "Z") if published else None,
                "url": row.article.url,
                "permalink": section.get_absolute_url(),
                "score": round(row.score, 6),
                "snippet": _plain(row.sections[0].snippet, str),
            }
            | ({"explanation": explanation_to_json(row.explanation)} if row.explanation else {})
            for row in found.rows
            for section in [row.sections[0].section]
            for published in [section.published or row.article.published]
        ],
        "facets": {
            name: [{"value": value, "count": count} for value, count in counted]
            for name, counted in found.facets.items()
        },
        "took_ms": round(found.took_ms, 3),
    }


def explanation_to_json(explanation: Explanation) -> dict[str, Any]:
    """Returns an explanation as plain JSON values; scripts know the feedback terms as `marks`."""
    values = asdict(explanation)
    values["marks"] = values.pop("feedback")
    return values


def _explain(explanation: Explanation) -> Iterator[str]:
    """Yields the lines that say why a hit has its score: what each part gives, and of which numbers that comes."""
    yield f"  score {explanation.score:.4f}"
    for word in explanation.words:
        weighs = "" if word.factor == 1 else f", weighs {word.factor:.2f}"
        having = f"in {word.sections:,} of {explanation.sections:,} sections"
        yield f"  {word.points:8.4f}  {word.written}, {having}{weighs}"
        for held in word.fields:
            yield (
                f"            {held.frequency} in the {FIELD_BY_NAME[held.field].label.lower()} "
                f"of {held.length:,} words (the mean is {held.mean_length:,.0f})"
            )
    for pair in explanation.pairs:
        times = "once" if pair.count == 1 else f"{pair.count} times"
        yield f"  {pair.points:8.4f}  {pair.left} and {pair.right} near each other, {times}"
    for term in explanation.feedback:
        yield f"  {term.points:8.4f}  has {term.word}, as the best hits do"


def _plain(snippet: Snippet, mark: Any) -> str:
    """Returns a snippet as text; `mark` wraps what matched."""
    text = "".join(mark(piece.text) if piece.matched else piece.text for piece in snippet.pieces)
    return ("… " if snippet.cut_before else "") + text + (" …" if snippet.cut_after else "")


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 <= int(text) <= 10_000):
        raise ArgumentTypeError("a number from 0 to 10000; for all of a result there is `manage.py export`")
    return int(text)
