"""Cuts the words of a line into runs that may each be one name. Only `names` imports it.

A run is words that begin with a capital, with the small words that join them: particles (*de*, *van*, *al*) between
two capitals, and *of*, *and*, *for*, *the* only where the run holds the word of a body or of a place before them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from .bodies import match_phrase
from .name_tokens import Case, Line, Token
from .name_words import (
    BODY_WORDS,
    CONNECTIVES,
    DATE_WORDS,
    FUNCTION_WORDS,
    OTHER_WORDS,
    PARTICLES,
    PEOPLE_PLURALS,
    PEOPLES,
    PLACE_WORDS,
    TEAM_WORDS,
    TITLE_ADJECTIVES,
    TITLES,
)
from .spans import NameType
from .word_lists import common_words, given_name_key, given_names, places

MAX_NAME_WORDS = 12
# After a name.
NUMERALS = frozenset({"ii", "iii", "iv", "vi", "vii", "viii", "ix", "xi", "xii"})
# Peoples and faiths that are given names too.
_GIVEN_PEOPLES = frozenset({"roman", "christian", "german", "dane", "jordan", "scot"})
# Common words that begin the name of a body also where a sentence begins.
_BODY_FIRST = frozenset(
    "central national international federal supreme high world united general royal state air red white european north"
    " south east west new great central constitutional appeals democratic social people's peoples public".split()
)


@dataclass(slots=True)
class Run:
    """Tokens `start` to `end` of a line. `title` says that a title stands before; `known` is the kind by a table."""

    line: Line
    start: int
    end: int
    title: bool = False
    known: tuple[NameType, str] | None = None

    @property
    def tokens(self) -> list[Token]:
        return self.line.tokens[self.start : self.end]

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(token.key for token in self.line.tokens[self.start : self.end])


def is_given(key: str) -> bool:
    return given_name_key(key.split("-")[0]) in given_names()


def find_runs(line: Line, seen: set[str]) -> Iterator[Run]:
    """Yields the runs of a line. `seen` are keys that the text writes with a capital inside a sentence."""
    tokens = line.tokens
    place, count = 0, len(tokens)
    title = False
    while place < count:
        token = tokens[place]
        if not token.is_word:
            title = (title and token.word in "\"'“‘") or (title and token.word == ".")
            place += 1
            continue
        phrase = match_phrase(tokens, place, count) if token.is_capital or token.key in _SMALL_FIRST else None
        if phrase and _is_certain(line, place, phrase[0], seen):
            stop = _extended(tokens, place + phrase[0])
            if stop == place + phrase[0]:
                if not (stop < count and _goes_on_as_person(tokens, place, stop)):
                    yield Run(line, place, stop, title, (phrase[1], "table"))
                    place, title = stop, False
                    continue
            elif not tokens[place].glued:
                yield Run(line, place, stop, title)
                place, title = stop, False
                continue
        if token.key in TITLES and (not token.is_capital or _is_title(tokens, place)):
            title = True
            place += 1
            continue
        if not token.is_capital:
            title = False
            place += 1
            continue
        if (_is_small_word(token) and not _place_follows(tokens, place)) or (
            token.key in DATE_WORDS and not _is_date_name(tokens, place)
        ):
            title = False
            place += 1
            continue
        if token.key in PEOPLES or token.key in PEOPLE_PLURALS:
            stop = _body_end(tokens, place)
            if stop:
                yield Run(line, place, stop, False)
                place, title = stop, False
                continue
            if not (token.key in _GIVEN_PEOPLES and _goes_on_as_person(tokens, place, place + 1)):
                title = False
                place += 1
                continue
        if token.key in TITLE_ADJECTIVES and _title_follows(tokens, place):
            place += 1
            continue
        stop = _run_end(line, place)
        begin = _without_first(line, place, stop, seen)
        if begin < stop:
            yield Run(line, begin, stop, title)
        place, title = max(stop, place + 1), False


_SMALL_FIRST = frozenset({"al-qaeda", "al", "dpa", "al-qaida", "al-shabaab"})


def _is_small_word(token: Token) -> bool:
    """Says whether a word is no name however it is written, and no initial."""
    return token.key in FUNCTION_WORDS and (
        len(token.key) > 1 or (token.word == token.key.upper() and token.word in "AI")
    )


def _place_follows(tokens: list[Token], place: int) -> bool:
    """Says whether the gazetteer has the words at a place: New Zealand, Los Angeles."""
    if tokens[place].possessive or place + 1 >= len(tokens) or not tokens[place + 1].is_capital:
        return False
    key = f"{tokens[place].key} {tokens[place + 1].key}"
    return key in places() or (place + 2 < len(tokens) and f"{key} {tokens[place + 2].key}" in places())


def _is_certain(line: Line, place: int, length: int, seen: set[str]) -> bool:
    """Says whether a form of the tables is the name: not a common word that begins a sentence."""
    if length > 1:
        return True
    token = line.tokens[place]
    if not token.first and line.case is Case.NORMAL:
        return True
    return token.word.isupper() or token.key not in common_words() or token.key in seen


def _extended(tokens: list[Token], stop: int) -> int:
    """Returns the end of a form with the words of a body after it: Reuters Television, Ford Motor Co."""
    end = stop
    while end < len(tokens) and not tokens[end - 1].possessive and tokens[end].is_capital:
        if not _adjacent(tokens, end) or tokens[end].glued:
            break
        if (
            tokens[end].key in BODY_WORDS
            or tokens[end].key in TEAM_WORDS
            or tokens[end].key in PLACE_WORDS
            or (
                end + 1 < len(tokens)
                and tokens[end + 1].is_capital
                and tokens[end + 1].key in BODY_WORDS
                and tokens[end].key in common_words()
            )
        ):
            end += 1
        else:
            break
    if end < len(tokens) and end > stop and tokens[end].key == "of":
        return _of_end(tokens, end)
    return end


def _goes_on_as_person(tokens: list[Token], place: int, stop: int) -> bool:
    """Says whether a form is the given name of a person: Chelsea Clinton, Victoria Beckham, Roman Abramovich."""
    if stop - place != 1 or stop >= len(tokens) or tokens[place].possessive or not is_given(tokens[place].key):
        return False
    after = tokens[stop]
    if not after.is_capital or after.glued or not _adjacent(tokens, stop) or len(after.word) == 1:
        return False
    key = after.key
    return not (
        key in TITLES
        or key in PEOPLES
        or key in PEOPLE_PLURALS
        or key in DATE_WORDS
        or key in FUNCTION_WORDS
        or key in OTHER_WORDS
        or key in common_words()
        or after.word.isupper()
        or key in places()
    )


def _is_title(tokens: list[Token], place: int) -> bool:
    """Says whether a title with a capital stands before a name or alone, and is not a word of the name itself."""
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    if after is None or not after.is_capital or not _adjacent(tokens, place + 1):
        return True
    return not (after.key in BODY_WORDS and after.key not in TITLES) and after.key not in PLACE_WORDS


def _title_follows(tokens: list[Token], place: int) -> bool:
    for token in tokens[place + 1 : place + 4]:
        if token.key in TITLES:
            return True
        if token.key not in TITLE_ADJECTIVES and token.key != "-":
            return False
    return False


def _is_date_name(tokens: list[Token], place: int) -> bool:
    """Says whether a month is a name: April Jones, Theresa May is seen from its given name."""
    key = tokens[place].key
    return key in ("april", "may", "june", "august") and _goes_on_as_person(tokens, place, place + 1)


def _adjacent(tokens: list[Token], place: int) -> bool:
    return 0 <= tokens[place].start - tokens[place - 1].end <= 3 and tokens[place - 1].word[-1:] != ","


def _body_end(tokens: list[Token], place: int) -> int:
    """Returns the end of the name of a body or place that begins with the name of a people, or 0."""
    end = place + 1
    stop = 0
    while end < len(tokens) and end - place < MAX_NAME_WORDS and not tokens[end - 1].possessive:
        token = tokens[end]
        if (
            token.key in ("and", "&")
            and end + 1 < len(tokens)
            and tokens[end + 1].is_capital
            and tokens[end - 1].is_capital
        ):
            end += 1
            continue
        if (
            not token.is_capital
            or not _adjacent(tokens, end)
            or token.glued
            or (token.key in TITLES and token.key not in BODY_WORDS)
        ):
            break
        end += 1
        if token.key in BODY_WORDS or token.key in PLACE_WORDS:
            stop = end
    if stop and stop < len(tokens) and tokens[stop].key in ("of", "for"):
        stop = _of_end(tokens, stop)
    return stop


def _of_end(tokens: list[Token], place: int) -> int:
    """Returns the end of a name that goes on with *of* or *for* at a place; the place itself if it does not."""
    end = place + 1
    if tokens[place - 1].possessive:
        return place
    while end < len(tokens) and tokens[end].key == "the":
        end += 1
    if end >= len(tokens) or not tokens[end].is_capital or tokens[end].key in DATE_WORDS or tokens[end].key in TITLES:
        return place
    while end < len(tokens) and end - place < MAX_NAME_WORDS:
        token = tokens[end]
        if token.is_capital and not token.glued:
            if token.key in DATE_WORDS:
                break
            end += 1
            if token.possessive:
                break
        elif (
            token.key in ("and", "&", "of", "for")
            and end + 1 < len(tokens)
            and tokens[end + 1].is_capital
            and tokens[end - 1].key in common_words()
            and tokens[end + 1].key in common_words()
        ):
            end += 1
        else:
            break
    return end


def _run_end(line: Line, place: int) -> int:
    tokens = line.tokens
    end = place + 1
    has_body = tokens[place].key in BODY_WORDS or tokens[place].key in PLACE_WORDS
    while end < len(tokens) and end - place < MAX_NAME_WORDS:
        token, before = tokens[end], tokens[end - 1]
        if before.possessive or before.glued or token.glued or token.start - before.end > 3:
            break
        key = token.key
        if token.is_capital:
            if _ends_run(line, place, end):
                break
            has_body = has_body or key in BODY_WORDS or key in PLACE_WORDS
            end += 1
            continue
        after = tokens[end + 1] if end + 1 < len(tokens) else None
        if after is None or not after.is_capital or (not token.is_word and key != "&"):
            break
        if key in CONNECTIVES:
            if key == "&" or (key == "and" and _is_list_of_body(tokens, end)):
                end += 2
                continue
            if has_body and key in ("of", "for") and before.key in BODY_WORDS | PLACE_WORDS:
                return max(_of_end(tokens, end), end)
            break
        if key in PARTICLES and key not in ("e", "y", "do") and not before.word.isupper():
            end += 2
            continue
        break
    return end


def _ends_run(line: Line, place: int, end: int) -> bool:
    """Says whether a word with a capital is no part of the run before it."""
    token = line.tokens[end]
    key = token.key
    if _is_small_word(token) and key not in NUMERALS and not _place_follows(line.tokens, end):
        return True
    if key in DATE_WORDS and not (is_given(line.tokens[place].key) and key in ("may", "march")):
        return True
    if (
        key in TITLES
        and _is_title(line.tokens, end)
        and end + 1 < len(line.tokens)
        and (line.tokens[end + 1].is_capital or line.tokens[end + 1].key == "of")
    ):
        return True
    if key in TITLE_ADJECTIVES and _title_follows(line.tokens, end):
        return True
    if line.case is Case.TITLE and key in common_words() and key not in BODY_WORDS and key not in PLACE_WORDS:
        return True
    return key in PEOPLE_PLURALS and not _body_end(line.tokens, end)


def _is_list_of_body(tokens: list[Token], place: int) -> bool:
    """Says whether *and* joins two words of one body: Food and Drug Administration."""
    common = common_words()
    if place < 1 or tokens[place - 1].key not in common or tokens[place + 1].key not in common:
        return False
    if tokens[place - 1].key in BODY_WORDS:
        return False
    for token in tokens[place + 1 : place + 5]:
        if not token.is_capital:
            return False
        if token.key in BODY_WORDS:
            return True
    return False


def _without_first(line: Line, place: int, stop: int, seen: set[str]) -> int:
    """Returns where a run begins without words that only begin its sentence."""
    tokens = line.tokens
    while place < stop and (tokens[place].first or line.case is Case.TITLE):
        token = tokens[place]
        key = token.key
        if key not in common_words() or key in seen:
            break
        if stop - place > 1:
            after = tokens[place + 1]
            if (
                is_given(key)
                and after.key not in common_words()
                and not after.word.isupper()
                and after.key not in places()
            ):
                break
            last = tokens[stop - 1].key
            if (last in BODY_WORDS or tokens[place + 1].key in ("of", "&") or last in PLACE_WORDS) and (
                key in _BODY_FIRST
                or key in BODY_WORDS
                or key in PLACE_WORDS
                or (line.case is Case.NORMAL and last in BODY_WORDS and tokens[stop - 1].key not in common_words())
            ):
                break
        elif len(token.word) == 1 and token.word != "A":
            break
        place += 1
        while place < stop and not tokens[place].is_capital:
            place += 1
    return place
