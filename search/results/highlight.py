"""Which words of a text a query matches, and the passage that shows it best. Pure; yields pieces, never markup.

The tokens are the index's own, so what is marked is what matched.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import islice
from operator import eq

from ..engines import check_time
from ..fields import HLEAD, LEAD_WORDS
from ..query import (
    Fuzzy,
    Node,
    Phrase,
    Term,
    Truncation,
    Word,
    positive_leaves,
    truncation_parts,
    truncation_regex,
    within_edits,
)
from ..text import UNSPACED_STOPS, find_words, fold_word, starts_cluster, stem_form, word_forms

# Two to three lines of the page's column.
SNIPPET_CHARS = 280
# How far back a passage may begin so that it begins with its sentence.
_RUN_UP_CHARS = 90
# Tokens that are taken, or tested, between two looks at the clock.
_TOKENS_AT_ONCE = 128
# The sections of a page share most of their words; testing one again costs ten times looking it up.
_KEPT_FORMS = 8192
# A form begins as its stem does but for the last letters: of 82,702 forms of news, five (dying, die) differ in two.
_STEM_TAIL = 2
# With fewer letters of its beginning known, a word is looked for nearly everywhere.
_LEAST_BEGINNING = 2
_PLAIN = re.compile(r"[a-z0-9]+")
_BLANK = re.compile(r"\s")
# Inside a word: initials and thousands, whose forms lack them. And what may be folded to plain letters.
_WRITTEN_OTHERWISE = re.compile(r"[.,](?=\w)")
_FOLDED = re.compile(r"[^\x00-\x7f“”‘’–—…\xa0]")
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
    """Terms side by side, a test of the form of each; `first` is a Word's first stem, a Phrase's first form."""

    leaf: Term
    tests: tuple[Callable[[str], bool], ...]
    first: str = ""


class Highlighter:
    """Finds what a query tree matches in the text of one field after another."""

    def __init__(self, tree: Node) -> None:
        self._patterns: dict[str | None, list[_Pattern]] = defaultdict(list)
        # By field, with the number from which its patterns are those of the lead alone.
        self._words: dict[str, tuple[_KnownWords, int]] = {}
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
        """Returns the matches in order of their start; they may overlap. O(words of the text + matches)."""
        if not text:
            return []
        if field not in self._words:
            patterns = self._patterns[None] + self._patterns[field]
            lead_from = len(patterns)
            if field in _LEAD_FIELDS:
                patterns += self._patterns[HLEAD.name]
            self._words[field] = _KnownWords(patterns), lead_from
        known, lead_from = self._words[field]
        if not known.patterns:
            return []
        if known.beginnings and lead_from == len(known.patterns):
            return self._spans_near(text, known)
        matches: list[re.Match[str]] = []
        found = find_words(text)
        while some := list(islice(found, _TOKENS_AT_ONCE)):
            check_time()
            matches += some
        spans = []
        # Most words begin nothing: of each that is new this is found out once, and then looked up.
        for at, starts in [(at, starts) for at, match in enumerate(matches) if (starts := known[match[0]])]:
            check_time()
            for number in starts:
                end = known.end_of(number, matches[at:][: len(known.patterns[number].tests)])
                last = at + len(known.patterns[number].tests) - 1
                if end and (number < lead_from or field != "text" or last < LEAD_WORDS):
                    spans.append(_Span(matches[at].start(), end, number))
        return spans

    @staticmethod
    def _spans_near(text: str, known: "_KnownWords") -> list[_Span]:
        """Returns the same, having looked only at the runs between blanks in which a match may begin."""
        spans = []
        done = 0
        for number_of_run, place in enumerate(known.candidates(text)):
            if place < done:
                continue
            if number_of_run % _TOKENS_AT_ONCE == 0:
                check_time()
            # No token has a blank in it, so that those of a run are the same by themselves.
            start = place
            while start > done and not text[start - 1].isspace():
                start -= 1
            blank = _BLANK.search(text, place)
            done = blank.start() if blank else len(text)
            for match in find_words(text, start, done):
                for number in known[match[0]]:
                    length = len(known.patterns[number].tests)
                    following = [match] if length == 1 else list(islice(find_words(text, match.start()), length))
                    if end := known.end_of(number, following):
                        spans.append(_Span(match.start(), end, number))
        return spans


class _KnownWords(dict[str, tuple[int, ...]]):
    """A word as it stands in a text -> the numbers of the patterns whose first test it passes."""

    def __init__(self, patterns: Sequence[_Pattern]) -> None:
        super().__init__()
        self.patterns = patterns
        self._by_stem: dict[str, tuple[int, ...]] = {}
        self._by_form: dict[str, tuple[int, ...]] = {}
        self._loose: list[int] = []
        for number, pattern in enumerate(patterns):
            match pattern.leaf:
                case Word():
                    self._by_stem[pattern.first] = (*self._by_stem.get(pattern.first, ()), number)
                case Phrase():
                    self._by_form[pattern.first] = (*self._by_form.get(pattern.first, ()), number)
                case _:
                    self._loose.append(number)

        self.beginnings = self._beginnings()

    def _beginnings(self) -> tuple[str, ...]:
        """Returns how every word begins that may begin a pattern; nothing where most words may."""
        firsts = [(stem, _STEM_TAIL) for stem in self._by_stem] + [(form, 0) for form in self._by_form]
        beginnings = set()
        for first, tail in firsts:
            plain = _PLAIN.match(first)
            beginning = plain[0][: max(len(first) - tail, 1)] if plain else ""
            if len(beginning) < _LEAST_BEGINNING:
                return ()
            beginnings.add(beginning)
        return () if self._loose else tuple(sorted(beginnings))

    def candidates(self, text: str) -> list[int]:
        """Returns every place in a text near which a word may begin a pattern, and more, in order."""
        lower = text.lower()
        if len(lower) != len(text):
            # A letter that is two in lower case, of which there is one (İ): every word may.
            return [match.start() for match in find_words(text)]
        places = [match.start() for match in _WRITTEN_OTHERWISE.finditer(text)]
        if not text.isascii():
            places += [match.start() for match in _FOLDED.finditer(text)]
        for beginning in self.beginnings:
            place = lower.find(beginning)
            while place >= 0:
                places.append(place)
                place = lower.find(beginning, place + 1)
        return sorted(places)

    def end_of(self, number: int, matches: Sequence[re.Match[str]]) -> int:
        """Returns where a pattern ends that the first of these words begins; 0 where it does not fit."""
        tests = self.patterns[number].tests
        if len(matches) < len(tests):
            return 0
        for test, match in zip(tests[1:], matches[1:], strict=False):
            if not test(fold_word(match[0])[0]):
                return 0
        last = matches[len(tests) - 1]
        return last.start() + fold_word(last[0])[1]

    def __missing__(self, word: str) -> tuple[int, ...]:
        form, _ = fold_word(word)
        starts = self._by_stem.get(stem_form(form), ()) + self._by_form.get(form, ())
        if self._loose:
            check_time()
            starts += tuple(number for number in self._loose if self.patterns[number].tests[0](form))
        self[word] = starts
        return starts


def _pattern(leaf: Term) -> _Pattern:
    match leaf:
        case Word(text):
            stems = [stem_form(form) for form in word_forms(text)]
            return _Pattern(leaf, tuple(partial(_has_stem, stem) for stem in stems), stems[0])
        case Phrase(text):
            forms = word_forms(text)
            return _Pattern(leaf, tuple(partial(eq, form) for form in forms), forms[0])
        case Truncation(text):
            regexes = [truncation_regex(part) for part in truncation_parts(text)]
            return _Pattern(leaf, tuple(lru_cache(_KEPT_FORMS)(partial(_fits_regex, regex)) for regex in regexes))
        case Fuzzy(text, edits):
            (word,) = word_forms(text)
            return _Pattern(leaf, (lambda form: within_edits(word, form, edits),))


def _has_stem(stem: str, form: str) -> bool:
    return stem_form(form) == stem


def _fits_regex(regex: re.Pattern[str], form: str) -> bool:
    return regex.fullmatch(form) is not None


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
    """Returns the end of the passage: before a blank where there is one past `least`, else between two clusters."""
    end = start + length
    if end >= len(text):
        return len(text)
    blank = max(text.rfind(" ", start, end), text.rfind("\n", start, end))
    if blank > least:
        return blank
    return next((place for place in range(end, least, -1) if starts_cluster(text, place)), least)


def _run_up(text: str, start: int) -> int:
    """Returns the start of the sentence that a match stands in, or of a word, or cluster, shortly before."""
    earliest = max(start - _RUN_UP_CHARS, 0)
    if earliest == 0:
        return 0
    for end_of_sentence in ("\n", ". ", "? ", "! ", ".” ", '." ', *UNSPACED_STOPS):
        found = text.rfind(end_of_sentence, earliest, start)
        if found >= 0:
            return found + len(end_of_sentence)
    blank = text.find(" ", earliest, start)
    if blank >= 0:
        return blank + 1
    return next((place for place in range(earliest, start) if starts_cluster(text, place)), start)


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
