"""Who said what in a text, and through whom it came.

The rules read a paragraph at a time: a quote looks for its verb of reporting behind it, then before it; a quote
without a verb joins the statement before it; what is left are strong verbs of reporting without a quote.
`tokens`, `cues`, `speakers`, `speaker_names` and `chains` find the parts; `reporting` has the words.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from .assembly import attach_posting, finished, span_of
from .cues import cues_between
from .drafts import QUOTE_THEN_QUOTE, VERB_THEN_QUOTE, Draft
from .labels import MAX_LABEL_CHARS, Labels
from .quoted import is_sentence, is_title, read_quotes
from .reporting import REPORTING, Reporting
from .spans import Mention, Span, Statement
from .speaker_names import Names
from .speakers import Phrase, left_subject
from .tokens import Line, Quote, lines_of, read_line
from .unquoted import read_clauses, read_rest

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
    labels = Labels(text, table)
    found: list[Statement] = []
    before: list[Statement] = []
    opening: _Opening | None = None
    for start, words in lines_of(text):
        labelled = labels.statement_of(words, start) if ":" in words[:MAX_LABEL_CHARS] else None
        line = None if labelled else read_line(words, start, table)
        if line is None:
            before, opening = [labelled] if labelled else [], None
            found.extend(before)
            continue
        drafts = _read_paragraph(line, table, opening, before)
        drafts = attach_posting(drafts, line, known, found)
        opening = _opening_of(line, table)
        before = finished(drafts, line, known, table, before)
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
        if inside:
            inside = [quote for quote in inside if not is_title(line, quote, table)]
        if not inside and not _has_cue(line, start, end):
            continue
        cues = [cues_between(line, *frame, table) for frame in _frames(start, end, inside)]
        if not inside and not cues[0]:
            continue
        found = read_quotes(line, (start, end), inside, cues, table, drafts)
        if not found and not drafts and inside and inside[0].start == start:
            found = _quote_goes_on(line, inside[0], opening, before)
        if not found:
            found = list(read_clauses(line, (start, end), [cue for frame in cues for cue in frame], table))
        elif inside:
            # Before the quotes, which the next quote may go on with.
            drafts.extend(read_rest(line, (start, end), [cue for frame in cues for cue in frame], found, table))
        drafts.extend(found)
    drafts.sort(key=lambda draft: draft.pieces[0])
    return drafts


def _has_cue(line: Line, start: int, end: int) -> bool:
    at = bisect_left(line.cues, start)
    return at < len(line.cues) and line.cues[at] < end


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
                return _Opening(span_of(line, cue.phrase), span_of(line, subject))
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
