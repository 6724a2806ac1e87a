"""Search engines: what an engine promises (`contract`), the limits of a query (`deadline`, `turns`), and the engines.

Pure: no Django, no database. An engine knows the tree of a query, and nothing of how people write it. Only
`search.index` imports `search.engines.whoosh` and `search.engines.opensearch`, and decides which serves; index,
results, articles and pages import the contract from here.
"""

from .contract import (
    TIME_LIMIT_SECONDS,
    Batch,
    ClientGoneError,
    DateSpan,
    Document,
    Engine,
    EngineError,
    Expansion,
    Explanation,
    FieldValue,
    Filter,
    ForeignIndexError,
    Histogram,
    HistogramInterval,
    Hit,
    MissingIndexError,
    Origin,
    OverloadedError,
    ProgressCallback,
    QueryLimitError,
    Reader,
    Record,
    Request,
    Results,
    ScannedArticle,
    Sort,
    Unit,
)
from .deadline import check_time, stop_when, time_limit
from .features import Features
from .statements import FoundStatement, SaidText, SpeakerStatements, StatementList
from .tree_rules import condition_of_statements

__all__ = [
    "TIME_LIMIT_SECONDS",
    "Batch",
    "ClientGoneError",
    "DateSpan",
    "Document",
    "Engine",
    "EngineError",
    "Expansion",
    "Explanation",
    "Features",
    "FieldValue",
    "Filter",
    "ForeignIndexError",
    "FoundStatement",
    "Histogram",
    "HistogramInterval",
    "Hit",
    "MissingIndexError",
    "Origin",
    "OverloadedError",
    "ProgressCallback",
    "QueryLimitError",
    "Reader",
    "Record",
    "Request",
    "Results",
    "SaidText",
    "ScannedArticle",
    "Sort",
    "SpeakerStatements",
    "StatementList",
    "Unit",
    "check_time",
    "condition_of_statements",
    "stop_when",
    "time_limit",
]
