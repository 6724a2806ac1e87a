"""Questions and their answers: the only way to run a search.

A `Question` is what a person asks, and its address; an `Answer` is a page of rows with exact counts. Facets, the
timeline, suggestions, corrections, related sections and marked passages are parts of an answer as data, never as HTML.
Outputs, pages and commands import from here.
"""

from . import answers
from .answers import Answer, ArticleRow, SectionRow, answer, find_articles, more_rows, newest_sections, scan_rows
from .corrections import did_you_mean, parts_without_hits
from .facets import PAGE_FACETS, PAGE_VALUES, FacetValue, ValuesAsked, build_chips, build_facets, list_values
from .highlight import Highlighter, Piece, Snippet
from .question import LISTINGS, ORDERS, SORTS, UNITS, Order, Question, Visit, typed_query
from .related import find_related
from .suggestions import WORDS, Suggestion, suggest
from .timeline import Bar, build_timeline, choose_interval

__all__ = [
    "LISTINGS",
    "ORDERS",
    "PAGE_FACETS",
    "PAGE_VALUES",
    "SORTS",
    "UNITS",
    "WORDS",
    "Answer",
    "ArticleRow",
    "Bar",
    "FacetValue",
    "Highlighter",
    "Order",
    "Piece",
    "Question",
    "SectionRow",
    "Snippet",
    "Suggestion",
    "ValuesAsked",
    "Visit",
    "answer",
    "answers",
    "build_chips",
    "build_facets",
    "build_timeline",
    "choose_interval",
    "did_you_mean",
    "find_articles",
    "find_related",
    "list_values",
    "more_rows",
    "newest_sections",
    "parts_without_hits",
    "scan_rows",
    "suggest",
    "typed_query",
]
