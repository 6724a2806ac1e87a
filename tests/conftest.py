"""The base of every test: an archive of its own, no network, and ways to ingest and search."""

import gc
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection

from archive.ingest.files import read_path
from archive.ingest.normalization import CaptureTime
from archive.ingest.recording import Outcome, ingest_items
from archive.ingest.runs import finish_run, start_run
from archive.items import Hints
from archive.models import Article
from archive.search_port import no_progress
from search.index import current, sync
from search.results.answers import Answer, answer_question
from search.results.name_spellings import forget_tables
from search.results.question import Question
from search.results.remembered import forget_results

from .archive_copies import ArchiveCopies
from .paths import ROOT
from .shared_tables import SharedTables, copy_database

# Examples fail by their results, not because the machine is busy.
hypothesis.settings.register_profile("cuttings", deadline=None)
hypothesis.settings.load_profile("cuttings")

NOW = datetime(2025, 6, 10, 12, 0, tzinfo=UTC)
BuildOnce = Callable[[object, Callable[[], object]], None]
SEED = Path(django_settings.SEEDS_DIR) / "000_41d69cf706419f58.txt"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pictures", action="store_true", help="take the pictures in docs/ again")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Names bytes by their argument: compressed ones differ by the second in which a process makes them."""
    return argname if isinstance(val, bytes) else None


def pytest_report_header() -> str:
    return f"database: {connection.vendor}"


def pytest_collection_finish() -> None:
    """Leaves modules and tests, which stay to the end, out of every search for garbage: a twentieth of the time."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    shutil.rmtree(django_settings.ARCHIVE_HOME, ignore_errors=True)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets sockets reach this machine only."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test tried to reach {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def no_waiting_for_disks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves out flushes to disk: no test survives a power failure, and they take a fifth of its time."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


@pytest.fixture(autouse=True)
def archive_home(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """Gives each test captures and an index of its own."""
    home = tmp_path / "home"
    settings.CAPTURES_DIR = home / "captures"
    settings.INDEX_DIR = home / "index"
    settings.UPLOADS_DIR = home / "uploads"
    settings.SLOTS_DIR = home / "slots"
    settings.RUNS_DIR = home / "runs"
    settings.REJECTED_DIR = home / "rejected"
    yield home
    for engine in current._engines.values():
        engine.close()
    current._engines.clear()
    # Indexes of several tests may have equal states.
    forget_tables()
    forget_results()


@pytest.fixture
def ingest_file(db: None) -> Callable[..., list[Outcome]]:
    """Ingests a file as captured at a time, without indexing it."""

    def ingest(path: Path, *, captured: datetime = NOW, **hints: Any) -> list[Outcome]:
        run = start_run(str(path))
        known = Hints(str(path), **hints)
        outcomes = list(ingest_items(read_path(path, known), known, run=run, captured=CaptureTime(captured, "test")))
        finish_run(run)
        return outcomes

    return ingest


@pytest.fixture
def empty_index(db: None) -> None:
    """The index of an archive that has nothing yet; what comes in is then pending, and not a reason to build one."""
    current.engine().info()


@pytest.fixture(scope="session")
def archive_copies(tmp_path_factory: pytest.TempPathFactory) -> ArchiveCopies:
    return ArchiveCopies(tmp_path_factory.mktemp("copies"))


@pytest.fixture
def build_once(db: None, archive_home: Path, archive_copies: ArchiveCopies) -> BuildOnce:
    """Fills the archive by a function, which is called in one test; the others that name the same get copies."""
    return partial(archive_copies.fill, archive_home)


@pytest.fixture
def begin_with(build_once: BuildOnce, ingest_file: Callable[..., Any], tmp_path: Path) -> Callable[..., None]:
    """Fills the archive with articles, given as in a file of JSON Lines, and indexes them."""

    def begin_with(articles: Iterable[dict[str, Any]]) -> None:
        lines = "".join(json.dumps(article) + "\n" for article in articles)

        def build() -> None:
            path = tmp_path / "a.jsonl"
            path.write_text(lines)
            ingest_file(path)
            sync.drain(no_progress)

        build_once(lines, build)

    return begin_with


@pytest.fixture(scope="session")
def shared_tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedTables | None]:
    """The tables that one process of a run makes, and the others copy; None for one process, and for PostgreSQL."""
    if connection.vendor != "sqlite" or "PYTEST_XDIST_WORKER" not in os.environ:
        yield None
        return
    # The folder above that of the process is the run's.
    with closing(SharedTables(tmp_path_factory.getbasetemp().parent)) as shared:
        yield shared


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings: None, shared_tables: SharedTables | None) -> bool:
    """Whether the database has its tables already: it is a copy of what another process made."""
    return bool(shared_tables and shared_tables.copy_to(connection.settings_dict["TEST"]["NAME"]))


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_blocker: Any, django_db_keepdb: bool, shared_tables: SharedTables | None
) -> Iterator[None]:
    """Offers the new tables to the other processes. Numbers rows of PostgreSQL from another start for each table.

    There no rollback takes numbers back: a test that names a number would else pass or fail by which ran before it.
    """
    if shared_tables and not django_db_keepdb:
        shared_tables.offer(connection.settings_dict["NAME"])
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1")
                for place, (sequence,) in enumerate(cursor.fetchall(), start=1):
                    cursor.execute(f'ALTER SEQUENCE "{sequence}" RESTART WITH {place * 1000}')
    yield
    # Which is otherwise done where the database is deleted; this one goes with the home.
    if django_db_keepdb:
        connection.close()


@pytest.fixture(scope="session")
def migrated(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of SQLite with every table and no rows of the archive, for archives of processes that a test starts."""
    path = tmp_path_factory.mktemp("migrated") / "db.sqlite3"
    if connection.vendor == "sqlite":
        copy_database(connection.settings_dict["NAME"], path)
    else:
        environment = {"PATH": os.environ["PATH"], "ARCHIVE_HOME": str(path.parent)}
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment, check=True)
    return path


@pytest.fixture
def seed(build_once: BuildOnce) -> Article:
    """The article of the seed document, ingested and indexed."""
    build_once(SEED, lambda: call_command("ingest", str(SEED), verbosity=0))
    return Article.objects.get()


@pytest.fixture
def ask() -> Callable[..., Answer]:
    """Answers a query at the frozen time."""

    def ask(q: str = "", **options: Any) -> Answer:
        known = {key: options.pop(key) for key in ("facets", "by_article", "limit") if key in options}
        return answer_question(Question(q=q, **options), now=NOW, **known)

    return ask
