"""What the engine answered before: for another page of a result, for the way back, for a second reader.

It is kept by the name of the index's state and the request. Each commit makes another state, and so does each article
that is not shown: no answer is older than the index, and none has what may not be shown. Only ids and counts are kept;
rows and texts are read from the database for each page, by what may be shown at that moment.

The counts of a result are kept apart from its hits, since they are those of all its pages, in any order. `answers`
imports from here.
"""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import replace

from ..engines import Reader, Request, Results

# The values, buckets and ids that are kept, of hits and of counts: some 100 bytes each. A page lists 400 at most.
MAX_ENTRIES = 40_000


class BoundedResults:
    """Results by key. Those that were not asked for the longest are dropped. Threads may share an instance."""

    def __init__(self, max_entries: int) -> None:
        self._max_entries = max_entries
        self._lock = threading.Lock()
        self._results: OrderedDict[Hashable, Results] = OrderedDict()
        self._entries = 0

    def __len__(self) -> int:
        return len(self._results)

    def get(self, key: Hashable) -> Results | None:
        """Returns the results of a key, or None."""
        with self._lock:
            results = self._results.get(key)
            if results is not None:
                self._results.move_to_end(key)
            return results

    def put(self, key: Hashable, results: Results) -> None:
        """Keeps results. What would be half of all entries is not kept."""
        entries = _count_entries(results)
        if entries > self._max_entries // 2:
            return
        with self._lock:
            if key in self._results:
                return
            self._results[key] = results
            self._entries += entries
            while self._entries > self._max_entries:
                _, dropped = self._results.popitem(last=False)
                self._entries -= _count_entries(dropped)

    def clear(self) -> None:
        """Drops all."""
        with self._lock:
            self._results.clear()
            self._entries = 0


def _count_entries(results: Results) -> int:
    values = sum(map(len, results.facets.values()))
    buckets = len(results.histogram.buckets) if results.histogram else 0
    forms = sum(len(expansion.forms) for expansion in results.expansions)
    # Ten for what has no list: the request itself.
    return 10 + values + buckets + forms + sum(len(hit.section_ids) for hit in results.hits)


_counts = BoundedResults(MAX_ENTRIES)
_hits = BoundedResults(MAX_ENTRIES)


def forget_results() -> None:
    """Drops all: for tests, whose indexes may have equal states."""
    _counts.clear()
    _hits.clear()


def search(index: Reader, request: Request) -> Results:
    """Returns what an index answers to a request, from memory if it was asked in this state. Raises EngineError.

    Another page of a result asks the index for its hits alone.
    """
    state = index.state()
    of_counts = (state, replace(request, sort="newest", offset=0, limit=0, sections_per_hit=1))
    listed = replace(request, facets=(), facet_limit=None, whole_facets=(), histogram=None)
    of_hits = (state, listed)
    counts = _counts.get(of_counts)
    hits = counts if counts and not request.limit else _hits.get(of_hits)
    if counts and hits:
        return replace(counts, hits=hits.hits)
    results = replace(counts, hits=index.search(listed).hits) if counts else index.search(request)
    if index.state() != state:
        # A commit came between, and the parts may be of different states.
        return index.search(request)
    _counts.put(of_counts, replace(results, hits=()))
    _hits.put(of_hits, Results(results.hits, results.total, results.sections, results.articles))
    return results
