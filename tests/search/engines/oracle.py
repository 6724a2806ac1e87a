"""The oracle: a query tree as a Whoosh query, and the sections that Whoosh's searcher finds in the same files."""

from collections.abc import Callable
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

from whoosh import query
from whoosh.matching import ListMatcher
from whoosh.query.qcolumns import ColumnQuery
from whoosh.searching import Searcher

from search.engines.whoosh.segment import UNDATED, to_seconds
from search.fields import FIELD_BY_NAME, NAMES_OF_VALUES, TEXT_FIELDS
from search.query.dates import DateBound
from search.query.patterns import within_edits
from search.query.tree import (
    Address,
    And,
    DateRange,
    Everything,
    Keyword,
    Missing,
    Node,
    Not,
    Or,
    Phrase,
    ValueFuzzy,
    ValueTruncation,
    ValueWord,
    Word,
)
from search.text import contains_word, fold_value, phrase_forms, readings, value_key, value_words, word_forms

from .reference import has_address, has_pattern
from .whoosh_reader import column_of, forms_of, open_reader, values_in


class _InColumn(ColumnQuery):  # type: ignore[misc]
    """A column query that works inside Whoosh's AND, which wants an estimate, and NOT, which wants live documents."""

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        reader = searcher.reader()
        values = enumerate(reader.column_reader(self.fieldname))
        return ListMatcher(
            [number for number, value in values if self.condition(value) and not reader.is_deleted(number)]
        )

    def estimate_size(self, reader: Any) -> int:
        return int(reader.doc_count())

    estimate_min_size = estimate_size


def to_whoosh_query(node: Node) -> Any:
    """Returns the Whoosh query that is equivalent to a tree."""
    match node:
        case Word(text, field):
            # A section that has a word of another stem only as another spelling of a token has that token's stem too.
            ways = [way for slots in readings(text) for way in product(*((slot.stem, *slot.others) for slot in slots))]
            return query.Or([_in_fields(field, str, list(way)) for way in ways])
        case Phrase(text, field):
            return _in_fields(field, forms_of, list(phrase_forms(text)))
        case Keyword(field, value):
            return query.Or([query.Term(name, value_key(fold_value(value))) for name in _searched(field)])
        case ValueWord(name, text):
            return _having_value(name, lambda value: contains_word(name, value, text))
        case ValueTruncation(name, text):
            return _having_value(name, lambda value: has_pattern(name, value, text))
        case ValueFuzzy(name, text, edits):
            (form,) = word_forms(text)
            return _having_value(
                name, lambda value: any(within_edits(form, word, edits) for word in value_words(name, value))
            )
        case Address():
            return _having_value("url", lambda value: bool(value) and has_address(value, node))
        case DateRange(field, _, start, end) if FIELD_BY_NAME[field].kind == "days":
            return _InColumn(column_of(field), lambda spans: any(_overlaps(span, start, end) for span in spans))
        case DateRange(field, _, start, end):
            return _InColumn(column_of(field), partial(_is_within, start, end))
        case Missing(field) if FIELD_BY_NAME[field].kind == "text":
            return query.And([query.Every(), query.Not(query.Every(field))])
        case Missing(field):
            is_date = FIELD_BY_NAME[field].kind == "date"
            return _InColumn(column_of(field), lambda value: value[0] == UNDATED if is_date else not value)
        case And(parts):
            return query.And([to_whoosh_query(part) for part in parts])
        case Or(parts):
            return query.Or([to_whoosh_query(part) for part in parts])
        case Not(part):
            return query.And([query.Every(), query.Not(to_whoosh_query(part))])
        case Everything():
            return query.Every()


def _having_value(field: str, condition: Callable[[str], bool]) -> Any:
    def has_value(joined: bytes) -> bool:
        return any(map(condition, values_in(joined)))

    return query.Or([_InColumn(column_of(name), has_value) for name in _searched(field)])


def _searched(field: str) -> list[str]:
    """Returns the fields with the values that a query may find in a field: its own, and other names of these."""
    return [field, NAMES_OF_VALUES[field]] if field in NAMES_OF_VALUES else [field]


def _is_within(start: DateBound | None, end: DateBound | None, date: tuple[int, int, int, int]) -> bool:
    """Whether a date of the column is within bounds: its seconds, and the span of its clock."""
    seconds, first, past, span = date
    if seconds == UNDATED:
        return False
    if start:
        exact = start.instant if not span else None
        if (seconds if exact else first) < to_seconds(exact or start.clock):
            return False
    exact = end.instant if end and not span else None
    return not end or (seconds + 1 if exact else past) <= to_seconds(exact or end.clock)


def _overlaps(span: tuple[int, int], start: DateBound | None, end: DateBound | None) -> bool:
    """Whether a span, whose first and last day count from 1970, has a moment within bounds."""
    first, past = span[0] * 86_400, (span[1] + 1) * 86_400
    return (not start or past > to_seconds(start.clock)) and (not end or first < to_seconds(end.clock))


def _in_fields(field: str | None, index_field: Callable[[str], str], terms: list[str]) -> Any:
    names = [index_field(text_field.name) for text_field in TEXT_FIELDS if field in (None, text_field.name)]
    return query.Or([query.Term(name, *terms) if len(terms) == 1 else query.Phrase(name, terms) for name in names])


class Oracle:
    """Whoosh's searcher over the index that serves in the folder of an engine."""

    def __init__(self, folder: Path) -> None:
        serving = folder / (folder / "current").read_text().strip()
        self._searcher = Searcher(open_reader(serving))

    def find(self, node: Node) -> list[int]:
        """Returns the ids of the live sections that match, sorted."""
        found = []
        whoosh_query = to_whoosh_query(node)
        for searcher, _ in self._searcher.leaf_searchers():
            reader = searcher.reader()
            if not reader.doc_count_all():
                continue
            ids = reader.column_reader("section_id")
            matcher = whoosh_query.matcher(searcher, searcher.context(weighting=None))
            while matcher.is_active():
                if not reader.is_deleted(matcher.id()):
                    found.append(ids[matcher.id()])
                matcher.next()
        return sorted(found)
