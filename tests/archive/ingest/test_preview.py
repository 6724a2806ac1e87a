"""Previews: what an ingest would record, without storing anything."""

import json
from typing import Any

import pytest

from archive.ingest.options import IntakeOptions
from archive.ingest.preview import FilePreview, preview_files
from archive.ingest.runs import ingest_streams, start_run
from archive.models import Article, ArticleVersion, IngestRun, Source

from .documents import FIRE, streams

pytestmark = pytest.mark.django_db


def preview(*articles: dict[str, Any] | bytes, max_listed: int = 10) -> list[FilePreview]:
    known = ArticleVersion.objects.all()
    return list(preview_files(streams(*articles), IntakeOptions(), max_listed=max_listed, known_versions=known))


def test_preview_stores_nothing_and_shows_articles_as_they_would_be_recorded() -> None:
    Source.objects.create(name="courier", zone="Europe/London")
    [file] = preview(FIRE)
    [entry] = file.articles
    assert entry.article.published is not None
    assert (entry.article.headline, f"{entry.article.published.at:%H:%M}", entry.known) == ("Fire", "13:30", None)
    assert not Article.objects.exists()
    assert not IngestRun.objects.exists()
    assert Source.objects.count() == 1


def test_preview_notes_values_that_the_record_will_leave_out() -> None:
    [file] = preview({**FIRE, "published": "2125-06-02"})
    assert file.articles[0].article.published is None
    assert [(problem.rejected, "after the capture" in problem.reason) for problem in file.problems] == [(False, True)]
    assert file.noted == 1


def test_preview_knows_bytes_that_are_in_the_archive() -> None:
    run = start_run("test")
    assert [outcome.status for _, outcome in ingest_streams(streams(FIRE), IntakeOptions(), run=run)] == ["new"]
    files = preview(FIRE, {**FIRE, "text": "Out."})
    assert [(file.read, file.known) for file in files] == [(1, 1), (1, 0)]
    assert files[0].articles[0].known == Article.objects.get()


def test_preview_counts_all_and_lists_some() -> None:
    lines = b"".join(json.dumps({"headline": f"Fire {number}", "text": "A."}).encode() + b"\n" for number in range(8))
    files = preview(lines + b"[]\n" * 7, {"headline": "Flood", "text": "B."}, max_listed=5)
    assert [(file.read, file.rejected, len(file.articles), len(file.problems)) for file in files] == [
        (8, 7, 5, 5),
        (1, 0, 0, 0),
    ]
