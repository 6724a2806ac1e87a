"""What a node answers when it refuses or fails, as errors that name the cure. Needs no node."""

import pytest

from search.engines.contract import BusyError, EngineError, OverloadedError, QueryLimitError
from search.engines.opensearch.cluster import ConflictError, GoneSnapshotError, NotFoundError, explain_status

WHERE = "opensearch://node:9200/news"


@pytest.mark.parametrize(
    ("status", "reason", "kind", "message"),
    [
        (404, "search_context_missing_exception: No search context found", GoneSnapshotError, "Ask again"),
        (404, "index_not_found_exception: no such index [news]", NotFoundError, "index rebuild"),
        (409, "version_conflict_engine_exception", ConflictError, "Another process"),
        (429, "rejected_execution_exception", OverloadedError, "busy"),
        (429, "circuit_breaking_exception: Data too large", QueryLimitError, "memory"),
        (
            400,
            "script_exception: The maximum number of statements that can be executed in a loop",
            QueryLimitError,
            "",
        ),
        (400, "too_many_nested_clauses: maxClauseCount is set to 1024", QueryLimitError, "rarer words"),
        (403, "cluster_block_exception: disk usage exceeded flood-stage watermark", EngineError, "disk.*is full"),
        (401, "Unauthorized", EngineError, "user or the password"),
        (503, "no_shard_available_action_exception", EngineError, "no working copy"),
        (503, "unavailable_shards_exception: Not enough active copies", EngineError, "Pending changes stay pending"),
        (500, "null_pointer_exception", EngineError, "answered 500"),
    ],
)
def test_answer_of_a_node_is_explained(status: int, reason: str, kind: type[EngineError], message: str) -> None:
    error = explain_status(status, reason, WHERE)
    assert type(error) is kind
    assert not isinstance(error, BusyError)
    with pytest.raises(kind, match=f"(?s){message}"):
        raise error
