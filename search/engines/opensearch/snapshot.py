"""One state of the index, as a reader keeps it open: every question of one answer is answered from it.

A point in time of the cluster keeps the state; what is derived from the whole of it (numbers of sections, mean
lengths, the forms of words) is kept here, so that it is asked for once. A mask makes a snapshot as if some articles
were not in it, and others had other values. Only modules of this package import from here.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ..contract import Origin, QueryLimitError
from ..deadline import MAX_EXTRA_SECONDS, check_time
from .cluster import Cluster
from .mapping import TEXT_NAMES

# How long the cluster keeps a point in time that nobody asks.
KEEP_ALIVE = "10m"
_SCAN_SECTIONS = 10_000
_PARTITION_FORMS = 40_000
_MAX_CACHED_ANSWERS = 256

Query = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True)
class Mask:
    """Articles that are left out, and others that have these values of some fields."""

    hidden: frozenset[int] = frozenset()
    values: Mapping[int, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """A name of the mask: equal masks have equal ones."""
        values = sorted((article, sorted(of.items())) for article, of in self.values.items())
        return f"without {sorted(self.hidden)!r} {values!r}"


class Snapshot:
    """An open state of an index, behind a mask. Threads may share an instance."""

    def __init__(self, cluster: Cluster, point: str, generation: str, origin: Origin | None, mask: Mask) -> None:
        self._cluster = cluster
        self.point = point
        self.generation = generation
        self.origin = origin
        self.mask = mask
        self._lock = threading.RLock()
        self._kept: dict[Any, Any] = {}

    def behind(self, mask: Mask) -> "Snapshot":
        """Returns the same state behind a mask."""
        return self.keep(
            ("mask", mask.text), lambda: Snapshot(self._cluster, self.point, self.generation, self.origin, mask)
        )

    def keep(self, key: Any, make: Callable[[], T]) -> T:
        """Returns what was made for a key before, or makes it. The oldest are dropped."""
        with self._lock:
            if key in self._kept:
                kept: T = self._kept[key]
                return kept
        made = make()
        with self._lock:
            while len(self._kept) >= _MAX_CACHED_ANSWERS:
                self._kept.pop(next(iter(self._kept)))
            first: T = self._kept.setdefault(key, made)
            return first

    # --- asking ---

    def among(self, *queries: Query) -> Query:
        """Returns a query for the sections of the snapshot that match all of some queries."""
        query: dict[str, Any] = {"filter": [{"term": {"type": "section"}}, *queries]}
        if self.mask.hidden:
            query["must_not"] = [{"terms": {"article": sorted(self.mask.hidden)}}]
        return {"bool": query}

    def ask(self, body: dict[str, Any], *, seconds: float | None = None) -> dict[str, Any]:
        """Returns the answer to a search. Raises QueryLimitError if it takes longer than the query may."""
        check_time()
        limit = MAX_EXTRA_SECONDS if seconds is None else seconds
        answer: dict[str, Any] = self._cluster.call(
            "POST",
            "/_search",
            {
                "_source": False,
                "timeout": f"{limit * 1000:.0f}ms",
                "track_total_hits": True,
                **body,
                "pit": {"id": self.point, "keep_alive": KEEP_ALIVE},
            },
            params={"allow_partial_search_results": "false"},
            timeout_seconds=limit + 5,
        )
        if answer["timed_out"]:
            raise QueryLimitError(
                f"The query took longer than {limit:g} seconds and was stopped. "
                "Use rarer words or fewer of them, or narrow the result."
            )
        return answer

    def scan(
        self, query: Query, sort: list[Any], columns: tuple[str, ...], scripts: Mapping[str, Any] | None = None
    ) -> Iterator[list[Any]]:
        """Yields the values of some columns of all sections that match, in an order whose last key is unique.

        Behind them are the lists that `scripts` return for each section.
        """
        after: list[Any] | None = None
        while True:
            body: dict[str, Any] = {
                "query": query,
                "sort": sort,
                "size": _SCAN_SECTIONS,
                "docvalue_fields": list(columns),
                "track_total_hits": False,
            }
            if scripts:
                body["script_fields"] = {name: {"script": script} for name, script in scripts.items()}
            if after is not None:
                body["search_after"] = after
            hits = self.ask(body)["hits"]["hits"]
            for hit in hits:
                fields = hit.get("fields", {})
                yield [
                    *(fields.get(name, [None])[0] for name in columns),
                    *(fields.get(name, []) for name in scripts or ()),
                ]
            if len(hits) < _SCAN_SECTIONS:
                return
            after = hits[-1]["sort"]

    # --- of the whole state ---

    @property
    def documents(self) -> int:
        """The number of sections."""
        return int(self._whole["documents"])

    def mean_length(self, name: str) -> float:
        """Returns the mean number of tokens of a text field, over the sections that have any."""
        return float(self._whole[name])

    @property
    def _whole(self) -> dict[str, float]:
        return self.keep("whole", self._measure)

    def _measure(self) -> dict[str, float]:
        aggs = {name: {"avg": {"field": f"length_{name}"}} for name in TEXT_NAMES}
        answer = self.ask({"query": self.among(), "size": 0, "aggs": aggs})
        means = {name: answer["aggregations"][name]["value"] or 1.0 for name in TEXT_NAMES}
        return {"documents": answer["hits"]["total"]["value"], **means}

    def forms(self) -> Mapping[str, int]:
        """Returns every form of a word, with its number of sections. Seconds for a large archive, once a state."""
        return self.keep("forms", lambda: dict(self.count_terms("forms", self.among())))

    def count_terms(self, column: str, query: Query) -> Iterator[tuple[str, int]]:
        """Yields every value of a column with its number of sections among those that match."""
        probe = self.ask({"query": query, "size": 0, "aggs": {"size": {"cardinality": {"field": column}}}})
        parts = int(probe["aggregations"]["size"]["value"]) // _PARTITION_FORMS + 1
        for part in range(parts):
            check_time()
            include = {"partition": part, "num_partitions": parts}
            terms: dict[str, Any] = {"field": column, "size": 60_000}
            if parts > 1:
                terms["include"] = include
            found = self.ask({"query": query, "size": 0, "aggs": {"terms": {"terms": terms}}})["aggregations"]["terms"]
            for bucket in found["buckets"]:
                yield bucket["key"], bucket["doc_count"]
