"""Settings come from one table and the environment (tests/test_docs.py compares the table with the docs)."""

import io
import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from archive.management.commands import start

SHOW = "from archive import settings as s; print(s.DEBUG, s.LOGIN_TO_SEARCH, s.DATABASES['default']['ENGINE'])"


def settings_process(code: str = SHOW, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_defaults_are_safe_and_the_secret_is_private(tmp_path: Path) -> None:
    done = settings_process(ARCHIVE_HOME=str(tmp_path / "home"))
    assert done.stdout.split() == ["False", "False", "archive.sqlite3"]
    key = tmp_path / "home" / "secret.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(key.parent.stat().st_mode) == 0o700
    secret = key.read_text()
    settings_process(ARCHIVE_HOME=str(tmp_path / "home"))
    assert key.read_text() == secret


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ARCHIVE_NAME", "two\nlines"),
        ("ARCHIVE_NAME", "x" * 61),
        ("ARCHIVE_ABOUT", "a\u2028b"),
        ("ARCHIVE_CONTACT", "a\x1bb"),
        ("ARCHIVE_DEBUG", "maybe"),
        ("ARCHIVE_ROBOTS", "some"),
        ("ARCHIVE_SEARCH", "none"),
        ("ARCHIVE_UPLOAD_MIB", "0"),
        ("ARCHIVE_UPLOAD_MIB", "64 MB"),
        ("ARCHIVE_UPLOAD_MIB", "9" * 5000),
        ("ARCHIVE_DATABASE_URL", "mysql://x/y"),
        ("ARCHIVE_DATABASE_URL", "postgres://db:port/news"),
        ("ARCHIVE_DATABASE_URL", "postgres://db/news?sslmode"),
        ("ARCHIVE_DATABASE_URL", "postgres://db"),
        ("ARCHIVE_DATABASE_URL", "postgres://[::1/news"),
        ("ARCHIVE_ZONE", "Mars/Base"),
        ("ARCHIVE_ZONE", "/etc/passwd"),
        ("ARCHIVE_PREFIX", "archive"),
        ("ARCHIVE_PREFIX", "//archive"),
        ("ARCHIVE_PREFIX", "/a b"),
        ("ARCHIVE_PROXIES", "proxy.example"),
        ("ARCHIVE_PROXIES", "10.0.0.0/33"),
        ("ARCHIVE_HOSTS", ","),
        ("ARCHIVE_HOSTS", "https://archive.example"),
        ("ARCHIVE_HOME", "/dev/null/home"),
    ],
)
def test_impossible_setting_is_refused_by_name(tmp_path: Path, name: str, value: str) -> None:
    done = settings_process(**{"ARCHIVE_HOME": str(tmp_path), name: value})
    assert done.returncode != 0
    assert name in done.stderr.splitlines()[-1]


def command_process(*arguments: str, home: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], "ARCHIVE_HOME": str(home), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_command_reports_a_wrong_setting_in_one_line(tmp_path: Path) -> None:
    done = command_process("index", "status", home=tmp_path, ARCHIVE_ROBOTS="some")
    assert (done.returncode, done.stderr) == (1, "Error: ARCHIVE_ROBOTS is 'some'; write one of: yes, no.\n")


@pytest.mark.slow
def test_command_reports_a_database_without_tables(tmp_path: Path) -> None:
    home = tmp_path / "home"
    done = command_process("ingest", "seeds", home=home)
    assert done.returncode == 1
    assert re.match(
        r"CommandError: .* is empty, or of another version.* `manage\.py start .*no such table", done.stderr
    )
    assert str(home) in done.stderr
    traced = command_process("ingest", "seeds", "--traceback", home=home)
    assert "Traceback" in traced.stderr


@pytest.mark.parametrize(
    ("mode", "umask"),
    [(0o700, 0o077), (0o755, 0o077), (0o750, 0o077), (0o770, 0o007), (0o2775, 0o007), (0o777, 0o007)],
)
def test_files_are_closed_to_others_and_open_to_the_group_of_a_shared_home(
    tmp_path: Path, mode: int, umask: int
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    home.chmod(mode)
    code = "import os; from archive import settings; print(os.umask(0), settings.UMASK_OF_PERSON)"
    done = settings_process(code, ARCHIVE_HOME=str(home))
    assert done.stdout.split()[0] == str(umask)
    assert stat.S_IMODE((home / "secret.key").stat().st_mode) == 0o660 & ~umask


@pytest.mark.slow
@pytest.mark.parametrize(("mode", "closed"), [(None, 0o077), (0o755, 0o077), (0o2770, 0o007)])
def test_nothing_in_the_home_is_open_to_others_under_a_usual_umask(
    tmp_path: Path, migrated: Path, mode: int | None, closed: int
) -> None:
    home = tmp_path / "home"
    if mode is not None:
        home.mkdir()
        home.chmod(mode)
    code = """
import os, pathlib, sqlite3
os.umask(0o022)
os.environ["DJANGO_SETTINGS_MODULE"] = "archive.settings"
import django
django.setup()
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from archive.uploads import _root
connection.ensure_connection()
sqlite3.connect(os.environ["MIGRATED"]).backup(connection.connection)
call_command("ingest", "seeds/000_41d69cf706419f58.txt")
call_command("index", "rebuild")
_root()
connection.close()
with connection.cursor() as cursor:
    cursor.execute("CREATE TABLE other (a)")
target = pathlib.Path(settings.ARCHIVE_HOME).parent
call_command("export", "", output=str(target / "export.csv"))
call_command("backup", str(target / "backup"))
home, backup = settings.ARCHIVE_HOME, target / "backup"
for path in [target / "export.csv", home, *home.rglob("*"), *backup.rglob("*")]:
    print(oct(path.stat().st_mode & 0o777), path.relative_to(target))
"""
    done = settings_process(code, ARCHIVE_HOME=str(home), MIGRATED=str(migrated))
    lines = [line.split(" ", 1) for line in done.stdout.splitlines() if line.startswith("0o")]
    rights = {name: right for right, name in lines}
    assert {"home/db.sqlite3", "home/db.sqlite3-wal", "home/db.sqlite3-shm", "home/index/current"} <= set(rights)
    assert rights.pop("export.csv") == "0o644"
    own = rights.pop("home")
    assert int(own, 8) == (mode or 0o700) & 0o777
    assert [name for name, right in rights.items() if int(right, 8) & closed] == []
    if mode == 0o2770:
        assert rights["home/db.sqlite3"] == rights["home/db.sqlite3-wal"] == "0o660"


def test_start_warns_of_a_home_that_others_can_open(db: None, tmp_path: Path, settings: Any) -> None:
    settings.ARCHIVE_HOME = tmp_path / "home"
    for mode, is_open in ((0o755, True), (0o701, True), (0o750, False), (0o2770, False)):
        settings.ARCHIVE_HOME.mkdir(exist_ok=True)
        settings.ARCHIVE_HOME.chmod(mode)
        err = io.StringIO()
        start.Command(stderr=err)._look_at_home()
        assert (f"chmod -R o-rwx {settings.ARCHIVE_HOME}" in err.getvalue()) is is_open


def test_database_url_is_read_into_its_parts(tmp_path: Path) -> None:
    url = "postgres://me:s%40fe@db:5433/news?sslmode=require"
    code = "import json; from archive import settings; print(json.dumps(settings.DATABASES['default']))"
    database = json.loads(settings_process(code, ARCHIVE_HOME=str(tmp_path), ARCHIVE_DATABASE_URL=url).stdout)
    assert database["ENGINE"] == "django.db.backends.postgresql"
    values = [database[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")]
    assert values == ["news", "me", "s@fe", "db", "5433", {"sslmode": "require"}]


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="the tests run on another database than SQLite")
def test_sqlite_has_its_pragmas() -> None:
    def pragma(name: str) -> object:
        with connection.cursor() as cursor:
            return cursor.execute(f"PRAGMA {name}").fetchone()[0]

    assert pragma("journal_mode") == "wal"
    assert pragma("foreign_keys") == 1
    assert pragma("busy_timeout") == 20_000
    assert settings.DATABASES["default"]["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_robots_are_let_in_only_where_anyone_may_search(tmp_path: Path) -> None:
    def let_in(**environment: str) -> str:
        code = "from archive import settings; print(settings.LET_ROBOTS_IN)"
        return settings_process(code, ARCHIVE_HOME=str(tmp_path), **environment).stdout.strip()

    assert let_in() == "False"
    assert let_in(ARCHIVE_ROBOTS="yes") == "True"
    assert let_in(ARCHIVE_ROBOTS="yes", ARCHIVE_SEARCH="login") == "False"


SERVE_UNDER_PREFIX = """
import io
from archive.wsgi import application
from django.conf import settings
print(settings.STATIC_URL, settings.SESSION_COOKIE_PATH, settings.CSRF_COOKIE_PATH)
for path in ("/help/", "/static/cuttings/keys.js", "/archive/help/", "/archive/static/cuttings/keys.js", "/archives/"):
    environ = {"PATH_INFO": path, "REQUEST_METHOD": "GET", "SERVER_NAME": "localhost", "SERVER_PORT": "80"}
    environ |= {"wsgi.input": io.BytesIO(), "wsgi.url_scheme": "http"}
    application(environ, lambda status, headers: print(status[:3]))
"""


@pytest.mark.slow
def test_site_is_served_under_its_prefix_whether_or_not_the_proxy_strips_it(tmp_path: Path) -> None:
    done = settings_process(SERVE_UNDER_PREFIX, ARCHIVE_HOME=str(tmp_path), ARCHIVE_PREFIX="/archive/")
    assert done.stdout.split() == ["/archive/static/", *["/archive/"] * 2, *["200"] * 4, "404"], done.stderr
