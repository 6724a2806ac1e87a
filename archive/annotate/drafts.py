"""A statement while its paragraph is read, and the names of the rules. Pure; internal to the package."""

from dataclasses import dataclass

from .cues import Cue
from .reporting import Reporting
from .spans import Span, StatementKind
from .speakers import Phrase
from .tokens import QUOTE_MARKS, Line

QUOTE_THEN_VERB = "quote before its verb"
VERB_THEN_QUOTE = "quote after its verb"
QUOTE_IN_CLAUSE = "quote in what is said"
NAME_THEN_QUOTE = "name and colon before a quote"
QUOTE_THEN_NAME = "name after a quote"
QUOTE_THEN_QUOTE = "quote after a quote of the same speaker"
VERB_THEN_CLAUSE = "verb before what is said"
CLAUSE_THEN_VERB = "verb after what is said"
ACCORDING_TO = "according to"
ACT_OF_SPEECH = "verb of an act of speech"
NAME_THEN_CLAUSE = "name and colon in a headline"
SPEAKER_OF_TRANSCRIPT = "name and colon in a transcript"
# The share of statements of each rule that has the content and the speaker which people marked; for transcripts and
# for quotes that follow quotes, of which people marked few, the share that was right when read.
CONFIDENCE: dict[str, float] = {
    QUOTE_THEN_VERB: 0.94,
    VERB_THEN_QUOTE: 0.79,
    QUOTE_IN_CLAUSE: 0.77,
    NAME_THEN_QUOTE: 0.9,
    QUOTE_THEN_NAME: 0.95,
    QUOTE_THEN_QUOTE: 0.6,
    VERB_THEN_CLAUSE: 0.77,
    CLAUSE_THEN_VERB: 0.75,
    ACCORDING_TO: 0.81,
    ACT_OF_SPEECH: 0.57,
    NAME_THEN_CLAUSE: 0.9,
    SPEAKER_OF_TRANSCRIPT: 0.9,
}
MIN_CLAUSE_TOKENS = 3
_MAX_ADDRESSEE_TOKENS = 14
_MAX_ADVERBIAL_TOKENS = 14
_ADDRESSEES = frozenset("him her them me us you reporters it".split())
_NO_TIMES = frozenset(("to", "with"))
_SUBJECTS = frozenset("he she they it there".split())
_PARTS_OF_DAY = frozenset("morning afternoon evening night".split())
_TIMES = frozenset("last this early late earlier in on at during through via".split())


@dataclass(slots=True)
class Draft:
    """A statement by its tokens. `end` is behind what belongs to it; `speaker` and `cue_span` are of another line."""

    pieces: list[Phrase]
    cue: Cue | None
    subject: Phrase | None
    kind: StatementKind
    rule: str
    end: int
    speaker: Span | None = None
    cue_span: Span | None = None


def content_start(line: Line, cue: Cue, stop: int, table: Reporting) -> int:
    """Returns where what is said begins behind a verb: behind whom it is said to, when, and behind "that"."""
    place = cue.end
    lower = line.lower
    if place + 2 < stop and lower[place] == "," and lower[place + 1] in table.adverbs and lower[place + 2] == ",":
        place += 3
    if cue.verb and cue.verb.addressed:
        near = min(stop, place + _MAX_ADDRESSEE_TOKENS)
        for at in range(place, near):
            if lower[at] == "that" or line.words[at] == ":":
                return at + 1
        place = _addressee_end(line, place, near, table)
    if place < stop and (
        lower[place] in _TIMES
        or lower[place] in table.days
        or lower[place] in table.adverbs
        or (lower[place] in table.prepositions and lower[place] not in _NO_TIMES)
    ):
        near = min(stop, place + _MAX_ADVERBIAL_TOKENS)
        for at in range(place, near):
            if lower[at] == "that":
                return at + 1
            if line.words[at] in QUOTE_MARKS or line.words[at] == ":":
                break
        if lower[place] in table.prepositions and cue.verb and cue.verb.strong:
            return _pronoun_behind(line, place, near, table)
        if lower[place] in table.days:
            place += 1
            while place < stop and lower[place] in _PARTS_OF_DAY:
                place += 1
    if place < stop and lower[place] == "that":
        # "That was so" has a pronoun.
        return place + (place + 1 >= stop or lower[place + 1] not in table.auxiliaries)
    return place


def _pronoun_behind(line: Line, place: int, near: int, table: Reporting) -> int:
    """Returns where what is said begins with a pronoun behind the time or the occasion: said after the vote he..."""
    for at in range(place + 2, near):
        before = line.lower[at - 1]
        if line.lower[at] in _SUBJECTS and before.isalnum() and before not in table.prepositions:
            return place if before in table.conjunctions or before in table.relatives else at
        if line.words[at] in (",", ".", *QUOTE_MARKS):
            break
    return place


def _addressee_end(line: Line, place: int, near: int, table: Reporting) -> int:
    lower = line.lower
    if place < near and lower[place] in _ADDRESSEES:
        return place + 1
    end = place
    while end < near and (
        (end == place and (lower[end] in table.determiners or lower[end] in table.possessives))
        or line.words[end][0].isupper()
        or line.words[end][0].isdigit()
        or end == place
    ):
        end += 1
    if end < near and end > place and not line.words[end - 1][0].isupper():
        end += 1
    return end


def clause_end(line: Line, end: int) -> int:
    """Returns the end of a sentence without its last mark."""
    return end - 1 if line.words[end - 1] in (".", ";", "!", "?") else end
