"""What a run of capitals names, by its own words and those beside it. Only `names` imports it."""

from collections.abc import Iterator
from dataclasses import dataclass

from .bodies import match_phrase
from .name_guards import is_given
from .name_runs import Run
from .name_tokens import Token
from .name_words import (
    ABBREVIATED_STATES,
    BODY_BEGINNINGS,
    BODY_NOUNS_AFTER,
    BODY_NOUNS_BEFORE,
    BODY_WORDS,
    CLUB_BEGINNINGS,
    COMPETITIONS,
    DETERMINERS,
    DIRECTIONS,
    FUNCTION_WORDS,
    NOT_ACRONYMS,
    OTHER_WORDS,
    PEOPLE_ENDINGS,
    PEOPLE_PLURALS,
    PEOPLES,
    PLACE_BEFORE_NAME,
    PLACE_BEGINNINGS,
    PLACE_NOUNS,
    PLACE_SURNAMES,
    PLACE_WORDS,
    SMALL_AUXILIARIES,
    SPEECH_VERBS,
    TEAM_WORDS,
    TITLES,
)
from .spans import NameType
from .word_lists import common_words, places, surnames, surnames_of_words

MAX_ACRONYM_CHARS = 6
MAX_AGE_YEARS = 110
MAX_BODY_PARTS = 3


@dataclass(slots=True)
class Candidate:
    """A name with its kind, or None where only the whole text can tell. `is_sure` says that it is a name."""

    run: Run
    start: int
    end: int
    keys: tuple[str, ...]
    type: NameType | None
    rule: str
    is_sure: bool = True

    @property
    def start_char(self) -> int:
        return self.run.line.tokens[self.start].start

    @property
    def end_char(self) -> int:
        return self.run.line.tokens[self.end - 1].end


def place_label(keys: tuple[str, ...]) -> str | None:
    """Returns the English label of a place by the plain words of its name."""
    form = " ".join(keys)
    label = places().get(form)
    if label is None and len(keys) > 1:
        label = places().get("-".join(keys))
    if label is None and keys[0] == "st":
        rest = " ".join(keys[1:])
        label = places().get(f"st. {rest}") or places().get(f"saint {rest}")
    if label is None and "-" in form:
        label = places().get(form.replace("-", " "))
    return label


def find_candidates(run: Run) -> Iterator[Candidate]:
    """Yields the names of a run, each with its kind if its words tell."""
    tokens, keys = run.tokens, run.keys
    if run.known:
        yield _candidate(run, 0, len(keys), run.known, _rule_of_table(run.known))
        return
    if run.title and len(keys) > 1 and keys[-1] not in BODY_WORDS:
        yield _candidate(run, 0, len(keys), "person", "title")
        return
    kind = _kind_by_place_line(run) or _kind_of_whole(tokens, keys)
    if kind == ("", ""):
        return
    if kind:
        yield _candidate(run, 0, len(keys), *kind)
        return
    if run.title and keys[0] not in common_words():
        yield _candidate(run, 0, len(keys), "person", "title")
        return
    cut = _known_part(run)
    if cut:
        yield from cut
        return
    yield from _leftover(run)


def _candidate(run: Run, start: int, end: int, kind: str | None, rule: str, *, is_sure: bool = True) -> Candidate:
    return Candidate(run, run.start + start, run.start + end, run.keys[start:end], kind, rule, is_sure)  # type: ignore[arg-type]


def _kind_by_place_line(run: Run) -> tuple[str, str] | None:
    """Says whether a run is the place that a story begins with (KYIV, Ukraine), or has its wider place behind it."""
    line = run.line.tokens
    if run.end + 1 >= len(line) or len(run.keys) > 3 or line[run.end - 1].possessive:
        return None
    after, behind = line[run.end], line[run.end + 1]
    is_headed = run.start == 0 and all(token.word.isupper() and len(token.word) > 2 for token in run.tokens)
    if is_headed and ((after.word == "," and behind.is_capital) or (after.word == "(" and behind.key in _AGENCIES)):
        return "place", "dateline"
    if after.word != "," or not behind.is_capital:
        return None
    wider = match_phrase(line, run.end + 1, len(line))
    if wider and wider[1] == "place":
        end = run.end + 1 + wider[0]
    elif place_label((behind.key,)) and len(behind.word) > 3:
        end = run.end + 2
    else:
        return None
    is_end = end == len(line) or line[end].word in _ENDS_OF_PLACE or line[end].word[0].isdecimal()
    is_list = run.start > 0 and line[run.start - 1].word == ","
    if is_end and not is_list and not is_given(run.keys[0]) and not run.title and run.keys[-1] not in BODY_WORDS:
        return "place", "before a place"
    return None


_AGENCIES = frozenset({"reuters", "ap", "afp"})
_ENDS_OF_PLACE = frozenset(",.;:()-–—")


def _rule_of_table(kind: NameType) -> str:
    return "region" if kind == "place" else "table"


_NO_NAME = ("", "")


def _kind_of_whole(tokens: list[Token], keys: tuple[str, ...]) -> tuple[str, str] | None:
    """Returns kind and rule of a run by its own words; two empty words where it is no name."""
    begins_as_word = tokens[0].first and len(tokens) == 1 and keys[0] in common_words()
    phrase = match_phrase(tokens, 0, len(tokens))
    if phrase and phrase[0] == len(tokens) and not begins_as_word:
        return phrase[1], _rule_of_table(phrase[1])
    if len(keys) > 1 and all(token.word.isupper() and token.key in common_words() for token in tokens):
        return _NO_NAME
    if len(keys) > 1:
        return _kind_of_words(keys) or _person_by_first(tokens, keys)
    if len(tokens[0].word) > 3 and keys[0] not in PEOPLES and not begins_as_word and place_label(keys):
        return "place", "gazetteer"
    if keys[0] in NOT_ACRONYMS or keys[0] in PEOPLES or keys[0] in PEOPLE_PLURALS:
        return _NO_NAME
    return ("organisation", "acronym") if _is_acronym(tokens[0]) else None


def _kind_of_words(keys: tuple[str, ...]) -> tuple[str, str] | None:
    """Returns kind and rule of several words by the kind of thing that one of them is."""
    first, last = keys[0], keys[-1]
    if last == "league" and first in COMPETITIONS and len(keys) == 2:
        return _NO_NAME
    is_person = len(first) == 1 or (
        is_given(first)
        and len(keys) < 4
        and (last in surnames() or (last in PLACE_SURNAMES and first not in common_words()))
    )
    of = _word_before_of(keys)
    if last in DIRECTIONS and first in DIRECTIONS:
        return _NO_NAME
    if not is_person and place_label(keys):
        return "place", "gazetteer"
    if of in BODY_WORDS:
        return "organisation", "body"
    if of in PLACE_WORDS or of in PLACE_BEGINNINGS:
        return "place", "kind of place"
    if last in OTHER_WORDS or first == "operation" or of:
        return _NO_NAME
    if last in ("city", "county", "town") and len(keys) == 2 and place_label(keys[:1]) and last != "county":
        return "organisation", "team"
    if last in PLACE_WORDS and not is_person:
        return "place", "kind of place"
    if first in DIRECTIONS and place_label(keys[1:]):
        return "place", "gazetteer"
    if last in BODY_WORDS or "&" in keys:
        return "organisation", "body"
    if first in CLUB_BEGINNINGS or (last in TEAM_WORDS and (not is_given(first) or place_label(keys[:-1]))):
        return "organisation", "team"
    if first in BODY_BEGINNINGS:
        return "organisation", "body"
    if first in PLACE_BEGINNINGS and len(keys) < 4:
        return "place", "kind of place"
    if last in PEOPLE_PLURALS and all(key in PEOPLES for key in keys[:-1]):
        return _NO_NAME
    return None


def _person_by_first(tokens: list[Token], keys: tuple[str, ...]) -> tuple[str, str] | None:
    last = tokens[-1].word
    if keys[-1] in PEOPLES or (last.isupper() and len(last) > 2):
        return None
    if _is_initial(tokens[0]):
        return "person", "initial"
    if is_given(keys[0]) and (keys[1] not in common_words() or len(keys) > 2 or keys[0] not in common_words()):
        return "person", "given name"
    return None


def _word_before_of(keys: tuple[str, ...]) -> str:
    for joiner in ("of", "for"):
        if joiner in keys[1:]:
            return keys[keys.index(joiner, 1) - 1]
    return ""


def _is_initial(token: Token) -> bool:
    word = token.word
    return (len(word) == 2 and word[1] == ".") or (len(word) == 4 and word[1] == word[3] == ".")


def _is_acronym(token: Token) -> bool:
    word = token.word.replace(".", "").replace("&", "")
    if not (1 < len(word) <= MAX_ACRONYM_CHARS and word.isupper() and word.isalpha()):
        return False
    return "." in token.word or token.key not in common_words()


def _known_part(run: Run) -> list[Candidate]:
    """Returns the names of a run that begins or ends with a name of the tables, the rest beside it."""
    tokens, keys = run.tokens, run.keys
    count = len(keys)
    for length in range(min(3, count - 1), 0, -1):
        phrase = match_phrase(tokens, 0, length)
        head = (
            phrase[1]
            if phrase and phrase[0] == length
            else ("place" if len(tokens[0].word) > 3 and place_label(keys[:length]) else None)
        )
        if head and count - length == 1 and _is_acronym(tokens[-1]):
            return [_candidate(run, 0, count, "organisation", "body")]
        if head and count - length > 1 and is_given(keys[length]):
            rest = Run(run.line, run.start + length, run.end, run.title)
            return [_candidate(run, 0, length, head, "gazetteer"), *find_candidates(rest)]
    return []


def _leftover(run: Run) -> Iterator[Candidate]:
    """Yields a run that its own words do not tell, with a kind by the words beside it if they tell."""
    tokens, keys = run.tokens, run.keys
    if len(keys) == 1 and keys[0] in TEAM_WORDS and keys[0][-1] == "s" and _is_after(run, _THE):
        yield _candidate(run, 0, 1, "organisation", "team")
        return
    if all(key in common_words() or key in PEOPLES or key in BODY_WORDS or key in FUNCTION_WORDS for key in keys):
        if len(keys) > 1 or keys[0] in _NOT_ALONE:
            return
        if keys[0] in surnames_of_words() and not _is_after(run, DETERMINERS):
            kind, rule = _kind_beside(run)
            yield _candidate(run, 0, 1, kind if rule == "verb" and not tokens[0].first else None, rule, is_sure=False)
        else:
            yield _candidate(run, 0, 1, None, "alone", is_sure=False)
        return
    if len(keys) == 1 and keys[0].endswith(PEOPLE_ENDINGS):
        return
    if _is_coined(tokens[0].word) and len(keys) == 1:
        return
    kind, rule = _kind_of_parts(run) or _kind_beside(run)
    yield _candidate(run, 0, len(keys), kind, rule, is_sure=not tokens[0].first or len(keys) > 1 or kind is not None)


_NOT_ALONE = BODY_WORDS | PLACE_WORDS | TITLES | OTHER_WORDS | PEOPLES | DIRECTIONS | TEAM_WORDS


_THE = frozenset({"the"})


def _is_after(run: Run, words: frozenset[str]) -> bool:
    return run.start > 0 and run.line.tokens[run.start - 1].key in words


def _is_coined(word: str) -> bool:
    """Says whether a word has a capital inside, as no surname has it: ObamaCare, PACs."""
    inner = word[1:-1] if word.isupper() else word[1:]
    return (
        inner != inner.lower()
        and not word.startswith(("Mc", "Mac", "De", "Di", "La", "Le", "Fitz", "O'", "O’", "D'", "D’", "Van", "Al"))
        and "-" not in word
        and not word.isupper()
    )


def _kind_of_parts(run: Run) -> tuple[NameType, str] | None:
    """Says whether several words are a body's by one of them: an acronym (SBC Warburg) or a place (Rapid Vienna)."""
    tokens, keys = run.tokens, run.keys
    if len(keys) < 2 or len(keys) > MAX_BODY_PARTS or run.title:
        return None
    if sum(_is_acronym(token) for token in tokens) == 1 and keys[-1] not in common_words():
        return "organisation", "part"
    for key in (keys[0], keys[-1]):
        if len(key) > 3 and key not in common_words() and key not in surnames() and place_label((key,)):
            return "organisation", "part"
    return None


def _kind_beside(run: Run) -> tuple[NameType | None, str]:
    line = run.line.tokens
    before = line[run.start - 1] if run.start else None
    after = line[run.end] if run.end < len(line) else None
    behind = line[run.end + 1] if run.end + 1 < len(line) else None
    if after and not line[run.end - 1].possessive:
        if after.word == "," and behind:
            if _is_age(behind) and run.end + 2 < len(line) and line[run.end + 2].word in ",.":
                return "person", "age"
            if behind.key == "who":
                return "person", "verb"
            if behind.is_capital and behind.key in ABBREVIATED_STATES and len(run.keys) < 4:
                return "place", "before a place"
            if behind.is_capital and before and before.key in PLACE_BEFORE_NAME and place_label((behind.key,)):
                return "place", "before a place"
        verb = after
        if verb.key in SMALL_AUXILIARIES and behind:
            verb = behind
        if verb.key in SPEECH_VERBS or verb.key in ("who", "himself", "herself"):
            return "person", "verb"
    if after and not after.is_capital and len(run.keys) < 4:
        if after.key in PLACE_NOUNS:
            return "place", "noun"
        if after.key in BODY_NOUNS_AFTER and not line[run.end - 1].possessive:
            return "organisation", "noun"
    if _is_score(run):
        return "organisation", "score"
    if before:
        if (
            before.key == "of" and run.start > 1 and line[run.start - 2].key in PLACE_NOUNS
        ) or before.key in PLACE_NOUNS:
            return "place", "noun"
        if before.key in BODY_NOUNS_BEFORE:
            return "organisation", "noun"
        if before.key in SPEECH_VERBS and before.key in ("said", "says", "added", "asked", "replied", "told", "tells"):
            return "person", "verb"
        if before.key in PLACE_BEFORE_NAME and len(run.keys) < 4 and not line[run.end - 1].possessive:
            return "place", "preposition"
    return None, "alone"


def _is_score(run: Run) -> bool:
    """Says whether a name stands in a line of results, with its score behind it: Wigan 42 Bradford Bulls 36."""
    line = run.line.tokens
    if run.end >= len(line) or not line[run.end].word.isdecimal() or len(line[run.end].word) > 3:
        return False
    behind = line[run.end + 1] if run.end + 1 < len(line) else None
    return behind is None or behind.is_capital or behind.word.isdecimal() or behind.word == "("


def _is_age(token: Token) -> bool:
    return token.word.isdecimal() and len(token.word) < 4 and 0 < int(token.word) <= MAX_AGE_YEARS
