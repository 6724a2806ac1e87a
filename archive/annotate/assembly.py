"""How a draft becomes a statement: with the name of its speaker, its chain and its hedges.

Pure; internal to the package.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace

from .chains import cited_at, hedges_of, links_of, outlet_in
from .drafts import ACT_OF_SPEECH, CONFIDENCE, Draft
from .reporting import Reporting
from .spans import Link, Span, Statement
from .speaker_names import Names, fits
from .speakers import Phrase, right_subject
from .tokens import Line

_MAX_PARAGRAPH_CHARS = 3000
_MAX_SCARE_TOKENS = 4
_MAX_PARAGRAPH_TOKENS = 400
_MAX_POSTING_TOKENS = 10
_OTHERS = {"man": frozenset(("she", "her", "hers")), "woman": frozenset(("he", "his", "him"))}
_POSTING = frozenset(("posted", "posts"))


def finished(
    drafts: Sequence[Draft], line: Line, names: Names, table: Reporting, before: Sequence[Statement]
) -> list[Statement]:
    """Returns the statements of a paragraph. `before` are those of the paragraph before."""
    found: list[Statement] = []
    for draft in drafts:
        speaker = draft.speaker or (span_of(line, draft.subject) if draft.subject else None)
        links: list[Link] = []
        hedges: list[Span] = []
        if draft.cue:
            stop = _sentence_end(line, draft.cue.start)
            links = links_of(line, draft.cue.phrase, draft.subject, stop, table)
            cited = _cited(line, draft, stop, table)
            if cited:
                links.insert(0, Link("citing", cited[1], speaker))
                speaker = cited[0]
            hedges = hedges_of(line, draft.pieces[0], draft.cue.phrase, table) + _scare_quotes(line, draft)
        found.append(
            Statement(
                content=tuple(span_of(line, piece) for piece in draft.pieces),
                cue=span_of(line, draft.cue.phrase) if draft.cue else draft.cue_span,
                speaker=speaker,
                kind=draft.kind,
                rule=draft.rule,
                confidence=CONFIDENCE[draft.rule],
                speaker_name=_speaker_name(speaker, line, names, before) if speaker else None,
                chain=tuple(links),
                hedges=tuple(sorted(hedges, key=lambda span: span.start)) if hedges else (),
            )
        )
    return found


def span_of(line: Line, phrase: Phrase) -> Span:
    """Returns the place of tokens in the text."""
    return Span(line.starts[phrase[0]], line.ends[phrase[1] - 1])


def _sentence_end(line: Line, place: int) -> int:
    at = bisect_right(line.sentences, (place, len(line.words))) - 1
    return line.sentences[at][1] if at >= 0 else len(line.words)


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
    return (span_of(line, cited), span_of(line, (place, place + 1))) if cited else None


def _scare_quotes(line: Line, draft: Draft) -> list[Span]:
    """Returns the quotes of a word or two in what somebody is said to have said, from which the text keeps away."""
    if draft.kind == "direct" or (draft.cue and draft.cue.verb and draft.cue.verb.naming):
        return []
    start, end = draft.pieces[0]
    found: list[Span] = []
    for quote in line.quotes[bisect_left(line.quotes, start, key=lambda quote: quote.start) :]:
        if quote.end >= end or len(found) >= _MAX_SCARE_TOKENS:
            break
        if quote.is_closed and quote.end - quote.start <= _MAX_SCARE_TOKENS and line.words[quote.end][0].isalnum():
            found.append(span_of(line, (quote.start, quote.end)))
    return found


def _speaker_name(speaker: Span, line: Line, names: Names, before: Sequence[Statement]) -> Span | None:
    words = names.text[speaker.start : speaker.end].lower()
    if words not in names.table.pronouns:
        return names.of_phrase(speaker)
    persons = names.persons(max(line.start, speaker.start - _MAX_PARAGRAPH_CHARS), speaker.start)
    outside = {label: span for label, span in persons.items() if not _is_quoted(line, span)}
    if not outside and before and before[-1].kind != "indirect":
        last = before[-1].speaker_name
        if last and names.may_be_person(last):
            outside = {names.text[last.start : last.end]: last}
    if len(outside) != 1 or _has_other_sex(words, line, speaker.start, names.table):
        return None
    if _has_unknown_name(line, speaker.start, names):
        return None
    (name,) = outside.values()
    return name if fits(words, names.title_of(name), names.table) else None


def _has_other_sex(pronoun: str, line: Line, end: int, table: Reporting) -> bool:
    """Says whether a pronoun of the other sex stands before a place: it may be that of the person who is named."""
    others = _OTHERS.get(table.pronouns[pronoun], frozenset())
    last = bisect_left(line.starts, end)
    return not others.isdisjoint(line.lower[max(0, last - _MAX_PARAGRAPH_TOKENS) : last])


def _has_unknown_name(line: Line, end: int, names: Names) -> bool:
    """Says whether a paragraph has, before a place, a capital in a sentence that is no known name."""
    if not names.mentions:
        return False
    last = bisect_left(line.starts, end)
    for place in range(max(1, last - _MAX_PARAGRAPH_TOKENS), last):
        word = line.words[place]
        if not (word[0].isupper() and len(word) > 2 and line.words[place - 1][-1].islower()):
            continue
        start = line.starts[place]
        known = names.at(start)
        if not known and not _is_quoted(line, Span(start, start)) and not _is_ordinary(line.lower[place], names.table):
            return True
    return False


def _is_ordinary(lower: str, table: Reporting) -> bool:
    return lower.rstrip(".") in table.roles or lower in table.days or lower in table.pronouns


def _is_quoted(line: Line, span: Span) -> bool:
    """Says whether a name stands in a quote: who speaks of somebody is somebody else."""
    at = bisect_right(line.quotes, span.start, key=lambda quote: line.starts[quote.start]) - 1
    return at >= 0 and span.start < line.ends[line.quotes[at].end - 1]


def attach_posting(drafts: Sequence[Draft], line: Line, names: Names, found: list[Statement]) -> list[Draft]:
    """Adds to the last statement of `found` where its speaker posted it; returns the drafts that say more."""
    kept: list[Draft] = []
    for draft in drafts:
        link = _posting_of(draft, line, names.table)
        last = found[-1] if found else None
        if link and last and draft.subject and last.speaker and not kept:
            name = names.of_phrase(span_of(line, draft.subject))
            known = last.speaker_name
            if name and known and names.surname(name) == names.surname(known):
                found[-1] = replace(last, chain=(*last.chain, link))
                continue
        kept.append(draft)
    return kept


def _posting_of(draft: Draft, line: Line, table: Reporting) -> Link | None:
    """Returns the link of "X posted his remarks on Telegram", which says nothing else."""
    if draft.rule != ACT_OF_SPEECH or not draft.cue or line.lower[draft.cue.start] not in _POSTING:
        return None
    stop = _sentence_end(line, draft.cue.start)
    links = links_of(line, draft.cue.phrase, draft.subject, min(stop, draft.cue.end + _MAX_POSTING_TOKENS), table)
    return next((link for link in links if link.kind == "posted"), None)
