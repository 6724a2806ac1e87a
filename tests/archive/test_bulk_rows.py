"""Rows that are written in bulk are those that the ORM writes."""

from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from archive.bulk_rows import create_rows, next_numbers, number_rows
from archive.models import Article, Source

pytestmark = pytest.mark.django_db


def articles(source: Source) -> list[Article]:
    return [
        Article(
            source=source,
            headline=f"Ünïcode {number}",
            kind=Article.Kind.LIVE,
            published=datetime(2025, 6, 2, 14, 30, 1, 250_000, tzinfo=UTC),
            published_precision="second",
            published_offset=None,
            curated_fields=["headline"] if number else [],
        )
        for number in range(3)
    ]


def stored() -> list[dict[str, object]]:
    return [
        {name: value for name, value in row.items() if name != "id"} for row in Article.objects.order_by("pk").values()
    ]


def test_rows_are_those_that_the_orm_writes() -> None:
    source = Source.objects.create(name="Courier")
    created = create_rows(articles(source))
    in_bulk = stored()
    assert [article.pk for article in created] == list(Article.objects.order_by("pk").values_list("pk", flat=True))
    created[0].headline = "Changed"
    created[0].save()
    assert Article.objects.filter(headline="Changed").count() == 1
    Article.objects.all().delete()
    Article.objects.bulk_create(articles(source))
    assert in_bulk == stored()


def test_numbers_are_new_although_the_last_row_was_deleted() -> None:
    source = Source.objects.create(name="Courier")
    last = create_rows(articles(source))[-1].pk
    Article.objects.all().delete()
    numbered = articles(source)
    number_rows(numbered)
    assert [article.pk for article in create_rows(numbered)] == [last + 1, last + 2, last + 3]
    by_orm = Article.objects.create(source=source, headline="One more")
    assert by_orm.pk > last + 3


def test_nothing_asks_the_database_for_nothing() -> None:
    with CaptureQueriesContext(connection) as queries:
        assert list(next_numbers(Article, 0)) == []
        assert create_rows([]) == []
        number_rows([])
    assert len(queries) == 0


def test_numbers_of_a_transaction_that_failed_leave_no_row() -> None:
    source = Source.objects.create(name="Courier")
    with transaction.atomic():
        create_rows(articles(source))
        transaction.set_rollback(True)
    assert not Article.objects.exists()
    assert len({article.pk for article in create_rows(articles(source))}) == 3
