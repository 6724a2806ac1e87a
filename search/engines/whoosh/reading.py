"""The questions that an index answers, for the whole index and for it without some articles.

`engine` opens the snapshots, and alone imports from here.
"""

import struct
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from ...query import Fuzzy, Node
from ..contract import TIME_LIMIT_SECONDS, EngineError, Request, Results, ScannedArticle
from ..deadline import time_limit
from ..explanations import Explanation
from ..features import Features
from ..statements import StatementList
from .masks import Mask
from .searching import among, count, explain, find_statements, scan, scan_articles, search
from .segment import KEYWORD_NAMES
from .snapshot import Snapshot
from .suggesting import suggest_articles, suggest_values, suggest_words
from .vocabulary import count_sections, find_forms, most_frequent

_MAX_SIMILAR_FORMS = 100
# What reading numbers that contradict each other raises.
_READ_FAULTS = (LookupError, ValueError, ArithmeticError, MemoryError, struct.error)

P = ParamSpec("P")
R = TypeVar("R")
AnyReader = TypeVar("AnyReader", bound="IndexReader")


def reading(method: Callable[Concatenate[AnyReader, P], R]) -> Callable[Concatenate[AnyReader, P], R]:
    """Makes whatever fails while the index is read an EngineError with its cure."""

    @wraps(method)
    def call(reader: AnyReader, /, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return method(reader, *args, **kwargs)
        except _READ_FAULTS as error:
            raise reader.explain_failure(error) from error

    return call


def reading_each(reader: "IndexReader", items: Iterator[R]) -> Iterator[R]:
    """Yields what is read of an index, and makes whatever fails meanwhile an EngineError, as `reading` does."""
    try:
        yield from items
    except _READ_FAULTS as error:
        raise reader.explain_failure(error) from error


class IndexReader:
    """Answers from the snapshot that a subclass opens. The methods are those of `contract.Reader`."""

    features = Features()

    def _open(self) -> Snapshot:
        """Returns the snapshot to answer from. Raises EngineError."""
        raise NotImplementedError

    def explain_failure(self, error: Exception) -> EngineError:
        """Returns the error to raise where the index could not be read."""
        raise NotImplementedError

    @reading
    def state(self) -> str:
        return self._open().generation

    @reading
    def search(self, request: Request) -> Results:
        with time_limit(request.time_limit_seconds):
            return search(self._open(), request)

    @reading
    def explain(self, request: Request, section_ids: Collection[int]) -> dict[int, Explanation]:
        with time_limit(request.time_limit_seconds):
            return explain(self._open(), request, section_ids)

    @reading
    def scan(self, request: Request) -> Iterator[int]:
        with time_limit(request.time_limit_seconds):
            return iter(scan(self._open(), request))

    @reading
    def scan_articles(self, request: Request) -> Iterator[ScannedArticle]:
        with time_limit(request.time_limit_seconds):
            return scan_articles(self._open(), request)

    @reading
    def among(self, request: Request, section_ids: Collection[int]) -> set[int]:
        with time_limit(request.time_limit_seconds):
            return among(self._open(), request, section_ids)

    @reading
    def list_statements(
        self, request: Request, *, by: int = 0, naming: int = 0, by_speaker: bool = False
    ) -> StatementList:
        with time_limit(request.time_limit_seconds):
            return find_statements(self._open(), request, by=by, naming=naming, by_speaker=by_speaker)

    @reading
    def count(self, tree: Node, *, leads: bool = False) -> int:
        with time_limit(TIME_LIMIT_SECONDS):
            return count(self._open(), tree, leads=leads)

    @reading
    def similar_forms(self, form: str, *, edits: int) -> tuple[tuple[str, int], ...]:
        term = Fuzzy(form, edits)
        with time_limit(TIME_LIMIT_SECONDS):
            snapshot = self._open()
            forms = [find_forms(reader, term) for reader in snapshot.readers]
            counted = most_frequent(snapshot, forms, limit=_MAX_SIMILAR_FORMS)
        return tuple((similar, sections) for similar, sections in counted if similar != form)

    @reading
    def suggest(self, prefix: str, *, field: str = "", limit: int = 10) -> tuple[tuple[str, int], ...]:
        with time_limit(TIME_LIMIT_SECONDS):
            if field in KEYWORD_NAMES:
                return suggest_values(self._open(), field, prefix, limit=limit)
            return suggest_words(self._open(), prefix, field=field, limit=limit)

    @reading
    def suggest_articles(
        self, words: Sequence[str], prefix: str = "", *, limit: int = 10
    ) -> tuple[tuple[int, int], ...]:
        with time_limit(TIME_LIMIT_SECONDS):
            return suggest_articles(self._open(), words, prefix, limit=limit)

    @reading
    def document_frequencies(self, words: Sequence[str]) -> tuple[int, list[int]]:
        snapshot = self._open()
        return snapshot.documents, [count_sections(snapshot, word) for word in words]


class MaskedReader(IndexReader):
    """An index as if it did not have some articles, and others had other values."""

    def __init__(self, index: IndexReader, mask: Mask) -> None:
        self._index = index
        self._mask = mask

    def _open(self) -> Snapshot:
        return self._index._open().behind(self._mask)

    def state(self) -> str:
        return f"{super().state()} {self._mask.text}"

    def explain_failure(self, error: Exception) -> EngineError:
        return self._index.explain_failure(error)
