"""Copies: articles that have much the same words, found when they come in.

`following` keeps the tables of `archive.models.copies` in step with what is shown, by the rules of `archive.likeness`;
`reading` asks them. Search follows and reads; ingest knows nothing of it. Nothing here is evidence: all of it can be
made again (`manage.py copies rebuild`).
"""

from .following import Known, catch_up, count_known, follow, forget_all
from .reading import NO_COPIES, Copy, CopyFacts, CopyGroup, facts_of, find_group, shown_facts_of

__all__ = [
    "NO_COPIES",
    "Copy",
    "CopyFacts",
    "CopyGroup",
    "Known",
    "catch_up",
    "count_known",
    "facts_of",
    "find_group",
    "follow",
    "forget_all",
    "shown_facts_of",
]
