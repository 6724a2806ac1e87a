"""What is said with documents, and what would be taken in of them."""

import gzip
import io
import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from archive import formats
from archive.ingest import recording as ingest
from archive.ingest.intake import OPTIONS, Given, IntakeError, Preview, StoppedError, Stream, preview, take_in
from archive.ingest.recording import start_run
from archive.items import Hints, Item
from archive.models import Article, Capture, IngestRun, Source
from archive.times import from_epoch

pytestmark = pytest.mark.django_db


def streams(*articles: dict[str, Any] | bytes, given: Given | None = None) -> Iterator[Stream]:
    """Yields a file for each article, or for bytes as they are."""
    for number, article in enumerate(articles):
        raw = article if isinstance(article, bytes) else json.dumps(article).encode()
        hints = (given or Given()).hints(f"{number}.json")
        yield formats.read(io.BytesIO(raw), hints), hints


def look(*articles: dict[str, Any] | bytes, given: Given | None = None, shown: int = 10) -> list[Preview]:
    return list(preview(streams(*articles, given=given), given or Given(), shown=shown))


FIRE = {"headline": "Fire", "text": "A fire.", "source": "Courier", "published": "2025-06-02T14:30"}


def test_every_option_is_a_field_of_what_is_given() -> None:
    assert {option.name for option in OPTIONS} == set(Given.__dataclass_fields__)
    for option in OPTIONS:
        option.parse(option.example.split(" or ")[0])


def test_capture_that_is_still_to_come_is_refused() -> None:
    now = timezone.now()
    for at in (now, now + timedelta(hours=14)):
        Given(captured=from_epoch(int(at.timestamp() * 1000))).check(single=True)
    with pytest.raises(IntakeError, match="still to come") as failure:
        Given(captured=from_epoch(int((now + timedelta(days=2)).timestamp() * 1000))).check(single=True)
    assert failure.value.option == "captured"


def test_preview_stores_nothing_and_tells_articles_as_they_would_be_recorded() -> None:
    Source.objects.create(name="courier", zone="Europe/London")
    [found] = look(FIRE)
    [seen] = found.articles
    assert seen.article.published is not None
    assert (seen.article.headline, f"{seen.article.published.at:%H:%M}", seen.known) == ("Fire", "13:30", None)
    assert not Article.objects.exists()
    assert not IngestRun.objects.exists()
    assert Source.objects.count() == 1


def test_preview_notes_what_the_record_will_leave_out() -> None:
    [found] = look({**FIRE, "published": "2125-06-02"})
    assert found.articles[0].article.published is None
    assert [(one.rejected, "after the capture" in one.reason) for one in found.troubles] == [(False, True)]
    assert found.noted == 1


def test_preview_knows_bytes_that_are_in_the_archive() -> None:
    run = start_run("test")
    assert [outcome.status for _, outcome in take_in(streams(FIRE), Given(), run=run)] == ["new"]
    found = look(FIRE, {**FIRE, "text": "Out."})
    assert [(one.read, one.known) for one in found] == [(1, 1), (1, 0)]
    assert found[0].articles[0].known == Article.objects.get()


def test_preview_counts_all_and_lists_some() -> None:
    lines = b"".join(json.dumps({"headline": f"Fire {number}", "text": "A."}).encode() + b"\n" for number in range(8))
    found = look(lines + b"[]\n" * 7, {"headline": "Flood", "text": "B."}, shown=5)
    assert [(one.read, one.rejected, len(one.articles), len(one.troubles)) for one in found] == [
        (8, 7, 5, 5),
        (1, 0, 0, 0),
    ]


def test_a_reader_that_fails_stops_no_other_file(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(items: Iterator[Item]) -> Iterator[Item]:
        yield next(items)
        raise KeyError("a bug")

    def given() -> Iterator[Stream]:
        (items, hints), *rest = streams(gzip.compress(json.dumps(FIRE).encode()), {"headline": "Flood", "text": "B."})
        yield broken(iter(items)), hints
        yield from rest

    with caplog.at_level(logging.ERROR):
        assert [(one.read, one.rejected) for one in preview(given(), Given(), shown=5)] == [(1, 1), (1, 0)]
        run = start_run("test")
        outcomes = [outcome for _, outcome in take_in(given(), Given(), run=run)]
    assert [outcome.status for outcome in outcomes] == ["new", "rejected", "new"]
    assert "KeyError" in outcomes[1].reason
    assert "KeyError: 'a bug'" in caplog.text
    assert run.finished


def test_a_run_that_did_not_come_to_its_end_stays_open_with_its_counts() -> None:
    run = start_run("test")
    taken = take_in(streams(FIRE, b"[]", {**FIRE, "headline": "Flood"}), Given(), run=run)
    next(taken)
    next(taken)
    run.refresh_from_db()
    assert (run.new, run.rejected, run.finished, Capture.objects.count()) == (1, 1, None, 1)
    taken.close()  # type: ignore[attr-defined]
    run.refresh_from_db()
    assert (run.new, run.rejected, run.finished) == (1, 1, None)


@pytest.mark.parametrize("kept_by", ["store_bytes", "record_changes"])
@pytest.mark.parametrize("error", [OSError(28, "No space left"), OperationalError("No space left\nat all")])
def test_an_archive_that_cannot_keep_more_says_where_it_stopped(
    monkeypatch: pytest.MonkeyPatch, kept_by: str, error: Exception
) -> None:
    run = start_run("test")
    taken = take_in(streams(FIRE, {**FIRE, "headline": "Flood"}, FIRE), Given(), run=run)
    next(taken)

    def fail(*args: object) -> None:
        raise error

    monkeypatch.setattr(ingest, kept_by, fail)
    with pytest.raises(
        StoppedError, match=r"^Stopped at 1\.json, which .*: No space left\. What came before it stands"
    ):
        next(taken)
    run.refresh_from_db()
    assert (run.new, run.finished, Article.objects.count()) == (1, None, 1)


def test_hints_are_what_was_said() -> None:
    assert Given(source="Courier", zone="Europe/London").hints("a.txt") == Hints(
        "a.txt", source="Courier", zone="Europe/London"
    )
