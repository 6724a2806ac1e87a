"""OpenSearchEngine: the engine of an index in an OpenSearch cluster, with the methods of `contract.Engine`.

address, cluster      where the nodes are; requests, and what they fail with
mapping, sections     how a section is laid out
lease, writing        the lock, commits, rebuilds
snapshot, reading     one state of the index; every question
values, operands, addresses, scripts, statements, translation   a query tree as a query of the cluster
hits, searching, counting, explaining, suggesting               requests and their results
"""

import contextlib
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import Any

from ..contract import (
    Batch,
    Document,
    EngineError,
    Fingerprint,
    Info,
    Origin,
    RebuildProgress,
    Record,
    ValuesOfArticles,
)
from ..deadline import MAX_EXTRA_SECONDS
from .address import ClusterAddress
from .cluster import Cluster, GoneSnapshotError, NotFoundError
from .reading import ClusterReader, MaskedClusterReader
from .snapshot import KEEP_ALIVE, Mask, Snapshot
from .writing import STATE, CommittingBatch, State, Storage, build_index, schema_of

_MAX_OPEN_ATTEMPTS = 20
_CREATE_WAIT_SECONDS = 10.0
_RETRY_SECONDS = 0.1
# Longer than any question reads a state.
_KEEP_SECONDS = MAX_EXTRA_SECONDS + 30


class OpenSearchEngine(ClusterReader):
    """An index in a cluster. Its public methods are those of `contract.Engine`. Threads may share an instance.

    With a `record`, only an index of this record serves. It is asked when a state is opened, not by each search.
    """

    def __init__(self, address: ClusterAddress, *, record: Record | None = None) -> None:
        self._cluster = Cluster(address)
        self._storage = Storage(self._cluster)
        self._record = record
        self._snapshot: Snapshot | None = None
        # States that were open before, each with the time since when it is not the newest.
        self._replaced: list[tuple[float, str]] = []
        self._opening = threading.Lock()

    # --- reading; searching is in `reading` ---

    def without(self, article_ids: Collection[int], *, values: ValuesOfArticles | None = None) -> ClusterReader:
        masked = {
            article: {name: _as_tuple(value) for name, value in of.items()} for article, of in (values or {}).items()
        }
        return MaskedClusterReader(self, Mask(frozenset(article_ids), masked))

    def fingerprints(self) -> Iterator[Fingerprint]:
        def read(snapshot: Snapshot) -> Iterator[list[Any]]:
            order = [{"article": "asc"}, {"section": "asc"}]
            return snapshot.scan(snapshot.among(), order, ("article", "section", "fingerprint"))

        rows = read(self._open())
        try:
            first = next(rows, None)
        except GoneSnapshotError:
            rows = read(self._open(anew=True))
            first = next(rows, None)
        if first is None:
            return iter(())
        return ((article, section, text or "") for article, section, text in chain([first], rows))

    def check_files(self) -> list[str]:
        """Asks the cluster for copies that are missing or damaged: each node compares its checksums by itself."""
        self._open()
        index = self._storage.find_serving()
        health = self._cluster.call("GET", f"/_cluster/health/{index}", params={"level": "shards"})
        if health["status"] == "red":
            return [f"the index {index} has no working copy"]
        return []

    def info(self) -> Info:
        snapshot = self._open()
        index = snapshot.generation.rpartition(".")[0]
        stats = self._cluster.call("GET", f"/{index}/_stats/store,segments")["_all"]["primaries"]
        return Info(
            documents=snapshot.documents,
            segments=stats["segments"]["count"],
            size_bytes=stats["store"]["size_in_bytes"],
            generation=snapshot.generation,
            schema=schema_of(index, self._storage.name),
            origin=snapshot.origin,
        )

    def close(self) -> None:
        with self._opening:
            points = [point for _, point in self._replaced] + ([self._snapshot.point] if self._snapshot else [])
            self._snapshot, self._replaced = None, []
        self._forget(points)
        self._cluster.close()

    # --- writing ---

    @contextmanager
    def write(self, *, wait_seconds: float = 10.0) -> Iterator[Batch]:
        with self._storage.locked(wait_seconds) as lease:
            index = self._find_or_create()
            self._storage.check_schema(index)
            state = self._storage.state_in(self._storage.read_state(index))
            if self._record is not None:
                self._record.check_origin(state.origin)
            batch = CommittingBatch(self._storage, index, state, lease)
            yield batch
            batch.commit()

    def rebuild(
        self,
        documents: Iterable[Document],
        *,
        origin: Callable[[], Origin] | None = None,
        wait_seconds: float = 10.0,
        progress: RebuildProgress | None = None,
    ) -> int:
        def reported() -> Iterator[Document]:
            for count, document in enumerate(documents, start=1):
                yield document
                if progress:
                    progress(count)

        with self._storage.locked(wait_seconds) as lease:
            return build_index(self._storage, reported(), origin, lease)

    def _find_or_create(self) -> str:
        """Returns the index that serves; creates an empty one for an empty record. Needs the lock.

        Raises MissingIndexError if there is no index and the record has sections.
        """
        serving = self._storage.find_serving()
        if serving is None:
            origin = self._record.empty_origin() if self._record else None
            serving = self._storage.create(State(0, origin))
            self._storage.serve(serving)
        return serving

    # --- opening ---

    def _open(self, *, anew: bool = False) -> Snapshot:
        """Returns the newest state. If it is open already, the cost is one request. Raises EngineError."""
        for attempt in range(_MAX_OPEN_ATTEMPTS):
            found = self._storage.find_state()
            if found is None:
                if self._record:
                    # Before the lock, which the first rebuild has for long.
                    self._record.empty_origin()
                with self._storage.locked(_CREATE_WAIT_SECONDS):
                    self._find_or_create()
                continue
            index, state = found
            self._storage.check_schema(index)
            snapshot = self._snapshot
            if snapshot is not None and snapshot.generation == f"{index}.{state.generation}" and not anew:
                return snapshot
            try:
                return self._refresh(index)
            except (NotFoundError, GoneSnapshotError):
                # A rebuild is replacing the index.
                if attempt == _MAX_OPEN_ATTEMPTS - 1:
                    raise
                time.sleep(_RETRY_SECONDS)
        raise EngineError("The index is replaced again and again. Ask again.")

    def _refresh(self, index: str) -> Snapshot:
        """Opens the newest state of an index. Some requests."""
        point = self._cluster.call("POST", f"/{index}/_search/point_in_time", params={"keep_alive": KEEP_ALIVE})
        probe = Snapshot(self._cluster, point["pit_id"], "", None, Mask())
        query = {"query": {"term": {"type": STATE}}, "docvalue_fields": ["state"], "size": 1}
        state = self._storage.state_in(probe.ask(query))
        if self._record is not None:
            self._record.check_origin(state.origin)
        snapshot = Snapshot(self._cluster, probe.point, f"{index}.{state.generation}", state.origin, Mask())
        with self._opening:
            if self._snapshot is not None:
                self._replaced.append((time.monotonic(), self._snapshot.point))
            self._snapshot = snapshot
            kept_since = time.monotonic() - _KEEP_SECONDS
            ended = [replaced for at, replaced in self._replaced if at < kept_since]
            self._replaced = [(at, replaced) for at, replaced in self._replaced if at >= kept_since]
        self._forget(ended)
        return snapshot

    def _forget(self, points: list[str]) -> None:
        """Lets the cluster forget states that no question reads any more: it keeps a few hundred at most."""
        if points:
            with contextlib.suppress(EngineError):
                self._cluster.call("DELETE", "/_search/point_in_time", {"pit_id": points})


def _as_tuple(value: str | tuple[str, ...]) -> tuple[str, ...]:
    values = (value,) if isinstance(value, str) else value
    return tuple(dict.fromkeys(part for part in values if part))
