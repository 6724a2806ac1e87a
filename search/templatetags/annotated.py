"""Lines with their names and statements marked beside the matches of a search. `{% load annotated %}`.

Matches, statements and names may cross each other. What is marked is written by ranges, the outer kinds first, so that
every element is closed before the one around it. Everything that comes from outside goes through `escape`.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from itertools import pairwise

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from archive.models import NameType

from ..annotations import (
    DayMark,
    LineMarks,
    Named,
    NameMark,
    PageMarks,
    SpeakerOnPage,
    StatementMark,
    StatementView,
)
from ..articles import Passage
from ..results import Question
from .formatting import find_unbroken_spans, linked_matches, match_tags

register = template.Library()

_TYPE_CLASSES: Mapping[int | None, str] = {
    NameType.PERSON: "person",
    NameType.PLACE: "place",
    NameType.ORGANISATION: "org",
}
# Of a list of statements, each shows its beginning.
_MAX_LISTED_CHARS = 90


@dataclass(frozen=True, eq=False)
class _Range:
    """A range of a line, and its element. `again` opens it where an outer one interrupted it; `after` follows it."""

    start: int
    end: int
    opening: str
    closing: str = "</span>"
    again: str = ""
    after: str = ""


class LineWriter:
    """Writes lines with their marks; finds the address of a name once."""

    def __init__(self, matches: int) -> None:
        self._matches = matches
        self._before, _, self._after = reverse("name", args=[0]).rpartition("0")
        self._search = reverse("search")

    def write(self, passage: Passage, marks: LineMarks | None) -> str:
        """Returns the HTML of a passage; as without annotations if the line has none."""
        if marks is None:
            return linked_matches(passage, self._matches)
        text = "".join(piece.text for piece in passage)
        ranges = [
            *self._matches_of(passage),
            *map(_statement_range, marks.statements),
            *map(self._name_range, marks.names),
            *map(self._day_range, _beside_names(marks)),
            *(_Range(hedge.start, hedge.end, '<span class="hedge">') for hedge in marks.hedges),
            *(_Range(start, end, '<span class="unbroken">') for start, end in find_unbroken_spans(passage)),
        ]
        return "".join(_write(text, ranges))

    def name_url(self, name_id: int) -> str:
        return f"{self._before}{name_id}{self._after}"

    def named(self, named: Named) -> str:
        """Returns a name as a link to its page; words of a text that name nobody known as they are."""
        if named.name_id:
            return f'<a href="{self.name_url(named.name_id)}"><bdi>{escape(named.label)}</bdi></a>'
        return f'<bdi class="unnamed">{escape(named.label)}</bdi>'

    def _matches_of(self, passage: Passage) -> Iterator[_Range]:
        start = 0
        for piece in passage:
            end = start + len(piece.text)
            if piece.number and piece.text:
                opening, closing = match_tags(piece.number, self._matches)
                yield _Range(start, end, opening, closing)
            start = end

    def _name_range(self, mark: NameMark) -> _Range:
        name = mark.name
        about = f"{name.label} ({name.type_label.lower()}), by rule: {mark.rule}"
        about += "; the full name is in another section" if mark.joined else ""
        kind = _TYPE_CLASSES[name.type]
        opening = f'<a class="name {kind}" href="{self.name_url(name.name_id or 0)}" title="{escape(about)}">'
        return _Range(mark.start, mark.end, opening, "</a>")

    def _day_range(self, mark: DayMark) -> _Range:
        """Marks days, and leads to what else speaks of them."""
        about = f"{_days(mark)}, by rule: {mark.rule}; {mark.percent}% of such are right"
        first, last = mark.earliest.isoformat(), mark.latest.isoformat()
        question = Question(f"event:{first}" if first == last else f"event:{first}..{last}")
        url = escape(self._search + question.to_querystring())
        return _Range(mark.start, mark.end, f'<a class="day" href="{url}" title="{escape(about)}">', "</a>")


def _beside_names(marks: LineMarks) -> Iterator[DayMark]:
    """Yields the days that are no part of a name: a link has no link within."""
    for day in marks.days:
        if not any(name.start < day.end and day.start < name.end for name in marks.names):
            yield day


def _days(mark: DayMark) -> str:
    first, last = mark.earliest, mark.latest
    if first == last:
        return f"{first:%A} {_day(first)}"
    if first.year == last.year and first.day == 1 and last.day == monthrange(last.year, last.month)[1]:
        if (first.month, last.month) == (1, 12):
            return f"the year {first.year}"
        if first.month == last.month:
            return f"{first:%B} {first.year}"
    return f"{_day(first)} to {_day(last)}"


def _day(day: date) -> str:
    # %Y of early years has fewer than four digits on some systems.
    return f"{day.day} {day:%B} {day.year}"


def _statement_range(mark: StatementMark) -> _Range:
    statement = mark.statement
    classes = f"statement {statement.kind.label}{' doubtful' if statement.is_doubtful else ''}"
    again = f'<span class="{classes}">'
    opening = f'<span class="{classes}" id="q{statement.pk}">' if mark.is_first else again
    return _Range(mark.start, mark.end, opening, again=again, after=_note_link(mark) if mark.is_last else "")


def _note_link(mark: StatementMark) -> str:
    """Writes the number of a statement, which leads to who statement it, and how it was found."""
    statement = mark.statement
    about = f"{statement.line}: {statement.kind.label}, {statement.found_by}"
    name = escape(f"Statement {mark.number}, {statement.speaker.label}")
    return (
        f'<sup class="statement-note"><a href="#w{statement.pk}" aria-label="{name}" title="{escape(about)}">'
        f"{mark.number}{'?' if statement.is_doubtful else ''}</a></sup>"
    )


def _write(text: str, ranges: Sequence[_Range]) -> Iterator[str]:
    """Yields the HTML of a text with its ranges; those that come first are outside. O(characters + ranges²) a line."""
    ordered = [found for found in ranges if found.start < found.end]
    cuts = sorted({0, len(text), *(found.start for found in ordered), *(found.end for found in ordered)})
    stack: list[_Range] = []
    opened: set[_Range] = set()
    for start, end in pairwise(cuts):
        active = [found for found in ordered if found.start <= start < found.end]
        kept = 0
        while kept < min(len(stack), len(active)) and stack[kept] is active[kept]:
            kept += 1
        yield from _close(stack, kept, start)
        for found in active[kept:]:
            yield found.again if found in opened and found.again else found.opening
            opened.add(found)
            stack.append(found)
        yield escape(text[start:end])
    yield from _close(stack, 0, len(text))


def _close(stack: list[_Range], kept: int, place: int) -> Iterator[str]:
    while len(stack) > kept:
        found = stack.pop()
        yield found.closing + (found.after if found.end <= place else "")


@register.simple_tag
def annotated_line(passage: Passage, marks: PageMarks | None, section: int, line: int) -> SafeString:
    """Writes a heading or a paragraph of a section; its matches are no links."""
    lines = marks.of(section) if marks else {}
    return mark_safe(LineWriter(0).write(passage, lines.get(line)))  # noqa: S308  # escaped piece by piece


@register.simple_tag
def speakers(marks: PageMarks) -> SafeString:
    """Writes who speaks on a page, each with what they say there: list items."""
    writer = LineWriter(0)
    return mark_safe("".join(_speaker(writer, group) for group in marks.speakers))  # noqa: S308


def _speaker(writer: LineWriter, group: SpeakerOnPage) -> str:
    count = len(group.statements)
    return (
        f'<li><details name="speaker"><summary><bdi>{escape(group.speaker.label)}</bdi> '
        f'<span class="number">{count:,}<span class="hidden"> statement{"" if count == 1 else "s"}</span></span>'
        f"</summary>\n{_about_speaker(writer, group.speaker)}"
        f"<ol>{''.join(_listed(writer, group.statements))}</ol></details></li>\n"
    )


def _about_speaker(writer: LineWriter, speaker: Named) -> str:
    if not speaker.name_id:
        return ""
    return f'<p><a href="{writer.name_url(speaker.name_id)}">All about this name</a></p>'


def _listed(writer: LineWriter, statements: Iterable[tuple[int, StatementView]]) -> Iterator[str]:
    for number, statement in statements:
        words = (
            statement.words
            if len(statement.words) <= _MAX_LISTED_CHARS
            else f"{statement.words[:_MAX_LISTED_CHARS].rstrip()}…"
        )
        yield (
            f'<li id="w{statement.pk}" value="{number}"><a href="#q{statement.pk}" dir="auto">{escape(words)}</a> '
            f'<small lang="en">{about_statement(writer, statement)}</small></li>'
        )


def about_statement(writer: LineWriter, statement: StatementView) -> str:
    """Writes how a statement came to the text, how the text has it, and how it was found."""
    parts = []
    if statement.chain:
        parts.append(f'<span class="chain">{" ← ".join(map(writer.named, statement.way))}</span>')
    if statement.phrase and statement.phrase != statement.speaker.label:
        parts.append(f"<span>in the text <q><bdi>{escape(statement.phrase)}</bdi></q></span>")
    parts.append(f"<span>{statement.kind.label}</span>")
    if statement.hedges:
        hedges = ", ".join(f"<bdi>{escape(hedge)}</bdi>" for hedge in statement.hedges)
        parts.append(f'<span class="hedged">hedged: {hedges}</span>')
    doubtful = '<strong class="doubt">doubtful</strong>, ' if statement.is_doubtful else ""
    parts.append(f'<span class="found">{doubtful}{escape(statement.found_by)}</span>')
    return " · ".join(parts)
