"""What rules and curators found in sections, as values of their documents: names, statements, days.

Only `documents` imports this; the face has `FIELDS_OF_TYPES`. What a curator rejected has no value; nor has a name
that no shown text spells (`archive.models.shown_names`), nor what stands in words that a section does not show,
where a curator changed its heading or divided its text.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from archive.batches import in_parts
from archive.curation import load_parts
from archive.models import (
    DayMention,
    Mention,
    NameType,
    Section,
    Spelling,
    Statement,
    StatementLink,
    is_named,
    not_rejected,
)
from archive.shown_places import Layout, Part

from ..engines import FieldValue, SaidText
from ..fields import NAME_FIELDS, SPELLINGS

# The fields of the names that a text has, by their type.
FIELDS_OF_TYPES = dict(zip((NameType.PERSON, NameType.PLACE, NameType.ORGANISATION), NAME_FIELDS, strict=True))
SPEAKER, VIA, EVENT = "speaker", "via", "event"


class _Place(NamedTuple):
    """A section that shows something of a version. Without a layout, it shows all of it as it was received.

    `order` is the place of the version among those of the section.
    """

    section_id: int
    layout: Layout | None
    order: int = 0

    def shows(self, start: int, end: int) -> bool:
        """Whether the section shows any of a piece of the version."""
        return self.layout is None or bool(self.layout.place(start, end))


class _Name(NamedTuple):
    pk: int
    field: str
    label: str
    spelling: str
    is_spelt_openly: bool


class Annotations:
    """What is known of one section."""

    def __init__(self) -> None:
        self._names: defaultdict[str, set[str]] = defaultdict(set)
        self._days: set[tuple[date, date]] = set()
        self._statements: list[tuple[int, SaidText]] = []

    def add_name(self, name: "_Name") -> None:
        """Adds a name that the section mentions."""
        self._names[name.field].add(name.label)
        self.add_spelling(name)

    def add_spelling(self, name: "_Name") -> None:
        """Adds how the section spells a name, where that is not its label and no word that only hidden texts have."""
        if name.is_spelt_openly and name.spelling != name.label:
            self._names[SPELLINGS].add("\t".join((name.field, name.label, name.spelling)))

    def add_days(self, earliest: date, latest: date) -> None:
        self._days.add((earliest, latest))

    def add_statement(self, statement: SaidText, order: int) -> None:
        """Adds a statement of the version at a place among those of the section."""
        self._statements.append((order, statement))
        self._names[SPEAKER].update(statement.speaker)
        self._names[VIA].update(statement.via)

    @property
    def statements(self) -> tuple[SaidText, ...]:
        """The statements, version by version, in the order in which they were added."""
        return tuple(statement for _, statement in sorted(self._statements, key=lambda pair: pair[0]))

    def values(self) -> dict[str, FieldValue]:
        """Returns the values of the fields that have names and days."""
        fields = (*FIELDS_OF_TYPES.values(), SPEAKER, VIA, SPELLINGS)
        names: dict[str, FieldValue] = {field: tuple(sorted(self._names.get(field, ()))) for field in fields}
        return {**names, EVENT: tuple(sorted(self._days))}


NO_ANNOTATIONS = Annotations()


def load_annotations(sections: Sequence[Section]) -> Mapping[int, Annotations]:
    """Returns what is known of each of these sections, which are loaded with their versions, by their numbers.

    Seven queries, and more where some are divided: see `_find_places`.
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
        whole = [version for version, places in self._places.items() if all(place.layout is None for place in places)]
        self._whole, self._divided = sorted(whole), sorted(self._places.keys() - set(whole))
        self._received = {section.current.pk: section.current for section in sections if section.current}
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
                    if place.shows(start, end):
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
        named = self._names_in({version for _, version, _, _ in rows})
        layouts: dict[int, Layout] = {}
        for pk, version, speaker, content in rows:
            by = self._names[speaker].pk if speaker in self._names else 0
            naming = tuple(
                dict.fromkeys(
                    name
                    for start, end, name in named.get(version, ())
                    if any(start < last and first < end for first, last in content)
                )
            )
            labels = self._labels([speaker]), self._labels(sources.get(pk, ()))
            for place in self._places[version]:
                # Only a version that a section shows as it is has been loaded: parts may be of others.
                layout = (
                    place.layout or layouts.get(version) or layouts.setdefault(version, self._as_received(version))
                )
                if pieces := tuple(piece for span in content for piece in layout.in_fields(*span)):
                    section = self.found[place.section_id]
                    section.add_statement(SaidText(pieces, *labels, pk, by, naming), place.order)
                    for spelling in (speaker, *sources.get(pk, ())):
                        if name := self._names.get(spelling or 0):
                            section.add_spelling(name)

    def _as_received(self, version: int) -> Layout:
        received = self._received[version]
        return Layout.of(
            Part.whole(version, received.heading, received.paragraphs), received.heading, received.paragraphs
        )

    def _names_in(self, versions: Iterable[int]) -> dict[int, list[tuple[int, int, int]]]:
        """Returns where versions mention which names: the start, the end, and the number of the name."""
        found: defaultdict[int, list[tuple[int, int, int]]] = defaultdict(list)
        for some in in_parts(sorted(versions)):
            rows = Mention.objects.filter(version__in=some).order_by("start")
            for version, spelling, start, end in rows.values_list("version_id", "spelling_id", "start", "end"):
                if spelling in self._names:
                    found[version].append((start, end, self._names[spelling].pk))
        return found

    def _labels(self, spellings: Iterable[int | None]) -> tuple[str, ...]:
        names = (self._names.get(spelling or 0) for spelling in spellings)
        return tuple(dict.fromkeys(name.label for name in names if name))

    def load_days(self) -> None:
        columns = ("version_id", "start", "end", "earliest", "latest")
        for some in in_parts(sorted(self._places)):
            rows = DayMention.objects.filter(version__in=some).order_by().values_list(*columns)
            for version, start, end, earliest, latest in rows:
                for place in self._places[version]:
                    if place.shows(start, end):
                        self.found[place.section_id].add_days(earliest, latest)

    def _load_names(self, spellings: Iterable[int]) -> None:
        """Loads the names of spellings: those that readers may meet."""
        for some in in_parts(sorted(set(spellings) - self._names.keys())):
            rows = Spelling.objects.filter(is_named("name"), pk__in=some).order_by()
            columns = rows.values_list("pk", "name_id", "name__type", "name__label", "text", "shown")
            self._names |= {
                pk: _Name(name, FIELDS_OF_TYPES[NameType(kind)], label, text, shown)
                for pk, name, kind, label, text, shown in columns
            }


def _find_places(sections: Sequence[Section]) -> dict[int, list[_Place]]:
    """Returns which sections show something of which version. Five queries more for an article with divided ones."""
    places: defaultdict[int, list[_Place]] = defaultdict(list)
    divided = [section.pk for section in sections if section.current and section.divided_text is not None]
    parts = load_parts(divided) if divided else {}
    for section in sections:
        version = section.current
        if version is None:
            continue
        if section.curated_heading is None and section.divided_text is None:
            places[version.pk].append(_Place(section.pk, None))
            continue
        whole = Part.whole(version.pk, version.heading, version.paragraphs)
        for order, part in enumerate(parts.get(section.pk, (whole,))):
            layout = Layout.of(part, section.heading, section.paragraphs)
            places[part.version].append(_Place(section.pk, layout, order))
    return dict(places)
