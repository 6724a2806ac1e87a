"""Texts and data for other programs: feeds, citations, JSON, and the metadata of pages.

Each form of citation is a row of CITATIONS; other formats are modules of their own. Everything is made of rows and
articles that are already loaded; no module here runs a search. Exports, pages and commands import from here.
"""

from .atom import MAX_FEED_ENTRIES, AtomFeed, EntryKind, FeedEntry, entry_id, make_atom
from .citations import CITATIONS
from .json_results import answer_to_json, snippet_text, suggestions_to_json
from .opensearch import make_opensearch, to_opensearch
from .page_metadata import LiveUpdate, head_tags, schema_org
from .references import (
    Reference,
    Tombstone,
    article_reference,
    describe_value,
    format_time,
    section_reference,
    version_path,
)

__all__ = [
    "CITATIONS",
    "MAX_FEED_ENTRIES",
    "AtomFeed",
    "EntryKind",
    "FeedEntry",
    "LiveUpdate",
    "Reference",
    "Tombstone",
    "answer_to_json",
    "article_reference",
    "describe_value",
    "entry_id",
    "format_time",
    "head_tags",
    "make_atom",
    "make_opensearch",
    "schema_org",
    "section_reference",
    "snippet_text",
    "suggestions_to_json",
    "to_opensearch",
    "version_path",
]
