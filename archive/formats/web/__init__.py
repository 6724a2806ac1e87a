"""Web pages: the parsed page, what it says about itself, and the body of its article.

Knows no live pages; those are in `live`. Used by the readers of web pages alone.
"""

from .article_body import read_sections
from .metadata import Metadata, read_metadata
from .page import Page, library_call, open_page
from .page_text import normalized_words
from .places import Places

__all__ = [
    "Metadata",
    "Page",
    "Places",
    "library_call",
    "normalized_words",
    "open_page",
    "read_metadata",
    "read_sections",
]
