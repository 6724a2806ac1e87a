"""Where statements and days are in the words of sections, so that `said()` and `event:` are marked where they match.

They come from the record, as it has them for the versions that are shown; `matches` finds what is marked. Two
queries for a query with `said()`, one with `event:`, none for others; more where some sections are divided.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from archive.curation import load_parts
from archive.models import DayMention, Section, Statement, StatementLink, Verdict, is_named, not_rejected
from archive.shown_places import Layout, Part

from ..query import DateBound, DateRange, InStatement, Node, children, positive_leaves
from .said import SaidSpan, TextSpans

_EVENT = "event"

# By section, and by field. A section that is missing has none.
SpansOfSections = Mapping[int, Mapping[str, TextSpans]]


class ReceivedWords(Protocol):
    """A version of a section with its words as they were received."""

    @property
    def pk(self) -> int: ...

    @property
    def heading(self) -> str: ...

    @property
    def paragraphs(self) -> Sequence[str]: ...


@dataclass(frozen=True)
class ShownSection:
    """The words of a section as a page shows them. `received` is the version that they come from."""

    pk: int
    heading: str
    paragraphs: Sequence[str]
    received: ReceivedWords
    is_divided: bool = False

    @classmethod
    def current(cls, sections: Iterable[Section]) -> "Iterator[ShownSection]":
        """Yields sections as they are now, which are loaded with their versions."""
        for section in sections:
            if section.current is not None:
                is_divided = section.divided_text is not None
                yield cls(section.pk, section.heading, section.paragraphs, section.current, is_divided)


def find_parts(sections: Iterable[ShownSection]) -> dict[int, tuple[Part, ...]]:
    """Returns of which parts of versions sections show the words. Queries only where some are divided."""
    shown = list(sections)
    divided = [section.pk for section in shown if section.is_divided]
    parts = load_parts(divided) if divided else {}
    for section in shown:
        received = section.received
        parts.setdefault(section.pk, (Part.whole(received.pk, received.heading, received.paragraphs),))
    return parts


def load_spans(tree: Node, sections: Iterable[ShownSection]) -> SpansOfSections:
    """Returns where statements and days are in sections, as far as a query asks for them."""
    asks_for_statements = any(isinstance(node, InStatement) for node in _nodes(tree))
    ranges = _event_ranges(tree)
    if not asks_for_statements and not ranges:
        return {}
    shown = list(sections)
    parts = find_parts(shown)
    versions = {part.version for of_section in parts.values() for part in of_section}
    reported = _load_said(versions) if asks_for_statements else {}
    days = find_days(tree, versions)
    found: dict[int, dict[str, TextSpans]] = {}
    for section in shown:
        of_section: defaultdict[str, TextSpans] = defaultdict(lambda: TextSpans([], []))
        for part in parts[section.pk]:
            layout = Layout.of(part, section.heading, section.paragraphs)
            for content, speaker, via in reported.get(part.version, ()):
                for field, start, end in (place for piece in content for place in layout.in_fields(*piece)):
                    of_section[field].statements.append(SaidSpan(start, end, speaker, via))
            for first, last in days.get(part.version, ()):
                for field, start, end in layout.in_fields(first, last):
                    of_section[field].days.append((start, end))
        found[section.pk] = dict(of_section)
    return found


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    for part in children(node):
        yield from _nodes(part)


# The pieces of a statement, its speaker, and its sources.
_Reported = tuple[list[tuple[int, int]], tuple[str, ...], tuple[str, ...]]


def _load_said(versions: Collection[int]) -> dict[int, list[_Reported]]:
    rows = Statement.objects.filter(not_rejected(), version__in=versions).order_by("version", "number", "pk")
    columns = ("pk", "version_id", "content", "speaker__name__label", "speaker__name__verdict", "speaker__name__shown")
    links = StatementLink.objects.filter(
        is_named("source__name"), statement__version__in=versions, source__isnull=False
    )
    sources: defaultdict[int, list[str]] = defaultdict(list)
    for statement, label in links.order_by("position").values_list("statement_id", "source__name__label"):
        sources[statement].append(label)
    found: defaultdict[int, list[_Reported]] = defaultdict(list)
    for pk, version, content, label, verdict, shown in rows.values_list(*columns):
        by: tuple[str, ...] = (label,) if label and shown and verdict != Verdict.REJECTED else ()
        found[version].append(([(start, end) for start, end in content], by, tuple(sources.get(pk, ()))))
    return found


def _event_ranges(tree: Node) -> list[DateRange]:
    return [node for node in positive_leaves(tree) if isinstance(node, DateRange) and node.field == _EVENT]


def find_days(tree: Node, versions: Collection[int]) -> dict[int, list[tuple[int, int]]]:
    """Returns where versions speak of a day that a query asks for. One query with `event:`, none for others."""
    wanted = [(_first_day(node.start), _last_day(node.end)) for node in _event_ranges(tree)]
    if not wanted:
        return {}
    days: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    rows = DayMention.objects.filter(version__in=versions).order_by("start")
    for version, start, end, earliest, latest in rows.values_list("version_id", "start", "end", "earliest", "latest"):
        if any(earliest <= last and first <= latest for first, last in wanted):
            days[version].append((start, end))
    return days


def _first_day(bound: DateBound | None) -> date:
    return bound.clock.date() if bound else date.min


def _last_day(bound: DateBound | None) -> date:
    """Returns the last day that begins before the end of a range."""
    return (bound.clock - timedelta(microseconds=1)).date() if bound else date.max
