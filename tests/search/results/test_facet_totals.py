"""Facets of names and sources over random archives: each count is the total of the search that its value leads to.

Curators merge names and decide on them, hide articles, divide entries, and take that back; the index only follows.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.http import QueryDict
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from archive.annotating import catch_up, flow
from archive.curation import Terms, mark_curated
from archive.errors import CurationError
from archive.ingest import settle_articles
from archive.items import ArticleItem, SectionItem
from archive.models import (
    Article,
    Name,
    Operation,
    Section,
    Source,
    Spelling,
    Statement,
    Verdict,
    Withdrawal,
    record_changes,
)
from archive.operations import (
    DECIDE_NAMES,
    DECIDE_STATEMENT,
    JOINED,
    MERGE_NAMED,
    SPLIT,
    SPLIT_NAME,
    TRASHED,
    UndoError,
    operation,
    record_join,
    record_split,
    undo,
    withdraw,
)
from archive.search_port import no_progress
from archive.times import parse_moment
from search.fields import FIELD_BY_NAME, NAME_FIELDS, STATEMENT_FIELDS
from search.index import sync
from search.index.documents import build_all_documents
from search.results.answers import answer_question
from search.results.facets import build_values
from search.results.name_spellings import forget_tables
from search.results.question import Question
from tests.annotated import FinderHere
from tests.archive.ingest.documents import record_items
from tests.conftest import NOW
from tests.withheld_stories import FAR

pytestmark = pytest.mark.django_db

COUNTED = (*NAME_FIELDS, *STATEMENT_FIELDS, "country", "source-kind", "source", "kind", "topic", "byline")
SENTENCES = (
    '"The bridge is shut," Andriy Yermak told Reuters on Monday.',
    "Minister Andrii Yermak left Kyiv for Paris.",
    "President Volodymyr Zelensky said that Kiev would mend the bridge by 12 June 2025.",
    '"There is no light," Yevgeny Balitsky wrote on Telegram on Tuesday.',
    "Ms Ann Lee of the World Bank spoke. Ann Lee said that rain fell in London on 8 June 2025.",
    "Andriy Yermak said: Ann Lee is in Kyiv.",
    "Rain fell.",
)
HEADINGS = ("", "Kyiv waits", "Zelensky in Paris")
SOURCES = (("Courier", "GB", Source.Kind.OUTLET), ("Wire", "UA", Source.Kind.AGENCY), ("Channel", "", "channel"))


@dataclass(frozen=True)
class Entry:
    heading: int
    sentences: tuple[int, ...]


@dataclass(frozen=True)
class History:
    """Articles, each by its source and entries, and what curators do then: acts, each with a number that chooses."""

    articles: tuple[tuple[int, tuple[Entry, ...]], ...]
    acts: tuple[tuple[str, int], ...]


# --- acts ---


def _one_of(rows: Any, number: int) -> Any:
    """Returns the row that a number chooses. Raises CurationError if there is none."""
    found = list(rows.order_by("pk"))
    if not found:
        raise CurationError("there is none")
    return found[number % len(found)]


def _do(act: Any, **parameters: Any) -> Operation:
    with operation(act.kind, user_name="ann", label="") as recorded:
        act.carry_out(parameters, recorded)
    return recorded.operation


def merge(number: int) -> None:
    names = Name.objects.filter(merged_into=None)
    kept = _one_of(names, number)
    _do(MERGE_NAMED, names=[kept.pk, _one_of(names.filter(type=kept.type).exclude(pk=kept.pk), number // 7).pk])


def split_name(number: int) -> None:
    spelling = _one_of(Spelling.objects.all(), number)
    _do(SPLIT_NAME, names=[spelling.name_id], spellings=[spelling.pk], rejected=bool(number % 2))


def decide_name(number: int) -> None:
    verdict = (Verdict.REJECTED, Verdict.ACCEPTED, None)[number % 3]
    _do(DECIDE_NAMES, names=[_one_of(Name.objects.filter(merged_into=None), number).pk], verdict=verdict)


def decide_statement(number: int) -> None:
    speaker = _one_of(Name.objects.filter(merged_into=None), number // 3)
    names, verdict = ([speaker.pk], Verdict.ACCEPTED) if number % 2 else ([], Verdict.REJECTED)
    _do(DECIDE_STATEMENT, statement=_one_of(Statement.objects.all(), number).pk, names=names, verdict=verdict)


def hide(number: int) -> None:
    article = _one_of(Article.objects.all(), number)
    field, value = ("status", "withheld") if number % 2 else ("embargo", FAR)
    setattr(article, field, value)
    mark_curated(article, [field])
    article.save()
    settle_articles([article.pk])
    record_changes([article.pk])


def trash(number: int) -> None:
    article = _one_of(Article.objects.all(), number)
    with operation(TRASHED, user_name="ann", label="") as act:
        act.watch(Article, [article.pk])
        Article.objects.filter(pk=article.pk).update(trashed=act.operation.at)


def withdraw_one(number: int) -> None:
    withdraw([_one_of((Article if number % 2 else Section).objects.all(), number)], Terms("law"), user_name="ann")


def split_entry(number: int) -> None:
    with operation(SPLIT, user_name="ann", label="") as act:
        record_split(act, _one_of(Section.objects.select_related("current", "article"), number), 1)


def join_entries(number: int) -> None:
    second = _one_of(Section.objects.select_related("current", "article").filter(position__gt=0), number)
    first = _one_of(second.article.sections.select_related("current", "article").exclude(pk=second.pk), number)
    with operation(JOINED, user_name="ann", label="") as act:
        record_join(act, first, second)


def undo_one(number: int) -> None:
    undo(_one_of(Operation.objects.all(), number), user_name="ann")


ACTS: Mapping[str, Callable[[int], None]] = {
    act.__name__: act
    for act in (
        merge,
        split_name,
        decide_name,
        decide_statement,
        hide,
        trash,
        withdraw_one,
        split_entry,
        join_entries,
        undo_one,
    )
}

_ENTRIES = st.builds(
    Entry,
    st.integers(0, len(HEADINGS) - 1),
    st.lists(st.integers(0, len(SENTENCES) - 1), min_size=1, max_size=3).map(tuple),
)
_ARTICLES = st.tuples(
    st.integers(0, len(SOURCES) - 1), st.lists(_ENTRIES, min_size=1, max_size=3, unique=True).map(tuple)
)
HISTORIES = st.builds(
    History,
    st.lists(_ARTICLES, min_size=2, max_size=4).map(tuple),
    st.lists(st.tuples(st.sampled_from(sorted(ACTS)), st.integers(0, 99)), min_size=2, max_size=8).map(tuple),
)


# --- the archive ---


@pytest.fixture
def new_index(settings: Any, archive_home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    monkeypatch.setattr(flow, "Finder", FinderHere)
    numbers = count()

    def begin() -> None:
        settings.INDEX_DIR = archive_home / f"index-{next(numbers)}"
        forget_tables()

    return begin


@contextmanager
def rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _record(history: History) -> None:
    for name, country, kind in SOURCES:
        Source.objects.create(name=name, country=country, kind=kind)
    items = []
    for number, (source, entries) in enumerate(history.articles):
        sections = tuple(
            SectionItem(
                tuple(SENTENCES[sentence] for sentence in entry.sentences),
                heading=HEADINGS[entry.heading],
                key=str(place),
                published=parse_moment("2025-06-10T10:00Z"),
            )
            for place, entry in enumerate(entries)
        )
        raw = repr((number, source, entries)).encode()
        url = f"https://courier.example/{number}"
        item = ArticleItem(
            f"Story {number}", sections, raw, "text/html", "test/1", url=url, kind="live", source=SOURCES[source][0]
        )
        items.append(item)
    record_items(*items)
    assert catch_up(no_progress) == []
    sync.rebuild(no_progress)


def _follow() -> None:
    assert catch_up(no_progress) == []
    sync.drain(no_progress)


def _facets(question: Question) -> dict[str, Counter[str]]:
    answer = answer_question(question, now=NOW, facets=COUNTED, limit=0)
    return {name: Counter(dict(values)) for name, values in answer.facets.items()}


def _values(document: Any, field: str) -> tuple[str, ...]:
    found = document.values[field]
    return tuple(found) if isinstance(found, tuple) else (found,) if found else ()


def _check_totals(question: Question, facets: Mapping[str, Counter[str]]) -> None:
    """The link of each value leads to as many as its facet counts."""
    for field, counts in facets.items():
        for value in build_values(question, field, list(counts.items())):
            led_to = Question.from_parameters(QueryDict(value.choose_url.removeprefix("?")))
            assert answer_question(led_to, now=NOW, limit=0).total == value.count, (field, value.value)


def _check_days(documents: list[Any]) -> None:
    """A search for a day spoken of finds the sections that speak of it, or of a span around it."""
    spans = [document.values["event"] for document in documents]
    for day in {day for some in spans for span in some for day in span}:
        speaking = sum(any(earliest <= day <= latest for earliest, latest in some) for some in spans)
        found = answer_question(Question(f"event:{day}", grouped=False), now=NOW, limit=0)
        assert found.total == speaking, day


EVERYTHING = tuple(
    (number % 3, (Entry(1, (number, (number + 1) % 7)), Entry(2, ((number + 2) % 7, (number + 3) % 7))))
    for number in range(4)
)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=HISTORIES)
@example(History(EVERYTHING, ()))
@example(History(EVERYTHING, (("merge", 0), ("hide", 1), ("decide_name", 3), ("split_entry", 0), ("join_entries", 2))))
def test_each_count_is_the_total_of_the_search_that_it_leads_to(
    new_index: Callable[[], None], history: History
) -> None:
    new_index()
    with rolled_back():
        _record(history)
        for name, number in history.acts:
            with suppress(CurationError, UndoError):
                ACTS[name](number)
        _follow()
        documents = list(build_all_documents())
        closed = Withdrawal.objects.filter(section=None, restored=None).values("article")
        shown = Article.objects.filter(status="usable", embargo=None, trashed=None).exclude(pk__in=closed)
        assert {document.article_id for document in documents} <= set(shown.values_list("pk", flat=True))
        by_section = Question(grouped=False)
        facets = _facets(by_section)
        for field in COUNTED:
            expected = Counter(value for document in documents for value in _values(document, field))
            assert facets[field] == expected, field
        _check_totals(by_section, facets)
        _check_days(documents)
        by_article = Question()
        counted = _facets(by_article)
        _check_totals(by_article, counted)
        # The index that followed, and one that is built anew, are the same.
        assert sync.verify(no_progress).clean
        sync.rebuild(no_progress)
        assert (_facets(by_section), _facets(by_article)) == (facets, counted)
        if not history.acts and history.articles == EVERYTHING:
            assert all(facets[field] for field in COUNTED if FIELD_BY_NAME[field].of_sections)
