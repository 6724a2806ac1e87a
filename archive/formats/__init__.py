"""Formats: bytes in, items out. One module a format, never one a publisher.

`read` is the way in: it unpacks gzip, sniffs the format by content and yields ArticleItem and Rejected. Readers
import no Django, open nothing, and hold at most one document of MAX_DOCUMENT_BYTES in memory.
"""

import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from ..items import Hints, Item, Rejected
from . import jsonl, text
from .limits import HEAD_BYTES


@dataclass(frozen=True)
class Format:
    """A row of FORMATS: `sniff` judges the first HEAD_BYTES, with the name for a hint where content is silent."""

    name: str
    label: str
    sniff: Callable[[bytes, str], bool]
    read: Callable[[BinaryIO, Hints], Iterator[Item]]


# In the order in which they are asked; plain text takes whatever is readable, so it comes last.
FORMATS = (
    Format("jsonl", "JSON Lines, one article a line", jsonl.sniff, jsonl.read),
    Format("text", "plain text, one article a file", text.sniff, text.read),
)

_GZIP_MAGIC = b"\x1f\x8b"
_DAMAGE = (EOFError, gzip.BadGzipFile, zlib.error)


def read(stream: BinaryIO, hints: Hints) -> Iterator[Item]:
    """Yields the items of a stream of any known format, gzipped or not.

    Damage ends in a Rejected that says where; what came before it is yielded all the same.
    """
    head, stream = _look_ahead(stream.read)
    try:
        if head.startswith(_GZIP_MAGIC):
            # GzipFile's stub asks for more of a file than it uses: it only reads. Its read() would lose what stands
            # before damage; read1() gives that first.
            head, stream = _look_ahead(gzip.GzipFile(fileobj=stream).read1)
        if len(head) < HEAD_BYTES and not head.strip(b" \t\r\n\xef\xbb\xbf"):
            yield Rejected("", "the file is empty")
            return
        for known in FORMATS:
            if known.sniff(head, hints.name):
                yield from known.read(stream, hints)
                return
        labels = "; ".join(known.label for known in FORMATS)
        yield Rejected("", f"none of the formats that the archive reads ({labels}), plain or gzipped")
    except _DAMAGE as error:
        yield Rejected("", f"the gzip data is damaged, and what follows the damage cannot be read: {error}")


class _Chained(io.RawIOBase):
    """A head already taken from a stream, then the rest of that stream, or the damage that was met there."""

    def __init__(self, head: bytes, read_rest: Callable[[int], bytes], damage: Exception | None) -> None:
        self._head = io.BytesIO(head)
        self._read_rest = read_rest
        self._damage = damage

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        data = self._head.read(len(buffer))
        if not data and self._damage:
            raise self._damage
        data = data or self._read_rest(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _look_ahead(read: Callable[[int], bytes]) -> tuple[bytes, BinaryIO]:
    """Returns the first HEAD_BYTES that `read` gives and a stream that still has them; raises damage before any."""
    head, damage = b"", None
    try:
        while len(head) < HEAD_BYTES and (data := read(HEAD_BYTES - len(head))):
            head += data
    except _DAMAGE as error:
        if not head:
            raise
        damage = error
    return head, io.BufferedReader(_Chained(head, read, damage), buffer_size=HEAD_BYTES)
