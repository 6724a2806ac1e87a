"""How soon documents that come in are found, and how long a search takes meanwhile. Part of `ingest`.

Another process ingests. This one looks several times a second which articles are recorded and which are indexed, and
asks questions of one word, before the ingest and beside it.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from tests.paths import ROOT

_POLL_SECONDS = 0.1
_QUESTIONS = ("government", "president", "market", "police", "minister", "court", "city", "war", "health", "school")
_ROUNDS_BEFORE = 10


def measure(path: Path) -> dict[str, float]:
    """Ingests a file into the archive, which has articles; returns seconds and milliseconds, by the clock.

    A document counts as found when the index that serves has it, measured from the first look that saw it recorded.
    """
    _ask()
    before = [_timed(_ask) for _ in range(_ROUNDS_BEFORE)]
    known = _recorded()
    recorded: dict[int, float] = {}
    found: dict[int, float] = {}
    beside = []
    for _ in _while_ingesting(path):
        now = time.monotonic()
        recorded |= dict.fromkeys(_recorded() - known - recorded.keys(), now)
        if recorded.keys() - found.keys():
            indexed = _indexed()
            now = time.monotonic()
            found |= dict.fromkeys(recorded.keys() & indexed - found.keys(), now)
        beside.append(_timed(_ask))
    delays = sorted(found[pk] - at for pk, at in recorded.items() if pk in found)
    return {
        "articles recorded meanwhile": len(recorded),
        "articles that were found while it went on": len(delays),
        "seconds until one is found, median": median(delays) if delays else 0.0,
        "seconds until one is found, 19 of 20": delays[len(delays) * 19 // 20] if delays else 0.0,
        "seconds until one is found, worst": delays[-1] if delays else 0.0,
        "ms of a search before, median": 1000 * median(before),
        "ms of a search meanwhile, median": 1000 * median(beside),
    }


def _while_ingesting(path: Path) -> Iterator[None]:
    command = [sys.executable, str(ROOT / "manage.py"), "ingest", str(path)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None:
        time.sleep(_POLL_SECONDS)
        yield
    yield


def _recorded() -> set[int]:
    from archive.models import Article

    return set(Article.objects.values_list("pk", flat=True))


def _indexed() -> set[int]:
    from archive.models import Section
    from search.engines import Request
    from search.index import shown_index
    from search.query.tree import Everything

    sections = set(shown_index().scan(Request(Everything())))
    pairs = Section.objects.values_list("pk", "article_id")
    return {article for section, article in pairs if section in sections}


def _ask() -> None:
    from search.engines import Request
    from search.index import shown_index
    from search.query import parse

    for word in _QUESTIONS:
        shown_index().search(Request(parse(word, now=datetime.now(UTC)).tree))


def _timed(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) / len(_QUESTIONS)
