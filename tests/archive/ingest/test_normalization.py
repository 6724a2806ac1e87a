"""Values that the record cannot store are left out with a note; times are read in the right zone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db.models import CharField

from archive.items import ArticleItem, SectionItem
from archive.models import UNKNOWN_SOURCE, Article, Capture, Problem, Section, Source
from archive.times import NO_ZONE, Moment, from_epoch, parse_moment
from tests.conftest import NOW

from .documents import ENTRIES, IngestFile, record, record_items, record_live, statuses

pytestmark = pytest.mark.django_db


def test_time_after_the_capture_is_null_with_a_problem(ingest_file: IngestFile, tmp_path: Path) -> None:
    fire = {"id": "7", "headline": "Fire", "text": "A fire.", "published": "2031-01-01"}
    outcomes = ingest_file(record(tmp_path / "a.jsonl", fire))
    assert "2031-01-01" in outcomes[0].notes[0]
    assert Article.objects.get().published is None
    assert Problem.objects.get().level == "note"


def test_address_that_is_no_web_address_is_left_out(ingest_file: IngestFile, tmp_path: Path) -> None:
    fire = {"id": "7", "headline": "Fire", "text": "A fire.", "url": "javascript:alert(1)"}
    assert "javascript" in ingest_file(record(tmp_path / "a.jsonl", fire))[0].notes[0]
    assert Article.objects.get().url == ""


def test_scheme_of_an_address_may_be_in_capitals(ingest_file: IngestFile, tmp_path: Path) -> None:
    fire = {"id": "7", "headline": "Fire", "text": "A fire.", "url": "HTTPS://Courier.example/Fire"}
    assert ingest_file(record(tmp_path / "a.jsonl", fire))[0].notes == ()
    assert Article.objects.get().url == "https://Courier.example/Fire"


@pytest.mark.parametrize("key", ["id", "source", "language", "topics"])
def test_oversized_value_is_left_out_with_a_note(ingest_file: IngestFile, tmp_path: Path, key: str) -> None:
    value: object = ["x" * 400] if key == "topics" else "x" * 400
    outcome = ingest_file(record(tmp_path / "a.jsonl", {"headline": "Fire", "text": "A fire.", key: value}))[0]
    assert outcome.status == "new"
    assert "characters" in outcome.notes[0]
    assert [source.name for source in Source.objects.all()] == [UNKNOWN_SOURCE]


def test_values_of_any_document_fit_the_columns(db: None) -> None:
    # SQLite stores texts of any length, so they are compared with the sizes of the columns.
    long = "\N{DROPLET}é" * 5000
    moment = Moment(NOW - timedelta(days=1), "second", long, NO_ZONE)
    entry = SectionItem((long,), long, long, long, moment, moment, note=long)
    address = f"https://courier.example/{long}#{long}7"
    fire = ArticleItem("Fire", (entry,), b"1", "text/html", "test/1", external_id="7", url=address[:2000] + "7")
    texts: dict[str, Any] = dict.fromkeys(("headline", "standfirst", "byline", "language", "note", "source"), long)
    items = [fire, replace(fire, raw=b"2", locator=long, external_id=long, url=address, topics=(long,), **texts)]
    zone = "America/Argentina/ComodRivadavia"
    outcomes = record_items(*items, name=long, zone=zone)
    assert statuses(outcomes) == ["new", "new"]
    for model in apps.get_app_config("archive").get_models():
        for field in model._meta.get_fields():
            if isinstance(field, CharField):
                values = [getattr(row, field.name) or "" for row in model._default_manager.all()]
                assert max(map(len, values), default=0) <= (field.max_length or 0), f"{model.__name__}.{field.name}"


def test_times_without_a_zone_are_those_of_the_source(db: None) -> None:
    Source.objects.create(name="Courier", zone="Europe/London")
    entry = SectionItem(("The bridge is shut.",), published=parse_moment("2025-06-10T10:00"))
    record_live(entry, source="Courier", published=parse_moment("2025-06-10T09:00"))
    article = Article.objects.get()
    assert article.published == datetime(2025, 6, 10, 8, 0, tzinfo=UTC)
    assert article.published_rule == "as given; no zone, read as Europe/London"
    assert article.sections.get().published == datetime(2025, 6, 10, 9, 0, tzinfo=UTC)


def test_entry_dated_after_its_capture_is_kept_without_the_time(db: None) -> None:
    outcome = record_live(SectionItem(("The bridge is shut.",), published=parse_moment("2099-01-01")))
    assert outcome.notes == ("section 1: published '2099-01-01' is after the capture (2025-06-10); kept without it",)
    assert Section.objects.get().published is None


def test_web_archive_gives_the_time_of_its_captures(db: None) -> None:
    raw = b"<p>The bridge is shut.</p>"
    item = ArticleItem("Storm", ENTRIES, raw, "text/html", "test/1", captured=from_epoch(1_749_550_000_000))
    record_items(item)
    capture = Capture.objects.get()
    assert capture.captured == datetime(2025, 6, 10, 10, 6, 40, tzinfo=UTC)
    assert capture.captured_rule == "as the web archive gives it"


def test_capture_on_the_last_day_of_the_calendar_is_recorded(db: None) -> None:
    item = ArticleItem("Storm", ENTRIES, b"x", "text/html", "test/1", captured=parse_moment("9999-12-31T23:00:00Z"))
    (outcome,) = record_items(item)
    assert outcome.status == "new"
