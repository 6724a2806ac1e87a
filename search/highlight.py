"""Which words of a text a query matches, and the passage that shows it best. Pure; yields pieces, never markup.

The tokens are the index's own, so what is marked is what matched.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from . import analysis
from .deadline import check_time
from .fields import HLEAD, LEAD_WORDS
from .patterns import truncation_parts, truncation_regex, within_edits
from .tree import Fuzzy, Node, Phrase, Truncation, Word, positive_leaves

# Two to three lines of the page's column.
SNIPPET_CHARS = 280
# How far back a passage may begin so that it begins with its sentence.
_RUN_UP_CHARS = 90
# Tokens that are taken, or tested, between two looks at the clock.
_TOKENS_AT_ONCE = 256
# The sections of a page share most of their words; testing one again costs ten times looking it up.
_KEPT_FORMS = 8192
# Where headline and lead are looked for.
_LEAD_FIELDS = ("headline", "heading", "text")


@dataclass(frozen=True)
class Piece:
    """A run of text, matched or not."""

    text: str
    matched: bool = False


@dataclass(frozen=True)
class Snippet:
    """A passage in pieces; `cut_before` and `cut_after` say that the text goes on there."""

    pieces: tuple[Piece, ...]
    cut_before: bool = False
    cut_after: bool = False


@dataclass(frozen=True)
class _Span:
    """A match in code points, half-open, by the number of the pattern that it is a match of."""

    start: int
    end: int
    pattern: int


@dataclass(frozen=True)
class _Pattern:
    """Terms side by side, as stems or as forms."""

    terms: tuple[str, ...]
    stemmed: bool


@dataclass(frozen=True)
class _LoosePattern:
    """Tests of forms side by side: a truncation or a likeness. A form's outcome is kept for the next text."""

    tests: tuple[Callable[[str], bool], ...]


class Highlighter:
    """Finds what a query tree matches in the text of one field after another."""

    def __init__(self, tree: Node) -> None:
        self._patterns: dict[str | None, list[_Pattern | _LoosePattern]] = defaultdict(list)
        for leaf in positive_leaves(tree):
            if isinstance(leaf, Word | Phrase | Truncation | Fuzzy):
                self._patterns[leaf.field].append(_pattern(leaf))

    def mark(self, text: str, field: str) -> tuple[Piece, ...]:
        """Returns the whole text in pieces."""
        return _pieces(text, self._spans(text, field), 0, len(text))

    def snippet(self, text: str, field: str, *, length: int = SNIPPET_CHARS) -> Snippet:
        """Returns the passage with the most of the query in it, or the beginning where nothing matches."""
        spans = self._spans(text, field)
        start, end = _best_window(text, spans, length)
        pieces = tuple(
            Piece(piece.text.replace("\n", " "), piece.matched) for piece in _pieces(text, spans, start, end)
        )
        return Snippet(pieces, cut_before=start > 0, cut_after=end < len(text))

    def matches(self, text: str, field: str) -> bool:
        """Whether any part of the query is in the text."""
        return bool(self._spans(text, field))

    def _spans(self, text: str, field: str) -> list[_Span]:
        """Returns the matches in order of their start; they may overlap. O(words of the text x patterns)."""
        patterns = self._patterns[None] + self._patterns[field]
        lead_from = len(patterns)
        if field in _LEAD_FIELDS:
            patterns += self._patterns[HLEAD.name]
        if not patterns:
            return []
        starting: dict[tuple[str, bool], list[tuple[int, tuple[str, ...]]]] = defaultdict(list)
        loose: list[tuple[int, _LoosePattern]] = []
        for number, pattern in enumerate(patterns):
            if isinstance(pattern, _LoosePattern):
                loose.append((number, pattern))
            else:
                starting[pattern.terms[0], pattern.stemmed].append((number, pattern.terms))
        tokens, forms, stems = [], [], []
        for token in analysis.walk_tokens(text):
            if token.position % _TOKENS_AT_ONCE == 0:
                check_time()
            tokens.append(token)
            forms.append(token.form)
            stems.append(analysis.stem(token.form))
        spans = []
        for at, token in enumerate(tokens):
            if at % _TOKENS_AT_ONCE == 0 or loose:
                check_time()
            by_stem, by_form = starting.get((stems[at], True)), starting.get((forms[at], False))
            # Most words of a text begin no match.
            if not by_stem and not by_form and not loose:
                continue
            found = [(number, terms, stems) for number, terms in by_stem or ()]
            found += [(number, terms, forms) for number, terms in by_form or ()]
            ends = [
                (number, at + len(terms))
                for number, terms, words in found
                if tuple(words[at : at + len(terms)]) == terms
            ]
            ends += [(number, at + len(pattern.tests)) for number, pattern in loose if _fits(pattern, forms, at)]
            for number, end in ends:
                if number < lead_from or field != "text" or end <= LEAD_WORDS:
                    spans.append(_Span(token.start_char, tokens[end - 1].end_char, number))
        return spans


def _pattern(leaf: Word | Phrase | Truncation | Fuzzy) -> _Pattern | _LoosePattern:
    match leaf:
        case Word(text):
            return _Pattern(tuple(analysis.stem(form) for form in analysis.forms(text)), stemmed=True)
        case Phrase(text):
            return _Pattern(tuple(analysis.forms(text)), stemmed=False)
        case Truncation(text):
            regexes = [truncation_regex(part) for part in truncation_parts(text)]
            return _LoosePattern(tuple(lru_cache(_KEPT_FORMS)(partial(_fits_regex, regex)) for regex in regexes))
        case Fuzzy(text, edits):
            (word,) = analysis.forms(text)
            return _LoosePattern((lru_cache(_KEPT_FORMS)(lambda form: within_edits(word, form, edits)),))


def _fits_regex(regex: re.Pattern[str], form: str) -> bool:
    return regex.fullmatch(form) is not None


def _fits(pattern: _LoosePattern, forms: Sequence[str], at: int) -> bool:
    """Whether the forms from here on pass the pattern's tests, one after the other."""
    if at + len(pattern.tests) > len(forms):
        return False
    return all(test(forms[at + step]) for step, test in enumerate(pattern.tests))


def _best_window(text: str, spans: Sequence[_Span], length: int) -> tuple[int, int]:
    """Returns the bounds of the passage: at most `length` and some, cut between words."""
    if len(text) <= length:
        return 0, len(text)
    # Where each match is longer than a passage, the passage shows the beginning of the first.
    best, anchor = (0, 0), spans[0] if spans else _Span(0, 0, 0)
    inside: Counter[int] = Counter()
    last = 0
    for first, span in enumerate(spans):
        check_time()
        last = max(last, first)
        while last < len(spans) and spans[last].end <= span.start + length:
            inside[spans[last].pattern] += 1
            last += 1
        value = (sum(1 for count in inside.values() if count > 0), sum(inside.values()))
        if value > best:
            best, anchor = value, span
        if first < last:
            inside[span.pattern] -= 1
    start = _run_up(text, anchor.start)
    end = _cut(text, start, length, least=start + length // 2)
    if end < anchor.end:
        start = anchor.start
        end = _cut(text, start, length, least=min(anchor.end, start + length))
    return start, end


def _cut(text: str, start: int, length: int, *, least: int) -> int:
    """Returns the end of the passage: before a blank where there is one past `least`."""
    end = start + length
    if end >= len(text):
        return len(text)
    return max(text.rfind(" ", start, end), text.rfind("\n", start, end), least)


def _run_up(text: str, start: int) -> int:
    """Returns the start of the sentence that a match stands in, or of a word shortly before."""
    earliest = max(start - _RUN_UP_CHARS, 0)
    if earliest == 0:
        return 0
    for end_of_sentence in ("\n", ". ", "? ", "! ", ".” ", '." '):
        found = text.rfind(end_of_sentence, earliest, start)
        if found >= 0:
            return found + len(end_of_sentence)
    return max(text.find(" ", earliest, start) + 1, earliest)


def _pieces(text: str, spans: Sequence[_Span], start: int, end: int) -> tuple[Piece, ...]:
    """Returns text[start:end] in pieces; matches that overlap are one piece, as are the words of a phrase."""
    pieces: list[Piece] = []
    at = start
    merged: list[list[int]] = []
    for span in spans:
        # Cut by the passage, a match stays unmarked, but for one that fills the whole of it.
        if span.start < start or (span.end > end and span.start > start):
            continue
        if merged and span.start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], min(span.end, end))
        else:
            merged.append([span.start, min(span.end, end)])
    for from_char, to_char in merged:
        pieces.append(Piece(text[at:from_char]))
        pieces.append(Piece(text[from_char:to_char], matched=True))
        at = to_char
    pieces.append(Piece(text[at:end]))
    return tuple(piece for piece in pieces if piece.text)
