"""WhooshEngine: searching and writing one index folder.

The folder holds `current`, a file with the name of the folder inside it that serves, and `lock`. A rebuild makes a
new folder beside the serving one and rewrites `current`; a reader that has the old files open keeps them.

What is Whoosh's: the index folder, its table of contents and generations, the schema, the writer's steps. What is
not: the codec (codec, segment, files, terms, forward), how a batch becomes arrays (writer, building, merging), and
searching (view, leaves, matching, reranking, explaining, counting, ordering, searching, suggesting), none of which
calls Python once for each document.
"""

import fcntl
import os
import secrets
import shutil
import threading
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from whoosh import index as whoosh_index
from whoosh.index import TOC, FileIndex

from archive.durable_files import flush

from ...query import Fuzzy, Node
from ..contract import (
    TIME_LIMIT_SECONDS,
    Batch,
    BusyError,
    Document,
    EngineError,
    Explanation,
    Info,
    Request,
    Results,
)
from ..deadline import time_limit
from .codec import segment_path
from .files import DamagedFileError, DurableStorage
from .schema import build_schema, schema_fingerprint
from .searching import count, explain, scan, search
from .segment import KEYWORD_NAMES, Segment
from .suggesting import suggest_articles, suggest_values, suggest_words
from .view import View
from .vocabulary import count_postings, find_forms, most_frequent
from .writer import ArrayWriter, merge_fully

# Tries to open a generation whose files a writer deletes meanwhile, having committed the next one.
_TRIES = 20

# Of the forms like a word, more than can be offered.
_ALIKE_FORMS = 100


class _Batch:
    """The Batch of an array writer."""

    def __init__(self, writer: ArrayWriter) -> None:
        self._writer = writer

    def delete_article(self, article_id: int) -> None:
        self._writer.delete_article(article_id)

    def add(self, document: Document) -> None:
        self._writer.add_document(document=document)


class WhooshEngine:
    """An index in a folder; see search.engine for what its methods promise. Threads may share one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._schema = build_schema()
        self._segments: dict[str, Segment] = {}
        self._view: View | None = None
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

    def count(self, tree: Node) -> int:
        with time_limit(TIME_LIMIT_SECONDS):
            return count(self._open(), tree)

    def similar_forms(self, form: str, *, edits: int) -> tuple[tuple[str, int], ...]:
        view, term = self._open(), Fuzzy(form, edits)
        counted = most_frequent(view, [find_forms(held, term) for held in view.shards], limit=_ALIKE_FORMS)
        return tuple((found, count) for found, count in counted if found != form)

    def suggest(self, prefix: str, *, field: str = "", limit: int = 10) -> tuple[tuple[str, int], ...]:
        if field in KEYWORD_NAMES:
            return suggest_values(self._open(), field, prefix, limit=limit)
        return suggest_words(self._open(), prefix, field=field, limit=limit)

    def suggest_articles(
        self, words: Sequence[str], prefix: str = "", *, limit: int = 10
    ) -> tuple[tuple[int, int], ...]:
        return suggest_articles(self._open(), words, prefix, limit=limit)

    def document_frequencies(self, words: Sequence[str]) -> tuple[int, list[int]]:
        view = self._open()
        return view.documents, [count_postings(view, word) for word in words]

    def fingerprints(self) -> dict[int, str]:
        found: dict[int, str] = {}
        for shard in self._open().shards:
            prints = shard.segment.fingerprints()
            for number, section_id in enumerate(shard.segment.section_ids.tolist()):
                if shard.live is None or shard.live[number]:
                    found[section_id] = prints[number]
        return found

    def info(self) -> Info:
        serving = self._serving_folder()
        if serving is None:
            return Info(documents=0, segments=0, size_bytes=0, generation="", schema=schema_fingerprint())
        view = self._open()
        return Info(
            documents=view.documents,
            segments=len(view.shards),
            size_bytes=sum(file.stat().st_size for file in serving.iterdir()),
            generation=view.generation,
            schema=serving.name.partition("-")[0],
        )

    def close(self) -> None:
        with self._refreshing:
            self._segments.clear()
            self._view = None

    # --- writing ---

    @contextmanager
    def write(self, *, wait_seconds: float = 10.0) -> Iterator[Batch]:
        with self._locked(wait_seconds):
            serving = self._serving_folder() or self._make_folder()
            self._check_schema(serving)
            writer = ArrayWriter(_open_index(serving))
            try:
                yield _Batch(writer)
                writer.commit()
            except BaseException:
                if not writer.is_closed:
                    writer.cancel()
                raise

    def rebuild(self, documents: Iterable[Document], *, wait_seconds: float = 10.0) -> int:
        with self._locked(wait_seconds):
            fresh = self._make_folder(serve=False)
            try:
                writer = ArrayWriter(_open_index(fresh))
                count = 0
                for document in documents:
                    writer.add_document(document=document)
                    count += 1
                writer.commit(mergetype=merge_fully)
            except BaseException:
                shutil.rmtree(fresh)
                raise
            self._serve(fresh)
            for old in self._folder.iterdir():
                if old.is_dir() and old != fresh:
                    shutil.rmtree(old)
            return count

    @contextmanager
    def _locked(self, wait_seconds: float) -> Iterator[None]:
        """Holds the lock for what is written inside; a disk that takes no more is told with the cure."""
        deadline = time.monotonic() + wait_seconds
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with (self._folder / "lock").open("w") as lock:
                while not _try_lock(lock):
                    if time.monotonic() >= deadline:
                        raise BusyError(
                            f"Another process writes to the index and did not finish in {wait_seconds:g} seconds; "
                            "what is pending stays pending. Try `manage.py index update` later."
                        )
                    time.sleep(0.02)
                yield
        except OSError as error:
            raise EngineError(
                f"The index in {self._folder} cannot be written ({error.strerror or error}). It serves as it was, and "
                "what is pending stays pending: put that right, then run `manage.py index update`."
            ) from error

    # --- folders ---

    def _serving_folder(self) -> Path | None:
        try:
            return self._folder / (self._folder / "current").read_text().strip()
        except FileNotFoundError:
            return None

    def _make_folder(self, *, serve: bool = True) -> Path:
        """Makes a folder with an empty index; its name begins with the schema's fingerprint."""
        fresh = self._folder / f"{schema_fingerprint()}-{secrets.token_hex(6)}"
        fresh.mkdir(parents=True)
        try:
            FileIndex.create(DurableStorage(str(fresh)), self._schema)
        except BaseException:
            shutil.rmtree(fresh)
            raise
        if serve:
            self._serve(fresh)
        return fresh

    def _serve(self, folder: Path) -> None:
        aside = self._folder / f"current.{secrets.token_hex(6)}"
        aside.write_text(folder.name)
        flush(aside)
        aside.replace(self._folder / "current")
        for left in self._folder.glob("current.*"):
            left.unlink()
        flush(self._folder)

    def _check_schema(self, serving: Path) -> None:
        if not serving.name.startswith(schema_fingerprint()):
            raise EngineError(
                "The index was built by another version of the archive. Build it anew: `manage.py index rebuild`."
            )

    def _open(self) -> View:
        """Returns the newest generation; costs a file read and a folder listing when nothing has changed."""
        with self._refreshing:
            for _ in range(_TRIES):
                serving = self._serving_folder()
                if serving is None:
                    with self._locked(10.0):
                        serving = self._serving_folder() or self._make_folder()
                self._check_schema(serving)
                try:
                    return self._refresh(serving)
                except FileNotFoundError as error:
                    missing = error
            raise EngineError(
                f"The index in {serving} lacks files ({missing}). Build it anew: `manage.py index rebuild`."
            ) from missing

    def _refresh(self, serving: Path) -> View:
        number = _latest_generation(serving)
        generation = f"{serving.name}.{number}"
        if self._view is not None and self._view.generation == generation:
            return self._view
        if number < 0:
            # Gone, or going: a rebuild deletes the folder that served before.
            raise FileNotFoundError(f"its table of contents in {serving}")
        storage = DurableStorage(str(serving))
        segments: dict[str, Segment] = {}
        opened = []
        try:
            for described in TOC.read(storage, _INDEX_NAME, gen=number, schema=self._schema).segments:
                name = described.segment_id()
                segments[name] = self._segments.get(name) or Segment(segment_path(storage, described))
                opened.append((segments[name], described.live() if described.has_deletions() else None))
        except FileNotFoundError:
            raise
        except _UNREADABLE as error:
            raise _unreadable(serving, error) from error
        self._segments = segments
        self._view = View(generation, opened)
        return self._view


def _try_lock(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


_INDEX_NAME = "MAIN"
_UNREADABLE = (DamagedFileError, whoosh_index.IndexError, OSError, EOFError, ValueError, KeyError, AttributeError)


def _latest_generation(serving: Path) -> int:
    """Returns the number of the newest table of contents, -1 without one: names alone are looked at."""
    beginning, ending = f"_{_INDEX_NAME}_", ".toc"
    return max(
        (
            int(name[len(beginning) : -len(ending)])
            for name in os.listdir(serving)
            if name.startswith(beginning) and name.endswith(ending)
        ),
        default=-1,
    )


def _open_index(folder: Path) -> FileIndex:
    try:
        return FileIndex(DurableStorage(str(folder)))
    except _UNREADABLE as error:
        raise _unreadable(folder, error) from error


def _unreadable(folder: Path, error: Exception) -> EngineError:
    return EngineError(f"The index in {folder} cannot be opened ({error}). Build it anew: `manage.py index rebuild`.")
