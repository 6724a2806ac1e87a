"""`manage.py verify-package`: no changed byte and no hostile file passes; every cited version is in the record."""

import hashlib
import io
import json
import os
import random
import re
import zipfile
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from archive.models import Archive, Article, Capture, Section
from archive.models.captures import capture_path
from search.exports.packages import Verification, verify_package, zip_reader
from search.exports.packages.zip_records import SEAL_BYTES, seal_of

from .conftest import Files, Package, bagged, make_package, pack


def ignore(done: int) -> None:
    """Progress that nobody watches."""


def check(path: Path, data: bytes) -> Verification:
    path.write_bytes(data)
    return verify_package(path, ignore)


PLAIN: Files = {"data/manifest.json": b"{}", "data/results.csv": b"section\n" * 50}


@pytest.fixture(scope="module")
def plain() -> bytes:
    return pack(bagged(PLAIN))


def test_a_whole_package_has_no_fault(tmp_path: Path, plain: bytes) -> None:
    verification = check(tmp_path / "x.zip", plain)
    assert verification.faults == []
    assert (verification.files, verification.payload_files, verification.payload_bytes) == (7, 2, 402)
    assert verification.sha256 == hashlib.sha256(plain).hexdigest()


def test_no_changed_byte_passes(tmp_path: Path, plain: bytes) -> None:
    """Every fifth byte of a small package, each changed in one bit."""
    path = tmp_path / "x.zip"
    unsure = random.Random(1)
    for place in range(0, len(plain), 5):
        changed = bytearray(plain)
        changed[place] ^= 1 << unsure.randrange(8)
        assert check(path, bytes(changed)).faults, place


@pytest.mark.parametrize("sealed", [False, True], ids=["", "sealed again"])
def test_changes_that_are_sealed_again_are_named(tmp_path: Path, plain: bytes, sealed: bool) -> None:
    """The seal shows what was changed by accident, the rest what was changed on purpose: a byte of the structure."""
    start = plain.index(b"bag/data/results.csv") - 30
    for offset, fault in ((10, "directory"), (26, "At byte"), (6, "At byte")):
        changed = bytearray(plain)
        changed[start + offset] ^= 1
        if sealed:
            changed[-SEAL_BYTES:] = seal_of(hashlib.sha256(changed[:-SEAL_BYTES]).hexdigest())
        faults = check(tmp_path / "x.zip", bytes(changed)).faults
        assert any(fault in found for found in faults), faults
        assert ("The seal" in faults[0]) is not sealed


@pytest.mark.parametrize("end", [0, 1, 29, 400, -1, -SEAL_BYTES, -SEAL_BYTES - 22])
def test_a_file_that_is_cut_off_is_none(tmp_path: Path, plain: bytes, end: int) -> None:
    assert check(tmp_path / "x.zip", plain[:end]).faults


def test_nothing_can_be_added(tmp_path: Path, plain: bytes) -> None:
    assert check(tmp_path / "x.zip", plain + b"x").faults
    assert check(tmp_path / "x.zip", b"x" + plain).faults
    directory = plain.index(b"PK\x01\x02")
    between = plain[:directory] + b"hidden" + plain[directory:-SEAL_BYTES]
    between += seal_of(hashlib.sha256(between).hexdigest())
    assert check(tmp_path / "x.zip", between).faults == ["The directory of the ZIP is not that of the files in it."]


HOSTILE: dict[str, tuple[Callable[[], Iterable[tuple[str, bytes]]], str]] = {
    "missing": (lambda: [m for m in bagged(PLAIN) if m[0] != "bag/data/results.csv"], "the package lacks it"),
    "not listed": (lambda: [*bagged(PLAIN), ("bag/data/extra.html", b"x")], "does not name it"),
    "beside": (lambda: [*bagged(PLAIN), ("bag/extra.txt", b"x")], "tagmanifest-sha256.txt does not name it"),
    "twice": (lambda: [*bagged(PLAIN), ("bag/data/results.csv", b"x")], "two files of this name"),
    "twice, in capitals": (lambda: [*bagged(PLAIN), ("bag/data/Results.csv", b"x")], "two files of this name"),
    "upwards": (lambda: [*bagged(PLAIN), ("bag/../../x", b"x")], "no package has a file of such a name"),
    "absolute": (lambda: [*bagged(PLAIN), ("/etc/x", b"x")], "no package has a file of such a name"),
    "backslash": (lambda: [*bagged(PLAIN), ("bag/..\\x", b"x")], "no package has a file of such a name"),
    "control": (lambda: [*bagged(PLAIN), ("bag/\x1b[2J", b"x")], "no package has a file of such a name"),
    "elsewhere": (lambda: [*bagged(PLAIN), ("other/x", b"x")], "not in the folder of the package"),
    "no folder": (lambda: [*bagged(PLAIN), ("x", b"x")], "no package has a file of such a name"),
    "size": (lambda: bagged(PLAIN, **{"bag-info_txt": b"Payload-Oxum: 403.2\n"}), "Payload-Oxum is 403.2"),
    "count": (lambda: bagged(PLAIN, **{"bag-info_txt": b"Payload-Oxum: 402.3\n"}), "Payload-Oxum is 402.3"),
    "no size": (lambda: bagged(PLAIN, **{"bag-info_txt": b"Bagging-Date: 2026-01-02\n"}), "is missing"),
    "no label": (lambda: bagged(PLAIN, **{"bag-info_txt": b"x\n"}), "a line without a label"),
    "other version": (lambda: bagged(PLAIN, bagit_txt=b"BagIt-Version: 0.97\n"), "a bag of BagIt 1.0"),
    "no line": (lambda: bagged(PLAIN, **{"manifest-sha256_txt": b"x\n"}), "no hash and name"),
    "long line": (lambda: bagged(PLAIN, **{"manifest-sha256_txt": b"x" * 5000}), "a line that names no file"),
    "long info": (lambda: bagged(PLAIN, **{"bag-info_txt": b"x" * (2 << 20)}), "longer than"),
    "forged capture": (lambda: bagged(PLAIN | {f"data/captures/{'0' * 64}": b"x"}), "not the capture of this name"),
    "extra, and listed": (lambda: bagged(PLAIN | {"data/extra.html": b"x"}), "no package has such a file"),
    "beside, and listed": (lambda: bagged(PLAIN | {"fetch.txt": b"x"}), "no package has such a file"),
    "no manifest": (lambda: bagged({"data/results.csv": b""}), "data/manifest.json: the package lacks it"),
    "nothing": (list, "no file begins at its first byte"),
    "bomb": (lambda: [*bagged(PLAIN), ("bag/data/zeros", bytes(3 << 20))], "unpacks to more than 200 times"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_packages_fail_by_what_is_wrong(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their seals and checksums are right: whoever made them wanted them to pass."""
    members, fault = HOSTILE[kind]
    monkeypatch.setattr(zip_reader, "_FREE_BYTES", 1 << 20)
    faults = check(tmp_path / "x.zip", pack(members())).faults
    assert any(fault in found for found in faults), faults


def test_a_changed_file_is_named_with_both_hashes(tmp_path: Path) -> None:
    members = dict(bagged(PLAIN)) | {"bag/README.txt": b"Another text.\n", "bag/data/results.csv": b"x"}
    faults = check(tmp_path / "x.zip", pack(members.items())).faults
    assert [fault.partition(":")[0] for fault in faults] == ["data/results.csv", "README.txt", "bag-info.txt"]
    assert hashlib.sha256(b"x").hexdigest() in faults[0]


def test_zips_of_other_programs_are_no_packages(tmp_path: Path) -> None:
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", method) as file:
            for name, data in bagged(PLAIN):
                file.writestr(name, data)
        faults = check(tmp_path / "x.zip", buffer.getvalue()).faults
        assert "packed by another program" in faults[0]


def test_what_is_no_file_is_an_error(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", tmp_path / "nothing", Path("/dev/zero")):
        with pytest.raises(CommandError, match=r"is no file|cannot be read"):
            call_command("verify-package", str(path))


# --- with an archive ---


def verify(path: Path, *options: str) -> list[str]:
    """Returns what the command prints as wrong; nothing, where it succeeds."""
    stderr = io.StringIO()
    try:
        call_command("verify-package", str(path), *options, stderr=stderr, stdout=io.StringIO())
    except CommandError as error:
        assert "is not verified" in str(error)
        return stderr.getvalue().splitlines()
    return []


@pytest.fixture
def package(storm: None, tmp_path: Path) -> Path:
    path = tmp_path / "storm.zip"
    path.write_bytes(make_package(captures=True, contents=("csv",)).data)
    return path


def test_command_says_what_it_checked(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("verify-package", str(package), "--archive")
    shown = capsys.readouterr().out
    assert "is as it was written: 4 files" in shown
    assert "The record has each version and each capture as cited." in shown
    assert hashlib.sha256(package.read_bytes()).hexdigest() in shown


def test_hashes_are_checked_without_an_archive(package: Path, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert verify(package) == []


def test_bytes_of_a_real_package_are_all_guarded(package: Path, tmp_path: Path) -> None:
    data = package.read_bytes()
    unsure = random.Random(2)
    for place in unsure.sample(range(len(data)), 150):
        changed = bytearray(data)
        changed[place] ^= 1 << unsure.randrange(8)
        assert check(tmp_path / "y.zip", bytes(changed)).faults, place


@pytest.mark.usefixtures("storm")
def test_versions_that_the_record_does_not_have_are_named(tmp_path: Path) -> None:
    """Whoever changes a package can make all of its hashes right, but not the record."""
    made = make_package(contents=("csv",))
    path, rows, live = tmp_path / "x.zip", made.manifest["rows"], Article.objects.get(kind="live").pk
    words, version, capture, article = islice((row for row in rows if row["article"] == live), 4)
    words["words_sha256"], version["version"], capture["capture_sha256"] = "0" * 64, 7, "f" * 64
    article["article"] = 999
    lines = made.files["data/manifest.json"].split(b"\n")
    start = lines.index(b' "rows": [') + 1
    lines[start : start + len(rows)] = b",\n".join(json.dumps(row).encode() for row in rows).split(b"\n")
    csv = {"data/results.csv": made.files["data/results.csv"]}
    path.write_bytes(pack(bagged(csv | {"data/manifest.json": b"\n".join(lines)})))
    gone = Section.objects.exclude(article=live).get().pk
    Article.objects.exclude(pk=live).get().delete()
    assert verify(path) == []
    faults = verify(path, "--archive")
    assert len(faults) == 6
    for section, fault in (
        (gone, "version 1: the record has no such section"),
        (words["section"], "version 1: the record has other words"),
        (version["section"], "version 7: the record has no such version"),
        (capture["section"], "version 1: its capture is "),
        (article["section"], "version 1: it is of article "),
    ):
        assert [found for found in faults if found.startswith(f"Section {section}, {fault}")], fault
    assert f"The bytes of capture {'f' * 64} are not in the archive's folder" in faults[-1]


def test_damaged_captures_of_the_archive_are_named(package: Path) -> None:
    sha256 = Capture.objects.earliest("pk").sha256
    path = capture_path(sha256)
    path.chmod(0o644)
    path.write_bytes(b"other")
    (fault,) = verify(package, "--archive")
    assert f"{sha256} are not those that were received" in fault


def test_a_package_of_another_archive_is_named(package: Path) -> None:
    Archive.objects.update(identity="0" * 32)
    assert "The package is of another archive" in verify(package, "--archive")[0]


def rewritten(made: Package, change: Callable[[bytes], bytes], without: str = "") -> bytes:
    """Returns a package with another manifest, whose hashes are all right."""
    payload = {name: data for name, data in made.files.items() if name.startswith("data/") and name != without}
    return pack(bagged(payload | {"data/manifest.json": change(payload["data/manifest.json"])}))


@pytest.mark.usefixtures("storm")
def test_nothing_of_a_manifest_is_overlooked(tmp_path: Path) -> None:
    """What other programs read in it is compared with the record, or it is an error."""
    made, path = make_package(contents=("csv",)), tmp_path / "x.zip"
    row = json.dumps(made.manifest["rows"][0]).encode()
    path.write_bytes(rewritten(made, lambda data: data))
    assert verify(path, "--archive") == []
    for new in (
        b" " + row,
        b"[" + row + b"]",
        row + b",\n" + row,
        row + b",",
        row.replace(b'"version": 1', b'"version": null'),
        row.replace(b'"version": 1', b'"version": true'),
        re.sub(rb'"words_sha256": "\w+"', b'"words_sha256": null', row),
        re.sub(rb'"changed": "[^"]+"', b'"changed": "0001-01-01T00:00:00+14:00"', row),
        re.sub(rb'"section": \d+', b'"section": 1e999', row),
        b'{"article": 1, "state": "shown", "matched": 1, "sections": []}',
    ):
        assert new != row
        path.write_bytes(rewritten(made, lambda data, new=new: data.replace(row, new)))  # type: ignore[misc]
        with pytest.raises(CommandError, match=r"data/manifest.json"):
            call_command("verify-package", str(path), "--archive")
    for old, other in (
        (b'"made": "', b'"made": "x'),
        (b'"archive_id": "', b'"archive_id": "\\u001b\\n'),
        (b"]\n}", b"]"),
    ):
        path.write_bytes(rewritten(made, lambda data, old=old, other=other: data.replace(old, other)))  # type: ignore[misc]
        with pytest.raises(CommandError, match=r"data/manifest.json"):
            call_command("verify-package", str(path), "--archive")


@pytest.mark.usefixtures("storm")
def test_files_that_the_manifest_names_are_there(tmp_path: Path) -> None:
    made, path = make_package(contents=("csv", "ris"), captures=True), tmp_path / "x.zip"
    capture = next(name for name in made.files if "/captures/" in name)
    for missing, fault in (
        ("data/results.ris", "names data/results.csv, data/results.ris"),
        (capture, "counts 2 captures"),
    ):
        path.write_bytes(rewritten(made, lambda data: data, missing))
        (found,) = verify(path)
        assert fault in found
