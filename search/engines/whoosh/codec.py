"""ArrayCodec: segments of arrays behind Whoosh's index. Whoosh's own searcher reads them through what is here.

That searcher is the oracle of the tests, so this is plain and slow: all postings are made into lists at once.
Writing goes through ArrayWriter alone (see writer), as an add_document of Whoosh's writer makes a Python object of
each posting; this codec's document and field writers are therefore closed from the start.
"""

from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.codec import base
from whoosh.columns import ColumnReader
from whoosh.formats import Positions
from whoosh.matching import ListMatcher
from whoosh.reading import TermInfo

from .files import Array
from .schema import SEPARATOR, column_of, forms_of
from .segment import DATE_NAMES, EXTENSION, FIELD_NAMES, KEYWORD_NAMES, Segment

Posting = tuple[list[int], list[float], list[list[int]]]


class ArraySegment(base.Segment):
    """A segment as the table of contents knows it: its size, and a bit for each deleted document."""

    def __init__(self, indexname: str, count: int = 0) -> None:
        super().__init__(indexname)
        self._count = count
        self._deleted = b""
        self._deleted_count = 0

    def codec(self) -> "ArrayCodec":
        return ArrayCodec()

    def doc_count_all(self) -> int:
        return self._count

    def set_doc_count(self, doccount: int) -> None:
        self._count = doccount

    def deleted_count(self) -> int:
        return self._deleted_count

    def live(self) -> Array:
        """Returns for each document whether it is not deleted."""
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

    def deleted_docs(self) -> list[int]:
        found: list[int] = np.flatnonzero(~self.live()).tolist()
        return found

    def delete_document(self, docnum: int, delete: bool = True) -> None:
        if not delete:
            raise NotImplementedError("What was deleted from the index comes back by being indexed again.")
        self.delete_documents(np.array([docnum]))

    def is_deleted(self, docnum: int) -> bool:
        return not self.live()[docnum]

    def should_assemble(self) -> bool:
        return False


class ArrayCodec(base.Codec):
    """See the module."""

    length_stats = False

    def per_document_writer(self, storage: Any, segment: ArraySegment) -> "_ClosedWriter":
        return _ClosedWriter()

    def field_writer(self, storage: Any, segment: ArraySegment) -> "_ClosedWriter":
        return _ClosedWriter()

    def terms_reader(self, storage: Any, segment: ArraySegment) -> "_TermsReader":
        return _TermsReader(self, Segment(segment_path(storage, segment)))

    def per_document_reader(self, storage: Any, segment: ArraySegment) -> "_DocumentsReader":
        return _DocumentsReader(segment, Segment(segment_path(storage, segment)))

    def postings_reader(
        self, dbfile: Posting, terminfo: TermInfo, format_: Any, term: Any = None, scorer: Any = None
    ) -> ListMatcher:
        docs, weights, positions = dbfile
        encode = Positions().encode
        return ListMatcher(
            docs,
            weights,
            [encode(places) for places in positions],
            format_,
            scorer=scorer,
            term=term,
            terminfo=terminfo,
        )

    def new_segment(self, storage: Any, indexname: str) -> ArraySegment:
        return ArraySegment(indexname)


def segment_path(storage: Any, segment: ArraySegment) -> Path:
    """Returns the one file of a segment."""
    return Path(str(storage.folder), str(segment.make_filename(EXTENSION)))


class _ClosedWriter:
    is_closed = True


class _TermsReader(base.TermsReader):
    """Terms and postings as Whoosh asks for them."""

    def __init__(self, codec: ArrayCodec, segment: Segment) -> None:
        self._codec = codec
        self._segment = segment

    @cached_property
    def _postings(self) -> dict[tuple[str, bytes], Posting]:
        """Every term of every field: made once, for an oracle's small index."""
        made: dict[tuple[str, bytes], dict[int, list[int]]] = {}
        segment, file = self._segment, self._segment.file
        stems = segment.stems.all()
        starts = segment.field_starts(np.arange(segment.count))
        for ordinal, form in enumerate(segment.forms.all()):
            first, last = segment.extent("forms.starts", ordinal)
            counts = segment.frequencies("forms", first, last).astype(np.int64)
            docs = np.repeat(file["forms.docs"][first:last], counts).tolist()
            begin, end = segment.extent("forms.position_starts", ordinal)
            stem = stems[file["forms.stems"][ordinal]]
            for doc, place in zip(docs, file["forms.positions"][begin:end].tolist(), strict=True):
                field = max((name for name in FIELD_NAMES if starts[name][doc] <= place), key=FIELD_NAMES.index)
                position = place - int(starts[field][doc])
                for key in ((field, stem), (forms_of(field), form)):
                    made.setdefault(key, {}).setdefault(doc, []).append(position)
        for name in KEYWORD_NAMES:
            column = segment.columns[name]
            for fold in column.folds.all():
                having = column.cards_with(column.with_fold(fold.decode()))
                if fold:
                    made[name, fold] = {doc: [] for doc in np.flatnonzero(having[segment.cards]).tolist()}
        return {
            key: (
                sorted(found),
                [float(len(found[doc]) or 1) for doc in sorted(found)],
                [sorted(found[doc]) for doc in sorted(found)],
            )
            for key, found in made.items()
        }

    @cached_property
    def _sorted(self) -> list[tuple[str, bytes]]:
        return sorted(self._postings)

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return term in self._postings

    def terms(self) -> Iterator[tuple[str, bytes]]:
        return iter(self._sorted)

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        return iter(self._sorted[bisect_left(self._sorted, (fieldname, prefix)) :])

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return ((term, self.term_info(*term)) for term in self._sorted)

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms_from(fieldname, prefix))

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        docs, weights, _ = self._postings[fieldname, text]
        return TermInfo(sum(weights), len(docs), 1, 2**31, max(weights), docs[0], docs[-1])

    def matcher(self, fieldname: str, text: bytes, format_: Any, scorer: Any = None) -> ListMatcher:
        return self._codec.postings_reader(
            self._postings[fieldname, text],
            self.term_info(fieldname, text),
            format_,
            term=(fieldname, text),
            scorer=scorer,
        )

    def indexed_field_names(self) -> list[str]:
        return sorted({field for field, _ in self._sorted})


class _DocumentsReader(base.PerDocumentReader):
    """Lengths, deletions and columns as Whoosh asks for them; nothing is stored but columns."""

    def __init__(self, described: ArraySegment, segment: Segment) -> None:
        self._described = described
        self._segment = segment

    def doc_count(self) -> int:
        return int(self._described.doc_count())

    def doc_count_all(self) -> int:
        return self._segment.count

    def has_deletions(self) -> bool:
        return bool(self._described.has_deletions())

    def is_deleted(self, docnum: int) -> bool:
        return self._described.is_deleted(docnum)

    def deleted_docs(self) -> list[int]:
        return self._described.deleted_docs()

    def supports_columns(self) -> bool:
        return True

    def has_column(self, fieldname: str) -> bool:
        return fieldname in self._columns

    def column_reader(self, fieldname: str, column: Any) -> "_ListColumn":
        return _ListColumn(self._columns[fieldname])

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        lengths = self._lengths(fieldname)
        return default if lengths is None else int(lengths[docnum])

    def field_length(self, fieldname: str) -> int:
        lengths = self._lengths(fieldname)
        return 0 if lengths is None else int(lengths.sum(dtype=np.int64))

    def min_field_length(self, fieldname: str) -> int:
        lengths = self._lengths(fieldname)
        return 0 if lengths is None else int(lengths.min(initial=0))

    def max_field_length(self, fieldname: str) -> int:
        lengths = self._lengths(fieldname)
        return 0 if lengths is None else int(lengths.max(initial=0))

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        return {}

    def _lengths(self, fieldname: str) -> Array | None:
        for name in FIELD_NAMES:
            if fieldname in (name, forms_of(name)):
                return self._segment.lengths(name)
        return None

    @cached_property
    def _columns(self) -> dict[str, list[Any]]:
        segment = self._segment
        columns: dict[str, list[Any]] = {
            "section_id": segment.section_ids.tolist(),
            "article_id": segment.card_articles[segment.cards].tolist(),
            "fingerprint": [text.encode() for text in segment.fingerprints()],
        }
        for name in DATE_NAMES:
            columns[column_of(name)] = segment.dates(name).tolist()
        for name in KEYWORD_NAMES:
            column = segment.columns[name]
            texts = column.values.all()
            ordinals, owners = column.entries(segment.cards)
            joined: list[list[bytes]] = [[] for _ in range(segment.count)]
            for ordinal, owner in zip(
                ordinals.tolist(), range(segment.count) if owners is None else owners.tolist(), strict=True
            ):
                joined[owner].append(texts[ordinal])
            columns[column_of(name)] = [SEPARATOR.encode().join(values) for values in joined]
        return columns


class _ListColumn(ColumnReader):
    def __init__(self, values: list[Any]) -> None:
        self._values = values

    def __len__(self) -> int:
        return len(self._values)

    def __getitem__(self, docnum: int) -> Any:
        return self._values[docnum]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)
