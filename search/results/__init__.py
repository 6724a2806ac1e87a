"""Questions and their answers: the only way to run a search.

A `Question` is a search as a person asks it, and its URL; an `Answer` is a page of rows with exact counts. Facets, the
timeline, suggestions, corrections, related sections and marked passages are data here, never HTML. Outputs, articles,
pages and commands import from here.
"""

from .advice import Advice, advise
from .answers import (
    Answer,
    ArticleRow,
    SectionRow,
    answer_question,
    find_articles,
    find_sections,
    find_statements,
    load_more_rows,
)
from .corrections import CountedQuestion
from .examples import Example
from .facets import MAX_FACET_VALUES, TOPIC, FacetValue, build_chips, build_facets
from .highlight import Highlighter, Piece, Snippet
from .long_queries import UnknownQueryError, keep_queries
from .overview import MAX_LISTED_VALUES, Overview, load_examples, load_overview
from .parameters import Parameters, encode, read_all, read_choice, read_last, read_page, split_names
from .place import HitPlace, find_hit, find_place
from .published import PUBLISHED_FACETS, DateValue, PublishedFilter, build_published_filter
from .question import LISTINGS, PAGE_SIZES, SHOWS, SORTS, UNITS, VIEWS, Question
from .related import find_related
from .remembered import forget_results
from .said import NO_SPANS, SaidSpan, TextSpans
from .sections import count_long_sections, find_long_sections, load_latest_sections, mark_parts, section_url
from .suggestions import Suggestion, count_label, read_typed_query, suggest, suggestion_label
from .text_spans import ShownSection, SpansOfSections, find_days, find_parts, load_spans
from .timeline import Bar, Timeline, build_timeline, choose_interval
from .typed_dates import read_dates
from .value_list import ValueListOptions, list_values
from .visit import MARKS, MAX_PART_SECTIONS, SECTION_ORDERS, SectionOrder, Visit, add_parameters

__all__ = [
    "LISTINGS",
    "MARKS",
    "MAX_FACET_VALUES",
    "MAX_LISTED_VALUES",
    "MAX_PART_SECTIONS",
    "NO_SPANS",
    "PAGE_SIZES",
    "PUBLISHED_FACETS",
    "SECTION_ORDERS",
    "SHOWS",
    "SORTS",
    "TOPIC",
    "UNITS",
    "VIEWS",
    "Advice",
    "Answer",
    "ArticleRow",
    "Bar",
    "CountedQuestion",
    "DateValue",
    "Example",
    "FacetValue",
    "Highlighter",
    "HitPlace",
    "Overview",
    "Parameters",
    "Piece",
    "PublishedFilter",
    "Question",
    "SaidSpan",
    "SectionOrder",
    "SectionRow",
    "ShownSection",
    "Snippet",
    "SpansOfSections",
    "Suggestion",
    "TextSpans",
    "Timeline",
    "UnknownQueryError",
    "ValueListOptions",
    "Visit",
    "add_parameters",
    "advise",
    "answer_question",
    "build_chips",
    "build_facets",
    "build_published_filter",
    "build_timeline",
    "choose_interval",
    "count_label",
    "count_long_sections",
    "encode",
    "find_articles",
    "find_days",
    "find_hit",
    "find_long_sections",
    "find_parts",
    "find_place",
    "find_related",
    "find_sections",
    "find_statements",
    "forget_results",
    "keep_queries",
    "list_values",
    "load_examples",
    "load_latest_sections",
    "load_more_rows",
    "load_overview",
    "load_spans",
    "mark_parts",
    "read_all",
    "read_choice",
    "read_dates",
    "read_last",
    "read_page",
    "read_typed_query",
    "section_url",
    "split_names",
    "suggest",
    "suggestion_label",
]
