"""Formats: bytes in, items out. One module a format, never one a publisher.

`read` is the way in: it opens containers (gzip and those of CONTAINERS), sniffs the format of what is in them by
content and yields ArticleItem and Rejected. Readers import no Django, open nothing, and hold at most one document
of MAX_DOCUMENT_BYTES in memory.
"""

import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from ..items import ArticleItem, Hints, Item, Rejected
from . import anpa, html, iptc7901, json_document, jsonl, newsml, ninjs, text, xml_records
from .limits import HEAD_BYTES
from .members import Member


@dataclass(frozen=True)
class Format:
    """A row of FORMATS: `sniff` judges the first HEAD_BYTES, with the name for a hint where content is silent."""

    name: str
    label: str
    sniff: Callable[[bytes, str], bool]
    read: Callable[[BinaryIO, Hints], Iterator[Item]]


@dataclass(frozen=True)
class Container:
    """A row of CONTAINERS: what holds documents of any format. `open` yields them one by one, in order."""

    name: str
    label: str
    sniff: Callable[[bytes, str], bool]
    open: Callable[[BinaryIO, Hints], Iterator[Member | Rejected]]


CONTAINERS: tuple[Container, ...] = ()

# A web archive in a zip in a gzip is somebody's habit; what is packed deeper is there to break readers.
_MAX_NESTING = 3

# In the order in which they are asked; plain text takes whatever is readable, so it comes last.
FORMATS = (
    Format("newsml", "NewsML-G2, NewsML 1 and NITF", newsml.sniff, newsml.read),
    Format("ninjs", "ninjs, news in JSON", ninjs.sniff, ninjs.read),
    Format("anpa", "ANPA 1312", anpa.sniff, anpa.read),
    Format("iptc7901", "IPTC 7901", iptc7901.sniff, iptc7901.read),
    Format("xml-records", "XML records, an element an article", xml_records.sniff, xml_records.read),
    Format("json", "JSON, an article or a list of articles", json_document.sniff, json_document.read),
    Format("jsonl", "JSON Lines, one article a line", jsonl.sniff, jsonl.read),
    Format("html", "HTML, one article a page", html.sniff, html.read),
    Format("text", "plain text, one article a file", text.sniff, text.read),
)

_GZIP_MAGIC = b"\x1f\x8b"
_DAMAGE = (EOFError, gzip.BadGzipFile, zlib.error)


def read(stream: BinaryIO, hints: Hints) -> Iterator[Item]:
    """Yields the items of a stream of any known format, in any known container.

    Damage ends in a Rejected that says where; what came before it is yielded all the same.
    """
    yield from _read(stream, hints, nesting=0)


def _read(stream: BinaryIO, hints: Hints, *, nesting: int) -> Iterator[Item]:
    head, stream = _look_ahead(stream.read)
    try:
        if head.startswith(_GZIP_MAGIC):
            # GzipFile's stub asks for more of a file than it uses: it only reads. Its read() would lose what stands
            # before damage; read1() gives that first.
            head, stream = _look_ahead(gzip.GzipFile(fileobj=stream).read1)
        if len(head) < HEAD_BYTES and not head.strip(b" \t\r\n\xef\xbb\xbf"):
            yield Rejected("", "the file is empty")
            return
        for container in CONTAINERS:
            if container.sniff(head, hints.name):
                yield from _read_members(container.open(stream, hints), nesting=nesting + 1)
                return
        for known in FORMATS:
            if known.sniff(head, hints.name):
                yield from known.read(stream, hints)
                return
        labels = "; ".join(known.label for known in FORMATS)
        yield Rejected("", f"none of the formats that the archive reads ({labels}), plain or gzipped")
    except _DAMAGE as error:
        yield Rejected("", f"the gzip data is damaged, and what follows the damage cannot be read: {error}")


def _read_members(members: Iterator[Member | Rejected], *, nesting: int) -> Iterator[Item]:
    """Yields the items of each member, their locators under the member's; a member that fails stops no other."""
    for member in members:
        if isinstance(member, Rejected):
            yield member
            continue
        if nesting > _MAX_NESTING:
            yield Rejected(member.locator, f"packed more than {_MAX_NESTING} times; unpack it first")
            continue
        for item in _read(member.stream, member.hints, nesting=nesting):
            located = replace(item, locator=": ".join(part for part in (member.locator, item.locator) if part))
            if isinstance(located, ArticleItem):
                located = replace(located, captured=member.hints.captured, whole_stream=False)
            yield located


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
