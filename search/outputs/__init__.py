"""What leaves the archive: exports, feeds, citations, and the metadata of pages for other tools.

Text and data for other programs, from rows of results and articles. Pages and commands import from here.
"""

from .citations import CITATIONS, Reference
from .exports import EXPORTS
from .feeds import FEED_ENTRIES, make_atom, make_opensearch, to_opensearch
from .page_metadata import Update, head_tags, schema_org
from .references import article_reference, section_reference

__all__ = [
    "CITATIONS",
    "EXPORTS",
    "FEED_ENTRIES",
    "Reference",
    "Update",
    "article_reference",
    "head_tags",
    "make_atom",
    "make_opensearch",
    "schema_org",
    "section_reference",
    "to_opensearch",
]
