"""archive/capture_files.py: the bytes of captures are written once, compared before they are believed, and checked."""

import errno
import hashlib
import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from archive.capture_files import (
    DamagedError,
    check_captures,
    read_bytes,
    repair_captures,
    store_bytes,
    sweep_unfinished,
)
from archive.durable_files import open_durably
from archive.models import ArticleVersion, Capture, Placement, SectionVersion
from archive.models.captures import ImmutableError, capture_path
from archive.search_port import no_progress
from tests.conftest import SEED

from .ingest.documents import IngestFile

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", [Capture, ArticleVersion, SectionVersion, Placement])
def test_evidence_cannot_be_changed(ingest_file: IngestFile, model: Any) -> None:
    ingest_file(SEED)
    row = model.objects.first()
    with pytest.raises(ImmutableError):
        row.save()
    with pytest.raises(DatabaseError, match="evidence"), transaction.atomic():
        model.objects.update(id=9999)


def sha256_of(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def age(path: Path, at: float = 0) -> None:
    """Makes a file older than any ingest that is still running."""
    os.utime(path, (at, at))


def overwrite(path: Path, raw: bytes) -> None:
    path.chmod(0o600)
    path.write_bytes(raw)
    path.chmod(0o444)
    age(path)


def test_bytes_are_stored_once_under_their_hash(archive_home: Path) -> None:
    sha256 = sha256_of(b"first")
    path = store_bytes(b"first", sha256)
    assert path == capture_path(sha256)
    assert store_bytes(b"first", sha256) == path
    assert [file.name for file in path.parent.iterdir()] == [sha256]
    assert path.stat().st_mode & 0o222 == 0
    assert read_bytes(sha256) == b"first"


@pytest.mark.parametrize("wrong", [b"", b"firsT", b"first and more"], ids=["emptied", "a flipped bit", "longer"])
def test_a_damaged_file_is_not_believed(archive_home: Path, wrong: bytes, caplog: pytest.LogCaptureFixture) -> None:
    sha256 = sha256_of(b"first")
    overwrite(store_bytes(b"first", sha256), wrong)
    with pytest.raises(DamagedError, match=f"capture {sha256} are not those"):
        read_bytes(sha256)
    store_bytes(b"first", sha256)
    assert read_bytes(sha256) == b"first"
    assert [path.read_bytes() for path in (archive_home / "captures-aside").iterdir()] == [wrong]
    assert "were damaged" in caplog.text


def test_missing_bytes_are_named_with_the_cure(archive_home: Path) -> None:
    with pytest.raises(DamagedError, match="Restore the file from a backup"):
        read_bytes("ab" * 32)


@pytest.mark.parametrize("replace", ["link to nothing", "link to itself", "folder", "pipe"])
def test_what_is_no_file_gives_way_to_the_right_bytes(archive_home: Path, replace: str) -> None:
    sha256 = sha256_of(b"first")
    path = store_bytes(b"first", sha256)
    replace_by(path, replace)
    if replace != "pipe":
        with pytest.raises(DamagedError, match=f"capture {sha256}"):
            read_bytes(sha256)
    store_bytes(b"first", sha256)
    assert read_bytes(sha256) == b"first"
    assert not path.is_symlink()


def replace_by(path: Path, thing: str) -> None:
    path.unlink()
    if thing == "folder":
        path.mkdir()
    elif thing == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("nothing" if thing == "link to nothing" else path.name)


@pytest.mark.parametrize(
    ("thing", "fault"),
    [("link to nothing", "missing"), ("link to itself", "unreadable"), ("folder", "missing"), ("pipe", "missing")],
)
def test_what_is_no_file_is_reported(ingest_file: IngestFile, thing: str, fault: str) -> None:
    ingest_file(SEED)
    sha256 = Capture.objects.values_list("sha256", flat=True)[0]
    replace_by(capture_path(sha256), thing)
    assert getattr(check_captures(no_progress), fault) == [sha256]
    with pytest.raises(CommandError, match="ingest the documents again"):
        call_command("captures", "verify", "--repair")


def test_links_among_the_captures_are_left_over(archive_home: Path, db: None) -> None:
    folder = archive_home / "captures" / "aa"
    folder.mkdir(parents=True)
    for name, target in {"nothing": "absent", "itself": "itself", "folder": "."}.items():
        (folder / name).symlink_to(target)
        os.utime(folder / name, (0, 0), follow_symlinks=False)
    check = check_captures(no_progress)
    assert check.left_over == ["aa/folder", "aa/itself", "aa/nothing"]
    assert repair_captures(check) == 3
    assert check_captures(no_progress).is_clean


def test_bytes_that_the_disk_does_not_return_are_reported_and_stored_again(
    ingest_file: IngestFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest_file(SEED)
    path = capture_path(Capture.objects.values_list("sha256", flat=True)[0])
    raw = path.read_bytes()
    opened = Path.open

    def open_or_fail(self: Path, *args: Any, **options: Any) -> Any:
        if self == path and path.stat().st_ino == inode:
            raise OSError(errno.EIO, "Input/output error")
        return opened(self, *args, **options)

    inode = path.stat().st_ino
    monkeypatch.setattr(Path, "open", open_or_fail)
    assert check_captures(no_progress).unreadable == [path.name]
    with pytest.raises(DamagedError, match="cannot be read"):
        read_bytes(path.name)
    store_bytes(raw, path.name)
    assert check_captures(no_progress).is_clean


def test_captures_on_another_disk_are_set_aside(
    ingest_file: IngestFile, archive_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest_file(SEED)
    path = capture_path(Capture.objects.values_list("sha256", flat=True)[0])
    overwrite(path, b"other")
    rename = os.rename

    def refuse(source: Any, target: Any, **options: Any) -> None:
        if "captures-aside" in str(target):
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        rename(source, target, **options)

    monkeypatch.setattr(os, "rename", refuse)
    assert repair_captures(check_captures(no_progress)) == 1
    assert [file.read_bytes() for file in (archive_home / "captures-aside").iterdir()] == [b"other"]
    assert not path.exists()


def test_clean_captures_are_clean(ingest_file: IngestFile) -> None:
    ingest_file(SEED)
    check = check_captures(no_progress)
    assert check.is_clean
    assert check.checked == 1


def test_each_fault_is_found_and_set_aside(ingest_file: IngestFile, archive_home: Path, tmp_path: Path) -> None:
    for name in ("damaged", "missing", "whole"):
        path = tmp_path / f"{name}.txt"
        path.write_text(f"Fire in {name}\nThe quay burns.\n")
        ingest_file(path)
    damaged, missing, whole = (Capture.objects.get(origin__contains=name) for name in ("damaged", "missing", "whole"))
    overwrite(damaged.path, b"forged")
    missing.path.unlink()
    orphan = store_bytes(b"nobody's", sha256_of(b"nobody's"))
    age(orphan)
    left_over = whole.path.with_name(f".{whole.sha256[:16]}.0123456789abcdef")
    left_over.write_bytes(b"half")
    age(left_over)
    check = check_captures(no_progress)
    assert (check.damaged, check.missing, check.orphaned) == ([damaged.sha256], [missing.sha256], [orphan.name])
    assert [Path(name).name for name in check.left_over] == [left_over.name]
    assert repair_captures(check) == 3
    after = check_captures(no_progress)
    assert sorted(after.missing) == sorted([damaged.sha256, missing.sha256])
    assert (after.damaged, after.orphaned, after.left_over) == ([], [], [])
    assert whole.path.exists()
    ingest_file(tmp_path / "damaged.txt")
    ingest_file(tmp_path / "missing.txt")
    assert check_captures(no_progress).is_clean


def test_files_of_an_ingest_that_is_running_are_no_faults(archive_home: Path, db: None) -> None:
    path = store_bytes(b"soon", sha256_of(b"soon"))
    path.with_name(".soon").write_bytes(b"half")
    with open_durably(path.with_name("later"), mode=0o444, aside=archive_home / "captures" / ".unfinished"):
        sweep_unfinished()
        assert check_captures(no_progress).is_clean


def test_file_from_a_clock_that_was_set_back_is_not_believed_to_be_new(archive_home: Path, db: None) -> None:
    orphan = store_bytes(b"nobody's", sha256_of(b"nobody's"))
    left_over = orphan.with_name(".left")
    left_over.write_bytes(b"half")
    for path in (orphan, left_over):
        age(path, at=time.time() + 7200)
    check = check_captures(no_progress)
    assert (check.orphaned, [Path(name).name for name in check.left_over]) == ([orphan.name], [".left"])


@pytest.mark.parametrize("cure", ["verify", "sweep", "ingest", "start"])
def test_what_a_killed_process_left_goes_at_once(ingest_file: IngestFile, archive_home: Path, cure: str) -> None:
    ingest_file(SEED)
    half = archive_home / "captures" / ".unfinished" / ".0123456789abcdef.0123456789abcdef"
    half.write_bytes(b"half")
    half.chmod(0o444)
    if cure == "verify":
        check = check_captures(no_progress)
        assert check.left_over == [f".unfinished/{half.name}"]
        assert repair_captures(check) == 1
    elif cure == "sweep":
        sweep_unfinished()
    elif cure == "ingest":
        call_command("ingest", str(SEED))
    else:
        call_command("start", "--no-serve")
    assert not half.exists()
    assert check_captures(no_progress).is_clean


def test_command_reports_each_fault_and_fails(ingest_file: IngestFile, capsys: pytest.CaptureFixture[str]) -> None:
    ingest_file(SEED)
    call_command("captures", "verify")
    assert "1 captures checked: clean" in capsys.readouterr().out
    capture = Capture.objects.get()
    overwrite(capture.path, b"forged")
    with pytest.raises(CommandError, match="Restore the files from a backup"):
        call_command("captures", "verify", "--json")
    report = json.loads(capsys.readouterr().out)
    assert (report["damaged"], report["clean"]) == ([capture.sha256], False)
    with pytest.raises(CommandError):
        call_command("captures", "verify", "--repair")
    assert "1 files set aside" in capsys.readouterr().out
    assert not capture.path.exists()


def test_admin_never_serves_damaged_bytes(ingest_file: IngestFile, admin_client: Client) -> None:
    ingest_file(SEED)
    capture = Capture.objects.get()
    url = reverse("admin:archive_capture_bytes", args=[capture.pk])
    overwrite(capture.path, b"forged")
    response = admin_client.get(url)
    assert response.status_code == 404
    assert b"forged" not in response.content
