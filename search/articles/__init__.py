"""Articles and sections for their pages: current, in one capture or version, and two captures compared.

Reads the record and writes nothing; returns data, no HTML. Outputs, pages and template tags import from here.
"""

from .article_view import (
    MAX_LINKED_MATCHES,
    ArticleView,
    DayGroup,
    EntryView,
    Passage,
    find_matching_parts,
    mark_section,
    open_article,
)
from .captures import (
    MIN_SHA256_CHARS,
    PinnedCapture,
    VersionError,
    capture_name,
    describe_origin,
    find_gone_answers,
    find_pinned,
    is_gone_since,
    is_withheld,
    latest_of,
    load_versions,
    load_versions_of,
    short_sha256,
    shown_of,
    summarize_captures,
)
from .comparison import FieldValue, compare_captures
from .parts import Part
from .received import (
    WITHDRAWN,
    CuratedValue,
    ReceivedArticle,
    ReceivedValue,
    as_received,
    curated_fields,
    curated_label,
    curated_values,
    in_capture,
    in_sentence,
    received_topics,
)
from .section_view import SectionView, read_section
from .sections import PlacedSection

__all__ = [
    "MAX_LINKED_MATCHES",
    "MIN_SHA256_CHARS",
    "WITHDRAWN",
    "ArticleView",
    "CuratedValue",
    "DayGroup",
    "EntryView",
    "FieldValue",
    "Part",
    "Passage",
    "PinnedCapture",
    "PlacedSection",
    "ReceivedArticle",
    "ReceivedValue",
    "SectionView",
    "VersionError",
    "as_received",
    "capture_name",
    "compare_captures",
    "curated_fields",
    "curated_label",
    "curated_values",
    "describe_origin",
    "find_gone_answers",
    "find_matching_parts",
    "find_pinned",
    "in_capture",
    "in_sentence",
    "is_gone_since",
    "is_withheld",
    "latest_of",
    "load_versions",
    "load_versions_of",
    "mark_section",
    "open_article",
    "read_section",
    "received_topics",
    "short_sha256",
    "shown_of",
    "summarize_captures",
]
