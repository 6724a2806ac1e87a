"""The contract of readers and containers: the rows of the tables.

A reader takes the bytes of one document and yields items. `formats.read` reads the stream, keeps to the limits, and
turns a ReadError into a Rejected. A format whose files may have any length is declared as Streamed: its files are
split into documents first. Readers raise ReadError alone: any other exception is a fault of the archive (see
`faults`). Imported by `formats`; `Document` by readers of streams too.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from ..errors import ReadError
from ..items import ArticleItem, Hints, Item, Rejected
from .containers import Part
from .input import Limits, size_text, too_long_line

Sniff = Callable[[bytes, str], bool]
Reader = Callable[[bytes, Hints, Limits], Iterator[Item]]


@dataclass(frozen=True)
class Document:
    """A document in a file of several. `locator` is its place there, empty if it is the whole file."""

    raw: bytes
    locator: str = ""


def documents_in_lines(lines: Iterable[bytes | None], limits: Limits) -> Iterator[Document | Rejected]:
    """Yields a document for each line that is not blank, with its number; None is a line that is too long."""
    for number, line in enumerate(lines, start=1):
        locator = f"line {number}"
        if line is None:
            yield Rejected(locator, too_long_line(limits))
        elif raw := line.strip():
            yield Document(raw, locator)


@dataclass(frozen=True)
class Streamed:
    """A format whose files may not fit in memory; `reason` says why.

    `split` yields the documents of a file in order, and what cannot be one; `read` reads one of them.
    """

    split: Callable[[BinaryIO, Limits], Iterator[Document | Rejected]]
    read: Reader
    reason: str


@dataclass(frozen=True)
class Format:
    """A row of FORMATS. `sniff` gets the first HEAD_BYTES and the name, a hint where the content is ambiguous.

    A format without `marks` of its own accepts almost anything, so it is not asked about members that may be no
    documents. `unit` and `cure` complete the message that a document is too long. `lists_once` says that a document
    shows its items as they are at one moment, as a feed does: no two of them are versions of one article.
    """

    name: str
    label: str
    sniff: Sniff
    read: Reader | Streamed
    unit: str = "document"
    cure: str = "split it into articles"
    marks: bool = True
    lists_once: bool = False

    def documents(self, stream: BinaryIO, limits: Limits) -> Iterator[Document | Rejected]:
        """Yields the documents in a stream. Raises ReadError for a document that is too long."""
        if isinstance(self.read, Streamed):
            yield from self.read.split(stream, limits)
            return
        raw = stream.read(limits.max_document_bytes + 1)
        if len(raw) > limits.max_document_bytes:
            max_size = size_text(limits.max_document_bytes)
            raise ReadError(f"longer than {max_size}, the most that one {self.unit} may have; {self.cure}")
        yield Document(raw)

    def read_document(self, raw: bytes, hints: Hints, limits: Limits) -> Iterator[Item]:
        """Yields the items of one document. Raises ReadError for a document that cannot be read."""
        reader = self.read.read if isinstance(self.read, Streamed) else self.read
        yield from limit_rejections(reader(raw, hints, limits), MAX_DOCUMENT_REJECTIONS)

    def items(
        self, stream: BinaryIO, hints: Hints, limits: Limits, read: "ReadDocument" = read_document
    ) -> Iterator[Item]:
        """Yields the items of a stream; of a file of several documents, with their places in it.

        Raises ReadError for a document that cannot be read; among several it is a Rejected. The rest of a file is not
        read once MAX_SURPLUS_REJECTED_DOCUMENTS more of its documents are rejected than read; the last item says so.
        """
        surplus = 0
        for document in self.documents(stream, limits):
            if isinstance(document, Rejected):
                items: Iterator[Item] = iter((document,))
            elif document.locator:
                items = _placed(document.locator, read(self, document.raw, hints, limits))
            else:
                yield from read(self, document.raw, hints, limits)
                continue
            any_read = False
            for item in items:
                any_read |= not isinstance(item, Rejected)
                yield item
            surplus += -1 if any_read else 1
            if surplus >= MAX_SURPLUS_REJECTED_DOCUMENTS:
                yield Rejected(f"after {document.locator}", _not_read(surplus), rest_unread=True)
                return


# A document, and a file of documents, may consist of a million broken parts. So many reasons are reported one by one,
# the further ones are counted.
MAX_DOCUMENT_REJECTIONS = 1_000
MAX_FILE_REJECTIONS = 10_000

# A file whose documents are mostly rejected is not what it seems. Each costs a message to another process and back:
# so many take about six seconds, and the millions of a small file would take an hour.
MAX_SURPLUS_REJECTED_DOCUMENTS = 50_000


def _not_read(surplus: int) -> str:
    return (
        f"the rest of the file was not read, because {surplus:,} more of its documents were rejected than read; take "
        "out what the first reasons name, or split the file, and ingest it again"
    )


def limit_rejections(items: Iterator[Item], max_rejections: int) -> Iterator[Item]:
    """Yields items; of those that say that a part was rejected, the first so many, then the number of the others.

    That the rest of something was not read is always reported.
    """
    rejected = 0
    for item in items:
        is_part = isinstance(item, Rejected) and not item.rest_unread
        rejected += is_part
        if not is_part or rejected <= max_rejections:
            yield item
    if rejected > max_rejections:
        yield Rejected("", f"{rejected - max_rejections:,} more parts were rejected; the reasons above are the first")


# Reads one document in a format. `Format.read_document` is one; another may read it elsewhere.
ReadDocument = Callable[[Format, bytes, Hints, Limits], Iterator[Item]]


def _placed(locator: str, items: Iterator[Item]) -> Iterator[Item]:
    """Yields the items of one document of several, with its place before theirs."""
    try:
        for item in items:
            place = f"{locator}, {item.locator}" if item.locator else locator
            if isinstance(item, ArticleItem):
                yield replace(item, locator=place, whole_stream=False)
            else:
                yield replace(item, locator=place)
    except ReadError as error:
        yield Rejected(locator, error.reason)


@dataclass(frozen=True)
class Container:
    """A row of CONTAINERS: a file that contains documents of any format. `open` yields them in order.

    The stream of a plain file can be seeked; that of others cannot. `reason` says why it reads a stream. A container
    that `has_addresses` says from which address each document was received.
    """

    name: str
    label: str
    sniff: Sniff
    open: Callable[[BinaryIO, Hints, Limits], Iterator[Part]]
    reason: str
    has_addresses: bool = False
