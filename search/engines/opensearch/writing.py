"""Writing an index in a cluster: which index serves, commits that are seen as a whole, and rebuilds beside it.

    NAME                     the alias of the index that serves
    NAME-SCHEMA-RANDOM       an index; SCHEMA is the hash of `mapping.schema`
    NAME-control             the lock, and what an unfinished commit was about to change

A cluster has no transactions. What a commit changes is sent only once the batch is complete, and is seen with the
refresh at its end, together with the document that names its generation and its origin. A commit that fails halfway
leaves the ids that it touched in NAME-control: the next one removes those sections that it does not write itself, so
that none is ever seen half changed. Their changes are still pending, and bring them back. Only `engine` imports this.
"""

import contextlib
import json
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from ..contract import Document, EngineError, Origin
from .cluster import Cluster, NotFoundError, explain_status, to_lines
from .lease import Lease
from .mapping import index_body, schema
from .sections import build_article, build_body

STATE = "state"
_UNFINISHED = "unfinished"
# Of a request with changes: large enough to be cheap, small enough to be kept in memory on both sides.
_BULK_CHARS = 4_000_000
_BULK_ATTEMPTS = 6
# A busy node takes its time to open the first copy of a new index.
_CREATION = {"wait_for_active_shards": 1, "timeout": "50s", "cluster_manager_timeout": "50s"}
_RETRY_SECONDS = 0.25
# Every question asks for the newest state first: a node that hangs must not keep its reader for long.
_STATE_SECONDS = 15.0
# After the primary copy has all documents, the others may copy them so long before the new index serves.
_COPY_SECONDS = 600


@dataclass(frozen=True)
class State:
    """A state of an index: its generation, which counts its commits, and the record that it is of."""

    generation: int
    origin: Origin | None

    def to_text(self) -> str:
        """Returns the state as it is stored."""
        return json.dumps({"generation": self.generation, "origin": asdict(self.origin) if self.origin else None})

    @staticmethod
    def from_text(text: str) -> "State":
        """Returns a state that was stored."""
        stored = json.loads(text)
        return State(int(stored["generation"]), Origin(**stored["origin"]) if stored["origin"] else None)


class Storage:
    """The indexes of one name in a cluster."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.name = cluster.address.name
        self.control = f"{self.name}-control"
        self._has_control = False

    # --- which index serves ---

    def find_serving(self) -> str | None:
        """Returns the name of the index that serves; None if there is none."""
        try:
            aliases = self.cluster.call("GET", f"/_alias/{self.name}")
        except NotFoundError:
            return None
        return next(iter(aliases), None)

    def check_schema(self, index: str) -> None:
        """Raises EngineError if an index was built with other fields, analysis or layout."""
        if schema_of(index, self.name) != schema():
            raise EngineError(
                "The index was built by another version of the archive. Rebuild it: `manage.py index rebuild`."
            )

    def find_state(self) -> tuple[str, State] | None:
        """Returns the index that serves, and the state of it that searches see; None if none serves. One request."""
        try:
            answer = self.read_state(self.name)
        except NotFoundError:
            return None
        state = self.state_in(answer)
        return answer["hits"]["hits"][0]["_index"], state

    def read_state(self, index: str) -> dict[str, Any]:
        """Returns the answer to a search for the state of an index."""
        answer: dict[str, Any] = self.cluster.call(
            "POST",
            f"/{index}/_search",
            {"query": {"term": {"type": STATE}}, "_source": False, "docvalue_fields": ["state"], "size": 1},
            params={"allow_partial_search_results": "false"},
            timeout_seconds=_STATE_SECONDS,
        )
        return answer

    def state_in(self, answer: dict[str, Any]) -> State:
        """Returns the state that a search for it found."""
        hits = answer["hits"]["hits"]
        if not hits:
            raise EngineError("The index has no state. Rebuild it: `manage.py index rebuild`.")
        return State.from_text(hits[0]["fields"]["state"][0])

    # --- locks ---

    @contextmanager
    def locked(self, wait_seconds: float) -> Iterator[Lease]:
        """Keeps other writers out of the block. Raises BusyError."""
        self._ensure_control()
        lease = Lease(self.cluster, self.control)
        lease.acquire(wait_seconds)
        try:
            yield lease
        finally:
            lease.release()

    def _ensure_control(self) -> None:
        if self._has_control:
            return
        settings = {
            "index": {
                "number_of_shards": 1,
                "number_of_replicas": self.cluster.address.replicas,
                "refresh_interval": "-1",
            }
        }
        try:
            body = {"settings": settings, "mappings": {"dynamic": False}}
            self.cluster.call("PUT", f"/{self.control}", body, params=_CREATION)
        except EngineError:
            # Another process may have made it meanwhile.
            self.cluster.call("GET", f"/{self.control}")
        self._has_control = True

    # --- indexes ---

    def create(self, state: State) -> str:
        """Creates an empty index, which does not serve yet."""
        index = f"{self.name}-{schema()}-{secrets.token_hex(6)}"
        body = index_body(replicas=self.cluster.address.replicas, meta={"schema": schema()})
        self.cluster.call("PUT", f"/{index}", body, params=_CREATION)
        self.put_state(index, state)
        self.refresh(index)
        return index

    def serve(self, index: str) -> None:
        """Makes an index the one that serves, in one step, and deletes all others of the name."""
        try:
            others = [other for other in self.cluster.call("GET", f"/_alias/{self.name}") if other != index]
        except NotFoundError:
            others = []
        actions: list[dict[str, Any]] = [
            {"remove": {"index": other, "alias": self.name, "must_exist": False}} for other in others
        ]
        actions.append({"add": {"index": index, "alias": self.name}})
        self.cluster.call("POST", "/_aliases", {"actions": actions})
        self._delete_others(index)

    def _delete_others(self, serving: str) -> None:
        known = self.cluster.call("GET", f"/{self.name}-*", params={"expand_wildcards": "open"})
        for index in known:
            if index not in (serving, self.control) and schema_of(index, self.name):
                with contextlib.suppress(NotFoundError):
                    self.cluster.call("DELETE", f"/{index}")

    def delete(self, index: str) -> None:
        """Deletes an index, if it is there."""
        with contextlib.suppress(NotFoundError):
            self.cluster.call("DELETE", f"/{index}")

    def wait_for_copies(self, index: str) -> None:
        """Waits until all copies of an index are there, or as long as is worth waiting for them."""
        if self.cluster.address.replicas:
            with contextlib.suppress(EngineError):
                self.cluster.call(
                    "GET",
                    f"/_cluster/health/{index}",
                    params={"wait_for_status": "green", "timeout": f"{_COPY_SECONDS}s"},
                    timeout_seconds=_COPY_SECONDS + 30,
                )

    def refresh(self, index: str) -> None:
        """Lets searches see what was written. Raises EngineError if a copy of the index fails to."""
        shards = self.cluster.call("POST", f"/{index}/_refresh", timeout_seconds=300)["_shards"]
        if shards["failed"]:
            raise explain_status(503, str(shards.get("failures", ""))[:200], self.cluster.address.shown)

    def put_state(self, index: str, state: State, lease: Lease | None = None) -> None:
        """Writes the state, which is seen with the next refresh."""
        self.send(index, [({"index": {"_id": STATE}}, {"type": STATE, "state": state.to_text()})], lease)

    # --- changes ---

    def send(self, index: str, changes: Iterable[tuple[dict[str, Any], Any]], lease: Lease | None = None) -> None:
        """Sends changes: pairs of an action and a body, which is None for deletions. Raises EngineError.

        What a node has no room for at the moment is sent again, some times.
        """
        waiting: list[tuple[dict[str, Any], Any]] = []
        size = 0
        for change in changes:
            waiting.append(change)
            size += len(str(change[1].get("w_text", ""))) * 3 + 2000 if change[1] else 100
            if size >= _BULK_CHARS:
                self._send_all(index, waiting, lease)
                waiting, size = [], 0
        if waiting:
            self._send_all(index, waiting, lease)

    def _send_all(self, index: str, changes: list[tuple[dict[str, Any], Any]], lease: Lease | None) -> None:
        copies = min(2, self.cluster.address.replicas + 1)
        for attempt in range(_BULK_ATTEMPTS):
            if lease:
                lease.check()
            lines = to_lines([part for change in changes for part in change if part is not None])
            answers = self.cluster.bulk(index, lines, active_copies=copies)
            failed: list[tuple[dict[str, Any], Any]] = []
            for change, answer in zip(changes, answers, strict=True):
                status = answer["status"]
                if status in (429, 503):
                    failed.append(change)
                elif status >= 300 and not (status == 404 and change[1] is None):
                    reason = answer.get("error", {})
                    text = f"{reason.get('type', '')}: {reason.get('reason', '')}"
                    raise explain_status(status, text, self.cluster.address.shown)
            if not failed:
                return
            changes = failed
            time.sleep(_RETRY_SECONDS * 2**attempt)
        raise explain_status(503, "not enough active copies, or too many requests", self.cluster.address.shown)

    def read_unfinished(self) -> tuple[str, list[str]]:
        """Returns the state that an unfinished commit was to make, and the ids that it touched; empty if none is."""
        try:
            stored = self.cluster.call("GET", f"/{self.control}/_doc/{_UNFINISHED}")["_source"]
        except NotFoundError:
            return "", []
        return stored["state"], stored["ids"]

    def write_unfinished(self, state: str, ids: list[str]) -> None:
        """Stores what a commit is about to change, before it does."""
        self.cluster.call("PUT", f"/{self.control}/_doc/{_UNFINISHED}", {"state": state, "ids": ids})

    def clear_unfinished(self) -> None:
        """Forgets what a commit was about to change, once it is done."""
        with contextlib.suppress(NotFoundError):
            self.cluster.call("DELETE", f"/{self.control}/_doc/{_UNFINISHED}")


def schema_of(index: str, name: str) -> str:
    """Returns the hash of the schema that the name of an index has; empty if it is no index of the archive."""
    parts = index.removeprefix(f"{name}-").split("-")
    return parts[0] if len(parts) == 2 and len(parts[0]) == 16 else ""


def section_change(document: Document, place: int) -> tuple[dict[str, Any], Any]:
    """Returns the change that indexes a section. The routing is that of its article, as for what joins them."""
    action = {"index": {"_id": str(document.section_id), "routing": str(document.article_id)}}
    return action, build_body(document, place)


def article_change(article_id: int, place: int) -> tuple[dict[str, Any], Any]:
    """Returns the change that indexes what joins the sections of an article."""
    return {"index": {"_id": f"a{article_id}", "routing": str(article_id)}}, build_article(article_id, place)


class CommittingBatch:
    """The Batch of a writer. It keeps its documents until the end."""

    def __init__(self, storage: Storage, index: str, state: State, lease: Lease) -> None:
        self.origin = state.origin
        self._storage = storage
        self._index = index
        self._state = state
        self._lease = lease
        self._deleted: set[int] = set()
        self._added: dict[int, list[Document]] = {}

    def delete_article(self, article_id: int) -> None:
        self._deleted.add(article_id)
        self._added.pop(article_id, None)

    def add(self, document: Document) -> None:
        self._lease.check()
        self._added.setdefault(document.article_id, []).append(document)

    def commit(self) -> None:
        """Makes all changes, or leaves the index as it was for every reader. Raises EngineError."""
        generation = self._state.generation + 1
        state = State(generation, self.origin).to_text()
        name = f"{self._index}.{generation}"
        new = {str(document.section_id) for documents in self._added.values() for document in documents}
        new.update(f"a{article_id}" for article_id in self._added)
        old = self._find_old() | self._find_unfinished()
        self._storage.write_unfinished(name, sorted(old | new))
        self._storage.send(self._index, self._changes(old - new, generation), self._lease)
        self._storage.put_state(self._index, State.from_text(state), self._lease)
        self._storage.refresh(self._index)
        self._storage.clear_unfinished()

    def _changes(self, old: set[str], generation: int) -> Iterator[tuple[dict[str, Any], Any]]:
        for old_id in sorted(old):
            yield {"delete": {"_id": old_id}}, None
        place = generation << 32
        for article_id, documents in self._added.items():
            yield article_change(article_id, place)
            for number, document in enumerate(documents, start=1):
                yield section_change(document, place + number)
            place += len(documents) + 1

    def _find_old(self) -> set[str]:
        """Returns the ids of the sections that searches see of the articles to delete."""
        found: set[str] = set()
        articles = sorted(self._deleted)
        for first in range(0, len(articles), 1000):
            after: list[Any] | None = None
            while True:
                body: dict[str, Any] = {
                    "query": {"terms": {"article": articles[first : first + 1000]}},
                    "_source": False,
                    "size": 10_000,
                    "sort": [{"place": "asc"}],
                }
                if after:
                    body["search_after"] = after
                path = f"/{self._index}/_search"
                params = {"allow_partial_search_results": "false"}
                hits = self._storage.cluster.call("POST", path, body, params=params)["hits"]["hits"]
                found.update(hit["_id"] for hit in hits)
                if len(hits) < 10_000:
                    break
                after = hits[-1]["sort"]
        return found

    def _find_unfinished(self) -> set[str]:
        name, ids = self._storage.read_unfinished()
        is_done = name == f"{self._index}.{self._state.generation}"
        return set() if is_done or name.rpartition(".")[0] != self._index else set(ids)


def build_index(
    storage: Storage, documents: Iterable[Document], origin: Callable[[], Origin] | None, lease: Lease
) -> int:
    """Builds a new index and lets it serve. Returns the number of documents."""
    index = storage.create(State(0, None))
    count = 0

    def changes() -> Iterator[tuple[dict[str, Any], Any]]:
        nonlocal count
        last = None
        for document in documents:
            lease.check()
            if document.article_id != last:
                last = document.article_id
                yield article_change(last, 2 * count)
            yield section_change(document, 2 * count + 1)
            count += 1

    try:
        storage.send(index, changes(), lease)
        storage.put_state(index, State(1, origin() if origin else None), lease)
        storage.refresh(index)
        storage.wait_for_copies(index)
        lease.check()
        storage.serve(index)
    except BaseException:
        storage.delete(index)
        raise
    storage.clear_unfinished()
    return count
