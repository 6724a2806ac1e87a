"""The connections of the server: slow clients keep no thread, and every bound has its answer."""

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from itertools import repeat
from typing import Any

import pytest
from waitress import wasyncore
from waitress.task import ThreadedTaskDispatcher

from archive.serving import connections
from archive.serving.connections import (
    GRACE_SECONDS,
    MAX_AHEAD_BYTES,
    MAX_HEADER_BYTES,
    MAX_HEADER_SECONDS,
    MAX_IDLE_SECONDS,
    MAX_LINGER_SECONDS,
    MIN_BODY_BYTES_PER_SECOND,
    BoundedServer,
)
from archive.serving.worker import make_server
from search.query import MAX_QUERY_CHARS
from search.results.long_queries import MAX_ADDRESS_QUERY_CHARS

GET = b"GET /page HTTP/1.1\r\nHost: x\r\n\r\n"
STREAM = b"GET /stream HTTP/1.1\r\nHost: x\r\n\r\n"
SLOW = {
    "nothing": b"",
    "half a line": b"GET /pa",
    "half a header": b"GET /page HTTP/1.1\r\nHost: x\r\nX-Slow: ",
    "half a body": b"POST /page HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc",
    "half a chunk": b"POST /page HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
    "a stream unread": STREAM,
    "kept open": GET,
}
LONGEST_WAIT = max(MAX_IDLE_SECONDS, MAX_HEADER_SECONDS, GRACE_SECONDS) + 2


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


class Application:
    """Answers `/page` with a word, and `/stream` with more than any buffer takes."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.queries: list[str] = []
        self.ended = threading.Event()
        self.is_gone: Callable[[], bool] | None = None

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        self.paths.append(environ["PATH_INFO"])
        self.queries.append(environ["QUERY_STRING"])
        self.is_gone = environ["waitress.client_disconnected"]
        if environ["PATH_INFO"] == "/stream":
            start_response("200 OK", [("Content-Type", "text/plain")])
            return self._stream()
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "4")])
        return [b"page"]

    def _stream(self) -> Iterator[bytes]:
        try:
            yield from repeat(b"x" * 10_000)
        finally:
            self.ended.set()


class Site:
    """A server with two threads, whose loop runs while a test waits for something."""

    def __init__(self) -> None:
        self.application = Application()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.dispatcher = ThreadedTaskDispatcher()
        self.dispatcher.set_thread_count(2)
        self.connections: dict[int, Any] = {}
        self.server: BoundedServer = make_server(self.application, self.listener, self.connections, self.dispatcher)
        self.clients: list[socket.socket] = []

    def connect(self, data: bytes = b"") -> socket.socket:
        """Connects, sends the data, and returns once the server has the connection."""
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(self.listener.getsockname())
        self.clients.append(client)
        name = client.getsockname()
        self.run_until(lambda: any(channel.addr == name for channel in self.server.active_channels.values()))
        self.send(client, data)
        return client

    def send(self, client: socket.socket, data: bytes) -> None:
        client.setblocking(False)
        while data:
            try:
                data = data[client.send(data) :]
            except BlockingIOError:
                self.run()
        self.run()
        self.run()

    def run(self) -> None:
        wasyncore.poll2(0.005, self.connections)

    def run_until(self, condition: Callable[[], object]) -> None:
        for _ in range(2000):
            if condition():
                return
            self.run()
        raise AssertionError("the server did not do it")

    def read(self, client: socket.socket, enough: Callable[[bytes], bool]) -> bytes:
        """Returns what the client gets until it is enough, or until the server closes the connection."""
        client.setblocking(False)
        got = bytearray()

        def read() -> bool:
            try:
                data = client.recv(65536)
            except BlockingIOError:
                return enough(bytes(got))
            except ConnectionResetError:
                return True
            got.extend(data)
            return not data or enough(bytes(got))

        self.run_until(read)
        return bytes(got)

    def page(self, client: socket.socket | None = None, request: bytes = GET) -> bytes:
        client = client or self.connect()
        self.send(client, request)
        return self.read(client, lambda got: got.endswith(b"page"))

    def is_closed(self, client: socket.socket) -> bool:
        self.run()
        return client.getsockname() not in [channel.addr for channel in self.server.active_channels.values()]

    def close(self) -> None:
        for client in self.clients:
            client.close()
        for channel in list(self.server.active_channels.values()):
            channel.handle_close()
        self.dispatcher.shutdown()
        wasyncore.close_all(self.connections)
        self.listener.close()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(connections, "time", clock)
    return clock


@pytest.fixture
def site(clock: Clock) -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


@pytest.mark.parametrize("kind", sorted(set(SLOW) - {"a stream unread"}))
def test_slow_clients_keep_no_thread(site: Site, kind: str) -> None:
    for _ in range(8):
        site.connect(SLOW[kind])
    assert site.page().endswith(b"page")


@pytest.mark.parametrize("kind", sorted(SLOW))
def test_slow_clients_are_cut_off(site: Site, clock: Clock, kind: str) -> None:
    client = site.connect(SLOW[kind])
    site.run_until(
        lambda: (
            not any(channel.requests for channel in site.server.active_channels.values())
            or "/stream" in site.application.paths
        )
    )
    clock.now += 5
    site.server.close_overdue()
    assert not site.is_closed(client)
    clock.now += LONGEST_WAIT
    site.server.close_overdue()
    assert site.is_closed(client)


def test_bytes_one_at_a_time_do_not_prolong_a_header(site: Site, clock: Clock) -> None:
    client = site.connect(b"GET /page HTTP/1.1\r\nX-Slow: ")
    for _ in range(int(MAX_HEADER_SECONDS)):
        clock.now += 1
        site.send(client, b"x")
        site.server.close_overdue()
    assert not site.is_closed(client)
    clock.now += 1
    site.server.close_overdue()
    assert site.is_closed(client)


@pytest.mark.parametrize(("rate", "cut"), [(MIN_BODY_BYTES_PER_SECOND, False), (10, True)])
def test_body_must_come_at_a_rate(site: Site, clock: Clock, rate: int, cut: bool) -> None:
    client = site.connect(b"POST /page HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n")
    for _ in range(int(GRACE_SECONDS) + 5):
        clock.now += 1
        if not site.is_closed(client):
            site.send(client, b"x" * rate)
        site.server.close_overdue()
    assert site.is_closed(client) is cut


def test_reader_that_goes_on_reading_is_not_cut_off(site: Site, clock: Clock) -> None:
    client = site.connect(STREAM)
    for _ in range(3):
        clock.now += GRACE_SECONDS / 2
        site.server.close_overdue()
        assert len(site.read(client, lambda got: len(got) > 500_000)) > 500_000
    assert not site.is_closed(client)


def test_answer_is_made_only_a_little_ahead_of_its_reader(site: Site) -> None:
    site.connect(STREAM)
    channel = next(iter(site.server.active_channels.values()))
    site.run_until(lambda: channel.total_outbufs_len > MAX_AHEAD_BYTES)
    assert not site.application.ended.is_set()
    assert channel.total_outbufs_len < MAX_AHEAD_BYTES + 100_000


@pytest.mark.parametrize("how", ["close", "too slow"])
def test_stream_ends_once_its_reader_is_gone(site: Site, clock: Clock, how: str) -> None:
    client = site.connect(STREAM)
    site.run_until(lambda: site.application.paths)
    if how == "close":
        client.close()
    else:
        site.server.close_overdue()
        clock.now += LONGEST_WAIT
        site.run_until(lambda: next(iter(site.server.active_channels.values())).total_outbufs_len > MAX_AHEAD_BYTES)
        site.server.close_overdue()
        clock.now += LONGEST_WAIT
        site.server.close_overdue()
    site.run_until(site.application.ended.is_set)
    assert site.application.is_gone is not None
    assert site.application.is_gone()


def test_connection_that_has_waited_longest_makes_room(
    site: Site, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "MAX_CONNECTIONS", 3)
    busy = site.connect(STREAM)
    site.run_until(lambda: site.application.paths)
    waiting = []
    for kind in ("half a header", "nothing"):
        clock.now += 1
        waiting.append(site.connect(SLOW[kind]))
    clock.now += 1
    assert site.page().endswith(b"page")
    assert [site.is_closed(client) for client in (busy, *waiting)] == [False, True, False]


def test_no_connection_is_taken_where_all_are_being_answered(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "MAX_CONNECTIONS", 1)
    site.connect(STREAM)
    site.run_until(lambda: site.application.paths)
    assert not site.server.readable()


# --- long addresses, and other requests that are refused ---


def test_longest_query_arrives_whole_with_the_address_of_its_page(site: Site) -> None:
    query = b"q=" + b"%F0%9F%94%A5" * MAX_QUERY_CHARS
    page = b"q=" + b"%F0%9F%94%A5" * MAX_ADDRESS_QUERY_CHARS
    request = b"GET /page?%b HTTP/1.1\r\nHost: x\r\nHX-Current-URL: http://x/page?%b\r\n\r\n" % (query, page)
    assert site.page(request=request).endswith(b"page")
    assert site.application.queries == [query.decode()]


@pytest.mark.parametrize(
    ("request_bytes", "status", "text"),
    [
        (b"GET /?q=%b HTTP/1.1\r\nHost: x\r\n\r\n" % (b"x" * MAX_HEADER_BYTES), 414, "at most 8,000 characters"),
        (b"GET /?q=%b HTTP/1.1\r\nHost: x\r\n\r\n" % (b"x" * 3_000_000), 414, "The address is too long"),
        (b"GET / HTTP/1.1\r\nCookie: a=%b\r\n\r\n" % (b"x" * MAX_HEADER_BYTES), 431, "Delete the cookies"),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n" + b"x" * 3_000_000, 413, "At most 65 MiB"),
        (b"GET / HTTP/1.1\r\nno header\r\n\r\n", 400, "cannot be read"),
        (b"GET / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 501, "cannot be read"),
    ],
    ids=["address", "huge address", "cookies", "upload", "junk", "encoding"],
)
def test_request_that_is_refused_gets_a_sentence(
    site: Site, clock: Clock, request_bytes: bytes, status: int, text: str
) -> None:
    client = site.connect(request_bytes)
    answer = site.read(client, lambda got: False).decode()
    assert answer.startswith(f"HTTP/1.{answer[7]} {status} ")
    assert text in answer
    assert site.application.paths == []
    clock.now += MAX_LINGER_SECONDS + 1
    site.server.close_overdue()
    assert site.is_closed(client)


def test_only_so_many_uploads_come_in_at_once(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "MAX_SMALL_BODY_BYTES", 10)
    monkeypatch.setattr(connections, "MAX_LARGE_BODIES", 1)
    upload = b"POST /page HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\n\r\n"
    first = site.connect(upload + b"x" * 5)
    chunked = b"POST /page HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n14\r\n" + b"x" * 15
    for second in (upload, chunked):
        refused = site.read(site.connect(second), lambda got: got.endswith(b"minute.\n")).decode()
        assert refused.startswith("HTTP/1.1 503 ")
        assert "Retry-After: 60" in refused
    form = b"POST /page HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nabcde"
    assert site.page(request=form).endswith(b"page")
    assert site.page(first, b"x" * 15).endswith(b"page")


@pytest.mark.parametrize("path", [b"/page", b"/stream"])
def test_head_gets_the_header_alone(site: Site, path: bytes) -> None:
    client = site.connect(b"HEAD %b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" % path)
    answer = site.read(client, lambda got: False)
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert answer.endswith(b"\r\n\r\n")
    assert answer.count(b"\r\n\r\n") == 1


def test_stop_closes_what_is_quiet_and_completes_what_was_begun(site: Site) -> None:
    quiet, busy = site.connect(), site.connect(STREAM)
    site.run_until(lambda: site.application.paths)
    assert site.server.close_quiet()
    assert (site.is_closed(quiet), site.is_closed(busy)) == (True, False)
    busy.close()
    site.run_until(lambda: not site.server.close_quiet())
