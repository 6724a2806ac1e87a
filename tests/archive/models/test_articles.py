"""When readers see an article."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from archive.models import Article, PublishingStatus, Source, is_hidden, is_shown

NOW = datetime(2025, 6, 3, 12, tzinfo=UTC)
TIMES = (None, NOW - timedelta(hours=1), NOW, NOW + timedelta(hours=1))


@pytest.mark.django_db
def test_an_article_is_either_shown_or_hidden() -> None:
    source = Source.objects.create(name="Example Courier")
    states = product(TIMES, TIMES, (None, NOW), PublishingStatus.values)
    Article.objects.bulk_create(
        Article(source=source, headline="Words", embargo=embargo, closed_until=closed, trashed=trashed, status=status)
        for embargo, closed, trashed, status in states
    )
    shown = set(Article.objects.filter(is_shown(NOW)))
    hidden = set(Article.objects.filter(is_hidden(NOW)))
    assert not shown & hidden
    assert shown | hidden == set(Article.objects.all())
    assert hidden == {article for article in Article.objects.all() if article.is_hidden(NOW)}


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="the plan of another database is written otherwise")
def test_hidden_articles_are_found_by_indexes() -> None:
    with CaptureQueriesContext(connection) as captured:
        assert list(Article.objects.filter(is_hidden(NOW)).order_by()) == []
    with connection.cursor() as cursor:
        (query,) = captured.captured_queries
        plan = [row[3] for row in cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}").fetchall()]
    assert plan[0] == "MULTI-INDEX OR"
    assert not [step for step in plan if step.startswith("SCAN")]
