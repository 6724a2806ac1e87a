"""search/results/arrivals.py: what came in last, as the first page says it."""

from typing import Any

import pytest
from django.utils import timezone

from archive.curation import mark_curated
from archive.models import Article, IngestRun, Section, mark_changed, record_changes
from archive.search_port import no_progress
from search.index import sync
from search.results import load_overview, overview
from search.results.arrivals import Arrival

from ..page_tools import entry, ingest_live_page, ingest_words

pytestmark = pytest.mark.django_db

ONE, TWO, THREE = (
    entry(str(number), f"Bus {number} left.", at=f"1{number}:00", heading=f"H{number}") for number in (1, 2, 3)
)
CORRECTED = entry("1", "Corrected.", at="11:00")


def latest() -> list[Arrival]:
    now = timezone.now()
    return load_overview(now).load_rows(now)[0]


def whats() -> list[tuple[str, str]]:
    return [(arrival.article.headline.split(":")[0], arrival.what) for arrival in latest()]


def test_new_articles_and_new_entries_come_latest_first() -> None:
    ingest_words("trams", "2025-06-02T12:00:00Z")
    sync.drain(no_progress)
    assert whats() == [("Vote result", "New article")]
    ingest_live_page([ONE, TWO])
    assert whats()[0] == ("Talks live", "New live page, 2 entries")
    ingest_live_page([THREE, TWO, ONE], captured_from=1)
    assert whats() == [("Talks live", "1 new entry"), ("Vote result", "New article")]
    (live, vote) = latest()
    assert live.section is not None
    assert live.section.heading == "H3"
    assert live.url.endswith(live.section.anchor) or live.section.position == 0
    assert vote.section is None


def test_changed_entries_are_counted_beside_new_ones() -> None:
    ingest_live_page([ONE, TWO])
    ingest_live_page([entry("4", "New.", at="14:00"), THREE, TWO, CORRECTED], captured_from=1)
    assert whats() == [("Talks live", "2 new entries, 1 changed")]
    ingest_live_page([entry("4", "New, corrected.", at="14:00"), THREE, TWO], captured_from=2)
    assert whats() == [("Talks live", "1 entry changed")]


def test_several_captures_of_one_run_are_one_arrival() -> None:
    ingest_live_page([ONE], [TWO, ONE], [CORRECTED, THREE, TWO])
    assert whats() == [("Talks live", "New live page, 3 entries")]


def test_an_article_that_says_something_else_has_changed() -> None:
    article = ingest_words("trams", "2025-06-02T12:00:00Z")
    ingest_words("buses", "2025-06-02T13:00:00Z")
    sync.drain(no_progress)
    assert whats() == [("Vote result", "Changed")]
    assert article.versions.count() == 2


def test_what_a_curator_changed_is_not_new() -> None:
    article = ingest_live_page([ONE, TWO])
    IngestRun.objects.update(finished=timezone.now())
    article.headline = "Talks, live"
    mark_curated(article, ["headline"])
    article.save()
    mark_changed(Section.objects.filter(article=article))
    record_changes([article.pk])
    sync.drain(no_progress)
    assert whats() == [("Talks, live", "Changed")]


def test_what_is_withheld_is_not_listed_even_while_the_index_has_it(django_assert_num_queries: Any) -> None:
    article = ingest_live_page([ONE, TWO])
    now = timezone.now()
    known = load_overview(now)
    assert len(known.load_rows(now)[0]) == len(known.load_rows(now)[1]) == 1
    Article.objects.filter(pk=article.pk).update(status="withheld")
    with django_assert_num_queries(1):
        assert known.load_rows(now) == ([], [])


def test_live_pages_have_their_number_of_entries_and_the_last(
    django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest_live_page([ONE, THREE, TWO])
    now = timezone.now()
    before = load_overview(now)
    monkeypatch.setattr(overview, "_last", None)
    with django_assert_num_queries(4):
        after = load_overview(now)
        _, (live_page,) = after.load_rows(now)
    assert after == before
    assert (live_page.entries, live_page.section.heading) == (3, "H3")
    assert after.live_page_count == 1
    with django_assert_num_queries(2):
        load_overview(now).load_rows(now)
