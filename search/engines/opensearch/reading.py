"""The questions that an index in a cluster answers, for the whole of it and for it without some articles.

`engine` opens the snapshots, and alone imports from here.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TypeVar

from ...query import Fuzzy, Node
from ..contract import TIME_LIMIT_SECONDS, Request, Results, ScannedArticle
from ..deadline import time_limit
from ..explanations import Explanation
from ..features import Features
from ..statements import StatementList
from .cluster import GoneSnapshotError
from .explaining import explain
from .listing import list_statements
from .operands import fuzzy_forms
from .searching import among, count, scan, scan_articles, search
from .snapshot import Mask, Snapshot
from .suggesting import count_sections, has_values, suggest_articles, suggest_values, suggest_words

_MAX_SIMILAR_FORMS = 100
# Where a node has just gone, the first new snapshot may be lost with it too.
_MAX_ATTEMPTS = 4
FEATURES = Features(reranking=False, checksums=False)
T = TypeVar("T")


class ClusterReader:
    """Answers from the snapshot that a subclass opens. The methods are those of `contract.Reader`."""

    features = FEATURES

    def _open(self, *, anew: bool = False) -> Snapshot:
        """Returns the snapshot to answer from; a new one, if the last was lost. Raises EngineError."""
        raise NotImplementedError

    def _answer(self, ask: Callable[[Snapshot], T], seconds: float = TIME_LIMIT_SECONDS) -> T:
        """Asks the snapshot, and a new one if the node that kept it has gone."""
        with time_limit(seconds):
            for attempt in range(_MAX_ATTEMPTS - 1):
                try:
                    return ask(self._open(anew=attempt > 0))
                except GoneSnapshotError:
                    continue
            return ask(self._open(anew=True))

    def state(self) -> str:
        return self._open().generation

    def search(self, request: Request) -> Results:
        return self._answer(lambda snapshot: search(snapshot, request), request.time_limit_seconds)

    def explain(self, request: Request, section_ids: Collection[int]) -> dict[int, Explanation]:
        return self._answer(lambda snapshot: explain(snapshot, request, section_ids), request.time_limit_seconds)

    def scan(self, request: Request) -> Iterator[int]:
        return iter(self._answer(lambda snapshot: list(scan(snapshot, request)), request.time_limit_seconds))

    def scan_articles(self, request: Request) -> Iterator[ScannedArticle]:
        return iter(self._answer(lambda snapshot: list(scan_articles(snapshot, request)), request.time_limit_seconds))

    def among(self, request: Request, section_ids: Collection[int]) -> set[int]:
        return self._answer(lambda snapshot: among(snapshot, request, section_ids), request.time_limit_seconds)

    def list_statements(
        self, request: Request, *, by: int = 0, naming: int = 0, by_speaker: bool = False
    ) -> StatementList:
        return self._answer(
            lambda snapshot: list_statements(snapshot, request, by=by, naming=naming, by_speaker=by_speaker),
            request.time_limit_seconds,
        )

    def count(self, tree: Node, *, leads: bool = False) -> int:
        return self._answer(lambda snapshot: count(snapshot, tree, leads=leads))

    def similar_forms(self, form: str, *, edits: int) -> tuple[tuple[str, int], ...]:
        def find(snapshot: Snapshot) -> tuple[tuple[str, int], ...]:
            counts = snapshot.forms()
            found = [(other, counts[other]) for other in fuzzy_forms(snapshot, Fuzzy(form, edits)) if other != form]
            return tuple(sorted(found, key=lambda pair: (-pair[1], pair[0]))[:_MAX_SIMILAR_FORMS])

        return self._answer(find)

    def suggest(self, prefix: str, *, field: str = "", limit: int = 10) -> tuple[tuple[str, int], ...]:
        if has_values(field):
            return self._answer(lambda snapshot: suggest_values(snapshot, field, prefix, limit=limit))
        return self._answer(lambda snapshot: suggest_words(snapshot, prefix, field=field, limit=limit))

    def suggest_articles(
        self, words: Sequence[str], prefix: str = "", *, limit: int = 10
    ) -> tuple[tuple[int, int], ...]:
        return self._answer(lambda snapshot: suggest_articles(snapshot, words, prefix, limit=limit))

    def document_frequencies(self, words: Sequence[str]) -> tuple[int, list[int]]:
        return self._answer(lambda snapshot: (snapshot.documents, count_sections(snapshot, words)))


class MaskedClusterReader(ClusterReader):
    """An index as if it did not have some articles, and others had other values."""

    def __init__(self, index: ClusterReader, mask: Mask) -> None:
        self._index = index
        self._mask = mask

    def _open(self, *, anew: bool = False) -> Snapshot:
        return self._index._open(anew=anew).behind(self._mask)

    def state(self) -> str:
        return f"{super().state()} {self._mask.text}"
