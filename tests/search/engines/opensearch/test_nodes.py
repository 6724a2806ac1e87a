"""Three nodes of which one is killed while documents come in and people search: nothing is lost or seen by half."""

import threading
from collections.abc import Iterator

import pytest

from search.engines.contract import Document, EngineError, Request, UnavailableError
from search.engines.opensearch import OpenSearchEngine, read_address
from search.query import Everything, Word

from .conftest import ADDRESS
from .nodes import Nodes, running

pytestmark = pytest.mark.slow

ARTICLES = 40
STATES = 12
KILL_AT = 4


@pytest.fixture(scope="module")
def nodes() -> Iterator[Nodes]:
    if not ADDRESS:
        pytest.skip("no OpenSearch: python -m tests.search.engines.opensearch.nodes runs tests with it")
    with running(3) as started:
        yield started


def make_engine(nodes: Nodes, name: str) -> OpenSearchEngine:
    return OpenSearchEngine(read_address(f"opensearch://{nodes.hosts}/{name}?replicas=1"))


def write_state(engine: OpenSearchEngine, state: int) -> None:
    """Replaces all articles by a new state."""
    with engine.write(wait_seconds=120) as batch:
        for article in range(1, ARTICLES + 1):
            batch.delete_article(article)
            batch.add(Document(article, article, {"text": f"state{state} and more"}, str(state)))


class Searcher(threading.Thread):
    """Searches all the time, and keeps each state that it sees."""

    def __init__(self, engine: OpenSearchEngine) -> None:
        super().__init__()
        self._engine = engine
        self._ends = threading.Event()
        self.totals: set[int] = set()
        self.refused: list[str] = []

    def run(self) -> None:
        while not self._ends.is_set():
            try:
                self.totals.add(self._engine.search(Request(Word("more"), limit=3)).total)
            except EngineError as error:
                self.refused.append(str(error))

    def end(self) -> None:
        self._ends.set()
        self.join()


def test_killed_node_loses_nothing_that_was_written(nodes: Nodes) -> None:
    writer, reader = make_engine(nodes, "killed"), make_engine(nodes, "killed")
    write_state(writer, 1)
    nodes.wait_for(3)
    primary = _node_of_primary(writer)
    searcher = Searcher(reader)
    searcher.start()
    written = 1
    killer = threading.Thread(target=nodes.nodes[primary].end)
    try:
        for state in range(2, STATES + 1):
            if state == KILL_AT:
                killer.start()
            # As `index follow` does: what fails stays pending, and is written again.
            for _ in range(20):
                try:
                    write_state(writer, state)
                except EngineError:
                    continue
                written = state
                break
    finally:
        searcher.end()
        killer.join()
    assert written == STATES
    assert searcher.totals == {ARTICLES}
    known = ("cannot be reached", "no working copy", "did not answer in time")
    assert [text for text in searcher.refused if not any(part in text for part in known)] == []
    assert {state for _, _, state in writer.fingerprints()} == {str(written)}
    assert sorted(reader.scan(Request(Everything()))) == list(range(1, ARTICLES + 1))
    nodes.nodes[primary].start()
    nodes.wait_for(3)
    write_state(writer, written + 1)
    assert reader.search(Request(Word(f"state{written + 1}"))).total == ARTICLES
    assert reader.search(Request(Word(f"state{written}"))).total == 0
    for engine in (writer, reader):
        engine.close()


def test_cluster_that_is_gone_is_reported_with_the_cure_and_serves_again(nodes: Nodes) -> None:
    engine = make_engine(nodes, "gone")
    write_state(engine, 1)
    for node in nodes.nodes:
        node.end()
    for act in (lambda: engine.search(Request(Everything())), lambda: write_state(engine, 2)):
        with pytest.raises(UnavailableError, match=r"cannot be reached.*Pending changes stay pending"):
            act()
    nodes.start()
    # What was open is gone with the nodes, and what was acknowledged is on their disks.
    assert {state for _, _, state in engine.fingerprints()} == {"1"}
    write_state(engine, 3)
    assert {state for _, _, state in engine.fingerprints()} == {"3"}
    engine.close()


def _node_of_primary(engine: OpenSearchEngine) -> int:
    cluster = engine._cluster
    shards = cluster.call("GET", f"/_cat/shards/{cluster.address.name}", params={"format": "json", "h": "prirep,node"})
    (name,) = (shard["node"] for shard in shards if shard["prirep"] == "p")
    return int(name.removeprefix("node"))
