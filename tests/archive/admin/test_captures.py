"""Captures and problems in the admin: shown to those who may see them, and read-only."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from archive.models import Article, Capture, Problem
from search.results.answers import Answer
from tests.conftest import SEED

pytestmark = pytest.mark.django_db
Ask = Callable[..., Answer]
Commit = Callable[..., Any]


def test_capture_is_a_download_that_no_browser_opens(seed: Article, admin_client: Client) -> None:
    response = admin_client.get(reverse("admin:archive_capture_bytes", args=[Capture.objects.get().pk]))
    assert b"".join(response.streaming_content) == SEED.read_bytes()  # type: ignore[attr-defined]
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"


def test_capture_needs_the_permission_to_see_it(seed: Article, client: Client) -> None:
    url = reverse("admin:archive_capture_bytes", args=[Capture.objects.get().pk])
    assert client.get(url).status_code == 302
    librarian = User.objects.create_user("lib", password="x", is_staff=True)
    client.force_login(librarian)
    assert client.get(url).status_code == 403
    librarian.user_permissions.add(Permission.objects.get(codename="view_capture"))
    response = client.get(url)
    assert response.status_code == 200
    response.close()


def test_problem_names_its_article_to_those_who_may_see_it(seed: Article, client: Client) -> None:
    problem = seed.versions.get().capture.run.problems.create(level="note", origin="a.txt", reason="odd", article=seed)
    librarian = User.objects.create_user("lib", password="x", is_staff=True)
    client.force_login(librarian)
    pages = [
        reverse("admin:archive_problem_changelist"),
        reverse("admin:archive_problem_change", args=[problem.pk]),
    ]
    for codename, named in (("view_problem", False), ("view_article", True)):
        librarian.user_permissions.add(Permission.objects.get(codename=codename))
        for page in pages:
            page_text = client.get(page).content.decode()
            assert "a.txt" in page_text
            assert ("Ukraine-Russia war latest" in page_text) == named


@pytest.mark.parametrize("model", ["capture", "ingestrun", "problem"])
def test_evidence_and_its_intake_are_read_only(seed: Article, admin_client: Client, model: str) -> None:
    if model != "ingestrun":  # whose "add" is the page that takes in documents
        assert admin_client.get(reverse(f"admin:archive_{model}_add")).status_code == 403
    run = Capture.objects.get().run
    problem = Problem.objects.create(run=run, level="note", origin="a.txt", reason="kept")
    pk = {"capture": Capture.objects.get().pk, "ingestrun": run.pk, "problem": problem.pk}[model]
    for action in ("delete", "change"):
        url = reverse(f"admin:archive_{model}_{action}", args=[pk])
        assert admin_client.post(url, {"post": "yes"}).status_code == 403
