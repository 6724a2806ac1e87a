"""A name as its page shows it: how texts write it, when they mention it, what it says, and whom it is named with.

What is counted are sections that readers see, in the words that they show now: the index counts them, by the field of
the name, and the number of each link is that of the search that it leads to. Two names of one type may have the same
label; then the index counts both. Statements are those of this name alone. What is hidden shows nothing. No HTML.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Literal

from django.db.models import Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.urls import reverse

from archive.models import Mention, Name, NameType, Spelling, Statement, not_rejected, shown_sections

from ..engines import TIME_LIMIT_SECONDS, time_limit
from ..fields import NAME_FIELDS
from ..index import FIELDS_OF_TYPES
from ..results import Answer, Question, SectionRow, Timeline, answer_question, build_timeline
from .result_statements import (
    StatementRow,
    find_sections_in_time,
    load_by_number,
    statements_in_divided,
)
from .statements import StatementView

_SPEAKER = "speaker"
MAX_BESIDE = 20
# The page shows so many of each list; all of them have pages of their own.
MAX_LATEST = 5
STATEMENTS_PER_PAGE = 20

Which = Literal["by", "naming"]
# The sections of which a version is the current one.
_SECTION = "version__current_of"
# A section, and the number of a statement in it.
_Found = tuple[int, int]
_Divided = Mapping[int, list[StatementView]]


@dataclass(frozen=True)
class NamedWith:
    """A name that stands in the same sections, in how many, and the question that finds them."""

    label: str
    field: str
    sections: int
    question: Question


@dataclass(frozen=True)
class NamePage:
    """A name, and the spellings that texts have."""

    name: Name
    spellings: tuple[Spelling, ...]
    homonyms: tuple[int, ...]

    @property
    def field(self) -> str:
        return FIELDS_OF_TYPES[NameType(self.name.type)]

    @property
    def question(self) -> Question:
        """What finds the sections that mention it."""
        return _ask(self.field, self.name.label)

    @property
    def spoken(self) -> Question:
        """What finds the sections in which it says something."""
        return _ask(_SPEAKER, self.name.label)


@dataclass(frozen=True)
class Mentions:
    """The sections that mention a name: how many, over time, the latest of them, and what else they name."""

    sections: int
    articles: int
    timeline: Timeline | None
    latest: tuple[SectionRow, ...]
    beside: tuple[NamedWith, ...]


@dataclass(frozen=True)
class NameStatements:
    """Some of the statements by a name, or of those that name it, newest first. `total` counts all of them."""

    total: int
    rows: tuple[StatementRow, ...]


def find_name(number: int, *, now: datetime, sees_all: bool = False) -> NamePage | None:
    """Returns a name that a reader may see, else None; `sees_all` adds what is hidden. Four queries."""
    name = Name.objects.filter(not_rejected(), pk=number, merged_into=None).first()
    if name is None:
        return None
    spellings = Spelling.objects.filter(name=name)
    if not sees_all:
        seen = spellings.filter(_is_seen(now))
        # What a curator added, and no text has.
        added = spellings.filter(~Exists(Mention.objects.filter(spelling=OuterRef("pk"))), curated=True)
        spellings = seen | added if seen.exists() else seen
    found = tuple(spellings.order_by("script", "text"))
    if not found:
        return None
    others = Name.objects.filter(not_rejected(), type=name.type, label=name.label).exclude(pk=name.pk)
    of_others = Spelling.objects.filter(_is_seen(now), name=OuterRef("pk"))
    return NamePage(name, found, tuple(others.filter(Exists(of_others)).values_list("pk", flat=True)))


def find_merged(number: int, *, now: datetime, sees_all: bool = False) -> int | None:
    """Returns the name that a name was merged into, if the reader may see it; None if it was not merged."""
    into = Name.objects.filter(pk=number).values_list("merged_into", flat=True).first()
    return into if into and find_name(into, now=now, sees_all=sees_all) else None


def find_mentions(page: NamePage, *, now: datetime) -> Mentions:
    """Returns what mentions a name. Raises QueryError and EngineError. Three queries."""
    with time_limit(TIME_LIMIT_SECONDS):
        fields = NAME_FIELDS
        answer = answer_question(
            page.question,
            now=now,
            facets=fields,
            facet_limit=MAX_BESIDE + 1,
            histogram="auto",
            limit=MAX_LATEST,
        )
        timeline = build_timeline(page.question, answer.histogram, None) if answer.histogram else None
        beside = tuple(_find_beside(page, answer))
    latest = tuple(section for row in answer.rows for section in row.sections)
    return Mentions(answer.sections, answer.articles, timeline and _on_search_page(timeline), latest, beside)


def find_name_statements(
    page: NamePage, which: Which, *, now: datetime, start: int = 0, limit: int = MAX_LATEST
) -> NameStatements:
    """Returns statements by a name, or statements that name it, newest first. Raises EngineError. Nine queries."""
    with time_limit(TIME_LIMIT_SECONDS):
        sections = find_sections_in_time(page.spoken if which == "by" else page.question, now=now)
    divided = statements_in_divided(sections)
    find = _find_by if which == "by" else _find_naming
    found = find(page.name, sections, divided)
    places = {section: place for place, section in enumerate(sections)}
    found.sort(key=lambda pair: places[pair[0]])
    chosen = found[start : start + limit]
    loaded = load_by_number(set(chosen), divided, now=now)
    return NameStatements(len(found), tuple(loaded[pair] for pair in chosen if pair in loaded))


def _ask(field: str, label: str) -> Question:
    """Returns what finds the sections with a label: by a query, since a facet counts all but its own filter."""
    newest = Question(sort="newest").with_listing("sections")
    return newest.toggle_value(field, label) if '"' in label else newest.with_query(f'{field}:"{label}"')


def _is_seen(now: datetime) -> Q:
    """Returns the condition that a spelling stands in words that readers see."""
    return Q(Exists(_seen_mentions(now).filter(spelling=OuterRef("pk"))))


def _seen_mentions(now: datetime) -> QuerySet[Mention]:
    return Mention.objects.filter(version__current_of__in=shown_sections(now))


def _find_beside(page: NamePage, answer: Answer) -> Iterator[NamedWith]:
    """Yields the names that most of the sections have besides, of any type, with the questions that find both."""
    own = (page.field, page.name.label)
    pairs = [(field, *value) for field in NAME_FIELDS for value in answer.facets[field]]
    pairs.sort(key=lambda pair: (-pair[2], pair[1], pair[0]))
    for field, label, count in islice((pair for pair in pairs if pair[:2] != own), MAX_BESIDE):
        yield NamedWith(label, field, count, page.question.toggle_value(field, label))


def _on_search_page(timeline: Timeline) -> Timeline:
    """Returns a timeline whose links are those of the search page, wherever it stands."""
    search = reverse("search")
    bars = tuple(replace(bar, url=bar.url and search + bar.url) for bar in timeline.bars)
    return replace(timeline, bars=bars, links=())


# --- statements ---


def _find_by(name: Name, sections: Sequence[int], divided: _Divided) -> list[_Found]:
    seen = set(sections)
    rows = _with_sections(Statement.objects.filter(not_rejected(), speaker__in=_spellings_of(name)))
    found = [pair for pair in rows.values_list(_SECTION, "pk") if pair[0] in seen and pair[0] not in divided]
    return found + [
        (section, statement.pk)
        for section, statements in divided.items()
        for statement in statements
        if statement.speaker.name_id == name.pk
    ]


def _find_naming(name: Name, sections: Sequence[int], divided: _Divided) -> list[_Found]:
    """Returns the statements in which a name stands, by the places of both."""
    seen = set(sections)
    mentions: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    places = Mention.objects.filter(spelling__in=_spellings_of(name)).order_by()
    for version, start, end in places.values_list("version_id", "start", "end"):
        mentions[version].append((start, end))
    rows = _with_sections(Statement.objects.filter(not_rejected(), version__in=places.values("version")))
    # Of ten thousands of rows, Django takes as long to decode each as the query and the rest together.
    as_text = rows.annotate(pieces=Cast("content", TextField()))
    found = [
        (section, pk)
        for section, pk, version, pieces in as_text.values_list(_SECTION, "pk", "version_id", "pieces")
        if section in seen and section not in divided and _overlap(json.loads(pieces), mentions[version])
    ]
    return found + [
        (section, statement.pk)
        for section, statements in divided.items()
        for statement in statements
        if _overlap(statement.pieces, mentions.get(statement.version, []))
    ]


def _spellings_of(name: Name) -> list[int]:
    return list(Spelling.objects.filter(name=name).values_list("pk", flat=True))


def _with_sections(statements: QuerySet[Statement]) -> QuerySet[Statement]:
    """Returns statements of current versions, the last of each first."""
    return statements.filter(version__current_of__isnull=False).order_by("-number", "-pk")


def _overlap(pieces: Sequence[Sequence[int]], places: Sequence[tuple[int, int]]) -> bool:
    return any(first < end and start < last for first, last in pieces for start, end in places)
