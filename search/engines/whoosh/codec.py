"""What Whoosh asks of an engine that keeps segments in its index folder: their descriptions, a codec, a schema.

Whoosh keeps the table of contents, its generations, and the steps of a commit (see writer). It neither reads nor
writes a posting, since that would take a Python object for each. The tests have the other half of the codec, with
which Whoosh's own searcher reads the same files: it is their oracle (`tests/search/engines/whoosh_reader.py`).

Whoosh pickles ArraySegment into the table of contents. The names of this module, of the class and of its attributes
are therefore part of the format on disk.
"""

from pathlib import Path
from typing import Any

import numpy as np
from whoosh import fields
from whoosh.codec import base

from .files import Array
from .segment import EXTENSION

# Whoosh requires a schema, and writes it into every table of contents. Nothing reads it: an index is opened with this
# one, which must not be empty, or Whoosh would unpickle the schema in the file.
WHOOSH_SCHEMA = fields.Schema(section_id=fields.STORED)


class ArraySegment(base.Segment):
    """A segment in the table of contents: its number of documents, and a bit for each deleted one."""

    def __init__(self, indexname: str, count: int = 0) -> None:
        super().__init__(indexname)
        self._count = count
        self._deleted = b""
        self._deleted_count = 0

    def doc_count_all(self) -> int:
        return self._count

    def deleted_count(self) -> int:
        return self._deleted_count

    def live(self) -> Array:
        """Returns for each document whether it is live, that is, not deleted. Shape (documents,), bool."""
        if not self._deleted_count:
            return np.ones(self._count, dtype=bool)
        bits = np.unpackbits(np.frombuffer(self._deleted, dtype=np.uint8), count=self._count)
        return ~bits.astype(bool)

    def delete_documents(self, docs: Array) -> None:
        """Marks documents as deleted. O(segment)."""
        live = self.live()
        live[docs] = False
        self._deleted = np.packbits(~live).tobytes()
        self._deleted_count = self._count - int(np.count_nonzero(live))

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
        return ArraySegment(indexname)


class _ClosedWriter:
    is_closed = True


def segment_path(folder: Path, segment: base.Segment) -> Path:
    """Returns the path of the one file of a segment."""
    return folder / str(segment.make_filename(EXTENSION))
