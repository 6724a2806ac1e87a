"""Finds where the terms of a query match in a text, for `highlight`. Pure; used within `search.results`.

It uses the tokenizer of the index, so what is highlighted is what matched.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import islice

from ..engines import check_time
from ..fields import HLEAD, LEAD_WORDS
from ..query import (
    Everything,
    Fuzzy,
    InStatement,
    Near,
    Node,
    Not,
    Phrase,
    Term,
    Truncation,
    Word,
    children,
    positive_leaves,
    truncation_parts,
    truncation_regex,
    within_edits,
)
from ..text import (
    GROUP_SPACES,
    HYPHENS,
    SPELLING_MARK,
    Reading,
    Token,
    find_abbreviations,
    find_words,
    fold_word,
    is_abbreviation,
    other_spellings,
    readings,
    spelling_width,
    stem_form,
    tokenize,
    word_forms,
)
from .said import SaidSpan, TextSpans, can_be_said

_WORDS_PER_TIME_CHECK = 128
_JOINTS_PER_TIME_CHECK = 16
# The sections of a page share most of their words. Testing a form again takes ten times as long as looking it up.
_MAX_CACHED_FORMS = 8192
# A form begins like its stem, except for at most this many letters at the end of the stem: of 82,702 forms of news,
# only five (dying, die) differ in two.
_STEM_ENDING_CHARS = 2
# A shorter prefix occurs nearly everywhere.
_MIN_PREFIX_CHARS = 2
_PLAIN_START = re.compile(r"[a-z0-9]+")
_SPACE = re.compile(r"\s")
# Punctuation that folding removes from inside a word: the dots of initials, the marks that group digits.
_INNER_PUNCTUATION = re.compile(r"[.,](?=\w)|(?<=\d)['’](?=\d)")
# Where words may be joined in another spelling, and the stretch of text that has all of them.
_JOINT = re.compile(rf"[{HYPHENS}](?=\w)|(?<=\d)[{GROUP_SPACES}](?=\d)")
_STRETCH = re.compile(rf"(?:\S|(?<=\d)[{GROUP_SPACES}](?=\d))+")
# Characters that may fold to plain letters or digits.
_FOLDABLE = re.compile(r"[^\x00-\x7f“”‘’–—…\xa0]")
# The fields that `hlead` searches.
_LEAD_FIELDS = ("headline", "heading", "text")


@dataclass(frozen=True)
class TermMatch:
    """A match in code points, half-open; `term` is the number of the term that matched."""

    start: int
    end: int
    term: int


class TermMatcher:
    """Finds the matches of a query tree in the text of one field after another.

    What the query asks within `said()` alone matches in statements only, and of these in those whose speaker and
    sources can be the ones that it asks for.
    """

    def __init__(self, tree: Node) -> None:
        self._terms = 0
        # By the number of a term that only `said()` asks for: what is asked within.
        self._only_said: dict[int, list[Node]] = {}
        self._tests: dict[str | None, list[_TermTests]] = defaultdict(list)
        self._indexes: dict[str, _FirstWordIndex] = {}
        within: dict[Node, list[Node]] = {}
        for leaf, statement in _leaves_with_statements(tree, None):
            if isinstance(leaf, Word | Phrase | Truncation | Fuzzy):
                around = within.setdefault(leaf, [])
                around.append(Everything() if statement is None else statement)
        for leaf in dict.fromkeys(positive_leaves(tree)):
            if isinstance(leaf, Word | Phrase | Truncation | Fuzzy):
                self._terms += 1
                self._tests[leaf.field] += _make_tests(leaf, self._terms)
                if Everything() not in within[leaf]:
                    self._only_said[self._terms] = within[leaf]

    def find(self, text: str, name: str, spans: TextSpans | None = None) -> list[TermMatch]:
        """Returns the matches ordered by start; they may overlap. O(words of the text + matches).

        `name` is that of the field, `spans` what is known of the text. Without them, nothing is known of statements,
        and words match wherever they are.
        """
        matches = self._find(text, name)
        if spans is None:
            return matches
        if self._only_said:
            matches = [
                match
                for match in matches
                if match.term not in self._only_said or self._is_said(match, spans.statements)
            ]
        if spans.days:
            matches += [TermMatch(start, end, self._terms + 1) for start, end in spans.days]
            matches.sort(key=lambda match: match.start)
        return matches

    def _is_said(self, match: TermMatch, statements: Sequence[SaidSpan]) -> bool:
        inside = (span for span in statements if span.start <= match.start and match.end <= span.end)
        return any(can_be_said(node, span) for span in inside for node in self._only_said[match.term])

    def _find(self, text: str, field: str) -> list[TermMatch]:
        if not text:
            return []
        if field not in self._indexes:
            self._indexes[field] = self._index_terms(field)
        index = self._indexes[field]
        if not index.terms:
            return []
        matches = _match_near_prefixes(text, index) if index.prefixes else _match_every_word(text, index)
        if joined := _match_joined(text, index):
            matches = sorted(matches + joined, key=lambda match: match.start)
        return matches

    def _index_terms(self, field: str) -> "_FirstWordIndex":
        terms = self._tests[None] + self._tests[field]
        lead_terms = self._tests[HLEAD.name] if field in _LEAD_FIELDS else []
        # Of the text, only the first words belong to the lead.
        return _FirstWordIndex(terms + lead_terms, lead_terms=len(lead_terms) if field == "text" else 0)


def _leaves_with_statements(node: Node, statement: Node | None) -> Iterator[tuple[Node, Node | None]]:
    """Yields the leaves that can make a section match, each with what is asked within the `said()` around it."""
    match node:
        case Not():
            return
        case InStatement(part):
            yield from _leaves_with_statements(part, part if statement is None else statement)
        case _:
            parts = (node.left,) if isinstance(node, Near) and node.excluded else children(node)
            for part in parts:
                yield from _leaves_with_statements(part, statement)
            if not parts:
                yield node, statement


# The forms of a word: that of its token, then its other spellings.
_Forms = Sequence[str]


@dataclass(frozen=True)
class _TermTests:
    """A reading of a term as tests on the forms of adjacent words, one test for each.

    `number` is that of the term. `firsts` are the stems with which a Word can begin, or the form with which a Phrase
    does. `joined` is the stem of which several words can be another spelling; empty for none. `abbreviations` has the
    places of a Phrase at which an abbreviation in capitals must be.
    """

    term: Term
    number: int
    tests: tuple[Callable[[_Forms], bool], ...]
    firsts: tuple[str, ...] = ()
    joined: str = ""
    abbreviations: tuple[int, ...] = ()


def _make_tests(term: Term, number: int) -> list[_TermTests]:
    """Returns the tests for each reading of a term."""
    match term:
        case Word(text):
            return [_reading_tests(term, number, reading) for reading in readings(text)]
        case Phrase(text):
            tokens = tokenize(text)
            forms = [token.form for token in tokens]
            tests = tuple(partial(_is_form, form) for form in forms)
            return [
                _TermTests(term, number, tests, (forms[0],), abbreviations=tuple(find_abbreviations(text, tokens)))
            ]
        case Truncation(text):
            fits = [lru_cache(_MAX_CACHED_FORMS)(truncation_regex(part).fullmatch) for part in truncation_parts(text)]
            return [_TermTests(term, number, tuple(partial(_first_fits, fit) for fit in fits))]
        case Fuzzy(text, edits):
            (word,) = word_forms(text)
            return [_TermTests(term, number, (lambda forms: within_edits(word, forms[0], edits),))]


def _reading_tests(term: Word, number: int, reading: Reading) -> _TermTests:
    tests = tuple(partial(_has_stem, frozenset((slot.stem, *slot.others))) for slot in reading)
    joined = reading[0].stem if len(reading) == 1 else ""
    firsts = tuple(stem for stem in (reading[0].stem, *reading[0].others) if stem)
    return _TermTests(term, number, tests, firsts, joined)


def _is_form(form: str, forms: _Forms) -> bool:
    return form == forms[0]


def _has_stem(stems: frozenset[str], forms: _Forms) -> bool:
    return any(stem_form(form) in stems for form in forms)


def _is_abbreviation(word: re.Match[str]) -> bool:
    return is_abbreviation(word.string, word.start(), word.start() + fold_word(word[0])[1])


def _first_fits(fits: Callable[[str], object], forms: _Forms) -> bool:
    return bool(fits(forms[0]))


@lru_cache(_MAX_CACHED_FORMS)
def _forms_of(word: str) -> _Forms:
    """Returns the forms of a word as `find_words` found it: that of its token, then its other spellings."""
    form, length = fold_word(word)
    others = other_spellings(word, [Token(form, 0, 0, length)])
    return (form, *(other.form.removeprefix(SPELLING_MARK) for other in others))


class _FirstWordIndex(dict[str, tuple[int, ...]]):
    """Maps a word as written to the numbers of the terms that may begin with it.

    Most words begin no term. Each distinct word is tested once and then looked up.
    """

    def __init__(self, terms: Sequence[_TermTests], *, lead_terms: int) -> None:
        super().__init__()
        self.terms = terms
        # Terms from this number on match only in the first words of the text.
        self.first_lead_term = len(terms) - lead_terms
        self._by_stem: dict[str, tuple[int, ...]] = {}
        self._by_form: dict[str, tuple[int, ...]] = {}
        self._others: list[int] = []
        # The readings of which several words can be another spelling, by stem.
        self.by_joined: dict[str, tuple[int, ...]] = {}
        for number, entry in enumerate(terms):
            known = self._by_form if isinstance(entry.term, Phrase) else self._by_stem
            for first in entry.firsts:
                known[first] = (*known.get(first, ()), number)
            if not entry.firsts:
                self._others.append(number)
            if entry.joined:
                self.by_joined[entry.joined] = (*self.by_joined.get(entry.joined, ()), number)
        # If not empty: every word that begins a term has one of these prefixes, or contains characters that fold.
        self.prefixes = () if lead_terms else self._find_prefixes()

    def _find_prefixes(self) -> tuple[str, ...]:
        if self._others:
            return ()
        firsts = [(stem, _STEM_ENDING_CHARS) for stem in self._by_stem] + [(form, 0) for form in self._by_form]
        prefixes = set()
        for first, ending_chars in firsts:
            plain = _PLAIN_START.match(first)
            prefix = plain[0][: max(len(first) - ending_chars, 1)] if plain else ""
            if len(prefix) < _MIN_PREFIX_CHARS:
                return ()
            prefixes.add(prefix)
        return tuple(sorted(prefixes))

    def __missing__(self, word: str) -> tuple[int, ...]:
        forms = _forms_of(word)
        found = [number for form in forms for number in self._by_stem.get(stem_form(form), ())]
        found += self._by_form.get(forms[0], ())
        if self._others:
            check_time()
            found += [number for number in self._others if self.terms[number].tests[0](forms)]
        self[word] = numbers = tuple(dict.fromkeys(found))
        return numbers

    def end_of_match(self, number: int, words: Sequence[re.Match[str]]) -> int:
        """Returns where a term ends that begins with the first of these words; 0 if it does not match."""
        tests = self.terms[number].tests
        if len(words) < len(tests):
            return 0
        for test, word in zip(tests[1:], words[1:], strict=False):
            if not test(_forms_of(word[0])):
                return 0
        for place in self.terms[number].abbreviations:
            if not _is_abbreviation(words[place]):
                return 0
        last = words[len(tests) - 1]
        return last.start() + fold_word(last[0])[1]

    def candidates(self, text: str) -> list[int]:
        """Returns positions, ascending: one or more in every word that may begin a term, and some in other words."""
        lower = text.lower()
        if len(lower) != len(text):
            # Lower case changed the positions (İ becomes two characters), so every word is a candidate.
            return [word.start() for word in find_words(text)]
        positions = [match.start() for match in _INNER_PUNCTUATION.finditer(text)]
        if not text.isascii():
            positions += [match.start() for match in _FOLDABLE.finditer(text)]
        for prefix in self.prefixes:
            position = lower.find(prefix)
            while position >= 0:
                positions.append(position)
                position = lower.find(prefix, position + 1)
        return sorted(positions)


def _match_every_word(text: str, index: _FirstWordIndex) -> list[TermMatch]:
    words: list[re.Match[str]] = []
    remaining = find_words(text)
    while batch := list(islice(remaining, _WORDS_PER_TIME_CHECK)):
        check_time()
        words += batch
    matches = []
    starts = [(position, numbers) for position, word in enumerate(words) if (numbers := index[word[0]])]
    for position, numbers in starts:
        check_time()
        for number in numbers:
            past_last = position + len(index.terms[number].tests)
            end = index.end_of_match(number, words[position:past_last])
            if end and (number < index.first_lead_term or past_last <= LEAD_WORDS):
                matches.append(TermMatch(words[position].start(), end, index.terms[number].number))
    return matches


def _match_near_prefixes(text: str, index: _FirstWordIndex) -> list[TermMatch]:
    """Returns the same as `_match_every_word`, but tokenizes only the stretches between spaces with a candidate."""
    matches = []
    done = 0
    for count, candidate in enumerate(index.candidates(text)):
        if candidate < done:
            continue
        if count % _WORDS_PER_TIME_CHECK == 0:
            check_time()
        # No token contains a space, so a stretch between spaces can be tokenized alone.
        start = candidate
        while start > done and not text[start - 1].isspace():
            start -= 1
        space = _SPACE.search(text, candidate)
        done = space.start() if space else len(text)
        for word in find_words(text, start, done):
            for number in index[word[0]]:
                length = len(index.terms[number].tests)
                words = [word] if length == 1 else list(islice(find_words(text, word.start()), length))
                if end := index.end_of_match(number, words):
                    matches.append(TermMatch(word.start(), end, index.terms[number].number))
    return matches


def _match_joined(text: str, index: _FirstWordIndex) -> list[TermMatch]:
    """Returns the matches of words by a spelling that joins several words of the text."""
    matches: list[TermMatch] = []
    if not index.by_joined:
        return matches
    done = 0
    for count, joint in enumerate(_JOINT.finditer(text)):
        if joint.start() < done:
            continue
        if count % _JOINTS_PER_TIME_CHECK == 0:
            check_time()
        start = joint.start()
        while start > done and not text[start - 1].isspace():
            start -= 1
        stretch = _STRETCH.match(text, start)
        done = stretch.end() if stretch else joint.end()
        for first, last, stem in _joined_in(text[start:done]):
            matches += [
                TermMatch(start + first, start + last, index.terms[number].number)
                for number in index.by_joined.get(stem, ())
                if number < index.first_lead_term or _count_words(text, start + last) <= LEAD_WORDS
            ]
    return matches


@lru_cache(_MAX_CACHED_FORMS)
def _joined_in(stretch: str) -> list[tuple[int, int, str]]:
    """Returns the spellings that join several words of a stretch of text: start, end, and stem."""
    tokens = tokenize(stretch)
    return [
        (tokens[spelling.first].start_char, tokens[spelling.last].end_char, stem_form(spelling.form))
        for spelling in other_spellings(stretch, tokens)
        if spelling_width(spelling.form) > 1
    ]


def _count_words(text: str, end: int) -> int:
    return sum(1 for _ in find_words(text, 0, end))
