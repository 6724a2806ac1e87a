"""The statements of a result: those in the sections that a question finds, counted exactly, a page of them at a time.

Where a question asks something of single statements, by `said()` or for a speaker, these alone. The engine finds the
sections, and lists their statements in the order of time or by speaker; the record has the words of those on a page.
Four database queries for a page, two for a count; more where curators divided some sections, or for `event:`.
"""

import json
import sys
from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection
from django.db.models import Count, QuerySet
from django.db.models.expressions import RawSQL

from archive.curation import load_parts
from archive.models import Section, Statement, annotated_text, not_rejected, shown_sections
from archive.shown_places import Layout

from ..engines import FoundStatement, Reader, Request, SpeakerStatements, StatementList, condition_of_statements
from ..index import shown_index
from ..query import ParsedQuery
from ..results import Highlighter, Piece, Question, SaidSpan, TextSpans, mark_parts
from .statement_conditions import ConditionPhrase, describe_conditions
from .statement_days import load_statement_days
from .statements import NOBODY, Named, StatementView, load_statements, texts_of


@dataclass(frozen=True)
class StatementRow:
    """A statement of a result, and its section with its article and source. `words` has its matches marked."""

    statement: StatementView
    section: Section
    words: tuple[Piece, ...] = ()


@dataclass(frozen=True)
class SpeakerGroup:
    """Consecutive rows of one speaker. `total` counts all statements of the result by that speaker."""

    speaker: Named
    total: int
    rows: tuple[StatementRow, ...]


@dataclass(frozen=True)
class StatementPage:
    """A page of the statements of a result. `total` counts all of them, `sections` the sections that have some.

    By speaker, `groups` has the rows of the page under their speakers, and `speakers` counts all of them. `conditions`
    are what the question asks of single statements; empty where all those of the sections are listed.
    """

    total: int
    sections: int
    rows: tuple[StatementRow, ...]
    groups: tuple[SpeakerGroup, ...] = ()
    speakers: int = 0
    conditions: tuple[ConditionPhrase, ...] = ()


def find_statements(question: Question, *, now: datetime, index: Reader | None = None) -> StatementPage:
    """Returns the page of statements that a question asks for. Raises QueryError and EngineError.

    `index` is what answered the question, so that both agree.
    """
    index = index or shown_index()
    parsed_query = question.parse(now, index=index)
    start = (question.page - 1) * question.per_page
    request = replace(request_in_time(question, parsed_query, now=now), offset=start, limit=question.per_page)
    listed = index.list_statements(request, by_speaker=question.show == "speakers")
    conditions = describe_conditions(parsed_query.as_written, question.filters)
    return replace(_mark(_load_page(listed, now=now), parsed_query), conditions=conditions)


def _load_page(listed: StatementList, *, now: datetime) -> StatementPage:
    loaded = load_rows(listed.found, now=now)
    groups = tuple(
        SpeakerGroup(_speaker_of(group, rows), group.total, rows)
        for group in listed.groups
        if (rows := tuple(loaded[found] for found in group.found if found in loaded))
    )
    rows = tuple(loaded[found] for found in listed.found if found in loaded)
    return StatementPage(listed.total, listed.sections, rows, groups, listed.speakers)


def _speaker_of(group: SpeakerStatements, rows: Sequence[StatementRow]) -> Named:
    """Returns the speaker of a group as the record has it now: it may know more than the index yet does."""
    return rows[0].statement.speaker if group.by else Named(NOBODY)


def _mark(page: StatementPage, parsed_query: ParsedQuery) -> StatementPage:
    """Returns the page with the matches of the query marked in the words of its statements."""
    highlighter = Highlighter(parsed_query.tree)

    days = load_statement_days(parsed_query.tree, (row.statement for row in page.rows))

    def mark(rows: Iterable[StatementRow]) -> tuple[StatementRow, ...]:
        return tuple(
            replace(row, words=mark_words(row.statement, highlighter, days.get(row.statement.pk, ()))) for row in rows
        )

    groups = tuple(replace(group, rows=mark(group.rows)) for group in page.groups)
    rows = tuple(row for group in groups for row in group.rows) if groups else mark(page.rows)
    return replace(page, rows=rows, groups=groups)


def mark_words(
    statement: StatementView, highlighter: Highlighter, days: Iterable[tuple[int, int]] = ()
) -> tuple[Piece, ...]:
    """Returns the words of a statement in pieces: all of them are said, by its speaker and through its sources.

    `days` are those of `load_statement_days`.
    """
    speaker = (statement.speaker.label,) if statement.speaker.name_id else ()
    via = tuple(step.source.label for step in statement.chain if step.source.name_id)
    whole = SaidSpan(0, len(statement.words), speaker, via)
    return highlighter.mark(statement.words, "text", spans=TextSpans([whole], list(days)))


def request_in_time(question: Question, parsed_query: ParsedQuery, *, now: datetime) -> Request:
    """Returns the request for the sections whose statements a result has, in their order."""
    in_time = question.with_listing("sections").with_sort("oldest" if question.sort == "oldest" else "newest")
    return replace(in_time.to_request(parsed_query, now=now, by_article=False), leads=False, fold="")


@dataclass(frozen=True)
class ChosenStatements:
    """Those statements of sections that a question asks for: of each section in order, where its own end."""

    sections: Sequence[int]
    ends: Sequence[int]
    numbers: Sequence[int]

    def of_places(self, places: Iterable[int]) -> dict[int, frozenset[int]]:
        """Returns the numbers of the statements of the sections at some places."""
        return {
            self.sections[place]: frozenset(self.numbers[self.ends[place - 1] if place else 0 : self.ends[place]])
            for place in places
        }

    def at(self, places: Sequence[int]) -> "ChosenStatements":
        """Returns those of the sections at some places."""
        return ChosenStatements.of(self.of_places(places))

    @classmethod
    def of(cls, by_section: Mapping[int, Collection[int]]) -> "ChosenStatements":
        """Returns those of some sections, in their order. 8 bytes each, and 16 a section."""
        numbers = array("q")
        ends = array("q")
        for of_section in by_section.values():
            numbers.extend(of_section)
            ends.append(len(numbers))
        return cls(array("q", by_section), ends, numbers)


def choose_statements(
    question: Question, parsed_query: ParsedQuery, index: Reader, *, now: datetime
) -> dict[int, list[int]] | None:
    """Returns the statements that a question asks for, by section, in their order; None if it asks for all.

    Raises EngineError. One search.
    """
    request = request_in_time(question, parsed_query, now=now)
    if condition_of_statements(request.tree, request.filters) is None:
        return None
    chosen: dict[int, list[int]] = {}
    for section, number in index.list_statements(replace(request, offset=0, limit=sys.maxsize)).found:
        chosen.setdefault(section, []).append(number)
    return chosen


def count_statements(sections: Sequence[int], chosen: ChosenStatements | None = None) -> dict[int, int]:
    """Returns how many statements each of these sections has, if any; with `chosen`, how many of these it has now.

    Two queries; more where curators divided some of the sections.
    """
    divided = statements_in_divided(sections)
    own = statements_in(sections)
    if chosen is not None:
        own = own.filter(pk__in=_numbers(chosen.numbers))
        places = [place for place, section in enumerate(chosen.sections) if section in divided]
        divided = keep_chosen(divided, chosen.of_places(places))
    grouped = own.values("version__current_of").annotate(Count("pk")).order_by()
    counts: dict[int, int] = dict(grouped.values_list("version__current_of", "pk__count"))
    for section in divided:
        counts.pop(section, None)
    return counts | {section: len(found) for section, found in divided.items() if found}


def keep_chosen(
    statements: Mapping[int, list[StatementView]], chosen: Mapping[int, Collection[int]]
) -> dict[int, list[StatementView]]:
    """Returns of the statements of sections those that are chosen."""
    return {
        section: [statement for statement in found if statement.pk in chosen.get(section, ())]
        for section, found in statements.items()
    }


def load_section_statements(sections: Collection[int]) -> dict[int, list[StatementView]]:
    """Returns the statements of sections, in the order of their texts. Four queries; more where some are divided."""
    divided = statements_in_divided(sections)
    others = [section for section in sections if section not in divided]
    versions = Section.objects.filter(pk__in=others, current__isnull=False).order_by()
    texts, of_version = {}, {}
    for section, version, heading, text in versions.values_list("pk", "current", "current__heading", "current__text"):
        texts[version], of_version[version] = annotated_text(heading, text), section
    found = {of_version[version]: statements for version, statements in load_statements(texts).items()}
    return found | divided


def _load_sections(
    numbers: Collection[int], divided: Mapping[int, list[StatementView]], *, now: datetime
) -> tuple[dict[int, Section], dict[int, list[StatementView]]]:
    """Returns sections that readers see, and their statements. Three queries."""
    if not numbers:
        return {}, {}
    sections = mark_parts(shown_sections(now).select_related("article__source", "current")).in_bulk(set(numbers))
    versions = {
        section.current.pk: section for section in sections.values() if section.current and section.pk not in divided
    }
    texts = {
        pk: annotated_text(section.current.heading, section.current.text)
        for pk, section in versions.items()
        if section.current
    }
    found = {versions[version].pk: statements for version, statements in load_statements(texts).items()}
    return sections, {**found, **divided}


def load_rows(wanted: Collection[FoundStatement], *, now: datetime) -> dict[FoundStatement, StatementRow]:
    """Returns statements that an index lists, as the record has them now: without what it does not show any more.

    Four queries, and more where some of the sections are divided.
    """
    chosen = set(wanted)
    numbers = {found.section_id for found in chosen}
    sections, statements = _load_sections(numbers, statements_in_divided(numbers), now=now)
    return {
        found: StatementRow(statement, sections[number])
        for number, of_section in statements.items()
        if number in sections
        for statement in of_section
        if (found := FoundStatement(number, statement.pk)) in chosen
    }


# --- what the record is asked ---


def statements_in(sections: Sequence[int]) -> QuerySet[Statement]:
    """Returns the statements in the current versions of sections, which may be very many."""
    return Statement.objects.filter(not_rejected(), version__current_of__in=_numbers(sections))


def _numbers(numbers: Sequence[int]) -> RawSQL:
    """Returns numbers as a part of a statement. As parameters of their own, they would soon be too many."""
    rows = "SELECT value FROM json_each(%s)"
    if connection.vendor == "postgresql":
        rows = "SELECT value::bigint FROM json_array_elements_text(%s::json)"
    return RawSQL(rows, [json.dumps(list(numbers))])  # noqa: S611  # one of two constants


def _divided_among(sections: Collection[int]) -> set[int]:
    """Returns which of these sections show another text than that of their version. One query, for few rows."""
    divided = Section.objects.filter(divided_text__isnull=False).order_by()
    return set(divided.values_list("pk", flat=True)).intersection(sections)


def statements_in_divided(numbers: Collection[int]) -> dict[int, list[StatementView]]:
    """Returns those of these sections that are divided, with the statements of which they show words.

    One query; four more if there are any, and four for each of their articles.
    """
    sections = _divided_among(numbers)
    if not sections:
        return {}
    hosts = Section.objects.filter(pk__in=sections).select_related("current").in_bulk()
    parts = load_parts(sections)
    found = load_statements(texts_of(parts.values()))
    by_host: dict[int, list[StatementView]] = {}
    for number in sections:
        host, own = hosts[number], []
        for part in parts.get(number, ()):
            layout = Layout.of(part, host.heading, host.paragraphs)
            own += [
                statement
                for statement in found.get(part.version, ())
                if any(layout.place(start, end) for start, end in statement.pieces)
            ]
        by_host[number] = own
    return by_host
