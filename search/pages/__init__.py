"""The pages: views of the search page, of articles and sections, sitemaps, and who may see what.

Nothing imports this package except `search.urls`, which maps addresses to the functions of these modules.
"""

from . import articles, search, sitemaps

__all__ = ["articles", "search", "sitemaps"]
