"""Text as search sees it: scripts, tokens, stems, words of grammar, and the difference between two texts.

Pure: no Django, no engine, no query. The index, the query language and the highlighter all use this one tokenizer.
Every other package of `search` may import from here.
"""

from . import analysis
from .analysis import FormTable, stem
from .differences import Budget, Run, compare
from .function_words import FUNCTION_WORDS
from .scripts import JOINED, MARKS, NON_JOINER, STACKERS, UNSEEN, UNSPACED, WORD

__all__ = [
    "FUNCTION_WORDS",
    "JOINED",
    "MARKS",
    "NON_JOINER",
    "STACKERS",
    "UNSEEN",
    "UNSPACED",
    "WORD",
    "Budget",
    "FormTable",
    "Run",
    "analysis",
    "compare",
    "stem",
]
