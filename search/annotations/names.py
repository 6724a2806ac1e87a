"""A name as its page shows it: how texts write it, when they mention it, what it says, and whom it is named with.

What is counted are sections that readers see, in the words that they show now: the index counts them, by the field of
the name, and the number of each link is that of the search that it leads to. Two names of one type may have the same
label; then the index counts both. Statements are those of this name alone. What is hidden shows nothing. No HTML.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Literal

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from archive.models import Mention, Name, NameType, Spelling, not_rejected, shown_sections

from ..engines import TIME_LIMIT_SECONDS, time_limit
from ..fields import NAME_FIELDS
from ..index import FIELDS_OF_TYPES, shown_index
from ..results import Answer, Question, SectionRow, Timeline, answer_question, build_timeline
from .result_statements import StatementRow, load_rows, request_in_time

_SPEAKER = "speaker"
MAX_BESIDE = 20
# The page shows so many of each list; all of them have pages of their own.
MAX_LATEST = 5
STATEMENTS_PER_PAGE = 20

Which = Literal["by", "naming"]


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
        seen = spellings.filter(_is_seen(now), shown=True)
        # What a curator added, and no text has.
        added = spellings.filter(~Exists(Mention.objects.filter(spelling=OuterRef("pk"))), curated=True)
        spellings = seen | added if seen.exists() else seen
    found = tuple(spellings.order_by("script", "text"))
    if not found:
        return None
    others = Name.objects.filter(not_rejected(), type=name.type, label=name.label).exclude(pk=name.pk)
    of_others = Spelling.objects.filter(_is_seen(now), shown=True, name=OuterRef("pk"))
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
    """Returns statements by a name, or statements that name it, newest first. Raises EngineError. Four queries."""
    question, index = (page.spoken if which == "by" else page.question), shown_index()
    request = replace(request_in_time(question, question.parse(now, index=index), now=now), offset=start, limit=limit)
    by, naming = (page.name.pk, 0) if which == "by" else (0, page.name.pk)
    listed = index.list_statements(request, by=by, naming=naming)
    loaded = load_rows(listed.found, now=now)
    return NameStatements(listed.total, tuple(loaded[found] for found in listed.found if found in loaded))


def _ask(field: str, label: str) -> Question:
    """Returns what finds the sections with a label: by a query, since a facet counts all but its own filter."""
    newest = Question(sort="newest").with_listing("sections")
    return newest.toggle_value(field, label) if '"' in label else newest.with_query(f'{field}:"{label}"')


def _is_seen(now: datetime) -> Q:
    """Returns the condition that a spelling stands in words that readers see."""
    return Q(Exists(_seen_mentions(now).filter(spelling=OuterRef("pk"))))


def _seen_mentions(now: datetime) -> QuerySet[Mention]:
    # Asked for each mention: a list of all sections that are shown takes longer the larger the archive is.
    return Mention.objects.filter(Exists(shown_sections(now).filter(current=OuterRef("version"))))


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
