"""archive/formats/input/transfer.py: what chunks cost. What they become is tested with web archives."""

import tracemalloc

import pytest

from archive.formats.input import transfer
from archive.formats.input.transfer import unchunked


@pytest.mark.parametrize("chunk", [b"2\r\nab\r\n", b"2\nab\n", b"0002 ;a=b\r\nab\r\n"])
def test_small_chunks_take_no_more_memory_than_their_bytes(chunk: bytes) -> None:
    data = chunk * 50_000 + b"0\r\n\r\n"
    tracemalloc.start()
    try:
        joined, problem = unchunked(data)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (joined, problem) == (b"ab" * 50_000, "")
    assert peak_bytes < len(data)


@pytest.mark.parametrize("end", [b"0\r\n\r\n", b""])
def test_chunks_beyond_the_limit_are_lost_with_a_problem(end: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "MAX_CHUNKS", 3)
    joined, problem = unchunked(b"1\r\na\r\n" * 50 + end)
    assert set(joined) == set(b"a")
    assert len(joined) < 50
    assert problem == "it has more than 3 chunks, as no page does; the rest is lost"


def test_so_many_chunks_as_the_limit_are_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "MAX_CHUNKS", 3)
    assert unchunked(b"1\r\na\r\n" * 3 + b"0\r\n\r\n") == (b"aaa", "")
