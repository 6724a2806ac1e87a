"""Commits that fail halfway, locks that are left behind, states that are lost, and indexes of other versions."""

import pytest

from search.engines.contract import BusyError, EngineError, ForeignIndexError, Origin, Request
from search.engines.opensearch import OpenSearchEngine
from search.query import Everything, Word

from ..contract import fill, ids, section
from .conftest import MakeEngine


def fail() -> None:
    raise EngineError("no answer")


def write_new(engine: OpenSearchEngine) -> None:
    """Replaces article 7 and adds article 9."""
    with engine.write() as batch:
        batch.delete_article(7)
        batch.add(section(1, 7, "new"))
        batch.add(section(4, 9, "new"))


def test_commit_that_fails_halfway_is_never_seen_by_half(
    make_engine: MakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = make_engine("index")
    fill(engine, section(1, 7, "old"), section(2, 7, "old"), section(3, 8, "old"))
    with monkeypatch.context() as failing:
        failing.setattr(engine._storage, "refresh", lambda index: fail())
        with pytest.raises(EngineError, match="no answer"):
            write_new(engine)
    assert ids(engine, Everything(), sort="oldest") == [1, 2, 3]
    assert ids(engine, Word("new")) == []
    # The next commit shows nothing of it; its changes are pending, and bring its articles back.
    fill(make_engine("index"), section(5, 10, "next"))
    assert ids(engine, Everything(), sort="oldest") == [3, 5]
    write_new(engine)
    assert ids(engine, Everything(), sort="oldest") == [1, 3, 4, 5]


def test_lock_of_a_killed_process_ends_by_itself(make_engine: MakeEngine) -> None:
    engine = make_engine("index")
    fill(engine, section(1))
    path = f"/{engine._storage.control}/_doc/lock"
    engine._cluster.call("PUT", path, {"owner": "killed", "until": 32_503_680_000})
    with pytest.raises(BusyError, match="ends after 60 seconds"), engine.write(wait_seconds=0):
        pass
    engine._cluster.call("PUT", path, {"owner": "killed", "until": 0})
    fill(engine, section(2))
    assert ids(engine, Everything(), sort="oldest") == [1, 2]


def test_lost_state_is_opened_again(make_engine: MakeEngine) -> None:
    engine = make_engine("index")
    fill(engine, section(1))
    assert ids(engine, Everything()) == [1]
    engine._cluster.call("DELETE", "/_search/point_in_time", {"pit_id": [engine._open().point]})
    assert engine.search(Request(Everything())).total == 1
    assert engine.count(Everything()) == 1


def test_index_of_another_version_is_refused_with_the_cure(make_engine: MakeEngine) -> None:
    engine = make_engine("index")
    fill(engine, section(1))
    name = engine._storage.name
    (serving,) = engine._cluster.call("GET", f"/_alias/{name}")
    actions = [
        {"remove": {"index": serving, "alias": name}},
        {"add": {"index": _copy_as(engine, f"{name}-0000000000000000-old"), "alias": name}},
    ]
    engine._cluster.call("POST", "/_aliases", {"actions": actions})
    for act in (lambda: engine.search(Request(Everything())), lambda: fill(engine, section(2))):
        with pytest.raises(EngineError, match="index rebuild"):
            act()
    assert engine.rebuild([section(3)]) == 1
    assert ids(engine, Everything()) == [3]
    # A rebuild leaves no other index of the archive.
    (kept,) = set(engine._cluster.call("GET", f"/{name}-*")) - {engine._storage.control}
    assert engine.info().generation == f"{kept}.1"


def _copy_as(engine: OpenSearchEngine, index: str) -> str:
    """Makes an empty index with a state. Returns its name."""
    keywords = {name: {"type": "keyword"} for name in ("type", "state")}
    engine._cluster.call("PUT", f"/{index}", {"mappings": {"properties": keywords}})
    state = {"type": "state", "state": '{"generation": 1, "origin": null}'}
    engine._cluster.call("PUT", f"/{index}/_doc/state", state, params={"refresh": "true"})
    return index


class OtherRecord:
    """The record of another archive."""

    def check_origin(self, origin: Origin | None) -> None:
        if origin is None or origin.archive != "mine":
            raise ForeignIndexError("The index is of another archive.")

    def empty_origin(self) -> Origin:
        return Origin("mine")


def test_index_of_another_record_serves_nothing(make_engine: MakeEngine) -> None:
    theirs = make_engine("index")
    with theirs.write() as batch:
        batch.add(section(1))
        batch.origin = Origin("theirs", 3, "2025-06-01", "2025-06-02")
    assert theirs.info().origin == Origin("theirs", 3, "2025-06-01", "2025-06-02")
    mine = OpenSearchEngine(theirs._cluster.address, record=OtherRecord())
    for act in (lambda: mine.search(Request(Everything())), lambda: fill(mine, section(2))):
        with pytest.raises(ForeignIndexError):
            act()
    assert mine.rebuild([section(2)], origin=lambda: Origin("mine", 1)) == 1
    assert ids(mine, Everything()) == [2]
    mine.close()
