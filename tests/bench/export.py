"""`export ARCHIVE|CORPUS.jsonl[.gz] [FORMAT...]`: every section of an archive in every format, through the view.

Each format is written in a process of its own, so that the memory is that of the format. Rows for each second that has
passed, and for each second of processor time, which depends less on what else the machine does; the time to the first
byte; the size of the file; the peak memory of the process, and how much of it the export added. First, what the
database alone takes to read the columns of the same rows.
"""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.paths import ROOT

from .archive import archive_of

# Set for a process that measures one format.
_ALONE = "CUTTINGS_BENCH_ALONE"
# The name of the database among those of formats.
_DATABASE = "database"
_LABELS = {
    "rows_per_second": "rows/s",
    "rows_per_cpu_second": "rows/s of processor",
    "first_byte_ms": "first byte, ms",
    "file_mb": "MB",
    "peak_mb": "peak MB",
    "added_mb": "MB added",
}


def run(arguments: Sequence[str]) -> dict[str, Any]:
    """Measures, prints and returns the figures."""
    if not arguments:
        raise SystemExit(__doc__)
    with archive_of(arguments[0]):
        from search.exports import FORMATS

        names = [name for name in (_DATABASE, *FORMATS) if name in arguments[1:] or not arguments[1:]]
        if os.environ.get(_ALONE):
            return _measure(names[0])
        return _measure_all(Path(arguments[0]).name, names)


def _measure_all(archive: str, names: Sequence[str]) -> dict[str, Any]:
    figures: dict[str, Any] = {"archive": archive}
    print(" " * 10 + "".join(f"{label:>{len(label) + 3}}" for label in _LABELS.values()))
    for name in names:
        figures[name] = found = _measure_alone(name)
        cells = (f"{found.get(key, ''):>{len(label) + 3}}" for key, label in _LABELS.items())
        print(f"{name:10}" + "".join(cells), flush=True)
    print(f"{archive}: {figures[names[0]]['rows']:,} sections")
    return figures


def _measure_alone(name: str) -> dict[str, Any]:
    """Measures a format in a process of its own."""
    command = [sys.executable, "-m", "tests.bench", "export", os.environ["ARCHIVE_HOME"], name, "--json"]
    alone = os.environ | {_ALONE: "1"}
    done = subprocess.run(command, cwd=ROOT, env=alone, stdout=subprocess.PIPE, text=True, check=True)
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _measure(name: str) -> dict[str, Any]:
    """Measures a format, or the database, in this process."""
    rows = count_rows()
    if name == _DATABASE:
        return _time(_read_columns(), rows)
    # The first export of a process loads what all of them need.
    list(export(name, "&first=1"))
    before = _peak_mb()
    figures = _time(export(name), rows)
    return figures | {"peak_mb": round(_peak_mb()), "added_mb": round(_peak_mb() - before)}


def _time(pieces: Iterable[bytes], rows: int) -> dict[str, Any]:
    """Takes the pieces of a file, and returns how fast they came."""
    cpu, start = time.process_time(), time.perf_counter()
    size_bytes, first = 0, None
    for piece in pieces:
        size_bytes += len(piece)
        if first is None:
            first = time.perf_counter() - start
    cpu, elapsed = time.process_time() - cpu, time.perf_counter() - start
    speed = {"rows_per_second": round(rows / elapsed), "rows_per_cpu_second": round(rows / cpu)}
    if not size_bytes:
        return {"rows": rows, **speed}
    return {"rows": rows, **speed, "first_byte_ms": round(1000 * (first or 0)), "file_mb": round(size_bytes / 1e6)}


def count_rows() -> int:
    """Returns how many sections have words."""
    from archive.models import Section

    return Section.objects.filter(current__isnull=False).count()


def _read_columns() -> Iterator[bytes]:
    """Reads what a row is made of from the database, without topics; yields nothing of it."""
    from archive.models import Section

    of_version = ("number", "heading", "text", "byline", "published", "published_offset", "updated", "note")
    of_article = ("headline", "source__name", "source__zone", "kind", "language", "published", "url", "curated_fields")
    columns = [f"current__{name}" for name in (*of_version, "capture__sha256", "capture__captured")]
    columns += ["pk", "gone_id", *(f"article__{name}" for name in of_article)]
    for _ in Section.objects.filter(current__isnull=False).values_list(*columns).iterator():
        yield b""


def export(kind: str, options: str = "") -> Iterator[bytes]:
    """Asks for everything, and yields the pieces that the view sends."""
    from django.test import Client

    response: Any = Client(SERVER_NAME="localhost").get(f"/export.{kind}?q={options}")
    assert response.streaming, response.content
    yield from response.streaming_content


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
