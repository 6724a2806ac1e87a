"""Whom and what a text names: persons, places, organisations.

Words with a capital are cut into runs (`name_runs`); each run has a kind by its own words or those beside it
(`name_kinds`); what is left, the text as a whole tells: a surname of a person that it names, the kind of the same
words elsewhere. Lines in capitals have only names that the tables or the rest of the text have. A text in another
language has places of the gazetteer only (`place_names`). Measured on CoNLL-2003 and GUM.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise

from .bodies import match_phrase
from .name_kinds import Candidate, find_candidates, place_label
from .name_labels import MAX_NAMES_OF_A_WORD, find_labels
from .name_runs import Run, find_runs
from .name_tokens import Case, Line, Token, read_lines
from .name_words import DETERMINERS, LANGUAGE, PEOPLES, SURNAME_ENDINGS
from .place_names import find_places, has_other_scripts
from .spans import Mention, NameType, Span
from .word_lists import common_words, known_persons, surnames, surnames_of_words

MIN_SURNAME_CHARS = 4
# Words for a page, and the share of names that were right on CoNLL's training texts.
RULES: dict[str, tuple[str, float]] = {
    "table": ("a known body", 0.88),
    "known person": ("a known person", 0.95),
    "region": ("a known place", 0.76),
    "noun": ("beside a word for its kind", 0.88),
    "score": ("before a score", 0.86),
    "part": ("acronym or place in the name", 0.82),
    "joined": ("joined with names of this kind", 0.6),
    "gazetteer": ("gazetteer of places", 0.82),
    "kind of place": ("kind of place in the name", 0.5),
    "body": ("kind of body in the name", 0.77),
    "team": ("word of a team in the name", 0.98),
    "title": ("after a title", 0.92),
    "given name": ("given name", 0.94),
    "initial": ("initial before a surname", 0.95),
    "acronym": ("acronym", 0.75),
    "age": ("age after the name", 0.91),
    "verb": ("beside a verb of persons", 0.65),
    "preposition": ("after in, at or near", 0.71),
    "before a place": ("before a wider place", 0.91),
    "short": ("short form of a name in the text", 0.97),
    "ending": ("ending of a surname", 0.35),
    "surname": ("surname", 0.44),
    "majority": ("same words elsewhere in the text", 0.63),
    "unknown": ("words with capitals", 0.75),
    "dateline": ("place line of a story", 0.98),
    "capitals": ("name in a line of capitals", 0.62),
    "other script": ("gazetteer of places", 0.9),
}


def find_names(text: str, language: str = LANGUAGE) -> list[Mention]:
    """Returns the names of a text, in order, without overlaps. Linear in the length of the text."""
    if language.split("-")[0].lower() != LANGUAGE:
        return [_place(text, start, end) for start, end, _ in find_places(text, language.split("-")[0].lower())]
    lines = list(read_lines(text))
    seen = _seen_inside(lines)
    candidates = [
        candidate
        for line in lines
        if line.case is not Case.CAPITALS
        for run in find_runs(line, seen)
        for candidate in find_candidates(run)
    ]
    small = {token.key for line in lines for token in line.tokens if token.is_word and not token.is_capital}
    _Text(candidates, seen, small).settle()
    candidates = [candidate for candidate in candidates if candidate.type]
    known = _known_words(candidates)
    for line in lines:
        if line.case is Case.CAPITALS:
            candidates += _of_capitals(line, known)
    mentions = _mentions(text, candidates)
    if has_other_scripts(text):
        places = [_place(text, start, end) for start, end, _ in find_places(text, LANGUAGE, only_other_scripts=True)]
        mentions = _without_overlaps(sorted(mentions + places, key=lambda mention: mention.span.start))
    return mentions


def _without_overlaps(mentions: Iterable[Mention]) -> list[Mention]:
    found: list[Mention] = []
    for mention in mentions:
        if not found or found[-1].span.end <= mention.span.start:
            found.append(mention)
    return found


def _place(text: str, start: int, end: int) -> Mention:
    words, confidence = RULES["other script"]
    return Mention(Span(start, end), "place", text[start:end], words, confidence)


def _seen_inside(lines: Iterable[Line]) -> set[str]:
    """Returns the keys of words that have a capital where no sentence begins."""
    return {
        token.key
        for line in lines
        if line.case is Case.NORMAL
        for token in line.tokens
        if token.is_capital and not token.first
    }


def _are_joined(before: Candidate, after: Candidate) -> bool:
    """Says whether two names are members of a list: joined by a comma or *and*."""
    if before.run.line is not after.run.line or not after.is_sure:
        return False
    between = [token.key for token in after.run.line.tokens[before.end : after.start]]
    return between in (["and"], [",", "and"], ["or"], ["&"]) or (between == [","] and before.rule == "joined")


class _Text:
    """Settles what a name's own words leave open, by the names of the whole text."""

    def __init__(self, candidates: list[Candidate], seen: set[str], small: set[str]) -> None:
        self.candidates = candidates
        self.seen = seen
        self.small = small
        self.last_words: set[str] = set()
        self.first_words: dict[str, NameType] = {}
        self.acronyms: set[str] = set()
        for candidate in candidates:
            if candidate.type == "person" and len(candidate.keys) > 1:
                self.last_words.add(candidate.keys[-1])
                self.last_words.add(candidate.keys[-1].removeprefix("al-"))
            elif candidate.type == "organisation" and len(candidate.keys) > 1:
                self.first_words.setdefault(candidate.keys[0], "organisation")

    def settle(self) -> None:
        for candidate in self.candidates:
            if candidate.type is None or candidate.rule in ("preposition", "verb"):
                self._settle_short(candidate)
        votes: dict[tuple[str, ...], Counter[NameType]] = defaultdict(Counter)
        for candidate in self.candidates:
            if candidate.type:
                votes[candidate.keys][candidate.type] += 1
        for candidate in self.candidates:
            kinds = votes.get(candidate.keys)
            if kinds and (candidate.type is None or candidate.rule in ("preposition", "verb", "acronym", "score")):
                best = max(kinds, key=lambda kind: kinds[kind])
                if candidate.type != best:
                    candidate.type, candidate.rule = best, "majority"
        for before, candidate in pairwise(self.candidates):
            if candidate.type is None and before.type and _are_joined(before, candidate):
                candidate.type, candidate.rule = before.type, "joined"
        for candidate in self.candidates:
            if candidate.type is None:
                self._guess(candidate)
        guessed = {
            each.keys: each.type for each in self.candidates if each.type and each.keys[0] not in common_words()
        }
        for candidate in self.candidates:
            if candidate.type is None and candidate.keys in guessed:
                candidate.type, candidate.rule = guessed[candidate.keys], "majority"

    def _settle_short(self, candidate: Candidate) -> None:
        keys = candidate.keys
        if len(keys) == 1 and keys[0] in self.last_words:
            candidate.type, candidate.rule = "person", "short"
        elif keys[0] in known_persons():
            return
        elif len(keys) == 1 and keys[0] in self.first_words and keys[0] not in common_words():
            candidate.type, candidate.rule = self.first_words[keys[0]], "short"

    def _guess(self, candidate: Candidate) -> None:
        """Gives a kind to words that nothing in the text explains: persons, mostly."""
        keys = candidate.keys
        token = candidate.run.line.tokens[candidate.start]
        is_known = len(keys) == 1 and keys[0] in known_persons()
        if is_known and keys[0] not in self.small:
            candidate.type, candidate.rule = "person", "known person"
            return
        before = candidate.run.line.tokens[candidate.start - 1].key if candidate.start else ""
        if len(keys) == 1 and (
            before in DETERMINERS or (keys[0] in common_words() and keys[0] not in surnames_of_words())
        ):
            return
        is_seen = keys[0] in self.seen or keys[0] in surnames()
        if not candidate.is_sure and (not is_seen or keys[0] in self.small):
            return
        if candidate.run.line.case is Case.TITLE and len(keys) == 1 and keys[0] not in self.seen:
            return
        if len(keys) > 1:
            if (
                keys[-1] not in common_words()
                and keys[-1] not in PEOPLES
                and not any(
                    each.word.isupper() and len(each.word) > 1 and each.word[-1] != "."
                    for each in candidate.run.line.tokens[candidate.start : candidate.end]
                )
            ):
                candidate.type, candidate.rule = "person", "unknown"
        elif keys[0] in surnames() or keys[0] in surnames_of_words():
            candidate.type, candidate.rule = "person", "surname"
        elif len(keys[0]) > MIN_SURNAME_CHARS and keys[0].endswith(SURNAME_ENDINGS) and not token.word.isupper():
            candidate.type, candidate.rule = "person", "ending"


def _known_words(candidates: Iterable[Candidate]) -> dict[str, list[tuple[tuple[str, ...], NameType]]]:
    """Returns the names of a text by their first word, longest first."""
    found: dict[str, dict[tuple[str, ...], NameType]] = defaultdict(dict)
    for candidate in candidates:
        if candidate.type:
            found[candidate.keys[0]].setdefault(candidate.keys, candidate.type)
            if candidate.type == "person" and len(candidate.keys[-1]) > 2:
                found[candidate.keys[-1]].setdefault(candidate.keys[-1:], "person")
    return {
        key: sorted(names.items(), key=lambda name: -len(name[0]))[:MAX_NAMES_OF_A_WORD]
        for key, names in found.items()
    }


def _of_capitals(line: Line, known: dict[str, list[tuple[tuple[str, ...], NameType]]]) -> list[Candidate]:
    """Returns the names of a line in capitals that the text or the tables have."""
    tokens = line.tokens
    found = []
    place = 0
    while place < len(tokens):
        length, kind = _known_at(tokens, place, known) if tokens[place].is_capital else (0, None)
        if kind:
            run = Run(line, place, place + length)
            found.append(Candidate(run, place, place + length, run.keys, kind, "capitals"))
        place += max(length, 1)
    return found


_EVENTS = frozenset({"open", "cup"})


def _known_at(
    tokens: list[Token], place: int, known: dict[str, list[tuple[tuple[str, ...], NameType]]]
) -> tuple[int, NameType | None]:
    best: tuple[int, NameType | None] = (0, None)
    for keys, kind in known.get(tokens[place].key, ()):
        if tuple(token.key for token in tokens[place : place + len(keys)]) == keys and len(keys[0]) > 2:
            best = len(keys), kind
            break
    if any(token.key in _EVENTS for token in tokens[place + 1 : place + 3]):
        return 0, None
    phrase = match_phrase(tokens, place, len(tokens), in_capitals=True)
    if phrase and phrase[0] > best[0]:
        best = phrase
    for length in (3, 2, 1):
        keys = tuple(token.key for token in tokens[place : place + length])
        if (
            len(keys) == length
            and (length > 1 or (len(keys[0]) > 3 and keys[0] not in common_words()))
            and place_label(keys)
        ):
            return (length, "place") if length > best[0] else best
    return best


def _mentions(text: str, candidates: list[Candidate]) -> list[Mention]:
    candidates = sorted(candidates, key=lambda candidate: candidate.start_char)
    found = []
    for candidate, label in zip(candidates, find_labels(text, candidates), strict=True):
        if candidate.type:
            words, confidence = RULES[candidate.rule]
            span = Span(candidate.start_char, candidate.end_char)
            found.append(Mention(span, candidate.type, label, words, confidence))
    return found
