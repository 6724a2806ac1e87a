"""The field table as a Whoosh schema.

A text field is indexed twice, by stem (`text`) for words and by form (`text_forms`) for phrases. A keyword field is
indexed by folded value and keeps its values as written in a column (`source_values`), a date field likewise.
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from whoosh import analysis as whoosh_analysis
from whoosh import columns, fields

from ... import analysis
from ...engine import Document
from ...fields import DATE_FIELDS, FIELDS, KEYWORD_FIELDS, TEXT_FIELDS

# Stands between the values of a keyword field; values are single lines, so it is in none.
SEPARATOR = "\x1f"
# The column's value of a date that is not known: before every date there is, and its negative still fits.
UNDATED = -(2**62)


class StemAnalyzer(whoosh_analysis.Analyzer):
    """The tokens of search.analysis, stemmed. Pickled into the index by name."""

    def __call__(self, value: str, *, start_pos: int = 0, **_: Any) -> Iterator[whoosh_analysis.Token]:
        token = whoosh_analysis.Token(positions=True)
        for found in analysis.tokenize(value):
            token.text = self.term(found.form)
            token.pos = start_pos + found.position
            yield token

    def term(self, form: str) -> str:
        return analysis.stem(form)


class FormAnalyzer(StemAnalyzer):
    """The tokens of search.analysis as they are."""

    def term(self, form: str) -> str:
        return form


class ValuesAnalyzer(whoosh_analysis.Analyzer):
    """The values of a keyword field, each folded whole."""

    def __call__(self, value: str, **_: Any) -> Iterator[whoosh_analysis.Token]:
        token = whoosh_analysis.Token()
        for part in dict.fromkeys(analysis.fold(part) for part in value.split(SEPARATOR)):
            if part:
                token.text = part
                yield token


def forms_of(name: str) -> str:
    """Returns the Whoosh field that holds a text field's forms."""
    return f"{name}_forms"


def column_of(name: str) -> str:
    """Returns the column that holds a keyword or date field's values."""
    return f"{name}_values"


def build_schema() -> fields.Schema:
    """Returns the schema of the field table."""
    schema = fields.Schema(
        article=fields.ID,
        section_id=fields.COLUMN(columns.NumericColumn("q")),
        article_id=fields.COLUMN(columns.NumericColumn("q")),
        fingerprint=fields.COLUMN(columns.VarBytesColumn()),
    )
    for field in TEXT_FIELDS:
        schema.add(field.name, fields.TEXT(analyzer=StemAnalyzer()))
        schema.add(forms_of(field.name), fields.TEXT(analyzer=FormAnalyzer()))
    for field in KEYWORD_FIELDS:
        schema.add(field.name, fields.KEYWORD(analyzer=ValuesAnalyzer()))
        schema.add(column_of(field.name), fields.COLUMN(columns.VarBytesColumn()))
    for field in DATE_FIELDS:
        schema.add(field.name, fields.NUMERIC(int, bits=64))
        schema.add(column_of(field.name), fields.COLUMN(columns.NumericColumn("q", default=UNDATED)))
    return schema


def schema_fingerprint() -> str:
    """Returns what an index must have been built with to be of use: the fields and the analysis."""
    described = repr([(field.name, field.kind) for field in FIELDS]) + f" analysis {analysis.VERSION}"
    return hashlib.sha256(described.encode()).hexdigest()[:16]


def to_whoosh(document: Document) -> dict[str, Any]:
    """Returns the keyword arguments with which a Whoosh writer adds the document."""
    row: dict[str, Any] = {
        "article": str(document.article_id),
        "section_id": document.section_id,
        "article_id": document.article_id,
        "fingerprint": document.fingerprint.encode(),
    }
    for field in TEXT_FIELDS:
        text = document.values.get(field.name)
        if text:
            row[field.name] = row[forms_of(field.name)] = text
    for field in KEYWORD_FIELDS:
        values = document.values.get(field.name) or ()
        joined = SEPARATOR.join((values,) if isinstance(values, str) else values)  # type: ignore[arg-type]
        if joined:
            row[field.name] = joined
            row[column_of(field.name)] = joined.encode()
    for field in DATE_FIELDS:
        moment = document.values.get(field.name)
        if isinstance(moment, datetime):
            row[field.name] = row[column_of(field.name)] = to_seconds(moment)
    return row


def to_seconds(moment: datetime) -> int:
    """Returns whole seconds since 1970 UTC, rounded down; earlier ones are negative."""
    return int((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() // 1)
