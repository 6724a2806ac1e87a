"""What Whoosh asks of an engine that keeps segments in its index folder: their descriptions, a codec, an index.

Whoosh keeps the generations and the steps of a commit (see writer). It neither reads nor writes a posting, since that
would take a Python object for each, nor the table of contents, which it would unpickle (see contents). The tests have
the other half of the codec, with which Whoosh's own searcher reads the same files: it is their oracle
(`tests/search/engines/whoosh_reader.py`). Only modules of this package import from here.
"""

from pathlib import Path
from typing import Any

import numpy as np
from whoosh import fields
from whoosh.codec import base

from .files import Array
from .segment import EXTENSION

# Whoosh requires a schema. Nothing reads it.
WHOOSH_SCHEMA = fields.Schema(section_id=fields.STORED)


class ArraySegment(base.Segment):
    """A segment in the table of contents: its number of documents, and a bit for each deleted one.

    `checksum` is the one at the top of its file.
    """

    INDEX_NAME = "MAIN"

    def __init__(self, count: int = 0, *, name: str = "", checksum: int = 0, deleted_bits: bytes = b"") -> None:
        """Describes a segment, under a new name if it has none. Raises ValueError for bits of another number."""
        super().__init__(self.INDEX_NAME)
        if name:
            self.segid = name
        if deleted_bits and len(deleted_bits) != -(-count // 8):
            raise ValueError(f"{len(deleted_bits):,} bytes of bits for {count:,} documents")
        self._count = count
        self.checksum = checksum
        self.deleted_bits = deleted_bits
        self._deleted_count = count - int(np.count_nonzero(self.live()))

    def doc_count_all(self) -> int:
        return self._count

    def deleted_count(self) -> int:
        return self._deleted_count

    def live(self) -> Array:
        """Returns for each document whether it is live, that is, not deleted. Shape (documents,), bool."""
        if not self.deleted_bits:
            return np.ones(self._count, dtype=bool)
        bits = np.unpackbits(np.frombuffer(self.deleted_bits, dtype=np.uint8), count=self._count)
        return ~bits.astype(bool)

    def delete_documents(self, docs: Array) -> None:
        """Marks documents as deleted. O(segment)."""
        live = self.live()
        live[docs] = False
        self._deleted_count = self._count - int(np.count_nonzero(live))
        self.deleted_bits = np.packbits(~live).tobytes() if self._deleted_count else b""

    def should_assemble(self) -> bool:
        """Keeps Whoosh from packing the file of a segment into a compound file."""
        return False


class ArrayCodec(base.Codec):
    """Makes descriptions of segments. Its writers are closed: ArrayWriter alone writes a segment's file."""

    length_stats = False

    def per_document_writer(self, storage: Any, segment: ArraySegment) -> "_ClosedWriter":
        return _ClosedWriter()

    def field_writer(self, storage: Any, segment: ArraySegment) -> "_ClosedWriter":
        return _ClosedWriter()

    def new_segment(self, storage: Any, indexname: str) -> ArraySegment:
        return ArraySegment()


class _ClosedWriter:
    is_closed = True


def segment_path(folder: Path, segment: base.Segment) -> Path:
    """Returns the path of the one file of a segment."""
    return folder / str(segment.make_filename(EXTENSION))
