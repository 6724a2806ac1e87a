"""Captures as receipts: the same bytes at several times, at several addresses, and in any order."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from archive.history import load_history
from archive.ingest.files import read_path
from archive.ingest.normalization import CaptureTime
from archive.ingest.recording import ingest_items
from archive.ingest.runs import start_run
from archive.items import ArticleItem, Hints, SectionItem
from archive.models import INGEST_TIME_RULE, Article, ArticleVersion, Capture, Change, Section
from tests.conftest import NOW

from .documents import record_items

pytestmark = pytest.mark.django_db

Receive = Callable[..., str]


@pytest.fixture
def receive(db: None, tmp_path: Path) -> Receive:
    """Ingests a line that says so, as received so many days after NOW; without a day, as a file without a time."""

    def run(
        words: str, day: int | None = None, *, hints: Mapping[str, Any] = MappingProxyType({}), **line: Any
    ) -> str:
        path = tmp_path / "vote.jsonl"
        line = {"headline": f"Vote: {words}", "text": f"The council voted for {words}.", "id": "v1", **line}
        path.write_text(json.dumps(line) + "\n")
        known = Hints(str(path), **hints)
        captured = CaptureTime(NOW, INGEST_TIME_RULE) if day is None else CaptureTime(NOW + timedelta(day), "test")
        items = read_path(path, known)
        (outcome,) = ingest_items(items, known, run=start_run("vote"), captured=captured)
        return outcome.status

    return run


def shown() -> tuple[str, str]:
    article = Article.objects.get()
    return article.headline.removeprefix("Vote: "), article.sections.get(gone=None).text


def days_of(words: str) -> list[int]:
    """Returns the days at which the bytes with these words were received."""
    versions = ArticleVersion.objects.filter(headline=f"Vote: {words}").values("capture__sha256")
    captures = Capture.objects.filter(sha256__in=versions).order_by("captured", "id")
    return [(capture.captured - NOW).days for capture in captures]


@pytest.mark.parametrize(
    ("said", "versions"),
    [
        ("plan A,plan B,plan A", 3),
        ("plan A,plan B,plan A,plan B", 4),
        ("plan A,plan B,plan C,plan A,plan C", 5),
        ("plan A,plan A,plan B,plan B,plan A", 3),
        ("plan A,plan A,plan A", 1),
    ],
)
def test_words_that_return_stand_again(receive: Receive, said: str, versions: int) -> None:
    captures = said.split(",")
    statuses = [receive(words, day) for day, words in enumerate(captures)]
    kept = [
        "unchanged" if day and captures[day - 1] == words else "changed" if day else "new"
        for day, words in enumerate(captures)
    ]
    assert statuses == kept
    assert shown() == (captures[-1], f"The council voted for {captures[-1]}.")
    assert Section.objects.count() == 1
    assert Capture.objects.count() == len(captures)
    assert ArticleVersion.objects.count() == versions
    assert len({capture.path for capture in Capture.objects.all()}) == len(set(captures))


@pytest.mark.parametrize("order", [(2, 1, 0), (1, 0, 2), (0, 2, 1), (1, 2, 0)])
def test_returns_may_arrive_in_any_order(receive: Receive, order: tuple[int, ...]) -> None:
    captures = "plan A", "plan B", "plan A"
    for day in order:
        receive(captures[day], day)
    assert shown()[0] == "plan A"
    assert days_of("plan A") == [0, 2]
    history = load_history(Article.objects.get())
    assert [receipt.captured.day - NOW.day for receipt in history.steps] == [0, 1, 2]


def test_the_same_run_again_changes_nothing(receive: Receive) -> None:
    for _ in range(2):
        statuses = [receive(words, day) for day, words in enumerate(("plan A", "plan B", "plan A"))]
        counts = Capture.objects.count(), ArticleVersion.objects.count(), Change.objects.count()
    assert statuses == ["unchanged"] * 3
    assert counts[:2] == (3, 3)


def test_what_is_received_again_is_a_receipt_without_a_version(receive: Receive) -> None:
    receive("plan A", 0)
    changes = Change.objects.count()
    changed = Section.objects.get().changed
    assert receive("plan A", 4) == receive("plan A", 2) == "unchanged"
    assert (Change.objects.count(), Section.objects.get().changed) == (changes, changed)
    first, *again = Capture.objects.order_by("captured")
    assert [capture.repeats for capture in again] == [first, first]
    assert days_of("plan A") == [0, 2, 4]


def test_a_file_without_a_time_is_the_same_receipt_when_it_comes_again(receive: Receive) -> None:
    receive("plan A")
    receive("plan B", 1)
    assert receive("plan A") == "unchanged"
    assert shown()[0] == "plan B"
    assert Capture.objects.count() == 2


def test_a_later_time_of_its_own_is_another_receipt(receive: Receive) -> None:
    receive("plan A")
    assert receive("plan A", 3) == "unchanged"
    assert days_of("plan A") == [0, 3]
    receive("plan B", 2)
    assert shown()[0] == "plan A"


def test_an_earlier_time_of_its_own_takes_the_place_of_the_time_of_ingest(receive: Receive) -> None:
    receive("plan A")
    receive("plan B", -2)
    assert shown()[0] == "plan A"
    assert receive("plan A", -3) == "changed"
    assert shown()[0] == "plan B"
    assert receive("plan A") == "unchanged"
    assert shown()[0] == "plan B"


def test_an_earlier_time_alone_changes_nothing_that_is_shown(receive: Receive) -> None:
    receive("plan A")
    assert receive("plan A", -3) == "unchanged"
    assert load_history(Article.objects.get()).counted[0].captured == NOW - timedelta(days=3)
    assert Section.objects.get().versions.count() == 1


URL = "https://courier.example/vote"


@pytest.mark.parametrize(
    ("name", "values", "identity"),
    [("url", (URL, URL + "-2"), ""), ("source", ("Courier", "Herald"), "v1"), ("source", ("Courier", "Herald"), "")],
)
def test_the_same_bytes_belong_to_another_address_and_another_source_too(
    receive: Receive, name: str, values: tuple[str, str], identity: str
) -> None:
    for value in values:
        assert receive("plan A", 0, hints={name: value}, id=identity) == "new"
    for day, value in enumerate(values, start=1):
        assert receive("plan A", day, hints={name: value}, id=identity) == "unchanged"
    first, second = Article.objects.order_by("id")
    assert first.captures.get().sha256 == second.captures.get().sha256
    assert {len(load_history(article).receipts) for article in (first, second)} == {2}


def entry(words: str, raw: str, **fields: Any) -> ArticleItem:
    section = SectionItem((words,))
    return ArticleItem("Vote", (section,), raw.encode(), "text/html", "test/1", url=URL, **fields)


def test_a_feed_that_is_polled_beside_the_page_gives_receipts_alone() -> None:
    summary = entry("A vote.", "<entry>", partial=True)
    page = entry("The council voted.", "<page>")
    for day in range(6):
        (outcome,) = record_items(page if day == 3 else summary, captured=NOW + timedelta(days=day))
        assert outcome.status == {0: "new", 3: "changed"}.get(day, "unchanged")
    assert Section.objects.get().text == "The council voted."
    assert ArticleVersion.objects.count() == 2
    assert Capture.objects.filter(repeats__isnull=False).count() == 4


def test_another_summary_replaces_the_summary_and_a_page_cut_off_takes_nothing_away() -> None:
    record_items(entry("A vote.", "1", partial=True))
    record_items(entry("Uproar in the chamber tonight.", "2", partial=True), captured=NOW + timedelta(days=1))
    assert Section.objects.get().text == "Uproar in the chamber tonight."
    cut = ArticleItem(
        "Rain",
        tuple(SectionItem((text,), heading=text) for text in ("One", "Two", "Three")),
        b"3",
        "text/html",
        "test/1",
        url=URL + "/rain",
        partial=True,
    )
    record_items(cut)
    shorter = ArticleItem("Rain", cut.sections[:2], b"4", "text/html", "test/1", url=cut.url, partial=True)
    record_items(shorter, captured=NOW + timedelta(days=1))
    assert not Section.objects.filter(article__headline="Rain", gone__isnull=False).exists()


def test_a_late_capture_gives_the_details_that_no_later_one_has(receive: Receive) -> None:
    receive("plan B", 2, topics=["Votes"])
    receive("plan A", 1, byline="Ada Bell", published="2025-06-10T09:30Z", topics=["Councils"])
    article = Article.objects.get()
    assert (article.headline, article.byline) == ("Vote: plan B", "Ada Bell")
    assert article.published == datetime(2025, 6, 10, 9, 30, tzinfo=UTC)
    assert {topic.name for topic in article.topics.all()} == {"Votes", "Councils"}
