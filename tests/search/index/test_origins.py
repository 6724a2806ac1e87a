"""An index serves only the record that it is of: this archive, at a state that both know."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from archive.models import Archive, Article, Change, archive_identity, record_changes
from archive.search_port import no_progress
from search.engines import EngineError, ForeignIndexError, MissingIndexError
from search.engines.whoosh import WhooshEngine
from search.index import current, origins, sync
from search.results.answers import Answer
from tests.archive.test_commands import run

pytestmark = pytest.mark.django_db
Ask = Callable[..., Answer]


@pytest.fixture
def storms(begin_with: Callable[..., None]) -> list[int]:
    """The ids of five articles that are recorded and indexed."""
    begin_with({"headline": f"Storm {number}", "text": f"Storm number {number}."} for number in range(5))
    return list(Article.objects.order_by("pk").values_list("pk", flat=True))


def reopen() -> None:
    """Lets the next call open the index as a new process would."""
    for engine in current._engines.values():
        engine.close()
    current._engines.clear()


def refuse(error: type[EngineError], message: str, ask: Ask) -> None:
    """Verifies that nothing reads or writes the index, and that every refusal names the cure."""
    reopen()
    reads: list[Callable[[], object]] = [
        lambda: ask("storm"),
        lambda: ask(""),
        lambda: list(current.engine().fingerprints()),
        lambda: current.engine().suggest("st"),
        lambda: sync.drain(no_progress),
        lambda: sync.verify(no_progress),
    ]
    record_changes([Article.objects.order_by("pk").values_list("pk", flat=True)[0]])
    for read in reads:
        with pytest.raises(error, match=message) as failure:
            read()
        assert "manage.py index rebuild" in str(failure.value)
    status = sync.status()
    assert not status.usable
    assert status.advice == str(failure.value)
    assert Change.objects.filter(done=None).exists()
    for action in ("update", "verify", "status"):
        with pytest.raises(CommandError, match=message):
            call_command("index", action)


def check_that_a_rebuild_cures(ask: Ask) -> None:
    reopen()
    sync.rebuild(no_progress)
    assert ask("storm").articles == 5
    assert sync.verify(no_progress).clean
    assert sync.status().advice == ""


# --- no index ---


def remove_folder(index: Path) -> None:
    shutil.rmtree(index)


def remove_pointer(index: Path) -> None:
    (index / "current").unlink()


def leave_half_a_rebuild(index: Path) -> None:
    serving = index / (index / "current").read_text()
    shutil.copytree(serving, serving.with_name(serving.name + "x"))
    remove_pointer(index)
    next(serving.glob("*.toc")).unlink()


@pytest.mark.parametrize("remove", [remove_folder, remove_pointer, leave_half_a_rebuild])
@pytest.mark.parametrize("pending", [0, 1, 4])
def test_what_is_pending_makes_no_index_of_itself(
    storms: list[int], ask: Ask, archive_home: Path, remove: Callable[[Path], None], pending: int
) -> None:
    remove(archive_home / "index")
    record_changes(storms[:pending])
    refuse(MissingIndexError, "no index of this archive", ask)
    out, _ = run("start", "--no-serve")
    assert "Building the index. There is no index of this archive" in out
    assert ask("storm").articles == 5
    assert sync.status().advice == ""


def test_reader_gets_an_error_page_and_no_empty_result(storms: list[int], archive_home: Path, client: Client) -> None:
    shutil.rmtree(archive_home / "index")
    reopen()
    page = client.get("/", {"q": "storm"})
    assert page.status_code == 503
    assert "ask those who run this archive" in page.content.decode()
    assert "manage.py" not in page.content.decode()


@pytest.mark.parametrize("pattern", ["*/*.arrays", "*/*.toc", "current"])
@pytest.mark.parametrize("content", [None, b"", b"other"])
def test_reader_of_a_damaged_index_does_not_learn_where_the_archive_is(
    storms: list[int], archive_home: Path, client: Client, pattern: str, content: bytes | None
) -> None:
    path = next((archive_home / "index").glob(pattern))
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    reopen()
    page = client.get("/", {"q": "storm"})
    assert page.status_code == 503
    assert "ask those who run this archive" in page.content.decode()
    assert "manage.py" not in page.content.decode()
    assert str(archive_home) not in page.content.decode()


@pytest.mark.parametrize("remove", [remove_folder, remove_pointer])
def test_first_update_of_a_whole_record_builds_its_index(
    storms: list[int], ask: Ask, archive_home: Path, remove: Callable[[Path], None]
) -> None:
    remove(archive_home / "index")
    reopen()
    Change.objects.update(done=None)
    assert sync.drain(no_progress) == 5
    assert ask("storm").articles == 5
    assert not Change.objects.filter(done=None).exists()


def test_empty_record_has_an_empty_index_that_follows_it(
    ask: Ask, tmp_path: Path, ingest_file: Callable[..., Any]
) -> None:
    assert ask("storm").total == 0
    path = tmp_path / "a.jsonl"
    path.write_text('{"headline": "Storm", "text": "A storm."}\n')
    ingest_file(path)
    assert sync.status().usable
    sync.drain(no_progress)
    assert ask("storm").total == 1


def test_empty_record_does_not_make_an_index_over_another(storms: list[int], archive_home: Path, ask: Ask) -> None:
    (archive_home / "index" / "current").unlink()
    reopen()
    Article.objects.all().delete()
    with pytest.raises(EngineError, match=r"file `current`.*index rebuild"):
        ask("")


# --- another archive, or another state ---


def name_another_archive(storms: list[int]) -> None:
    Archive.objects.update(identity="0" * 32)


def forget_the_archive(storms: list[int]) -> None:
    Archive.objects.all().delete()


def put_back_an_older_database(storms: list[int]) -> None:
    Change.objects.order_by("pk").last().delete()  # type: ignore[union-attr]


def take_another_way_since_an_older_database(storms: list[int]) -> None:
    """The number of a change is given again, to another."""
    last = Change.objects.order_by("pk").last()
    assert last
    pk, created = last.pk, last.created
    last.delete()
    Change.objects.create(pk=pk, article_id=storms[0], created=created + timedelta(microseconds=1))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (name_another_archive, "another archive"),
        (forget_the_archive, "another archive"),
        (put_back_an_older_database, "older than its index"),
        (take_another_way_since_an_older_database, "older than its index"),
    ],
)
def test_index_of_another_record_is_refused(
    storms: list[int], ask: Ask, change: Callable[[list[int]], None], message: str
) -> None:
    change(storms)
    reopen()
    assert sync.status().is_foreign
    before = current.engine()._folder.find_serving()  # type: ignore[attr-defined]
    with pytest.raises(CommandError, match=f"{message}.*index rebuild"):
        run("start", "--no-serve")
    assert current.engine()._folder.find_serving() == before  # type: ignore[attr-defined]
    if change is not put_back_an_older_database:
        # A new change would take the number of the one that was lost.
        refuse(ForeignIndexError, message, ask)
    check_that_a_rebuild_cures(ask)


def test_update_does_not_continue_an_index_of_a_newer_record(storms: list[int]) -> None:
    put_back_an_older_database(storms)
    reopen()
    Article.objects.filter(pk=storms[0]).update(headline="Quokka")
    record_changes(storms[:1])
    with pytest.raises(ForeignIndexError, match="older than its index"):
        sync.drain(no_progress)


@pytest.mark.parametrize("updates", [1, 3])
def test_index_of_an_older_state_is_refused_and_start_builds_it_again(
    storms: list[int], ask: Ask, archive_home: Path, updates: int
) -> None:
    index = archive_home / "index"
    shutil.copytree(index, archive_home / "earlier")
    for number in range(updates):
        Article.objects.filter(pk=storms[number]).update(headline="Quokka")
        record_changes([storms[number]])
        sync.drain(no_progress)
    shutil.rmtree(index)
    (archive_home / "earlier").rename(index)
    refuse(EngineError, "index is older than the database", ask)
    reopen()
    assert "Building the index. The index is older" in run("start", "--no-serve")[0]
    assert ask("headline:quokka").articles == updates


def rename(storms: list[int]) -> None:
    Article.objects.filter(pk__in=storms).update(headline="Quokka")
    record_changes(storms)


def put_back(archive_home: Path) -> None:
    shutil.rmtree(archive_home / "index")
    (archive_home / "copied").rename(archive_home / "index")


@pytest.mark.parametrize("commit", [1, 2])
def test_index_from_between_two_commits_of_an_update_is_refused(
    storms: list[int], ask: Ask, archive_home: Path, monkeypatch: pytest.MonkeyPatch, commit: int
) -> None:
    commits: list[int] = []

    def copy(done: int, total: int) -> None:
        commits.append(done)
        if len(commits) == commit:
            shutil.copytree(archive_home / "index", archive_home / "copied")

    rename(storms)
    monkeypatch.setattr(sync, "BATCH_ARTICLES", 2)
    sync.drain(copy)
    assert commits == [2, 4, 5]
    put_back(archive_home)
    refuse(EngineError, "index is older than the database", ask)
    check_that_a_rebuild_cures(ask)


@pytest.mark.parametrize("clock", [timedelta(0), timedelta(days=-400)], ids=["right", "set back"])
def test_index_from_before_an_embargo_ended_is_refused(
    storms: list[int], ask: Ask, archive_home: Path, monkeypatch: pytest.MonkeyPatch, clock: timedelta
) -> None:
    """The change for the end of an embargo has a lower number than what is indexed until then."""
    now = timezone.now()
    end = now + timedelta(hours=1)
    Change.objects.create(article_id=storms[0], created=now, due=end)
    rename(storms[1:2])
    sync.drain(no_progress)
    shutil.copytree(archive_home / "index", archive_home / "copied")
    Change.objects.filter(done=None).update(due=now)
    monkeypatch.setattr(timezone, "now", lambda: now + clock)
    assert sync.drain(no_progress) == 1
    reopen()
    assert ask("storm").articles == 5
    put_back(archive_home)
    refuse(EngineError, "index is older than the database", ask)
    check_that_a_rebuild_cures(ask)


def test_index_of_a_release_that_wrote_no_time_serves_and_is_compared_by_number(
    storms: list[int], ask: Ask, archive_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    current_origin = origins.current_origin
    monkeypatch.setattr(sync, "current_origin", lambda before=None: replace(current_origin(before), done=""))
    monkeypatch.setattr(sync, "done_at", lambda origin: timezone.now())
    sync.rebuild(no_progress)
    monkeypatch.undo()
    reopen()
    assert ask("storm").articles == 5
    shutil.copytree(archive_home / "index", archive_home / "copied")
    rename(storms[:1])
    sync.drain(no_progress)
    put_back(archive_home)
    refuse(EngineError, "index is older than the database", ask)


def test_index_that_names_no_archive_is_refused_and_start_builds_it_again(
    storms: list[int], ask: Ask, archive_home: Path
) -> None:
    WhooshEngine(archive_home / "index").rebuild([])
    refuse(EngineError, "does not say which archive", ask)
    reopen()
    assert "Building the index" in run("start", "--no-serve")[0]
    assert ask("storm").articles == 5


def test_damaged_index_is_built_again_by_start(storms: list[int], ask: Ask, archive_home: Path) -> None:
    path = next((archive_home / "index").glob("*/*.toc"))
    path.write_bytes(path.read_bytes()[:-3])
    reopen()
    assert "table of contents" in run("start", "--no-serve")[0]
    assert ask("storm").articles == 5


# --- what may happen in between ---


def test_writer_that_was_killed_before_it_marked_its_changes_does_no_harm(storms: list[int], ask: Ask) -> None:
    record_changes(storms[:2])
    pending = list(Change.objects.filter(done=None).values_list("pk", flat=True))
    sync.drain(no_progress)
    Change.objects.filter(pk__in=pending).update(done=None)
    reopen()
    assert ask("storm").articles == 5
    assert sync.drain(no_progress) == 2
    assert sync.verify(no_progress).clean


def test_reader_that_opens_the_index_during_an_update_sees_it_afterwards(
    storms: list[int], ask: Ask, archive_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The table of contents is read before the update, the record after it."""
    reader = current.get_engine(archive_home / "index", record=origins.ArchiveRecord())
    check = origins.ArchiveRecord.check_origin
    calls: list[object] = []

    def update_first(record: origins.ArchiveRecord, origin: Any) -> None:
        calls.append(origin)
        if len(calls) == 1:
            record_changes(storms[:1])
            sync.drain(no_progress)
        check(record, origin)

    monkeypatch.setattr(origins.ArchiveRecord, "check_origin", update_first)
    origin = reader.info().origin
    assert origin
    assert origin.change == Change.objects.order_by("pk").last().pk  # type: ignore[union-attr]


def test_record_is_asked_when_a_generation_is_opened_and_not_by_each_search(
    storms: list[int], django_assert_num_queries: Any
) -> None:
    reopen()
    engine = current.engine()
    with django_assert_num_queries(3):
        engine.info()
    with django_assert_num_queries(0):
        engine.info()
        engine.suggest("st")
    record_changes(storms[:1])
    sync.drain(no_progress)
    origin, now = engine.info().origin, origins.current_origin()
    assert origin
    assert (origin.archive, origin.change, origin.created) == (now.archive, now.change, now.created)


def test_archive_has_one_id(storms: list[int]) -> None:
    assert len(archive_identity()) == 32
    assert archive_identity() == archive_identity() == Archive.objects.get().identity
