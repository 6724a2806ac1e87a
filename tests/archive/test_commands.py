"""The archive's commands as people run them."""

import gzip
import hashlib
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command

from archive import search_port
from archive.capture_files import store_bytes
from archive.ingest.files import read_path
from archive.items import Hints, Item
from archive.models import Article, Capture, Change, IngestRun, Source
from archive.progress import ProgressLine
from tests.conftest import SEED
from tests.paths import ROOT

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> tuple[str, str]:
    """Runs a command; returns standard output and standard error."""
    out, err = io.StringIO(), io.StringIO()
    call_command(*arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def last_json(output: str) -> Any:
    return json.loads(output.splitlines()[-1])


def test_ingest_ends_with_counts_and_indexes(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub" / "seed.txt").write_bytes(SEED.read_bytes())
    (folder / ".hidden").write_text("not read")
    (folder / "a.jsonl.gz").write_bytes(gzip.compress(b'{"headline": "Fire", "text": "A fire."}\n'))
    assert run("ingest", str(folder))[0] == "2 new, 0 changed, 0 unchanged, 0 rejected\n"
    assert not Change.objects.filter(done=None).exists()
    assert last_json(run("ingest", str(folder), "--json")[0])["unchanged"] == 2


def test_path_that_is_no_utf_8_is_spelt_out(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"fire\xff.txt")
    path.write_text("Fire\nA fire in the harbour.\n")
    assert run("ingest", str(path))[0] == "1 new, 0 changed, 0 unchanged, 0 rejected\n"
    assert Capture.objects.get().origin == f"{tmp_path}/fire\\udcff.txt"
    assert IngestRun.objects.get().origin == f"{tmp_path}/fire\\udcff.txt"


def test_rejections_are_named_and_fail_the_command_but_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"headline": "Fire", "text": "A fire."}\n[]\n{"headline": "Flood", "text": "A flood."}\n')
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(CommandError, match="2 rejected") as failure:
        call_command("ingest", str(path), str(tmp_path / "gone"), "--json", stdout=out, stderr=err)
    assert failure.value.returncode == 1
    report = last_json(out.getvalue())
    assert (report["new"], report["rejected"]) == (2, 2)
    assert report["problems"][0]["locator"] == "line 2"
    assert f"{path}: line 2: rejected: " in err.getvalue()
    assert Article.objects.count() == 2


def test_impossible_date_is_noted_and_does_not_fail_the_command(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"headline": "Fire", "text": "A fire.", "published": "2026-02-31"}\n')
    out, err = run("ingest", str(path))
    assert out.startswith("1 new")
    assert "2026-02-31" in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    ("error", "message"), [(OSError(28, "No space left"), "b.jsonl.*No space left"), (KeyboardInterrupt(), "by hand")]
)
def test_ingest_that_is_stopped_reports_what_it_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, message: str
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.jsonl").write_text('{"headline": "Fire", "text": "A fire."}\n[]\n')
    (folder / "b.jsonl").write_text('{"headline": "Flood", "text": "A flood."}\n')

    def store(raw: bytes, sha256: str) -> Path:
        if b"Flood" in raw:
            raise error
        return store_bytes(raw, sha256)

    out, err = io.StringIO(), io.StringIO()
    with monkeypatch.context() as patched:
        patched.setattr("archive.ingest.recording.store_bytes", store)
        with pytest.raises(CommandError, match=message):
            call_command("ingest", str(folder), "--json", stdout=out, stderr=err)
    report = last_json(out.getvalue())
    assert (report["new"], report["rejected"]) == (1, 1)
    assert re.search(message, report["stopped"])
    assert IngestRun.objects.get().finished is None
    with pytest.raises(CommandError, match="1 rejected"):
        call_command("ingest", str(folder), stdout=out, stderr=err)
    assert out.getvalue().endswith("1 new, 0 changed, 1 unchanged, 1 rejected\n")
    assert not Change.objects.filter(done=None).exists()


def test_dry_run_prints_items_and_stores_nothing() -> None:
    items = last_json(run("ingest", str(SEED), "--dry-run", "--json", "--source", "Courier")[0])["items"]
    assert items[0]["source"] == "Courier"
    assert [len(section["paragraphs"]) for section in items[0]["sections"]] == [6, 4, 3]
    assert not Article.objects.exists()
    assert not IngestRun.objects.exists()


def test_dry_run_reports_what_would_be_recorded(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    fire = {"headline": "Fire", "text": "A fire.", "published": "2025-06-02T14:30", "url": "courier.example"}
    path.write_text(json.dumps(fire) + "\n" + json.dumps({**fire, "source": "Courier"}))
    Source.objects.create(name="COURIER", zone="Europe/Paris")
    arguments = ("ingest", str(path), "--zone", "Europe/London", "--captured", "2025-06-03")
    out, err = run(*arguments, "--dry-run", "--json")
    report = last_json(out)
    assert [item["published"] for item in report["items"]] == ["2025-06-02T13:30:00Z", "2025-06-02T12:30:00Z"]
    assert [item["url"] for item in report["items"]] == ["", ""]
    assert ["no web address" in problem["reason"] for problem in report["problems"]] == [True, True]
    assert report["items"][0]["problems"] == [report["problems"][0]["reason"]]
    assert run(*arguments)[1] == err


def test_dry_run_goes_on_after_a_reader_that_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def read(path: Path, hints: Hints) -> Iterator[Item]:
        if path.name == "a.txt":
            raise KeyError("a bug")
        yield from read_path(path, hints)

    monkeypatch.setattr("archive.ingest.files.read_path", read)
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_bytes(SEED.read_bytes())
    out = io.StringIO()
    with pytest.raises(CommandError, match="1 rejected"):
        call_command("ingest", str(tmp_path), "--dry-run", "--json", stdout=out, stderr=io.StringIO())
    report = last_json(out.getvalue())
    assert (len(report["items"]), report["rejected"]) == (1, 1)


def test_dry_run_without_json_is_for_people() -> None:
    out, _ = run("ingest", str(SEED), "--dry-run")
    assert "3 sections, 2 with a heading" in out
    assert out.endswith("1 read, 0 rejected; nothing was stored\n")


def test_options_are_hints_for_documents_without_their_own() -> None:
    url = "https://courier.example/war"
    run(
        "ingest",
        str(SEED),
        "--source",
        "Courier",
        "--published",
        "2025-06-02",
        "--captured",
        "2025-06-03",
        "--url",
        url,
    )
    article = Article.objects.get()
    assert (article.source.name, article.published_precision, article.url) == ("Courier", "day", url)
    capture = article.captures.get()
    assert (capture.captured.isoformat(), capture.captured_rule) == ("2025-06-03T00:00:00+00:00", "given to the day")


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(SEED.read_bytes())))
    run("ingest", "-")
    assert Article.objects.get().captures.get().origin == "standard input"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((str(SEED), "--captured", "soon"), "is no date"),
        ((str(SEED), "--url", "courier.example"), "no web address"),
        ((str(SEED), "--zone", "Mars/Base"), "no time zone"),
        ((str(SEED), "--source", "x" * 201), "at most 200 characters"),
        ((str(SEED), str(SEED), "--url", "https://a.example"), "one file"),
        ((str(SEED.parent), "--url", "https://a.example"), "one file"),
    ],
)
def test_wrong_options_are_refused_with_the_cure(arguments: tuple[str, ...], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        run("ingest", *arguments)


def test_start_prepares_an_archive_from_nothing_and_again_changes_nothing() -> None:
    out, _ = run("start", "--no-serve", "--port", "8765")
    ingested = Article.objects.count()
    assert Article.objects.filter(external_id__endswith="merrow-quay-tide-mill").exists()
    assert "http://127.0.0.1:8765/admin/" in out
    password = out.split("with the password ")[1].split()[0]
    assert get_user_model().objects.get(username="admin").check_password(password)
    again, _ = run("start", "--no-serve")
    assert "password" not in again
    assert Article.objects.count() == ingested


def test_the_seeds_show_times_versions_and_a_withdrawn_entry() -> None:
    run("start", "--no-serve")
    article = Article.objects.get(kind="live", source__name="Example Courier (fictional)")
    assert [capture.captured.isoformat() for capture in article.captures.order_by("captured")] == [
        "2024-10-08T14:50:00+00:00",
        "2024-10-08T18:05:00+00:00",
    ]
    sections = {section.key: section for section in article.sections.all()}
    current = {key: section.current for key, section in sections.items() if section.current}
    assert sorted(current) == [str(number) for number in range(101, 111)]
    assert [key for key, section in sections.items() if section.withdrawn] == ["106"]
    assert "narrowboat" in current["106"].text
    assert sections["107"].versions.count() == 2
    assert current["107"].note.startswith("Correction, 17:05")
    assert all(version.published for version in current.values())


def test_start_builds_an_index_that_is_missing(seed: Article, archive_home: Path) -> None:
    from search.index import current, sync

    current.engine().close()
    current._engines.clear()
    (archive_home / "index" / "current").unlink()
    out, _ = run("start", "--no-serve")
    assert "Building the index" in out
    assert sync.status().advice == ""


@pytest.mark.parametrize("name", ["ab/cd/abcd" + "0" * 60, "00/00/" + "0" * 64])
def test_start_makes_no_new_record_over_captures(archive_home: Path, name: str) -> None:
    path = archive_home / "captures" / name
    path.parent.mkdir(parents=True)
    path.write_text("A document whose record is lost.")
    with pytest.raises(CommandError, match=r"the record is lost.*manage\.py restore.*ingest the files in it"):
        run("start", "--no-serve")
    assert not Article.objects.exists()


def test_start_warns_where_all_captures_are_gone(seed: Article, archive_home: Path) -> None:
    """Their disk is not mounted, for example; the record can still be read."""
    assert "bytes of all captures" not in run("start", "--no-serve")[1]
    (archive_home / "captures").rename(archive_home.with_name("unmounted"))
    assert "The bytes of all captures are missing" in run("start", "--no-serve")[1]


def test_start_goes_on_after_one_that_was_killed_while_it_stored_the_seeds(archive_home: Path) -> None:
    store_bytes(SEED.read_bytes(), hashlib.sha256(SEED.read_bytes()).hexdigest())
    run("start", "--no-serve")
    assert Article.objects.exists()


def test_start_makes_no_database_over_captures(tmp_path: Path) -> None:
    home = tmp_path / "lost"
    path = home / "captures" / "00" / "00" / ("0" * 64)
    path.parent.mkdir(parents=True)
    path.write_text("A document whose record is lost.")
    known = {key: value for key, value in os.environ.items() if not key.startswith("ARCHIVE_")}
    environment = {**known, "DJANGO_SETTINGS_MODULE": "archive.settings", "ARCHIVE_HOME": str(home)}
    command = [sys.executable, "manage.py", "start", "--no-serve"]
    started = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert started.returncode == 1
    assert "the record is lost" in started.stderr
    assert not (home / "db.sqlite3").exists()


def test_progress_is_silent_for_a_second_and_then_says_how_far() -> None:
    now = [0.0]
    stream = io.StringIO()
    progress = ProgressLine("Ingested", stream, clock=lambda: now[0])
    progress(10, 100)
    assert stream.getvalue() == ""
    now[0] = 2.0
    progress(50, 100)
    progress(51, 100)
    assert stream.getvalue() == "Ingested: 50 of 100 (25 a second)\n"


def test_start_builds_no_index_that_is_only_away(seed: Article, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its cluster does not answer now, for example; it may be whole, and is found again later."""

    def fail(progress: search_port.IndexProgress) -> int:
        raise AssertionError

    away = search_port.IndexStatus(False, 0, 1, 0, "The search cluster cannot be reached.", is_away=True)
    port = replace(search_port.get_search_port(), status=lambda: away, sync=fail, rebuild=fail)
    monkeypatch.setattr(search_port, "_registered", [port])
    out, errors = run("start", "--no-serve")
    assert "The search cluster cannot be reached." in errors
    assert "Search:" in out
