"""Cuts the words of a line into runs that may each be one name. Only `names` imports it.

A run is words that begin with a capital, with the small words that join them: particles (*de*, *van*, *al*) between
two capitals, and *of*, *and*, *for*, *the* only where the run holds the word of a body or of a place before them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from .bodies import match_phrase
from .name_guards import (
    MAX_NAME_WORDS,
    before_portfolio,
    body_end,
    event_end,
    extended_end,
    goes_on_as_person,
    is_currency,
    is_date_name,
    is_given,
    is_list_of_body,
    is_people,
    is_small_word,
    is_title,
    of_end,
    people_follows,
    place_follows,
    portfolio_end,
    title_follows,
)
from .name_tokens import Case, Line, Token
from .name_words import (
    BEFORE_PEOPLES,
    BODY_WORDS,
    CONNECTIVES,
    COUNTRY_WORDS,
    DATE_WORDS,
    PARTICLES,
    PEOPLE_PLURALS,
    PLACE_BEGINNINGS,
    PLACE_WORDS,
    TEAM_WORDS,
    TITLE_ADJECTIVES,
    TITLES,
)
from .spans import NameType
from .word_lists import common_words, known_persons, places

# After a name.
NUMERALS = frozenset({"ii", "iii", "iv", "vi", "vii", "viii", "ix", "xi", "xii"})
_KINDS = BODY_WORDS | PLACE_WORDS | PLACE_BEGINNINGS
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
    known: NameType | None = None

    @property
    def tokens(self) -> list[Token]:
        return self.line.tokens[self.start : self.end]

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(token.key for token in self.line.tokens[self.start : self.end])


def find_runs(line: Line, seen: set[str]) -> Iterator[Run]:
    """Yields the runs of a line. `seen` are keys that the text writes with a capital inside a sentence."""
    place, title = 0, False
    while place < len(line.tokens):
        run = _known_run(line, place, seen)
        if run is None:
            after, title_after = _after_no_name(line.tokens, place, title=title)
            if after > place:
                place, title = after, title_after
                continue
            run = _run_of_capitals(line, place, seen)
        if run.start < run.end:
            run.title = title and run.start == place
            yield run
        place, title = max(run.end, place + 1), False


def _known_run(line: Line, place: int, seen: set[str]) -> Run | None:
    """Returns the run of a form of the tables at a place, empty if it is an event; None if there is no form."""
    tokens = line.tokens
    token = tokens[place]
    if not token.is_capital and token.key not in _SMALL_FIRST:
        return None
    phrase = match_phrase(tokens, place, len(tokens))
    if phrase is None or is_currency(tokens, place):
        return None
    stop = place + phrase[0]
    if (
        stop < len(tokens)
        and tokens[stop].key == "of"
        and tokens[stop - 1].key in _KINDS
        and of_end(tokens, stop) > stop
    ):
        return None
    event = event_end(tokens, place, phrase[0])
    if event:
        return Run(line, event, event)
    if not _is_certain(line, place, phrase[0], seen):
        return None
    end = max(stop, before_portfolio(tokens, stop, extended_end(tokens, stop, line.case, phrase[1])))
    if end > stop:
        return Run(line, place, end)
    if goes_on_as_person(tokens, place, stop):
        return None
    return Run(line, place, stop, known=phrase[1])


def _after_no_name(tokens: list[Token], place: int, *, title: bool) -> tuple[int, bool]:
    """Returns where to go on after words that begin no name, and whether a title stands before; else the place."""
    token = tokens[place]
    if not token.is_word:
        return place + 1, title and token.word in _AFTER_TITLE
    if token.key in TITLES and (not token.is_capital or is_title(tokens, place)):
        return portfolio_end(tokens, place + 1), True
    if not token.is_capital:
        return place + 1, False
    if is_currency(tokens, place):
        return place + 2, False
    if is_small_word(token) and not place_follows(tokens, place):
        return place + 1, False
    if token.key in DATE_WORDS and not is_date_name(tokens, place):
        return place + 1, False
    if token.key in BEFORE_PEOPLES and people_follows(tokens, place):
        return place + 2, False
    if is_people(tokens, place) and not body_end(tokens, place):
        return place + 1, False
    if token.key in TITLE_ADJECTIVES and title_follows(tokens, place):
        return place + 1, title
    return place, False


def _run_of_capitals(line: Line, place: int, seen: set[str]) -> Run:
    """Returns the run that begins at a word with a capital, without words that only begin its sentence."""
    tokens = line.tokens
    if is_people(tokens, place):
        stop = body_end(tokens, place)
        if stop:
            return Run(line, place, stop)
    stop = before_portfolio(tokens, place, _run_end(line, place))
    return Run(line, _without_first(line, place, stop, seen), stop)


# Between a title and its name.
_AFTER_TITLE = frozenset("\"'“‘.")
_SMALL_FIRST = frozenset({"al-qaeda", "al", "dpa", "al-qaida", "al-shabaab"})


def _is_certain(line: Line, place: int, length: int, seen: set[str]) -> bool:
    """Says whether a form of the tables is the name: not a common word that begins a sentence."""
    if length > 1:
        return True
    token = line.tokens[place]
    if not token.first and line.case is Case.NORMAL:
        return True
    return token.word.isupper() or token.key not in common_words() or token.key in seen or token.key in COUNTRY_WORDS


def _run_end(line: Line, place: int) -> int:
    tokens = line.tokens
    end = place + 1
    has_body = tokens[place].key in _KINDS
    while end < len(tokens) and end - place < MAX_NAME_WORDS:
        token, before = tokens[end], tokens[end - 1]
        if before.possessive or token.glued or token.start - before.end > 3:
            break
        key = token.key
        if token.is_capital:
            if _ends_run(line, place, end):
                break
            has_body = has_body or key in _KINDS
            end += 1
            continue
        after = tokens[end + 1] if end + 1 < len(tokens) else None
        if after is None or not after.is_capital or (not token.is_word and key != "&"):
            break
        if key in CONNECTIVES:
            if key == "&" or (key == "and" and is_list_of_body(tokens, end)):
                end += 2
                continue
            if has_body and key in ("of", "for") and before.key in _KINDS:
                return max(of_end(tokens, end), end)
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
    if is_small_word(token) and key not in NUMERALS and not place_follows(line.tokens, end):
        return True
    if key in DATE_WORDS and not (is_given(line.tokens[place].key) and key in ("may", "march")):
        return True
    if (
        key in TITLES
        and is_title(line.tokens, end)
        and end + 1 < len(line.tokens)
        and (line.tokens[end + 1].is_capital or line.tokens[end + 1].key == "of")
    ):
        return True
    if key in TITLE_ADJECTIVES and title_follows(line.tokens, end):
        return True
    if line.case is Case.TITLE and key in common_words():
        return key not in BODY_WORDS and key not in PLACE_WORDS and key not in known_persons()
    return key in PEOPLE_PLURALS and key not in TEAM_WORDS and not body_end(line.tokens, end)


def _without_first(line: Line, place: int, stop: int, seen: set[str]) -> int:
    """Returns where a run begins without words that only begin its sentence."""
    tokens = line.tokens
    while place < stop and (tokens[place].first or line.case is Case.TITLE):
        token = tokens[place]
        key = token.key
        if key not in common_words() or key in seen or key in known_persons() or place_follows(tokens, place):
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
