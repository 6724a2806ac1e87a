"""The steps of `scale`: what each does in its process, and the rows of the table that it gives."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .measured import Measured, own_memory_mb

# Articles that change, and how often.
_CHANGED_ARTICLES, _UPDATES = 100, 10
_PREFIXES = 300
_FEEDS = ("", "?q=president", "?q=president&source=CNN", "?q=said&sort=newest", "?kind=live")
_EXPORTS = ("csv", "jsonl")
# Bars: milliseconds, and megabytes.
PAGE_MS, SUGGEST_MS, ADMIN_MS, READER_MB = 20, 15, 300, 300
Figures = dict[str, Any]
Rows = Iterable[tuple[str, str]]


@dataclass(frozen=True)
class Step:
    """A step: what it does in a process in which Django is set up, and the rows of its figures."""

    measure: Callable[[Sequence[str]], Figures]
    rows: Callable[[Mapping[str, Any]], Rows]


def _rate(name: str, unit: str) -> Callable[[Mapping[str, Any]], Rows]:
    def rows(figures: Mapping[str, Any]) -> Rows:
        if figures:
            rate = figures["count"] / max(figures["processor_seconds"], 0.001)
            yield f"{name}, {unit} a second", f"{rate:,.0f}"
            yield f"{name}, seconds of processor", f"{figures['processor_seconds']:,.1f}"
            yield f"{name}, peak memory and what it added, MB", f"{figures['peak_mb']:,} {figures['added_mb']:,}"
        if "silence_seconds" in figures:
            yield f"{name}, longest time without progress, seconds", f"{figures['silence_seconds']:.1f}"

    return rows


# --- making the archive ---


def _generate(arguments: Sequence[str]) -> Figures:
    from django.core.management import call_command

    from .large_archive import fill

    call_command("migrate", verbosity=0)
    sections, *corpus = arguments
    with Measured() as measured:
        written = fill(Path(corpus[0]) if corpus else None, int(sections))
    return {**written, **measured.figures(), "count": written["sections"], "database_mb": _database_mb()}


def _generated_rows(figures: Mapping[str, Any]) -> Rows:
    for name in ("sections", "articles", "live_pages", "names", "mentions", "statements", "days", "database_mb"):
        if name in figures:
            yield name.replace("_", " ").replace(" mb", ", MB"), f"{figures[name]:,}"


def _database_mb() -> int:
    from django.conf import settings

    path = Path(settings.DATABASES["default"]["NAME"])
    return round(sum(file.stat().st_size for file in path.parent.glob(f"{path.name}*")) / 1e6)


class _Progress:
    """Notes how long nothing was reported."""

    def __init__(self) -> None:
        self._last, self.silence_seconds = time.perf_counter(), 0.0

    def __call__(self, done: int, total: int) -> None:
        now = time.perf_counter()
        self.silence_seconds = max(self.silence_seconds, now - self._last)
        self._last = now


# --- the index ---


def _compare(arguments: Sequence[str]) -> Figures:
    from archive.copies import catch_up
    from archive.models import ComparedText

    before = ComparedText.objects.count()
    with Measured() as measured:
        catch_up(lambda done, total: None)
    return {**measured.figures(), "count": ComparedText.objects.count() - before}


def _build(arguments: Sequence[str]) -> Figures:
    from search.index import engine, rebuild

    progress = _Progress()
    with Measured() as measured:
        sections = rebuild(progress)
        progress(sections, sections)
    info = engine().info()
    size = {"index_mb": round(info.size_bytes / 1e6), "segments": info.segments}
    return {**measured.figures(), "count": sections, "silence_seconds": progress.silence_seconds, **size}


def _build_rows(figures: Mapping[str, Any]) -> Rows:
    yield from _rate("index build", "sections")(figures)
    if figures:
        yield "index, MB", f"{figures['index_mb']:,}"


def _update(arguments: Sequence[str]) -> Figures:
    """Changes articles all over the archive, and indexes them: several times, so that segments are merged too."""
    from django.utils import timezone

    from archive.models import Article, record_changes
    from archive.search_port import no_progress
    from search.index import drain, engine

    last = Article.objects.order_by("-pk").values_list("pk", flat=True)[0]
    runs = []
    for number in range(_UPDATES):
        step = max(last // _CHANGED_ARTICLES, 1)
        articles = list(range(1 + number, last + 1, step))[:_CHANGED_ARTICLES]
        Article.objects.filter(pk__in=articles).update(note=f"Changed at {timezone.now():%H:%M:%S}, time {number}")
        record_changes(articles)
        with Measured() as measured:
            drain(no_progress)
        runs.append({**measured.figures(), "segments": engine().info().segments})
    times = sorted(run["processor_seconds"] for run in runs)
    return {
        "runs": runs,
        "median_seconds": times[len(times) // 2],
        "longest_seconds": times[-1],
        "peak_mb": max(run["peak_mb"] for run in runs),
        "segments": runs[-1]["segments"],
    }


def _update_rows(figures: Mapping[str, Any]) -> Rows:
    if figures:
        yield "update of 100 articles, seconds", f"{figures['median_seconds']:.1f}"
        yield "  the longest of ten, with a merge, seconds", f"{figures['longest_seconds']:.1f}"
        yield "  peak memory, MB", f"{figures['peak_mb']:,}"
        yield "  segments after ten", f"{figures['segments']}"


def _verify(arguments: Sequence[str]) -> Figures:
    from search.index import verify

    progress = _Progress()
    with Measured() as measured:
        report = verify(progress)
        progress(report.compared, report.compared)
    figures = {**measured.figures(), "count": report.compared, "silence_seconds": progress.silence_seconds}
    return figures | {"clean": report.clean}


# --- pages ---


def _pages(arguments: Sequence[str]) -> Figures:
    """Asks each question once, in a process that was warmed up as one of the server is."""
    from django.test import Client

    from archive.search_port import get_search_port

    from .scale_questions import make_addresses

    addresses = make_addresses()
    client = Client(SERVER_NAME="localhost")
    get_search_port().warm_up(False)
    before = own_memory_mb()
    classes: dict[str, Any] = {}
    times: list[tuple[float, float]] = []
    for name, found in addresses.items():
        rows = [_timed(client, address) for address in found]
        classes[name] = _summary(rows)
        times += rows
    return {"classes": classes, "all": _summary(times), "warm_mb": round(before), "reader_mb": round(own_memory_mb())}


def _timed(client: Any, address: str) -> tuple[float, float]:
    """Returns the milliseconds of a page, by the clock and of the processor."""
    began, processor = time.perf_counter(), time.process_time()
    response = client.get(address)
    pieces = [response.content] if not response.streaming else response.streaming_content
    if response.status_code != 200 or not sum(map(len, pieces)):
        raise RuntimeError(f"{address}: {response.status_code}")
    return (time.perf_counter() - began) * 1000, (time.process_time() - processor) * 1000


def _summary(rows: Sequence[tuple[float, float]]) -> Figures:
    elapsed, processor = (np.array(column) for column in zip(*rows, strict=True))
    names = ("p50_ms", "p95_ms")
    figures = dict(zip(names, np.percentile(processor, (50, 95)).round(1).tolist(), strict=True))
    clock = zip((f"clock_{name}" for name in names), np.percentile(elapsed, (50, 95)).round(1).tolist(), strict=True)
    return {"pages": len(rows), **figures, **dict(clock)}


def _pages_rows(figures: Mapping[str, Any]) -> Rows:
    for name, found in figures.get("classes", {}).items():
        yield f"page, {name}: p50 and p95, ms", f"{found['p50_ms']:.0f} {found['p95_ms']:.0f}"
    if figures:
        whole = figures["all"]
        yield f"every page: p50 (bar {PAGE_MS}) and p95, ms", f"{whole['p50_ms']:.0f} {whole['p95_ms']:.0f}"
        yield f"memory of a reader (bar {READER_MB}), MB", f"{figures['reader_mb']:,}"


def _suggest(arguments: Sequence[str]) -> Figures:
    from .suggest import measure

    return measure("scale", _PREFIXES)


def _suggest_rows(figures: Mapping[str, Any]) -> Rows:
    for name, found in figures.get("classes", {}).items():
        yield f"suggest, {name} (bar {SUGGEST_MS}): p50 and p99, ms", f"{found['median_ms']:.1f} {found['p99_ms']:.1f}"
    if figures:
        yield "suggest, the first, ms", f"{figures['first_ms']:.0f}"


def _admin(arguments: Sequence[str]) -> Figures:
    from .admin import measure

    return measure("")


def _admin_rows(figures: Mapping[str, Any]) -> Rows:
    if figures:
        times = sorted((page["processor_ms"] for page in figures["pages"]), reverse=True)
        slow = sum(ms > ADMIN_MS for ms in times)
        yield (
            f"admin, {len(times)} pages: p50 and worst (bar {ADMIN_MS}), ms",
            f"{np.median(times):.0f} {times[0]:.0f}",
        )
        yield f"admin, pages over {ADMIN_MS} ms", f"{slow}"


# --- what machines fetch ---


def _sitemap(arguments: Sequence[str]) -> Figures:
    from django.test import Client
    from django.urls import reverse

    from archive.models import Article
    from search.pages.sitemaps import MAX_URLS_PER_PAGE

    client = Client(SERVER_NAME="localhost")
    pages = -(-Article.objects.count() // MAX_URLS_PER_PAGE)
    addresses = [reverse("sitemap"), *(reverse("sitemap-page", args=[page]) for page in range(1, pages + 1))]
    client.get(addresses[0])
    with Measured() as measured:
        times = [_timed(client, address)[1] for address in addresses]
    return {**measured.figures(), "index_ms": times[0], "pages": pages, "page_ms": max(times[1:])}


def _sitemap_rows(figures: Mapping[str, Any]) -> Rows:
    if figures:
        yield "sitemap, the list of its pages, ms", f"{figures['index_ms']:.0f}"
        yield f"sitemap, the slowest of {figures['pages']}, ms", f"{figures['page_ms']:,.0f}"
        yield "sitemap, added memory, MB", f"{figures['added_mb']:,}"


def _feeds(arguments: Sequence[str]) -> Figures:
    from django.test import Client
    from django.urls import reverse

    client = Client(SERVER_NAME="localhost")
    addresses = [reverse("feed") + query for query in _FEEDS]
    client.get(addresses[0])
    return _summary([_timed(client, address) for address in addresses])


def _feeds_rows(figures: Mapping[str, Any]) -> Rows:
    if figures:
        yield "feed: p50 and p95, ms", f"{figures['p50_ms']:.0f} {figures['p95_ms']:.0f}"


def _export(kind: str) -> Callable[[Sequence[str]], Figures]:
    def measure(arguments: Sequence[str]) -> Figures:
        from .export import count_rows, export

        list(export(kind, "&first=1"))
        first = None
        with Measured() as measured:
            began = time.perf_counter()
            for _ in export(kind):
                first = first or time.perf_counter() - began
        return {**measured.figures(), "count": count_rows(), "first_byte_ms": round(1000 * (first or 0))}

    return measure


STEPS: Mapping[str, Step] = {
    "generate": Step(_generate, _generated_rows),
    "compare": Step(_compare, _rate("comparing texts", "articles")),
    "build": Step(_build, _build_rows),
    "update": Step(_update, _update_rows),
    "verify": Step(_verify, _rate("verify", "sections")),
    "rebuild": Step(_build, _rate("rebuild beside", "sections")),
    "pages": Step(_pages, _pages_rows),
    "suggest": Step(_suggest, _suggest_rows),
    "admin": Step(_admin, _admin_rows),
    "sitemap": Step(_sitemap, _sitemap_rows),
    "feeds": Step(_feeds, _feeds_rows),
    **{f"export-{kind}": Step(_export(kind), _rate(f"export as {kind}", "rows")) for kind in _EXPORTS},
}
