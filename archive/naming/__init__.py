"""What curators decide of names and statements, and what is proposed to them.

`acts` changes the rows, within operations; `mentioned_in` says which articles that touches. `weighing` counts mentions
and finds what to propose, beside requests; `proposals` reads it a page at a time, and `evidence` the texts in which a
name or a statement stands. What rules find is the business of `archive.annotating`. Only operations, `archive.admin`,
commands and what keeps the index import from here.
"""

from .acts import (
    MAX_MERGED_NAMES,
    add_spelling,
    confirm_spellings,
    decide_names,
    decide_statement,
    decide_statements,
    keep_apart,
    merge_into,
    names_beside,
    reject_spellings,
    split_off,
    state_of,
)
from .evidence import (
    Passage,
    Run,
    StatementInText,
    chain_of,
    count_mentions,
    passages_of,
    speaker_of,
    speaker_phrase,
    view_statement,
)
from .mentioned_in import articles_of_names, articles_of_statements, show_names
from .proposals import MERGES, NAMES, STATEMENTS, Cursor, Page, count_proposed, page_of, proposed
from .statement_search import MAX_FOUND_STATEMENTS, find_by_names, find_rejected
from .weighing import weigh, weigh_if_changed

__all__ = [
    "MAX_FOUND_STATEMENTS",
    "MAX_MERGED_NAMES",
    "MERGES",
    "NAMES",
    "STATEMENTS",
    "Cursor",
    "Page",
    "Passage",
    "Run",
    "StatementInText",
    "add_spelling",
    "articles_of_names",
    "articles_of_statements",
    "chain_of",
    "confirm_spellings",
    "count_mentions",
    "count_proposed",
    "decide_names",
    "decide_statement",
    "decide_statements",
    "find_by_names",
    "find_rejected",
    "keep_apart",
    "merge_into",
    "names_beside",
    "page_of",
    "passages_of",
    "proposed",
    "reject_spellings",
    "show_names",
    "speaker_of",
    "speaker_phrase",
    "split_off",
    "state_of",
    "view_statement",
    "weigh",
    "weigh_if_changed",
]
