"""The merge policy: few segments for any sizes of batches, and no document rewritten many times."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.engines.whoosh.segment import MAX_DOCUMENTS
from search.engines.whoosh.writer import merge_tiers


class _Writer:
    """A stand-in for ArrayWriter that merges sizes, and counts the documents that it writes."""

    def __init__(self) -> None:
        self.written = 0

    def merge_group(self, group: list[Any]) -> Any:
        size = sum(member.doc_count() for member in group)
        self.written += size
        return segment(size)


def segment(size: int, deleted: int = 0) -> Any:
    return SimpleNamespace(doc_count=lambda: size, doc_count_all=lambda: size + deleted, deleted_count=lambda: deleted)


def commit_all(sizes: list[int]) -> tuple[list[int], int]:
    """Commits batches of these sizes. Returns the sizes of the segments, and the number of documents rewritten."""
    writer: Any = _Writer()
    segments: list[Any] = []
    for size in sizes:
        segments = merge_tiers(writer, [*segments, segment(size)])
    return sorted(merged.doc_count() for merged in segments), writer.written


@given(st.lists(st.integers(1, 6_000), max_size=300))
def test_batches_of_any_size_leave_few_segments(sizes: list[int]) -> None:
    merged, _ = commit_all(sizes)
    assert sum(merged) == sum(sizes)
    assert all(size <= MAX_DOCUMENTS for size in merged)
    total = sum(sizes)
    full = total // (MAX_DOCUMENTS // 2)
    assert len(merged) <= max(total, 1).bit_length() + full


@pytest.mark.parametrize("size", [1, 100, 3_000, 6_000])
def test_each_document_is_rewritten_a_few_times_only(size: int) -> None:
    count = 60_000 // size if size > 10 else 6_000
    merged, written = commit_all([size] * count)
    assert len(merged) <= 6
    # Single documents cost most: up to _MAX_SMALL_DOCUMENTS are rewritten with each.
    assert written <= count * size * (12 if size >= 100 else 1_200)


def test_deleted_documents_are_merged_out() -> None:
    writer: Any = _Writer()
    (merged,) = merge_tiers(writer, [segment(5_000, deleted=4_000)])
    assert (merged.doc_count(), merged.deleted_count(), writer.written) == (5_000, 0, 5_000)
    (kept,) = merge_tiers(writer, [segment(5_000, deleted=100)])
    assert (kept.deleted_count(), writer.written) == (100, 5_000)
