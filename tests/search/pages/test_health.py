"""What programs that watch the site are answered."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from django.db import OperationalError, connection
from django.test import Client

from archive.models import Article
from search.engines import EngineError
from search.index import engine

SECRET = "opensearch://ada:secret@node1:9200/news"


@contextmanager
def without_database() -> Iterator[None]:
    """Lets every query fail as where the server of the database is gone."""

    def fail(*arguments: Any) -> None:
        raise OperationalError(f'connection to server at "{SECRET}" failed')

    with connection.execute_wrapper(fail), patch.object(connection, "close"):
        yield


def test_process_that_is_alive_says_so_without_the_database(client: Client) -> None:
    # No `django_db`: a query would fail.
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_site_with_its_database_and_index_is_ready(seed: Article, client: Client) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (200, b"ready\n")
    assert client.head("/readyz").status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
@pytest.mark.django_db
def test_checks_are_answered_whatever_host_they_name(seed: Article, client: Client, path: str) -> None:
    assert client.get(path, headers={"host": "10.1.2.3:8000"}).status_code == 200
    assert client.get("/", headers={"host": "10.1.2.3:8000"}).status_code == 400


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
@pytest.mark.django_db
def test_checks_are_answered_where_readers_must_sign_in(
    seed: Article, client: Client, settings: Any, path: str
) -> None:
    settings.LOGIN_TO_SEARCH = True
    assert client.get(path).status_code == 200
    assert client.post(path).status_code == 405


@pytest.mark.django_db
def test_site_whose_database_is_gone_is_not_ready(seed: Article, client: Client) -> None:
    with without_database():
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert b"database: The database of the archive does not answer." in answer.content
    assert b"secret" not in answer.content
    assert b"node1" not in answer.content


@pytest.mark.django_db
def test_site_whose_index_cannot_be_searched_is_not_ready(
    seed: Article, client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise EngineError(f"The search cluster at {SECRET} cannot be reached.")

    monkeypatch.setattr(engine(), "state", fail)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"index: It cannot be searched. The log says why.\n")
    assert "cannot be reached" in caplog.text
