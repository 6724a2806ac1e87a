"""The parts of a container: documents to read, and parts to skip. Used by containers and `formats.read`."""

from dataclasses import dataclass
from typing import BinaryIO

from ...items import Hints, Note, Rejected


@dataclass(frozen=True)
class Member:
    """A document in a container: its bytes, its place, and what the container says about it.

    `payload_digest` is the digest of its bytes in a web archive.
    `problems` are about how it was stored; `truncated` means that its end is missing. A member with an
    `ambiguous_type` (a media type such as JSON) may not be a document: it is read only if a format recognises it by
    its marks, else counted as skipped under that type.
    """

    stream: BinaryIO
    hints: Hints
    locator: str
    problems: tuple[str, ...] = ()
    truncated: bool = False
    ambiguous_type: str = ""
    payload_digest: str = ""


@dataclass(frozen=True)
class Skipped:
    """A part of a container that is not a document. Such parts are counted by kind (a media type, a status)."""

    kind: str


# What a container yields: documents, parts that are none, and remarks about either.
Part = Member | Skipped | Rejected | Note
