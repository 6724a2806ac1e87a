"""Curation: what librarians see and set. Evidence is shown here and never edited."""

from . import articles, captures, edits, runs

__all__ = ["articles", "captures", "edits", "runs"]
