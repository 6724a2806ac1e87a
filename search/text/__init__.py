"""Text as search sees it: scripts, tokens, stems, function words, and the difference between two texts.

The index, the query language and the highlighter share this tokenizer, so they always agree on what a word is. Pure:
no Django, no engine, no query. Every other package of `search` may import from here.
"""

from archive.addresses import is_address, is_domain

from .addresses import address_text, host_of, read_address, write_address
from .analysis import ANALYSIS_VERSION, Token, find_words, fold_text, fold_word, tokenize, word_forms
from .capitals import (
    CAPITALS_MARK,
    MAX_ABBREVIATION_LETTERS,
    MIN_ABBREVIATION_LETTERS,
    CapitalRun,
    CapitalWord,
    find_abbreviations,
    is_abbreviation,
    phrase_forms,
)
from .differences import ComparisonBudget, TextRun, compare_paragraphs
from .directions import is_right_to_left
from .form_table import FormTable
from .function_words import FUNCTION_WORDS
from .names import MONTH_NAMES, SHORT_MONTH_NAMES, country_name, is_language_code, language_name
from .numbers import GROUP_SPACES
from .prose import is_prose_at, sentence_around
from .scripts import GERSHAYIM, MARKS, UNSPACED, WORD_CHARS, starts_cluster
from .sentences import UNSPACED_STOPS, ends_sentence, split_runs, starts_sentence
from .spellings import HYPHENS, JOINTS, Reading, Slot, other_spellings, readings, spelling_width
from .stemmers import SPELLING_MARK, stem_form
from .unbroken import find_unbroken
from .value_names import KIND_NAMES, SOURCE_KIND_NAMES, other_names
from .value_words import contains_word, fold_value, has_in_order, single_words, value_forms, value_key, value_words

__all__ = [
    "ANALYSIS_VERSION",
    "CAPITALS_MARK",
    "FUNCTION_WORDS",
    "GERSHAYIM",
    "GROUP_SPACES",
    "HYPHENS",
    "JOINTS",
    "KIND_NAMES",
    "MARKS",
    "MAX_ABBREVIATION_LETTERS",
    "MIN_ABBREVIATION_LETTERS",
    "MONTH_NAMES",
    "SHORT_MONTH_NAMES",
    "SOURCE_KIND_NAMES",
    "SPELLING_MARK",
    "UNSPACED",
    "UNSPACED_STOPS",
    "WORD_CHARS",
    "CapitalRun",
    "CapitalWord",
    "ComparisonBudget",
    "FormTable",
    "Reading",
    "Slot",
    "TextRun",
    "Token",
    "address_text",
    "compare_paragraphs",
    "contains_word",
    "country_name",
    "ends_sentence",
    "find_abbreviations",
    "find_unbroken",
    "find_words",
    "fold_text",
    "fold_value",
    "fold_word",
    "has_in_order",
    "host_of",
    "is_abbreviation",
    "is_address",
    "is_domain",
    "is_language_code",
    "is_prose_at",
    "is_right_to_left",
    "language_name",
    "other_names",
    "other_spellings",
    "phrase_forms",
    "read_address",
    "readings",
    "sentence_around",
    "single_words",
    "spelling_width",
    "split_runs",
    "starts_cluster",
    "starts_sentence",
    "stem_form",
    "tokenize",
    "value_forms",
    "value_key",
    "value_words",
    "word_forms",
    "write_address",
]
