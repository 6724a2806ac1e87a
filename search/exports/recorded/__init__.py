"""Recorded exports: what signed-in people exported, to be run again, and to see what is new, changed, or gone since.

`recording` writes them; `listed_now` compares one with today's archive. The table is in `search.models`. Only pages
import from here.
"""

from ...models import RecordedExport
from .listed_now import compare_with_now, question_of
from .recording import MAX_LISTED_SECTIONS, MAX_RECORDED, ExportRecorder

__all__ = [
    "MAX_LISTED_SECTIONS",
    "MAX_RECORDED",
    "ExportRecorder",
    "RecordedExport",
    "compare_with_now",
    "question_of",
]
