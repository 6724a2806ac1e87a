"""Engines on a cluster that runs beside the tests: see `nodes`. Without one, the tests of this folder are skipped."""

import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from search.engines.opensearch import OpenSearchEngine, read_address
from search.engines.opensearch.cluster import Cluster

ADDRESS = os.environ.get("CUTTINGS_TEST_OPENSEARCH", "")

# Makes an engine of the index with a name: of the same for the same name within a test.
MakeEngine = Callable[[str], OpenSearchEngine]


@pytest.fixture
def make_engine() -> Iterator[MakeEngine]:
    """Makes engines, whose indexes are deleted after the test."""
    if not ADDRESS:
        pytest.skip("no OpenSearch: python -m tests.search.engines.opensearch.nodes runs tests with it")
    prefix = f"t{secrets.token_hex(6)}"
    address = read_address(ADDRESS)
    engines: list[OpenSearchEngine] = []

    def make(name: str = "index") -> OpenSearchEngine:
        engines.append(OpenSearchEngine(replace(address, name=f"{prefix}-{name}")))
        return engines[-1]

    yield make
    for engine in engines:
        engine.close()
    cluster = Cluster(address)
    for index in cluster.call("GET", f"/{prefix}-*"):
        cluster.call("DELETE", f"/{index}")
    cluster.close()
