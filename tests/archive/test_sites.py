"""The admin site: every page opens, and the first one shows the state of the index."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from archive.models import Article, Capture, Problem
from search.results.answers import Answer

pytestmark = pytest.mark.django_db
Ask = Callable[..., Answer]
Commit = Callable[..., Any]


def test_every_page_opens(seed: Article, admin_client: Client, ingest_file: Callable[..., Any], tmp_path: Any) -> None:
    broken = tmp_path / "broken.jsonl"
    broken.write_text("{}\n")
    ingest_file(broken)
    for model in ("article", "source", "topic", "capture", "ingestrun", "problem"):
        listing = admin_client.get(reverse(f"admin:archive_{model}_changelist"))
        assert listing.status_code == 200, model
    shown = (("article", seed), ("capture", Capture.objects.get()), ("ingestrun", Problem.objects.get().run))
    for name, pk in ((name, row.pk) for name, row in shown):
        page = admin_client.get(reverse(f"admin:archive_{name}_change", args=[pk]))
        assert page.status_code == 200, name
    assert "3 sections can be found" in admin_client.get(reverse("admin:index")).content.decode()
