"""The pages: views of search, of articles and sections, of names, of withdrawals, sitemaps, and checks of the site.

Views read the request, check access, call `results`, `articles`, `outputs` and `exports`, and render; what they show
is worked out there. `search.urls` and, for the port of the archive, `search.apps` import this package.
"""

from . import articles, exports, health, names, recorded_exports, register, search, sections, sitemaps, visits

__all__ = [
    "articles",
    "exports",
    "health",
    "names",
    "recorded_exports",
    "register",
    "search",
    "sections",
    "sitemaps",
    "visits",
]
