"""Search engines: what an engine promises (`contract`), the time limit of a query (`deadline`), and the engine itself.

Pure: no Django, no database. An engine knows the tree of a query, and nothing of how people write it. Only
`search.index` imports `search.engines.whoosh` and decides that it serves; index, results, articles and pages import
the contract from here.
"""

from .contract import (
    TIME_LIMIT_SECONDS,
    Batch,
    DateSpan,
    Document,
    Engine,
    EngineError,
    Expansion,
    Explanation,
    FieldValue,
    Filter,
    Histogram,
    HistogramInterval,
    Hit,
    ProgressCallback,
    QueryLimitError,
    Request,
    Sort,
    Unit,
)
from .deadline import check_time, time_limit

__all__ = [
    "TIME_LIMIT_SECONDS",
    "Batch",
    "DateSpan",
    "Document",
    "Engine",
    "EngineError",
    "Expansion",
    "Explanation",
    "FieldValue",
    "Filter",
    "Histogram",
    "HistogramInterval",
    "Hit",
    "ProgressCallback",
    "QueryLimitError",
    "Request",
    "Sort",
    "Unit",
    "check_time",
    "time_limit",
]
