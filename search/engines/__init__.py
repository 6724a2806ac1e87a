"""What any engine promises (`contract`), how long a query may take (`deadline`), and the engines themselves.

Pure: no Django. The contract knows the query tree and no engine; `search.index` alone knows which engine serves.
"""

from .contract import (
    TIME_LIMIT_SECONDS,
    Batch,
    Document,
    Engine,
    EngineError,
    Expansion,
    Explanation,
    Filter,
    Histogram,
    Hit,
    Interval,
    Progress,
    QueryLimitError,
    Request,
    Sort,
    Span,
    Unit,
    Value,
)
from .deadline import check_time, time_limit

__all__ = [
    "TIME_LIMIT_SECONDS",
    "Batch",
    "Document",
    "Engine",
    "EngineError",
    "Expansion",
    "Explanation",
    "Filter",
    "Histogram",
    "Hit",
    "Interval",
    "Progress",
    "QueryLimitError",
    "Request",
    "Sort",
    "Span",
    "Unit",
    "Value",
    "check_time",
    "time_limit",
]
