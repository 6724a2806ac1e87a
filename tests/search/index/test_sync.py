"""search/index/sync.py: index and database agree, also after failures."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from archive.batches import in_parts
from archive.models import Article, Change, Section, pending_changes, record_changes
from archive.search_port import no_progress
from search.engines.contract import BusyError, Document, EngineError
from search.index import sync
from search.index.current import engine
from search.index.documents import build_all_documents, build_documents
from search.index.origins import current_origin
from search.results.answers import Answer
from tests.conftest import SEED

pytestmark = pytest.mark.django_db
Ask = Callable[..., Answer]


@pytest.mark.usefixtures("empty_index")
def test_pending_changes_are_indexed_once(ingest_file: Callable[..., Any], ask: Ask) -> None:
    ingest_file(SEED)
    assert ask("prisoner exchange").total == 0
    assert "1 changes are waiting" in sync.status().advice
    assert sync.drain(no_progress) == 1
    assert ask("prisoner exchange").articles == 1
    assert sync.drain(no_progress) == 0
    assert sync.status().advice == ""


def test_repair_of_many_sections_reads_a_batch_of_articles_at_a_time(
    begin_with: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    begin_with({"headline": f"Fire {number}", "text": "Fire."} for number in range(5))
    Article.objects.update(byline="Jo Bell")
    monkeypatch.setattr(sync, "BATCH_ARTICLES", 2)
    monkeypatch.setattr(sync, "in_parts", lambda values, size=3: in_parts(values, size=size))
    asked: list[int] = []

    def build(ids: Sequence[int]) -> Iterator[Document]:
        asked.append(len(ids))
        return build_documents(ids)

    monkeypatch.setattr(sync, "build_documents", build)
    reported: list[tuple[int, int]] = []
    report = sync.verify(no_progress)
    assert len(report.stale) == 5
    assert sync.repair(report, lambda done, total: reported.append((done, total))) == 5
    assert asked == [2, 2, 1]
    assert reported == [(2, 5), (4, 5), (5, 5)]
    assert sync.verify(no_progress).clean


def test_status_reads_no_table_of_sections_row_by_row(begin_with: Callable[..., None]) -> None:
    begin_with({"headline": f"Fire {number}", "text": "Fire."} for number in range(3))
    first, second, _ = Article.objects.order_by("pk")
    Article.objects.filter(pk=second.pk).update(same_as=first)
    record_changes([second.pk])
    sync.drain(no_progress)
    with CaptureQueriesContext(connection) as captured:
        status = sync.status()
    assert (status.indexed, status.sections, status.advice) == (2, 2, "")
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for query in captured.captured_queries:
                if query["sql"].startswith("SELECT"):
                    plan = [row[3] for row in cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}").fetchall()]
                    read = [
                        step for step in plan if step.startswith("SCAN archive_section") and "COVERING" not in step
                    ]
                    assert not read, query["sql"]


@pytest.mark.usefixtures("empty_index")
def test_failed_batch_leaves_its_changes_pending(
    ingest_file: Callable[..., Any], ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest_file(SEED)
    with monkeypatch.context() as patched:
        patched.setattr(sync, "build_documents", lambda ids: (_ for _ in ()).throw(RuntimeError("lost")))
        with pytest.raises(RuntimeError, match="lost"):
            sync.drain(no_progress)
    assert Change.objects.filter(done=None).count() == 1
    assert ask("").total == 0
    sync.drain(no_progress)
    assert ask("").sections == 3


def test_an_article_that_changed_often_is_indexed_once(
    begin_with: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    begin_with({"headline": f"Fire {number}", "text": "Fire."} for number in range(4))
    monkeypatch.setattr(sync, "BATCH_ARTICLES", 2)
    for _ in range(3):
        record_changes(Article.objects.values_list("pk", flat=True))
    assert sync.drain(no_progress) == 4
    assert not Change.objects.filter(done=None).exists()


def test_change_of_a_deleted_article_clears_the_index(seed: Article, ask: Ask) -> None:
    pk = seed.pk
    seed.delete()
    record_changes([pk])
    sync.drain(no_progress)
    assert ask("").total == 0


@pytest.mark.usefixtures("empty_index")
def test_batches_are_drained_to_the_end(
    ingest_file: Callable[..., Any], ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = tmp_path / "a.jsonl"
    lines.write_text("".join(f'{{"headline": "Fire {n}", "text": "Fire number {n}."}}\n' for n in range(5)))
    ingest_file(lines)
    monkeypatch.setattr(sync, "BATCH_ARTICLES", 2)
    seen: list[tuple[int, int]] = []
    assert sync.drain(lambda done, total: seen.append((done, total))) == 5
    assert seen == [(2, 5), (4, 5), (5, 5)]
    assert ask("fire").articles == 5


def test_verify_reports_differences_and_repair_removes_them(seed: Article) -> None:
    assert sync.verify(no_progress).clean
    Article.objects.update(headline="Changed behind the archive's back")
    report = sync.verify(no_progress)
    assert set(report.stale) == set(Section.objects.values_list("pk", flat=True))
    sync.repair(report, no_progress)
    assert sync.verify(no_progress).clean
    Section.objects.first().delete()  # type: ignore[union-attr]
    report = sync.verify(no_progress)
    assert len(report.surplus) == 1
    sync.repair(report, no_progress)
    assert sync.verify(no_progress).clean


def test_verify_compares_article_by_article_and_repair_builds_nothing_anew(
    begin_with: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    begin_with({"headline": f"Fire {number}", "text": "Fire."} for number in range(5))
    first, second, third, fourth, fifth = Article.objects.order_by("pk")
    of_article = dict(Section.objects.values_list("article_id", "pk"))
    Article.objects.filter(pk=first.pk).update(headline="Changed behind the archive's back")
    Section.objects.filter(pk=of_article[second.pk]).delete()
    Section.objects.filter(pk=of_article[third.pk]).update(article=fourth, position=1)
    extra = next(iter(build_documents([fifth.pk])))
    with engine().write() as batch:
        batch.delete_article(fifth.pk)
        batch.add(replace(extra, section_id=1_000_000_000))
        batch.origin = current_origin(batch.origin)
    report = sync.verify(no_progress)
    assert report.missing == (of_article[fifth.pk],)
    assert report.stale == (of_article[first.pk], of_article[third.pk])
    assert report.surplus == (of_article[second.pk], 1_000_000_000)
    assert report.articles == (first.pk, second.pk, third.pk, fourth.pk, fifth.pk)
    monkeypatch.setattr(sync, "rebuild", lambda *args, **options: pytest.fail("It was built anew."))
    assert sync.repair(report, no_progress) == 5
    assert sync.verify(no_progress).clean


def test_section_that_is_in_the_index_twice_is_surplus(seed: Article) -> None:
    documents = list(build_documents([seed.pk]))
    with engine().write() as batch:
        batch.add(documents[0])
        batch.origin = current_origin(batch.origin)
    report = sync.verify(no_progress)
    assert (report.missing, report.stale, report.surplus) == ((), (), (documents[0].section_id,))
    sync.repair(report, no_progress)
    assert sync.verify(no_progress).clean


def test_rebuild_includes_pending_changes(seed: Article, ask: Ask) -> None:
    Article.objects.update(headline="Quokka")
    record_changes([seed.pk])
    assert sync.rebuild(no_progress) == 3
    assert ask("headline:quokka").articles == 1
    assert not Change.objects.filter(done=None).exists()


def test_change_that_is_committed_during_a_rebuild_is_indexed(
    seed: Article, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    # PostgreSQL assigns ids before their rows are committed: the lower id can appear after the higher.
    record_changes([seed.pk])
    pending = Change.objects.get(done=None)
    late = Change(pk=pending.pk - 1, article_id=seed.pk, created=pending.created, due=pending.due)

    def meanwhile() -> Iterator[Document]:
        yield from list(build_all_documents())
        Article.objects.update(headline="Quokka")
        Change.objects.filter(pk=late.pk).delete()
        late.save(force_insert=True)

    monkeypatch.setattr(sync, "build_all_documents", meanwhile)
    sync.rebuild(no_progress)
    assert ask("headline:quokka").articles == 1
    assert not Change.objects.filter(done=None).exists()


@pytest.mark.usefixtures("empty_index")
def test_busy_index_is_an_error_and_leaves_changes_pending(
    ingest_file: Callable[..., Any], archive_home: Path
) -> None:
    ingest_file(SEED)
    with engine().write(), pytest.raises(BusyError, match="index update"):
        sync.drain(no_progress, wait_seconds=0)
    assert Change.objects.filter(done=None).count() == 1


def test_index_of_another_version_asks_for_a_rebuild(seed: Article, ask: Ask, archive_home: Path) -> None:
    serving = archive_home / "index" / (archive_home / "index" / "current").read_text()
    old = serving.with_name("0" * 16 + "-old")
    serving.rename(old)
    (archive_home / "index" / "current").write_text(old.name)
    with pytest.raises(EngineError, match="index rebuild"):
        ask("prisoner")
    assert not sync.status().usable
    sync.rebuild(no_progress)
    assert ask("prisoner").articles == 1


def test_article_under_embargo_is_found_when_it_ends(seed: Article, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    now = timezone.now()
    seed.embargo = now + timedelta(hours=1)
    seed.save()
    record_changes([seed.pk])
    sync.drain(no_progress)
    assert ask("").total == 0
    assert not pending_changes().exists()
    assert sync.status().advice == ""
    sync.rebuild(no_progress)
    assert sync.verify(no_progress).clean
    assert ask("").total == 0
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(hours=2))
    assert pending_changes().count() == 1
    sync.drain(no_progress)
    assert ask("").articles == 1


def test_withheld_article_leaves_the_index_and_comes_back(seed: Article, ask: Ask) -> None:
    for status, articles in (("withheld", 0), ("usable", 1), ("canceled", 1)):
        seed.status = status
        seed.save()
        # An article that may not be shown is left out at once, even if it is still in the index.
        assert len(ask("").rows) <= articles
        record_changes([seed.pk])
        sync.drain(no_progress)
        assert ask("").articles == articles
