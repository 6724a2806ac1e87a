"""WhooshEngine: the engine of an index folder, with the methods of `contract.Engine`. It contains no search logic.

Whoosh provides the generations and the steps of a commit. The rest is in this package, and nothing in it runs Python
code for each document of a result:

    on disk      files, terms, segment (the layout), columns, days, statements, forward, codec, contents, folders
    writing      building, merging, merging_postings, packing (for both), writer
    reading      snapshot, stem_numbers, masks, vocabulary (words to forms), postings, occurrences, spans; batches
                 (the time limit)
    matching     leaves (words, phrases), operators (all others), in_statements (what was said), matching (whole
                 queries)
    ranking      ordering, proximity, feedback, reranking, explaining
    the rest     counting (facets, histograms), listing (statements), suggesting
    all of it    searching (a request), reading (every question), engine
"""

import heapq
import logging
import shutil
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

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
from .codec import segment_path
from .contents import read_contents
from .files import DamagedFileError
from .folders import (
    IndexFolder,
    check_files,
    check_schema,
    latest_generation,
    open_for_writing,
    schema_of,
)
from .masks import Mask
from .reading import IndexReader, MaskedReader, reading, reading_each
from .segment import Segment
from .snapshot import Snapshot
from .stem_numbers import StemNumbers
from .writer import ArrayWriter, merge_fully

# A writer deletes the files of a generation once it has committed the next; then the index is opened again.
_MAX_OPEN_ATTEMPTS = 20
_CREATE_WAIT_SECONDS = 10.0
# How much of the time of a rebuild is merging, for its progress.
_MERGING_SHARE = 0.1

logger = logging.getLogger(__name__)


class _WriterBatch:
    """The Batch of a writer."""

    def __init__(self, writer: ArrayWriter) -> None:
        self._writer = writer

    @property
    def origin(self) -> Origin | None:
        return self._writer.origin

    @origin.setter
    def origin(self, origin: Origin | None) -> None:
        self._writer.origin = origin

    def delete_article(self, article_id: int) -> None:
        self._writer.delete_article(article_id)

    def add(self, document: Document) -> None:
        self._writer.add_document(document=document)


class WhooshEngine(IndexReader):
    """An index in a folder. Its public methods are those of `contract.Engine`. Threads may share an instance.

    With a `record`, only an index of this record serves. It is asked when a generation is opened, not by each search.
    """

    def __init__(self, folder: Path, *, record: Record | None = None) -> None:
        self._folder = IndexFolder(folder)
        self._record = record
        self._segments: dict[str, Segment] = {}
        self._stem_numbers = StemNumbers()
        self._snapshot: Snapshot | None = None
        # The generation that was opened last, whether or not it may serve.
        self._last_read = ""
        self._refreshing = threading.Lock()

    # --- reading; searching is in `reading` ---

    def without(self, article_ids: Collection[int], *, values: ValuesOfArticles | None = None) -> IndexReader:
        return MaskedReader(self, Mask(article_ids, values or {}))

    @reading
    def fingerprints(self) -> Iterator[Fingerprint]:
        segments = [reader.segment.fingerprints(reader.live) for reader in self._open().readers]
        return reading_each(self, heapq.merge(*segments))

    def check_files(self) -> list[str]:
        for _ in range(_MAX_OPEN_ATTEMPTS):
            serving = self._folder.find_serving()
            if serving is None:
                self._open()
                continue
            check_schema(serving)
            faults, generation = [], None
            try:
                generation = latest_generation(serving)
                faults = check_files(serving)
                unchanged = generation == latest_generation(serving)
            except OSError as error:
                fault = DamagedFileError(serving, f"cannot be read ({error.strerror or error})").fault
                faults, unchanged = [fault], True
            # A writer deletes files that its new generation does not need.
            if not faults or (unchanged and serving == self._folder.find_serving()):
                return faults
        return faults

    @reading
    def info(self) -> Info:
        snapshot = self._open()
        name, _, _ = snapshot.generation.partition(".")
        return Info(
            documents=snapshot.documents,
            segments=len(snapshot.readers),
            size_bytes=self._folder.size_bytes(name),
            generation=snapshot.generation,
            schema=schema_of(self._folder.path / name),
            origin=snapshot.origin,
        )

    def close(self) -> None:
        with self._refreshing:
            self._segments.clear()
            self._stem_numbers = StemNumbers()
            self._snapshot = None

    # --- writing ---

    @contextmanager
    def write(self, *, wait_seconds: float = 10.0) -> Iterator[Batch]:
        with self._folder.locked(wait_seconds):
            serving = self._find_or_create()
            check_schema(serving)
            writer = self._open_writer(serving)
            try:
                yield _WriterBatch(writer)
                self._commit(writer)
            except BaseException:
                if not writer.is_closed:
                    writer.cancel()
                raise

    @reading
    def _open_writer(self, serving: Path) -> ArrayWriter:
        index = open_for_writing(serving)
        origin = index.contents.origin
        if self._record is not None:
            self._record.check_origin(origin)
        return ArrayWriter(index, origin)

    @reading
    def _commit(self, writer: ArrayWriter) -> None:
        writer.commit()

    def rebuild(
        self,
        documents: Iterable[Document],
        *,
        origin: Callable[[], Origin] | None = None,
        wait_seconds: float = 10.0,
        progress: RebuildProgress | None = None,
    ) -> int:
        with self._folder.locked(wait_seconds):
            new = self._folder.create(None)
            count = merged = 0

            def report(documents_merged: int) -> None:
                nonlocal merged
                merged = documents_merged
                if progress:
                    progress(int((1 - _MERGING_SHARE) * count + _MERGING_SHARE * merged))

            try:
                writer = ArrayWriter(open_for_writing(new), None, fills_segments=True, progress=report)
                for document in documents:
                    writer.add_document(document=document)
                    count += 1
                    report(merged)
                writer.origin = origin() if origin else None
                writer.commit(mergetype=merge_fully)
            except BaseException:
                shutil.rmtree(new)
                raise
            report(count)
            self._folder.serve(new)
            self._folder.delete_others(new)
            return count

    def _find_or_create(self) -> Path:
        """Returns the folder that serves; creates an empty index for an empty record. Needs the lock of the folder.

        Raises EngineError if there is no index and the record has sections, or if it is not known which index serves.
        """
        serving = self._folder.find_serving()
        if serving is None:
            origin = self._origin_of_empty()
            if self._folder.has_segments():
                raise EngineError(
                    "The file `current` is missing, which says which of the stored indexes serves. "
                    "Rebuild the index: `manage.py index rebuild`."
                )
            serving = self._folder.create(origin)
            self._folder.serve(serving)
        return serving

    def _origin_of_empty(self) -> Origin | None:
        """Returns the origin of an empty index. Raises MissingIndexError if the record has something to index."""
        return self._record.empty_origin() if self._record else None

    def explain_failure(self, error: Exception) -> EngineError:
        """Returns the error to raise where the index could not be read: which files are damaged, and the cure.

        If none is, the program is at fault, or the program that wrote the index: then the log has the traceback.
        """
        try:
            faults = self.check_files()
        except EngineError as known:
            return known
        if faults:
            return EngineError(f"The index is damaged: {'; '.join(faults)}. Rebuild it: `manage.py index rebuild`.")
        logger.error("The index cannot be read, and its files are as they were written", exc_info=error)
        return EngineError(
            f"The index cannot be read ({type(error).__name__}: {error}), and its files are as they were written. "
            "Rebuild it: `manage.py index rebuild`. If that does not help, report what the log says."
        )

    # --- opening ---

    def _open(self) -> Snapshot:
        """Returns the newest generation. Raises EngineError.

        If it is open already, the cost is reading a file and listing a folder.
        """
        missing: Exception | None = None
        with self._refreshing:
            for _ in range(_MAX_OPEN_ATTEMPTS):
                serving = self._folder.find_serving()
                if serving is None:
                    # Before the lock, which the first rebuild has for long.
                    self._origin_of_empty()
                    with self._folder.locked(_CREATE_WAIT_SECONDS):
                        serving = self._find_or_create()
                check_schema(serving)
                try:
                    return self._refresh(serving)
                except FileNotFoundError as error:
                    missing = error
                except OSError as error:
                    raise DamagedFileError(serving, f"cannot be read ({error.strerror or error})") from error
                except EngineError as error:
                    missing = error
                    # The record may know more than this generation, if a writer has committed the next meanwhile.
                    if f"{serving.name}.{latest_generation(serving)}" == self._last_read:
                        raise
            raise EngineError("Files of the index are missing. Rebuild it: `manage.py index rebuild`.") from missing

    def _refresh(self, serving: Path) -> Snapshot:
        """Returns the newest generation in a folder. Raises FileNotFoundError if a writer is deleting its files."""
        number = latest_generation(serving)
        generation = f"{serving.name}.{number}"
        if self._snapshot is not None and self._snapshot.generation == generation:
            return self._snapshot
        if number < 0:
            # A rebuild is deleting the folder, which served before.
            raise FileNotFoundError(f"the table of contents in {serving}")
        self._last_read = generation
        contents = read_contents(serving, number)
        if self._record is not None:
            self._record.check_origin(contents.origin)
        segments: dict[str, Segment] = {}
        opened = []
        for stored in contents.segments:
            name = stored.segment_id()
            path = segment_path(serving, stored)
            segments[name] = self._segments.get(name) or Segment(path, checksum=stored.checksum)
            opened.append((segments[name], stored.live() if stored.has_deletions() else None))
        self._segments = segments
        self._snapshot = Snapshot(generation, opened, contents.origin, stem_numbers=self._stem_numbers)
        return self._snapshot
