"""Files that a browser sends in many requests, as the page of adding documents receives them."""

import errno
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from django.test import Client

from archive import uploads
from archive.ingest import queue, runs, work_on_runs
from archive.models import Article, Capture, IngestRun

from .intake_page import ADD, curator, file, fire, text_of

pytestmark = pytest.mark.django_db
PARTS = f"{ADD}parts/"


class Sender:
    """A browser that sends files in parts, as `upload.js` does."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.token = client.post(PARTS, {"step": "open"}).json()["token"]

    def send(self, *parts: tuple[int, str, int, bytes], **fields: str) -> Any:
        listed = [{"number": number, "name": name, "start": start} for number, name, start, _ in parts]
        files = [file("blob", content) for *_, content in parts]
        body = {"token": self.token, "parts": json.dumps(listed), "file": files, "step": "parts", **fields}
        return self.client.post(PARTS, body)

    def close(self, *sizes: int, step: str = "ingest", **options: str) -> Any:
        body = {"token": self.token, "sizes": json.dumps(sizes), "step": step, **options}
        return self.client.post(ADD, body, follow=True)


def document(**keys: Any) -> bytes:
    return json.dumps(fire(**keys)).encode()


def test_files_and_parts_of_files_become_one_run(admin_client: Client, archive_home: Path) -> None:
    sender = Sender(admin_client)
    first, second = document(), document(id="2", headline="Flood in Marbeck")
    assert sender.send((0, "pages/fire.json", 0, first), (1, "flood.json", 0, second[:9])).json() == {
        "received": [len(first), 9]
    }
    # A part whose answer was lost comes again.
    assert sender.send((1, "flood.json", 0, second[:9])).json() == {"received": [9]}
    assert sender.send((1, "flood.json", 9, second[9:])).json() == {"received": [len(second)]}
    page = text_of(sender.close(len(first), len(second), source="Gazette"))
    assert "Ingested: 2 new" in page
    assert sorted(Capture.objects.values_list("origin", flat=True)) == ["flood.json", "pages/fire.json"]
    run = IngestRun.objects.get()
    assert (run.options, run.file_count, run.files_done) == ({"source": "Gazette"}, 2, 2)
    assert list((archive_home / "uploads").iterdir()) == []


def test_files_in_parts_are_previewed_and_ingested_once(admin_client: Client) -> None:
    sender = Sender(admin_client)
    sender.send((0, "fire.json", 0, document()))
    assert "1 article read" in text_of(sender.close(len(document()), step="preview"))
    answers = [admin_client.post(ADD, {"token": sender.token, "step": "ingest previewed"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 410]
    assert IngestRun.objects.count() == 1


@pytest.mark.parametrize(
    ("parts", "sizes", "reason"),
    [
        ([(0, "a.json", 5, b"x")], [6], "Bytes are missing in “a.json” after the first 0"),
        ([(1, "b.json", 0, b"x")], [1], "A file is missing before this one"),
        ([(-1, "b.json", 0, b"x")], [1], "A file is missing before this one"),
        ([(0, "b.json", -5, b"x")], [1], "does not say which parts"),
        ([(uploads.MAX_FILES, "b.json", 0, b"x")], [1], "A file is missing"),
    ],
)
def test_parts_that_do_not_fit_are_refused(
    admin_client: Client, parts: list[tuple[int, str, int, bytes]], sizes: list[int], reason: str
) -> None:
    sender = Sender(admin_client)
    answer = sender.send(*parts)
    assert answer.status_code == 400
    assert reason in answer.json()["error"]
    assert sender.close(*sizes).status_code == 400
    assert not IngestRun.objects.exists()


def test_an_upload_that_is_not_whole_ingests_nothing_and_goes_on(admin_client: Client) -> None:
    sender = Sender(admin_client)
    sender.send((0, "fire.json", 0, document()[:9]))
    assert "9 of 99 bytes arrived" in text_of(sender.close(99))
    assert "1 of 2 files arrived" in text_of(sender.close(9, 5))
    sender.send((0, "fire.json", 9, document()[9:]))
    assert "Ingested: 1 new" in text_of(sender.close(len(document())))


def test_a_list_that_does_not_fit_the_files_is_refused(admin_client: Client) -> None:
    sender = Sender(admin_client)
    for listed in ("", "[", "{}", "[1]", "[" * 100_000, '[{"number": "x", "name": 1, "start": 0}]', "[]"):
        answer = sender.send((0, "a.json", 0, b"x"), parts=listed)
        assert (answer.status_code, answer.json()["error"]) == (
            400,
            "The request does not say which parts of files it has.",
        )
    assert admin_client.post(PARTS, {"token": sender.token, "parts": "[]"}).status_code == 400
    assert admin_client.get(PARTS).status_code == 405


def test_limits_of_an_upload_are_those_of_all_its_files(
    admin_client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.UPLOAD_TOTAL_BYTES = 1024 * 1024
    monkeypatch.setattr(uploads, "MAX_FILES", 2)
    sender = Sender(admin_client)
    assert sender.send((0, "a", 0, b"x" * 600_000)).status_code == 200
    answer = sender.send((1, "b", 0, b"x" * 600_000))
    assert "More than 1 MiB" in answer.json()["error"]
    assert sender.send((1, "b", 0, b"x")).status_code == 200
    assert "More than 2 files" in sender.send((2, "c", 0, b"x")).json()["error"]


def test_a_full_disk_leaves_what_came_before_and_says_so(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    sender = Sender(admin_client)
    sender.send((0, "fire.json", 0, document()[:9]))
    with monkeypatch.context() as full:
        full.setattr("archive.uploads.shutil.copyfileobj", fail)
        answer = sender.send((0, "fire.json", 9, document()[9:]))
    assert (answer.status_code, "No space left" in answer.json()["error"]) == (507, True)
    sender.send((0, "fire.json", 9, document()[9:]))
    assert "Ingested: 1 new" in text_of(sender.close(len(document())))


def test_a_later_upload_of_the_user_replaces_the_earlier(admin_client: Client) -> None:
    earlier, later = Sender(admin_client), Sender(admin_client)
    answer = earlier.send((0, "a", 0, b"x"))
    assert answer.status_code == 410
    assert "replaced by a later upload" in answer.json()["error"]
    assert earlier.close(1).status_code == 410
    assert later.send((0, "a", 0, b"x")).status_code == 200


def test_nobody_sends_parts_to_the_upload_of_another(admin_client: Client, client: Client) -> None:
    sender = Sender(admin_client)
    client.force_login(curator("add_ingestrun"))
    sender.client = client
    assert sender.send((0, "a", 0, b"x")).status_code == 410
    client.force_login(curator("view_article", name="other"))
    assert client.post(PARTS, {"step": "open"}).status_code == 403


@pytest.mark.parametrize(
    ("name", "origin"),
    [
        ("a/b/c.json", "a/b/c.json"),
        ("../../etc/passwd", "etc/passwd"),
        ("C:\\pages\\a.html", "C:/pages/a.html"),
        ("a\u202e/\x00b\x1b.txt", "a/ b .txt".replace("/ ", "/")),
        ("", uploads.NO_NAME),
        ("..//./", uploads.NO_NAME),
        ("x" * 300 + "/a.html", "x" * 248 + "/a.html"),
    ],
)
def test_no_path_of_a_folder_is_trusted(name: str, origin: str) -> None:
    assert uploads.clean_path(name) == origin


def test_a_wrong_option_keeps_the_files_that_have_arrived(admin_client: Client) -> None:
    sender = Sender(admin_client)
    sender.send((0, "fire.json", 0, document()))
    response = sender.close(len(document()), captured="soon")
    assert "the files have arrived already" in text_of(response)
    assert f'name="token" value="{sender.token}"' in response.content.decode()
    assert "Ingested: 1 new" in text_of(sender.close(len(document())))


def test_pasted_text_beside_files_that_have_arrived_is_not_lost_silently(admin_client: Client) -> None:
    sender = Sender(admin_client)
    sender.send((0, "fire.json", 0, document()))
    assert "arrived without this text" in text_of(sender.close(len(document()), text="Fire\nA fire.\n"))


# Beside the server


@pytest.fixture
def enqueue(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> Callable[..., IngestRun]:
    """Uploads as many documents, of which none is ingested at once."""

    def enqueue(count: int) -> IngestRun:
        monkeypatch.setattr("archive.admin.intake.is_served", lambda: True)
        monkeypatch.setattr("archive.admin.intake._MAX_FILES_AT_ONCE", 0)
        documents = [document(id=str(number), headline=f"Fire {number}") for number in range(count)]
        sender = Sender(admin_client)
        sender.send(*((number, f"{number}.json", 0, raw) for number, raw in enumerate(documents)))
        sender.close(*map(len, documents))
        return IngestRun.objects.latest("pk")

    return enqueue


@pytest.fixture(autouse=True)
def no_current_run() -> Any:
    yield
    queue._current.clear()


def test_a_large_upload_waits_and_is_ingested_beside_the_server(
    enqueue: Callable[..., IngestRun], admin_client: Client, archive_home: Path
) -> None:
    run = enqueue(3)
    address = f"/admin/archive/ingestrun/{run.pk}/"
    assert (run.state, run.file_count) == (IngestRun.State.WAITING, 3)
    page = admin_client.get(f"{address}change/").content.decode()
    assert "Waits for the server." in page
    assert f'hx-get="{address}progress/"' in page
    assert work_on_runs()
    run.refresh_from_db()
    assert (run.state, run.new, run.files_done) == (IngestRun.State.FINISHED, 3, 3)
    assert admin_client.get(f"{address}progress/").headers["HX-Refresh"] == "true"
    assert not work_on_runs()
    assert list((archive_home / "uploads").iterdir()) == []


def test_a_run_is_done_in_parts_and_stops_when_asked(
    enqueue: Callable[..., IngestRun], admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "_PART_SECONDS", -1.0)
    run = enqueue(3)
    work_on_runs()
    address = f"/admin/archive/ingestrun/{run.pk}/progress/"
    assert "0 of 3 files read · 1 new" in admin_client.get(address).content.decode()
    admin_client.post(address)
    assert "Stops after the document" in admin_client.get(address).content.decode()
    while work_on_runs():
        pass
    run.refresh_from_db()
    assert (run.state, Article.objects.count()) == (IngestRun.State.STOPPED, run.new)
    assert run.new < 3


def test_a_run_that_waits_is_stopped_at_once(enqueue: Callable[..., IngestRun], admin_client: Client) -> None:
    run = enqueue(1)
    admin_client.post(f"/admin/archive/ingestrun/{run.pk}/progress/")
    assert not work_on_runs()
    run.refresh_from_db()
    assert (run.state, Article.objects.count()) == (IngestRun.State.STOPPED, 0)


def test_a_killed_run_goes_on_at_its_file(enqueue: Callable[..., IngestRun], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "_PART_SECONDS", -1.0)
    run = enqueue(3)
    work_on_runs()
    work_on_runs()
    # The process is killed: its locks are free, and it closes nothing.
    outcomes = cast(Any, queue._current.pop()[2])
    os.close(runs._locks.pop(run.pk))
    while work_on_runs():
        pass
    run.refresh_from_db()
    assert (run.state, run.files_done, run.new, run.unchanged) == (IngestRun.State.FINISHED, 3, 3, 1)
    assert Article.objects.count() == 3
    assert outcomes is not None
