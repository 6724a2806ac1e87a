"""What rules found in the texts that readers see: names and statements on a page, and the statements of a result.

Reads the record and the index, and writes nothing; returns data, no HTML. What curators rejected and what is hidden is
in none of it. Articles, exports, pages and template tags import from here.
"""

from .marks import HedgeMark, LineMarks, NameMark, PageMarks, ShownSection, SpeakerOnPage, StatementMark, load_marks
from .names import NamePage, find_name
from .result_statements import (
    SpeakerGroup,
    StatementPage,
    StatementRow,
    choose_statements,
    count_statements,
    find_sections_in_time,
    find_statements,
    load_section_statements,
)
from .spans import HEADING
from .statements import MIN_SURE_PERCENT, NOBODY, Named, StatementView, Step

__all__ = [
    "HEADING",
    "MIN_SURE_PERCENT",
    "NOBODY",
    "HedgeMark",
    "LineMarks",
    "NameMark",
    "NamePage",
    "Named",
    "PageMarks",
    "ShownSection",
    "SpeakerGroup",
    "SpeakerOnPage",
    "StatementMark",
    "StatementPage",
    "StatementRow",
    "StatementView",
    "Step",
    "choose_statements",
    "count_statements",
    "find_name",
    "find_sections_in_time",
    "find_statements",
    "load_marks",
    "load_section_statements",
]
