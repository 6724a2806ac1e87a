"""Feeds: RSS, Atom and JSON Feed. Each entry is an article."""

from . import feed

__all__ = ["feed"]
