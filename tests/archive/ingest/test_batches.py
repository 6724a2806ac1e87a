"""Batches: they leave the record that single documents leave, and what a batch cannot hold is done alone."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import DataError, OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from archive import annotating
from archive.capture_files import flushed_together, read_bytes, store_bytes
from archive.ingest import recording, steps
from archive.ingest.recording import StorageError
from archive.ingest.steps import FileEnd, Step, in_batches
from archive.ingest.writing import write_captures
from archive.items import ArticleItem, Hints
from archive.models import Article, ArticleVersion, Capture, Change, IngestRun, Placement, Problem, Section, Topic
from archive.models.captures import capture_path
from archive.search_port import no_progress
from search.index.sync import _next_articles
from tests.conftest import NOW

from .documents import FIRE, IngestFile, record, statuses

pytestmark = pytest.mark.django_db

# New articles, versions of others of the same file, an id and an address that two have, bytes that come again, a
# nameless article, a document without words, other cases of one source, and times without a zone.
DOCUMENTS: list[dict[str, Any]] = [
    {**FIRE, "id": "1", "url": "https://courier.example/fire", "topics": ["Fires", "Ports"]},
    {**FIRE, "headline": "Flood", "id": "2", "text": "A flood.\nIt rose.", "topics": ["Floods"]},
    {**FIRE, "id": "1", "url": "https://courier.example/fire", "text": "A large fire.", "topics": ["ports"]},
    {**FIRE, "headline": "Storm", "id": "3", "source": "COURIER", "text": "A storm."},
    {**FIRE, "headline": "Flood", "id": "2", "text": "A flood.\nIt rose.", "topics": ["Floods"]},
    {"headline": "Nameless", "text": "Words of nobody."},
    {"headline": "Nothing"},
    {"headline": "Nameless", "text": "Words of nobody.", "language": "en"},
    {**FIRE, "headline": "Vote", "source": "", "url": "https://other.example/vote", "text": "A vote."},
    {**FIRE, "headline": "Vote counted", "source": "Gazette", "url": "https://other.example/vote", "text": "Counted."},
    {**FIRE, "headline": "Late", "id": "3", "text": "A storm, much later.", "updated": "2199-01-01"},
    {**FIRE, "headline": "Quake", "id": "4", "published": "2199-01-01", "text": "A quake."},
]


def whole_record() -> list[object]:
    """Returns what the tables have, without the clock of the archive."""
    return [
        list(Article.objects.order_by("pk").values()),
        list(ArticleVersion.objects.order_by("pk").values()),
        list(Capture.objects.order_by("pk").values("pk", "sha256", "locator", "captured", "repeats")),
        list(Section.objects.order_by("pk").values("pk", "article", "key", "position", "current__text", "gone")),
        list(Placement.objects.order_by("pk").values()),
        list(Problem.objects.order_by("pk").values("pk", "level", "locator", "reason", "kind", "article")),
        list(IngestRun.objects.values("new", "changed", "unchanged", "rejected")),
        list(Article.topics.through._default_manager.order_by("article", "topic").values("article", "topic")),
        list(Topic.objects.order_by("pk").values("pk", "name")),
        sorted(set(Change.objects.values_list("article_id", flat=True))),
    ]


def test_a_batch_leaves_what_single_documents_leave(
    ingest_file: IngestFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = record(tmp_path / "a.jsonl", *DOCUMENTS)

    def take(size: int) -> tuple[list[str], list[object]]:
        with transaction.atomic(), monkeypatch.context() as patched:
            patched.setattr(recording, "in_batches", lambda steps: _fixed(steps, size))
            found = statuses(ingest_file(path)), _without_numbers(whole_record())
            transaction.set_rollback(True)
        return found

    alone, together = take(1), take(64)
    assert alone[0] == together[0]
    assert {"new", "changed", "unchanged", "rejected"} <= set(alone[0])
    assert alone[1] == together[1]


def _fixed(given: Any, size: int) -> Any:
    batch = []
    for step in given:
        batch.append(step)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def _without_numbers(tables: list[object]) -> list[object]:
    """Returns tables with their numbers replaced by their order: a sequence goes on after a rollback."""
    known: dict[tuple[str, object], int] = {}

    def plain(name: str, value: object) -> object:
        if name in ("pk", "id") or name.endswith("_id") or name in ("article", "capture", "repeats", "gone", "topic"):
            kind = {"pk": "row", "id": "row"}.get(name, name)
            return None if value is None else known.setdefault((kind, value), len(known))
        return value

    return [
        [{name: plain(name, value) for name, value in row.items()} for row in table if isinstance(row, dict)]
        for table in tables
        if isinstance(table, list)
    ]


def test_new_articles_of_a_batch_take_few_statements(ingest_file: IngestFile, tmp_path: Path) -> None:
    def statements(count: int, beginning: str) -> int:
        documents = [
            {**FIRE, "headline": f"{beginning} {number}", "id": f"{beginning}{number}"} for number in range(count)
        ]
        path = record(tmp_path / f"{beginning}.jsonl", *documents)
        with CaptureQueriesContext(connection) as queries:
            assert statuses(ingest_file(path)) == ["new"] * count
        return len(queries)

    few, many = statements(64, "a"), statements(256, "b")
    # Two more batches, of 64 and 128 documents.
    assert many - few < 100


def test_a_batch_waits_once_while_others_write(
    ingest_file: IngestFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = []

    def refuse() -> None:
        waits.append(IngestRun.objects.count())
        # The second of two batches waits in vain.
        if len(waits) == 2:
            raise OperationalError("database is locked")

    monkeypatch.setattr(recording, "wait_to_write", refuse)
    monkeypatch.setattr(recording, "in_batches", lambda steps: _fixed(steps, 3))
    documents = [{**FIRE, "headline": f"Fire {number}", "id": str(number)} for number in range(6)]
    with pytest.raises(StorageError, match="database is locked"):
        ingest_file(record(tmp_path / "a.jsonl", *documents))
    assert len(waits) == 2
    assert Article.objects.count() == 3


def test_a_document_that_the_database_refuses_stops_no_other_of_its_batch(
    ingest_file: IngestFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = write_captures

    def refuse(captures: Any, names: Any) -> Any:
        if any(prepared.received.item.headline == "Fire 9" for prepared in captures):
            raise DataError("too wide\nfor its column")
        return write(captures, names)

    monkeypatch.setattr("archive.ingest.recording.write_captures", refuse)
    documents = [{**FIRE, "headline": f"Fire {number}", "id": str(number)} for number in range(20)]
    found = ingest_file(record(tmp_path / "a.jsonl", *documents))
    assert statuses(found) == [*["new"] * 9, "rejected", *["new"] * 10]
    assert found[9].reason == "the database refuses it: too wide"
    run = IngestRun.objects.get()
    assert (run.new, run.rejected, Article.objects.count()) == (19, 1, 19)


def test_first_documents_are_recorded_at_once_and_batches_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "_MAX_BATCH_STEPS", 8)
    monkeypatch.setattr(steps, "_MAX_BATCH_SECONDS", float("inf"))
    given = [Step(FileEnd(), Hints(str(number))) for number in range(30)]
    batches = list(in_batches(given))
    assert [len(batch) for batch in batches] == [1, 1, 2, 4, 8, 8, 6]
    assert [step for batch in batches for step in batch] == given
    monkeypatch.setattr(steps, "_MAX_BATCH_SECONDS", 0.0)
    assert [len(batch) for batch in in_batches(given)] == [1] * 30


def test_a_batch_has_evidence_of_so_many_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "_MAX_BATCH_SECONDS", float("inf"))
    monkeypatch.setattr(steps, "_MAX_BATCH_BYTES", 20)
    item = ArticleItem("Fire", (), b"x" * 10, "text/plain", "test/1")
    sizes = [len(batch) for batch in in_batches(Step(item, Hints("a")) for _ in range(10))]
    assert sizes == [1, 1, 2, 2, 2, 2]


def test_captures_that_are_flushed_together_are_all_there_or_none() -> None:
    with pytest.raises(KeyError), flushed_together():
        raise KeyError(store_bytes(b"fire", "a" * 64))
    assert not capture_path("a" * 64).exists()
    with flushed_together():
        paths = [store_bytes(raw, sha256) for raw, sha256 in ((b"x", "b" * 64), (b"y", "c" * 64), (b"x", "b" * 64))]
        assert not any(path.exists() for path in paths)
    assert [path.read_bytes() for path in paths] == [b"x", b"y", b"x"]
    assert not list(paths[0].parents[2].glob(".unfinished/*"))


def test_evidence_of_a_batch_is_stored(ingest_file: IngestFile, tmp_path: Path) -> None:
    ingest_file(record(tmp_path / "a.jsonl", *DOCUMENTS))
    for capture in Capture.objects.all():
        assert json.loads(read_bytes(capture.sha256))["headline"]


def test_what_waits_for_its_names_is_indexed_with_them_or_soon(
    empty_index: None, ingest_file: IngestFile, tmp_path: Path
) -> None:
    ingest_file(record(tmp_path / "a.jsonl", FIRE))
    article = Article.objects.get()
    assert _next_articles(waits_for_names=True) == set()
    assert _next_articles(waits_for_names=False) == {article.pk}
    Change.objects.update(hides=True)
    assert _next_articles(waits_for_names=True) == {article.pk}
    Change.objects.update(hides=False, created=NOW)
    assert _next_articles(waits_for_names=True) == {article.pk}
    Change.objects.update(created=timezone.now())
    annotating.catch_up(no_progress)
    assert _next_articles(waits_for_names=True) == {article.pk}
