"""Quotes and whose they are. Pure; internal to the package.

A quote looks for its verb of reporting behind it, then before it. If there is none, it joins the statement before it,
or has a name beside it, or goes on where the paragraph before ended with an open quote.
"""

from collections.abc import Sequence

from .cues import Cue, is_relative_object
from .drafts import (
    NAME_THEN_QUOTE,
    QUOTE_IN_CLAUSE,
    QUOTE_THEN_NAME,
    QUOTE_THEN_VERB,
    VERB_THEN_QUOTE,
    Draft,
    clause_end,
    content_start,
)
from .reporting import Reporting
from .speakers import Phrase, first_subject, left_subject, right_subject
from .tokens import QUOTE_MARKS, Line, Quote

_MAX_QUOTE_TO_CUE_TOKENS = 30
_MAX_DASH_TO_CUE_TOKENS = 8
_MAX_QUOTE_TO_QUOTE_TOKENS = 24
_MIN_SENTENCE_TOKENS = 4
_MAX_NAME_TOKENS = 5
_MAX_TITLE_TOKENS = 9
_MAX_SPEAKER_TOKENS = 6
_MAX_SENTENCE_TO_QUOTE_TOKENS = 80
_MAX_DRAFTS_BACK = 4
_DASHES = frozenset(("—", "–", "―", "-", "--"))
_AFTER_CUE = frozenset(
    ", . ; : ( — – -- ― - in on at during after before as while when where who to of about with from by through via"
    " and but into following because since until if".split()
)
_BEFORE_TITLES = frozenset("on in of with for by from show film book report programme program song".split())


def read_quotes(
    line: Line,
    sentence: Phrase,
    quotes: Sequence[Quote],
    cues: Sequence[Sequence[Cue]],
    table: Reporting,
    drafts: Sequence[Draft],
) -> list[Draft]:
    """Returns the statements of the quotes of a sentence. `cues` are those of its frames: between the quotes."""
    start, end = sentence
    found: list[Draft] = []
    for place, quote in enumerate(quotes):
        frame = (quotes[place - 1].end if place else start, quote.start)
        after = (quote.end, max(quotes[place + 1].start if place + 1 < len(quotes) else end, quote.end))
        if found and found[-1].kind == "mixed" and quote.start < found[-1].pieces[-1][1]:
            continue
        draft = _quote_then_verb(line, quote, frame, after, (cues[place], cues[place + 1]), table)
        draft = draft or _verb_then_quote(line, quote, frame, cues[place], found, table)
        draft = draft or _quote_then_unknown_verb(line, quote, after, table)
        if draft is None:
            last = found[-1] if found else drafts[-1] if drafts else None
            if last and _joins(line, quote, last, sentence):
                last.pieces.append((quote.start, quote.end))
                last.end = quote.end
                continue
            draft = _name_beside_quote(line, quote, sentence, table)
            if draft:
                found.append(draft)
            continue
        same = next((other for other in found[-_MAX_DRAFTS_BACK:] if other.cue == draft.cue), None)
        if same and not _may_follow(line, quote, sentence):
            continue
        if same:
            same.pieces.append((quote.start, quote.end))
            same.end = max(same.end, quote.end)
            continue
        if draft.kind == "mixed" and draft.rule == QUOTE_IN_CLAUSE:
            draft.pieces[-1] = (draft.pieces[-1][0], _clause_end_after(line, place, quotes, cues, end, table))
        elif not found and draft.rule == QUOTE_THEN_VERB and not cues[place]:
            _take_lead(line, draft, start, table)
        found.append(draft)
    return found


def _take_lead(line: Line, draft: Draft, start: int, table: Reporting) -> None:
    """Makes a statement mixed whose sentence begins before its quote: She will play the "card," he said."""
    first = draft.pieces[0][0]
    is_lead = line.lower[start] not in table.conjunctions and line.lower[start] not in table.adverbs
    if first - start < 2 - is_lead or line.words[first - 1] in (":", *_DASHES) or line.words[start] in QUOTE_MARKS:
        return
    if line.words[first - 1] == "," and line.words[first + 1][0].isupper():
        return
    draft.pieces[0] = (start, draft.pieces[0][1])
    draft.kind = "mixed"


def _quote_then_verb(
    line: Line,
    quote: Quote,
    before: Phrase,
    frame: Phrase,
    cues: tuple[Sequence[Cue], Sequence[Cue]],
    table: Reporting,
) -> Draft | None:
    """Finds "...", X said; "...", said X; "...", according to X."""
    last = line.words[quote.inner_end - 1] if quote.inner_end > quote.start + 1 else ""
    start, end = frame
    following = line.words[quote.end] if quote.end < len(line.words) else ""
    if last[-1:] not in ",?!—-–…." and following not in (",", "—", "–"):
        return None
    furthest = _MAX_QUOTE_TO_CUE_TOKENS if last[-1:] in ",?!" or following == "," else _MAX_DASH_TO_CUE_TOKENS
    while start < end and line.words[start] in (",", "—", "–", "-"):
        start += 1
    for cue in cues[1]:
        if cue.start - start > furthest:
            return None
        if cue.verb and (cue.verb.loose or _leads_on(line, cue, end, table)):
            return None
        subject = _subject_behind_quote(line, cue, start, end, table)
        if subject and not _has_verb_before(line, quote, before, cues[0], table):
            if subject[0] >= cue.end and subject[1] < len(line.words) and line.words[subject[1]] == ":":
                return None
            return Draft([(quote.start, quote.end)], cue, subject, "direct", QUOTE_THEN_VERB, max(cue.end, subject[1]))
    return None


def _quote_then_unknown_verb(line: Line, quote: Quote, frame: Phrase, table: Reporting) -> Draft | None:
    """Finds "...," X thundered; "...," thundered X: any verb in the past, since a comma leads to it."""
    start, end = frame
    if line.words[quote.inner_end - 1][-1] not in ",?!" or quote.inner_end - quote.start < _MIN_SENTENCE_TOKENS:
        return None
    for place in range(start, min(end, start + _MAX_SPEAKER_TOKENS)):
        lower = line.lower[place]
        if line.words[place][0].islower() and (lower.endswith("ed") or (lower in table.verbs and place > start)):
            verb = table.verbs.get(lower)
            if verb and verb.form not in ("past", "present"):
                return None
            following = line.lower[place + 1] if place + 1 < len(line.lower) else "."
            if following in QUOTE_MARKS:
                return None
            if place == start:
                subject = right_subject(line, place + 1, end, table)
                if not subject or not line.words[subject[0]][0].isupper():
                    return None
                return Draft(
                    [(quote.start, quote.end)],
                    Cue(place, place + 1, verb),
                    subject,
                    "direct",
                    QUOTE_THEN_VERB,
                    subject[1],
                )
            if following not in _AFTER_CUE and following not in table.adverbs and following not in table.days:
                return None
            return Draft(
                [(quote.start, quote.end)],
                Cue(place, place + 1, verb),
                (start, place),
                "direct",
                QUOTE_THEN_VERB,
                place + 1,
            )
        if not (
            line.words[place][0].isupper()
            or (
                place == start
                and (lower in table.determiners or lower in table.pronouns or lower in table.possessives)
            )
            or (
                place > start
                and lower.isalpha()
                and lower not in table.prepositions
                and lower not in table.auxiliaries
            )
        ):
            return None
    return None


def _leads_on(line: Line, cue: Cue, end: int, table: Reporting) -> bool:
    """Says whether a verb behind a quote has something else to say, so that the quote is not its own."""
    if cue.end >= len(line.words):
        return False
    following = line.words[cue.end]
    lower = line.lower[cue.end]
    if following in (":",) or (following in QUOTE_MARKS and cue.end == end):
        return True
    if lower == "that" or (
        cue.end + 1 < len(line.words) and following == "," and line.words[cue.end + 1] in QUOTE_MARKS
    ):
        return lower == "that"
    if (cue.verb and cue.verb.addressed) or lower in _AFTER_CUE or lower in table.days or lower in table.adverbs:
        return False
    if lower.endswith(("ly", "ing", "ed")) or lower in ("last", "this", "next", "recently", "a", "the", "an"):
        return False
    if lower in table.pronouns and lower != "it":
        return line.lower[cue.start - 1] in table.pronouns or line.words[cue.start - 1][0].isalnum()
    return following[0].isupper() and line.words[cue.start - 1][0].isalnum()


def _has_verb_before(line: Line, quote: Quote, before: Phrase, cues: Sequence[Cue], table: Reporting) -> bool:
    """Says whether a quote in the middle of a clause has its verb before it: he called it "a mistake," and said..."""
    if not cues or quote.start == before[0] or line.words[quote.start - 1] in (":", ","):
        return False
    if cues[-1].verb is None or _subject_before(line, cues[-1], before[0], table) is None:
        return False
    following = line.lower[quote.end] if quote.end < len(line.words) else ""
    first = line.words[quote.start + 1] if quote.start + 1 < len(line.words) else ""
    return following in ("and", "but", "or") or (first[:1].islower() and quote.start - cues[-1].end < 12)


def _subject_behind_quote(line: Line, cue: Cue, start: int, end: int, table: Reporting) -> Phrase | None:
    if cue.verb and cue.verb.form == "participle":
        return None
    if cue.verb is None or cue.start == start:
        return right_subject(line, cue.end, end, table)
    if line.words[cue.start - 1] == "," and not cue.verb.addressed:
        subject = right_subject(line, cue.end, end, table)
        if subject and line.words[subject[0]][0].isupper() and line.words[subject[1] - 1] != ",":
            following = line.words[subject[1]] if subject[1] < len(line.words) else "."
            if following in (",", "."):
                return subject
    return left_subject(line, cue.start, start, table)


def _verb_then_quote(
    line: Line, quote: Quote, frame: Phrase, cues: Sequence[Cue], found: Sequence[Draft], table: Reporting
) -> Draft | None:
    """Finds X said: "..."; X said that the plan was "..."."""
    start, stop = frame
    piece = (quote.start, quote.end)
    for cue in reversed(cues):
        if cue.verb is None:
            subject = right_subject(line, cue.end, stop, table)
            if not subject:
                continue
            if stop - subject[1] <= 2:
                return Draft([piece], cue, subject, "direct", VERB_THEN_QUOTE, quote.end)
            if line.words[subject[1]] == ",":
                return Draft([(subject[1] + 1, quote.end)], cue, subject, "mixed", QUOTE_IN_CLAUSE, quote.end)
            continue
        if cue.verb.clausal and cue.verb.loose:
            continue
        subject = _subject_before(line, cue, start, table, cues, found)
        if not subject or (cue.verb.naming and is_named_so(line, cue, subject)):
            continue
        cue, subject = _outermost(line, cue, subject, cues, (start, stop), table)
        if cue.verb is None:
            continue
        first = content_start(line, cue, stop, table)
        if first < stop and line.words[first] == ",":
            first += 1
            # He stands inside of what he says: the port, Koval said, was "a mistake".
            if line.words[subject[0] - 1] == "," and subject[0] - 1 - start > 1 and first < stop:
                pieces = [(start, subject[0] - 1), (first, quote.end)]
                return Draft(pieces, cue, subject, "mixed", QUOTE_IN_CLAUSE, quote.end)
        if first < stop and line.lower[first] == "to" and not (cue.verb.acting or cue.verb.addressed):
            continue
        if first >= stop and (
            _runs_on(line, quote) or (line.lower[stop - 1] == "that" and _goes_on_as_clause(line, quote))
        ):
            return Draft([(quote.start, quote.end)], cue, subject, "mixed", QUOTE_IN_CLAUSE, quote.end)
        if first >= stop or _is_direct(line, quote, stop):
            return Draft([piece], cue, subject, "direct", VERB_THEN_QUOTE, quote.end)
        return Draft([(first, quote.end)], cue, subject, "mixed", QUOTE_IN_CLAUSE, quote.end)
    return None


def _outermost(
    line: Line, cue: Cue, subject: Phrase, cues: Sequence[Cue], frame: Phrase, table: Reporting
) -> tuple[Cue, Phrase]:
    """Returns the outermost verb, with its subject: "said" in X said she thinks the plan is "bad"."""
    for other in reversed(cues):
        if other.verb is None or other.end > subject[0] or not (other.verb.strong or other.verb.clausal):
            continue
        if other.verb.noun or (line.words[other.start - 1] == "," and other.verb.form != "participle"):
            break
        if content_start(line, other, frame[1], table) not in (subject[0], subject[0] - 1):
            break
        outer = _subject_before(line, other, frame[0], table)
        if not outer:
            break
        cue, subject = other, outer
    return cue, subject


def is_named_so(line: Line, cue: Cue, subject: Phrase) -> bool:
    """Says whether a verb only gives the name of something: a company called "Sun"."""
    if line.lower[subject[0]] in ("a", "an"):
        return True
    return (
        line.words[subject[1] - 1 + (subject[1] < cue.start)] == "," and "," not in line.words[subject[0] : subject[1]]
    )


def _runs_on(line: Line, quote: Quote) -> bool:
    """Says whether a clause begins with a quote and runs on behind it: said "a bomb" had gone off."""
    if quote.end >= len(line.words) or not line.words[quote.end][0].islower():
        return False
    return line.words[quote.inner_end - 1][-1] not in ",.?!" and line.lower[quote.end] not in ("in", "on", "at")


def _goes_on_as_clause(line: Line, quote: Quote) -> bool:
    """Says whether what is said goes on behind a quote that ends without a mark."""
    if quote.end >= len(line.words) or not line.words[quote.end][0].islower():
        return False
    return line.words[quote.inner_end - 1][-1] not in ",.?!"


def is_title(line: Line, quote: Quote, table: Reporting) -> bool:
    """Says whether a quote is the name of a work or a programme: on "Meet the Press"."""
    if quote.start == 0 or quote.end - quote.start > _MAX_TITLE_TOKENS:
        return False
    before = line.lower[quote.start - 1]
    if not (
        before in _BEFORE_TITLES
        or before.endswith(("'s", "’s"))
        or (before in table.verbs and table.verbs[before].addressed)
    ):
        return False
    inner = line.words[quote.start + 1 : quote.inner_end]
    return all(not word[0].islower() or word in ("the", "of", "and", "a", "in", "to", "for", "with") for word in inner)


def _is_direct(line: Line, quote: Quote, stop: int) -> bool:
    """Says whether nothing that is said stands between a verb and a quote."""
    before = line.words[stop - 1]
    if quote.start + 1 >= len(line.words):
        return False
    return before == ":" or (before == "," and line.words[quote.start + 1][0].isupper())


def _clause_end_after(
    line: Line, place: int, quotes: Sequence[Quote], cues: Sequence[Sequence[Cue]], end: int, table: Reporting
) -> int:
    """Returns where what is said ends that has a quote in it: at the next verb of reporting, or with the sentence."""
    for later in range(place + 1, len(cues)):
        for cue in cues[later]:
            floor = quotes[later - 1].end
            first = cue.start
            while first - 1 > floor and (
                line.lower[first - 1] in table.adverbs or line.lower[first - 1].endswith("ly")
            ):
                first -= 1
            before = line.words[first - 1]
            subject = left_subject(line, cue.start, floor, table) if cue.verb and cue.verb.form == "past" else None
            if subject and subject[0] >= floor and later - 1 == place and line.words[floor - 2] == ",":
                return floor
            if cue.start == floor and later - 1 == place and line.words[floor - 2] == ",":
                return floor
            if before in (",", "and", "but") and first - 1 >= quotes[later - 1].end:
                stop = first - 1
                return stop - 1 if stop > quotes[place].end and line.words[stop - 1] == "," else stop
    return max(clause_end(line, end), quotes[place].end)


def _subject_before(
    line: Line, cue: Cue, floor: int, table: Reporting, cues: Sequence[Cue] = (), found: Sequence[Draft] = ()
) -> Phrase | None:
    """Returns the subject of a verb that stands before what is said. A participle has that of the verb before it."""
    if cue.verb and cue.verb.form == "participle":
        before = line.lower[cue.start - 1] if cue.start > floor else ""
        if before not in table.passives and before not in table.adverbs:
            if line.lower[cue.start - 1] in table.past_verbs or line.lower[cue.start - 1].endswith("ed"):
                return left_subject(line, cue.start - 1, floor, table)
            for other in reversed(cues[-_MAX_DRAFTS_BACK:]):
                if other.start < cue.start and other.verb and other.verb.form == "past":
                    return left_subject(line, other.start, floor, table)
            if found and found[-1].subject:
                return found[-1].subject
            if floor and line.words[floor - 1] in QUOTE_MARKS:
                return None
            return first_subject(line, floor, cue.start, table)
    return left_subject(line, cue.start, floor, table)


def _joins(line: Line, quote: Quote, last: Draft, sentence: Phrase) -> bool:
    """Says whether a quote without a verb of its own goes on with the statement before it."""
    distance = quote.start - last.end
    if last.kind == "indirect" or not _may_follow(line, quote, sentence):
        return False
    if quote.start <= sentence[0] and quote.end >= sentence[1]:
        return distance <= _MAX_SENTENCE_TO_QUOTE_TOKENS and is_sentence(line, quote)
    return distance <= _MAX_QUOTE_TO_QUOTE_TOKENS and (
        is_sentence(line, quote) or _goes_on(line, quote, last, sentence)
    )


def _goes_on(line: Line, quote: Quote, last: Draft, sentence: Phrase) -> bool:
    """Says whether a quote is the second half of a sentence: "We know," X said, speaking of Y, "and so do they."."""
    before = last.pieces[-1]
    return (
        before[0] >= sentence[0]
        and before[1] - 2 > before[0]
        and line.words[before[1] - 2] == ","
        and line.words[quote.start - 1] == ","
        and quote.inner_end - quote.start >= _MIN_SENTENCE_TOKENS
    )


def _may_follow(line: Line, quote: Quote, sentence: Phrase) -> bool:
    """Says whether a quote begins a sentence or stands behind a mark that may lead from one quote to the next."""
    return quote.start <= sentence[0] or line.words[quote.start - 1] in (",", ":", ".", *_DASHES)


def is_sentence(line: Line, quote: Quote) -> bool:
    """Says whether a quote looks like a sentence, not like a title or a word."""
    return (
        quote.inner_end - quote.start >= _MIN_SENTENCE_TOKENS
        and not line.words[quote.start + 1][0].islower()
        and (line.words[quote.inner_end - 1][-1] in ".?!,…" or not quote.is_closed)
    )


def _name_beside_quote(line: Line, quote: Quote, sentence: Phrase, table: Reporting) -> Draft | None:
    """Finds X: "..." and "..." - X."""
    start, end = sentence
    words = line.words
    if quote.start - start >= 2 and words[quote.start - 1] == ":":
        subject = right_subject(line, start, quote.start - 1, table)
        if subject and subject[1] == quote.start - 1 and _is_name(line, subject):
            stop = max(quote.end, clause_end(line, end))
            return Draft([(quote.start, stop)], None, subject, "direct", NAME_THEN_QUOTE, quote.end)
        cue = _unknown_verb(line, start, quote.start - 1, table)
        if cue:
            subject = left_subject(line, cue.start, start, table)
            if subject:
                return Draft([(quote.start, quote.end)], cue, subject, "direct", VERB_THEN_QUOTE, quote.end)
    if quote.end + 1 < end and words[quote.end] in _DASHES and is_sentence(line, quote):
        subject = right_subject(line, quote.end + 1, end, table)
        if subject and subject[1] >= end - 1 and words[subject[0]][0].isupper():
            return Draft([(quote.start, quote.end)], None, subject, "direct", QUOTE_THEN_NAME, subject[1])
    return None


def _unknown_verb(line: Line, start: int, colon: int, table: Reporting) -> Cue | None:
    """Returns a verb in the past before a colon, with its "back": X shot back: "..."."""
    place = colon - 1 - (line.lower[colon - 1] in ("back", "on", "out"))
    if is_relative_object(line, place, start):
        return None
    is_past = line.lower[place].endswith("ed") or line.lower[place] in table.past_verbs - table.auxiliaries
    if place > start and is_past and line.words[place][0].islower():
        return Cue(place, colon, None)
    return None


def _is_name(line: Line, subject: Phrase) -> bool:
    return subject[1] - subject[0] <= _MAX_NAME_TOKENS and all(
        word[0].isupper() or word in (".", "de", "van", "von", "al") for word in line.words[subject[0] : subject[1]]
    )
