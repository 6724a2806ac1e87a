"""What any engine promises (`contract`), how long a query may take (`deadline`), and the engines themselves.

Pure: no Django. The contract knows the query tree and no engine; `search.index` alone knows which engine serves.
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
