"""A web page: its tree, what it says about itself, and the body of its article. Knows no live page."""

from .article_body import read_sections
from .metadata import Metadata, read_metadata
from .page import Page, open_page
from .places import Places, folded

__all__ = ["Metadata", "Page", "Places", "folded", "open_page", "read_metadata", "read_sections"]
