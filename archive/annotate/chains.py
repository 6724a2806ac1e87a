"""Through whom a statement came, and how far the text keeps from it. Pure; internal to the package.

A chain runs from the speaker outward: told an outlet, said in a statement, posted on a platform, on condition of
anonymity, cited or reported by an outlet.
"""

from .reporting import Reporting
from .spans import Link, Span
from .speakers import Phrase
from .tokens import QUOTE_MARKS, Line

CITING = "citing"
_LINK_WORDS = frozenset(("anonymity", "in", "on", "to", "with"))
_MAX_CLAUSE_TOKENS = 40
_MAX_ADDRESSEE_TOKENS = 12
_MAX_HEDGED_TOKENS = 200
_PAPERS = frozenset(("statement", "statements", "release", "communique"))
_POSTS = frozenset(("post", "posts", "video", "message", "messages", "channel", "account", "page", "tweet"))
_TELLING = frozenset(("told", "tells", "tell", "telling"))
_TWEETING = frozenset(("tweeted", "tweets", "tweet", "tweeting"))


def outlet_in(line: Line, start: int, end: int, table: Reporting) -> Span | None:
    """Returns an outlet or agency among tokens: a name of the table, or capitals that end in one of its words."""
    words = line.words
    place = start
    while place < end:
        if words[place][0].isupper() or words[place][0].isdigit():
            close = place + 1
            while close < end and (words[close][0].isupper() or words[close] in ("&", "of", "the", "la", "della")):
                close += 1
            while words[close - 1] in ("&", "of", "the", "la", "della"):
                close -= 1
            found = _outlet_of_run(line, place, close, table)
            if found:
                return found
            place = close
        elif line.lower[place] in table.media_nouns:
            return _media_phrase(line, start, place)
        else:
            place += 1
    return None


def _outlet_of_run(line: Line, start: int, end: int, table: Reporting) -> Span | None:
    for close in range(end, start, -1):
        for first in range(start, close):
            name = " ".join(line.words[first:close])
            bare = name.removesuffix("'s").removesuffix("’s")
            if bare in table.outlets or bare.removeprefix("The ") in table.outlets:
                return Span(
                    line.starts[first],
                    line.starts[first] + line.ends[close - 1] - line.starts[first] - len(name) + len(bare),
                )
            if close - first > 4:
                continue
        last = line.words[close - 1]
        bare = last.removesuffix("'s").removesuffix("’s")
        if bare in table.outlet_words and close - start > 1:
            return Span(line.starts[start], line.ends[close - 1] - len(last) + len(bare))
    return None


def _media_phrase(line: Line, start: int, place: int) -> Span | None:
    """Returns the words before a noun of the media with it: a state news agency."""
    first = place
    while first > start and line.words[first - 1] not in (",", "(") and line.words[first - 1] not in QUOTE_MARKS:
        first -= 1
    return Span(line.starts[first], line.ends[place])


def links_of(line: Line, cue: Phrase, subject: Phrase | None, end: int, table: Reporting) -> list[Link]:
    """Returns the links that stand in the clause of a cue, except that of an agency which cites somebody."""
    last = min(end, cue[1] + _MAX_CLAUSE_TOKENS)
    links: list[Link] = []
    lower = line.lower
    verb = lower[cue[0]]
    behind = cue[1]
    if subject and subject[0] >= behind:
        behind = subject[1]
    clause_end = _clause_end(line, behind, last)
    if verb in _TELLING:
        outlet = outlet_in(line, cue[1], _addressee_end(line, cue[1], last, table), table)
        if outlet:
            links.append(Link("told", _words(line, cue), outlet))
    elif verb in _TWEETING:
        links.append(Link("posted", _words(line, cue)))
    for place in range(cue[1], clause_end):
        word = lower[place]
        if word not in _LINK_WORDS:
            continue
        if word == "anonymity" and lower[max(0, place - 2)] in ("condition", "conditions"):
            first = place - 3 if lower[place - 3] != "the" else place - 4
            links.append(Link("anonymous", _words(line, (max(0, first), place + 1))))
        elif word == "in" and place + 1 < last:
            links.extend(_links_in(line, place, last, table))
        elif word == "on" and place + 1 < last:
            links.extend(_links_on(line, place, last, table))
        elif word in ("to", "with") and lower[place - 1] in ("interview", "interviews"):
            outlet = outlet_in(line, place + 1, _addressee_end(line, place + 1, last, table), table)
            if outlet:
                links.append(Link("told", _words(line, (place - 1, place + 1)), outlet))
    return _without_doubles(links)


def _without_doubles(links: list[Link]) -> list[Link]:
    kept: list[Link] = []
    for link in links:
        if all(link.kind != other.kind for other in kept):
            kept.append(link)
    return kept


def _words(line: Line, phrase: Phrase) -> Span:
    return Span(line.starts[phrase[0]], line.ends[phrase[1] - 1])


def _clause_end(line: Line, start: int, last: int) -> int:
    """Returns where the clause of a cue ends: at what is said, or at its second comma."""
    commas = 0
    for place in range(start, last):
        word = line.lower[place]
        if word == "that" or line.words[place] in (":", ";", "—", "–"):
            return place
        if line.words[place] in QUOTE_MARKS and line.words[place] not in "’'":
            return place
        if word == ",":
            commas += 1
            if commas > 1:
                return place
    return last


def _addressee_end(line: Line, start: int, last: int, table: Reporting) -> int:
    end = min(last, start + _MAX_ADDRESSEE_TOKENS)
    for place in range(start, end):
        lower = line.lower[place]
        if lower in table.pronouns or lower in table.conjunctions or lower in table.auxiliaries or lower in table.days:
            return place
        if lower in (",", ".", ":", ";") or line.words[place] in QUOTE_MARKS:
            return place
        if lower in ("in", "on", "at", "during", "after", "about"):
            return place
    return end


def _links_in(line: Line, place: int, last: int, table: Reporting) -> list[Link]:
    """Returns the link that begins with "in": in a statement, in a post on Telegram, in a Telegram message."""
    lower = line.lower
    for at in range(place + 1, min(place + 7, last)):
        if lower[at] in _PAPERS:
            return [Link("statement", _words(line, (place, at + 1)))]
        if lower[at] in _POSTS:
            platforms = [there for there in range(place + 1, at) if _is_platform(line, there, table)]
            if lower[at] == "tweet" or platforms:
                source = _words(line, (platforms[0], platforms[0] + 1)) if platforms else None
                return [Link("posted", _words(line, (place, at + 1)), source)]
        if lower[at] in ("on", ",", "to", "with") or line.words[at] in QUOTE_MARKS:
            return []
    return []


def _links_on(line: Line, place: int, last: int, table: Reporting) -> list[Link]:
    """Returns the link that begins with "on": on Telegram, on his Facebook page."""
    for at in range(place + 1, min(place + 4, last)):
        if _is_platform(line, at, table):
            return [Link("posted", _words(line, (place, at + 1)), _words(line, (at, at + 1)))]
        if line.lower[at] not in table.possessives and line.lower[at] not in ("the", "social", "app", "messaging"):
            return []
    return []


def _is_platform(line: Line, place: int, table: Reporting) -> bool:
    return line.lower[place] in table.platforms and line.words[place][0].isupper()


def cited_at(line: Line, start: int, end: int) -> int:
    """Returns the place of "citing" behind a verb of reporting, -1 if it does not follow."""
    end = min(end, start + _MAX_CLAUSE_TOKENS)
    if CITING not in line.lower[start:end]:
        return -1
    for place in range(start, end):
        if line.lower[place] == CITING:
            return place
        if line.lower[place] == "that" or line.words[place] in QUOTE_MARKS:
            return -1
    return -1


def hedges_of(line: Line, content: Phrase, cue: Phrase, table: Reporting) -> list[Span]:
    """Returns the words of doubt in what is said and beside its verb, and the verb if it doubts itself."""
    found = set()
    last = min(content[1], content[0] + _MAX_HEDGED_TOKENS)
    for start, end in ((content[0], last), (max(0, cue[0] - 3), cue[0])):
        if not table.hedges.isdisjoint(line.lower[start:end]):
            found |= {place for place in range(start, end) if line.lower[place] in table.hedges}
    if line.lower[cue[0]] in table.doubting:
        found.add(cue[0])
    return [_words(line, (place, place + 1)) for place in found]
