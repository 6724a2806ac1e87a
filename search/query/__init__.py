"""The query language: text to tree and back, the end of a query that is being typed, dates, and the guide to it all.

Pure: no Django, no engine. It knows what a query means, and nothing of how an engine answers it.
Engines, results, pages and commands import from here.
"""

from .dates import DateError, parse_interval
from .guide import EXAMPLES, KEYS, LANGUAGE, code_pieces
from .lexer import QUOTES, lex, reads_as_word
from .parser import MAX_LENGTH, MAX_TERMS, QueryError, Reading, parse
from .patterns import literal_prefix, truncation_parts, truncation_regex, within_edits
from .tree import (
    And,
    AtLeast,
    DateRange,
    Distance,
    Everything,
    Fuzzy,
    Keyword,
    Near,
    Node,
    Not,
    Operand,
    Or,
    Phrase,
    Term,
    Truncation,
    Word,
    children,
    expanded_terms,
    format_query,
    positive_leaves,
    positive_parts,
)
from .unfinished import Unfinished, read_unfinished

__all__ = [
    "EXAMPLES",
    "KEYS",
    "LANGUAGE",
    "MAX_LENGTH",
    "MAX_TERMS",
    "QUOTES",
    "And",
    "AtLeast",
    "DateError",
    "DateRange",
    "Distance",
    "Everything",
    "Fuzzy",
    "Keyword",
    "Near",
    "Node",
    "Not",
    "Operand",
    "Or",
    "Phrase",
    "QueryError",
    "Reading",
    "Term",
    "Truncation",
    "Unfinished",
    "Word",
    "children",
    "code_pieces",
    "expanded_terms",
    "format_query",
    "lex",
    "literal_prefix",
    "parse",
    "parse_interval",
    "positive_leaves",
    "positive_parts",
    "read_unfinished",
    "reads_as_word",
    "truncation_parts",
    "truncation_regex",
    "within_edits",
]
