"""search/warming.py: a process answers typical pages before its first reader asks, and starts even if they fail."""

import logging

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from archive.models import Article
from archive.search_port import get_search_port
from search import warming
from search.engines import Request, Results
from search.engines.whoosh.reading import IndexReader
from search.index import current

from .page_tools import entry, ingest_live_page

pytestmark = pytest.mark.django_db

# A query for names, which makes the tables of their spellings and words.
NAMES = "/?q=person%3Aa+OR+place%3Aa+OR+org%3Aa"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that are answered, in their order. The test's own connections stay open."""
    addresses: list[str] = []
    request = warming._request

    def note(address: str) -> None:
        request(address)
        addresses.append(address)

    monkeypatch.setattr(warming, "_request", note)
    monkeypatch.setattr("search.warming.connections.close_all", lambda: None)
    return addresses


@pytest.mark.parametrize("login", [False, True])
def test_process_to_fork_answers_each_kind_of_page_and_keeps_nothing_open(
    asked: list[str], settings: object, caplog: pytest.LogCaptureFixture, login: bool
) -> None:
    settings.LOGIN_TO_SEARCH = login  # type: ignore[attr-defined]
    article = ingest_live_page([entry("b", "A bridge opened.")])
    section = article.sections.get()
    with CaptureQueriesContext(connection) as queries, caplog.at_level(logging.WARNING):
        get_search_port().warm_up(True)
    assert asked == [
        "/",
        "/?q=ministers+OR+talks+OR+live+OR+meet",
        "/suggest?q=mi",
        NAMES,
        article.get_absolute_url(),
        section.get_absolute_url(),
    ]
    assert len(queries) > 10
    assert not caplog.records
    assert not current._engines


def test_forked_process_answers_a_query_and_keeps_the_index_open(asked: list[str]) -> None:
    ingest_live_page([entry("b", "A bridge opened.")])
    get_search_port().warm_up(False)
    assert asked == ["/?q=ministers+OR+talks+OR+live+OR+meet", "/suggest?q=mi", NAMES]
    assert current._engines


def test_forked_process_does_not_take_answers_for_a_warm_index(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It inherits what the other process answered, and would read nothing of the index."""
    ingest_live_page([entry("b", "A bridge opened.")])
    get_search_port().warm_up(True)
    searched: list[Request] = []
    search = IndexReader.search

    def note(reader: IndexReader, request: Request) -> Results:
        searched.append(request)
        return search(reader, request)

    monkeypatch.setattr(IndexReader, "search", note)
    get_search_port().warm_up(False)
    assert any(request.facets and request.limit for request in searched)


def test_article_that_may_not_be_shown_is_not_asked_for(asked: list[str]) -> None:
    article = ingest_live_page([entry("b", "A bridge opened.")])
    Article.objects.filter(pk=article.pk).update(status="withheld")
    get_search_port().warm_up(True)
    assert asked == ["/", "/?q=", "/suggest?q=", NAMES]


def test_process_starts_where_a_page_fails(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr(warming, "_latest_section", fail)
    get_search_port().warm_up(False)
    assert "without having been warmed up" in caplog.text
    assert "the disk is gone" in caplog.text
