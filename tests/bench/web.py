"""`web ARCHIVE|CORPUS.jsonl[.gz] [COUNT]`: the pages, through WSGI in this process and through the server.

COUNT (500) requests are made from the archive's own words, values and dates, with a fixed seed: words, phrases,
operators, filters, spans of the timeline, articles, single sections, further pages, all values of a facet,
suggestions, article pages. They go through the application in this process, where time, queries and bytes are
measured, and then through the server of `start` on 127.0.0.1, to 8 clients at once. Processor time is printed beside
elapsed time, which other work on the machine makes longer.
"""

import http.client
import os
import re
import signal
import socket
import subprocess
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

REQUESTS = 500
CLIENTS = 8
# The most that a page of results may take: milliseconds at the median and at the 95th percentile, queries, bytes.
BARS = {"median_ms": 20.0, "p95_ms": 50.0, "queries": 6, "bytes": 120_000}
_MAX_START_SECONDS = 30
_ROOT = Path(__file__).parents[2]
# How many requests in a hundred are of each kind; the rest are plain searches for words.
_PERCENTAGES = (
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
# The kinds that are not pages of results, so that the bars do not apply to them.
_OTHER_KINDS = ("all values", "suggestions", "article page")


def run(arguments: Sequence[str]) -> dict[str, Any]:
    """Measures, prints and returns the figures."""
    if not arguments:
        raise SystemExit(__doc__)
    os.environ["ARCHIVE_HOSTS"] = "127.0.0.1,localhost"
    with archive_of(arguments[0]):
        return _measure(Path(arguments[0]).name, int(arguments[1]) if len(arguments) > 1 else REQUESTS)


def _measure(name: str, count: int) -> dict[str, Any]:
    from search.index.current import engine

    sections = engine().info().documents
    requests = list(make_requests(count))
    print(f"{name}: {sections:,} sections, {count:,} requests, seed 1")
    within = _measure_in_process(requests)
    served = _measure_server([url for _, url in requests])
    pages = within["every page of results"]
    print(f"bars for a page of results: {BARS}")
    kept = all(pages[figure] <= bar for figure, bar in BARS.items())
    print("kept" if kept else "NOT kept", {figure: round(pages[figure], 1) for figure in BARS})
    return {"sections": sections, "requests": count, "within": within, "served": served, "kept": kept}


def make_requests(count: int, seed: int = 1) -> Iterator[tuple[str, str]]:
    """Yields the kind and the URL of each request."""
    kinds = [kind for kind, percentage in _PERCENTAGES for _ in range(percentage)]
    kinds += ["words"] * (100 - len(kinds))
    maker = _UrlMaker(seed)
    for _ in range(count):
        kind = maker.chance.choice(kinds)
        yield kind, maker.make_url(kind)


class _UrlMaker:
    """Makes URLs from the words, values and dates in the database."""

    def __init__(self, seed: int) -> None:
        from django.db.models import Max

        from archive.models import Article, Section, Source, Topic

        self.chance = Random(seed)
        self._last_section = Section.objects.aggregate(last=Max("pk"))["last"]
        self._sources = list(Source.objects.values_list("name", flat=True))
        self._topics = list(Topic.objects.values_list("name", flat=True))
        dated = Article.objects.filter(published__isnull=False)
        self._dates = list(dated.values_list("published", flat=True).order_by("pk"))

    def make_url(self, kind: str) -> str:
        """Returns a URL of this kind."""
        choice = self.chance.choice
        match kind:
            case "phrase":
                words = self._words(min_letters=1)
                start = self.chance.randrange(len(words) - 1)
                return "/?q=" + quote('"' + " ".join(words[start : start + 2]) + '"')
            case "operators":
                words = [word.lower() for word in self.chance.sample(self._words(), 3)]
                form = choice(("{} OR {}", "{} w/10 {}", "{} NOT {}", "{}* {}", "({} OR {}) -{}", "headline:{}"))
                return "/?q=" + quote(form.format(*words))
            case "no words":
                return "/?q="
            case "facet":
                name, values = choice(
                    (("source", self._sources), ("topic", self._topics), ("not-source", self._sources))
                )
                return f"/?q={self._query()}&{name}={quote(choice(values))}"
            case "timeline span":
                published = choice(self._dates)
                form = choice(("%Y", "%Y-%m", "%Y-%m-%d", "%Y-01..%Y-%m"))
                return f"/?q={choice(('', self._query()))}&date={published:{form}}"
            case "articles":
                return f"/?q={self._query()}&unit=article"
            case "single sections":
                return f"/?q={self._query()}&list=sections&sort={choice(('newest', 'oldest'))}"
            case "further page":
                return f"/?q={choice(self._words()).lower()}&page={self.chance.randint(2, 4)}"
            case "all values":
                return f"/values/{choice(('source', 'byline', 'topic'))}/?q={choice(('', self._query()))}"
            case "suggestions":
                word = choice(self._words())
                return f"/suggest?as=options&q={quote(word[: self.chance.randint(1, 5)].lower())}"
            case "article page":
                section = self._section("article")
                assert section is not None
                return f"{section.article.get_absolute_url()}?q={self._query()}"
            case _:
                return f"/?q={self._query()}"

    def _query(self) -> str:
        """Returns one or two words, quoted for a URL."""
        words = self._words()
        return quote(" ".join(self.chance.sample(words, self.chance.choice((1, 1, 2)))).lower())

    def _words(self, *, min_letters: int = 4) -> list[str]:
        """Returns the words of a section that someone might remember."""
        while True:
            section = self._section("current")
            text = section.current.text if section and section.current else ""
            words = re.findall(rf"[A-Za-z]{{{min_letters},}}", text)
            if len(words) > 3:
                return words

    def _section(self, related: str) -> Any:
        from archive.models import Section

        sections = Section.objects.select_related(related)
        return sections.filter(pk__gte=self.chance.randrange(self._last_section)).first()


def _measure_in_process(requests: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Requests every URL twice in this process and measures the second time; prints a line for each kind."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from archive.search_port import get_search_port

    client = Client(SERVER_NAME="localhost")
    # As the server does before its first reader asks.
    get_search_port().warm_up(False)
    # For each request: elapsed and processor milliseconds, queries, bytes.
    measured: dict[str, list[tuple[float, float, int, int]]] = defaultdict(list)
    for kind, url in requests:
        with CaptureQueriesContext(connection) as captured:
            response = client.get(url)
        # Counted now: the next request empties the log.
        queries = len(captured)
        if response.status_code != 200:
            raise RuntimeError(f"{url}: {response.status_code} {unescape(response.content.decode()[:500])}")
        started, processor_started = time.perf_counter(), time.process_time()
        response = client.get(url)
        elapsed, processor = time.perf_counter() - started, time.process_time() - processor_started
        measured[kind].append((elapsed * 1000, processor * 1000, queries, len(response.content)))
    pages = [row for kind, rows in measured.items() if kind not in _OTHER_KINDS for row in rows]
    print(
        f"{'within this process':<24}{'requests':>9}{'median ms':>11}{'95th':>8}{'worst':>8}"
        f"{'processor':>11}{'95th':>8}{'queries':>9}{'kB':>7}{'most':>7}"
    )
    kinds = [*sorted(measured.items()), ("every page of results", pages)]
    return {kind: _summarize(kind, rows) for kind, rows in kinds}


def _summarize(kind: str, rows: Sequence[tuple[float, float, int, int]]) -> dict[str, Any]:
    """Prints and returns the figures of requests of a kind."""
    elapsed, processor, queries, sizes = (np.array(column) for column in zip(*rows, strict=True))
    median, p95, worst = np.percentile(elapsed, (50, 95, 100)).tolist()
    processor_median, processor_p95 = np.percentile(processor, (50, 95)).tolist()
    print(
        f"{kind:<24}{len(rows):>9}{median:>11.1f}{p95:>8.1f}{worst:>8.1f}{processor_median:>11.1f}{processor_p95:>8.1f}"
        f"{queries.max():>9}{np.median(sizes) / 1000:>7.0f}{sizes.max() / 1000:>7.0f}"
    )
    return {
        "requests": len(rows),
        "median_ms": median,
        "p95_ms": p95,
        "worst_ms": worst,
        "processor_median_ms": processor_median,
        "processor_p95_ms": processor_p95,
        "queries": int(queries.max()),
        "median_bytes": int(np.median(sizes)),
        "bytes": int(sizes.max()),
    }


def _measure_server(urls: Sequence[str]) -> dict[str, Any]:
    """Starts the server, requests every URL twice from CLIENTS threads, stops it, and prints a line."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    from archive.management.commands.start import server_command

    command = [*server_command(port), "--log-level", "warning"]
    server = subprocess.Popen(command, cwd=_ROOT, start_new_session=True)
    try:
        _wait_for_server(port)
        started = time.perf_counter()
        times, failed = _request_at_once(port, list(urls) * 2)
        seconds = time.perf_counter() - started
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()
    if failed:
        raise RuntimeError(f"{len(failed)} of {len(times)} failed, the first {failed[0]}")
    median, p95, worst = np.percentile(times, (50, 95, 100)).tolist()
    rate = len(times) / seconds
    print(
        f"the server, {CLIENTS} clients: {len(times):,} requests, {rate:.0f} a second; "
        f"median {median:.1f} ms, 95th {p95:.1f}, worst {worst:.1f}"
    )
    return {"requests_per_second": rate, "median_ms": median, "p95_ms": p95, "worst_ms": worst}


def _request_at_once(port: int, urls: Sequence[str]) -> tuple[list[float], list[str]]:
    """Requests the URLs from CLIENTS threads at once. Returns their milliseconds, and the URLs that failed."""
    times: list[float] = []
    failed: list[str] = []
    waiting = iter(urls)
    lock = threading.Lock()

    def request_next() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        while True:
            with lock:
                url = next(waiting, None)
            if url is None:
                break
            started = time.perf_counter()
            connection.request("GET", url)
            response = connection.getresponse()
            response.read()
            with lock:
                times.append((time.perf_counter() - started) * 1000)
                if response.status != 200:
                    failed.append(url)
        connection.close()

    threads = [threading.Thread(target=request_next) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times, failed


def _wait_for_server(port: int) -> None:
    deadline = time.monotonic() + _MAX_START_SECONDS
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the server did not answer within {_MAX_START_SECONDS} seconds")
