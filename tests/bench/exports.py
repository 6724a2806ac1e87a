"""`exports ARCHIVE|CORPUS.jsonl[.gz]`: every section of an archive as CSV and as JSON Lines, through the view.

Rows for each second of processor time, since elapsed time depends on what else the machine does; what the database
alone takes to read the columns of the same rows; the memory that exporting adds.
"""

import resource
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from .archive import archive_of


def run(arguments: Sequence[str]) -> dict[str, Any]:
    """Measures, prints and returns the figures."""
    if not arguments:
        raise SystemExit(__doc__)
    with archive_of(arguments[0]):
        return _measure(Path(arguments[0]).name)


def _measure(name: str) -> dict[str, Any]:
    from search.exports import FORMATS

    print(f"{'':10} {'rows/s of processor':>20} {'rows/s':>8} {'MB':>6} {'MB more memory':>15}")
    rows, database = _time(_read_columns)
    figures: dict[str, Any] = {"archive": name, "sections": rows, "database": database}
    _print("database", database)
    for kind in FORMATS:
        before = _peak_mb()
        size_bytes, speed = _time(lambda kind=kind: _export(kind), rows)  # type: ignore[misc]
        figures[kind] = speed | {"mb": round(size_bytes / 1e6), "memory_mb": round(_peak_mb() - before)}
        _print(kind, figures[kind])
    print(f"{name}: {rows:,} sections")
    return figures


def _print(label: str, figures: dict[str, int]) -> None:
    widths = {"rows_per_cpu_second": 20, "rows_per_second": 8, "mb": 6, "memory_mb": 15}
    print(f"{label:10} " + " ".join(f"{figures[key]:>{width},}" for key, width in widths.items() if key in figures))


def _time(work: Callable[[], int], rows: int = 0) -> tuple[int, dict[str, int]]:
    """Returns what some work returns, and its speed; it returns the number of rows itself if that is not known."""
    cpu, elapsed = time.process_time(), time.perf_counter()
    result = work()
    cpu, elapsed = time.process_time() - cpu, time.perf_counter() - elapsed
    count = rows or result
    return result, {"rows_per_cpu_second": round(count / cpu), "rows_per_second": round(count / elapsed)}


def _read_columns() -> int:
    """Reads what a row is made of from the database, without topics, and returns the number of rows."""
    from archive.models import Section

    of_version = ("number", "heading", "text", "byline", "published", "published_offset", "updated", "note")
    of_article = ("headline", "source__name", "source__zone", "kind", "language", "published", "url", "curated_fields")
    columns = [f"current__{name}" for name in (*of_version, "capture__sha256", "capture__captured")]
    columns += ["pk", "gone_id", *(f"article__{name}" for name in of_article)]
    return sum(1 for _ in Section.objects.filter(current__isnull=False).values_list(*columns).iterator())


def _export(kind: str) -> int:
    """Exports everything, and returns the number of bytes."""
    from django.test import Client

    response: Any = Client(SERVER_NAME="localhost").get(f"/export.{kind}?q=")
    assert response.streaming, response.content
    return sum(map(len, response.streaming_content))


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
