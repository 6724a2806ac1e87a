"""A clock that is set back between two ingests: what came later stays the later, and what is pending is indexed."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from archive.history import load_history
from archive.ingest.files import read_path
from archive.ingest.normalization import CaptureTime
from archive.ingest.recording import Outcome, ingest_items
from archive.ingest.runs import start_run
from archive.items import Hints
from archive.models import INGEST_TIME_RULE, Article, Capture, Change, pending_changes, record_changes
from archive.search_port import get_search_port, no_progress
from search.results.answers import Answer
from tests.conftest import NOW

pytestmark = pytest.mark.django_db

AHEAD = NOW + timedelta(minutes=20)


@pytest.fixture
def receive(tmp_path: Path) -> Callable[..., Outcome]:
    """Ingests a line that says so while the clock says `clock`; with `own`, as captured at that time."""

    def run(words: str, clock: datetime, *, own: datetime | None = None, **line: Any) -> Outcome:
        path = tmp_path / f"{words}.jsonl"
        path.write_text(json.dumps({"headline": words, "text": f"About {words}.", "id": "v1", **line}) + "\n")
        known = Hints(str(path))
        captured = CaptureTime(own, "test") if own else CaptureTime(clock, INGEST_TIME_RULE)
        (outcome,) = ingest_items(read_path(path, known), known, run=start_run("clock"), captured=captured)
        return outcome

    return run


@pytest.mark.parametrize("back", [timedelta(microseconds=1), timedelta(minutes=20), timedelta(days=3000)])
@pytest.mark.parametrize("kind", ["article", "live"])
def test_page_received_after_the_clock_was_set_back_is_the_newer_one(
    receive: Callable[..., Outcome], back: timedelta, kind: str
) -> None:
    receive("plan A", AHEAD, kind=kind)
    outcome = receive("plan B", AHEAD - back, kind=kind)
    assert outcome.status == "changed"
    assert Article.objects.get().headline == "plan B"
    assert [receipt.captured for receipt in load_history(Article.objects.get()).steps] == [AHEAD, AHEAD]
    assert "the clock says" in outcome.notes[0]
    assert "--captured" in outcome.notes[0]
    # The next is right again as soon as the clock is.
    later = receive("plan C", AHEAD + timedelta(minutes=1), kind=kind)
    assert not later.notes
    assert Article.objects.get().headline == "plan C"


def test_clock_of_another_article_makes_no_difference(receive: Callable[..., Outcome]) -> None:
    receive("plan A", AHEAD)
    assert not receive("fire", NOW, id="v2").notes
    assert Capture.objects.latest("pk").captured == NOW


def test_times_that_captures_have_of_their_own_are_not_those_of_the_clock(receive: Callable[..., Outcome]) -> None:
    receive("plan A", NOW, own=AHEAD)
    assert not receive("plan B", NOW).notes
    assert Article.objects.get().headline == "plan A"
    assert not receive("plan C", NOW, own=NOW - timedelta(days=1)).notes
    assert Article.objects.get().headline == "plan A"


def test_bytes_that_are_received_again_after_their_article_was_deleted_are_the_newer_ones(
    receive: Callable[..., Outcome],
) -> None:
    receive("plan A", NOW)
    Article.objects.get().delete()
    receive("plan B", AHEAD)
    receive("plan A", AHEAD + timedelta(minutes=1))
    article = Article.objects.get()
    assert article.headline == "plan A"
    assert [receipt.captured >= AHEAD for receipt in load_history(article).steps] == [True, True]


@pytest.mark.parametrize("ahead", [timedelta(minutes=20), timedelta(days=400)])
@pytest.mark.parametrize("act", ["drain", "update", "rebuild"])
def test_change_written_ahead_of_time_is_indexed(
    seed: Article, ask: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch, ahead: timedelta, act: str
) -> None:
    Article.objects.filter(pk=seed.pk).update(headline="Zeppelin over the harbour")
    with monkeypatch.context() as clock:
        later = timezone.now() + ahead
        clock.setattr(timezone, "now", lambda: later)
        record_changes([seed.pk])
    assert pending_changes().count() == 1
    assert get_search_port().status().pending == 1
    if act == "drain":
        get_search_port().sync(no_progress)
    else:
        call_command("index", act, verbosity=0)
    assert ask("zeppelin").total
    assert not Change.objects.filter(done=None).exists()


def test_end_of_an_embargo_is_not_due_before_it(seed: Article) -> None:
    Article.objects.filter(pk=seed.pk).update(embargo=timezone.now() + timedelta(hours=1))
    record_changes([seed.pk])
    assert pending_changes().count() == 1
    assert pending_changes(timezone.now() + timedelta(hours=2)).count() == 2
