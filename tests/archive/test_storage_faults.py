"""A damaged database: every command and page says which file it is and the cure; nothing has a traceback."""

import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connection
from django.test import Client

from archive.models import Article, ArticleVersion
from archive.storage_faults import explain_damage, explain_storage_fault, find_damage

PAGE_BYTES = 4096


def overwrite_header(content: bytearray, chance: random.Random) -> None:
    content[:16] = bytes(16)


def overwrite_pages(content: bytearray, chance: random.Random) -> None:
    for start in range(PAGE_BYTES, len(content), PAGE_BYTES):
        content[start : start + PAGE_BYTES] = chance.randbytes(PAGE_BYTES)


def garble_names(content: bytearray, chance: random.Random) -> None:
    """Leaves a schema that SQLite cannot read, whose error is no text."""
    place = content.index(b"CREATE TABLE")
    content[place : place + 40] = bytes([0x9B]) * 40


DAMAGES: list[Callable[[bytearray, random.Random], None]] = [overwrite_header, overwrite_pages, garble_names]

USE = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "archive.settings"
import django
django.setup()
import logging
logging.disable(logging.CRITICAL)
from django.core.management import CommandError, call_command
from django.test import Client
home = os.environ["ARCHIVE_HOME"]
commands = ("search fire", "export fire", "index update", "index verify", "index rebuild", "captures verify")
for command in (*commands, "ingest seeds", f"backup {home}-backup", "start --no-serve"):
    try:
        call_command(*command.split())
    except CommandError as error:
        print(f"{command}: {error}".replace("\\n", " "))
for address in ("/", "/?q=fire", "/articles/1", "/feed.atom", "/sitemap.xml", "/login/"):
    client = Client(headers={"host": "localhost"}, raise_request_exception=False)
    client.cookies["sessionid"] = "x" * 32
    response = client.get(address, follow=True)
    print("page", address, response.status_code, response.content.decode().replace("\\n", " "))
"""


def run(home: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], "ARCHIVE_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize("damage", DAMAGES)
def test_every_command_and_page_names_the_damaged_file_and_the_cure(
    tmp_path: Path, migrated: Path, damage: Callable[[bytearray, random.Random], None]
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    path = home / "db.sqlite3"
    content = bytearray(migrated.read_bytes())
    damage(content, random.Random(1))
    path.write_bytes(content)
    done = run(home, "-c", USE)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    answers = {line.split(":")[0]: line for line in lines if not line.startswith("page ")}
    for command in (
        "index update",
        "index verify",
        "index rebuild",
        "captures verify",
        "ingest seeds",
        "start --no-serve",
    ):
        assert f"damaged ({path})" in answers[command]
        assert f"sqlite3 {path} .recover" in answers[command]
    assert any(command.startswith("backup") and str(path) in line for command, line in answers.items())
    pages = [line for line in lines if line.startswith("page ")]
    assert len(pages) == 6
    assert not [line for line in pages if " 500 " in line]
    failed = [line for line in pages if " 503 " in line and "restore a backup" in line]
    assert failed
    assert not [line for line in failed if "db.sqlite3" not in line or str(home) in line]
    own = run(home, "manage.py", "migrate")
    assert "Traceback" not in own.stderr
    assert str(path) in own.stderr
    assert ".recover" in own.stderr


sqlite_only = pytest.mark.skipif(connection.vendor != "sqlite", reason="writes what SQLite alone stores")


@pytest.mark.django_db
@sqlite_only
def test_value_that_is_no_text_is_damage(seed: Article) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE archive_article SET headline = CAST(x'9b9b' AS TEXT)")
    with pytest.raises((DatabaseError, ValueError)) as failure:
        Article.objects.get()
    assert "is damaged" in explain_storage_fault(failure.value)


@pytest.mark.django_db
@sqlite_only
@pytest.mark.parametrize("query", ["/articles/99999999999999999999", "/?q=%ED%A0%80", "/sections/0"])
def test_what_readers_type_is_no_damage(seed: Article, query: str) -> None:
    assert Client().get(query).status_code < 500
    for looked_up in ({"pk": 10**30}, {"headline": "\udc80"}, {"headline": "a\x00b"}):
        with pytest.raises((Article.DoesNotExist, UnicodeEncodeError, OverflowError)) as failure:
            Article.objects.filter(**looked_up).get()
        assert not explain_storage_fault(failure.value)


@pytest.mark.django_db(transaction=True)
@sqlite_only
def test_rows_that_refer_to_none_are_damage(ingest_file: Callable[..., object], tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"headline": "Fire", "text": "A fire."}\n')
    ingest_file(path)
    assert find_damage() == ""
    with connection.constraint_checks_disabled(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM archive_article")
        assert ArticleVersion.objects.exists()
        assert "is damaged" in find_damage()
        cursor.execute("DELETE FROM archive_articleversion")


def test_damage_of_a_server_is_explained_without_the_tools_of_sqlite() -> None:
    class CorruptedError(Exception):
        sqlstate = "XX001"

    assert "restore" in explain_damage(CorruptedError())
    assert ".recover" not in explain_damage(CorruptedError())
