"""Comparisons: what was added to a result, changed in it, or is gone from it since an earlier export, and why.

`comparing` compares two listings; `listing_reasons` and `archive_reasons` know why they differ, from packages or from
the record; `asked_again` lists today what an export listed. Pages and commands import from here.
"""

from ..listing import ListedArticle, ListedSection, Listing
from .archive_reasons import ArchiveReasons
from .asked_again import list_again, list_export, read_saved
from .comparing import ChangedArticle, ChangedSection, Comparison, compare
from .listing_reasons import ListingReasons
from .titles import SectionTitle, load_headlines, load_titles

__all__ = [
    "ArchiveReasons",
    "ChangedArticle",
    "ChangedSection",
    "Comparison",
    "ListedArticle",
    "ListedSection",
    "Listing",
    "ListingReasons",
    "SectionTitle",
    "compare",
    "list_again",
    "list_export",
    "load_headlines",
    "load_titles",
    "read_saved",
]
