"""Who said what in a text, and through whom it came.

The rules read a paragraph at a time: a quote looks for its verb of reporting behind it, then before it; a quote
without a verb joins the statement before it; what is left are strong verbs of reporting without a quote.
`tokens`, `cues`, `speakers`, `speaker_names` and `chains` find the parts; `reporting` has the words.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from .chains import cited_at, hedges_of, links_of, outlet_in
from .cues import cues_between
from .drafts import CONFIDENCE, QUOTE_THEN_QUOTE, VERB_THEN_QUOTE, Draft
from .quoted import is_sentence, read_quotes
from .reporting import REPORTING, Reporting
from .spans import Link, Mention, Span, Statement
from .speaker_names import Names, fits
from .speakers import Phrase, left_subject, right_subject
from .tokens import Line, Quote, lines_of, read_line
from .unquoted import read_clauses

_MIN_OPEN_QUOTE_TOKENS = 8
_MAX_OPENING_TOKENS = 12


@dataclass(frozen=True, slots=True)
class _Opening:
    """Verb and subject of a paragraph that introduces the next."""

    cue: Span
    speaker: Span


def find_statements(text: str, names: Sequence[Mention], language: str = "en") -> list[Statement]:
    """Returns the statements of a text, in order. Without a table for the language there are none. O(text)."""
    table = REPORTING.get(language)
    if table is None:
        return []
    known = Names(text, names, table)
    found: list[Statement] = []
    before: list[Statement] = []
    opening: _Opening | None = None
    for start, words in lines_of(text):
        line = read_line(words, start, table)
        if line is None:
            before, opening = [], None
            continue
        drafts = _read_paragraph(line, table, opening, before)
        opening = _opening_of(line, table)
        before = _finished(drafts, line, known, table, before)
        found.extend(before)
    return found


# --- a paragraph ---


def _read_paragraph(
    line: Line, table: Reporting, opening: _Opening | None, before: Sequence[Statement]
) -> list[Draft]:
    drafts: list[Draft] = []
    quotes = line.quotes
    at = 0
    for start, end in line.sentences:
        first = at
        while at < len(quotes) and quotes[at].start < end:
            at += 1
        inside = quotes[first:at]
        cues = [cues_between(line, *frame, table) for frame in _frames(start, end, inside)]
        if not inside and not cues[0]:
            continue
        found = read_quotes(line, (start, end), inside, cues, table, drafts)
        if not found and not drafts and inside and inside[0].start == start:
            found = _quote_goes_on(line, inside[0], opening, before)
        if not found:
            found = list(read_clauses(line, (start, end), [cue for frame in cues for cue in frame], table))
        drafts.extend(found)
    return drafts


def _frames(start: int, end: int, quotes: Sequence[Quote]) -> list[Phrase]:
    """Returns the stretches of a sentence outside of its quotes: before the first, between them, behind the last."""
    frames = []
    for quote in quotes:
        frames.append((start, max(start, quote.start)))
        start = quote.end
    frames.append((start, max(start, end)))
    return frames


def _opening_of(line: Line, table: Reporting) -> _Opening | None:
    """Returns the verb and the subject of a paragraph that ends with a colon: X writes:"""
    if line.words[-1] != ":" or not line.sentences:
        return None
    start, end = line.sentences[-1]
    for cue in reversed(cues_between(line, start, end, table)):
        if cue.verb and cue.end >= end - _MAX_OPENING_TOKENS:
            subject = left_subject(line, cue.start, start, table)
            if subject:
                return _Opening(_span(line, cue.phrase), _span(line, subject))
    return None


def _quote_goes_on(line: Line, quote: Quote, opening: _Opening | None, before: Sequence[Statement]) -> list[Draft]:
    """Finds a paragraph that is a quote: of whom the paragraph before introduces or quotes."""
    if quote.end < len(line.words) or not is_sentence(line, quote):
        return []
    if opening:
        draft = Draft([(quote.start, quote.end)], None, None, "direct", VERB_THEN_QUOTE, quote.end)
        draft.speaker, draft.cue_span = opening.speaker, opening.cue
        return [draft]
    if not before or quote.end - quote.start < _MIN_OPEN_QUOTE_TOKENS or line.words[quote.start] in ("'", "‘"):
        return []
    last = before[-1]
    if last.kind == "indirect" or last.speaker is None:
        return []
    draft = Draft([(quote.start, quote.end)], None, None, "direct", QUOTE_THEN_QUOTE, quote.end)
    draft.speaker = last.speaker
    return [draft]


# --- what a draft becomes ---


def _finished(
    drafts: Sequence[Draft], line: Line, names: Names, table: Reporting, before: Sequence[Statement]
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
                cue=_span(line, draft.cue.phrase) if draft.cue else draft.cue_span,
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


def _cited(line: Line, draft: Draft, stop: int, table: Reporting) -> tuple[Span, Span] | None:
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
