"""The admin, in which librarians curate. It shows evidence and never changes it. Django imports it, nothing else."""

from . import (
    articles,
    captures,
    edits,
    names,
    operations,
    problems,
    proposals,
    runs,
    sections,
    sources,
    statements,
    topics,
    users,
    withdrawals,
)

__all__ = [
    "articles",
    "captures",
    "edits",
    "names",
    "operations",
    "problems",
    "proposals",
    "runs",
    "sections",
    "sources",
    "statements",
    "topics",
    "users",
    "withdrawals",
]
