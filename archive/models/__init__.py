"""The record's tables; import them from here."""

from .articles import (
    Article,
    ArticleVersion,
    Placement,
    PublishingStatus,
    Section,
    SectionVersion,
    Source,
    Topic,
    is_shown,
)
from .captures import Capture, IngestRun, Problem
from .changes import Change, pending_changes, record_changes, wait_to_write
from .edits import Edit

__all__ = [
    "Article",
    "ArticleVersion",
    "Capture",
    "Change",
    "Edit",
    "IngestRun",
    "Placement",
    "Problem",
    "PublishingStatus",
    "Section",
    "SectionVersion",
    "Source",
    "Topic",
    "is_shown",
    "pending_changes",
    "record_changes",
    "wait_to_write",
]
