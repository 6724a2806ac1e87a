"""Verbs of reporting in a line, and those words that only look like them. Pure; internal to the package."""

from dataclasses import dataclass

from .reporting import Reporting, Verb
from .speakers import Phrase
from .tokens import Line


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
    verbs = table.verbs
    first, second = table.according
    for place in range(start, end):
        word = lower[place]
        verb = verbs.get(word)
        if verb is not None:
            if not _is_other(line, place, start, verb, table):
                found.append(Cue(place, _cue_end(line, place, end), verb))
        elif word == first and place + 1 < end and lower[place + 1] == second:
            found.append(Cue(place, place + 2, None))
    return found


def _cue_end(line: Line, place: int, end: int) -> int:
    """Returns where a verb ends with its particle: pointed out, went on to."""
    if place + 1 < end and line.lower[place + 1] == "out" and line.lower[place].startswith("point"):
        return place + 2
    return place + 1


def _is_other(line: Line, place: int, start: int, verb: Verb, table: Reporting) -> bool:
    """Says whether a word is no verb of reporting here: a noun, a passive, a name."""
    word = line.words[place]
    before = line.lower[place - 1] if place > start else ""
    if word[0].isupper() and place > start:
        return True
    if verb.form in ("past", "participle") and (before in table.determiners or before in table.possessives):
        return True
    if verb.noun and (
        before in table.determiners
        or before in table.possessives
        or (before in table.prepositions and before != "to")
        or before.endswith(("'s", "’s"))
        or (place + 1 < len(line.lower) and line.lower[place + 1] in ("of", "about", "from", "for", "against"))
    ):
        return True
    if verb.form == "past":
        back = place - 1
        while back >= start and (line.lower[back] in table.adverbs or line.lower[back].endswith("ly")):
            back -= 1
        if back >= start and line.lower[back] in table.passives:
            return True
    return before in ("so-called", "’", "'") or (before == "-" and line.ends[place - 1] == line.starts[place])
