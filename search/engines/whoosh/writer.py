"""ArrayWriter: Whoosh's segment writer, for segments of arrays; and the policies that decide which segments to merge.

The steps of a commit are Whoosh's, the table of contents is that of `contents`. A commit is atomic and durable. The
files of new segments are on disk before the table of contents that names them is, and it is on disk before the files
that it no longer names are deleted. A writer that is killed leaves files that nothing names; the next commit deletes
them. Only `engine` imports from here.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.index import FileIndex, clean_files
from whoosh.writing import SegmentWriter

from archive.durable_files import flush

from ...text import FormTable
from ..contract import Document, Origin
from .building import SegmentBuilder
from .codec import ArrayCodec, ArraySegment, segment_path
from .contents import Contents, write_contents
from .files import write_arrays
from .merging import merge, to_sources
from .segment import MAX_DOCUMENTS, Segment, open_segment

# Segments of up to this many documents together become one with each commit. That takes a tenth of a second, and each
# segment costs every query as much as thousands of documents do.
_MAX_SMALL_DOCUMENTS = 2048
# Smaller segments join a larger one once they have half its size together. On its way into a full segment, a document
# is thus written a dozen times at most.
_GROWTH = 2
# A segment is rewritten when more than this share of it is deleted.
_MAX_DELETED_SHARE = 0.3
# The tokens that a table of forms keeps; above this, the next segment begins a new table. They take some 25 MB.
_MAX_TABLE_TOKENS = 150_000

# Called with the number of documents whose segments have been merged, again and again while that is done.
MergeProgress = Callable[[int], None]
MergePolicy = Callable[["ArrayWriter", list[ArraySegment]], list[ArraySegment]]


def _report_nothing(done: int) -> None:
    pass


class ArrayWriter(SegmentWriter):
    """A batch for one index. The commit makes its documents visible.

    Documents are written in parts, each a small segment, so that building takes the same memory for any number of
    them. The commit merges the parts by its policy. A writer that `fills_segments` merges them as soon as they fill
    one: otherwise all that a rebuild writes would be on disk twice.
    """

    def __init__(
        self,
        index: FileIndex,
        origin: Origin | None,
        *,
        fills_segments: bool = False,
        progress: MergeProgress = _report_nothing,
    ) -> None:
        """Opens a batch; `origin` is the record that the index is of, until the attribute is set."""
        super().__init__(index, codec=ArrayCodec(), compound=False)
        self.origin = origin
        self._progress = progress
        self._merged_documents = 0
        self._fills_segments = fills_segments
        # The parts that do not fill a segment yet, and how many documents these have; only where segments are filled.
        self._parts: list[ArraySegment] = []
        self._part_documents = 0
        self._folder = Path(index.storage.folder)
        self._table = FormTable()
        self._builder = SegmentBuilder(self._table)
        # The articles in the builder, and the documents in it that have been deleted again.
        self._built_articles: set[int] = set()
        self._built_deletions: list[int] = []
        # Articles that are still to be deleted from the segments.
        self._deleted_articles: set[int] = set()
        self._written: list[ArraySegment] = []
        self._open: dict[str, Segment] = {}

    def delete_article(self, article_id: int) -> None:
        """Deletes the documents of an article from the index and from this batch."""
        self._deleted_articles.add(article_id)
        if article_id in self._built_articles:
            self._built_deletions.extend(self._builder.documents_of_article(article_id))

    def add_document(self, *, document: Document) -> None:
        """Adds a document."""
        self._builder.add(document)
        self._built_articles.add(document.article_id)
        if self._builder.full or self._part_documents + len(self._builder) >= MAX_DOCUMENTS:
            self._write_builder()

    def merge_group(self, segments: Sequence[ArraySegment]) -> ArraySegment:
        """Writes the live documents of segments as one new segment, and returns it."""
        sources = to_sources([(self._read(segment), segment.live()) for segment in segments])
        documents = sum(segment.doc_count() for segment in segments)
        merged = ArraySegment(documents)
        self._written.append(merged)

        def report(share: float) -> None:
            self._progress(self._merged_documents + int(share * documents))

        merged.checksum, _ = merge(sources, segment_path(self._folder, merged), report)
        self._merged_documents += documents
        return merged

    def cancel(self) -> None:
        """Deletes what this batch has written, and leaves the index as it was."""
        for segment in self._written:
            segment_path(self._folder, segment).unlink(missing_ok=True)
        super().cancel()

    # --- Whoosh's steps of a commit ---

    def _merge_segments(self, mergetype: MergePolicy | None, optimize: Any, merge: Any) -> list[ArraySegment]:
        self._flush_segment()
        return (mergetype or merge_tiers)(self, [segment for segment in self.segments if segment.doc_count()])

    def _flush_segment(self) -> None:
        self._apply_deletions()
        if len(self._builder):
            self._write_builder()

    def _commit_toc(self, segments: list[ArraySegment]) -> None:
        written = {segment.segment_id() for segment in self._written}
        for segment in segments:
            if segment.segment_id() in written:
                flush(segment_path(self._folder, segment))
        flush(self._folder)
        write_contents(self._folder, Contents(self.generation, segments, self.origin))
        clean_files(self.storage, self.indexname, self.generation, segments)
        # Tables of contents that a killed writer had not yet renamed.
        for unfinished in self._folder.glob(f"._{self.indexname}_*"):
            unfinished.unlink()

    # --- segments ---

    def _apply_deletions(self) -> None:
        """Deletes articles from the segments that exist now: documents that are added later must stay."""
        if not self._deleted_articles:
            return
        article_ids = np.array(sorted(self._deleted_articles), dtype=np.int64)
        self._deleted_articles.clear()
        for segment in self.segments:
            arrays = self._read(segment)
            cards = np.isin(arrays.card_articles, article_ids)
            if cards.any():
                segment.delete_documents(np.flatnonzero(cards[arrays.cards]))

    def _write_builder(self) -> None:
        self._apply_deletions()
        arrays, facts = self._builder.build()
        segment = ArraySegment(facts["documents"])
        self._written.append(segment)
        segment.checksum = write_arrays(segment_path(self._folder, segment), arrays, facts)
        segment.delete_documents(np.array(self._built_deletions, dtype=np.int64))
        self.segments.append(segment)
        if len(self._table.run_forms) > _MAX_TABLE_TOKENS:
            self._table = FormTable()
        self._builder = SegmentBuilder(self._table)
        self._built_articles.clear()
        self._built_deletions.clear()
        if self._fills_segments:
            self._parts.append(segment)
            self._part_documents += segment.doc_count_all()
            if self._part_documents >= MAX_DOCUMENTS:
                self._fill_segment()

    def _fill_segment(self) -> None:
        """Makes one segment of the parts that fill it, and deletes these, which no table of contents names."""
        if len(self._parts) > 1:
            merged = self.merge_group(self._parts)
            self.segments[:] = [*(segment for segment in self.segments if segment not in self._parts), merged]
            for part in self._parts:
                self._open.pop(part.segment_id(), None)
                self._written.remove(part)
                segment_path(self._folder, part).unlink()
        self._parts, self._part_documents = [], 0

    def _read(self, segment: ArraySegment) -> Segment:
        name = segment.segment_id()
        if name not in self._open:
            self._open[name] = open_segment(segment_path(self._folder, segment), segment.checksum)
        return self._open[name]


# --- merge policies ---


def merge_tiers(writer: ArrayWriter, segments: list[ArraySegment]) -> list[ArraySegment]:
    """Merges small segments, and rewrites those with many deletions. The policy of every commit.

    From the smallest on, a segment joins those before it if they have half its size together, or if all are small;
    otherwise it begins a new group. There are O(log) segments, and a document is rewritten O(log) times.
    """
    groups: list[list[ArraySegment]] = []
    grouped = 0
    for segment in sorted(segments, key=lambda segment: segment.doc_count()):
        size = segment.doc_count()
        all_small = grouped + size <= _MAX_SMALL_DOCUMENTS
        if groups and grouped + size <= MAX_DOCUMENTS and (all_small or size <= _GROWTH * grouped):
            groups[-1].append(segment)
            grouped += size
        else:
            groups.append([segment])
            grouped = size
    return [writer.merge_group(group) if _is_worth_writing(group) else group[0] for group in groups]


def _is_worth_writing(group: list[ArraySegment]) -> bool:
    return len(group) > 1 or group[0].deleted_count() > _MAX_DELETED_SHARE * group[0].doc_count_all()


def merge_fully(writer: ArrayWriter, segments: list[ArraySegment]) -> list[ArraySegment]:
    """Merges into as few segments as can have the documents, without deletions. The policy of a rebuild."""
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
