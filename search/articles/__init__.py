"""Articles and sections as they are read: as they are now, in one capture, in one version, and compared.

Reads the record and writes nothing. Knows no HTML; pages and outputs import from here.
"""

from . import captures
from .captures import LEAST_SHA256, Pinned, VersionError, pin, received, short, tally
from .comparison import Moment, Value, compare_captures
from .reading import MAX_STEPS, Passage, ReadArticle, read_article
from .versions import Reading, read_section

__all__ = [
    "LEAST_SHA256",
    "MAX_STEPS",
    "Moment",
    "Passage",
    "Pinned",
    "ReadArticle",
    "Reading",
    "Value",
    "VersionError",
    "captures",
    "compare_captures",
    "pin",
    "read_article",
    "read_section",
    "received",
    "short",
    "tally",
]
