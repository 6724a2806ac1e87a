"""Statements without quotes: a strong verb of reporting and its clause. Pure; internal to the package."""

from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence

from .chains import CITING
from .cues import Cue
from .drafts import (
    ACCORDING_TO,
    ACT_OF_SPEECH,
    CLAUSE_THEN_VERB,
    MIN_CLAUSE_TOKENS,
    VERB_THEN_CLAUSE,
    Draft,
    clause_end,
    content_start,
)
from .quoted import is_named_so
from .reporting import Reporting
from .speakers import Phrase, left_subject, right_subject
from .tokens import QUOTE_MARKS, Line

_MAX_SUBJECT_TOKENS = 14
_AFTER_CLAUSE = frozenset(
    ", . — – -- - ( in on at during early late earlier last this as when while after before through via by to since"
    " citing adding noting".split()
)
_RULES_BESIDE_QUOTES = frozenset((VERB_THEN_CLAUSE, CLAUSE_THEN_VERB, ACCORDING_TO))
_LEADING = frozenset("with while although though when after before because since as if even once".split())
_MAX_FRONTED_TOKENS = 40
# Before a clause that nobody is said to have said.
_OPEN = frozenset(("if", "whether", "unless"))
_LEADS_OF_CLAUSES = frozenset("that but yet nor or what how so once".split())
_BEFORE_NEXT = frozenset(", and but although though while — – -- -".split())
_NOT_SAID = frozenset(
    "adding citing noting referring speaking calling who which according pointing describing saying but and though"
    " although while".split()
)


def read_clauses(line: Line, sentence: Phrase, cues: Sequence[Cue], table: Reporting) -> Iterator[Draft]:
    """Yields the statements of a sentence without quotes, or whose quotes are nobody's."""
    start, end = sentence
    stop = clause_end(line, end)
    last: Draft | None = None
    for cue in cues:
        draft = _clause_of(line, cue, start, stop, table) or _goes_on_with(line, cue, last, stop, table)
        if draft is None or _is_inner(line, draft, last):
            continue
        _end_with_comma(line, draft, start, table)
        _end_with_relative(line, draft, table)
        if last and last.pieces[-1][1] > cue.start:
            _end_before(line, last, draft)
        if any(_has_quote(line, piece) for piece in draft.pieces):
            draft.kind = "mixed"
        yield draft
        last = draft


def read_rest(
    line: Line, sentence: Phrase, cues: Sequence[Cue], found: Sequence[Draft], table: Reporting
) -> Iterator[Draft]:
    """Yields the statements without quotes of a sentence whose quotes have theirs: he said so, and called it "bad"."""
    start, end = sentence
    ends = clause_end(line, end)
    used = sorted((draft for draft in found if draft.cue), key=lambda draft: draft.cue.start if draft.cue else 0)
    places = [draft.cue.start for draft in used if draft.cue]
    taken = sorted(piece for draft in found for piece in draft.pieces)
    parts = sorted([*places, *(draft.subject[0] for draft in used if draft.subject), *(first for first, _ in taken)])
    for cue in cues:
        at = bisect_left(places, cue.start)
        if _overlaps(cue.phrase, taken) or (at < len(places) and places[at] == cue.start):
            continue
        stop = _stop_before(line, cue, parts, ends)
        if stop <= cue.end < ends:
            continue
        draft = _clause_of(line, cue, start, stop, table)
        draft = draft or _goes_on_with(line, cue, used[at - 1] if at else None, stop, table)
        if draft and draft.rule in _RULES_BESIDE_QUOTES and not any(_overlaps(piece, taken) for piece in draft.pieces):
            if any(_has_quote(line, piece) for piece in draft.pieces):
                if draft.rule != CLAUSE_THEN_VERB:
                    continue
                draft.kind = "mixed"
            for piece in draft.pieces:
                insort(taken, piece)
            yield draft


def _overlaps(phrase: Phrase, taken: Sequence[Phrase]) -> bool:
    """Says whether tokens are among those of pieces in order."""
    at = bisect_left(taken, (phrase[1], 0))
    return at > 0 and taken[at - 1][1] > phrase[0]


def _stop_before(line: Line, cue: Cue, parts: Sequence[int], end: int) -> int:
    """Returns where the clause of a verb must end: before the parts of the next statement that has a quote."""
    at = bisect_left(parts, cue.end)
    if at < len(parts) and parts[at] < end:
        end = parts[at]
        if line.lower[end - 1] not in _BEFORE_NEXT:
            return cue.end
    while end > cue.end and line.lower[end - 1] in _BEFORE_NEXT:
        end -= 1
    return end


def _has_quote(line: Line, piece: Phrase) -> bool:
    at = bisect_left(line.quotes, piece[0], key=lambda quote: quote.start)
    return at < len(line.quotes) and line.quotes[at].start < piece[1]


def _clause_of(line: Line, cue: Cue, start: int, stop: int, table: Reporting) -> Draft | None:
    if cue.verb is None:
        return _according(line, cue, start, stop, table)
    if cue.verb.form == "participle":
        return None
    if cue.verb.strong or cue.verb.clausal:
        draft = None if cue.verb.loose else _clause_then_verb(line, cue, start, stop, table)
        return draft or _verb_then_clause(line, cue, start, stop, table)
    if cue.verb.acting and cue.verb.form != "base":
        return _act_of_speech(line, cue, start, stop, table)
    return None


def _act_of_speech(line: Line, cue: Cue, start: int, stop: int, table: Reporting) -> Draft | None:
    """Finds "X urged voters to wait" and "X criticized the plan"."""
    subject = left_subject(line, cue.start, start, table)
    if not subject or stop - cue.end < 2 or not line.words[cue.end][0].isalnum():
        return None
    if line.lower[cue.end + 1] in table.days or line.lower[cue.end] in table.days:
        return None
    if line.lower[cue.end] in table.auxiliaries:
        return None
    if cue.verb and cue.verb.naming and is_named_so(line, cue, subject):
        return None
    return Draft([(cue.end, stop)], cue, subject, "indirect", ACT_OF_SPEECH, stop)


def _goes_on_with(line: Line, cue: Cue, last: Draft | None, stop: int, table: Reporting) -> Draft | None:
    """Finds ", adding that the plan failed" behind another statement."""
    if last is None or cue.verb is None or cue.verb.form != "participle" or line.words[cue.start - 1] != ",":
        return None
    if line.lower[cue.start] == CITING or not (cue.verb.strong or cue.verb.clausal or cue.verb.acting):
        return None
    first = cue.end if cue.verb.acting else content_start(line, cue, stop, table)
    if stop - first < MIN_CLAUSE_TOKENS or line.words[first] in (",", ":"):
        return None
    rule = ACT_OF_SPEECH if cue.verb.acting else VERB_THEN_CLAUSE
    return Draft([(first, stop)], cue, last.subject, "indirect", rule, stop)


def _is_inner(line: Line, draft: Draft, last: Draft | None) -> bool:
    """Says whether a statement is only what another says of somebody: X said he believes the plan failed."""
    if not last or not draft.cue or not draft.subject or last.rule != VERB_THEN_CLAUSE:
        return False
    first, end = last.pieces[-1]
    return draft.subject[0] in (first, first + 1) and draft.cue.start < end and draft.rule != CLAUSE_THEN_VERB


def _end_with_relative(line: Line, draft: Draft, table: Reporting) -> None:
    """Ends what is said in a relative clause at the comma behind which its sentence goes on: X, who said so, left."""
    if not draft.cue or not draft.subject or draft.subject[1] >= draft.cue.start:
        return
    if not any(line.lower[at] in table.relatives for at in range(draft.subject[1], draft.cue.start)):
        return
    first, end = draft.pieces[-1]
    for at in range(first + MIN_CLAUSE_TOKENS, min(end - 1, first + _MAX_FRONTED_TOKENS)):
        behind = line.lower[at + 1]
        if line.words[at] == "," and (
            behind in table.auxiliaries or behind in table.past_verbs or (behind in table.verbs and behind[-1] in "ds")
        ):
            draft.pieces[-1] = (first, at)
            return


def _end_with_comma(line: Line, draft: Draft, start: int, table: Reporting) -> None:
    """Ends what is said in a clause that leads the sentence at its comma: While X said so, Y did not."""
    if not draft.subject or line.lower[start] not in _LEADING or "," in line.words[start : draft.subject[0]]:
        return
    first, end = draft.pieces[-1]
    comma = next((at for at in range(first + 1, min(end, first + _MAX_FRONTED_TOKENS)) if line.words[at] == ","), 0)
    if comma - first >= MIN_CLAUSE_TOKENS:
        draft.pieces[-1] = (first, comma)


def _end_before(line: Line, last: Draft, draft: Draft) -> None:
    """Ends what is said before a verb that goes on beside it, not inside of it."""
    if not draft.cue or not draft.subject:
        return
    place = min(draft.cue.start, draft.subject[0]) if draft.subject != last.subject else draft.cue.start
    if line.lower[place - 1] in (",", "and", "but"):
        place -= 1
        place -= line.words[place - 1] == ","
        first = last.pieces[-1][0]
        if place - first >= (1 if last.rule == ACT_OF_SPEECH else MIN_CLAUSE_TOKENS):
            last.pieces[-1] = (first, place)


def _according(line: Line, cue: Cue, start: int, stop: int, table: Reporting) -> Draft | None:
    subject = right_subject(line, cue.end, stop, table)
    if not subject:
        return None
    if cue.start == start:
        content = (subject[1] + 1, stop)
    else:
        content = (start, cue.start - 1 if line.words[cue.start - 1] == "," else cue.start)
    if content[1] - content[0] < MIN_CLAUSE_TOKENS:
        return None
    return Draft([content], cue, subject, "indirect", ACCORDING_TO, stop)


def _clause_then_verb(line: Line, cue: Cue, start: int, stop: int, table: Reporting) -> Draft | None:
    """Finds "the plan failed, X said" and "the plan failed, said X"."""
    if cue.start - 1 > start and line.words[cue.start - 1] == "," and not (cue.verb and cue.verb.addressed):
        subject = right_subject(line, cue.end, stop, table)
        if (
            subject
            and cue.start - 1 - start >= MIN_CLAUSE_TOKENS
            and (_ends(line, subject[1], stop, table) or _goes_on_about(line, subject, stop, table))
            and not _is_fronted(line, start, cue.start - 1, table)
        ):
            return Draft([(start, cue.start - 1)], cue, subject, "indirect", CLAUSE_THEN_VERB, stop)
    if not _ends(line, cue.end, stop, table) and not _ends_with_addressee(line, cue, stop):
        return None
    subject = left_subject(line, cue.start, start, table)
    if not subject or subject[0] - 1 <= start or line.words[subject[0] - 1] != ",":
        return None
    goes_on = cue.end < stop and line.words[cue.end] == "," and _goes_on(line, cue.end + 1, stop)
    if subject[0] - 1 - start < MIN_CLAUSE_TOKENS - goes_on:
        return None
    if not goes_on and _is_fronted(line, start, subject[0] - 1, table):
        return None
    pieces = [(start, subject[0] - 1)]
    if goes_on:
        pieces.append((cue.end + 1, stop))
    return Draft(pieces, cue, subject, "indirect", CLAUSE_THEN_VERB, stop)


def _goes_on_about(line: Line, subject: Phrase, stop: int, table: Reporting) -> bool:
    """Says whether the text goes on about who spoke: said Ana Silva, a pilot who was there."""
    place = subject[1]
    return line.words[subject[0]][0].isupper() and (
        line.lower[place] in table.relatives or line.lower[place] in table.prepositions
    )


def _is_fronted(line: Line, start: int, stop: int, table: Reporting) -> bool:
    """Says whether tokens are no clause but lead one: "After the vote, X said", "Asked about it, X said"."""
    first = line.lower[start]
    if first == "asked":
        return True
    near = range(start, min(stop, start + _MAX_FRONTED_TOKENS))
    is_led = first in table.prepositions or first.endswith("ing")
    if any(line.words[at] == "," for at in near):
        return is_led and not any(
            line.lower[at] in table.auxiliaries or line.lower[at] in table.past_verbs or line.lower[at].endswith("ed")
            for at in near
        )
    if first in table.conjunctions and first not in table.prepositions:
        return first not in _LEADS_OF_CLAUSES
    return is_led and not _is_clause(line, start, stop, table)


def _goes_on(line: Line, place: int, stop: int) -> bool:
    """Says whether what is said goes on behind a verb in its middle."""
    return stop - place >= MIN_CLAUSE_TOKENS and line.lower[place] not in _NOT_SAID


def _ends(line: Line, place: int, stop: int, table: Reporting) -> bool:
    """Says whether nothing that is said follows directly."""
    if place >= stop:
        return True
    following = line.lower[place]
    return following in table.days or following in _AFTER_CLAUSE


def _ends_with_addressee(line: Line, cue: Cue, stop: int) -> bool:
    if not cue.verb or not cue.verb.addressed or stop - cue.end > 8:
        return False
    return all(line.lower[at] not in ("that", ":", "to") for at in range(cue.end, stop))


def _verb_then_clause(line: Line, cue: Cue, start: int, stop: int, table: Reporting) -> Draft | None:
    """Finds "X said that the plan failed"."""
    subject = left_subject(line, cue.start, start, table)
    if not subject or (subject[0] > start and line.lower[subject[0] - 1] in _OPEN):
        return None
    first = content_start(line, cue, stop, table)
    if stop - first < MIN_CLAUSE_TOKENS or line.words[first] in (",", ":") or line.words[first] in QUOTE_MARKS:
        return None
    if line.lower[first - 1] != "that":
        needs_clause = cue.verb and (cue.verb.clausal or (cue.verb.form == "base" and line.lower[cue.start] != "say"))
        if needs_clause and not _is_clause(line, first, stop, table):
            return None
        if line.lower[first] in table.prepositions:
            return None
    return Draft([(first, stop)], cue, subject, "indirect", VERB_THEN_CLAUSE, stop)


def _is_clause(line: Line, first: int, stop: int, table: Reporting) -> bool:
    """Says whether tokens look like a clause: a subject, and soon an auxiliary."""
    if line.lower[first] in table.auxiliaries or not line.words[first][0].isalnum():
        return False
    return any(line.lower[at] in table.auxiliaries for at in range(first + 1, min(stop, first + _MAX_SUBJECT_TOKENS)))
