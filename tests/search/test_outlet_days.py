"""The day of an outlet, from the document to the search, the page, the citation and the export."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from archive.curation import mark_curated
from archive.models import Article, Change, Section, Source
from archive.search_port import no_progress
from search.index import sync
from search.outputs import answer_to_json
from search.results import Question, answer_question
from tests.archive.admin.source_form import source_fields

pytestmark = pytest.mark.django_db
Ingest = Callable[..., list[Article]]

# The time as written, the outlet's day, and the hour in UTC.
ODD_CLOCKS = [
    ("2025-01-01T08:15:00+13:00", "2025-01-01", "2024-12-31T19"),
    ("2024-12-31T23:40-11:00", "2024-12-31", "2025-01-01T10"),
    ("2024-02-29T00:10+05:45", "2024-02-29", "2024-02-28T18"),
    ("2025-06-02T21:30:00-04:00", "2025-06-02", "2025-06-03T01"),
    ("2025-03-01T00:00:00+14:00", "2025-03-01", "2025-02-28T10"),
    ("2025-06-02T14:30:00Z", "2025-06-02", "2025-06-02T14"),
]


@pytest.fixture
def ingest(ingest_file: Callable[..., Any], tmp_path: Path) -> Ingest:
    """Ingests and indexes articles with these times of publication."""

    def ingest(
        *published: str, captured: datetime = datetime(2025, 6, 10, tzinfo=UTC), **values: str
    ) -> list[Article]:
        first = Article.objects.count()
        lines = [
            json.dumps(
                {"id": f"{first + number}", "headline": f"Quake {number}", "text": "A quake.", "published": time}
                | {"source": "Otaki Herald", **values}
            )
            for number, time in enumerate(published)
        ]
        path = tmp_path / f"{first}.jsonl"
        path.write_text("\n".join(lines))
        ingest_file(path, captured=captured)
        sync.drain(no_progress)
        return list(Article.objects.order_by("pk")[first:])

    return ingest


def count(q: str, now: datetime = datetime(2025, 6, 10, 12, tzinfo=UTC)) -> int:
    return answer_question(Question(q=q), now=now).total


@pytest.mark.parametrize(("written", "day", "hour"), ODD_CLOCKS)
def test_search_finds_the_day_of_the_outlet_and_the_hour_of_utc(
    ingest: Ingest, written: str, day: str, hour: str
) -> None:
    ingest(written)
    for found in (f"date:{day}", f"date:{day[:7]}", f"year:{day[:4]}", f"month:{day[:7]}", f"date:{hour}"):
        assert count(found) == 1, found
    before = datetime.fromisoformat(day) - timedelta(days=1)
    assert count(f"date:{before:%Y-%m-%d}") == count(f"date:>{day}") == count(f"date:<{day}") == 0


@pytest.mark.parametrize(("written", "day", "hour"), ODD_CLOCKS)
def test_pages_citations_and_exports_have_the_day_of_the_outlet(
    ingest: Ingest, client: Client, written: str, day: str, hour: str
) -> None:
    (article,) = ingest(written)
    section = Section.objects.get()
    page = client.get(section.get_absolute_url()).content.decode()
    assert f'content="{day.replace("-", "/")}"' in page
    assert f'content="{day}"' in page
    date = datetime.fromisoformat(day)
    for address in (section.get_absolute_url(), article.get_absolute_url(), "/?q=quake"):
        (shown, *_) = re.findall(r'<time datetime="([^"]+)">([^<]+)<', client.get(address).content.decode())
        assert datetime.fromisoformat(shown[0]) == datetime.fromisoformat(written)
        assert shown[1].startswith(f"{date.day} {date:%B %Y}, {written[11:16]} UTC")
    ris = client.get(reverse("section-citation", args=[section.pk, "ris"])).content.decode()
    assert f"DA  - {day.replace('-', '/')}/{written[11:16]} UTC" in ris
    (row,) = csv.DictReader(io.StringIO(client.get("/export.csv?q=quake").getvalue().decode("utf-8-sig")))
    assert row["published_day"] == day
    assert row["published"].startswith(day)
    assert datetime.fromisoformat(row["published"]) == datetime.fromisoformat(written)
    (hit,) = answer_to_json(answer_question(Question(q="quake"), now=datetime.now(UTC)))["hits"]
    assert hit["published"] == row["published"]


@pytest.mark.parametrize("interval", ["day", "month", "year"])
def test_facets_and_timeline_count_what_a_query_finds(ingest: Ingest, interval: Any) -> None:
    ingest(*(written for written, _, _ in ODD_CLOCKS), "2025", "2024-12", "2025-01-01", "")
    answer = answer_question(Question(), now=datetime.now(UTC), facets=("year", "month"), histogram=interval)
    for name, counted in answer.facets.items():
        for value, number in counted:
            assert count(f"{name}:{value}") == number
    assert answer.histogram
    assert answer.histogram.interval == interval
    chars = {"day": 10, "month": 7, "year": 4}[interval]
    for start, number in answer.histogram.buckets:
        assert count(f"date:{start.isoformat()[:chars]}") == number
    expected = Counter(day[:chars] for _, day, _ in ODD_CLOCKS) + Counter({"2025-01-01"[:chars]: 1})
    expected += Counter({"day": (), "month": ("2024-12",), "year": ("2024", "2025")}[interval])
    assert {start.isoformat()[:chars]: number for start, number in answer.histogram.buckets if number} == expected
    assert (answer.histogram.undated, answer.histogram.vague) == (1, {"day": 2, "month": 1, "year": 0}[interval])


@pytest.mark.parametrize(
    ("written", "found", "not_found", "citation"),
    [
        (
            "2025",
            ["date:2025", "year:2025", "date:2024..2026", "date:>=2025"],
            ["date:2025-01", "date:2025-01-01"],
            "2025",
        ),
        ("2025-02", ["date:2025-02", "date:2025", "month:2025-02"], ["date:2025-02-01", "date:2025-02-28"], "2025/02"),
    ],
)
def test_no_day_is_invented_for_a_month_or_a_year(
    ingest: Ingest, client: Client, written: str, found: list[str], not_found: list[str], citation: str
) -> None:
    ingest(written)
    assert [count(q) for q in (*found, *not_found)] == [1] * len(found) + [0] * len(not_found)
    section = Section.objects.get()
    outputs = [
        client.get(section.get_absolute_url()),
        client.get("/export.csv?q=quake"),
        client.get("/feed.atom?q=quake"),
    ]
    outputs += [client.get(reverse("section-citation", args=[section.pk, name])) for name in ("bibtex", "ris", "csl")]
    texts = [output.getvalue().decode() for output in outputs]
    assert f'name="citation_publication_date" content="{citation}"' in texts[0]
    assert f"{written},{'month' if '-' in written else 'year'},{written}," in texts[1]
    known = [int(part) for part in written.split("-")]
    assert json.loads(texts[5])[0]["issued"] == {"date-parts": [known]}
    assert f"DA  - {citation}{'/' * (4 - len(known))}" in texts[4].split("\r\n")
    assert "<published>" not in texts[2]
    assert not re.search(r"\bday = ", texts[3])


@pytest.mark.parametrize(
    ("written", "zone", "days"),
    [
        # Seconds since 1970 have no clock: the day follows the zone of the source.
        ("1748905200", "Pacific/Auckland", ("2025-06-02", "2025-06-03")),
        ("1748829600", "America/New_York", ("2025-06-02", "2025-06-01")),
        # What has an offset, or only a day, keeps the day that was written.
        ("2025-06-02T23:00:00+00:00", "Pacific/Auckland", ("2025-06-02", "2025-06-02")),
        ("2025-06-02T23:00:00", "Pacific/Auckland", ("2025-06-02", "2025-06-02")),
        ("2025-06-02", "America/New_York", ("2025-06-02", "2025-06-02")),
    ],
)
def test_the_day_follows_the_zone_that_a_curator_sets(
    ingest: Ingest, admin_client: Client, django_capture_on_commit_callbacks: Any, written: str, zone: str, days: Any
) -> None:
    ingest(written)
    source = Source.objects.get()
    assert count(f"date:{days[0]}") == 1
    url = reverse("admin:archive_source_change", args=[source.pk])
    with django_capture_on_commit_callbacks(execute=True):
        assert admin_client.post(url, source_fields(source, zone=zone)).status_code == 302
    sync.drain(no_progress)
    assert not Change.objects.filter(done__isnull=True)
    assert count(f"date:{days[1]}") == 1
    assert sync.verify(no_progress).clean


def test_the_day_follows_a_date_that_a_curator_sets(ingest: Ingest) -> None:
    (article,) = ingest("2025-01-01T08:15:00+13:00")
    article.published, article.published_precision = datetime(2025, 1, 1, 1, 0, tzinfo=UTC), "minute"
    mark_curated(article, ["published"])
    article.save()
    assert article.time
    assert article.time.day == "2025-01-01"
    Source.objects.update(zone="America/New_York")
    article = Article.objects.get()
    assert article.time
    assert article.time.day == "2024-12-31"


def test_relative_days_are_those_of_the_readers(ingest: Ingest, settings: Any) -> None:
    now = datetime(2025, 6, 3, 13, 0, tzinfo=UTC)
    ingest("2025-06-03T12:30:00Z", "2025-06-03T11:30:00Z", "2025-06-04", "2025-06-04T00:10:00+12:00", captured=now)
    assert count("date:today", now) == 3
    settings.READER_ZONE = ZoneInfo("Pacific/Auckland")
    # Since noon in UTC it is the fourth for the readers.
    assert count("date:today", now) == 3
    assert count("date:yesterday", now) == 1
    settings.READER_ZONE = ZoneInfo("America/Los_Angeles")
    assert count("date:today", now) == 3
