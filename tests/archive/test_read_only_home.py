"""A home on a read-only disk, or of another user: the archive in it can be read, and nothing in it is touched.

The permissions of files do not bind root, so that the processes of these tests are told by `os.access`.
"""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.slow

MAKE = """
call_command("ingest", "seeds/000_41d69cf706419f58.txt")
"""

READ = """
call_command("search", "prisoner")
call_command("index", "status")
call_command("captures", "verify")
call_command("start", "--no-serve")
client = Client(headers={"host": "localhost"})
for address in ("/", "/?q=prisoner", "/articles/1", "/sections/1", "/feed.atom", "/admin/login/"):
    response = client.get(address, follow=True)
    print(address, response.status_code, "Quokka" in response.content.decode())
"""

WRITE = """
acts = [["ingest", "seeds"], ["createsuperuser", "--no-input", "--username=a", "--email=a@b.example"]]
if os.geteuid():
    acts.append(["index", "rebuild"])  # which looks at nothing before it writes
for arguments in acts:
    try:
        call_command(*arguments)
    except Exception as error:
        print(arguments, type(error).__name__, error, explain_storage_fault(error, with_paths=True))
    else:
        print(arguments, "no error")
client = Client(headers={"host": "localhost"}, raise_request_exception=False)
response = client.post("/login/", {"username": "ada", "password": "x"})
print("login", response.status_code, response.content.decode())
"""

SET_UP = """
import os
home = os.environ["ARCHIVE_HOME"]
if {read_only}:
    access = os.access
    os.access = lambda path, mode, **options: access(path, mode, **options) and not (
        mode & os.W_OK and os.path.realpath(path).startswith(home)
    )
os.environ["DJANGO_SETTINGS_MODULE"] = "archive.settings"
import django
django.setup()
from django.core.management import call_command
from django.test import Client
from archive.storage_faults import explain_storage_fault
"""

START = """
try:
    call_command("start", "--no-serve")
except Exception as error:
    print(error)
"""


def run(code: str, home: Path, *, read_only: bool) -> str:
    done = subprocess.run(
        [sys.executable, "-c", SET_UP.format(read_only=read_only) + code],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], "ARCHIVE_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def made(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("read-only") / "home"
    home.mkdir()
    shutil.copy(migrated, home / "db.sqlite3")
    run(MAKE, home, read_only=False)
    return home


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    """An archive that each test may change."""
    return shutil.copytree(made, tmp_path / "home")


@pytest.fixture
def closed(home: Path) -> Iterator[Path]:
    """The home without the right to write to it."""
    folders = [home, *(path for path in home.rglob("*") if path.is_dir())]
    for folder in folders:
        folder.chmod(0o500)
    (home / "db.sqlite3").chmod(0o400)
    yield home
    for folder in folders:
        folder.chmod(0o700)
    (home / "db.sqlite3").chmod(0o600)


def state_of(home: Path) -> dict[str, tuple[int, int]]:
    # Locks of exports are files that root may make all the same.
    paths = [path for path in home.rglob("*") if "slots" not in path.parts]
    return {str(path): (path.stat().st_mtime_ns, path.stat().st_size) for path in paths}


def test_archive_can_be_read_and_nothing_is_touched(closed: Path) -> None:
    before = state_of(closed)
    out = run(READ, closed, read_only=True)
    assert "Read as: prisoner\n1 section in" in out
    assert "3 sections in the index" in out
    assert "The home is read-only" in out
    assert [line for line in out.splitlines() if line.startswith("/")] == [
        f"{address} 200 False"
        for address in ("/", "/?q=prisoner", "/articles/1", "/sections/1", "/feed.atom", "/admin/login/")
    ]
    assert state_of(closed) == before


def test_backup_of_a_home_that_can_only_be_read(closed: Path, tmp_path: Path) -> None:
    """It may be all that is left of a machine."""
    before = state_of(closed)
    out = run(f'call_command("backup", {str(tmp_path / "backup")!r})', closed, read_only=True)
    assert "1 articles, 3 sections" in out
    assert state_of(closed) == before


def test_what_another_process_writes_meanwhile_is_seen(home: Path) -> None:
    with closing(sqlite3.connect(home / "db.sqlite3")) as writer:
        writer.execute("UPDATE archive_article SET headline = 'Quokka'")
        writer.commit()
        assert (home / "db.sqlite3-shm").exists()
        out = run(READ, home, read_only=True)
    assert "/articles/1 200 True" in out


def test_whatever_writes_says_that_the_home_is_read_only(closed: Path) -> None:
    before = state_of(closed)
    lines = run(WRITE, closed, read_only=True).splitlines()
    assert [line for line in lines if "no error" in line] == []
    for act in ("['ingest', 'seeds']", "['createsuperuser'"):
        (line,) = [line for line in lines if line.startswith(act)]
        assert f"its folder {closed}" in line
    assert any(line.startswith("login 503") for line in lines)
    assert any("The archive can be read but not changed" in line for line in lines)
    assert state_of(closed) == before


def test_writes_that_are_not_in_the_database_yet_are_not_left_out(home: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "secret.key").write_bytes((home / "secret.key").read_bytes())
    with closing(sqlite3.connect(home / "db.sqlite3")) as writer:
        writer.execute("UPDATE archive_article SET headline = 'Numbat'")
        writer.commit()
        for name in ("db.sqlite3", "db.sqlite3-wal"):
            (copy / name).write_bytes((home / name).read_bytes())
    code = """
try:
    call_command("captures", "verify")
except Exception as error:
    print(error)
"""
    assert f"{copy}/db.sqlite3-wal has writes" in run(code, copy, read_only=True)


def test_archive_of_an_earlier_version_is_not_opened(home: Path) -> None:
    with closing(sqlite3.connect(home / "db.sqlite3")) as writer:
        writer.execute("ALTER TABLE archive_archive RENAME TO archive_later")
        writer.execute("UPDATE django_migrations SET name = 'x' || name WHERE app = 'archive' AND name >= '0017'")
        writer.commit()
    try:
        out = run(START, home, read_only=True)
    finally:
        with closing(sqlite3.connect(home / "db.sqlite3")) as writer:
            writer.execute("ALTER TABLE archive_later RENAME TO archive_archive")
            writer.execute("UPDATE django_migrations SET name = substr(name, 2) WHERE name LIKE 'x%'")
            writer.commit()
    assert "was not prepared by this version. Prepare it where it can be written" in out
