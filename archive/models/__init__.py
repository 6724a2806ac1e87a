"""The record's tables; import them from here."""

from .articles import Article, ArticleVersion, Section, SectionVersion, Source, Topic
from .captures import Capture, IngestRun, Problem
from .changes import Change, record_changes

__all__ = [
    "Article",
    "ArticleVersion",
    "Capture",
    "Change",
    "IngestRun",
    "Problem",
    "Section",
    "SectionVersion",
    "Source",
    "Topic",
    "record_changes",
]
