"""Web pages: the parsed page, what it says about itself, and the body of its article.

Knows no live pages; those are in `live`. Used by the readers of web pages alone.
"""

from .article_body import Body, read_body
from .live_lead import lead_above
from .metadata import ELSEWHERE, Metadata, read_metadata
from .page import Page, copy_for_library, library_call, open_page
from .page_text import normalized_words
from .paging import read_paging
from .places import Places

__all__ = [
    "ELSEWHERE",
    "Body",
    "Metadata",
    "Page",
    "Places",
    "copy_for_library",
    "lead_above",
    "library_call",
    "normalized_words",
    "open_page",
    "read_body",
    "read_metadata",
    "read_paging",
]
