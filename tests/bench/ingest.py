"""How fast documents come in: `python -m tests.bench ingest FILE [ARTICLES]`, from JSON Lines to what is found.

Ingests the first articles of a file (plain or gzipped) into a new archive, as `manage.py ingest` does, and prints the
articles a second from the first line to the last that is found, the processor time of an article, the statements of
the database that it took, and where the time of this process went. A second count is of the same file again, of which
nothing changes. The last figures are of the next articles: how soon they are found (`found`).
"""

import contextlib
import gzip
import itertools
import os
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from . import found
from .archive import archive_of

_ARTICLES = 2000

# Where the time goes: a name for people, and the functions, by module, that it is spent in.
_PARTS = {
    "reading": [("archive.reading", "read")],
    "marking shared identities": [("archive.ingest.recording", "mark_shared")],
    "captures": [("archive.ingest.recording", "store_bytes"), ("archive.durable_files.FileGroup", "finish")],
    "looking up": [("archive.ingest.known.Known", "__init__")],
    "writing": [("archive.ingest.recording", "write_captures")],
    "changes": [("archive.ingest.recording", "record_changes")],
    "annotating": [("archive.annotating.flow.Annotator", "add"), ("archive.annotating.flow.Annotator", "finish")],
    "copies": [("search.index.sync", "follow")],
    "indexing": [("search.index.sync", "_reindex")],
}


def run(arguments: Sequence[str]) -> dict[str, Any]:
    if not arguments:
        raise SystemExit("Name a file of articles, in JSON Lines.")
    count = int(arguments[1]) if len(arguments) > 1 else _ARTICLES
    with tempfile.TemporaryDirectory() as folder:
        home, path = Path(folder) / "home", Path(folder) / "articles.jsonl"
        home.mkdir()
        more = Path(folder) / "more.jsonl"
        _write_lines(path, Path(arguments[0]), 0, count)
        _write_lines(more, Path(arguments[0]), count, 2 * count)
        with archive_of(str(home)):
            from django.core.management import call_command

            call_command("migrate", verbosity=0)
            figures = {"first": _ingest(path), "again": _ingest(path)}
            soon = found.measure(more)
    for name, of_run in figures.items():
        print(f"{name}: {of_run['articles']:,} articles, {of_run['articles a second']:,.1f} a second")
        for label, value in of_run.items():
            if label not in ("articles", "articles a second"):
                print(f"  {label:<40} {value:8.2f}")
    print("found while they come in:")
    for label, value in soon.items():
        print(f"  {label:<42} {value:8.2f}")
    return {**figures, "found": soon}


def _write_lines(target: Path, path: Path, first: int, end: int) -> None:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        target.write_text("".join(itertools.islice(lines, first, end)), encoding="utf-8")


def _ingest(path: Path) -> dict[str, float]:
    """Ingests and indexes a file; returns the figures, times in milliseconds of an article."""
    from django.core.management import call_command
    from django.db import connection

    from archive.models import IngestRun

    statements: Counter[str] = Counter()

    def count(execute: Callable[..., Any], *call: Any) -> Any:
        statements["all"] += 1
        return execute(*call)

    spent: Counter[str] = Counter()
    begun, processor = time.perf_counter(), time.process_time()
    children = _children_seconds()
    with open(os.devnull, "w") as silent, contextlib.ExitStack() as stack:
        for part, functions in _PARTS.items():
            for owner, name in functions:
                stack.enter_context(_timed(owner, name, part, spent))
        with connection.execute_wrapper(count):
            call_command("ingest", str(path), stdout=silent, stderr=silent)
    seconds, processor = time.perf_counter() - begun, time.process_time() - processor
    made = IngestRun.objects.latest("pk")
    articles = made.new + made.changed + made.unchanged
    return {
        "articles": articles,
        "articles a second": articles / seconds,
        "statements of an article": statements["all"] / articles,
        "ms of an article, by the clock": 1000 * seconds / articles,
        "ms of the processor, this process": 1000 * processor / articles,
        "ms of the processor, ended processes": 1000 * (_children_seconds() - children) / articles,
        **{f"  of which {part}": 1000 * value / articles for part, value in spent.items()},
    }


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@contextlib.contextmanager
def _timed(owner: str, name: str, part: str, spent: Counter[str]) -> Iterator[None]:
    """Adds the processor time that a function of a module or class takes to its part, as long as the block lasts."""
    from django.utils.module_loading import import_string

    try:
        holder = import_string(owner)
    except ImportError:
        from importlib import import_module

        holder = import_module(owner)
    original = getattr(holder, name)

    def timed(*arguments: Any, **options: Any) -> Any:
        before = time.process_time()
        try:
            result = original(*arguments, **options)
        finally:
            spent[part] += time.process_time() - before  # type: ignore[assignment]
        return _timed_items(result, part, spent) if isinstance(result, Iterator) else result

    setattr(holder, name, timed)
    try:
        yield
    finally:
        setattr(holder, name, original)


def _timed_items(items: Iterator[Any], part: str, spent: Counter[str]) -> Iterator[Any]:
    while True:
        before = time.process_time()
        try:
            item = next(items)
        except StopIteration:
            return
        finally:
            spent[part] += time.process_time() - before  # type: ignore[assignment]
        yield item
