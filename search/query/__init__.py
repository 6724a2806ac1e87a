"""The query language: from text to tree and back, dates, terms being typed, and the tables of the help page.

Defines what a query means, not how an engine answers it. Pure: no Django, no engine. Engines, results, articles, pages
and commands import from here.
"""

from .dates import DateBound, DateBounds, DateError, parse_date_range
from .guide import KEYBOARD_SHORTCUTS, SPELLINGS, SYNTAX, code_pieces
from .lexer import QUOTING, find_field, is_plain_word, lex
from .parsed import ParsedQuery, QueryError, QueryNote
from .parser import MAX_QUERY_CHARS, parse
from .patterns import literal_prefix, truncation_parts, truncation_regex, within_edits
from .reading import MAX_QUERY_TERMS
from .tree import (
    NO_VALUE,
    Address,
    And,
    AtLeast,
    DateRange,
    Distance,
    Everything,
    Fuzzy,
    InStatement,
    Keyword,
    Missing,
    Near,
    Node,
    Not,
    Operand,
    Or,
    Phrase,
    Term,
    Truncation,
    ValueFuzzy,
    ValueTerm,
    ValueTruncation,
    ValueWord,
    Word,
    children,
    expanded_terms,
    format_query,
    positive_leaves,
    positive_parts,
)
from .unfinished import UnfinishedTerm, read_unfinished
from .written_dates import read_written_dates

__all__ = [
    "KEYBOARD_SHORTCUTS",
    "MAX_QUERY_CHARS",
    "MAX_QUERY_TERMS",
    "NO_VALUE",
    "QUOTING",
    "SPELLINGS",
    "SYNTAX",
    "Address",
    "And",
    "AtLeast",
    "DateBound",
    "DateBounds",
    "DateError",
    "DateRange",
    "Distance",
    "Everything",
    "Fuzzy",
    "InStatement",
    "Keyword",
    "Missing",
    "Near",
    "Node",
    "Not",
    "Operand",
    "Or",
    "ParsedQuery",
    "Phrase",
    "QueryError",
    "QueryNote",
    "Term",
    "Truncation",
    "UnfinishedTerm",
    "ValueFuzzy",
    "ValueTerm",
    "ValueTruncation",
    "ValueWord",
    "Word",
    "children",
    "code_pieces",
    "expanded_terms",
    "find_field",
    "format_query",
    "is_plain_word",
    "lex",
    "literal_prefix",
    "parse",
    "parse_date_range",
    "positive_leaves",
    "positive_parts",
    "read_unfinished",
    "read_written_dates",
    "truncation_parts",
    "truncation_regex",
    "within_edits",
]
