"""Curation: what librarians see and set. Evidence is shown here and never edited."""

from . import articles, captures, runs

__all__ = ["articles", "captures", "runs"]
