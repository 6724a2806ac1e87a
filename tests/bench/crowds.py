"""`slow ARCHIVE` and `heavy ARCHIVE`: the site that `start` runs, beside clients that are slow or ask much of it.

`slow` opens SLOW_CLIENTS connections of one kind after the other, then of all kinds together: half a header, half a
body, an export that nobody reads, nothing at all, and a connection kept open. Meanwhile it requests pages of results,
one after the other.

`heavy` lets HEAVY_CLIENTS ask queries that take up to two seconds, each one as soon as the last is answered, and asks
ordinary questions beside them. How the requests are made is described in `web`.

Both start a server on 127.0.0.1 and stop it, and end by themselves after a minute.
"""

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import count, cycle
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np

from .archive import archive_of
from .web import make_requests

SLOW_CLIENTS = 200
HEAVY_CLIENTS = 40
_LIGHT_CLIENTS = 2
_HEAVY_SECONDS = 30
_PAGES_PER_KIND = 20
_MAX_KIND_SECONDS = 12
_MAX_ANSWER_SECONDS = 10
_MAX_START_SECONDS = 60
_ROOT = Path(__file__).parents[2]

_MIN_DISTANCE, _DISTANCES = 30, 60
# Each takes one to two seconds of processor time in 20,000 sections. The number makes each request another query.
_HEAVY_QUERIES = (
    "((the w/{0} of) w/{0} in) w/{0} to",
    "the w/p of w/p and NOT word{0}",
    "(the OR of OR a OR in) w/{0} (and OR to OR for)",
    "((in w/{0} a) w/{0} and) w/{0} the",
)


def run_slow(arguments: Sequence[str]) -> dict[str, Any]:
    """Measures pages beside slow clients; prints and returns the figures."""
    with _site_of(arguments) as port:
        urls = [url for kind, url in make_requests(200) if kind not in ("suggestions", "article page")]
        figures = {"nobody": _measure_pages(port, urls, "nobody")}
        for kind in (*_SLOW_KINDS, "all kinds"):
            kinds = cycle(_SLOW_KINDS if kind == "all kinds" else (kind,))
            with ExitStack() as open_sockets:
                for _ in range(SLOW_CLIENTS):
                    open_sockets.enter_context(_open_slowly(port, next(kinds)))
                figures[kind] = _measure_pages(port, urls, kind)
    return figures


_SLOW_KINDS = {
    "half a header": b"GET /?q=war HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
    "half a body": b"POST /login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\nusername=",
    "an export unread": b"GET /export.jsonl?q=* HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "nothing": b"",
    "kept open": b"GET /help/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
}


@contextmanager
def _open_slowly(port: int, kind: str) -> Iterator[None]:
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.settimeout(1)
        try:
            client.connect(("127.0.0.1", port))
            client.sendall(_SLOW_KINDS[kind])
        except OSError:
            pass  # a server that takes no more connections has been stopped, which the pages show
        yield


def _measure_pages(port: int, urls: Sequence[str], kind: str) -> dict[str, Any]:
    """Requests pages one after the other, prints and returns their times."""
    until = time.monotonic() + _MAX_KIND_SECONDS
    times, failed = [], 0
    for url in urls[:_PAGES_PER_KIND]:
        started = time.perf_counter()
        try:
            ok = _status_of(port, url) == 200
        except OSError:
            ok = False
        times.append((time.perf_counter() - started) * 1000)
        failed += not ok
        if time.monotonic() > until:
            break
    median, worst = np.percentile(times, (50, 100)).tolist()
    print(f"{kind:<20}{len(times):>5} pages, median {median:>8.1f} ms, worst {worst:>8.1f} ms, {failed} failed")
    return {"pages": len(times), "median_ms": median, "worst_ms": worst, "failed": failed}


def run_heavy(arguments: Sequence[str]) -> dict[str, Any]:
    """Measures ordinary questions beside heavy ones; prints and returns the figures."""
    with _site_of(arguments) as port:
        urls = [url for kind, url in make_requests(500) if kind != "article page"]
        print("without heavy queries")
        alone = _measure_questions(port, urls, heavy_clients=0, seconds=5)
        print(f"beside {HEAVY_CLIENTS} clients with heavy queries")
        beside = _measure_questions(port, urls, heavy_clients=HEAVY_CLIENTS, seconds=_HEAVY_SECONDS)
    return {"alone": alone, "beside": beside}


def _measure_questions(port: int, urls: Sequence[str], *, heavy_clients: int, seconds: int) -> dict[str, Any]:
    """Asks ordinary and heavy questions at once for some seconds; prints and returns what became of them."""
    until = time.monotonic() + seconds
    numbers = count()
    # What was answered, by kind: the status (0 for none in time), and the milliseconds.
    answers: dict[str, list[tuple[int, float]]] = {"ordinary": [], "heavy": []}

    def ask(kind: str, addresses: Iterator[str]) -> None:
        while time.monotonic() < until:
            started = time.perf_counter()
            try:
                status = _status_of(port, next(addresses))
            except OSError:
                status = 0
            answers[kind].append((status, (time.perf_counter() - started) * 1000))

    def heavy_addresses(first: int) -> Iterator[str]:
        for query in cycle(_HEAVY_QUERIES[first % 4 :] + _HEAVY_QUERIES[: first % 4]):
            yield "/?q=" + quote(query.format(_MIN_DISTANCE + next(numbers) % _DISTANCES))

    threads = [
        threading.Thread(target=ask, args=("ordinary", cycle(urls[number::_LIGHT_CLIENTS])))
        for number in range(_LIGHT_CLIENTS)
    ]
    threads += [threading.Thread(target=ask, args=("heavy", heavy_addresses(n))) for n in range(heavy_clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {kind: _summarize(kind, rows) for kind, rows in answers.items() if rows}


def _summarize(kind: str, rows: Sequence[tuple[int, float]]) -> dict[str, Any]:
    """Prints and returns the figures of the questions of a kind."""
    statuses = Counter(status for status, _ in rows)
    median, p95, worst = np.percentile([milliseconds for _, milliseconds in rows], (50, 95, 100)).tolist()
    named = ", ".join(f"{number} {status or 'none in time'}" for status, number in sorted(statuses.items()))
    print(f"{kind:<10}{len(rows):>6}: median {median:>8.1f} ms, 95th {p95:>8.1f}, worst {worst:>8.1f}; {named}")
    return {"median_ms": median, "p95_ms": p95, "worst_ms": worst, "statuses": dict(statuses)}


def _status_of(port: int, url: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_MAX_ANSWER_SECONDS)
    try:
        connection.request("GET", url)
        response = connection.getresponse()
        response.read()
        return response.status
    except http.client.HTTPException as error:
        raise ConnectionError(str(error)) from error
    finally:
        connection.close()


@contextmanager
def _site_of(arguments: Sequence[str]) -> Iterator[int]:
    """Serves an archive by `start` and yields the port; stops the server at the end."""
    if not arguments:
        raise SystemExit(__doc__)
    os.environ["ARCHIVE_HOSTS"] = "127.0.0.1,localhost"
    # What the server writes is of use only if it does not start.
    with archive_of(arguments[0]), socket.socket() as free, tempfile.TemporaryFile() as log:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        command = [sys.executable, "manage.py", "start", "--port", str(port)]
        server = subprocess.Popen(command, cwd=_ROOT, start_new_session=True, stdout=subprocess.DEVNULL, stderr=log)
        try:
            _wait_for_server(port)
            yield port
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            try:
                server.wait(_MAX_ANSWER_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)
                server.wait()


def _wait_for_server(port: int) -> None:
    deadline = time.monotonic() + _MAX_START_SECONDS
    while time.monotonic() < deadline:
        try:
            if _status_of(port, "/help/") == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"the server did not answer within {_MAX_START_SECONDS} seconds")
