"""A statement that is used again finds what its queryset finds, for other values and longer lists too."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q, QuerySet, Value
from django.test.utils import CaptureQueriesContext

from archive.models import Article, Section, Source, Topic, shown_articles, shown_sections
from archive.prepared_queries import MAX_LISTED, PreparedQuery

pytestmark = pytest.mark.django_db

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def articles() -> list[Article]:
    """Articles of two sources; the third is under embargo until an hour later."""
    sources = [Source.objects.create(name=name) for name in ("The Beacon", "Harbour Radio")]
    embargoes = [None, None, NOW + timedelta(hours=1), None, None, None]
    return [
        Article.objects.create(source=sources[number % 2], headline=f"Ferry {number}", embargo=embargo)
        for number, embargo in enumerate(embargoes)
    ]


def shown_with_sources(now: datetime, ids: Sequence[int]) -> QuerySet[Article]:
    return (
        shown_articles(now).filter(pk__in=ids).select_related("source").only("headline", "source__name").order_by("pk")
    )


@pytest.mark.parametrize("count", [0, 1, 2, 4, 5, 6])
@pytest.mark.parametrize("hours", [0, 2])
def test_rows_are_those_of_the_queryset(articles: list[Article], count: int, hours: int) -> None:
    query, now = PreparedQuery(shown_with_sources), NOW + timedelta(hours=hours)
    ids = [article.pk for article in articles]
    query.rows(now=NOW, ids=ids[:3])
    rows = query.rows(now=now, ids=ids[:count])
    assert rows == list(shown_with_sources(now, ids[:count]))
    assert len(rows) == count - (hours == 0 and count > 2)


def test_rows_have_what_is_joined_and_no_more(articles: list[Article]) -> None:
    query = PreparedQuery(shown_with_sources)
    for article in articles[:2]:
        with CaptureQueriesContext(connection) as captured:
            (row,) = query.rows(now=NOW, ids=[article.pk])
            assert (row.headline, row.source.name) == (article.headline, article.source.name)
        assert len(captured) == 1
        assert row.get_deferred_fields() >= {"byline", "url"}


def test_annotations_and_tables_beside_are_found_again(articles: list[Article]) -> None:
    query: PreparedQuery[Section] = PreparedQuery(
        lambda now, ids: shown_sections(now).filter(article__in=ids).annotate(mark=Value("x")).order_by("pk")
    )
    sections = [Section.objects.create(article=article, position=0, key=f"k{article.pk}") for article in articles]
    for chosen in (sections[:2], sections[3:]):
        rows = query.rows(now=NOW, ids=[section.article_id for section in chosen])
        assert rows == chosen
        assert {getattr(row, "mark") for row in rows} == {"x"}  # noqa: B009


def test_values_and_unions_are_found_again(articles: list[Article]) -> None:
    def headlines(names: Sequence[str], number: int) -> QuerySet[Article, tuple[str, int]]:
        rows = Article.objects.order_by().values_list("headline", "source")
        return rows.filter(source__name__in=names).union(rows.filter(pk=number)).order_by("headline")

    query = PreparedQuery(headlines)
    for names, number in ((["The Beacon"], articles[1].pk), (["Harbour Radio"], articles[0].pk)):
        rows = query.rows(names=names, number=number)
        assert rows == list(headlines(names, number))
        assert len(rows) == 4


def test_empty_list_beside_another_condition(articles: list[Article]) -> None:
    def topics(names: Sequence[str], broader: Sequence[str]) -> QuerySet[Topic, tuple[str]]:
        return (
            Topic.objects.filter(Q(name__in=names) | Q(broader__name__in=broader)).values_list("name").order_by("pk")
        )

    sea = Topic.objects.create(name="sea")
    Topic.objects.create(name="ferries", broader=sea)
    query = PreparedQuery(topics)
    assert query.rows(names=["sea"], broader=[]) == [("sea",)]
    assert query.rows(names=[], broader=["sea"]) == [("ferries",)]
    assert query.rows(names=["ferries"], broader=["ferries"]) == [("ferries",)]
    assert query.rows(names=[], broader=[]) == []


def test_list_without_end_is_asked_as_it_is(articles: list[Article]) -> None:
    ids = [*range(-MAX_LISTED, 0), articles[0].pk]
    assert PreparedQuery(shown_with_sources).rows(now=NOW, ids=ids) == [articles[0]]


def test_value_that_the_query_changes_is_refused(articles: list[Article]) -> None:
    query: PreparedQuery[Any] = PreparedQuery(lambda name: Source.objects.filter(name__contains=name))
    with pytest.raises(ValueError, match="does not have name as it is"):
        query.rows(name="Beacon")


@pytest.mark.django_db(transaction=True)
def test_threads_ask_their_own_connections(articles: list[Article]) -> None:
    query, found = PreparedQuery(shown_with_sources), []
    query.rows(now=NOW, ids=[articles[0].pk])

    def ask() -> None:
        found.append((query.rows(now=NOW, ids=[articles[1].pk]), connection.connection))
        connection.close()

    thread = Thread(target=ask)
    thread.start()
    thread.join()
    ((rows, other),) = found
    assert rows == [articles[1]]
    assert other is not connection.connection
