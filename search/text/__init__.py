"""Text as search sees it: scripts, tokens, stems, function words, and the difference between two texts.

The index, the query language and the highlighter share this tokenizer, so they always agree on what a word is. Pure:
no Django, no engine, no query. Every other package of `search` may import from here.
"""

from .analysis import ANALYSIS_VERSION, find_words, fold_text, fold_word, tokenize, word_forms
from .differences import ComparisonBudget, TextRun, compare_paragraphs
from .form_table import FormTable
from .function_words import FUNCTION_WORDS
from .names import MONTH_NAMES, SHORT_MONTH_NAMES, language_name
from .scripts import MARKS, UNSPACED, WORD_CHARS, starts_cluster
from .sentences import UNSPACED_STOPS
from .stemmers import stem_form

__all__ = [
    "ANALYSIS_VERSION",
    "FUNCTION_WORDS",
    "MARKS",
    "MONTH_NAMES",
    "SHORT_MONTH_NAMES",
    "UNSPACED",
    "UNSPACED_STOPS",
    "WORD_CHARS",
    "ComparisonBudget",
    "FormTable",
    "TextRun",
    "compare_paragraphs",
    "find_words",
    "fold_text",
    "fold_word",
    "language_name",
    "starts_cluster",
    "stem_form",
    "tokenize",
    "word_forms",
]
