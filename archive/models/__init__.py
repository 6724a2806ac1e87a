"""The tables of the record; other packages import them from here."""

from .annotations import Annotation, AnnotationRule, DayOrigin, annotated_text
from .archives import Archive, archive_identity
from .articles import Article, ArticleVersion, PublishingStatus, is_hidden, is_open, is_shown
from .captures import INGEST_TIME_RULE, AddressGone, Capture, IngestRun, Problem, WaitingRevisit
from .changes import Change, hidden_changes, hiding_changes, pending_changes, record_changes, wait_to_write
from .codes import country_names
from .columns import CURATOR_RULE, PRECISION_CHOICES, PRECISION_NAMES, impossible_time
from .copies import ComparedText, CopyJudgement, CopyPair, TextPrint
from .edits import Edit
from .names import (
    MAX_SPELLING_CHARS,
    Mention,
    Name,
    NameType,
    Spelling,
    Verdict,
    fold_name,
    not_rejected,
    script_of,
)
from .operations import GOES_ON, IS_HALF_DONE, Operation, OperationRow
from .proposals import NameJudgement, Proposal
from .sections import IS_BY_ITSELF, IS_DIVIDED, Entry, Placement, Section, SectionVersion, mark_changed, set_curated
from .sign_ins import WrongPasswords
from .sources import UNKNOWN_SOURCE, Source, SourceHost, SourceName, Topic, TopicName, with_name
from .statements import DayMention, DayPrecision, LinkKind, Statement, StatementKind, StatementLink, unused_spellings
from .trash import DeletedNumber
from .upkeep import Upkeep
from .users import PasswordLink, RoleGroup
from .withdrawals import FOREVER, Withdrawal, closed_sections, in_force, is_closed, withdrawn_words
from .withholdings import (
    Withholding,
    count_shown_sections,
    has_shown_words,
    has_usable_words,
    hidden_words,
    is_section_shown,
    is_version_shown,
    shown_articles,
    shown_sections,
    shown_versions,
    withheld_at,
)

__all__ = [
    "CURATOR_RULE",
    "FOREVER",
    "GOES_ON",
    "INGEST_TIME_RULE",
    "IS_BY_ITSELF",
    "IS_DIVIDED",
    "IS_HALF_DONE",
    "MAX_SPELLING_CHARS",
    "PRECISION_CHOICES",
    "PRECISION_NAMES",
    "UNKNOWN_SOURCE",
    "AddressGone",
    "Annotation",
    "AnnotationRule",
    "Archive",
    "Article",
    "ArticleVersion",
    "Capture",
    "Change",
    "ComparedText",
    "CopyJudgement",
    "CopyPair",
    "DayMention",
    "DayOrigin",
    "DayPrecision",
    "DeletedNumber",
    "Edit",
    "Entry",
    "IngestRun",
    "LinkKind",
    "Mention",
    "Name",
    "NameJudgement",
    "NameType",
    "Operation",
    "OperationRow",
    "PasswordLink",
    "Placement",
    "Problem",
    "Proposal",
    "PublishingStatus",
    "RoleGroup",
    "Section",
    "SectionVersion",
    "Source",
    "SourceHost",
    "SourceName",
    "Spelling",
    "Statement",
    "StatementKind",
    "StatementLink",
    "TextPrint",
    "Topic",
    "TopicName",
    "Upkeep",
    "Verdict",
    "WaitingRevisit",
    "Withdrawal",
    "Withholding",
    "WrongPasswords",
    "annotated_text",
    "archive_identity",
    "closed_sections",
    "count_shown_sections",
    "country_names",
    "fold_name",
    "has_shown_words",
    "has_usable_words",
    "hidden_changes",
    "hidden_words",
    "hiding_changes",
    "impossible_time",
    "in_force",
    "is_closed",
    "is_hidden",
    "is_open",
    "is_section_shown",
    "is_shown",
    "is_version_shown",
    "mark_changed",
    "not_rejected",
    "pending_changes",
    "record_changes",
    "script_of",
    "set_curated",
    "shown_articles",
    "shown_sections",
    "shown_versions",
    "unused_spellings",
    "wait_to_write",
    "with_name",
    "withdrawn_words",
    "withheld_at",
]
