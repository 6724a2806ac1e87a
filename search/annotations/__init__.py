"""What rules found in the texts that readers see: names and statements on a page, and the statements of a result.

Reads the record and the index, and writes nothing; returns data, no HTML. What curators rejected and what is hidden is
in none of it. Articles, exports, pages and template tags import from here.
"""

from archive.shown_places import HEADING

from .marks import DayMark, HedgeMark, LineMarks, NameMark, PageMarks, SpeakerOnPage, StatementMark, load_marks
from .names import (
    STATEMENTS_PER_PAGE,
    Mentions,
    NamedWith,
    NamePage,
    NameStatements,
    Which,
    find_mentions,
    find_merged,
    find_name,
    find_name_statements,
)
from .result_statements import (
    ChosenStatements,
    SpeakerGroup,
    StatementPage,
    StatementRow,
    choose_statements,
    count_statements,
    find_statements,
    keep_chosen,
    load_section_statements,
    mark_words,
    request_in_time,
)
from .statement_conditions import ConditionPhrase, describe_conditions
from .statement_days import load_statement_days
from .statements import NOBODY, Named, StatementView, Step

__all__ = [
    "HEADING",
    "NOBODY",
    "STATEMENTS_PER_PAGE",
    "ChosenStatements",
    "ConditionPhrase",
    "DayMark",
    "HedgeMark",
    "LineMarks",
    "Mentions",
    "NameMark",
    "NamePage",
    "NameStatements",
    "Named",
    "NamedWith",
    "PageMarks",
    "SpeakerGroup",
    "SpeakerOnPage",
    "StatementMark",
    "StatementPage",
    "StatementRow",
    "StatementView",
    "Step",
    "Which",
    "choose_statements",
    "count_statements",
    "describe_conditions",
    "find_mentions",
    "find_merged",
    "find_name",
    "find_name_statements",
    "find_statements",
    "keep_chosen",
    "load_marks",
    "load_section_statements",
    "load_statement_days",
    "mark_words",
    "request_in_time",
]
