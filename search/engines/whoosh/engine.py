"""WhooshEngine: the engine of an index folder, with the methods of `contract.Engine`. It contains no search logic.

Whoosh provides the table of contents, its generations, and the steps of a commit. The rest is in this package, and
nothing in it runs Python code for each document of a result:

    on disk      files, terms, segment (the layout), forward, codec, folders
    writing      building, merging, packing (for both), writer
    reading      snapshot, vocabulary (words to forms), postings, occurrences, spans; batches (the time limit)
    matching     leaves (words, phrases), operators (all others), matching (whole queries)
    ranking      ordering, proximity, feedback, reranking, explaining
    the rest     counting (facets, histograms), suggesting
    all of it    searching (a request), engine
"""

import shutil
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ...query import Fuzzy, Node
from ..contract import TIME_LIMIT_SECONDS, Batch, Document, EngineError, Explanation, Info, Request, Results
from ..deadline import time_limit
from .codec import segment_path
from .files import DamagedFileError
from .folders import (
    IndexFolder,
    check_schema,
    latest_generation,
    open_for_writing,
    read_segments,
    schema_fingerprint,
    schema_of,
)
from .searching import among, count, explain, scan, search
from .segment import KEYWORD_NAMES, Segment
from .snapshot import Snapshot
from .suggesting import suggest_articles, suggest_values, suggest_words
from .vocabulary import count_postings, find_forms, most_frequent
from .writer import ArrayWriter, merge_fully

# A writer deletes the files of a generation once it has committed the next; then the index is opened again.
_MAX_OPEN_ATTEMPTS = 20
_CREATE_WAIT_SECONDS = 10.0
_MAX_SIMILAR_FORMS = 100


class _WriterBatch:
    """The Batch of a writer."""

    def __init__(self, writer: ArrayWriter) -> None:
        self._writer = writer

    def delete_article(self, article_id: int) -> None:
        self._writer.delete_article(article_id)

    def add(self, document: Document) -> None:
        self._writer.add_document(document=document)


class WhooshEngine:
    """An index in a folder. Its public methods are those of `contract.Engine`. Threads may share an instance."""

    def __init__(self, folder: Path) -> None:
        self._folder = IndexFolder(folder)
        self._segments: dict[str, Segment] = {}
        self._snapshot: Snapshot | None = None
        self._refreshing = threading.Lock()

    # --- searching ---

    def search(self, request: Request) -> Results:
        with time_limit(request.time_limit_seconds):
            return search(self._open(), request)

    def explain(self, request: Request, section_ids: Collection[int]) -> dict[int, Explanation]:
        with time_limit(request.time_limit_seconds):
            return explain(self._open(), request, section_ids)

    def scan(self, request: Request) -> Iterator[int]:
        with time_limit(request.time_limit_seconds):
            return iter(scan(self._open(), request))

    def among(self, request: Request, section_ids: Collection[int]) -> set[int]:
        with time_limit(request.time_limit_seconds):
            return among(self._open(), request, section_ids)

    def count(self, tree: Node) -> int:
        with time_limit(TIME_LIMIT_SECONDS):
            return count(self._open(), tree)

    def similar_forms(self, form: str, *, edits: int) -> tuple[tuple[str, int], ...]:
        term = Fuzzy(form, edits)
        with time_limit(TIME_LIMIT_SECONDS):
            snapshot = self._open()
            forms = [find_forms(reader, term) for reader in snapshot.readers]
            counted = most_frequent(snapshot, forms, limit=_MAX_SIMILAR_FORMS)
        return tuple((similar, sections) for similar, sections in counted if similar != form)

    def suggest(self, prefix: str, *, field: str = "", limit: int = 10) -> tuple[tuple[str, int], ...]:
        with time_limit(TIME_LIMIT_SECONDS):
            if field in KEYWORD_NAMES:
                return suggest_values(self._open(), field, prefix, limit=limit)
            return suggest_words(self._open(), prefix, field=field, limit=limit)

    def suggest_articles(
        self, words: Sequence[str], prefix: str = "", *, limit: int = 10
    ) -> tuple[tuple[int, int], ...]:
        with time_limit(TIME_LIMIT_SECONDS):
            return suggest_articles(self._open(), words, prefix, limit=limit)

    def document_frequencies(self, words: Sequence[str]) -> tuple[int, list[int]]:
        snapshot = self._open()
        return snapshot.documents, [count_postings(snapshot, word) for word in words]

    def fingerprints(self) -> dict[int, str]:
        by_section: dict[int, str] = {}
        for reader in self._open().readers:
            fingerprints = reader.segment.fingerprints()
            for doc, section_id in enumerate(reader.segment.section_ids.tolist()):
                if reader.live is None or reader.live[doc]:
                    by_section[section_id] = fingerprints[doc]
        return by_section

    def info(self) -> Info:
        serving = self._folder.find_serving()
        if serving is None:
            return Info(documents=0, segments=0, size_bytes=0, generation="", schema=schema_fingerprint())
        snapshot = self._open()
        return Info(
            documents=snapshot.documents,
            segments=len(snapshot.readers),
            size_bytes=sum(file.stat().st_size for file in serving.iterdir()),
            generation=snapshot.generation,
            schema=schema_of(serving),
        )

    def close(self) -> None:
        with self._refreshing:
            self._segments.clear()
            self._snapshot = None

    # --- writing ---

    @contextmanager
    def write(self, *, wait_seconds: float = 10.0) -> Iterator[Batch]:
        with self._folder.locked(wait_seconds):
            serving = self._find_or_create()
            check_schema(serving)
            writer = ArrayWriter(open_for_writing(serving))
            try:
                yield _WriterBatch(writer)
                writer.commit()
            except BaseException:
                if not writer.is_closed:
                    writer.cancel()
                raise

    def rebuild(self, documents: Iterable[Document], *, wait_seconds: float = 10.0) -> int:
        with self._folder.locked(wait_seconds):
            new = self._folder.create()
            try:
                writer = ArrayWriter(open_for_writing(new))
                count = 0
                for document in documents:
                    writer.add_document(document=document)
                    count += 1
                writer.commit(mergetype=merge_fully)
            except BaseException:
                shutil.rmtree(new)
                raise
            self._folder.serve(new)
            self._folder.delete_others(new)
            return count

    def _find_or_create(self) -> Path:
        """Returns the folder that serves; creates an empty index if there is none. Needs the lock of the folder."""
        serving = self._folder.find_serving()
        if serving is None:
            serving = self._folder.create()
            self._folder.serve(serving)
        return serving

    # --- opening ---

    def _open(self) -> Snapshot:
        """Returns the newest generation. Raises EngineError.

        If it is open already, the cost is reading a file and listing a folder.
        """
        with self._refreshing:
            for _ in range(_MAX_OPEN_ATTEMPTS):
                serving = self._folder.find_serving()
                if serving is None:
                    with self._folder.locked(_CREATE_WAIT_SECONDS):
                        serving = self._find_or_create()
                check_schema(serving)
                try:
                    return self._refresh(serving)
                except FileNotFoundError as error:
                    missing = error
            raise EngineError(
                f"The index in {serving} lacks files ({missing}). Rebuild it: `manage.py index rebuild`."
            ) from missing

    def _refresh(self, serving: Path) -> Snapshot:
        """Returns the newest generation in a folder. Raises FileNotFoundError if a writer is deleting its files."""
        number = latest_generation(serving)
        generation = f"{serving.name}.{number}"
        if self._snapshot is not None and self._snapshot.generation == generation:
            return self._snapshot
        if number < 0:
            # A rebuild is deleting the folder, which served before.
            raise FileNotFoundError(f"the table of contents in {serving}")
        segments: dict[str, Segment] = {}
        opened = []
        for stored in read_segments(serving, number):
            name = stored.segment_id()
            segments[name] = self._segments.get(name) or self._open_segment(segment_path(serving, stored))
            opened.append((segments[name], stored.live() if stored.has_deletions() else None))
        self._segments = segments
        self._snapshot = Snapshot(generation, opened)
        return self._snapshot

    @staticmethod
    def _open_segment(path: Path) -> Segment:
        try:
            return Segment(path)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise DamagedFileError(path, f"cannot be read ({error.strerror or error})") from error
