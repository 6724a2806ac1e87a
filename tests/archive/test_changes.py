"""One writer at a time, in either database."""

import json
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from archive.curation import find_source
from archive.ingest import recording
from archive.ingest.identity import find_article
from archive.models import Article
from tests.archive.admin.article_form import form_of

pytestmark = pytest.mark.django_db(transaction=True)

# The other thread needs less, unless it has to wait.
MAX_WAIT_SECONDS = 1.0


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], Callable[[], None]]:
    """Does something in another thread after an ingest has found its article and before it writes it."""

    def arrange(act: Callable[[], object]) -> Callable[[], None]:
        def run() -> None:
            try:
                act()
            finally:
                connection.close()

        thread = Thread(target=run)

        def find_and_wait(*args: Any, **kwargs: Any) -> Article | None:
            monkeypatch.setattr(recording, "find_article", find_article)
            article = find_article(*args, **kwargs)
            thread.start()
            thread.join(MAX_WAIT_SECONDS)
            return article

        monkeypatch.setattr(recording, "find_article", find_and_wait)
        return thread.join

    return arrange


def write(path: Path, **article: str) -> Path:
    path.write_text(json.dumps({"headline": "Fire", "url": "https://courier.example/fire", **article}) + "\n")
    return path


@pytest.mark.slow
def test_two_ingests_of_one_page_make_one_article(
    ingest_file: Callable[..., Any], tmp_path: Path, meanwhile: Callable[..., Callable[[], None]]
) -> None:
    find_source("")  # created before, or the two would wait for each other over its row
    first, second = write(tmp_path / "a.jsonl", text="A fire."), write(tmp_path / "b.jsonl", text="A large fire.")
    joined = meanwhile(lambda: ingest_file(second))
    ingest_file(first)
    joined()
    assert Article.objects.get().captures.count() == 2


@pytest.mark.slow
def test_edit_during_an_ingest_is_kept(
    ingest_file: Callable[..., Any],
    tmp_path: Path,
    admin_client: Client,
    meanwhile: Callable[..., Callable[[], None]],
) -> None:
    ingest_file(write(tmp_path / "a.jsonl", text="A fire."))
    article = Article.objects.get()
    url = reverse("admin:archive_article_change", args=[article.pk])
    joined = meanwhile(lambda: admin_client.post(url, form_of(article, standfirst="At the quay")))
    ingest_file(write(tmp_path / "b.jsonl", text="A large fire."))
    joined()
    article.refresh_from_db()
    assert (article.standfirst, article.curated_fields) == ("At the quay", ["standfirst"])
    assert article.captures.count() == 2
