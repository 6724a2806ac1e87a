"""Documents made to stop readers, small: twice the document is at most so much more work, counted in calls."""

import io
import sys
from types import FrameType

import pytest

from archive import formats
from archive.formats.faults import FAULT
from archive.items import Hints, Rejected
from tests.bench.pathological import KINDS, Pathological, make_documents

SIZE_BYTES = 4_000
# Twice as much if it is linear, four times if it is quadratic; and what a page costs at least.
MAX_GROWTH = 2.8
MIN_CALLS = 20_000


def calls_to_read(document: Pathological) -> int:
    """Returns how many calls of functions it takes to read a document."""
    calls = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        calls += 1

    earlier = sys.getprofile()
    sys.setprofile(count)
    try:
        items = list(formats.read(io.BytesIO(document.data), Hints(document.name)))
    finally:
        sys.setprofile(earlier)
    assert [item.reason for item in items if isinstance(item, Rejected) and FAULT in item.reason] == []
    return calls


@pytest.mark.parametrize("name", [row.name for row in formats.FORMATS])
def test_the_work_for_a_document_grows_with_its_size(name: str) -> None:
    small, large = (make_documents(name, 2 * len(KINDS), size, 1) for size in (SIZE_BYTES, 2 * SIZE_BYTES))
    for document, larger in zip(small, large, strict=True):
        calls, more_calls = calls_to_read(document), calls_to_read(larger)
        assert more_calls <= MAX_GROWTH * max(calls, MIN_CALLS), larger.label


@pytest.mark.parametrize("name", ["warc", "zip"])
def test_containers_made_to_stop_readers_are_read_to_their_end(name: str) -> None:
    for document in make_documents(name, 8, SIZE_BYTES, 1):
        calls_to_read(document)
