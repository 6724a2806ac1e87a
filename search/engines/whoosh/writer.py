"""ArrayWriter: Whoosh's segment writer, writing arrays; and when segments are merged.

A commit is whole and lasts: the new segments' files are on disk before the table of contents that names them is, and
it is there under its name before the files that it no longer names are deleted. A writer that is killed leaves files
that nothing names; the next commit deletes them.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.index import FileIndex
from whoosh.writing import SegmentWriter

from archive.durable_files import flush

from ...text import FormTable
from ..contract import Document
from .building import SegmentBuilder
from .codec import ArrayCodec, ArraySegment, segment_path
from .files import Arrays, Facts, write_arrays
from .merging import merge, to_parts
from .segment import MAX_DOCUMENTS, Segment

# Segments up to this many documents together are made one with each commit: it takes a tenth of a second, and every
# segment costs each query as much as thousands of documents do.
_ALWAYS_MERGED = 2048
# A larger segment is joined by smaller ones once they are together half its size, so that each document is written
# again a dozen times at most on its way into a full segment.
_GROWTH = 2
# A segment is written anew once this share of it is deleted.
_DELETED_SHARE = 0.3
# The tokens of runs that a table keeps before a new one is begun between two segments: some 150 MB.
_MAX_TABLE = 1_000_000

Policy = Callable[["ArrayWriter", list[ArraySegment]], list[ArraySegment]]


class ArrayWriter(SegmentWriter):
    """A batch of one index. Documents that fill a segment are written at once, and named by the commit."""

    def __init__(self, index: FileIndex) -> None:
        super().__init__(index, codec=ArrayCodec(), compound=False)
        self._folder = Path(index.storage.folder)
        self._table = FormTable()
        self._builder = SegmentBuilder(self._table)
        self._in_builder: set[int] = set()
        self._dropped: list[int] = []
        self._to_delete: set[int] = set()
        self._made: list[ArraySegment] = []
        self._open: dict[str, Segment] = {}

    def delete_article(self, article_id: int) -> None:
        """Deletes what is in the index, and in this batch, of an article."""
        self._to_delete.add(article_id)
        if article_id in self._in_builder:
            self._dropped.extend(self._builder.numbers_of_article(article_id))

    def add_document(self, *, document: Document) -> None:
        """Adds a document."""
        self._builder.add(document)
        self._in_builder.add(document.article_id)
        if self._builder.full:
            self._write_builder()

    def merge_group(self, segments: Sequence[ArraySegment]) -> ArraySegment:
        """Writes the live documents of segments as one new segment and returns it."""
        return self._write(*merge(to_parts([(self._arrays(segment), segment.live()) for segment in segments])))

    def cancel(self) -> None:
        for segment in self._made:
            segment_path(self._folder, segment).unlink(missing_ok=True)
        super().cancel()

    # --- Whoosh's steps of a commit ---

    def _merge_segments(self, mergetype: Policy | None, optimize: Any, merge: Any) -> list[ArraySegment]:
        self._flush_segment()
        return (mergetype or merge_tiers)(self, [segment for segment in self.segments if segment.doc_count()])

    def _flush_segment(self) -> None:
        self._apply_deletions()
        if len(self._builder):
            self._write_builder()

    def _commit_toc(self, segments: list[ArraySegment]) -> None:
        made = {segment.segment_id() for segment in self._made}
        for segment in segments:
            if segment.segment_id() in made:
                flush(segment_path(self._folder, segment))
        flush(self._folder)
        super()._commit_toc(segments)
        # What a killed writer had not yet renamed; Whoosh does not know these for its own.
        for left in self._folder.glob("*.toc.*"):
            left.unlink()

    # --- segments ---

    def _apply_deletions(self) -> None:
        """Deletes from the segments there are now: what is added later must stay."""
        if not self._to_delete:
            return
        articles = np.array(sorted(self._to_delete), dtype=np.int64)
        self._to_delete.clear()
        for segment in self.segments:
            arrays = self._arrays(segment)
            cards = np.isin(arrays.card_articles, articles)
            if cards.any():
                segment.delete_documents(np.flatnonzero(cards[arrays.cards]))

    def _write_builder(self) -> None:
        self._apply_deletions()
        arrays, facts = self._builder.build()
        segment = self._write(arrays, facts)
        segment.delete_documents(np.array(self._dropped, dtype=np.int64))
        self.segments.append(segment)
        if len(self._table.run_forms) > _MAX_TABLE:
            self._table = FormTable()
        self._builder = SegmentBuilder(self._table)
        self._in_builder.clear()
        self._dropped.clear()

    def _write(self, arrays: Arrays, facts: Facts) -> ArraySegment:
        segment = ArraySegment(self.indexname, facts["documents"])
        self._made.append(segment)
        write_arrays(segment_path(self._folder, segment), arrays, facts)
        return segment

    def _arrays(self, segment: ArraySegment) -> Segment:
        name = segment.segment_id()
        if name not in self._open:
            self._open[name] = Segment(segment_path(self._folder, segment))
        return self._open[name]


# --- merge policies ---


def merge_tiers(writer: ArrayWriter, segments: list[ArraySegment]) -> list[ArraySegment]:
    """Merges small segments, and what is deleted out of the others: O(log) segments, each document written O(log).

    Smallest first, a segment joins those before it if they are together half its size or all are small; if not, it
    begins a group of its own.
    """
    groups: list[list[ArraySegment]] = []
    together = 0
    for segment in sorted(segments, key=lambda segment: segment.doc_count()):
        size = segment.doc_count()
        is_small = together + size <= _ALWAYS_MERGED
        if groups and together + size <= MAX_DOCUMENTS and (is_small or size <= _GROWTH * together):
            groups[-1].append(segment)
            together += size
        else:
            groups.append([segment])
            together = size
    return [writer.merge_group(group) if _is_worth_writing(group) else group[0] for group in groups]


def _is_worth_writing(group: list[ArraySegment]) -> bool:
    return len(group) > 1 or group[0].deleted_count() > _DELETED_SHARE * group[0].doc_count_all()


def merge_fully(writer: ArrayWriter, segments: list[ArraySegment]) -> list[ArraySegment]:
    """Merges into as few segments as hold the documents, none with deletions: after a rebuild."""
    groups: list[list[ArraySegment]] = []
    room = 0
    for segment in segments:
        if segment.doc_count() > room:
            groups.append([])
            room = MAX_DOCUMENTS
        groups[-1].append(segment)
        room -= segment.doc_count()
    return [
        group[0] if len(group) == 1 and not group[0].deleted_count() else writer.merge_group(group) for group in groups
    ]
