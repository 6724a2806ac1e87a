"""What a node answers when it refuses, fails or says nothing, as errors that name the cure. Needs no node."""

import socket
from collections.abc import Iterator

import pytest

from search.engines.contract import BusyError, EngineError, OverloadedError, QueryLimitError, UnavailableError
from search.engines.opensearch import ClusterAddress
from search.engines.opensearch.cluster import Cluster, ConflictError, GoneSnapshotError, NotFoundError, explain_status

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
        (401, "Unauthorized", UnavailableError, "user or the password"),
        (503, "no_shard_available_action_exception", UnavailableError, "no working copy"),
        (
            503,
            "unavailable_shards_exception: Not enough active copies",
            UnavailableError,
            "Pending changes stay pending",
        ),
        (500, "null_pointer_exception", UnavailableError, "answered 500"),
    ],
)
def test_answer_of_a_node_is_explained(status: int, reason: str, kind: type[EngineError], message: str) -> None:
    error = explain_status(status, reason, WHERE)
    assert type(error) is kind
    assert not isinstance(error, BusyError)
    with pytest.raises(kind, match=f"(?s){message}"):
        raise error


@pytest.fixture
def silent() -> Iterator[Cluster]:
    """A cluster whose only node takes connections, and never answers."""
    pytest.importorskip("opensearchpy", reason="opensearch-py is not installed: make test-opensearch installs it")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        cluster = Cluster(ClusterAddress((("127.0.0.1", listening.getsockname()[1]),), "news"))
        yield cluster
        cluster.close()


def test_node_that_does_not_answer_in_time_is_reported(silent: Cluster) -> None:
    with pytest.raises(UnavailableError, match=r"news did not answer in time\. Pending changes stay pending"):
        silent.call("GET", "/", timeout_seconds=0.05)


def test_node_that_is_gone_is_reported() -> None:
    pytest.importorskip("opensearchpy", reason="opensearch-py is not installed: make test-opensearch installs it")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    cluster = Cluster(ClusterAddress((("127.0.0.1", port),), "news", user="ada", password="hidden"))
    with pytest.raises(UnavailableError, match=r"cannot be reached.*correct ARCHIVE_SEARCH_ENGINE") as caught:
        cluster.call("GET", "/")
    assert "hidden" not in str(caught.value)
    cluster.close()
