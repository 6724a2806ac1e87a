"""When segments are merged: few of them whatever the batches, and no document written again and again."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.engines.whoosh.segment import MAX_DOCUMENTS
from search.engines.whoosh.writer import merge_tiers


class _Writer:
    """Stands in for the ArrayWriter: merges sizes, and counts the documents that it wrote."""

    def __init__(self) -> None:
        self.written = 0

    def merge_group(self, group: list[Any]) -> Any:
        size = sum(one.doc_count() for one in group)
        self.written += size
        return segment(size)


def segment(size: int, deleted: int = 0) -> Any:
    return SimpleNamespace(doc_count=lambda: size, doc_count_all=lambda: size + deleted, deleted_count=lambda: deleted)


def commit_all(sizes: list[int]) -> tuple[list[int], int]:
    """Commits batches of these sizes one after another; returns the segments' sizes and the documents rewritten."""
    writer: Any = _Writer()
    held: list[Any] = []
    for size in sizes:
        held = merge_tiers(writer, [*held, segment(size)])
    return sorted(one.doc_count() for one in held), writer.written


@given(st.lists(st.integers(1, 6_000), max_size=300))
def test_batches_of_any_size_leave_few_segments(sizes: list[int]) -> None:
    held, _ = commit_all(sizes)
    assert sum(held) == sum(sizes)
    assert all(size <= MAX_DOCUMENTS for size in held)
    total = sum(sizes)
    full = total // (MAX_DOCUMENTS // 2)
    assert len(held) <= max(total, 1).bit_length() + full


@pytest.mark.parametrize("size", [1, 100, 3_000, 6_000])
def test_each_document_is_written_again_a_few_times_only(size: int) -> None:
    count = 60_000 // size if size > 10 else 6_000
    held, written = commit_all([size] * count)
    assert len(held) <= 6
    # Articles one by one are the dearest: up to _ALWAYS_MERGED of them are written with each.
    assert written <= count * size * (12 if size >= 100 else 1_200)


def test_what_is_deleted_is_merged_out() -> None:
    writer: Any = _Writer()
    (merged,) = merge_tiers(writer, [segment(5_000, deleted=4_000)])
    assert (merged.doc_count(), merged.deleted_count(), writer.written) == (5_000, 0, 5_000)
    (kept,) = merge_tiers(writer, [segment(5_000, deleted=100)])
    assert (kept.deleted_count(), writer.written) == (100, 5_000)
