"""Verbs of reporting in a line, and those words that only look like them. Pure; internal to the package."""

from bisect import bisect_left
from dataclasses import dataclass

from .reporting import Reporting, Verb
from .speakers import Phrase
from .tokens import QUOTE_MARKS, Line


@dataclass(frozen=True, slots=True)
class Cue:
    """A verb of reporting outside of quotes, from token `start` to `end`. `verb` is None for "according to"."""

    start: int
    end: int
    verb: Verb | None

    @property
    def phrase(self) -> Phrase:
        return self.start, self.end


def cues_between(line: Line, start: int, end: int, table: Reporting) -> list[Cue]:
    """Returns the verbs of reporting among tokens, none of which is in a quote."""
    found = []
    lower = line.lower
    cues = line.cues
    for at in range(bisect_left(cues, start), len(cues)):
        place = cues[at]
        if place >= end:
            break
        verb = table.verbs.get(lower[place])
        if verb is None:
            if place + 1 < end and lower[place + 1] == table.according[1]:
                found.append(Cue(place, place + 2, None))
        elif not _is_other(line, place, start, verb, table):
            found.append(Cue(place, _cue_end(line, place, end), verb))
    return found


def _cue_end(line: Line, place: int, end: int) -> int:
    """Returns where a verb ends with its particle: pointed out, went on to."""
    if place + 1 < end and line.lower[place + 1] == "out" and line.lower[place].startswith("point"):
        return place + 2
    return place + 1


_MOSTLY_NOUNS = frozenset(
    "state states point points rule rules rate rates post posts charge charges remark remarks read reads"
    " show shows".split()
)
_MAX_OBJECT_TOKENS = 8
_MAX_HEADLINE_TOKENS = 30
_MAX_SMALL_WORD_CHARS = 3
_MIN_HEADLINE_WORDS = 4
_TITLE_SHARE = 0.85


def _is_unreal(line: Line, place: int, start: int, table: Reporting) -> bool:
    """Says whether somebody would, could or did not say it. Who went on to say it did."""
    before = line.lower[place - 1] if place > start else ""
    if before in table.adverbs and place - 1 > start:
        before = line.lower[place - 2]
    if before in ("and", "or"):
        return True
    if before not in table.unreal:
        return False
    return not (before == "to" and place - 2 > start and line.lower[place - 2] == "on")


def is_relative_object(line: Line, place: int, start: int) -> bool:
    """Says whether a clause only names something: what he called "a mistake"."""
    return any(
        line.lower[at] in ("what", "which", "whom") for at in range(max(start, place - _MAX_OBJECT_TOKENS), place)
    )


def _agrees(before: str, verb: Verb, table: Reporting) -> bool:
    """Says whether a word may be the subject of a verb that may be a noun: officials call, the mayor calls."""
    lower = before.lower()
    if not before[0].isalnum() or lower in table.pronouns or lower in table.relatives or lower in table.adverbs:
        return True
    is_plural = lower.endswith("s") or lower in ("people", "men", "women", "police") or lower in table.auxiliaries
    if verb.form == "base":
        return is_plural and not lower.isdigit()
    return before[0].isupper() or not is_plural


def _has_noun(line: Line, place: int, table: Reporting) -> bool:
    """Says whether another noun follows, as behind a noun: the report author."""
    following = line.lower[place + 1] if place + 1 < len(line.lower) else ""
    if not following.isalpha() or line.words[place + 1][0].isupper() or following.endswith(("ing", "ly")):
        return False
    return not any(
        following in words
        for words in (
            table.determiners,
            table.possessives,
            table.pronouns,
            table.prepositions,
            table.conjunctions,
            table.adverbs,
            table.days,
        )
    )


def _has_clause(line: Line, place: int) -> bool:
    """Says whether "that", a mark or a quote follows, as it does after a verb."""
    following = line.lower[place + 1] if place + 1 < len(line.lower) else "."
    if following in (",", ".") and line.lower[place] in ("state", "states", "read", "reads", "remark", "remarks"):
        return True
    return following in ("that", ":", "out") or following in QUOTE_MARKS


def _is_title_case(line: Line) -> bool:
    """Says whether a line is a headline in which nearly all words have a capital: Mayor Says Port Will Close."""
    if len(line.words) > _MAX_HEADLINE_TOKENS:
        return False
    longer = [word for word in line.words if len(word) > _MAX_SMALL_WORD_CHARS and word.isalpha()]
    large = sum(word[0].isupper() for word in longer)
    return len(longer) >= _MIN_HEADLINE_WORDS and large >= len(longer) * _TITLE_SHARE


def _is_common(before: str, table: Reporting) -> bool:
    """Says whether a word before a plural makes it a noun: phone calls, tough questions."""
    return before not in table.pronouns and before not in table.relatives and before not in table.adverbs


def _is_other(line: Line, place: int, start: int, verb: Verb, table: Reporting) -> bool:
    """Says whether a word is no verb of reporting here: a noun, a passive, a name."""
    word = line.words[place]
    before = line.lower[place - 1] if place > start else ""
    if word[0].isupper() and place > start:
        return not (verb.strong and verb.form in ("present", "past") and _is_title_case(line))
    if verb.form == "base" and _is_unreal(line, place, start, table):
        return True
    if verb.naming and is_relative_object(line, place, start):
        return True
    if verb.noun and line.lower[place] in _MOSTLY_NOUNS and not _has_clause(line, place):
        return True
    following = line.lower[place + 1] if place + 1 < len(line.lower) else ""
    if verb.form == "past" and (before in table.prepositions or following in ("by", "or")):
        return True
    if verb.form in ("past", "participle") and (before in table.determiners or before in table.possessives):
        return True
    if verb.noun and (
        before in table.determiners
        or before in table.possessives
        or (before in table.prepositions and before != "to")
        or before.endswith(("'s", "’s"))
        or (place + 1 < len(line.lower) and line.lower[place + 1] in ("of", "about", "from", "for", "against", "as"))
    ):
        return True
    if verb.noun and (_has_noun(line, place, table) if verb.form == "base" else False):
        return True
    if verb.noun and before and not _agrees(line.words[place - 1], verb, table):
        return True
    if verb.form == "past":
        back = place - 1
        while back >= start and (line.lower[back] in table.adverbs or line.lower[back].endswith("ly")):
            back -= 1
        if back >= start and line.lower[back] in table.passives:
            return True
    if verb.acting and verb.noun and verb.form == "present" and before.islower() and _is_common(before, table):
        return True
    return before in ("so-called", "’", "'") or (before == "-" and line.ends[place - 1] == line.starts[place])
