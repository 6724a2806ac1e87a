"""Long lists are counted up to a limit, and any page of them opens."""

from typing import Any

import pytest
from django.core.paginator import EmptyPage
from django.db import connection
from django.db.models import Count, F
from django.test import Client
from django.test.utils import CaptureQueriesContext

from archive.models import Article, Source, Topic
from archive.paging import BoundedPaginator, count_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def sources() -> Any:
    Source.objects.bulk_create(Source(name=f"Outlet {n:02}") for n in range(30))
    return Source.objects.exclude(name="Outlet 29").order_by("name")


@pytest.mark.parametrize(("limit", "expected"), [(30, (29, True)), (29, (29, True)), (28, (28, False))])
def test_rows_beyond_the_limit_are_not_counted(sources: Any, limit: int, expected: tuple[int, bool]) -> None:
    assert count_rows(sources, limit) == expected


def test_page_beyond_the_limit_opens_with_links_to_the_next(sources: Any) -> None:
    first = BoundedPaginator(sources, 2, limit=10)
    assert (first.count, first.is_exact, first.num_pages) == (10, False, 5)
    later = BoundedPaginator(sources, 2, limit=10, page_number=9)
    assert [source.name for source in later.page(9)] == ["Outlet 16", "Outlet 17"]
    assert later.num_pages > 9
    last = BoundedPaginator(sources, 2, limit=10, page_number=15)
    assert (last.count, last.is_exact) == (29, True)
    assert [source.name for source in last.page(15)] == ["Outlet 28"]
    with pytest.raises(EmptyPage):
        BoundedPaginator(sources, 2, limit=10, page_number=16).page(16)


def test_whole_table_is_counted_exactly_without_its_joins(sources: Any) -> None:
    pages = BoundedPaginator(Source.objects.select_related().order_by("name"), 2, limit=3)
    with CaptureQueriesContext(connection) as queries:
        assert (pages.count, pages.is_exact) == (30, True)
    assert "JOIN" not in queries[0]["sql"]


def test_rows_keep_their_order_and_what_was_counted_for_them(sources: Any) -> None:
    topics = [Topic.objects.create(name=name) for name in ("a", "b", "c")]
    for source, count in zip(sources, (1, 3, 2), strict=False):
        article = Article.objects.create(headline="Fire", source=source)
        article.topics.set(topics[:count])
    rows = sources.annotate(total=Count("articles__topics")).order_by(F("total").desc(), "name")
    page = BoundedPaginator(rows, 4, limit=100).page(1)
    assert [(source.name, source.total) for source in page] == [
        ("Outlet 01", 3),
        ("Outlet 02", 2),
        ("Outlet 00", 1),
        ("Outlet 03", 0),
    ]


def test_list_says_that_it_has_more_than_it_counted(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    Source.objects.bulk_create(Source(name=f"Outlet {n:03}", kind="agency") for n in range(420))
    monkeypatch.setattr("archive.admin_looks.MAX_COUNTED", 150)
    page = admin_client.get("/admin/archive/source/?kind__exact=agency").content.decode()
    assert "more than 400" in page
    assert "Outlet 000" in page
    assert "Outlet 399" in admin_client.get("/admin/archive/source/?kind__exact=agency&p=4").content.decode()
    whole = admin_client.get("/admin/archive/source/").content.decode()
    assert "more than" not in whole
    assert ">420<" in whole


def test_list_is_not_sorted_by_what_it_cannot_be_sorted_by(admin_client: Client, seed: Article) -> None:
    def order(asked: str) -> tuple[Any, ...]:
        listing = admin_client.get(f"/admin/archive/section/?{asked}").context["cl"]
        return tuple(listing.queryset.query.order_by[:3])

    assert order("o=1") == order("") == ("-article_id", "position", "id")
    assert order(f"article={seed.pk}&o=-0")[0] == "-position"
