"""Copies: articles that have much the same words, found when they come in.

`following` keeps the tables of `archive.models.copies` in step with what is shown, by the rules of `archive.likeness`;
`reading` asks them, and `proposals` are what curators merge. Search follows and reads; ingest knows nothing of it.
Nothing here is evidence: all but what curators decided can be made again (`manage.py copies rebuild`).
"""

from .following import Known, catch_up, count_known, follow, forget_all
from .proposals import (
    Proposal,
    ProposedPair,
    find_pairs,
    judge_not_the_same,
    load_proposals,
    merge_articles,
    with_other_addresses,
)
from .reading import (
    NO_COPIES,
    Copy,
    CopyFacts,
    CopyGroup,
    facts_of,
    facts_without,
    find_group,
    other_captures,
    shown_facts_of,
)

__all__ = [
    "NO_COPIES",
    "Copy",
    "CopyFacts",
    "CopyGroup",
    "Known",
    "Proposal",
    "ProposedPair",
    "catch_up",
    "count_known",
    "facts_of",
    "facts_without",
    "find_group",
    "find_pairs",
    "follow",
    "forget_all",
    "judge_not_the_same",
    "load_proposals",
    "merge_articles",
    "other_captures",
    "shown_facts_of",
    "with_other_addresses",
]
