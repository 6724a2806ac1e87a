"""`fuzz ARCHIVE|CORPUS.jsonl[.gz] [COUNT [SEED]]`: generated and mutated queries through the whole search.

Each runs as on the search page: the answer with its facets and marked passages, then the corrections. The outcome must
be an answer, a QueryError or a QueryLimitError, and it must come within GRACE_SECONDS after the time limit. Processor
time is measured, since a query may take longer by the clock on a shared machine.
"""

import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from search.engines.contract import TIME_LIMIT_SECONDS, QueryLimitError
from search.engines.deadline import time_limit
from tests.search.generated import make_query

from .archive import archive_of

# How long after its limit a query may end: the longest work between two checks of the time.
GRACE_SECONDS = 0.1
_MAX_SHOWN = 10
_NOW = datetime(2025, 6, 3, 12, tzinfo=UTC)


def run(arguments: Sequence[str]) -> dict[str, Any]:
    """Runs the queries and prints; returns the figures."""
    if not arguments:
        raise SystemExit(__doc__)
    count, seed = (int(argument) for argument in (*arguments[1:], *("1000", "1")[len(arguments) - 1 :]))
    with archive_of(arguments[0]):
        return _run(Path(arguments[0]).name, count, seed)


def _run(name: str, count: int, seed: int) -> dict[str, Any]:
    from search.results.question import Question

    chance = Random(seed)
    outcomes: Counter[str] = Counter()
    seconds: list[float] = []
    max_processor_seconds = 0.0
    slowest: list[tuple[float, str, str]] = []
    for number in range(count):
        question = Question(
            q=make_query(chance),
            unit=chance.choice(("section", "section", "article")),
            sort=chance.choice(("", "", "newest")),
            page=chance.choice((1, 1, 1, 7)),
        )
        started, processor = time.perf_counter(), time.thread_time()
        outcome = _outcome_of(question, f"query {number} of seed {seed}")
        took = time.perf_counter() - started
        max_processor_seconds = max(max_processor_seconds, time.thread_time() - processor)
        outcomes[outcome] += 1
        seconds.append(took)
        slowest = sorted([*slowest, (took, outcome, repr(question.q))], reverse=True)[:_MAX_SHOWN]
        if number % 1000 == 999:
            print(f"{number + 1:,}: {dict(outcomes)}, slowest {slowest[0][0]:.3f} s", flush=True)
    median, high = np.percentile(seconds, (50, 99)).tolist()
    print(f"{name}, seed {seed}, {count:,} queries: {dict(outcomes)}")
    print(f"median {median * 1000:.1f} ms, 99th percentile {high * 1000:.0f} ms")
    verdict = "within" if max_processor_seconds <= TIME_LIMIT_SECONDS + GRACE_SECONDS else "PAST"
    limit = f"{TIME_LIMIT_SECONDS:g} s and {GRACE_SECONDS:g}"
    print(f"most processor time {max_processor_seconds:.3f} s, {verdict} {limit}; the slowest:")
    for took, outcome, text in slowest:
        print(f"  {took:.3f} s  {outcome}  {text[:140]}")
    return {
        "queries": count,
        "seed": seed,
        "outcomes": dict(outcomes),
        "median_ms": round(median * 1000, 2),
        "p99_ms": round(high * 1000, 1),
        "slowest_ms": round(slowest[0][0] * 1000),
        "most_processor_ms": round(max_processor_seconds * 1000),
    }


def _outcome_of(question: Any, label: str) -> str:
    """Returns how a question ends: in an answer, in an error for its author, or in a fault, which is printed."""
    from search.fields import PAGE_FACETS
    from search.query.parsed import QueryError
    from search.results.advice import advise
    from search.results.answers import answer_question
    from search.results.facets import MAX_FACET_VALUES

    try:
        with time_limit(TIME_LIMIT_SECONDS):
            answer = answer_question(question, now=_NOW, facets=PAGE_FACETS, facet_limit=MAX_FACET_VALUES)
            advise(answer, now=_NOW)
    except QueryError:
        return "not readable"
    except QueryLimitError:
        return "over the limit"
    except Exception as error:  # a fault, which this looks for
        print(f"{type(error).__name__} in {label}: {error}\n  {question}")
        return type(error).__name__
    return "answered"
