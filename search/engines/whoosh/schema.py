"""The field table as a Whoosh schema, and what an index must have been built with to be of use.

A text field is searched by stem (`text`) for words and by form (`text_forms`) for phrases; both are answered from the
same arrays. A keyword field is searched by folded value and shows its values as written in a column (`source_values`);
a date is a column alone. Whoosh reads this schema when it searches; the engine's own search needs none.
"""

import hashlib
from collections.abc import Iterator
from typing import Any

from whoosh import analysis as whoosh_analysis
from whoosh import columns, fields

from ...fields import DATE_FIELDS, FIELDS, KEYWORD_FIELDS, TEXT_FIELDS
from ...text import ANALYSIS_VERSION, fold_text, stem_form, tokenize
from .forward import LEFT_OUT
from .segment import UNDATED, VERSION

# Stands between the values of a keyword field where Whoosh sees them in one string.
SEPARATOR = "\x1f"


class StemAnalyzer(whoosh_analysis.Analyzer):
    """The tokens of search.analysis, stemmed. Pickled into the index by name."""

    def __call__(self, value: str, *, start_pos: int = 0, **_: Any) -> Iterator[whoosh_analysis.Token]:
        token = whoosh_analysis.Token(positions=True)
        for found in tokenize(value):
            token.text = self.term(found.form)
            token.pos = start_pos + found.position
            yield token

    def term(self, form: str) -> str:
        return stem_form(form)


class FormAnalyzer(StemAnalyzer):
    """The tokens of search.analysis as they are."""

    def term(self, form: str) -> str:
        return form


class ValuesAnalyzer(whoosh_analysis.Analyzer):
    """The values of a keyword field, each folded whole."""

    def __call__(self, value: str, **_: Any) -> Iterator[whoosh_analysis.Token]:
        token = whoosh_analysis.Token()
        for part in dict.fromkeys(fold_text(part) for part in value.split(SEPARATOR)):
            if part:
                token.text = part
                yield token


def forms_of(name: str) -> str:
    """Returns the Whoosh field that answers for a text field's forms."""
    return f"{name}_forms"


def column_of(name: str) -> str:
    """Returns the column that shows a keyword or date field's values."""
    return f"{name}_values"


def build_schema() -> fields.Schema:
    """Returns the schema of the field table."""
    schema = fields.Schema(
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
        schema.add(column_of(field.name), fields.COLUMN(columns.NumericColumn("q", default=UNDATED)))
    return schema


# What the fingerprint is made of and never changes: it is compared with every question.
_FIELDS_BUILT = repr([(field.name, field.kind) for field in FIELDS])
_WORDS_LEFT_OUT = repr(sorted(LEFT_OUT))


def schema_fingerprint() -> str:
    """Returns what an index must have been built with: the fields, the analysis, the layout, the words left out."""
    described = f"{_FIELDS_BUILT} analysis {ANALYSIS_VERSION} arrays {VERSION} without {_WORDS_LEFT_OUT}"
    return hashlib.sha256(described.encode()).hexdigest()[:16]
