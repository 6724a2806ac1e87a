"""archive/backups: a backup of a running archive, and the archive that comes back from it."""

import hashlib
import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from archive.backups import BackupError, databases, make_backup, making, restore_backup
from archive.backups.databases import copy_record
from archive.backups.manifest import Manifest, describe_file, read_manifest, write_manifest
from archive.models import Archive, Capture, Name, Section, Spelling, archive_identity
from archive.models.captures import capture_path
from archive.operations import ADD_SPELLING, SPELLING_ADDED, SPLIT, operation, record_split
from archive.search_port import no_progress
from tests.archive.test_commands import run
from tests.paths import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

sqlite_only = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="reads and writes the file of SQLite")

postgresql_only = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="runs the tools of PostgreSQL")

FIRE = {"headline": "Fire in the harbour", "text": "A fire in the harbour of Bergen.\n\nNobody was hurt."}
FLOOD = {"headline": "Flood", "text": 'A flood in the valley. "It rises," Olena Kovalenko said.'}


@pytest.fixture
def ingest(tmp_path: Path) -> Callable[..., None]:
    """Ingests and indexes documents, each in a file of its own."""

    def ingest(*documents: dict[str, str]) -> None:
        for document in documents:
            path = tmp_path / f"{document['headline']}.jsonl"
            path.write_text(json.dumps(document) + "\n")
            call_command("ingest", str(path), verbosity=0)

    return ingest


@pytest.fixture
def backup(ingest: Callable[..., None], tmp_path: Path) -> Path:
    """A backup of an archive with two articles."""
    ingest(FIRE, FLOOD)
    folder = tmp_path / "backup"
    run("backup", str(folder))
    return folder


@pytest.fixture
def divided_backup(ingest: Callable[..., None], tmp_path: Path) -> Path:
    """A backup of an archive with two articles, of which one has an entry that a curator split."""
    ingest(FIRE, FLOOD)
    with operation(SPLIT, user_name="ann", label="Split") as act:
        record_split(act, Section.objects.get(article__headline=FIRE["headline"]), 1)
    with operation(SPELLING_ADDED, user_name="ann", label="Added") as act:
        name = Name.objects.get(label="Olena Kovalenko")
        ADD_SPELLING.carry_out({"names": [name.pk], "text": "Of the valley"}, act)
    call_command("index", "update", verbosity=0)
    folder = tmp_path / "backup"
    run("backup", str(folder))
    return folder


@pytest.fixture
def new_home(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of an archive whose home does not exist yet, and whose database is empty."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "archive.settings", "ARCHIVE_HOME": str(tmp_path / "new")}
    if connection.vendor == "sqlite":
        yield {**environment, "ARCHIVE_DATABASE_URL": "sqlite"}
        return
    known = connection.settings_dict
    name = f"{known['NAME']}_restored"
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    user, password, host = (quote(str(known[part]), safe="") for part in ("USER", "PASSWORD", "HOST"))
    port = f":{known['PORT']}" if known["PORT"] else ""
    options = f"?{urlencode(known['OPTIONS'])}" if known["OPTIONS"] else ""
    address = f"postgres://{user}:{password}@{host}{port}/{name}{options}"
    yield {**environment, "ARCHIVE_DATABASE_URL": address}
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}"')


def manage(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


def manage_all(environment: dict[str, str], *commands: tuple[str, ...]) -> list[str]:
    """Runs commands in turn in one process, of which the start takes most of their time; returns their outputs."""
    process = subprocess.run(
        [sys.executable, "-c", _RUN_ALL, json.dumps(commands)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    outputs = process.stdout.split("\f")
    assert len(outputs) == len(commands) + 1
    return outputs[:-1]


_RUN_ALL = """
import json, sys, django
from django.core.management import call_command
django.setup()
for command in json.loads(sys.argv[1]):
    call_command(*command)
    print(end="\\f")
"""


def answers_of(output: str) -> dict[str, Any]:
    """Returns the answer of `search --json` without its time."""
    answer = json.loads(output.splitlines()[-1])
    return {name: value for name, value in answer.items() if "second" not in name and name != "took_ms"}


def flip_byte(path: Path, *, place: int = -1) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.chmod(0o600)
    path.write_bytes(content)


def files_under(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# --- there and back ---


NAMED = ("place:bergen", "person:kovalenko", "said(rises) by:kovalenko", 'person:"Of the valley"')
SEARCHED = ("fire", "harbor OR flood", "headline:fire", "hurt", "bergen hurt", "nothing", *NAMED)


@pytest.mark.slow
def test_restored_archive_has_the_same_rows_and_gives_the_same_answers(
    divided_backup: Path, new_home: dict[str, str], tmp_path: Path
) -> None:
    restored = manage(new_home, "restore", str(divided_backup))
    assert restored.returncode == 0, restored.stderr
    assert "2 articles, 3 sections, 2 files of captures; 3 sections indexed; verified" in restored.stdout
    searches = [("search", query, "--json", "--facet", "source") for query in SEARCHED]
    verifications = [("captures", "verify"), ("index", "verify")]
    *found, again = manage_all(new_home, *searches, *verifications, ("backup", str(tmp_path / "again"), "--json"))
    for search, answer in zip(searches, found[: len(searches)], strict=True):
        assert answers_of(answer) == answers_of(run(*search)[0])
    assert {json.loads(run("search", query, "--json")[0])["sections"] for query in NAMED} == {1}
    rows = read_manifest(divided_backup).rows
    assert json.loads(again)["rows"] == rows
    assert rows["statements"] == 1
    assert rows["spellings"] == Spelling.objects.count() > rows["names"] == Name.objects.count() > 1
    assert read_manifest(tmp_path / "again").archive == read_manifest(divided_backup).archive == archive_identity()
    files = files_under(divided_backup / "captures")
    assert files_under(tmp_path / "again" / "captures") == files == files_under(tmp_path / "new" / "captures")


@pytest.mark.slow
@sqlite_only
def test_backup_of_a_release_without_ids_is_restored_and_gets_one(
    backup: Path, new_home: dict[str, str], tmp_path: Path
) -> None:
    manifest = read_manifest(backup)
    record = backup / manifest.record_name
    (tmp_path / "old").mkdir()
    older = shutil.copy(record, tmp_path / "old" / "db.sqlite3")
    back = manage({**new_home, "ARCHIVE_HOME": str(tmp_path / "old")}, "migrate", "archive", "0016", "-v0")
    assert back.returncode == 0, back.stderr
    shutil.copy(older, record)
    content = json.loads((backup / "manifest.json").read_bytes())
    del content["archive"], content["checksum"]
    for kind in ("names", "spellings", "mentions", "statements", "name_judgements"):
        del content["rows"][kind]
    content["files"][record.name] = asdict(describe_file(record))
    content["checksum"] = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    (backup / "manifest.json").write_text(json.dumps(content))
    restored = manage(new_home, "restore", str(backup))
    assert restored.returncode == 0, restored.stderr
    database = sqlite3.connect(tmp_path / "new" / "db.sqlite3")
    ((identity,),) = database.execute("SELECT identity FROM archive_archive").fetchall()
    database.close()
    assert len(identity) == 32
    assert identity != archive_identity()


@pytest.mark.slow
def test_home_with_content_is_not_restored_over(backup: Path, new_home: dict[str, str], tmp_path: Path) -> None:
    home = tmp_path / "new"
    (home / "captures").mkdir(parents=True)
    (home / "captures" / "mine").write_text("mine")
    refused = manage(new_home, "restore", str(backup))
    assert refused.returncode == 1
    assert "is not empty: it has captures. Set ARCHIVE_HOME to a new folder" in refused.stderr
    assert set(files_under(home)) <= {"captures/mine", "secret.key"}


# --- while others write ---


@sqlite_only
def test_copy_has_all_of_a_transaction_or_nothing(ingest: Callable[..., None], tmp_path: Path) -> None:
    ingest(FIRE)
    stop = threading.Event()
    written = threading.Event()

    def write() -> None:
        other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None, timeout=20)
        for number in range(3000):
            if stop.is_set():
                break
            other.execute("BEGIN IMMEDIATE")
            for half in "ab":
                other.execute("INSERT INTO auth_group (name) VALUES (?)", [f"{number}{half}"])
            other.execute("COMMIT")
            if number == 3:
                written.set()
        other.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert written.wait(20)
        for number in range(5):
            path = tmp_path / f"{number}.sqlite3"
            copy_record(path)
            copy = sqlite3.connect(path)
            groups, names = copy.execute(
                "SELECT count(*), count(DISTINCT rtrim(name, 'ab')) FROM auth_group WHERE name GLOB '[0-9]*'"
            ).fetchone()
            assert copy.execute("PRAGMA journal_mode").fetchone() == ("delete",)
            copy.close()
            assert groups == 2 * names >= 8
    finally:
        stop.set()
        writer.join()


@sqlite_only
def test_copy_waits_for_no_writer_and_has_nothing_of_it(ingest: Callable[..., None], tmp_path: Path) -> None:
    ingest(FIRE)
    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    other.execute("BEGIN IMMEDIATE")
    other.execute("INSERT INTO auth_group (name) VALUES ('unfinished')")
    try:
        run("backup", str(tmp_path / "backup"))
    finally:
        other.execute("ROLLBACK")
        other.close()
    (record,) = (tmp_path / "backup").glob("record-*")
    copy = sqlite3.connect(record)
    assert copy.execute("SELECT name FROM auth_group WHERE name = 'unfinished'").fetchall() == []
    copy.close()


def test_documents_that_come_while_captures_are_copied_are_not_in_the_backup(
    ingest: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(FIRE)

    def copy_and_ingest(path: Path) -> Any:
        copied = copy_record(path)
        ingest(FLOOD)
        return copied

    monkeypatch.setattr(making, "copy_record", copy_and_ingest)
    manifest = make_backup(tmp_path / "backup", no_progress).manifest
    assert manifest.rows["articles"] == manifest.rows["captures"] == len(manifest.captures) == 1
    assert Capture.objects.count() == 2


@postgresql_only
def test_password_is_in_the_environment_and_not_on_the_command_line(
    ingest: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(FIRE)
    original, calls = subprocess.run, []

    def see(command: list[str], **options: Any) -> Any:
        calls.append((" ".join(command), options["env"]))
        return original(command, **options)

    monkeypatch.setattr(subprocess, "run", see)
    monkeypatch.setitem(connection.settings_dict, "PASSWORD", connection.settings_dict["PASSWORD"] or "s3cret")
    make_backup(tmp_path / "backup", no_progress)
    password = connection.settings_dict["PASSWORD"]
    assert [(password in line, environment["PGPASSWORD"]) for line, environment in calls] == [(False, password)]


def test_tool_that_is_missing_or_fails_is_named(
    ingest: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "_environment", dict)
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(BackupError, match=r"pg_restore is not installed\. Install the client of PostgreSQL"):
        databases.load_postgresql(tmp_path / "record.pgdump")
    tool = tmp_path / "pg_restore"
    tool.write_text("#!/bin/sh\necho the archive is damaged >&2\nexit 1\n")
    tool.chmod(0o700)
    monkeypatch.setattr("shutil.which", lambda name: str(tool))
    with pytest.raises(BackupError, match="pg_restore failed: the archive is damaged"):
        databases.load_postgresql(tmp_path / "record.pgdump")


# --- again, into the same folder ---


def test_second_backup_copies_only_what_is_new(backup: Path, ingest: Callable[..., None]) -> None:
    before = {path: path.stat().st_ino for path in (backup / "captures").rglob("*") if path.is_file()}
    ingest({"headline": "Storm", "text": "A storm at sea."})
    result = make_backup(backup, no_progress)
    assert result.copied == 1
    assert {path: path.stat().st_ino for path in before} == before
    assert set(files_under(backup)) == {*result.manifest.files, "manifest.json"}
    assert make_backup(backup, no_progress).copied == 0


def test_what_a_killed_backup_left_is_swept(backup: Path) -> None:
    before = files_under(backup)
    unfinished = backup / "captures" / ".unfinished"
    unfinished.mkdir()
    (unfinished / ".0123456789abcdef.0123").write_bytes(b"half a capt")
    make_backup(backup, no_progress)
    assert files_under(backup / "captures") == {
        name.removeprefix("captures/"): content for name, content in before.items() if name.startswith("captures/")
    }
    assert not unfinished.exists()


def test_files_are_for_their_owner_alone(backup: Path) -> None:
    modes = {stat.S_IMODE(path.stat().st_mode) for path in backup.rglob("*") if path.is_file()}
    assert modes == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in [backup, *backup.rglob("*")] if path.is_dir()} == {0o700}


def test_backup_that_fails_leaves_the_earlier_one(
    backup: Path, ingest: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files_under(backup)
    ingest({"headline": "Storm", "text": "A storm at sea."})

    def fail(*arguments: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(making, "write_manifest", fail)
    with pytest.raises(CommandError, match="No space left on device"):
        run("backup", str(backup))
    after = files_under(backup)
    assert {name: after[name] for name in before} == before
    assert [name for name in after if name.startswith("record-")] == [read_manifest(backup).record_name]


def test_damaged_file_of_a_backup_is_written_again(backup: Path) -> None:
    whole = files_under(backup / "captures")
    for path in [*(backup / "captures").rglob("*"), backup / "secret.key"]:
        if path.is_file():
            flip_byte(path)
    assert make_backup(backup, no_progress).copied == 2
    assert files_under(backup / "captures") == whole


def test_folder_of_something_else_is_refused(ingest: Callable[..., None], tmp_path: Path, settings: Any) -> None:
    ingest(FIRE)
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "mine.txt").write_text("mine")
    with pytest.raises(BackupError, match=r"'mine\.txt'. Name an empty folder"):
        make_backup(tmp_path / "notes", no_progress)
    with pytest.raises(BackupError, match="in the home of the archive"):
        make_backup(Path(settings.ARCHIVE_HOME) / "backup", no_progress)


@pytest.mark.parametrize("place", [".", "captures", "captures/ab"])
def test_captures_of_the_archive_are_no_backup_of_themselves(
    ingest: Callable[..., None], archive_home: Path, tmp_path: Path, place: str
) -> None:
    """They may be on another disk, behind a link."""
    ingest(FIRE)
    disk = tmp_path / "disk"
    disk.mkdir()
    (archive_home / "captures").rename(disk / "captures")
    (archive_home / "captures").symlink_to(disk / "captures")
    with pytest.raises(BackupError, match="keeps its captures"):
        make_backup(disk / place, no_progress)


def test_backup_of_another_archive_is_not_replaced(backup: Path, settings: Any, tmp_path: Path) -> None:
    settings.ARCHIVE_HOME = tmp_path / "other"
    settings.ARCHIVE_HOME.mkdir()
    (settings.ARCHIVE_HOME / "secret.key").write_text("another")
    before = files_under(backup)
    with pytest.raises(BackupError, match="another key"):
        make_backup(backup, no_progress)
    assert files_under(backup) == before


def test_backup_of_an_archive_that_was_lost_is_not_replaced_by_that_of_a_new_one(backup: Path) -> None:
    """The key is the same where a lost record was made anew in its home."""
    assert read_manifest(backup).archive == archive_identity()
    before = files_under(backup)
    Archive.objects.update(identity="0" * 32)
    with pytest.raises(BackupError, match=r"another archive.*Name another folder"):
        make_backup(backup, no_progress)
    assert files_under(backup) == before


def test_backup_of_a_record_that_was_not_migrated_yet_has_no_id(
    ingest: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(FIRE)
    tables = connection.introspection.table_names
    monkeypatch.setattr(
        connection.introspection, "table_names", lambda: [name for name in tables() if name != "archive_archive"]
    )
    assert make_backup(tmp_path / "backup", no_progress).manifest.archive == ""


def test_two_backups_into_a_folder_do_not_mix(
    backup: Path, ingest: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def copy_meanwhile(path: Path) -> Any:
        with pytest.raises(BackupError, match="Another backup writes"):
            make_backup(backup, no_progress)
        return copy_record(path)

    monkeypatch.setattr(making, "copy_record", copy_meanwhile)
    make_backup(backup, no_progress)


# --- damage ---


@pytest.mark.parametrize("copied_before", [False, True])
@pytest.mark.parametrize("damage", [flip_byte, Path.unlink, lambda path: os.truncate(path, 3)])
def test_damaged_capture_of_the_archive_fails_the_backup(
    damage: Callable[[Path], None], copied_before: bool, ingest: Callable[..., None], tmp_path: Path
) -> None:
    ingest(FIRE, FLOOD)
    folder = tmp_path / "backup"
    if copied_before:
        run("backup", str(folder))
    before = files_under(folder)
    capture = Capture.objects.all()[0]
    capture_path(capture.sha256).chmod(0o600)
    damage(capture_path(capture.sha256))
    with pytest.raises(CommandError, match=r"`captures` is damaged in 1 of 2 files:\ncaptures/") as failure:
        run("backup", str(folder))
    assert capture.sha256 in str(failure.value)
    assert (folder / "manifest.json").exists() == copied_before
    assert {name: files_under(folder)[name] for name in before} == before


@pytest.mark.parametrize("damage", [flip_byte, Path.unlink, lambda path: os.truncate(path, 3)])
@pytest.mark.parametrize("pattern", ["record-*", "secret.key", "captures/*/*/*"])
def test_damaged_file_of_the_backup_is_named_and_nothing_is_restored(
    damage: Callable[[Path], None], pattern: str, backup: Path, settings: Any, tmp_path: Path
) -> None:
    settings.ARCHIVE_HOME = tmp_path / "empty"
    path = sorted(backup.glob(pattern))[0]
    damage(path)
    with pytest.raises(CommandError, match="is damaged in 1 of 4 files") as failure:
        restore_without_tables(backup)
    assert str(path.relative_to(backup)) in str(failure.value)
    assert not settings.ARCHIVE_HOME.exists()


def restore_without_tables(folder: Path) -> None:
    """Restores; the tables of the tests in PostgreSQL are not looked at."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("archive.backups.restoring.check_database_is_empty", lambda: None)
        run("restore", str(folder))


def test_any_flipped_byte_of_the_manifest_is_found(backup: Path) -> None:
    path = backup / "manifest.json"
    whole = path.read_bytes()
    read_manifest(backup)
    for place in range(len(whole)):
        path.write_bytes(whole)
        # White space between the values says nothing.
        if whole[place : place + 1].strip():
            flip_byte(path, place=place)
            with pytest.raises(BackupError, match=r"manifest\.json"):
                read_manifest(backup)


@sqlite_only
def test_database_that_cannot_be_copied_is_named_with_its_cure(
    ingest: Callable[..., None], tmp_path: Path, archive_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(FIRE)
    text = tmp_path / "text.sqlite3"
    text.write_text("This is no database. " * 200)
    monkeypatch.setitem(connection.settings_dict, "NAME", str(text))
    with pytest.raises(
        BackupError, match=r"not a database\. The database of the archive is damaged.*restore a backup"
    ):
        make_backup(tmp_path / "backup", no_progress)


def test_folder_without_a_manifest_is_no_backup(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"has no manifest\.json: it is no backup"):
        run("restore", str(tmp_path))


def test_manifest_names_no_file_outside_the_backup(backup: Path) -> None:
    manifest = read_manifest(backup)
    for name in ("../outside", "/etc/hosts", "captures/../../outside", "record-x.sqlite3"):
        files = {**manifest.files, name: manifest.files["secret.key"]}
        write_manifest(backup, Manifest(manifest.made, manifest.database, manifest.rows, files))
        with pytest.raises(BackupError, match="no backup has a file"):
            read_manifest(backup)


def test_backup_of_another_kind_of_database_is_refused(backup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "vendor", "oracle")
    with pytest.raises(BackupError, match="Name an empty database of"):
        restore_backup(backup, lambda label: pytest.fail(label))


@sqlite_only
def test_damaged_database_is_not_backed_up(ingest: Callable[..., None], tmp_path: Path) -> None:
    ingest(FIRE)
    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    other.execute("PRAGMA foreign_keys=OFF")
    other.execute("INSERT INTO auth_user_groups (id, user_id, group_id) VALUES (1, 12345, 12345)")
    try:
        with pytest.raises(CommandError, match="is damaged: rows that refer to none"):
            run("backup", str(tmp_path / "backup"))
    finally:
        other.execute("DELETE FROM auth_user_groups")
        other.close()
    assert files_under(tmp_path / "backup") == {}
