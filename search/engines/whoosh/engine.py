"""WhooshEngine: searching and writing one index folder.

The folder holds `current`, a file with the name of the folder inside it that serves, and `lock`. A rebuild makes a
new folder beside the serving one and rewrites `current`; a reader that has the old files open keeps them.
"""

import fcntl
import os
import secrets
import shutil
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from whoosh import index as whoosh_index
from whoosh import writing

from ...engine import Batch, BusyError, Document, EngineError, Features, Filter, Hit, Info, Request, Results
from ...query import And, Everything, Node, Not, Or, positive_leaves
from .columns import ColumnCache, Columns, Ints, Mask
from .queries import to_whoosh_query
from .schema import UNDATED, build_schema, schema_fingerprint, to_whoosh

_WRITER_MEMORY_MB = 256


@dataclass(frozen=True)
class _View:
    """One generation of the index, open for reading."""

    generation: str
    searcher: Any
    columns: Columns


@dataclass(frozen=True)
class _Matches:
    """Documents with their scores, as arrays over all documents."""

    mask: Mask
    scores: "np.typing.NDArray[np.float64]"


class _Batch:
    """The Batch of a Whoosh writer."""

    def __init__(self, writer: Any) -> None:
        self._writer = writer

    def delete_article(self, article_id: int) -> None:
        self._writer.delete_by_term("article", str(article_id))

    def add(self, document: Document) -> None:
        self._writer.add_document(**to_whoosh(document))


class WhooshEngine:
    """An index in a folder; see search.engine for what its methods promise. Threads may share one."""

    features = Features()

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._cache = ColumnCache()
        self._view: _View | None = None
        self._refreshing = threading.Lock()

    # --- searching ---

    def search(self, request: Request) -> Results:
        view = self._open()
        matcher = _Matcher(view, request)
        found = matcher.match()
        docs = np.flatnonzero(found.mask)
        articles = len(np.unique(view.columns.article_ids[docs]))
        order = _order(view.columns, docs, found.scores[docs], request.sort)
        docs = docs[order]
        if request.by_article or request.unit == "article":
            hits, total = _article_hits(view.columns, docs, found.scores, request), articles
        else:
            page = docs[request.offset : request.offset + request.limit]
            hits, total = [_hit(view.columns, [doc], found.scores, 1) for doc in page], len(docs)
        return Results(
            hits=tuple(hits),
            total=total,
            sections=len(docs),
            articles=articles,
            facets={name: matcher.count(name) for name in request.facets},
        )

    def scan(self, request: Request) -> Iterator[int]:
        view = self._open()
        found = _Matcher(view, request).match()
        docs = np.flatnonzero(found.mask)
        order = _order(view.columns, docs, found.scores[docs], request.sort)
        yield from view.columns.section_ids[docs[order]].tolist()

    def fingerprints(self) -> dict[int, str]:
        view = self._open()
        found: dict[int, str] = {}
        for leaf, _ in view.searcher.reader().leaf_readers():
            ids, prints = leaf.column_reader("section_id"), leaf.column_reader("fingerprint")
            for number in range(leaf.doc_count_all()):
                if not leaf.is_deleted(number):
                    found[ids[number]] = prints[number].decode()
        return found

    def info(self) -> Info:
        serving = self._serving_folder()
        if serving is None:
            return Info(documents=0, segments=0, size_bytes=0, generation="", schema=schema_fingerprint())
        view = self._open()
        return Info(
            documents=int(view.columns.live.sum()),
            segments=len(view.searcher.reader().leaf_readers()),
            size_bytes=sum(file.stat().st_size for file in serving.iterdir()),
            generation=view.generation,
            schema=serving.name.partition("-")[0],
        )

    def close(self) -> None:
        with self._refreshing:
            if self._view:
                self._view.searcher.close()
            self._view = None

    # --- writing ---

    @contextmanager
    def write(self, *, wait_seconds: float = 10.0) -> Iterator[Batch]:
        with self._locked(wait_seconds):
            serving = self._serving_folder() or self._make_folder()
            writer = _open_index(serving).writer(limitmb=_WRITER_MEMORY_MB)
            try:
                yield _Batch(writer)
            except BaseException:
                writer.cancel()
                raise
            writer.commit()
            _flush_to_disk(serving)

    def rebuild(self, documents: Iterable[Document], *, wait_seconds: float = 10.0) -> int:
        with self._locked(wait_seconds):
            fresh = self._make_folder(serve=False)
            try:
                writer = _open_index(fresh).writer(limitmb=_WRITER_MEMORY_MB)
                count = 0
                for document in documents:
                    writer.add_document(**to_whoosh(document))
                    count += 1
                writer.commit(mergetype=writing.OPTIMIZE)
                _flush_to_disk(fresh)
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
        self._folder.mkdir(parents=True, exist_ok=True)
        deadline = time.monotonic() + wait_seconds
        with (self._folder / "lock").open("w") as lock:
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() >= deadline:
                        raise BusyError(
                            f"Another process writes to the index and did not finish in {wait_seconds:g} seconds; "
                            "what is pending stays pending. Try `manage.py index update` later."
                        ) from None
                    time.sleep(0.02)
            yield

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
        whoosh_index.create_in(str(fresh), build_schema())
        if serve:
            self._serve(fresh)
        return fresh

    def _serve(self, folder: Path) -> None:
        aside = self._folder / f"current.{secrets.token_hex(6)}"
        aside.write_text(folder.name)
        _flush(aside)
        aside.replace(self._folder / "current")
        _flush(self._folder)

    def _open(self) -> _View:
        """Returns the newest generation; costs a file read and a folder listing when nothing has changed."""
        with self._refreshing:
            serving = self._serving_folder()
            if serving is None:
                with self._locked(10.0):
                    serving = self._serving_folder() or self._make_folder()
            if not serving.name.startswith(schema_fingerprint()):
                raise EngineError(
                    "The index was built by another version of the archive. Build it anew: `manage.py index rebuild`."
                )
            opened = _open_index(serving)
            generation = f"{serving.name}.{opened.latest_generation()}"
            if self._view is None or self._view.generation != generation:
                searcher = opened.searcher()
                self._view = _View(generation, searcher, self._cache.load(searcher.reader()))
            return self._view


def _open_index(folder: Path) -> Any:
    try:
        return whoosh_index.open_dir(str(folder))
    except (whoosh_index.IndexError, OSError, EOFError, ValueError) as error:
        raise EngineError(
            f"The index in {folder} cannot be opened ({error}). Build it anew: `manage.py index rebuild`."
        ) from error


def _flush_to_disk(folder: Path) -> None:
    """Makes a commit durable, which Whoosh itself does not: files first, then the folder."""
    for file in folder.iterdir():
        _flush(file)
    _flush(folder)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class _Matcher:
    """One request against one view; counts of facets share what was matched."""

    def __init__(self, view: _View, request: Request) -> None:
        self._view = view
        self._request = request
        self._leaves: dict[Node, _Matches] = {}

    def match(self, *, without: str | None = None) -> _Matches:
        """Returns the matching documents; `without` leaves out the filter of one field."""
        columns = self._view.columns
        allowed = columns.live.copy()
        for chosen in self._request.filters:
            if chosen.field != without:
                allowed &= _passes(columns, chosen)
        tree = self._request.tree
        if self._request.unit == "section":
            found = self._evaluate(tree)
            return _Matches(found.mask & allowed, found.scores)
        articles = self._matching_articles(tree, allowed)
        leaves = tuple(dict.fromkeys(positive_leaves(tree))) or (Everything(),)
        found = self._evaluate(leaves[0] if len(leaves) == 1 else Or(leaves))
        return _Matches(found.mask & allowed & np.isin(columns.article_ids, articles), found.scores)

    def count(self, name: str) -> tuple[tuple[str, int], ...]:
        """Returns each value of a field with its exact count, most frequent first."""
        columns = self._view.columns
        column = columns.facets[name]
        entries = self.match(without=name).mask[column.owners]
        ordinals = column.ordinals[entries]
        if self._request.unit == "article" or self._request.by_article:
            pairs = np.stack([columns.article_ids[column.owners[entries]], ordinals])
            ordinals = np.unique(pairs, axis=1)[1]
        counts = np.bincount(ordinals, minlength=len(column.values)).tolist()
        counted = [(value, count) for value, count in zip(column.values, counts, strict=True) if count]
        return tuple(sorted(counted, key=lambda entry: (-entry[1], entry[0])))

    def _matching_articles(self, node: Node, allowed: Mask) -> Ints:
        """Returns the articles whose allowed sections together satisfy the tree."""
        columns = self._view.columns
        match node:
            case And(parts):
                found = self._matching_articles(parts[0], allowed)
                for part in parts[1:]:
                    found = np.intersect1d(found, self._matching_articles(part, allowed))
                return found
            case Or(parts):
                return np.unique(np.concatenate([self._matching_articles(part, allowed) for part in parts]))
            case Not(part):
                return np.setdiff1d(columns.article_ids[allowed], self._matching_articles(part, allowed))
            case _:
                return np.unique(columns.article_ids[self._evaluate(node).mask & allowed])

    def _evaluate(self, node: Node) -> _Matches:
        if node not in self._leaves:
            self._leaves[node] = self._ask_whoosh(node)
        return self._leaves[node]

    def _ask_whoosh(self, node: Node) -> _Matches:
        count = len(self._view.columns.live)
        mask, scores = np.zeros(count, dtype=bool), np.zeros(count)
        query = to_whoosh_query(node)
        for searcher, start in self._view.searcher.leaf_searchers():
            matcher = query.matcher(searcher, searcher.context())
            while matcher.is_active():
                mask[start + matcher.id()] = True
                scores[start + matcher.id()] = matcher.score()
                matcher.next()
        return _Matches(mask, scores)


def _passes(columns: Columns, chosen: Filter) -> Mask:
    """Returns which documents have one of the chosen values and none of the excluded ones."""
    column = columns.facets[chosen.field]
    mask = np.ones(len(columns.live), dtype=bool)
    for values, wanted in ((chosen.values, True), (chosen.excluded, False)):
        if values:
            ordinals = [ordinal for ordinal, value in enumerate(column.values) if value in values]
            having = np.zeros(len(mask), dtype=bool)
            having[column.owners[np.isin(column.ordinals, ordinals)]] = True
            mask &= having if wanted else ~having
    return mask


def _order(columns: Columns, docs: Ints, scores: Any, sort: str) -> Ints:
    """Returns the positions in `docs` in the asked order; ties go by date, newest first, then by id."""
    dates, ids = columns.dates["date"][docs], columns.section_ids[docs]
    if sort == "relevance":
        return np.lexsort((ids, -dates, -scores))
    undated = dates == UNDATED
    return np.lexsort((ids, -dates if sort == "newest" else dates, undated))


def _article_hits(columns: Columns, docs: Ints, scores: Any, request: Request) -> list[Hit]:
    """Returns the page of articles, each with its best documents; `docs` come in order."""
    _, first, counts = np.unique(columns.article_ids[docs], return_index=True, return_counts=True)
    page = np.argsort(first)[request.offset : request.offset + request.limit]
    hits = []
    for group in page:
        article_id = columns.article_ids[docs[first[group]]]
        own = docs[columns.article_ids[docs] == article_id][: request.sections_per_hit]
        hits.append(_hit(columns, own, scores, int(counts[group])))
    return hits


def _hit(columns: Columns, docs: Any, scores: Any, matched: int) -> Hit:
    return Hit(
        article_id=int(columns.article_ids[docs[0]]),
        section_ids=tuple(int(columns.section_ids[doc]) for doc in docs),
        score=float(scores[docs[0]]),
        matched=matched,
    )
