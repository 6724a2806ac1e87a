"""Whom and what a text names: persons, places, organisations.

Words with a capital are cut into runs (`name_runs`); each run has a kind by its own words or those beside it
(`name_kinds`); what is left, the text as a whole tells: a surname of a person that it names, the kind of the same
words elsewhere. Lines in capitals have only names that the tables or the rest of the text have. A text in another
language has places of the gazetteer only (`place_names`). Measured on CoNLL-2003 and GUM.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable

from .bodies import match_phrase
from .name_kinds import Candidate, find_candidates, place_label
from .name_runs import Run, find_runs
from .name_tokens import Case, Line, Token, read_lines
from .name_words import BODY_WORDS, LANGUAGE
from .place_names import find_places, has_other_scripts
from .spans import Mention, NameType, Span
from .word_lists import common_words, surnames

# Words for a page, and the share of names that were right on CoNLL's training texts.
RULES: dict[str, tuple[str, float]] = {
    "table": ("a known body or place", 0.9),
    "gazetteer": ("gazetteer of places", 0.85),
    "kind of place": ("kind of place in the name", 0.75),
    "body": ("kind of body in the name", 0.8),
    "team": ("word of a team in the name", 0.8),
    "title": ("after a title", 0.9),
    "given name": ("given name", 0.9),
    "initial": ("initial before a surname", 0.9),
    "acronym": ("acronym", 0.6),
    "age": ("age after the name", 0.9),
    "verb": ("beside a verb of persons", 0.8),
    "preposition": ("after in, at or near", 0.7),
    "before a place": ("before a wider place", 0.85),
    "short": ("short form of a name in the text", 0.9),
    "surname": ("surname", 0.6),
    "majority": ("same words elsewhere in the text", 0.8),
    "unknown": ("words with capitals", 0.5),
    "dateline": ("place line of a story", 0.8),
    "capitals": ("name in a line of capitals", 0.75),
    "other script": ("gazetteer of places", 0.9),
}


def find_names(text: str, language: str = LANGUAGE) -> list[Mention]:
    """Returns the names of a text, in order, without overlaps. Linear in the length of the text."""
    if language.split("-")[0].lower() != LANGUAGE:
        return [_place(*found) for found in find_places(text, language.split("-")[0].lower())]
    lines = list(read_lines(text))
    seen = _seen_inside(lines)
    candidates = [
        candidate
        for line in lines
        if line.case is not Case.CAPITALS
        for run in find_runs(line, seen)
        for candidate in find_candidates(run)
    ]
    _Text(candidates, seen).settle()
    candidates = [candidate for candidate in candidates if candidate.type]
    known = _known_words(candidates)
    for line in lines:
        if line.case is Case.CAPITALS:
            candidates += _of_capitals(line, known)
    mentions = _mentions(text, candidates)
    if has_other_scripts(text):
        taken = {place for mention in mentions for place in (mention.span.start, mention.span.end - 1)}
        mentions += [
            _place(*found)
            for found in find_places(text, LANGUAGE, only_other_scripts=True)
            if found[0] not in taken and found[1] - 1 not in taken
        ]
    return sorted(mentions, key=lambda mention: mention.span.start)


def _place(start: int, end: int, label: str) -> Mention:
    words, confidence = RULES["other script"]
    return Mention(Span(start, end), "place", label, words, confidence)


def _seen_inside(lines: Iterable[Line]) -> set[str]:
    """Returns the keys of words that have a capital where no sentence begins."""
    return {
        token.key
        for line in lines
        if line.case is Case.NORMAL
        for token in line.tokens
        if token.is_capital and not token.first
    }


class _Text:
    """Settles what a name's own words leave open, by the names of the whole text."""

    def __init__(self, candidates: list[Candidate], seen: set[str]) -> None:
        self.candidates = candidates
        self.seen = seen
        self.last_words: set[str] = set()
        self.first_words: dict[str, NameType] = {}
        self.acronyms: set[str] = set()
        for candidate in candidates:
            if candidate.type == "person" and len(candidate.keys) > 1:
                self.last_words.add(candidate.keys[-1])
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
            if kinds and (candidate.type is None or candidate.rule in ("preposition", "verb", "acronym")):
                best = max(kinds, key=lambda kind: kinds[kind])
                if candidate.type != best:
                    candidate.type, candidate.rule = best, "majority"
        for candidate in self.candidates:
            if candidate.type is None:
                self._guess(candidate)

    def _settle_short(self, candidate: Candidate) -> None:
        keys = candidate.keys
        if len(keys) == 1 and keys[0] in self.last_words:
            candidate.type, candidate.rule = "person", "short"
        elif len(keys) == 1 and keys[0] in self.first_words and keys[0] not in common_words():
            candidate.type, candidate.rule = self.first_words[keys[0]], "short"

    def _guess(self, candidate: Candidate) -> None:
        """Gives a kind to words that nothing in the text explains: persons, mostly."""
        keys = candidate.keys
        token = candidate.run.line.tokens[candidate.start]
        if not candidate.is_sure and (keys[0] not in self.seen or keys[0] in common_words()):
            return
        if candidate.run.line.case is Case.TITLE and len(keys) == 1 and keys[0] not in self.seen:
            return
        if len(keys) > 1:
            if keys[-1] not in common_words():
                candidate.type, candidate.rule = "person", "unknown"
        elif keys[0] in surnames():
            candidate.type, candidate.rule = "person", "surname"
        elif not token.word.isupper() and len(token.word) > 2:
            candidate.type, candidate.rule = "person", "unknown"


def _known_words(candidates: Iterable[Candidate]) -> dict[str, list[tuple[tuple[str, ...], NameType]]]:
    """Returns the names of a text by their first word, longest first."""
    found: dict[str, dict[tuple[str, ...], NameType]] = defaultdict(dict)
    for candidate in candidates:
        if candidate.type:
            found[candidate.keys[0]].setdefault(candidate.keys, candidate.type)
            if candidate.type == "person" and len(candidate.keys[-1]) > 2:
                found[candidate.keys[-1]].setdefault(candidate.keys[-1:], "person")
    return {key: sorted(names.items(), key=lambda name: -len(name[0])) for key, names in found.items()}


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


def _known_at(
    tokens: list[Token], place: int, known: dict[str, list[tuple[tuple[str, ...], NameType]]]
) -> tuple[int, NameType | None]:
    for keys, kind in known.get(tokens[place].key, ()):
        if tuple(token.key for token in tokens[place : place + len(keys)]) == keys and len(keys[0]) > 2:
            return len(keys), kind
    phrase = match_phrase(tokens, place, len(tokens), in_capitals=True)
    if phrase:
        return phrase
    for length in (3, 2, 1):
        keys = tuple(token.key for token in tokens[place : place + length])
        if (
            len(keys) == length
            and (length > 1 or (len(keys[0]) > 3 and keys[0] not in common_words()))
            and place_label(keys)
        ):
            return length, "place"
    return 0, None


def _mentions(text: str, candidates: list[Candidate]) -> list[Mention]:
    labels = _Labels(text, candidates)
    found = []
    for candidate in sorted(candidates, key=lambda each: _start(each)):
        if candidate.type:
            words, confidence = RULES[candidate.rule]
            span = Span(_start(candidate), _end(candidate))
            found.append(Mention(span, candidate.type, labels.of(candidate), words, confidence))
    return found


def _start(candidate: Candidate) -> int:
    return candidate.run.line.tokens[candidate.start].start


def _end(candidate: Candidate) -> int:
    return candidate.run.line.tokens[candidate.end - 1].end


class _Labels:
    """The fullest form of each name: the nearest longer one before that begins or ends with its words, else after."""

    def __init__(self, text: str, candidates: Iterable[Candidate]) -> None:
        self.text = text
        self.full: dict[tuple[NameType, str], list[tuple[int, tuple[str, ...], str]]] = defaultdict(list)
        for candidate in sorted(candidates, key=_start):
            if (
                candidate.type in ("person", "organisation")
                and len(candidate.keys) > 1
                and candidate.rule != "capitals"
            ):
                row = (_start(candidate), candidate.keys, self._words(candidate))
                self.full[candidate.type, candidate.keys[-1]].append(row)
                if candidate.keys[0] != candidate.keys[-1]:
                    self.full[candidate.type, candidate.keys[0]].append(row)
                if candidate.type == "organisation":
                    letters = "".join(key[0] for key in candidate.keys if key not in ("of", "the", "and", "for", "&"))
                    self.full["organisation", letters].append(row)

    def _words(self, candidate: Candidate) -> str:
        return " ".join(self.text[_start(candidate) : _end(candidate)].split())

    def of(self, candidate: Candidate) -> str:
        kind = candidate.type
        if kind is None or kind == "place":
            return self._words(candidate)
        keys = candidate.keys
        rows = self.full.get((kind, keys[-1].replace(".", "")), ()) or self.full.get((kind, keys[0]), ())
        before = None
        at = _start(candidate)
        for row in rows:
            if not _is_short_of(keys, row[1], kind):
                continue
            if row[0] > at and before:
                break
            before = row
        return before[2] if before else self._words(candidate)


def _is_short_of(keys: tuple[str, ...], full: tuple[str, ...], kind: NameType) -> bool:
    if len(keys) >= len(full):
        return False
    if full[-len(keys) :] == keys:
        return kind == "person" or keys[0] not in BODY_WORDS
    if kind == "organisation":
        letters = "".join(key[0] for key in full if key not in ("of", "the", "and", "for", "&"))
        return full[: len(keys)] == keys or (
            len(keys) == 1 and len(letters) > 1 and keys[0].replace(".", "") == letters
        )
    return len(keys) == 1 and full[0] == keys[0]
