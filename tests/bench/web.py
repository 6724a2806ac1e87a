"""`web ARCHIVE|CORPUS.jsonl[.gz] [COUNT]`: the pages as people ask for them, through WSGI and through gunicorn.

COUNT (500) requests are made of the archive with a fixed seed: words, phrases, operators, facets, spans of the
timeline, articles, single sections, further pages, all values of a facet, suggestions, article pages. They go through
the application within this process, where time, queries and bytes are taken, and then through gunicorn on 127.0.0.1
to 8 clients at once. The time of the processor stands beside that of the clock: other work on the machine makes the
latter longer.
"""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from html import unescape
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

import numpy as np

from .archive import archive_of

COUNT = 500
CLIENTS = 8
# What the full page may take: milliseconds at the median and for 19 in 20, queries, bytes.
BARS = {"median_ms": 20.0, "p95_ms": 50.0, "queries": 6, "bytes": 120_000}
_READY_SECONDS = 30
# One in so many requests is of each kind; what is left is a plain search.
_SHARES = (
    ("phrase", 10),
    ("operators", 10),
    ("no words", 5),
    ("facet", 15),
    ("timeline span", 10),
    ("articles", 5),
    ("single sections", 5),
    ("further page", 10),
    ("all values", 3),
    ("suggestions", 7),
    ("article page", 8),
)
# The kinds that are no page of results.
_OTHERS = ("all values", "suggestions", "article page")


def run(arguments: Sequence[str]) -> dict[str, Any]:
    """Measures and prints; returns the figures."""
    if not arguments:
        raise SystemExit(__doc__)
    os.environ["ARCHIVE_HOSTS"] = "127.0.0.1,localhost"
    with archive_of(arguments[0]):
        return _run(Path(arguments[0]).name, int(arguments[1]) if len(arguments) > 1 else COUNT)


def _run(name: str, count: int) -> dict[str, Any]:
    from search.index.current import engine

    sections = engine().info().documents
    asked = list(make_requests(count))
    print(f"{name}: {sections:,} sections, {count:,} requests, seed 1")
    within = _measure_within(asked)
    outside = _measure_gunicorn([address for _, address in asked])
    full = within["every page of results"]
    print(f"bars for a page of results: {BARS}")
    kept = all(full[figure] <= bar for figure, bar in BARS.items())
    print("kept" if kept else "NOT kept", {figure: round(full[figure], 1) for figure in BARS})
    return {"sections": sections, "requests": count, "within": within, "gunicorn": outside, "kept": kept}


def make_requests(count: int, seed: int = 1) -> Iterator[tuple[str, str]]:
    """Yields the kind and the address of requests made of the archive's own words, values and dates."""
    from django.db.models import Max

    from archive.models import Article, Section, Source, Topic

    chance = Random(seed)
    last = Section.objects.aggregate(last=Max("pk"))["last"]
    sources = list(Source.objects.values_list("name", flat=True))
    topics = list(Topic.objects.values_list("name", flat=True))
    dates = list(Article.objects.filter(published__isnull=False).values_list("published", flat=True).order_by("pk"))
    kinds = [kind for kind, share in _SHARES for _ in range(share)]
    kinds += ["words"] * (100 - len(kinds))

    def words(least: int = 4) -> list[str]:
        """The words of a passage that someone might remember."""
        while True:
            section = Section.objects.select_related("current").filter(pk__gte=chance.randrange(last)).first()
            found = re.findall(rf"[A-Za-z]{{{least},}}", section.current.text if section and section.current else "")
            if len(found) > 3:
                return found

    def q() -> str:
        found = words()
        return quote(" ".join(chance.sample(found, chance.choice((1, 1, 2)))).lower())

    for _ in range(count):
        kind = chance.choice(kinds)
        match kind:
            case "phrase":
                found = words(1)
                at = chance.randrange(len(found) - 1)
                address = "/?q=" + quote('"' + " ".join(found[at : at + 2]) + '"')
            case "operators":
                one, other, third = (word.lower() for word in chance.sample(words(), 3))
                form = chance.choice(
                    ("{} OR {}", "{} w/10 {}", "{} NOT {}", "{}* {}", "({} OR {}) -{}", "headline:{}")
                )
                address = "/?q=" + quote(form.format(one, other, third))
            case "no words":
                address = "/?q="
            case "facet":
                name, values = chance.choice((("source", sources), ("topic", topics), ("not-source", sources)))
                address = f"/?q={q()}&{name}={quote(chance.choice(values))}"
            case "timeline span":
                published = chance.choice(dates)
                form = chance.choice(("%Y", "%Y-%m", "%Y-%m-%d", "%Y-01..%Y-%m"))
                address = f"/?q={chance.choice(('', q()))}&date={published:{form}}"
            case "articles":
                address = f"/?q={q()}&unit=article"
            case "single sections":
                address = f"/?q={q()}&list=sections&sort={chance.choice(('newest', 'oldest'))}"
            case "further page":
                address = f"/?q={chance.choice(words()).lower()}&page={chance.randint(2, 4)}"
            case "all values":
                address = f"/values/{chance.choice(('source', 'byline', 'topic'))}/?q={chance.choice(('', q()))}"
            case "suggestions":
                address = f"/suggest?as=options&q={quote(chance.choice(words())[: chance.randint(1, 5)].lower())}"
            case "article page":
                section = Section.objects.select_related("article").filter(pk__gte=chance.randrange(last)).first()
                assert section is not None
                address = f"{section.article.get_absolute_url()}?q={q()}"
            case _:
                address = f"/?q={q()}"
        yield kind, address


def _measure_within(asked: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Asks the application in this process, each address twice and the second counts; prints a line a kind."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(SERVER_NAME="localhost")
    taken: dict[str, list[tuple[float, float, int, int]]] = defaultdict(list)
    for kind, address in asked:
        with CaptureQueriesContext(connection) as queries:
            response = client.get(address)
        # Before the next request empties the log.
        queried = len(queries)
        if response.status_code != 200:
            raise RuntimeError(f"{address}: {response.status_code} {unescape(response.content.decode()[:500])}")
        started, processor = time.perf_counter(), time.process_time()
        response = client.get(address)
        clock, own = time.perf_counter() - started, time.process_time() - processor
        taken[kind].append((clock * 1000, own * 1000, queried, len(response.content)))
    pages = [figures for kind in taken if kind not in _OTHERS for figures in taken[kind]]
    print(
        f"{'within this process':<24}{'requests':>9}{'median ms':>11}{'95th':>8}{'worst':>8}"
        f"{'processor':>11}{'95th':>8}{'queries':>9}{'kB':>7}{'most':>7}"
    )
    figures: dict[str, Any] = {}
    for kind, rows in [*sorted(taken.items()), ("every page of results", pages)]:
        clocks, owns, counts, sizes = (np.array(column) for column in zip(*rows, strict=True))
        median, high, worst = np.percentile(clocks, (50, 95, 100)).tolist()
        own_median, own_high = np.percentile(owns, (50, 95)).tolist()
        figures[kind] = {
            "requests": len(rows),
            "median_ms": median,
            "p95_ms": high,
            "worst_ms": worst,
            "processor_median_ms": own_median,
            "processor_p95_ms": own_high,
            "queries": int(counts.max()),
            "median_bytes": int(np.median(sizes)),
            "bytes": int(sizes.max()),
        }
        print(
            f"{kind:<24}{len(rows):>9}{median:>11.1f}{high:>8.1f}{worst:>8.1f}{own_median:>11.1f}{own_high:>8.1f}"
            f"{counts.max():>9}{np.median(sizes) / 1000:>7.0f}{sizes.max() / 1000:>7.0f}"
        )
    return figures


def _measure_gunicorn(addresses: Sequence[str]) -> dict[str, Any]:
    """Asks gunicorn, started for it and ended after it, from CLIENTS threads at once; prints one line."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4"]
    server = subprocess.Popen([*command, "--log-level", "warning", "archive.wsgi:application"], start_new_session=True)
    try:
        _await(port)
        times: list[float] = []
        waiting = iter(list(addresses) * 2)
        lock = threading.Lock()
        failed: list[str] = []

        def ask() -> None:
            connection = http.client.HTTPConnection("127.0.0.1", port)
            while True:
                with lock:
                    address = next(waiting, None)
                if address is None:
                    break
                started = time.perf_counter()
                connection.request("GET", address)
                response = connection.getresponse()
                response.read()
                with lock:
                    times.append((time.perf_counter() - started) * 1000)
                    if response.status != 200:
                        failed.append(address)
            connection.close()

        started = time.perf_counter()
        threads = [threading.Thread(target=ask) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds = time.perf_counter() - started
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()
    if failed:
        raise RuntimeError(f"{len(failed)} of {len(times)} failed, the first {failed[0]}")
    median, high, worst = np.percentile(times, (50, 95, 100)).tolist()
    rate = len(times) / seconds
    print(
        f"gunicorn, 2 workers with 4 threads, {CLIENTS} clients: {len(times):,} requests, {rate:.0f} a second; "
        f"median {median:.1f} ms, 95th {high:.1f}, worst {worst:.1f}"
    )
    return {"requests_per_second": rate, "median_ms": median, "p95_ms": high, "worst_ms": worst}


def _await(port: int) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"gunicorn did not answer within {_READY_SECONDS} seconds")
