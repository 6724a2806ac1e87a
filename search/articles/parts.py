"""The part of an article's sections that one page shows: so many, in an order, and how many there are in all.

Live pages have thousands of entries, and a page with all of them takes ten seconds. The text of a part alone is
loaded. Only modules of this package import from here.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from django.db.models import Case, CharField, F, IntegerField, Model, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce

from archive.curated_order import arrange
from archive.models import Article, ArticleVersion
from archive.times import OutletTime

from ..results import MAX_PART_SECTIONS, SectionOrder
from .sections import CLOSED, PlacedSection, Viewer, current_rows, place_current, place_in_capture, rows_in_capture


@dataclass(frozen=True)
class Overview:
    """An article's sections in all, whatever part or choice of them a page shows, without those left out of it.

    `first` and `last` are the earliest and the latest time of an entry. `lead` is the anchor of the text that a live
    page has above its entries; empty where it has none.
    """

    sections: int
    key_events: int = 0
    first: OutletTime | None = None
    last: OutletTime | None = None
    lead: str = ""

    @property
    def entries(self) -> int:
        """How many sections there are without the lead."""
        return self.sections - bool(self.lead)


@dataclass(frozen=True)
class EntryFilter:
    """Which entries are wanted: those with these ids (None for any), key events alone. The lead is not among them."""

    section_ids: Collection[int] | None = None
    key_events: bool = False

    def wants(self, row: "_Row") -> bool:
        return (
            not row.is_left_out
            and (self.section_ids is None or row.section in self.section_ids)
            and (not self.key_events or bool(row.key_event))
        )


@dataclass(frozen=True)
class Part:
    """The sections on a page, of an article's sections in their order; parts are counted from 1.

    `section_ids` has the ids of all wanted sections in that order if there are several parts, or if a filter chose
    them; None for text that belongs to no section.
    """

    sections: tuple[PlacedSection, ...]
    overview: Overview
    number: int = 1
    section_ids: tuple[int | None, ...] = ()
    is_filtered: bool = False

    @property
    def count(self) -> int:
        return max(-(-len(self.section_ids) // MAX_PART_SECTIONS), 1)

    @property
    def total(self) -> int:
        return len(self.section_ids) if self.is_filtered else len(self.section_ids) or len(self.sections)

    @property
    def first(self) -> int:
        """The number of its first section among all, from 1."""
        return (self.number - 1) * MAX_PART_SECTIONS + 1

    @property
    def last(self) -> int:
        return self.first + len(self.sections) - 1

    @staticmethod
    def number_of(place: int) -> int:
        """Returns the number of the part with the section at a place among all, which counts from 0."""
        return place // MAX_PART_SECTIONS + 1

    @property
    def previous(self) -> int:
        """The number of the part before; 0 if this is the first."""
        return self.number - 1

    @property
    def next(self) -> int:
        """The number of the part after; 0 if this is the last."""
        return self.number + 1 if self.number < self.count else 0


@dataclass(frozen=True)
class PartChoice:
    """Which part is wanted: the part with this section, or else with this number; by default the first.

    With a filter, it is a part of the entries that the filter chooses.
    """

    number: int = 1
    section: int = 0
    entry_filter: EntryFilter | None = None


FIRST_PART = PartChoice()


def current_part(article: Article, order: SectionOrder, choice: PartChoice = FIRST_PART, *, viewer: Viewer) -> Part:
    """Returns a part of the current article. One query; three at most where there are several parts."""
    return _load_part(
        _Rows(
            current_rows(article, now=viewer.now),
            lambda section: place_current(article, section, sees_all=viewer.sees_all),
            _Columns("pk", _SHOWN_TIME, Coalesce("curated_key_event", "current__key_event"), F("curated_after")),
            is_live=article.kind == Article.Kind.LIVE,
            sees_all=viewer.sees_all,
        ),
        order,
        choice,
    )


def captured_part(
    article: Article, version: ArticleVersion, order: SectionOrder, choice: PartChoice, *, viewer: Viewer
) -> Part:
    """Returns a part of an article in one capture. One query; three at most where there are several parts."""
    return _load_part(
        _Rows(
            rows_in_capture(version, now=viewer.now),
            lambda placement: place_in_capture(article, placement, sees_all=viewer.sees_all),
            _Columns("section_id", F("version__published"), F("version__key_event"), Value(None, IntegerField())),
            is_live=version.kind == Article.Kind.LIVE,
            sees_all=viewer.sees_all,
        ),
        order,
        choice,
    )


class _Ordered(Protocol):
    """What has a place in the outlet's order, and may have a time: an instant, or a text that is ordered like it."""

    @property
    def pk(self) -> int: ...

    @property
    def behind(self) -> int | None: ...

    @property
    def published(self) -> datetime | str | None: ...

    @property
    def outlet_order(self) -> tuple[int, int]: ...


class _Row(NamedTuple):
    """A row of the database without its text. Its time is as the database writes it: reading 30,000 takes 80 ms."""

    pk: int
    section: int | None
    position: int
    published: str | None
    key_event: bool | None
    behind: int | None
    is_left_out: bool

    @property
    def outlet_order(self) -> tuple[int, int]:
        return self.position, self.section or 0


class _Columns(NamedTuple):
    """Where the rows of a query have what a _Row has: on the current page with what curators set."""

    section: str
    published: Combinable
    key_event: Combinable
    behind: Combinable


_SHOWN_TIME = Case(When(curated_precision__isnull=False, then="curated_published"), default="current__published")


AnyOrdered = TypeVar("AnyOrdered", bound=_Ordered)
AnyModel = TypeVar("AnyModel", bound=Model)


@dataclass(frozen=True)
class _Rows(Generic[AnyModel]):
    """The rows of all sections of a page, how one becomes a section at its place, and its columns."""

    rows: QuerySet[AnyModel]
    place: Callable[[AnyModel], PlacedSection]
    columns: _Columns
    is_live: bool
    sees_all: bool

    def load_first(self, count: int) -> dict[int, PlacedSection]:
        return {row.pk: self.place(row) for row in self.rows[:count]}

    def load(self, ids: Collection[int]) -> dict[int, PlacedSection]:
        return {pk: self.place(row) for pk, row in self.rows.in_bulk(ids).items()} if ids else {}

    def list_all(self) -> list[_Row]:
        """Returns all rows without their text, in the outlet's order. One query."""
        names = self.columns
        # As text, since a database that has no type for times converts each of them in Python.
        published = Cast(names.published, CharField())
        columns = ("pk", names.section, "position", published, names.key_event, names.behind, CLOSED)
        return [self._row(*row) for row in self.rows.values_list(*columns)]

    def _row(self, *values: Any) -> _Row:
        pk, section, position, published, key_event, behind, is_closed = values
        if is_closed and not self.sees_all:
            return _Row(pk, section, position, None, None, behind, is_left_out=True)
        return _Row(pk, section, position, published, key_event, behind, is_left_out=False)


def _load_part(source: _Rows[AnyModel], order: SectionOrder, choice: PartChoice) -> Part:
    """Returns the part that is wanted."""
    loaded: dict[int, PlacedSection] = {}
    is_live = source.is_live
    if choice == FIRST_PART:
        loaded = source.load_first(MAX_PART_SECTIONS + 1)
        if len(loaded) <= MAX_PART_SECTIONS:
            placed = _arranged(list(loaded.values()), _at)
            shown = [section for section in placed if not section.is_left_out]
            key_events = sum(section.version.key_event for section in shown)
            overview = _survey(shown, len(shown), key_events, is_live=is_live)
            return Part(tuple(_in_order(placed, order)), overview)
    all_rows = _arranged(source.list_all(), lambda row, place: row._replace(position=place))
    ordered = _in_order(all_rows, order)
    ends = _find_ends(all_rows)
    lead_pk = 0
    if choice.entry_filter:
        # Whether the first section is the lead shows its text, which is loaded with those of the part.
        loaded |= source.load([row.pk for row in ends])
        lead_pk = ends[0].pk if ends and _is_lead(loaded.get(ends[0].pk), is_live=is_live) else 0
        ordered = [row for row in ordered if row.pk != lead_pk and choice.entry_filter.wants(row)]
    section_ids = tuple(row.section for row in ordered)
    number = choice.number
    if choice.section in section_ids:
        number = Part.number_of(section_ids.index(choice.section))
    number = min(number, Part.number_of(max(len(ordered) - 1, 0)))
    wanted = [row.pk for row in ordered[(number - 1) * MAX_PART_SECTIONS : number * MAX_PART_SECTIONS]]
    loaded |= source.load({*wanted, *(row.pk for row in ends)} - loaded.keys())
    at_ends = [loaded[row.pk] for row in ends if row.pk in loaded]
    key_events = sum(bool(row.key_event) for row in all_rows)
    count = sum(not row.is_left_out for row in all_rows)
    overview = _survey(at_ends, count, key_events, is_live=is_live)
    places = {row.pk: row.position for row in all_rows if row.pk in loaded}
    sections = tuple(_at(loaded[pk], places[pk]) for pk in wanted if pk in loaded)
    is_whole = choice.entry_filter is None and len(all_rows) <= MAX_PART_SECTIONS
    return Part(sections, overview, number, () if is_whole else section_ids, choice.entry_filter is not None)


def _at(section: PlacedSection, place: int) -> PlacedSection:
    return section if section.position == place else replace(section, position=place)


def _arranged(sections: list[AnyOrdered], at_place: Callable[[AnyOrdered, int], AnyOrdered]) -> list[AnyOrdered]:
    """Returns sections that are in the outlet's order in that of readers, each at its place in it."""
    moves = {section.pk: section.behind for section in sections if section.behind is not None}
    if not moves:
        return sections
    by_number = {section.pk: section for section in sections}
    return [at_place(by_number[pk], place) for place, pk in enumerate(arrange(list(by_number), moves))]


def _find_ends(rows: Sequence[_Row]) -> list[_Row]:
    """Returns the row that is on top, then the rows with the earliest and the latest time."""
    shown = [row for row in rows if not row.is_left_out]
    dated = [row for row in shown if row.published]
    return [*shown[:1], *([min(dated, key=_published), max(dated, key=_published)] if dated else [])]


def _survey(sections: Sequence[PlacedSection], count: int, key_events: int, *, is_live: bool) -> Overview:
    """Returns the overview of so many sections, of which these are the first and those with the outermost times."""
    has_lead = count > 1 and bool(sections) and _is_lead(sections[0], is_live=is_live)
    dated = [section for section in sections if section.time]
    return Overview(
        sections=count,
        key_events=key_events,
        first=min(dated, key=_published).time if dated else None,
        last=max(dated, key=_published).time if dated else None,
        lead=sections[0].anchor if has_lead else "",
    )


def _is_lead(section: PlacedSection | None, *, is_live: bool) -> bool:
    """Whether the section on top of a page is its lead: a text without a heading and a time."""
    return is_live and section is not None and not (section.version.heading or section.published)


def _in_order(sections: Sequence[AnyOrdered], order: SectionOrder) -> list[AnyOrdered]:
    return oldest_first(sections) if order == "oldest" else list(sections)


def oldest_first(sections: Sequence[AnyOrdered]) -> list[AnyOrdered]:
    """Returns the sections by their own times; those without a time come first, in the outlet's order.

    Sections with equal times are in the order in which they came to the page: the lower first, where the outlet puts
    the newest on top.
    """
    in_outlet_order = sorted(sections, key=lambda section: section.outlet_order)
    undated = [section for section in in_outlet_order if not section.published]
    dated = [section for section in in_outlet_order if section.published]
    steps = list(pairwise(map(_published, dated)))
    newest_on_top = sum(first > second for first, second in steps) > sum(first < second for first, second in steps)
    return undated + sorted(reversed(dated) if newest_on_top else dated, key=_published)


def _published(section: _Ordered) -> Any:
    """Returns the time, as an instant or as the database writes it: the same for all sections of a list."""
    return section.published
