"""Texts and data for other programs: exports, feeds, citations, JSON, and the metadata of pages.

Each format is a row of EXPORTS or CITATIONS, or a module of its own. Everything is made of rows and articles that are
already loaded; no module here runs a search. Pages and commands import from here.
"""

from .atom import MAX_FEED_ENTRIES, make_atom
from .citations import CITATIONS
from .exports import EXPORTS, MAX_CELL_CHARS, is_long_cell
from .json_results import answer_to_json, snippet_text, suggestions_to_json
from .opensearch import make_opensearch, to_opensearch
from .page_metadata import LiveUpdate, head_tags, schema_org
from .references import Reference, article_reference, section_reference

__all__ = [
    "CITATIONS",
    "EXPORTS",
    "MAX_CELL_CHARS",
    "MAX_FEED_ENTRIES",
    "LiveUpdate",
    "Reference",
    "answer_to_json",
    "article_reference",
    "head_tags",
    "is_long_cell",
    "make_atom",
    "make_opensearch",
    "schema_org",
    "section_reference",
    "snippet_text",
    "suggestions_to_json",
    "to_opensearch",
]
