"""From the texts of a capture to what the rules find in them, as plain values that go between processes. Pure.

A Task is the sections of one capture that wait, with the full names that its other sections have. `worker` runs
`find_all` on it; `archive.annotating` makes tasks, and writes what was found.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NamedTuple

from ..annotate import Link, Mention, Span, Statement, find_days, find_names, find_statements
from .joining import Label, full_forms, label_of, labels_by_place

logger = logging.getLogger(__name__)

# A place in a text: where it begins and ends.
Place = tuple[int, int]


class Text(NamedTuple):
    """The text of a section version, and the day against which it is read."""

    version: int
    text: str
    day: str


class Task(NamedTuple):
    """The waiting texts of a capture, their language, and the full names in its other sections."""

    language: str
    texts: list[Text]
    others: list[Label]


class FoundName(NamedTuple):
    """A Mention; `joined` where another section of the capture has the full name."""

    start: int
    end: int
    label: Label
    joined: bool
    rule: str
    percent: int


class FoundLink(NamedTuple):
    """A Link, with the label of its source."""

    kind: str
    start: int
    end: int
    source: Place | None
    label: Label | None


class FoundStatement(NamedTuple):
    """A Statement, with the label of its speaker."""

    kind: str
    content: list[Place]
    cue: Place | None
    speaker: Place | None
    name: Place | None
    label: Label | None
    chain: list[FoundLink]
    hedges: list[Place]
    rule: str
    percent: int


class FoundDays(NamedTuple):
    """A DayMention; the days in ISO 8601."""

    start: int
    end: int
    earliest: str
    latest: str
    precision: str
    rule: str
    percent: int


class Found(NamedTuple):
    """What the rules found in a text. Where they failed there is nothing, and `fault` says why."""

    version: int
    names: list[FoundName]
    statements: list[FoundStatement]
    days: list[FoundDays]
    fault: str = ""


# Calls a function, and may end it after a time.
Limit = Callable[[Callable[[], Any]], Any]


def without_limit(run: Callable[[], Any]) -> Any:
    """Calls a function and waits for its end."""
    return run()


def find_all(task: Task, *, limit: Limit = without_limit) -> list[Found]:
    """Returns what the rules find in each text of a task. A rule that fails concerns its text alone."""
    read = [_read(text, task.language, limit) for text in task.texts]
    in_capture = [(mention.type, mention.label) for part in read for mention in part.names]
    full = full_forms([*task.others, *in_capture])
    return [_found(part, full) for part in read]


class _Read(NamedTuple):
    version: int
    text: str
    names: Sequence[Mention]
    statements: Sequence[Statement]
    days: list[FoundDays]
    fault: str


def _read(text: Text, language: str, limit: Limit) -> _Read:
    def run() -> _Read:
        names = find_names(text.text, language)
        statements = find_statements(text.text, names, language)
        days = [
            FoundDays(
                *_place(found.span),
                found.earliest.isoformat(),
                found.latest.isoformat(),
                found.precision,
                found.rule,
                _percent(found.confidence),
            )
            for found in find_days(text.text, date.fromisoformat(text.day), language)
        ]
        return _Read(text.version, text.text, names, statements, days, "")

    try:
        read: _Read = limit(run)
    except Exception as error:
        logger.exception("The rules failed on section version %s", text.version)
        return _Read(text.version, text.text, (), (), [], f"{type(error).__name__}: {error}"[:300])
    return read


def _found(read: _Read, full: Callable[[Label], Label]) -> Found:
    names = []
    for mention in read.names:
        own = (mention.type, mention.label)
        label = full(own)
        names.append(FoundName(*_place(mention.span), label, label != own, mention.rule, _percent(mention.confidence)))
    by_place = labels_by_place((name.start, name.end, name.label) for name in names)
    statements = [
        FoundStatement(
            statement.kind,
            [_place(span) for span in statement.content],
            _place_or_none(statement.cue),
            _place_or_none(statement.speaker),
            _place_or_none(statement.speaker_name),
            label_of(read.text, by_place, statement.speaker_name or statement.speaker),
            [_link(read.text, by_place, link) for link in statement.chain],
            [_place(span) for span in statement.hedges],
            statement.rule,
            _percent(statement.confidence),
        )
        for statement in read.statements
    ]
    return Found(read.version, names, statements, read.days, read.fault)


def _link(text: str, by_place: Sequence[tuple[int, int, Label]], link: Link) -> FoundLink:
    return FoundLink(
        link.kind, *_place(link.words), _place_or_none(link.source), label_of(text, by_place, link.source)
    )


def _place(span: Span) -> Place:
    return span.start, span.end


def _place_or_none(span: Span | None) -> Place | None:
    return None if span is None else _place(span)


def _percent(share: float) -> int:
    return round(100 * share)
