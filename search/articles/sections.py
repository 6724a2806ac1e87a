"""The sections of an article at their places: the current sections, and those of one capture.

Ingest records a placement for each section of a capture. Captures from before placements existed have reconstructed
placements, and their `ArticleVersion.sections_recorded` is false. Only modules of this package import from here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TypeVar

from django.db.models import BooleanField, ExpressionWrapper, Model, Q, QuerySet
from django.utils.text import Truncator

from archive.items import SectionItem
from archive.models import (
    IS_BY_ITSELF,
    Article,
    ArticleVersion,
    Capture,
    Placement,
    Section,
    SectionVersion,
    has_usable_words,
    is_closed,
    withdrawn_words,
)
from archive.times import OutletTime

AnyModel = TypeVar("AnyModel", bound=Model)
# A section without a heading is labelled by its first words.
_MAX_LABEL_WORDS = 12
# Only a withdrawn entry can be without words.
_WITHDRAWN_LABEL = "Withdrawn entry"


@dataclass(frozen=True)
class Viewer:
    """Who reads, and when: `sees_all` says that the reader sees what the archive has withdrawn from others."""

    now: datetime
    sees_all: bool = False


@dataclass(frozen=True)
class PlacedSection:
    """A section on a page: its text and its position there.

    `section` is None for an entry that the archive never received, and for text that belongs to no section. The
    version's number is 0 where the text is no stored version; that text is empty for a withdrawn entry. `gone` is
    the first capture without the section. On the current page, `version` has what curators set, `received` is the
    version without it, and `behind` is the section that a curator put this one behind, 0 for the top. `is_closed` says
    that the archive has withdrawn its words from readers, and `is_left_out` that this reader does not see them either.
    """

    version: SectionVersion
    position: int
    section: Section | None
    withdrawn: bool = False
    updated: datetime | None = None
    gone: Capture | None = None
    behind: int | None = None
    received: SectionVersion | None = None
    is_closed: bool = False
    is_left_out: bool = False

    @property
    def pk(self) -> int:
        """The number of the section; 0 for text that belongs to no section."""
        return self.section.pk if self.section else 0

    @property
    def is_divided(self) -> bool:
        """Whether its text is not that of its version: a curator split or joined it."""
        return self.received is not None and self.section is not None and self.section.divided_text is not None

    @property
    def anchor(self) -> str:
        """The fragment that names the section in the URL of the article's page."""
        return self.section.anchor if self.section else f"p{self.position}"

    @property
    def outlet_order(self) -> tuple[int, int]:
        """The sort key for the outlet's order."""
        return self.position, self.pk

    @property
    def published(self) -> datetime | None:
        return self.version.published

    @cached_property
    def time(self) -> OutletTime | None:
        """When the entry itself was published, on the clock of its outlet."""
        if self.section is None or self.published is None:
            return None
        return self.version.time_published(self.section.article.source.zone)

    @cached_property
    def last_change(self) -> OutletTime | None:
        """When the outlet last changed the entry; None if it did so as it published it."""
        if self.updated is None or self.updated == self.published or self.section is None:
            return None
        offset = self.version.updated_offset if self.updated == self.version.updated else None
        return SectionVersion(updated=self.updated, updated_offset=offset).time_updated(
            self.section.article.source.zone
        )

    @cached_property
    def label(self) -> str:
        """The section's heading, or its first words."""
        return self.version.heading or self._first_words() or _WITHDRAWN_LABEL

    def _first_words(self) -> str:
        return Truncator(self.version.text.replace("\n", " ")).words(_MAX_LABEL_WORDS)


# The annotation of rows of which the archive has withdrawn the words from readers.
CLOSED = "is_closed_here"


def current_rows(article: Article, *, now: datetime) -> QuerySet[Section]:
    """Returns an article's sections with their current versions, in the outlet's order.

    Sections whose words another section shows are left out. Those that are gone from the outlet's page are included,
    and those that the archive has withdrawn, marked as CLOSED. Those with words that are withheld are left out, unless
    the whole article is: only curators read that.
    """
    sections = article.sections.filter(IS_BY_ITSELF).select_related("current", "gone").prefetch_related("topics")
    if not article.is_hidden(now):
        sections = sections.filter(has_usable_words(now))
    return _mark_closed(sections, is_closed(now)).order_by("position", "id")


def _mark_closed(rows: QuerySet[AnyModel], condition: Q) -> QuerySet[AnyModel]:
    marked: QuerySet[AnyModel] = rows.annotate(**{CLOSED: ExpressionWrapper(condition, BooleanField())})
    return marked


def place_current(article: Article, section: Section, *, sees_all: bool) -> PlacedSection:
    """Returns a section of `current_rows` at its place, without its words if it is closed to this reader."""
    is_closed = bool(getattr(section, CLOSED))
    if is_closed and not sees_all:
        return _leave_out(article, section.position, section, behind=section.curated_after)
    version = section.shown
    _link(article, section, version)
    return PlacedSection(
        version,
        section.position,
        section,
        section.withdrawn,
        version.updated,
        section.gone,
        section.curated_after,
        section.current,
        is_closed,
    )


def rows_in_capture(version: ArticleVersion, *, now: datetime) -> QuerySet[Placement]:
    """Returns the placements in the capture of `version` with their texts, in that capture's order.

    Those with words that the archive has withdrawn are marked as CLOSED.
    """
    of_section, of_none = withdrawn_words(now)
    placements = version.placements.select_related("section", "version")
    return _mark_closed(placements, of_section | of_none).order_by("position")


def describe_counts(counts: Mapping[str, int]) -> str:
    """Returns how many sections became what, in words: "2 sections new, 1 gone". Zero counts are left out."""
    phrases: list[str] = []
    for kind, count in counts.items():
        if count:
            noun = "" if phrases else " section" if count == 1 else " sections"
            phrases.append(f"{count:,}{noun} {kind}")
    return ", ".join(phrases)


def place_in_capture(article: Article, placement: Placement, *, sees_all: bool) -> PlacedSection:
    """Returns a placement of `rows_in_capture` at its place, without its words if they are closed to this reader."""
    is_closed = bool(getattr(placement, CLOSED))
    if is_closed and not sees_all:
        return _leave_out(article, placement.position, placement.section)
    version = placement.version
    if version is None:
        # The placement has a text of its own; what compares versions needs its hash.
        item = SectionItem(tuple(placement.text.split("\n")) if placement.text else (), heading=placement.heading)
        version = SectionVersion(
            number=0, heading=placement.heading, text=placement.text, words_sha256=item.words_sha256
        )
    if placement.section:
        _link(article, placement.section, version)
    return PlacedSection(
        version,
        placement.position,
        placement.section,
        placement.withdrawn,
        placement.updated,
        is_closed=is_closed,
    )


def _leave_out(
    article: Article, position: int, section: Section | None, *, behind: int | None = None
) -> PlacedSection:
    version = SectionVersion(number=0)
    if section:
        _link(article, section, version)
    return PlacedSection(version, position, section, behind=behind, is_closed=True, is_left_out=True)


def _link(article: Article, section: Section, version: SectionVersion) -> None:
    """Sets the relations that a permalink and the models follow, which saves a query for each section."""
    section.article = article
    version.section = section
