"""Who said what in a text, and through whom it came.

The rules read a paragraph at a time: a quote looks for its verb of reporting behind it, then before it; a quote
without a verb joins the statement before it; what is left are strong verbs of reporting without a quote.
`tokens`, `cues`, `speakers`, `speaker_names` and `chains` find the parts; `reporting` has the words.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from .chains import cited_at, hedges_of, links_of, outlet_in
from .cues import Cue, cues_between
from .reporting import REPORTING, Reporting
from .spans import Link, Mention, Span, Statement, StatementKind
from .speaker_names import Names, fits
from .speakers import Phrase, first_subject, left_subject, right_subject
from .tokens import Line, Quote, lines_of, read_line

QUOTE_THEN_VERB = "quote before its verb"
VERB_THEN_QUOTE = "quote after its verb"
QUOTE_IN_CLAUSE = "quote in what is said"
NAME_THEN_QUOTE = "name and colon before a quote"
QUOTE_THEN_NAME = "name after a quote"
QUOTE_THEN_QUOTE = "quote after a quote of the same speaker"
VERB_THEN_CLAUSE = "verb before what is said"
CLAUSE_THEN_VERB = "verb after what is said"
ACCORDING_TO = "according to"
# The share of statements of each rule that has the content and the speaker which people marked.
CONFIDENCE: dict[str, float] = {
    QUOTE_THEN_VERB: 0.9,
    VERB_THEN_QUOTE: 0.8,
    QUOTE_IN_CLAUSE: 0.7,
    NAME_THEN_QUOTE: 0.7,
    QUOTE_THEN_NAME: 0.7,
    QUOTE_THEN_QUOTE: 0.6,
    VERB_THEN_CLAUSE: 0.65,
    CLAUSE_THEN_VERB: 0.65,
    ACCORDING_TO: 0.65,
}
_MAX_QUOTE_TO_CUE_TOKENS = 22
_MAX_QUOTE_TO_QUOTE_TOKENS = 24
_MIN_SENTENCE_TOKENS = 4


@dataclass(slots=True)
class _Draft:
    """A statement while its paragraph is read. `pieces` are tokens; `speaker` is set if it is that of another line."""

    line: Line
    pieces: list[Phrase]
    cue: Cue | None
    subject: Phrase | None
    kind: StatementKind
    rule: str
    end: int
    speaker: Span | None = None
    chain: list[Link] = field(default_factory=list)


def find_statements(text: str, names: Sequence[Mention], language: str = "en") -> list[Statement]:
    """Returns the statements of a text, in order. Without a table for the language there are none. O(text)."""
    table = REPORTING.get(language)
    if table is None:
        return []
    known = Names(text, names, table)
    found: list[Statement] = []
    before: list[Statement] = []
    for start, words in lines_of(text):
        line = read_line(words, start, table)
        drafts = _read_paragraph(line, table, before)
        before = _finished(drafts, line, known, table, before)
        found.extend(before)
    return found


# --- a paragraph ---


def _read_paragraph(line: Line, table: Reporting, before: Sequence[Statement]) -> list[_Draft]:
    drafts: list[_Draft] = []
    quotes = line.quotes
    at = 0
    for start, end in line.sentences:
        first = at
        while at < len(quotes) and quotes[at].start < end:
            at += 1
        drafts.extend(_read_sentence(line, (start, end), quotes[first:at], table, drafts, before))
    return drafts


def _read_sentence(
    line: Line,
    sentence: Phrase,
    quotes: Sequence[Quote],
    table: Reporting,
    drafts: Sequence[_Draft],
    before: Sequence[Statement],
) -> list[_Draft]:
    start, end = sentence
    frames = _frames(start, end, quotes)
    cues = [cues_between(line, first, last, table) for first, last in frames]
    if not quotes and not cues[0]:
        return []
    found: list[_Draft] = []
    for place, quote in enumerate(quotes):
        if found and found[-1].kind == "mixed" and quote.start < found[-1].pieces[-1][1]:
            continue
        draft = _quote_then_verb(line, quote, frames[place + 1], cues[place + 1], table) or _verb_then_quote(
            line, quote, frames[place], cues[place], end, table
        )
        if draft and draft.cue:
            same = next((other for other in found if other.cue == draft.cue), None)
            if same:
                same.pieces.append((quote.start, quote.end))
                same.end = max(same.end, quote.end)
                continue
            found.append(draft)
            continue
        last = found[-1] if found else drafts[-1] if drafts else None
        if _joins(line, quote, last):
            last.pieces.append((quote.start, quote.end))  # type: ignore[union-attr]
            last.end = quote.end  # type: ignore[union-attr]
            continue
        draft = _name_beside_quote(line, quote, sentence, table) or _quote_alone(line, quote, drafts or found, before)
        if draft:
            found.append(draft)
    if not found:
        found.extend(_indirect(line, sentence, frames, cues, table))
    return found


def _frames(start: int, end: int, quotes: Sequence[Quote]) -> list[Phrase]:
    """Returns the stretches of a sentence outside of its quotes: before the first, between them, behind the last."""
    frames = []
    for quote in quotes:
        frames.append((start, quote.start))
        start = quote.end
    frames.append((start, max(start, end)))
    return frames


# --- quotes ---


def _quote_then_verb(line: Line, quote: Quote, frame: Phrase, cues: Sequence[Cue], table: Reporting) -> _Draft | None:
    """Finds "...", X said; "...", said X; "...", according to X."""
    last = line.words[quote.inner_end - 1] if quote.inner_end > quote.start + 1 else ""
    following = line.words[quote.end] if quote.end < len(line.words) else ""
    if last[-1:] not in ",?!—-–…." and following not in (",", "—", "–"):
        return None
    start, end = frame
    while start < end and line.words[start] in (",", "—", "–", "-"):
        start += 1
    for cue in cues:
        if cue.start - start > _MAX_QUOTE_TO_CUE_TOKENS:
            return None
        subject = _subject_behind_quote(line, cue, start, end, table)
        if subject:
            return _Draft(
                line, [(quote.start, quote.end)], cue, subject, "direct", QUOTE_THEN_VERB, max(cue.end, subject[1])
            )
    return None


def _subject_behind_quote(line: Line, cue: Cue, start: int, end: int, table: Reporting) -> Phrase | None:
    if cue.verb is None:
        return right_subject(line, cue.end, end, table)
    if cue.start == start:
        return right_subject(line, cue.end, end, table)
    if cue.verb.form in ("participle", "base") and not (
        cue.verb.form == "base" and line.words[cue.start - 1][-1] not in ",."
    ):
        return None
    return left_subject(line, cue.start, start, table)


def _verb_then_quote(
    line: Line, quote: Quote, frame: Phrase, cues: Sequence[Cue], end: int, table: Reporting
) -> _Draft | None:
    """Finds X said: "..."; X said that the plan was "..."."""
    start, stop = frame
    for cue in reversed(cues):
        if cue.verb is None:
            subject = right_subject(line, cue.end, stop, table)
            if subject and stop - subject[1] <= 2:
                return _Draft(line, [(quote.start, quote.end)], cue, subject, "direct", VERB_THEN_QUOTE, quote.end)
            continue
        subject = _subject_before(line, cue, start, table)
        if not subject:
            continue
        first = content_start(line, cue, stop, table)
        if first >= stop or _is_direct(line, quote, first, stop, cue):
            return _Draft(line, [(quote.start, quote.end)], cue, subject, "direct", VERB_THEN_QUOTE, quote.end)
        return _Draft(line, [(first, _clause_end(line, quote, end))], cue, subject, "mixed", QUOTE_IN_CLAUSE, end)
    return None


def _is_direct(line: Line, quote: Quote, first: int, stop: int, cue: Cue) -> bool:
    """Says whether nothing that is said stands between a verb and a quote."""
    before = line.words[stop - 1]
    return (
        before in (":", ",")
        and line.words[quote.start + 1 : quote.start + 2] != []
        and (line.words[quote.start + 1][0].isupper() or before == ":")
    )


def content_start(line: Line, cue: Cue, stop: int, table: Reporting) -> int:
    """Returns where what is said begins behind a verb: behind whom it is said to, and behind "that"."""
    place = cue.end
    lower = line.lower
    if cue.verb and cue.verb.addressed:
        near = min(stop, place + 14)
        for at in range(place, near):
            if lower[at] == "that" or line.words[at] == ":":
                return at + 1
        if place < stop and lower[place] in ("him", "her", "them", "me", "us", "you", "reporters", "it"):
            place += 1
        else:
            end = place
            while end < near and (
                lower[end] in table.determiners
                or lower[end] in table.possessives
                or line.words[end][0].isupper()
                or end == place
            ):
                end += 1
            if end < near and end > place and not line.words[end - 1][0].isupper():
                end += 1
            place = end
    if place < stop and lower[place] == "that":
        return place + 1
    return place


def _clause_end(line: Line, quote: Quote, end: int) -> int:
    last = end
    if last > quote.end and line.words[last - 1] in (".", ";"):
        last -= 1
    return last


def _subject_before(line: Line, cue: Cue, floor: int, table: Reporting) -> Phrase | None:
    """Returns the subject of a verb that stands before what is said."""
    if cue.verb and cue.verb.form == "participle":
        before = line.lower[cue.start - 1] if cue.start > floor else ""
        if before not in table.passives and before not in table.adverbs:
            return first_subject(line, floor, cue.start, table)
    return left_subject(line, cue.start, floor, table)


def _joins(line: Line, quote: Quote, last: _Draft | None) -> bool:
    """Says whether a quote without a verb of its own goes on with the statement before it."""
    if last is None or last.kind == "indirect" or quote.start - last.end > _MAX_QUOTE_TO_QUOTE_TOKENS:
        return False
    return _is_sentence(line, quote)


def _is_sentence(line: Line, quote: Quote) -> bool:
    return (
        quote.inner_end - quote.start >= _MIN_SENTENCE_TOKENS
        and line.words[quote.start + 1][0].isupper()
        and (line.words[quote.inner_end - 1][-1] in ".?!,…" or not quote.is_closed)
    )


def _name_beside_quote(line: Line, quote: Quote, sentence: Phrase, table: Reporting) -> _Draft | None:
    """Finds X: "..." and "..." - X."""
    start, end = sentence
    words = line.words
    if quote.start - start >= 2 and words[quote.start - 1] == ":" and quote.start - start < 10:
        subject = right_subject(line, start, quote.start - 1, table)
        if subject and subject[1] == quote.start - 1:
            return _Draft(line, [(quote.start, quote.end)], None, subject, "direct", NAME_THEN_QUOTE, quote.end)
    if quote.end + 1 < end and words[quote.end] in ("—", "–", "―", "-", "--") and _is_sentence(line, quote):
        subject = right_subject(line, quote.end + 1, end, table)
        if subject and subject[1] >= end - 1 and words[subject[0]][0].isupper():
            return _Draft(line, [(quote.start, quote.end)], None, subject, "direct", QUOTE_THEN_NAME, subject[1])
    return None


def _quote_alone(line: Line, quote: Quote, drafts: Sequence[_Draft], before: Sequence[Statement]) -> _Draft | None:
    """Finds a paragraph that is a quote: its speaker is that of the quote which ends the paragraph before."""
    if drafts or quote.start or not before or not _is_sentence(line, quote):
        return None
    last = before[-1]
    if last.kind == "indirect" or last.speaker is None:
        return None
    draft = _Draft(line, [(quote.start, quote.end)], None, None, "direct", QUOTE_THEN_QUOTE, quote.end)
    draft.speaker = last.speaker
    return draft


# --- no quotes ---


def _indirect(
    line: Line, sentence: Phrase, frames: Sequence[Phrase], cues: Sequence[Sequence[Cue]], table: Reporting
) -> Iterator[_Draft]:
    start, end = sentence
    stop = end - 1 if line.words[end - 1] in (".", ";", "!", "?") else end
    for cue in (cue for frame in cues for cue in frame):
        if cue.verb is None:
            draft = _according(line, cue, start, stop, table)
        elif not cue.verb.strong or (cue.verb.form in ("participle", "base") and line.lower[cue.start] != "say"):
            continue
        else:
            draft = _clause_then_verb(line, cue, start, stop, table) or _verb_then_clause(
                line, cue, start, stop, table
            )
        if draft:
            yield draft
            return


def _according(line: Line, cue: Cue, start: int, stop: int, table: Reporting) -> _Draft | None:
    subject = right_subject(line, cue.end, stop, table)
    if not subject:
        return None
    if cue.start == start:
        content = (subject[1] + 1, stop)
    else:
        content = (start, cue.start - 1 if line.words[cue.start - 1] == "," else cue.start)
    if content[1] - content[0] < _MIN_SENTENCE_TOKENS:
        return None
    return _Draft(line, [content], cue, subject, "indirect", ACCORDING_TO, stop)


def _clause_then_verb(line: Line, cue: Cue, start: int, stop: int, table: Reporting) -> _Draft | None:
    """Finds "the plan failed, X said" and "the plan failed, said X"."""
    if line.words[cue.start - 1] == "," and cue.start > start:
        subject = right_subject(line, cue.end, stop, table)
        if subject and cue.start - 1 - start >= _MIN_SENTENCE_TOKENS:
            return _Draft(line, [(start, cue.start - 1)], cue, subject, "indirect", CLAUSE_THEN_VERB, stop)
    if not _ends_clause(line, cue, stop, table):
        return None
    subject = left_subject(line, cue.start, start, table)
    if not subject or subject[0] - 1 <= start or line.words[subject[0] - 1] != ",":
        return None
    if subject[0] - 1 - start < _MIN_SENTENCE_TOKENS:
        return None
    return _Draft(line, [(start, subject[0] - 1)], cue, subject, "indirect", CLAUSE_THEN_VERB, stop)


def _ends_clause(line: Line, cue: Cue, stop: int, table: Reporting) -> bool:
    """Says whether nothing that is said follows a verb."""
    if cue.end >= stop:
        return True
    following = line.lower[cue.end]
    return following in table.days or following in (
        ",",
        "in",
        "on",
        "at",
        "during",
        "early",
        "late",
        "earlier",
        "last",
        "this",
    )


def _verb_then_clause(line: Line, cue: Cue, start: int, stop: int, table: Reporting) -> _Draft | None:
    """Finds "X said that the plan failed"."""
    subject = left_subject(line, cue.start, start, table)
    if not subject:
        return None
    first = content_start(line, cue, stop, table)
    if stop - first < _MIN_SENTENCE_TOKENS or line.words[first] in (",", ":"):
        return None
    return _Draft(line, [(first, stop)], cue, subject, "indirect", VERB_THEN_CLAUSE, stop)


# --- what a draft becomes ---


def _finished(
    drafts: Sequence[_Draft], line: Line, names: Names, table: Reporting, before: Sequence[Statement]
) -> list[Statement]:
    found: list[Statement] = []
    for draft in drafts:
        speaker = draft.speaker or (_span(line, draft.subject) if draft.subject else None)
        links: list[Link] = []
        hedges: list[Span] = []
        if draft.cue:
            stop = _sentence_end(line, draft.cue.start)
            links = links_of(line, draft.cue.phrase, draft.subject, stop, table)
            cited = _cited(line, draft, stop, table)
            if cited:
                links.insert(0, Link("citing", cited[1], speaker))
                speaker = cited[0]
            hedges = hedges_of(line, draft.pieces[0][0], draft.pieces[0][1], draft.cue.phrase, table)
        found.append(
            Statement(
                content=tuple(_span(line, piece) for piece in draft.pieces),
                cue=_span(line, draft.cue.phrase) if draft.cue else None,
                speaker=speaker,
                kind=draft.kind,
                rule=draft.rule,
                confidence=CONFIDENCE[draft.rule],
                speaker_name=_speaker_name(speaker, line, names, table, before, found) if speaker else None,
                chain=tuple(links),
                hedges=tuple(hedges),
            )
        )
    return found


def _span(line: Line, phrase: Phrase) -> Span:
    return Span(line.starts[phrase[0]], line.ends[phrase[1] - 1])


def _sentence_end(line: Line, place: int) -> int:
    return next((end for start, end in line.sentences if start <= place < end), len(line.words))


def _cited(line: Line, draft: _Draft, stop: int, table: Reporting) -> tuple[Span, Span] | None:
    """Returns whom an agency, outlet or official cites for a statement, and the word that says so."""
    if not draft.cue or not draft.subject:
        return None
    place = cited_at(line, draft.cue.end, stop)
    if place < 0:
        return None
    subject = draft.subject
    if not outlet_in(line, *subject, table) and not any(
        word.startswith("official") for word in line.lower[subject[0] : subject[1]]
    ):
        return None
    cited = right_subject(line, place + 1, stop, table)
    return (_span(line, cited), _span(line, (place, place + 1))) if cited else None


def _speaker_name(
    speaker: Span, line: Line, names: Names, table: Reporting, before: Sequence[Statement], found: Sequence[Statement]
) -> Span | None:
    words = names.text[speaker.start : speaker.end].lower()
    if words not in table.pronouns:
        return names.of_phrase(speaker)
    persons = names.persons(line.start, speaker.start)
    if not persons and before and before[-1].kind != "indirect" and before[-1].speaker_name:
        name = before[-1].speaker_name
        persons = {names.text[name.start : name.end]: name}
    fitting = [span for span in persons.values() if fits(words, names.text[span.start : span.end], table)]
    return fitting[0] if len(fitting) == 1 else None
