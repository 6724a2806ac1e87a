"""Settings come from one table and the environment (tests/test_docs.py compares the table with the docs)."""

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

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
    assert done.stdout.split() == ["False", "False", "django.db.backends.sqlite3"]
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
    assert re.match("Error: the database cannot be used: no such table: .*\n.*manage.py start", done.stderr)
    assert str(home) in done.stderr
    traced = command_process("ingest", "seeds", "--traceback", home=home)
    assert "Traceback" in traced.stderr


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
