"""The contract of readers and containers: the rows of the tables, and the report of a reader's fault.

A reader takes the bytes of one document and yields items. `formats.read` reads the stream, keeps to the limits, and
turns a ReadError into a Rejected. A reader that needs a stream is declared as Streamed, with the reason. Readers
raise ReadError alone: any other exception is a fault of the archive, logged with its traceback and reported to the
user as such. Imported by `formats` alone.
"""

import logging
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from ..errors import ReadError
from ..items import Hints, Item
from .containers import Part
from .input import Limits, size_text

logger = logging.getLogger(__name__)

Sniff = Callable[[bytes, str], bool]
Reader = Callable[[bytes, Hints, Limits], Iterator[Item]]

# The beginning of the reason for which a document is rejected when its reader fails.
FAULT = "the reader failed on this document; this is a fault of the archive, logged as"


@dataclass(frozen=True)
class Streamed:
    """A reader that takes a stream, because a document may not fit in memory; `reason` says why."""

    read: Callable[[BinaryIO, Hints, Limits], Iterator[Item]]
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

    def items(self, stream: BinaryIO, hints: Hints, limits: Limits) -> Iterator[Item]:
        """Yields the items of a stream. Raises ReadError for a document that cannot be read."""
        if isinstance(self.read, Streamed):
            yield from self.read.read(stream, hints, limits)
            return
        raw = stream.read(limits.max_document_bytes + 1)
        if len(raw) > limits.max_document_bytes:
            max_size = size_text(limits.max_document_bytes)
            raise ReadError(f"longer than {max_size}, the most that one {self.unit} may have; {self.cure}")
        yield from self.read(raw, hints, limits)


@dataclass(frozen=True)
class Container:
    """A row of CONTAINERS: a file that contains documents of any format. `open` yields them in order.

    The stream of a plain file can be seeked; that of others cannot. `reason` says why it reads a stream.
    """

    name: str
    label: str
    sniff: Sniff
    open: Callable[[BinaryIO, Hints, Limits], Iterator[Part]]
    reason: str


def report_fault(error: Exception, name: str) -> str:
    """Logs an exception that no reader may raise, with its traceback. Returns the reason for the user."""
    fault = f"{type(error).__name__} at {_place(error)}"
    logger.error("A reader failed: %s; reading %r", fault, name, exc_info=error)
    return f"{FAULT} {fault}"


def _place(error: Exception) -> str:
    """Returns the innermost module and line of the archive that an exception passed through."""
    places = [
        f"{module}:{line}"
        for frame, line in traceback.walk_tb(error.__traceback__)
        if (module := str(frame.f_globals.get("__name__", ""))).startswith("archive.")
    ]
    return places[-1]
