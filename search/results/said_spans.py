"""Where statements are in the words of sections, so that what a query asks within `said()` is marked there alone.

They come from the record, as it has them for the versions that are shown; `matches` decides what is marked. Two
queries, and only for a query with `said()`; more where some sections are divided.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from archive.curation import load_parts
from archive.models import Section, SectionVersion, Statement, StatementLink, Verdict, not_rejected
from archive.shown_places import Layout, Part

from ..query import InStatement, Node, children
from .matches import SaidSpan

# By section, and by field.
SaidSpans = Mapping[int, Mapping[str, Sequence[SaidSpan]]]


@dataclass(frozen=True)
class ShownSection:
    """The words of a section as a page shows them. `received` is the version that they come from."""

    pk: int
    heading: str
    paragraphs: Sequence[str]
    received: SectionVersion
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


def asks_for_statements(tree: Node) -> bool:
    """Whether a query asks what was said."""
    return isinstance(tree, InStatement) or any(map(asks_for_statements, children(tree)))


def load_said_spans(tree: Node, sections: Iterable[ShownSection]) -> SaidSpans:
    """Returns where statements are in sections; nothing if a query does not ask."""
    if not asks_for_statements(tree):
        return {}
    shown = list(sections)
    parts = find_parts(shown)
    versions = {part.version for of_section in parts.values() for part in of_section}
    rows = Statement.objects.filter(not_rejected(), version__in=versions).order_by("version", "number", "pk")
    columns = ("pk", "version_id", "content", "speaker__name__label", "speaker__name__verdict")
    sources: defaultdict[int, list[str]] = defaultdict(list)
    links = StatementLink.objects.filter(
        not_rejected("source__name"), statement__version__in=versions, source__isnull=False
    )
    for statement, label in links.order_by("position").values_list("statement_id", "source__name__label"):
        sources[statement].append(label)
    said: defaultdict[int, list[tuple[list[list[int]], tuple[str, ...], tuple[str, ...]]]] = defaultdict(list)
    for pk, version, content, label, verdict in rows.values_list(*columns):
        by: tuple[str, ...] = (label,) if label and verdict != Verdict.REJECTED else ()
        said[version].append((content, by, tuple(sources.get(pk, ()))))
    found: dict[int, dict[str, list[SaidSpan]]] = {}
    for section in shown:
        of_section: defaultdict[str, list[SaidSpan]] = defaultdict(list)
        for part in parts[section.pk]:
            layout = Layout.of(part, section.heading, section.paragraphs)
            for content, speaker, via in said.get(part.version, ()):
                for piece_start, piece_end in content:
                    for field, start, end in layout.in_fields(piece_start, piece_end):
                        of_section[field].append(SaidSpan(start, end, speaker, via))
        found[section.pk] = dict(of_section)
    return found
