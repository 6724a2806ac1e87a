"""The statements of a result: those in the sections that a question finds, counted exactly, a page of them at a time.

The engine finds the sections, in the order of time; the record has their statements. Five database queries for a page,
two for a count; four more where curators divided some of the sections.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, F, QuerySet
from django.db.models.expressions import RawSQL

from archive.models import Section, Statement, Verdict, annotated_text, not_rejected, shown_sections

from ..engines import Reader, Request
from ..index import shown_index
from ..query import ParsedQuery
from ..results import Highlighter, Piece, Question, mark_parts
from .spans import Layout
from .statements import NOBODY, Named, StatementView, add_joined, load_statements


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

    By speaker, `groups` has the rows of the page under their speakers, and `speakers` counts all of them.
    """

    total: int
    sections: int
    rows: tuple[StatementRow, ...]
    groups: tuple[SpeakerGroup, ...] = ()
    speakers: int = 0


def find_statements(question: Question, *, now: datetime, index: Reader | None = None) -> StatementPage:
    """Returns the page of statements that a question asks for. Raises QueryError and EngineError.

    `index` is what answered the question, so that both agree.
    """
    index = index or shown_index()
    sections = find_sections_in_time(question, now=now, index=index)
    start = (question.page - 1) * question.per_page
    if question.show == "speakers":
        page = _page_by_speaker(sections, start, start + question.per_page, now=now)
    else:
        divided = statements_in_divided(sections)
        counts = count_statements(sections, divided)
        chosen = choose_statements(sections, counts, start, start + question.per_page)
        page = StatementPage(sum(counts.values()), len(counts), tuple(_load_rows(chosen, divided, now=now)))
    return _mark(page, question.parse(now, index=index))


def _mark(page: StatementPage, parsed_query: ParsedQuery) -> StatementPage:
    """Returns the page with the matches of the query marked in the words of its statements."""
    highlighter = Highlighter(parsed_query.tree)

    def mark(rows: Iterable[StatementRow]) -> tuple[StatementRow, ...]:
        return tuple(replace(row, words=highlighter.mark(row.statement.words, "text")) for row in rows)

    groups = tuple(replace(group, rows=mark(group.rows)) for group in page.groups)
    rows = tuple(row for group in groups for row in group.rows) if groups else mark(page.rows)
    return replace(page, rows=rows, groups=groups)


def find_sections_in_time(question: Question, *, now: datetime, index: Reader | None = None) -> Sequence[int]:
    """Returns the sections that a question finds, newest first unless it asks for the oldest.

    Copies are among them, and no leads of articles whose headline alone has the words. Raises QueryError and
    EngineError.
    """
    index = index or shown_index()
    return list(index.scan(request_in_time(question, question.parse(now, index=index), now=now)))


def request_in_time(question: Question, parsed_query: ParsedQuery, *, now: datetime) -> Request:
    """Returns the request for the sections whose statements a result has, in their order."""
    in_time = question.with_listing("sections").with_sort("oldest" if question.sort == "oldest" else "newest")
    return replace(in_time.to_request(parsed_query, now=now, by_article=False), leads=False, fold="")


def count_statements(sections: Sequence[int], divided: Mapping[int, list[StatementView]]) -> dict[int, int]:
    """Returns how many statements each of these sections has, if any. One query.

    `divided` has the statements of those that curators divided.
    """
    own = statements_in(sections).values("version__current_of").annotate(Count("pk")).order_by()
    counts: dict[int, int] = dict(own.values_list("version__current_of", "pk__count"))
    for section in divided:
        counts.pop(section, None)
    return counts | {section: len(found) for section, found in divided.items() if found}


def choose_statements(
    sections: Iterable[int], counts: Mapping[int, int], start: int, end: int
) -> list[tuple[int, int, int]]:
    """Returns from which sections the statements at some places of the result come.

    Each with the places of its first and last one among its own.
    """
    chosen, place = [], 0
    for section in sections:
        if place >= end:
            break
        count = counts.get(section, 0)
        if count and place + count > start:
            chosen.append((section, max(start - place, 0), min(end - place, count)))
        place += count
    return chosen


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


def _load_rows(
    chosen: Sequence[tuple[int, int, int]], divided: Mapping[int, list[StatementView]], *, now: datetime
) -> Iterator[StatementRow]:
    sections, found = _load_sections([section for section, _, _ in chosen], divided, now=now)
    for number, first, last in chosen:
        if number in sections:
            yield from (StatementRow(statement, sections[number]) for statement in found.get(number, [])[first:last])


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


# --- by speaker ---


def _page_by_speaker(sections: Sequence[int], start: int, end: int, *, now: datetime) -> StatementPage:
    """Returns a page of statements by speaker: those with most first, whose name is not known last."""
    divided = statements_in_divided(sections)
    found: defaultdict[int | None, list[tuple[int, int]]] = defaultdict(list)
    labels: dict[int | None, Named] = {None: Named(NOBODY)}
    with_statements = set()
    columns = ("pk", "version__current_of", "speaker__name", "speaker__name__label", "speaker__name__type", "rejected")
    rows = statements_in(sections).annotate(rejected=F("speaker__name__verdict")).order_by("number", "pk")
    for pk, section, *name in rows.values_list(*columns):
        if section not in divided:
            _add(found, labels, (section, pk), name)
            with_statements.add(section)
    for section, statements in divided.items():
        for statement in statements:
            found[statement.speaker.name_id].append((section, statement.pk))
            labels.setdefault(statement.speaker.name_id, statement.speaker)
            with_statements.add(section)
    places = {section: place for place, section in enumerate(sections)}
    order = sorted(found, key=lambda name: (name is None, -len(found[name]), labels[name].label, name or 0))
    groups: list[tuple[Named, int, list[tuple[int, int]]]] = []
    place = 0
    for name in order:
        count = len(found[name])
        if place < end and place + count > start:
            found[name].sort(key=lambda pair: places[pair[0]])
            groups.append((labels[name], count, found[name][max(start - place, 0) : end - place]))
        place += count
    loaded = load_by_number({pair for _, _, pairs in groups for pair in pairs}, divided, now=now)
    shown = (
        SpeakerGroup(speaker, count, tuple(loaded[pair] for pair in pairs if pair in loaded))
        for speaker, count, pairs in groups
    )
    filled = tuple(group for group in shown if group.rows)
    return StatementPage(
        place, len(with_statements), tuple(row for group in filled for row in group.rows), filled, len(order)
    )


def _add(
    found: defaultdict[int | None, list[tuple[int, int]]],
    labels: dict[int | None, Named],
    pair: tuple[int, int],
    name: Sequence[Any],
) -> None:
    pk, label, kind, verdict = name
    name_id = None if verdict == Verdict.REJECTED else pk
    found[name_id].append(pair)
    if name_id is not None:
        labels.setdefault(name_id, Named(label, name_id, kind))


def load_by_number(
    pairs: Collection[tuple[int, int]], divided: Mapping[int, list[StatementView]], *, now: datetime
) -> dict[tuple[int, int], StatementRow]:
    """Returns statements by their sections and numbers. Three queries.

    `divided` has the statements of sections that curators divided.
    """
    sections, found = _load_sections({section for section, _ in pairs}, divided, now=now)
    return {
        (number, statement.pk): StatementRow(statement, sections[number])
        for number, statements in found.items()
        if number in sections
        for statement in statements
        if (number, statement.pk) in pairs
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

    One query; five if there are any.
    """
    sections = _divided_among(numbers)
    if not sections:
        return {}
    hosts = {section.pk: section for section in Section.objects.filter(pk__in=sections).select_related("current")}
    sources = {section.pk: [section.current] if section.current else [] for section in hosts.values()}
    add_joined(sources)
    texts = {
        version.pk: annotated_text(version.heading, version.text)
        for versions in sources.values()
        for version in versions
    }
    found = load_statements(texts)
    by_host: dict[int, list[StatementView]] = {}
    for number, versions in sources.items():
        host, own = hosts[number], []
        for version in dict.fromkeys(versions):
            layout = Layout.of(version.heading, version.text, host.heading, host.paragraphs)
            own += [
                statement
                for statement in found.get(version.pk, ())
                if any(layout.place(start, end) for start, end in statement.pieces)
            ]
        by_host[number] = own
    return by_host
