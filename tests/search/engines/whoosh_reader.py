"""The index read by Whoosh: a schema and the reading half of a codec, with which Whoosh's searcher is an oracle.

A text field is searched by stem (`text`) for words and by form (`text_forms`) for phrases. A keyword field is searched
by folded value (`source`) and shows its values as written in a column (`source_values`). A date is a column alone.

This is plain and slow: all postings of a segment are made into lists at once. The engine uses none of it.
"""

from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from whoosh import analysis as whoosh_analysis
from whoosh import columns, fields
from whoosh.codec import base
from whoosh.filedb.filestore import FileStorage
from whoosh.formats import Positions
from whoosh.index import FileIndex
from whoosh.matching import ListMatcher
from whoosh.reading import IndexReader, TermInfo

from search.engines.whoosh.codec import ArraySegment, segment_path
from search.engines.whoosh.contents import read_contents
from search.engines.whoosh.files import Array
from search.engines.whoosh.folders import latest_generation
from search.engines.whoosh.segment import (
    ADDRESSES,
    DATE_NAMES,
    DAYS_NAMES,
    FIELD_NAMES,
    KEYWORD_NAMES,
    UNDATED,
    Segment,
)
from search.engines.whoosh.terms import Terms
from search.fields import DATE_FIELDS, DAYS_FIELDS, KEYWORD_FIELDS, NAMES_OF_VALUES, TEXT_FIELDS
from search.text import CAPITALS_MARK, fold_value, stem_form, tokenize, value_key

# Separates the values of a keyword field, which Whoosh sees as one string.
SEPARATOR = "\x1f"

# Documents, weights, and the positions in each document.
Posting = tuple[list[int], list[float], list[list[int]]]


def open_reader(folder: Path) -> IndexReader:
    """Returns Whoosh's reader of the newest generation in the folder of an index."""
    storage, schema = FileStorage(str(folder)), build_schema()
    contents = read_contents(folder, latest_generation(folder))
    segments = [_ReadableSegment(segment) for segment in contents.segments]
    return FileIndex._reader(storage, schema, segments, contents.generation)


# --- the schema ---


class StemAnalyzer(whoosh_analysis.Analyzer):
    """The tokens of `search.text`, stemmed."""

    def __call__(self, value: str, *, start_pos: int = 0, **_: Any) -> Iterator[whoosh_analysis.Token]:
        token = whoosh_analysis.Token(positions=True)
        for found in tokenize(value):
            token.text = self.term(found.form)
            token.pos = start_pos + found.position
            yield token

    def term(self, form: str) -> str:
        return stem_form(form)


class FormAnalyzer(StemAnalyzer):
    """The tokens of `search.text` as they are."""

    def term(self, form: str) -> str:
        return form


class ValuesAnalyzer(whoosh_analysis.Analyzer):
    """The values of a keyword field, each folded as a whole."""

    def __call__(self, value: str, **_: Any) -> Iterator[whoosh_analysis.Token]:
        token = whoosh_analysis.Token()
        for part in dict.fromkeys(value_key(fold_value(part)) for part in value.split(SEPARATOR)):
            if part:
                token.text = part
                yield token


def forms_of(name: str) -> str:
    """Returns the name of the Whoosh field with the word forms of a text field."""
    return f"{name}_forms"


def column_of(name: str) -> str:
    """Returns the name of the column with the values of a keyword or date field."""
    return f"{name}_values"


def values_in(joined: bytes) -> list[str]:
    """Returns the values of a keyword field in a document, from its column."""
    return [value.decode() for value in joined.split(SEPARATOR.encode())]


def build_schema() -> fields.Schema:
    """Returns the field table as a Whoosh schema."""
    schema = fields.Schema(
        section_id=fields.COLUMN(columns.NumericColumn("q")),
        article_id=fields.COLUMN(columns.NumericColumn("q")),
        fingerprint=fields.COLUMN(columns.VarBytesColumn()),
    )
    for field in TEXT_FIELDS:
        schema.add(field.name, fields.TEXT(analyzer=StemAnalyzer()))
        schema.add(forms_of(field.name), fields.TEXT(analyzer=FormAnalyzer()))
    for name in (*(field.name for field in KEYWORD_FIELDS), *NAMES_OF_VALUES.values()):
        schema.add(name, fields.KEYWORD(analyzer=ValuesAnalyzer()))
        schema.add(column_of(name), fields.COLUMN(columns.VarBytesColumn()))
    schema.add(column_of(ADDRESSES), fields.COLUMN(columns.VarBytesColumn()))
    for field in DATE_FIELDS:
        schema.add(column_of(field.name), fields.COLUMN(columns.NumericColumn("q", default=UNDATED)))
    for field in DAYS_FIELDS:
        schema.add(column_of(field.name), fields.COLUMN(columns.VarBytesColumn()))
    return schema


# --- the reading half of the codec ---


class _ReadableSegment(base.WrappingSegment):
    """The engine's description of a segment, with what Whoosh's reader asks besides."""

    def __init__(self, described: ArraySegment) -> None:
        super().__init__(described)
        self.live = described.live()

    def codec(self) -> "ReadingCodec":
        return ReadingCodec()


class ReadingCodec(base.Codec):
    """Gives Whoosh's reader the terms, postings, lengths and columns of a segment."""

    length_stats = False

    def terms_reader(self, storage: Any, segment: _ReadableSegment) -> "_TermsReader":
        return _TermsReader(self, Segment(segment_path(Path(storage.folder), segment)))

    def per_document_reader(self, storage: Any, segment: _ReadableSegment) -> "_DocumentsReader":
        return _DocumentsReader(segment.live, Segment(segment_path(Path(storage.folder), segment)))

    def postings_reader(
        self, dbfile: Posting, terminfo: TermInfo, format_: Any, term: Any = None, scorer: Any = None
    ) -> ListMatcher:
        docs, weights, positions = dbfile
        encode = Positions().encode
        values = [encode(in_document) for in_document in positions]
        return ListMatcher(docs, weights, values, format_, scorer=scorer, term=term, terminfo=terminfo)


class _TermsReader(base.TermsReader):
    def __init__(self, codec: ReadingCodec, segment: Segment) -> None:
        self._codec = codec
        self._segment = segment

    @cached_property
    def _postings(self) -> dict[tuple[str, bytes], Posting]:
        """The postings of every term of every field."""
        positions: dict[tuple[str, bytes], dict[int, list[int]]] = {}
        for field, form, stem, document, position in self._occurrences():
            # A form in capitals is no form of its stem.
            stemmed = () if form.startswith(CAPITALS_MARK.encode()) else ((field, stem),)
            for key in (*stemmed, (forms_of(field), form)):
                positions.setdefault(key, {}).setdefault(document, []).append(position)
        every = np.arange(self._segment.count)
        for name in KEYWORD_NAMES:
            column = self._segment.columns[name]
            for fold in column.folds.all():
                value = value_key(fold.decode())
                rows = column.rows_with(column.with_key(value))
                if value:
                    documents = np.flatnonzero(rows[self._segment.rows_of(name, every)]).tolist()
                    positions[name, value.encode()] = {document: [] for document in documents}
        return {key: _to_posting(by_document) for key, by_document in positions.items()}

    def _occurrences(self) -> Iterator[tuple[str, bytes, bytes, int, int]]:
        """Yields the occurrences of all forms: field, form, stem, document, position in the field."""
        segment, file = self._segment, self._segment.file
        stems = segment.stems.all()
        field_starts = segment.field_starts(np.arange(segment.count))
        for ordinal, form in enumerate(segment.forms.all()):
            first, last = segment.extent("forms.starts", ordinal)
            counts = segment.frequencies("forms", first, last).astype(np.int64)
            documents = np.repeat(file["forms.docs"][first:last], counts).tolist()
            begin, end = segment.extent("forms.position_starts", ordinal)
            stem = stems[file["forms.stems"][ordinal]]
            for document, position in zip(documents, file["forms.positions"][begin:end].tolist(), strict=True):
                before = [name for name in FIELD_NAMES if field_starts[name][document] <= position]
                yield before[-1], form, stem, document, position - int(field_starts[before[-1]][document])

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
        term = fieldname, text
        return self._codec.postings_reader(
            self._postings[term], self.term_info(*term), format_, term=term, scorer=scorer
        )

    def indexed_field_names(self) -> list[str]:
        return sorted({field for field, _ in self._sorted})


def _to_posting(positions: dict[int, list[int]]) -> Posting:
    """Returns a posting from the positions by document; a term without positions counts once a document."""
    documents = sorted(positions)
    weights = [float(len(positions[document]) or 1) for document in documents]
    return documents, weights, [sorted(positions[document]) for document in documents]


class _DocumentsReader(base.PerDocumentReader):
    """Lengths, deletions and columns. There are no stored fields."""

    def __init__(self, live: Array, segment: Segment) -> None:
        self._live = live
        self._segment = segment

    def doc_count(self) -> int:
        return int(np.count_nonzero(self._live))

    def doc_count_all(self) -> int:
        return self._segment.count

    def has_deletions(self) -> bool:
        return not self._live.all()

    def is_deleted(self, docnum: int) -> bool:
        return not self._live[docnum]

    def deleted_docs(self) -> list[int]:
        deleted: list[int] = np.flatnonzero(~self._live).tolist()
        return deleted

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
        by_name: dict[str, list[Any]] = {
            "section_id": segment.section_ids.tolist(),
            "article_id": segment.card_articles[segment.cards].tolist(),
            "fingerprint": Terms(segment.file, "fingerprints").all(),
        }
        for name in DATE_NAMES:
            columns_of_dates = (segment.dates(name), *segment.clock_spans(name, np.arange(segment.count)))
            by_name[column_of(name)] = list(zip(*(column.tolist() for column in columns_of_dates), strict=True))
        for name in DAYS_NAMES:
            spans: list[list[tuple[int, int]]] = [[] for _ in range(segment.count)]
            for owner, *span in zip(*map(list, segment.days[name].entries(np.arange(segment.count))), strict=True):
                spans[owner].append((int(span[0]), int(span[1])))
            by_name[column_of(name)] = spans
        for name in (*KEYWORD_NAMES, ADDRESSES):
            column = segment.column(name)
            texts = column.values.all()
            ordinals, owners = column.entries(segment.rows_of(name, np.arange(segment.count)))
            documents = range(segment.count) if owners is None else owners.tolist()
            values: list[list[bytes]] = [[] for _ in range(segment.count)]
            for ordinal, document in zip(ordinals.tolist(), documents, strict=True):
                values[document].append(texts[ordinal])
            by_name[column_of(name)] = [SEPARATOR.encode().join(texts) for texts in values]
        return by_name


class _ListColumn(columns.ColumnReader):
    def __init__(self, values: list[Any]) -> None:
        self._values = values

    def __len__(self) -> int:
        return len(self._values)

    def __getitem__(self, docnum: int) -> Any:
        return self._values[docnum]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)
