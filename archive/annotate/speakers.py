"""Who a verb of reporting has as its subject: the whole noun phrase, with its apposition.

Pure; internal to the package.
No grammar is read: a noun phrase is what stands between the verb and the next word or mark that cannot belong to it.
Phrases are pairs of tokens of a line, the end not included. Every walk has a limit, so a line costs linear time.
"""

from .reporting import Reporting
from .tokens import QUOTE_MARKS, Line

Phrase = tuple[int, int]

_MAX_PHRASE_TOKENS = 30
_MAX_APPOSITIONS = 4
_STOPS = frozenset([":", ";", "—", "–", "―", "--", "!", "?", "…", "...", "[", "]", "|", "/", *QUOTE_MARKS]) - {
    "’",
    "'",
}
_BEFORE_AGENTS = frozenset("by to with from including like".split())
_OF_AGENTS = frozenset("familiar close connected linked".split())
_DASHES = frozenset(("—", "–", "--", "-"))
_TIMES = frozenset(
    "week month year night morning day afternoon evening weekend summer fall winter spring time".split()
)
_BEFORE_TIMES = frozenset("this last that next same".split())
_MODALS = frozenset("would could should will can may might must".split())
_LEADS = frozenset(("and", "or", ",", "’", "'", ".", "that's", "that’s", "here's", "here’s", "why"))
_ARTICLES = frozenset("a an the this these those".split())
_BEFORE_DETERMINERS = frozenset("and or both half such even only not just nearly about to".split())
_PARTIES = ("R-", "D-", "I-")
_OCCASIONS = frozenset(
    "statement interview tweet email e-mail speech letter post news press telephone phone video report memo message"
    " conference briefing release series radio television written separate recent joint".split()
)


def left_subject(line: Line, at: int, floor: int, table: Reporting) -> Phrase | None:
    """Returns the subject on the left of a verb at a token, not before the floor."""
    lower = line.lower
    place = at - 1
    while place >= floor and (
        lower[place] in table.auxiliaries
        or lower[place] in table.adverbs
        or (lower[place].endswith("ly") and line.words[place][0].islower())
    ):
        place -= 1
    place = _before_time(line, place, floor, table)
    if place < floor:
        return None
    if line.words[place] in _DASHES:
        place = _before_dashes(line, place, floor)
        return _phrase_until(line, place, floor, table) if place >= floor else None
    if lower[place] in table.relatives:
        place -= 2 if place - 1 >= floor and lower[place - 1] == "," else 1
        found = _phrase_until(line, place, floor, table) if place >= floor else None
        return _behind_agent(line, found) if found else None
    if lower[place] in ("and", "but", "to", "by", "of", "for", "in", "without"):
        return first_subject(line, floor, at, table)
    if lower[place] == ",":
        return _around_apposition(line, place, floor, table)
    if lower[place] in table.pronouns:
        return place, place + 1
    return _phrase_until(line, place, floor, table)


def _before_time(line: Line, place: int, floor: int, table: Reporting) -> int:
    """Returns the place before the time between a subject and its verb: X last week said, X on Monday said."""
    lower = line.lower
    if place - 2 < floor:
        return place
    before = place - 2
    if lower[place] in table.days and lower[place - 1] not in ("on", "in"):
        if not line.words[place - 1][0].isupper() or lower[place - 1] in table.days:
            return place
        before = place - 1
    elif lower[place] not in table.days and not (lower[place] in _TIMES and lower[place - 1] in _BEFORE_TIMES):
        return place
    while before > floor and lower[before] in table.adverbs:
        before -= 1
    is_inside = line.words[before][0].isalnum() and lower[before] not in table.prepositions
    return before if is_inside and before > floor - 1 and lower[before] not in table.conjunctions else place


def _before_dashes(line: Line, close: int, floor: int) -> int:
    """Returns the place before the words between two dashes: Ana Silva -- head of the port -- said. -1 if none."""
    for place in range(close - 1, max(floor, close - _MAX_PHRASE_TOKENS), -1):
        if line.words[place] == line.words[close]:
            return place - 1 - (line.words[place - 1] == ",")
        if line.words[place] in QUOTE_MARKS:
            break
    return -1


def _behind_agent(line: Line, phrase: Phrase) -> Phrase:
    """Returns the part of a phrase to which "who" belongs: remarks by the director, who said."""
    for place in range(phrase[1] - 2, phrase[0], -1):
        if line.lower[place] in _BEFORE_AGENTS and line.lower[place - 1] not in _OF_AGENTS:
            return place + 1, phrase[1]
    return phrase


def _around_apposition(line: Line, comma: int, floor: int, table: Reporting) -> Phrase | None:
    """Returns the phrase that ends at a comma before a verb: its head stands before an apposition."""
    end = comma
    for _ in range(_MAX_APPOSITIONS):
        before = _previous_comma(line, end - 1, floor, table)
        if before < 0:
            break
        end = before
        last = line.words[end - 1]
        if end - 1 >= floor and last[0].isupper() and last[:2] not in _PARTIES:
            break
        if end - 1 >= floor and last[0].islower() and not _begins_apposition(line, end, floor):
            break
    head = _phrase_until(line, end - 1, floor, table) if end - 1 >= floor else None
    return (head[0], comma) if head else None


def _begins_apposition(line: Line, end: int, floor: int) -> bool:
    """Says whether the words before a comma are an apposition: behind a comma, without a capital at first."""
    for place in range(end - 1, max(floor, end - _MAX_PHRASE_TOKENS), -1):
        if line.words[place] == ",":
            return line.words[place + 1][0].islower()
    return False


def _previous_comma(line: Line, place: int, floor: int, table: Reporting) -> int:
    for at in range(place, max(floor, place - _MAX_PHRASE_TOKENS) - 1, -1):
        word = line.words[at]
        if word == ",":
            return at
        if word in _STOPS or line.lower[at] == "that":
            return -1
    return -1


def _phrase_until(line: Line, last: int, floor: int, table: Reporting) -> Phrase | None:
    """Returns the noun phrase that ends with a token."""
    first = last + 1
    lowest = max(floor, last - _MAX_PHRASE_TOKENS)
    place = last
    while place >= lowest and not _bounds_left(line, place, table):
        if line.words[place] == ")":
            place = _before_bracket(line, place, lowest)
            first = place + 1
            continue
        if line.lower[place] in table.pronouns:
            first = place if first == last + 1 else first
            break
        first = place
        if line.lower[place] in table.determiners and place > lowest and _is_new_phrase(line, place, table):
            break
        place -= 1
    if lowest <= place and line.lower[place] in _MODALS and first < last:
        first += 1
    return _without_lead(line, first, last + 1, table)


def _is_new_phrase(line: Line, place: int, table: Reporting) -> bool:
    """Says whether a phrase begins with a determiner, since no word that may stand before one does."""
    before = line.lower[place - 1]
    return before.isalnum() and before not in table.prepositions and before not in _BEFORE_DETERMINERS


def _before_bracket(line: Line, place: int, lowest: int) -> int:
    for at in range(place, lowest - 1, -1):
        if line.words[at] == "(":
            return at - 1
    return place - 1


def _bounds_left(line: Line, place: int, table: Reporting) -> bool:
    """Says whether a token, walking left, cannot belong to a noun phrase."""
    word, lower = line.words[place], line.lower[place]
    if word in _STOPS or word in (",", "("):
        return True
    if word == ".":
        return not (place and (line.lower[place - 1] in table.abbreviations or len(line.words[place - 1]) == 1))
    if lower in ("and", "or", "&"):
        following = line.words[place + 1] if place + 1 < len(line.words) else ""
        return not (place and line.words[place - 1][0].isupper() and following[:1].isupper()) and word != "&"
    if lower in table.conjunctions or lower in table.relatives or lower in table.auxiliaries:
        return word[0].islower() or place == 0 or lower != "may"
    if not word[0].islower():
        return False
    verb = table.verbs.get(lower)
    if verb is not None and verb.form == "past":
        return True
    return _is_before_determiner(line, place, table)


def _is_before_determiner(line: Line, place: int, table: Reporting) -> bool:
    """Says whether a word must be a verb, since a new noun phrase follows: the actor tours the country."""
    lower = line.lower[place]
    if lower in table.prepositions or lower in table.determiners or lower in _BEFORE_DETERMINERS:
        return False
    following = line.lower[place + 1] if place + 1 < len(line.lower) else ""
    return lower.isalpha() and (following in _ARTICLES or following in table.possessives)


def _without_lead(line: Line, first: int, end: int, table: Reporting) -> Phrase | None:
    """Returns a phrase without prepositions, adverbs and days in front of it."""
    lower = line.lower
    while first < end:
        word = lower[first]
        if not word[0].isalnum() and word not in ("$", "#", "@"):
            first += 1
        elif word in table.prepositions:
            first = _next_head(line, first + 1, end, table)
        elif (
            word in table.conjunctions
            or word in table.days
            or word in _LEADS
            or (word in table.adverbs and word not in ("all", "both"))
            or (word.endswith("ly") and end - first > 1)
        ):
            first += 1
        else:
            return first, end
    return None


def _next_head(line: Line, first: int, end: int, table: Reporting) -> int:
    """Returns where a phrase begins that follows the object of a preposition."""
    for place in range(first + 1, end):
        before = line.lower[place - 1]
        if before in table.prepositions or before in table.determiners or before in table.possessives:
            continue
        word = line.words[place]
        if line.lower[place] in table.determiners or line.lower[place] in table.possessives:
            return place
        if word[0].isupper() and not line.words[place - 1][0].isupper() and before.isalnum():
            return place
        if before in table.days:
            return place
    return first


def right_subject(line: Line, at: int, ceiling: int, table: Reporting) -> Phrase | None:
    """Returns the subject on the right of a verb that ends before a token: said Andriy Yermak, head of the office."""
    if at >= ceiling or not _begins_phrase(line, at, table):
        return None
    if line.lower[at] in table.pronouns:
        return at, at + 1
    end = _phrase_end(line, at, ceiling, table)
    if end == at or (end == at + 1 and line.lower[at] in table.determiners):
        return None
    return at, _apposition_end(line, end, ceiling, table)


def _begins_phrase(line: Line, at: int, table: Reporting) -> bool:
    word, lower = line.words[at], line.lower[at]
    if not word[0].isalpha() or lower in table.days:
        return False
    if lower in table.determiners or lower in table.possessives or lower in table.pronouns:
        return lower not in ("that", "this", "it")
    return not (
        lower in table.prepositions
        or lower in table.conjunctions
        or lower in table.relatives
        or lower in table.auxiliaries
        or lower in table.adverbs
        or (word[0].islower() and (lower in table.verbs or lower.endswith(("ly", "ing"))))
    )


def _phrase_end(line: Line, at: int, ceiling: int, table: Reporting) -> int:
    place = at
    last = min(ceiling, at + _MAX_PHRASE_TOKENS)
    while place < last:
        word, lower = line.words[place], line.lower[place]
        if word == "(":
            place = _after_bracket(line, place, last)
            continue
        if word == ".":
            if not (line.lower[place - 1] in table.abbreviations or len(line.words[place - 1]) == 1):
                break
        elif (
            word in _STOPS
            or word in (",", ")")
            or lower in table.relatives
            or lower in table.auxiliaries
            or (lower in table.prepositions and not _continues(line, place, last, table))
            or lower in table.days
            or (place > at and lower in table.pronouns)
        ):
            break
        elif lower in ("and", "or"):
            if not (place + 1 < last and line.words[place + 1][0].isupper()):
                break
        elif word[0].islower() and (
            _is_no_noun(lower, place > at, table) or (place > at and _is_before_determiner(line, place, table))
        ):
            break
        place += 1
    return place


def _is_no_noun(lower: str, is_inside: bool, table: Reporting) -> bool:
    if lower in table.conjunctions and lower not in table.prepositions:
        return True
    verb = table.verbs.get(lower)
    return is_inside and (lower in table.adverbs or lower.endswith("ly") or bool(verb and verb.form != "base"))


def _after_bracket(line: Line, place: int, last: int) -> int:
    for at in range(place, last):
        if line.words[at] == ")":
            return at + 1
    return place + 1


def _continues(line: Line, place: int, last: int, table: Reporting) -> bool:
    """Says whether a preposition belongs to the noun phrase before it."""
    if place + 1 >= last:
        return False
    if any(
        line.lower[at] in _OCCASIONS or line.lower[at] in table.days for at in range(place + 1, min(place + 4, last))
    ):
        return False
    if line.lower[place] == "of":
        return True
    return line.words[place - 1][0].islower() and line.lower[place] in ("for", "to", "at", "in", "from", "with", "on")


def _apposition_end(line: Line, end: int, ceiling: int, table: Reporting) -> int:
    """Returns where a phrase ends with the appositions that follow its commas."""
    for _ in range(2):
        if end + 1 >= ceiling or line.words[end] != ",":
            return end
        word, lower = line.words[end + 1], line.lower[end + 1]
        is_short = word.isdigit() or word[:2] in _PARTIES
        if not is_short and (not _begins_phrase(line, end + 1, table) or lower in table.pronouns):
            return end
        close = _phrase_end(line, end + 1, ceiling, table) if not is_short else end + 2
        if (
            close < len(line.words)
            and line.words[close] not in (",", ".", ";", ")")
            and not _is_relative(line, close, table)
        ):
            return end
        if close == end + 1:
            return end
        end = close
    return end


def _is_relative(line: Line, place: int, table: Reporting) -> bool:
    return line.lower[place] in table.relatives or line.lower[place] in table.prepositions


def first_subject(line: Line, floor: int, at: int, table: Reporting) -> Phrase | None:
    """Returns the subject of a sentence: its first noun phrase behind what leads it, before a token."""
    place = floor
    lower = line.lower
    for _ in range(3):
        while place < at and (lower[place] in ("and", "but", ",") or lower[place] in table.adverbs):
            place += 1
        if place >= at:
            return None
        word = lower[place]
        leads = (
            word in table.prepositions
            or word in table.conjunctions
            or word.endswith(("ing", "ly"))
            or (place + 1 < at and word in _BEFORE_TIMES and lower[place + 1] in _TIMES)
        )
        if not leads:
            break
        comma = next((there for there in range(place, min(at, place + _MAX_PHRASE_TOKENS)) if lower[there] == ","), -1)
        if comma < 0:
            return None
        place = comma + 1
    found = right_subject(line, place, at, table)
    if found and found[1] + 1 < at and lower[found[1]] in ("later", "earlier", "ago", "before", "after"):
        found = right_subject(line, found[1] + 2, at, table)
    if not found or lower[found[0]] == "there":
        return None
    return found[0], _before_verb(line, found, table)


def _before_verb(line: Line, phrase: Phrase, table: Reporting) -> int:
    """Returns where a phrase ends that runs on into a verb in the past: Trump shot back."""
    for place in range(phrase[0] + 1, phrase[1]):
        lower = line.lower[place]
        is_verb = line.words[place][0].islower() and (lower in table.past_verbs or lower.endswith("ed"))
        if is_verb and line.words[place - 1][0].isupper():
            return place
    return phrase[1]
