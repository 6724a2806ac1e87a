"""How many exports and feeds are made at once, and what becomes of those whose readers go away."""

import gc
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.core.signals import request_finished
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory

from archive.models import Article
from search.engines import ClientGoneError, check_time, time_limit
from search.engines.whoosh import WhooshEngine
from search.exports import contract, rows
from search.pages import slots
from search.pages.exports import export
from search.pages.readers import end_with_reader
from search.pages.slots import NoSlotError, Slots, limit_running

FEW = Slots("tests", "files", max_running=3, max_by_client=2, retry_seconds=7)
LONG_ANSWERS = ["/export.csv?q=russia", "/export.jsonl?q=russia", "/feed.atom?q=russia", "/sitemap-1.xml"]


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> Path:
    settings.SLOTS_DIR = tmp_path / "slots"
    settings.LET_ROBOTS_IN = True
    return tmp_path


@pytest.fixture
def open_connections() -> Iterator[None]:
    """Leaves the database open where an answer is closed outside a client: the test is in a transaction."""
    request_finished.disconnect(close_old_connections)
    yield
    request_finished.connect(close_old_connections)


def test_slots_are_counted_by_client_and_in_all() -> None:
    first, second = FEW.take("a"), FEW.take("a")
    with pytest.raises(NoSlotError, match=r"^You are getting 2 files already"):
        FEW.take("a")
    FEW.take("b")
    with pytest.raises(NoSlotError, match=r"as many files as it can. Try again in 7 seconds"):
        FEW.take("c")
    first.close()
    FEW.take("c").close()
    with FEW.take("a"), pytest.raises(NoSlotError):
        FEW.take("a")
    second.close()


def test_refused_client_keeps_no_slot() -> None:
    for client in "abc":
        FEW.take(client)
    for _ in range(3):
        with pytest.raises(NoSlotError, match="as many"):
            FEW.take("d")


def test_slots_are_those_of_all_processes_and_end_with_theirs(home: Path) -> None:
    FEW.take("a").close()
    code = "import fcntl, sys; files = [open(path) for path in sys.argv[1:]]; "
    code += "[fcntl.flock(file, fcntl.LOCK_EX) for file in files]; print('locked', flush=True); sys.stdin.read()"
    paths = []
    for number in range(3):
        paths.append(home / "slots" / f"tests-all-{number}")
        paths[-1].touch()
    process = subprocess.Popen([sys.executable, "-c", code, *paths], stdin=-1, stdout=-1)
    assert process.stdin is not None
    assert process.stdout is not None
    with process, process.stdout, process.stdin:
        assert process.stdout.readline() == b"locked\n"
        with pytest.raises(NoSlotError):
            FEW.take("a")
        process.kill()
        process.wait()
        FEW.take("a").close()


def test_archive_that_can_only_be_read_counts_for_each_process(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    own = home / "own"
    own.mkdir()
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    monkeypatch.setattr(slots, "_make_own_folder", lambda: own)
    FEW.take("a")
    FEW.take("a")
    with pytest.raises(NoSlotError):
        FEW.take("a")
    assert list((home / "slots").iterdir()) == []


def make_request(address: str = "203.0.113.1", user: Any = None) -> HttpRequest:
    request = RequestFactory().get("/", REMOTE_ADDR=address)
    request.user = user or AnonymousUser()
    return request


@limit_running(FEW)
def stream(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(iter(["a", "b"]))


def test_streamed_answer_keeps_its_slot_until_it_is_closed(open_connections: None) -> None:
    request = make_request()
    unbegun, begun = stream(request), stream(request)
    assert next(iter(begun)) == b"a"
    refused = stream(request)
    assert (refused.status_code, refused["Retry-After"]) == (429, "7")
    unbegun.close()
    begun.close()
    complete = stream(request)
    assert b"".join(complete) == b"ab"
    complete.close()
    assert stream(request).status_code == 200


def test_clients_are_told_apart_by_user_or_else_by_address(db: None) -> None:
    ada = User.objects.create_user("ada")
    answers = [stream(make_request(user=ada)), stream(make_request("203.0.113.9", user=ada))]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert stream(make_request("203.0.113.77", user=ada)).status_code == 429
    answers.append(stream(make_request()))
    assert answers[-1].status_code == 200


@pytest.mark.parametrize("failure", [None, RuntimeError("broken")])
def test_answer_that_is_not_streamed_frees_its_slot_at_once(failure: Exception | None) -> None:
    @limit_running(FEW)
    def view(request: HttpRequest) -> HttpResponse:
        if failure:
            raise failure
        return HttpResponse("whole")

    for _ in range(5):
        try:
            assert view(make_request()).status_code == 200
        except RuntimeError:
            assert failure


@pytest.mark.parametrize("address", LONG_ANSWERS)
def test_every_long_answer_is_limited(seed: Article, client: Client, address: str) -> None:
    pool = slots.FEED_SLOTS if "feed" in address else slots.EXPORT_SLOTS
    taken = [pool.take("127.0.0.1") for _ in range(pool.max_by_client)]
    response = client.get(address)
    assert response.status_code == 429
    assert response["Retry-After"] == str(pool.retry_seconds)
    assert "already" in response.content.decode()
    page = client.get(address, HTTP_ACCEPT="text/html,*/*;q=0.8")
    assert (page.status_code, page["Content-Type"]) == (429, "text/html; charset=utf-8")
    assert f'<a href="{address}">Try again</a>' in page.content.decode()
    assert client.head(address).status_code == 200
    taken.pop().close()
    for _ in range(3):
        response = client.get(address)
        assert response.status_code == 200
        assert b"".join(response)


@pytest.mark.parametrize("address", LONG_ANSWERS)
def test_head_searches_nothing(seed: Article, client: Client, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = client.get(address)
    for name in ("search", "scan"):
        monkeypatch.setattr(WhooshEngine, name, None)
    headers = client.head(address)
    assert headers.status_code == 200
    assert headers["Content-Type"] == answer["Content-Type"]
    assert headers.get("Content-Disposition") == answer.get("Content-Disposition")
    assert "Content-Length" not in headers


@pytest.mark.parametrize("address", ["/export.csv", "/feed.atom"])
def test_head_reports_a_query_that_cannot_be_read(seed: Article, client: Client, address: str) -> None:
    assert client.head(address, {"q": '""'}).status_code == 400


def test_export_loads_no_more_sections_once_its_reader_is_gone(
    seed: Article, open_connections: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[int] = []
    load: Callable[..., Any] = rows.load_sections

    def counted(ids: Any, *args: Any, **options: Any) -> Any:
        loaded.append(len(ids))
        return load(ids, *args, **options)

    monkeypatch.setattr(contract, "CHUNK_SECTIONS", 1)
    monkeypatch.setattr(contract, "load_sections", counted)
    # Else all of the seed goes out in one piece.
    monkeypatch.setattr(contract, "PIECE_BYTES", 1)
    request = RequestFactory().get("/export.jsonl", {"q": "*"})
    request.user = AnonymousUser()
    response: Any = export(request, "jsonl")
    lines: Iterator[bytes] = iter(response)
    next(lines)
    response.close()
    assert len(loaded) == 1
    assert seed.sections.count() > 1


@pytest.mark.parametrize("gone", [False, True])
def test_query_ends_with_its_reader(gone: bool) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        with time_limit(2):
            check_time()
        return HttpResponse("answer")

    request = make_request()
    request.META["waitress.client_disconnected"] = lambda: gone
    if gone:
        with pytest.raises(ClientGoneError):
            end_with_reader(view)(request)
    else:
        assert end_with_reader(view)(request).status_code == 200
    del request.META["waitress.client_disconnected"]
    assert end_with_reader(view)(request).status_code == 200


def test_answer_that_is_dropped_frees_its_slot() -> None:
    for _ in range(5):
        assert stream(make_request()).status_code == 200
        gc.collect()
