"""`suggest ARCHIVE|CORPUS.jsonl[.gz] [COUNT]`: suggestions while somebody types.

The prefixes are words of the archive's headlines, cut at any letter, each alone and after the words before it; and
every single letter. Each runs three times, and the fastest counts, since the machine may be shared. The very first
also reads what the others use, and is reported separately.
"""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from string import ascii_lowercase
from typing import Any

import numpy as np

from .archive import archive_of

_MAX_SHOWN = 5
_RUNS = 3


def run(arguments: Sequence[str]) -> dict[str, Any]:
    """Measures and prints; returns the figures."""
    if not arguments:
        raise SystemExit(__doc__)
    with archive_of(arguments[0]):
        return measure(Path(arguments[0]).name, int(arguments[1]) if len(arguments) > 1 else 3000)


def measure(name: str, count: int) -> dict[str, Any]:
    """Measures, prints and returns the figures, once Django is set up."""
    from archive.models import Article
    from search.index.current import engine
    from search.results.suggestions import suggest

    chance = Random(1)
    headlines = list(Article.objects.order_by("pk").values_list("headline", flat=True))
    classes: dict[str, list[str]] = {
        "one letter": list(ascii_lowercase),
        "a word": [],
        "after other words": [],
        "in a field": [f"{field}:{letter}" for field in ("source", "topic", "byline") for letter in ascii_lowercase],
        "in a text field": [f"{field}:{letter}" for field in ("headline", "text") for letter in ascii_lowercase],
    }
    while len(classes["after other words"]) < count // 2:
        words = chance.choice(headlines).split()
        if len(words) > 1:
            at = chance.randrange(1, len(words))
            cut = words[at][: chance.randint(1, len(words[at]))]
            classes["a word"].append(cut)
            classes["after other words"].append(" ".join([*words[max(at - 3, 0) : at], cut]))
    now = datetime(2025, 6, 3, 12, tzinfo=UTC)

    def timed(q: str) -> float:
        started = time.perf_counter()
        suggest(q, now=now)
        return (time.perf_counter() - started) * 1000

    engine().info()
    first = timed("t")
    figures: dict[str, Any] = {"sections": engine().info().documents, "first_ms": round(first, 2), "classes": {}}
    print(f"{name}: {figures['sections']:,} sections, {len(headlines):,} headlines; the first {first:.1f} ms")
    print(f"{'':<22}{'prefixes':>10}{'median ms':>12}{'99th':>8}{'worst':>8}")
    for title, prefixes in classes.items():
        times = [min(timed(q) for _ in range(_RUNS)) for q in prefixes]
        median, high, worst = np.percentile(times, (50, 99, 100)).tolist()
        slowest = sorted(zip(times, prefixes, strict=True), reverse=True)[:_MAX_SHOWN]
        figures["classes"][title] = {"prefixes": len(prefixes), "median_ms": median, "p99_ms": high, "worst_ms": worst}
        print(f"{title:<22}{len(prefixes):>10,}{median:>12.2f}{high:>8.2f}{worst:>8.2f}   {[q for _, q in slowest]}")
    return figures
