"""Statements in a text, and whether one can be what `said()` asks for. Pure; used within `search.results`.

`text_spans` loads them, `matches` marks what they say.
"""

from dataclasses import dataclass, field

from ..fields import STATEMENT_FIELDS
from ..query import (
    And,
    Keyword,
    Missing,
    Node,
    Or,
    ValueFuzzy,
    ValueTerm,
    ValueTruncation,
    ValueWord,
    truncation_parts,
    truncation_regex,
    within_edits,
)
from ..text import contains_word, fold_value, value_key, value_words, word_forms


@dataclass(frozen=True)
class SaidSpan:
    """A piece of a statement in a text, in code points, with the names of the speaker and of the sources."""

    start: int
    end: int
    speaker: tuple[str, ...] = ()
    via: tuple[str, ...] = ()


@dataclass(frozen=True)
class TextSpans:
    """What is known of a text: its statements, and where it speaks of days that the query asks for."""

    statements: list[SaidSpan] = field(default_factory=list)
    days: list[tuple[int, int]] = field(default_factory=list)


NO_SPANS = TextSpans()


def can_be_said(node: Node, span: SaidSpan) -> bool:
    """Whether a statement has the speaker and the sources that a query within `said()` asks for.

    Of words, and of what is excluded, it says nothing.
    """
    match node:
        case And(parts):
            return all(can_be_said(part, span) for part in parts)
        case Or(parts):
            return any(can_be_said(part, span) for part in parts)
        case Missing(name) if name in STATEMENT_FIELDS:
            return not getattr(span, name)
        case Keyword() | ValueWord() | ValueTruncation() | ValueFuzzy() if node.field in STATEMENT_FIELDS:
            return any(_is_value(node, label) for label in getattr(span, node.field))
        case _:
            return True


def _is_value(node: Keyword | ValueTerm, label: str) -> bool:
    match node:
        case Keyword(_, value):
            return value_key(fold_value(value)) == value_key(fold_value(label))
        case ValueWord(name, text):
            return contains_word(name, label, text)
        case ValueFuzzy(name, text, edits):
            (form,) = word_forms(text)
            return any(within_edits(form, word, edits) for word in value_words(name, label))
        case ValueTruncation(name, text):
            fits = [truncation_regex(part).fullmatch for part in truncation_parts(text)]
            # Parts that a hyphen joins are looked for one by one.
            return all(any(fit(word) for word in value_words(name, label)) for fit in fits)
