"""`engine [CORPUS.jsonl[.gz] [PEER...]]`: this project's engine beside others, in one table.

The others are Whoosh, tantivy, SQLite FTS5, and this project's engine for OpenSearch where a node runs beside it:

    python -m tests.search.engines.opensearch.nodes python -m tests.bench engine CORPUS.jsonl ours opensearch

Each engine builds and answers in processes of its own, so that its memory can be measured; the memory of the documents
is subtracted. The queries are made beforehand, three of each class. They run in turns, and the table has the median
and the 95th percentile of all runs. `engine CORPUS ours` leaves out the peers.
"""

import multiprocessing
import platform
import resource
import shutil
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from search.engines.contract import Document

from .corpus import SampleQuery, generate_corpus, make_queries, read_corpus, text_bytes
from .peers import FACET_VALUES, FACETS, LIMIT, PEERS, Peer

# The runs of each query, and the time after which a class ends early.
_MAX_RUNS = 60
_MAX_CLASS_SECONDS = 4.0


def run(arguments: Sequence[str]) -> dict[str, Any]:
    """Measures and prints; returns the figures."""
    corpus = arguments[0] if arguments else ""
    figures: dict[str, Any] = {}
    setups = {}
    chosen = arguments[1:] or [peer.name for peer in PEERS]
    tasks = [(peer.name, 1) for peer in PEERS if peer.name in chosen] + [("ours", 2)]
    for name, times in tasks:
        peer = next(peer for peer in PEERS if peer.name == name)
        label = name if times == 1 else "ours x2"
        setups[label] = peer.setup if times == 1 else "the same corpus twice, the copy under other ids"
        if peer.missing:
            setups[label] = peer.missing
            continue
        figures[label] = _measure(name, corpus, times)
    about = {
        "corpus": Path(corpus).name if corpus else "generated",
        "machine": f"{platform.machine()}, {_processor()}, Python {platform.python_version()}",
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
    }
    _print(about, setups, figures)
    return about | {"engines": figures}


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


def _load(corpus: str, times: int) -> list[Document]:
    documents = read_corpus(Path(corpus)) if corpus else generate_corpus()
    articles = documents[-1].article_id
    return documents + [
        replace(
            document,
            section_id=document.section_id + copy * len(documents),
            article_id=document.article_id + copy * articles,
        )
        for copy in range(1, times)
        for document in documents
    ]


def _measure(name: str, corpus: str, times: int) -> dict[str, Any]:
    """Builds in one process and reads in another, since the memory that building leaves behind is not the reader's."""
    folder = Path(tempfile.mkdtemp()) / "index"
    processes = multiprocessing.get_context("spawn")
    try:
        with processes.Pool(1) as pool:
            figures, samples = pool.apply(_build, (name, corpus, times, folder))
        with processes.Pool(1) as pool:
            return figures | pool.apply(_read, (name, folder, samples))
    finally:
        shutil.rmtree(folder.parent)


def _peer(name: str) -> Peer:
    return next(peer for peer in PEERS if peer.name == name)


def _build(name: str, corpus: str, times: int, folder: Path) -> tuple[dict[str, Any], dict[str, list[SampleQuery]]]:
    documents = _load(corpus, times)
    before = _peak_mb()
    started = time.perf_counter()
    _peer(name).build(folder, documents)
    seconds = time.perf_counter() - started
    peak = _peak_mb() - before
    size = _peer(name).size(folder)
    return {
        "sections": len(documents),
        "sections_per_second": round(len(documents) / seconds, 1),
        "bytes": size,
        "bytes_per_text_byte": round(size / text_bytes(documents), 2),
        "build_peak_mb": round(peak),
    }, make_queries(documents[: len(documents) // times])


def _read(name: str, folder: Path, samples: dict[str, list[SampleQuery]]) -> dict[str, Any]:
    private = _private_mb()
    started = time.perf_counter()
    ask = _peer(name).open(folder)
    first = ask(samples["middling word"][0])
    assert first is not None
    first()
    opened = (time.perf_counter() - started) * 1000
    classes: dict[str, Any] = {}
    for title, of_class in samples.items():
        calls = [call for sample in of_class if (call := ask(sample)) is not None]
        if not calls:
            continue
        totals = [call() for call in calls]
        times: list[float] = []
        deadline = time.perf_counter() + _MAX_CLASS_SECONDS
        for _ in range(_MAX_RUNS):
            for call in calls:
                started = time.perf_counter()
                call()
                times.append((time.perf_counter() - started) * 1000)
            if time.perf_counter() > deadline:
                break
        median, high = np.percentile(times, (50, 95)).tolist()
        classes[title] = {"median_ms": round(median, 3), "p95_ms": round(high, 3), "matches": totals}
    return {"open_ms": round(opened, 2), "reader_private_mb": round(_private_mb() - private, 1), "classes": classes}


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _private_mb() -> float:
    """Returns the memory that no other process can share, without mapped files; 0 if the system does not tell."""
    try:
        lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_Dirty:")) / 1024


def _print(about: dict[str, str], setups: dict[str, str], figures: dict[str, Any]) -> None:
    print(f"{about['corpus']}, {about['date']}, {about['machine']}")
    print(f"Top {LIMIT} and facets {', '.join(FACETS)} (at most {FACET_VALUES} values each), exact.")
    for label, setup in setups.items():
        print(f"  {label}: {setup}")
    labels = list(figures)
    width = 19

    def row(title: str, cells: list[str]) -> None:
        print(f"{title:<26}" + "".join(f"{cell:>{width}}" for cell in cells))

    row("", labels)
    for key, title in (
        ("sections", "sections"),
        ("sections_per_second", "indexed, sections/s"),
        ("bytes", "bytes on disk"),
        ("bytes_per_text_byte", "bytes / byte of text"),
        ("build_peak_mb", "peak building, MB"),
        ("open_ms", "opening, first answer, ms"),
        ("reader_private_mb", "reader, private MB"),
    ):
        row(title, [f"{figures[label][key]:,}" for label in labels])
    classes = list(dict.fromkeys(name for label in labels for name in figures[label]["classes"]))
    shared = [name for name in classes if all(name in figures[label]["classes"] for label in labels)]
    for name in classes:
        cells = []
        for label in labels:
            found = figures[label]["classes"].get(name)
            cells.append(f"{found['median_ms']:.2f} / {found['p95_ms']:.2f}" if found else "-")
        row(name, cells)
    for label in labels:
        figures[label]["sum_ms"] = round(sum(figures[label]["classes"][name]["median_ms"] for name in shared), 3)
    row("sum of shared medians", [f"{figures[label]['sum_ms']:.2f}" for label in labels])
