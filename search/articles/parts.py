"""The part of an article's sections that one page shows: so many, in an order, and how many there are in all.

Live pages have thousands of entries, and a page with all of them takes ten seconds. The text of a part alone is
loaded. Only modules of this package import from here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple, Protocol, TypeVar

from django.db.models import Model, QuerySet

from archive.models import Article, ArticleVersion

from ..results import MAX_PART_SECTIONS, SectionOrder
from .sections import PlacedSection, current_rows, place_current, place_in_capture, rows_in_capture


@dataclass(frozen=True)
class Part:
    """The sections on a page, of an article's sections in their order; parts are counted from 1.

    `section_ids` has the ids of all sections in that order if there are several parts; None for text that belongs to
    no section.
    """

    sections: tuple[PlacedSection, ...]
    number: int = 1
    section_ids: tuple[int | None, ...] = ()

    @property
    def count(self) -> int:
        return max(-(-len(self.section_ids) // MAX_PART_SECTIONS), 1)

    @property
    def total(self) -> int:
        return len(self.section_ids) or len(self.sections)

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
    """Which part is wanted: the part with this section, or else with this number; by default the first."""

    number: int = 1
    section: int = 0


FIRST_PART = PartChoice()


def current_part(article: Article, order: SectionOrder, choice: PartChoice = FIRST_PART, *, now: datetime) -> Part:
    """Returns a part of the current article. One query; three where there are several parts."""
    return _load_part(
        current_rows(article, now=now),
        lambda section: place_current(article, section),
        ("pk", "pk", "position", "current__published"),
        order,
        choice,
    )


def captured_part(article: Article, version: ArticleVersion, order: SectionOrder, choice: PartChoice) -> Part:
    """Returns a part of an article in one capture. One query; three where there are several parts."""
    return _load_part(
        rows_in_capture(version),
        lambda placement: place_in_capture(article, placement),
        ("pk", "section_id", "position", "version__published"),
        order,
        choice,
    )


class _Ordered(Protocol):
    """What has a place in the outlet's order, and may have a time."""

    @property
    def published(self) -> datetime | None: ...

    @property
    def outlet_order(self) -> tuple[int, int]: ...


class _Row(NamedTuple):
    """A row of the database, without its text; what orders it is loaded where the database does not order it."""

    pk: int
    section: int | None
    position: int = 0
    published: datetime | None = None

    @property
    def outlet_order(self) -> tuple[int, int]:
        return self.position, self.section or 0


AnyOrdered = TypeVar("AnyOrdered", bound=_Ordered)
AnyModel = TypeVar("AnyModel", bound=Model)


def _load_part(
    rows: QuerySet[AnyModel],
    place: Callable[[AnyModel], PlacedSection],
    columns: tuple[str, ...],
    order: SectionOrder,
    choice: PartChoice,
) -> Part:
    """Returns the part of rows that is wanted; `columns` are those of a _Row."""
    beginning = [place(row) for row in rows[: MAX_PART_SECTIONS + 1]]
    if len(beginning) <= MAX_PART_SECTIONS:
        return Part(tuple(_in_order(beginning, order)))
    if order == "outlet":
        ordered = [_Row(*row) for row in rows.values_list(*columns[:2])]
    else:
        ordered = oldest_first([_Row(*row) for row in rows.values_list(*columns)])
    section_ids = tuple(row.section for row in ordered)
    number = choice.number
    if choice.section in section_ids:
        number = Part.number_of(section_ids.index(choice.section))
    number = min(number, Part.number_of(len(ordered) - 1))
    wanted = [row.pk for row in ordered[(number - 1) * MAX_PART_SECTIONS : number * MAX_PART_SECTIONS]]
    found = rows.in_bulk(wanted)
    return Part(tuple(place(found[pk]) for pk in wanted if pk in found), number, section_ids)


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


def _published(section: _Ordered) -> datetime:
    assert section.published is not None  # noqa: S101
    return section.published
