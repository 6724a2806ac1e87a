"""The query tree in Whoosh's own query classes."""

from collections.abc import Callable

from whoosh import query as whoosh_query

from ... import analysis
from ...fields import FIELD, TEXT_FIELDS
from ...query import And, DateRange, Everything, Keyword, Node, Not, Or, Phrase, Word
from .schema import forms_of, to_seconds


def to_whoosh_query(node: Node) -> whoosh_query.Query:
    """Returns the Whoosh query that matches what the tree says; only words and phrases give a score."""
    match node:
        case Word(text, field):
            stems = [analysis.stem(form) for form in analysis.forms(text)]
            return _in_fields(field, lambda name: name, stems)
        case Phrase(text, field):
            return _in_fields(field, forms_of, analysis.forms(text))
        case Keyword(field, value):
            return _unscored(whoosh_query.Term(field, analysis.fold(value)))
        case DateRange(field, _, start, end):
            low = to_seconds(start) if start else None
            # Half-open, and whole seconds: the last second that belongs to the range is the one before its end.
            high = to_seconds(end) - 1 if end else None
            return _unscored(whoosh_query.NumericRange(field, low, high))
        case And(parts):
            return whoosh_query.And([to_whoosh_query(part) for part in parts])
        case Or(parts):
            return whoosh_query.Or([to_whoosh_query(part) for part in parts])
        case Not(part):
            return _unscored(whoosh_query.Not(to_whoosh_query(part)))
        case Everything():
            return _unscored(whoosh_query.Every())


def _in_fields(field: str | None, index_field: Callable[[str], str], terms: list[str]) -> whoosh_query.Query:
    """Returns the terms side by side, in the one field or in any text field, each with its weight."""
    asked = [FIELD[field]] if field else TEXT_FIELDS
    parts: list[whoosh_query.Query] = []
    for known in asked:
        name = index_field(known.name)
        if len(terms) == 1:
            parts.append(whoosh_query.Term(name, terms[0], boost=known.boost))
        else:
            parts.append(whoosh_query.Phrase(name, terms, boost=known.boost))
    return parts[0] if len(parts) == 1 else whoosh_query.Or(parts)


def _unscored(query: whoosh_query.Query) -> whoosh_query.Query:
    return whoosh_query.ConstantScoreQuery(query, score=0.0)
