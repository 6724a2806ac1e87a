"""What the words beside a word tell of a name: whether it goes on, whose title it is, where it ends.

Only modules of `names` import it. Each function looks at a bounded number of words.
"""

from .name_tokens import Case, Token
from .name_words import (
    BODY_WORDS,
    DATE_WORDS,
    FUNCTION_WORDS,
    NAMED_ALONE,
    NOT_GIVEN,
    OTHER_WORDS,
    PEOPLE_PLURALS,
    PEOPLES,
    PLACE_WORDS,
    SHORT_GIVEN,
    TEAM_WORDS,
    TITLE_ADJECTIVES,
    TITLES,
    WEAK_BODY_WORDS,
)
from .spans import NameType
from .word_lists import common_words, given_name_key, given_names, places

MAX_NAME_WORDS = 12
_ENDS_OF_BODIES = BODY_WORDS | TEAM_WORDS | PLACE_WORDS
# Peoples and faiths that are given names too.
_GIVEN_PEOPLES = frozenset({"roman", "christian", "german", "dane", "jordan", "scot"})
ALL_PEOPLES = PEOPLES | PEOPLE_PLURALS


def is_given(key: str) -> bool:
    first = key.split("-")[0]
    return (len(first) > 2 or key in SHORT_GIVEN) and first not in NOT_GIVEN and given_name_key(first) in given_names()


def goes_on_as_person(tokens: list[Token], place: int, stop: int) -> bool:
    """Says whether a form is the given name of a person: Chelsea Clinton, Victoria Beckham, Roman Abramovich."""
    if stop - place != 1 or stop >= len(tokens) or tokens[place].possessive:
        return False
    is_initials = len(tokens[place].word) == 4 and tokens[place].word[-1] == "." and tokens[place].word != "U.S."
    if not is_initials and not is_given(tokens[place].key):
        return False
    after = tokens[stop]
    if not after.is_capital or after.glued or not adjacent(tokens, stop) or len(after.word) == 1:
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


def is_title(tokens: list[Token], place: int) -> bool:
    """Says whether a title with a capital stands before a name or alone, and is not a word of the name itself."""
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    if after is None or not after.is_capital or not adjacent(tokens, place + 1):
        return True
    return not (after.key in BODY_WORDS and after.key not in TITLES) and after.key not in PLACE_WORDS


def title_follows(tokens: list[Token], place: int) -> bool:
    for token in tokens[place + 1 : place + 4]:
        if token.key in TITLES:
            return True
        if token.key not in TITLE_ADJECTIVES and token.key != "-":
            return False
    return False


def is_date_name(tokens: list[Token], place: int) -> bool:
    """Says whether a month is a name: April Jones, Theresa May is seen from its given name."""
    key = tokens[place].key
    return key in ("jan", "april", "may", "june", "august") and goes_on_as_person(tokens, place, place + 1)


def adjacent(tokens: list[Token], place: int) -> bool:
    return 0 <= tokens[place].start - tokens[place - 1].end <= 3 and tokens[place - 1].word[-1:] != ","


def is_small_word(token: Token) -> bool:
    """Says whether a word is no name however it is written, and no initial."""
    return token.key in FUNCTION_WORDS and (
        len(token.key) > 1 or (token.word == token.key.upper() and token.word in "AI")
    )


def place_follows(tokens: list[Token], place: int) -> bool:
    """Says whether the gazetteer has the words at a place: New Zealand, Los Angeles."""
    if tokens[place].possessive or place + 1 >= len(tokens) or not tokens[place + 1].is_capital:
        return False
    if tokens[place + 1].glued:
        return False
    key = f"{tokens[place].key} {tokens[place + 1].key}"
    return key in places() or (place + 2 < len(tokens) and f"{key} {tokens[place + 2].key}" in places())


def is_people(tokens: list[Token], place: int) -> bool:
    """Says whether a word is that of a people, and begins no place (Saudi Arabia) and no person (Roman Abramovich)."""
    key = tokens[place].key
    if key not in ALL_PEOPLES or place_follows(tokens, place):
        return False
    return not (key in _GIVEN_PEOPLES and goes_on_as_person(tokens, place, place + 1))


def people_follows(tokens: list[Token], place: int) -> bool:
    """Says whether two words are the name of a people, and no body's: South African, Sri Lankans."""
    if place + 1 >= len(tokens) or tokens[place + 1].key not in ALL_PEOPLES or not adjacent(tokens, place + 1):
        return False
    return not body_end(tokens, place + 1) and not place_follows(tokens, place)


def is_list_of_body(tokens: list[Token], place: int) -> bool:
    """Says whether *and* joins two words of one body: Food and Drug Administration."""
    common = common_words()
    if place < 1 or tokens[place - 1].key not in common or tokens[place + 1].key not in common:
        return False
    if tokens[place - 1].key in BODY_WORDS:
        return False
    for token in tokens[place + 1 : place + 5]:
        if not token.is_capital or token.key in NAMED_ALONE or token.key in TITLES:
            return False
        if token.key in BODY_WORDS:
            return True
    return False


def event_end(tokens: list[Token], place: int, length: int) -> int:
    """Returns the end of an event or a work that begins with a form of the tables, or 0: U.S. Open, Gulf War."""
    end = place + length
    if tokens[end - 1].possessive:
        return 0
    for stop in range(end, min(end + 3, len(tokens))):
        token = tokens[stop]
        if not token.is_capital or not adjacent(tokens, stop) or token.key in TITLES or token.glued:
            return 0
        if token.key in OTHER_WORDS:
            return stop + 1
    return 0


def extended_end(tokens: list[Token], stop: int, case: Case, kind: NameType) -> int:
    """Returns the end of a form with the words of a body after it: Reuters Television, Ford Motor Co."""
    end = stop
    while end < len(tokens) and not tokens[end - 1].possessive and _may_go_on(tokens, end):
        token = tokens[end]
        if token.key in _ENDS_OF_BODIES or (kind == "organisation" and len(token.word) > 3 and token.key in places()):
            end += 1
        elif case is Case.NORMAL and _may_go_on(tokens, end + 1) and _is_company_word(tokens, end + 1):
            end += 2
        else:
            break
    if end < len(tokens) and end > stop and tokens[end].key == "of":
        return of_end(tokens, end)
    return end


def _may_go_on(tokens: list[Token], place: int) -> bool:
    return place < len(tokens) and tokens[place].is_capital and not tokens[place].glued and adjacent(tokens, place)


def _is_company_word(tokens: list[Token], place: int) -> bool:
    """Says whether a word makes a body of the word before it, which is no title and no people's."""
    before = tokens[place - 1].key
    if before in TITLES or before in TITLE_ADJECTIVES or before in ALL_PEOPLES or tokens[place - 1].possessive:
        return False
    return tokens[place].key in BODY_WORDS or tokens[place].key in PLACE_WORDS


def is_currency(tokens: list[Token], place: int) -> bool:
    """Says whether a word is the beginning of a sum of money: US$ 5."""
    after = place + 1
    return after < len(tokens) and tokens[after].word == "$" and tokens[after].start == tokens[place].end


def portfolio_end(tokens: list[Token], place: int) -> int:
    """Returns the end of the portfolio of a title that begins at a place: *of State*, *of Foreign Affairs*."""
    end = place
    if end < len(tokens) and tokens[end].key in ("of", "for"):
        end += 1
        while end < min(len(tokens), place + MAX_NAME_WORDS):
            token = tokens[end]
            if token.key not in ("and", "the", ",", "&"):
                if (
                    not token.is_capital
                    or token.key not in common_words()
                    or token.key in TITLES
                    or place_follows(tokens, end)
                ):
                    break
                place = end + 1
            end += 1
    return place


def before_portfolio(tokens: list[Token], start: int, end: int) -> int:
    """Returns the end of a run without the portfolio of the title behind it: Hong Kong *Financial* Secretary."""
    if end >= len(tokens) or tokens[end].key not in TITLES or not tokens[end].is_capital or not adjacent(tokens, end):
        return end
    while end > start and not tokens[end - 1].possessive:
        key = tokens[end - 1].key
        if key not in common_words() or (key in BODY_WORDS and key not in WEAK_BODY_WORDS):
            break
        end -= 1
    return end


def body_end(tokens: list[Token], place: int) -> int:
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
            or not adjacent(tokens, end)
            or token.glued
            or (token.key in TITLES and token.key not in BODY_WORDS)
        ):
            break
        end += 1
        if token.key in BODY_WORDS or token.key in PLACE_WORDS:
            stop = end
    if stop and stop < len(tokens) and tokens[stop].key in ("of", "for"):
        stop = of_end(tokens, stop)
    return stop


def of_end(tokens: list[Token], place: int) -> int:
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
        elif token.key == "in" and tokens[place].key == "for" and end + 1 < len(tokens) and tokens[end + 1].is_capital:
            end += 2
            break
        else:
            break
    return end
