"""What rules and curators found in sections, as values of their documents: names, statements, days.

Only `documents` imports this; the face has `FIELDS_OF_TYPES`. What a curator rejected has no value; nor has what
stands in words that a section does not show, where a curator changed its heading or divided its text.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from archive.annotating import annotated_text
from archive.batches import in_parts
from archive.models import DayMention, Mention, NameType, Section, Spelling, Statement, StatementLink, not_rejected

from ..engines import FieldValue, SaidText
from ..fields import NAME_FIELDS, SPELLINGS

# The fields of the names that a text has, by their type.
FIELDS_OF_TYPES = dict(zip((NameType.PERSON, NameType.PLACE, NameType.ORGANISATION), NAME_FIELDS, strict=True))
SPEAKER, VIA, EVENT = "speaker", "via", "event"


class _Line(NamedTuple):
    """A line of a version that a section shows: where it begins in the version's annotated text, and there."""

    start: int
    end: int
    shift: int


class _Place(NamedTuple):
    """A section that shows something of a version: all of it as it is, or some lines."""

    section_id: int
    heading_chars: int
    lines: tuple[_Line, ...] | None

    def shift(self, start: int, end: int) -> int | None:
        """Returns how far on a piece of the version is in what the section shows; None if it is not there."""
        if self.lines is None:
            return 0
        return next((line.shift for line in self.lines if line.start <= start and end <= line.end), None)

    def pieces(self, content: Iterable[Sequence[int]]) -> Iterator[tuple[str, int, int]]:
        """Yields the pieces of a statement that the section shows, by the fields in which they are."""
        for start, end in content:
            shift = self.shift(start, end)
            if shift is None:
                continue
            if end + shift <= self.heading_chars:
                yield "heading", start + shift, end + shift
            else:
                # The heading is a line of its own.
                before = self.heading_chars + 1 if self.heading_chars else 0
                yield "text", max(start + shift - before, 0), end + shift - before


class _Name(NamedTuple):
    field: str
    label: str
    spelling: str


class Annotations:
    """What is known of one section."""

    def __init__(self) -> None:
        self._names: defaultdict[str, set[str]] = defaultdict(set)
        self._days: set[tuple[date, date]] = set()
        self._statements: list[SaidText] = []

    def add_name(self, name: "_Name") -> None:
        """Adds a name that the section mentions."""
        self._names[name.field].add(name.label)
        self.add_spelling(name)

    def add_spelling(self, name: "_Name") -> None:
        """Adds how the section spells a name, where that is not its label."""
        if name.spelling != name.label:
            self._names[SPELLINGS].add("\t".join((name.field, name.label, name.spelling)))

    def add_days(self, earliest: date, latest: date) -> None:
        self._days.add((earliest, latest))

    def add_statement(self, statement: SaidText) -> None:
        self._statements.append(statement)
        self._names[SPEAKER].update(statement.speaker)
        self._names[VIA].update(statement.via)

    @property
    def statements(self) -> tuple[SaidText, ...]:
        """The statements, in the order in which they were added."""
        return tuple(self._statements)

    def values(self) -> dict[str, FieldValue]:
        """Returns the values of the fields that have names and days."""
        fields = (*FIELDS_OF_TYPES.values(), SPEAKER, VIA, SPELLINGS)
        names: dict[str, FieldValue] = {field: tuple(sorted(self._names.get(field, ()))) for field in fields}
        return {**names, EVENT: tuple(sorted(self._days))}


NO_ANNOTATIONS = Annotations()


def load_annotations(sections: Sequence[Section]) -> Mapping[int, Annotations]:
    """Returns what is known of each of these sections, which are loaded with their versions, by their numbers.

    Six queries, and one more where some are divided.
    """
    loader = _Loader(sections)
    loader.load_mentions()
    loader.load_statements()
    loader.load_days()
    return loader.found


class _Loader:
    def __init__(self, sections: Sequence[Section]) -> None:
        self.found: dict[int, Annotations] = {section.pk: Annotations() for section in sections}
        self._places = _find_places(sections)
        whole = [version for version, places in self._places.items() if all(place.lines is None for place in places)]
        self._whole, self._divided = sorted(whole), sorted(self._places.keys() - set(whole))
        self._names: dict[int, _Name] = {}

    def load_mentions(self) -> None:
        found: list[tuple[int, int, int, int]] = []
        for some in in_parts(self._whole):
            pairs = Mention.objects.filter(version__in=some).order_by().values_list("version_id", "spelling_id")
            found += [(version, spelling, 0, 0) for version, spelling in pairs.distinct()]
        for some in in_parts(self._divided):
            rows = Mention.objects.filter(version__in=some).order_by()
            found += rows.values_list("version_id", "spelling_id", "start", "end")
        self._load_names({spelling for _, spelling, _, _ in found})
        for version, spelling, start, end in found:
            if name := self._names.get(spelling):
                for place in self._places[version]:
                    if place.shift(start, end) is not None:
                        self.found[place.section_id].add_name(name)

    def load_statements(self) -> None:
        columns = ("pk", "version_id", "speaker_id", "content")
        rows = [
            row
            for some in in_parts(sorted(self._places))
            for row in Statement.objects.filter(not_rejected(), version__in=some)
            .order_by("version", "number")
            .values_list(*columns)
        ]
        sources: defaultdict[int, list[int]] = defaultdict(list)
        for some in in_parts(sorted(self._places)):
            links = StatementLink.objects.filter(
                not_rejected("statement"), statement__version__in=some, source__isnull=False
            )
            for number, source in links.order_by().values_list("statement_id", "source_id"):
                sources[number].append(source)
        self._load_names(
            {speaker for _, _, speaker, _ in rows if speaker} | {pk for some in sources.values() for pk in some}
        )
        for pk, version, speaker, content in rows:
            for place in self._places[version]:
                if pieces := tuple(place.pieces(content)):
                    statement = SaidText(pieces, self._labels([speaker]), self._labels(sources.get(pk, ())))
                    section = self.found[place.section_id]
                    section.add_statement(statement)
                    for spelling in (speaker, *sources.get(pk, ())):
                        if name := self._names.get(spelling or 0):
                            section.add_spelling(name)

    def _labels(self, spellings: Iterable[int | None]) -> tuple[str, ...]:
        names = (self._names.get(spelling or 0) for spelling in spellings)
        return tuple(dict.fromkeys(name.label for name in names if name))

    def load_days(self) -> None:
        columns = ("version_id", "start", "end", "earliest", "latest")
        for some in in_parts(sorted(self._places)):
            rows = DayMention.objects.filter(version__in=some).order_by().values_list(*columns)
            for version, start, end, earliest, latest in rows:
                for place in self._places[version]:
                    if place.shift(start, end) is not None:
                        self.found[place.section_id].add_days(earliest, latest)

    def _load_names(self, spellings: Iterable[int]) -> None:
        """Loads the names of spellings, without those that a curator rejected."""
        for some in in_parts(sorted(set(spellings) - self._names.keys())):
            rows = Spelling.objects.filter(not_rejected("name"), pk__in=some).order_by()
            columns = rows.values_list("pk", "name__type", "name__label", "text")
            self._names |= {
                pk: _Name(FIELDS_OF_TYPES[NameType(kind)], label, text) for pk, kind, label, text in columns
            }


def _find_places(sections: Sequence[Section]) -> dict[int, list[_Place]]:
    """Returns which sections show something of which version. One query where some show words of others."""
    places: defaultdict[int, list[_Place]] = defaultdict(list)
    changed = []
    for section in sections:
        if section.current is None:
            continue
        if section.curated_heading is None and section.divided_text is None:
            places[section.current.pk].append(_Place(section.pk, len(section.heading), None))
        else:
            changed.append(section)
    if changed:
        joined = Section.objects.filter(shown_in__in=[section.pk for section in changed]).select_related("current")
        others: defaultdict[int, list[Section]] = defaultdict(list)
        for other in joined.order_by("position", "pk"):
            others[other.shown_in_id or 0].append(other)
        for section in changed:
            for version, lines in _shown_lines(section, others[section.pk]).items():
                places[version].append(_Place(section.pk, len(section.heading), lines))
    return dict(places)


def _shown_lines(section: Section, joined: Iterable[Section]) -> dict[int, tuple[_Line, ...]]:
    """Returns which lines of which version a section shows: its own, and those of entries that are joined to it."""
    received: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for other in (section, *joined):
        if (version := other.current) is not None:
            for at, line in _lines(annotated_text(version.heading, version.text)):
                received[line].append((version.pk, at))
    shown: defaultdict[int, list[_Line]] = defaultdict(list)
    for at, line in _lines(annotated_text(section.heading, section.text)):
        if line and received[line]:
            version_pk, start = received[line].pop(0)
            shown[version_pk].append(_Line(start, start + len(line), at - start))
    return {version_pk: tuple(lines) for version_pk, lines in shown.items()}


def _lines(text: str) -> Iterable[tuple[int, str]]:
    at = 0
    for line in text.split("\n"):
        yield at, line
        at += len(line) + 1
