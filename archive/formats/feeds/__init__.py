"""Feeds: RSS, Atom and JSON Feed. Each entry is an article.

Imported by `formats` alone.
"""

from . import feed

__all__ = ["feed"]
