"""Ways to receive articles and to edit them in the admin."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from archive.models import Article
from search.results.answers import Answer

from .article_form import form_of

Ask = Callable[..., Answer]
Commit = Callable[..., Any]

FIRE = {"id": "7", "source": "courier.example", "headline": "Fire", "text": "A fire.", "topics": ["Fires"]}


@pytest.fixture
def save(admin_client: Client, django_capture_on_commit_callbacks: Commit) -> Callable[..., Any]:
    def save(article: Article, **changes: object) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            url = reverse("admin:archive_article_change", args=[article.pk])
            response = admin_client.post(url, form_of(article, **changes), follow=True)
        article.refresh_from_db()
        return response

    return save


@pytest.fixture
def receive(ingest_file: Callable[..., Any], tmp_path: Path) -> Callable[..., Article]:
    """Ingests FIRE with these changes and returns its article."""

    def receive(**changes: object) -> Article:
        path = tmp_path / "fire.json"
        path.write_text(json.dumps({**FIRE, **changes}))
        return Article.objects.get(pk=ingest_file(path)[0].article_id)

    return receive
