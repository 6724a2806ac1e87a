"""Sections of articles, their versions, and their places in captures.

A version is the text of a section in one capture and never changes. The Section row has the state in the latest
capture, and beside it what a curator has set.
"""

from collections.abc import Mapping
from copy import copy
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models.functions import Length
from django.urls import reverse
from django.utils import timezone

from ..search_port import SECTION_PAGE
from ..times import PRECISIONS, OutletTime
from .articles import Article, ArticleVersion
from .captures import Capture, ImmutableModel
from .columns import CURATOR_RULE, PRECISION_CHOICES, Dated, DatedModel, dated_precisely
from .sources import Topic

# Whether a curator split or joined an entry, or what follows from it is still to be taken back.
IS_DIVIDED = models.Q(part_of__isnull=False) | models.Q(joined_to__isnull=False) | models.Q(divided_text__isnull=False)

# Whether a section has words, and shows them itself.
IS_BY_ITSELF = models.Q(current__isnull=False, shown_in__isnull=True)


class Section(models.Model):
    """The unit of search: one dated entry of a live page, or the body (or one headed part) of an article.

    `current` is its latest version and has its words. `gone` is the first capture that no longer had it; `withdrawn`
    says that this capture itself withdraws it, and then the words are those from before. What a curator has set of the
    entry is in columns of its own: captures never write them, and null is as received.

    A curator may split an entry: each part after the first is a row of its own, which is `part_of` the received
    section and has no versions; `current` is that of the received section. Where entries are joined, those after the
    first are `joined_to` it. What follows from that is derived: `divided_text`, and where the words of a section are
    `shown_in` another.
    """

    # What a curator may set of an entry, and the columns with it. A time and its precision are set together.
    CURATED_COLUMNS: ClassVar[dict[str, tuple[str, ...]]] = {
        "heading": ("curated_heading",),
        "published": ("curated_published", "curated_precision"),
        "key_event": ("curated_key_event",),
        "note": ("curated_note",),
        # Which of the received paragraphs are shown here: `archive.curation.divide` derives it.
        "extent": ("divided_text",),
    }
    # What a query loads besides the columns of `current` for what it shows of the entry.
    SHOWN_COLUMNS: ClassVar[tuple[str, ...]] = tuple(name for names in CURATED_COLUMNS.values() for name in names)

    article = models.ForeignKey(Article, models.CASCADE, related_name="sections", db_index=False)
    key = models.CharField("outlet's id of the entry", max_length=300, blank=True)
    position = models.PositiveIntegerField(help_text="The outlet's order, from 0.")
    current = models.ForeignKey(
        "SectionVersion", models.RESTRICT, null=True, editable=False, related_name="current_of"
    )
    gone = models.ForeignKey(Capture, models.PROTECT, null=True, blank=True, related_name="sections_gone")
    withdrawn = models.BooleanField(default=False)
    changed = models.DateTimeField(
        default=timezone.now,
        editable=False,
        help_text="When the archive took it in or last changed what it shows of it.",
    )

    closed_until = models.DateTimeField(
        null=True, editable=False, help_text="The archive has withdrawn it from readers until then, UTC."
    )

    topics = models.ManyToManyField(
        Topic, blank=True, related_name="sections", help_text="In addition to those of its article."
    )
    curated_heading = models.TextField("heading", null=True, blank=True, editable=False)  # noqa: DJ001
    curated_published = models.DateTimeField("time of the entry", null=True, blank=True, editable=False)
    curated_precision = models.CharField(  # noqa: DJ001
        max_length=6, null=True, blank=True, editable=False, help_text="Null: the time is as received."
    )
    curated_key_event = models.BooleanField("key event", null=True, editable=False)
    curated_note = models.TextField("note", null=True, blank=True, editable=False)  # noqa: DJ001
    curated_after = models.PositiveBigIntegerField(
        "place",
        null=True,
        editable=False,
        help_text="The section that a curator put it behind, 0 for the top of the page. Null: the outlet's place.",
    )

    # Without constraints, for which a database would look through all sections where some are deleted: those of an
    # article are deleted together.
    part_of = models.ForeignKey(
        "self",
        models.DO_NOTHING,
        null=True,
        editable=False,
        related_name="parts",
        db_index=False,
        db_constraint=False,
    )
    first_paragraph = models.CharField(
        max_length=64, blank=True, editable=False, help_text="The digest of the paragraph with which a part begins."
    )
    joined_to = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="joined",
        db_index=False,
        db_constraint=False,
        help_text="The section that a curator wants its words to follow.",
    )
    shown_in = models.ForeignKey(
        "self",
        models.DO_NOTHING,
        null=True,
        editable=False,
        related_name="+",
        db_index=False,
        db_constraint=False,
        help_text="The section that shows its words; null: it shows them itself.",
    )
    divided_text = models.TextField(  # noqa: DJ001
        null=True, editable=False, help_text="The text as divided by curators; null: that of the current version."
    )

    # Set by the queries of search: whether the page of its article shows a part of the sections alone.
    is_in_parts: bool = False

    class Meta:
        ordering = ["article", "position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "key"], condition=~models.Q(key=""), name="section_key_unique_in_article"
            ),
            models.CheckConstraint(
                condition=models.Q(curated_published__isnull=True, curated_precision__isnull=True)
                | models.Q(curated_published__isnull=True, curated_precision="")
                | models.Q(curated_published__isnull=False, curated_precision__in=PRECISIONS),
                name="section_curated_time_precise",
            ),
        ]
        indexes = [
            # The order of the list of all sections: the latest articles first, each from its beginning.
            models.Index(fields=["-article", "position"], name="section_in_order"),
            # Few sections are closed, and each query that leaves out their words asks which.
            models.Index(
                fields=["closed_until"], name="section_closed", condition=models.Q(closed_until__isnull=False)
            ),
            # Few are divided, and each capture asks whether its article has some.
            models.Index(fields=["article"], name="section_divided", condition=IS_DIVIDED),
            models.Index(fields=["joined_to"], name="section_joined", condition=models.Q(joined_to__isnull=False)),
            models.Index(fields=["shown_in"], name="section_shown_in", condition=models.Q(shown_in__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.heading or f"Section {self.position + 1}"

    def get_absolute_url(self) -> str:
        """The permalink of the section. It names no words and no article, so that edits of both leave it valid."""
        return reverse(SECTION_PAGE, args=[self.pk])

    @property
    def _version(self) -> "SectionVersion":
        if self.current is None:
            raise ValueError(f"Section {self.pk} has no version: its ingest did not finish.")
        return self.current

    @property
    def curated_fields(self) -> tuple[str, ...]:
        """The names of the values that a curator has set; its topics and its place are apart."""
        return tuple(name for name, columns in self.CURATED_COLUMNS.items() if getattr(self, columns[-1]) is not None)

    @property
    def shown(self) -> "SectionVersion":
        """The current version as readers see it. It is never saved."""
        return self.as_shown(self._version)

    def as_shown(self, version: "SectionVersion") -> "SectionVersion":
        """Returns the current version, however it was loaded, with the values that a curator has set."""
        if not self.curated_fields:
            return version
        shown = copy(version)
        set_curated(shown, {column: getattr(self, column) for column in self.SHOWN_COLUMNS})
        return shown

    @property
    def heading(self) -> str:
        """The heading that readers see."""
        return self._version.heading if self.curated_heading is None else self.curated_heading

    @property
    def text(self) -> str:
        """The text that readers see."""
        return self._version.text if self.divided_text is None else self.divided_text

    @property
    def paragraphs(self) -> list[str]:
        return self.shown.paragraphs

    @property
    def is_moved(self) -> bool:
        """Whether a curator moved it; a part that is put right behind its entry is in its place."""
        return self.curated_after is not None and (self.part_of_id is None or self.curated_after != self.part_of_id)

    @property
    def received(self) -> "Section":
        """The section that captures have: itself, or the one that it is a part of."""
        return self.part_of or self

    @property
    def byline(self) -> str:
        return self._version.byline

    @property
    def published(self) -> datetime | None:
        """The time of the entry itself, not of the page."""
        return self.shown.published

    @property
    def new_since(self) -> datetime:
        """When the readers of the archive last got something new of it.

        That was its last change, or the end of an embargo or of a withdrawal.
        """
        ends = (self.article.embargo, self.article.closed_until, self.closed_until)
        return max([self.changed, *(end for end in ends if end)])

    def is_closed(self, now: datetime) -> bool:
        """Whether the archive has withdrawn the section from readers by itself, apart from its article."""
        return self.closed_until is not None and self.closed_until > now

    @property
    def published_at(self) -> datetime | None:
        return self.published

    @property
    def own_time(self) -> OutletTime | None:
        """The time of the entry itself, on the clock of its outlet."""
        return self.shown.time_published(self.article.source.zone)

    @property
    def time(self) -> OutletTime | None:
        """The time of the entry, else that of its article."""
        return self.shown.time_in(self.article)

    @property
    def last_change(self) -> OutletTime | None:
        """When the outlet last changed the entry, else its article."""
        return self._version.last_change_in(self.article)

    @property
    def full_byline(self) -> str:
        """The byline of the entry, else that of its article."""
        return self._version.byline_in(self.article)

    @property
    def anchor(self) -> str:
        """The fragment of the section on the article's page; it never changes."""
        return f"s{self.pk}"


def mark_changed(sections: models.QuerySet[Section]) -> None:
    """Records that the archive now changes what it shows of these sections. One query."""
    sections.update(changed=timezone.now())


class Entry(Dated):
    """What an entry says itself; what it does not say, its article says."""

    __slots__ = ()

    if TYPE_CHECKING:
        heading: str
        text: str
        byline: str
        key_event: bool
        note: str

    def time_in(self, article: Article) -> OutletTime | None:
        """Returns when the entry was published, else when its article was, on the clock of their outlet."""
        return self.time_published(article.source.zone) or article.time

    def last_change_in(self, article: Article) -> OutletTime | None:
        """Returns when the outlet last changed the entry, else its article, on the clock of their outlet."""
        return self.time_updated(article.source.zone) or article.time_updated(article.source.zone)

    def byline_in(self, article: Article) -> str:
        """Returns the byline of the entry, else that of its article."""
        return self.byline or article.byline


def set_curated(entry: Any, values: Mapping[str, Any]) -> None:
    """Gives an Entry the values that a curator has set, by the columns of Section; None is as received."""
    if values["curated_heading"] is not None:
        entry.heading = values["curated_heading"]
    if values["curated_precision"] is not None:
        entry.published, entry.published_precision = values["curated_published"], values["curated_precision"]
        entry.published_rule, entry.published_offset = CURATOR_RULE if entry.published else "", None
    if values["curated_key_event"] is not None:
        entry.key_event = values["curated_key_event"]
    if values["curated_note"] is not None:
        entry.note = values["curated_note"]
    if values["divided_text"] is not None:
        entry.text = values["divided_text"]


class SectionVersion(Entry, DatedModel, ImmutableModel):
    """The text of a section as first received in one capture, one paragraph a line. Never changed."""

    # Two versions with equal values of these fields say the same.
    COMPARED_FIELDS: ClassVar[tuple[str, ...]] = (
        "words_sha256",
        "byline",
        "published",
        "published_precision",
        "key_event",
        "note",
    )

    section = models.ForeignKey(Section, models.CASCADE, related_name="versions")
    capture = models.ForeignKey(Capture, models.PROTECT, related_name="section_versions")
    number = models.PositiveIntegerField(help_text="From 1.")
    heading = models.TextField(blank=True)
    text = models.TextField(blank=True)
    words_sha256 = models.CharField("SHA-256 of heading and text", max_length=64, db_index=True)
    byline = models.TextField(blank=True)
    published = models.DateTimeField(null=True, blank=True)
    published_precision = models.CharField(max_length=6, blank=True, choices=PRECISION_CHOICES)
    published_given = models.TextField(blank=True)
    published_rule = models.CharField(max_length=100, blank=True)
    updated = models.DateTimeField(null=True, blank=True)
    key_event = models.BooleanField(default=False, help_text="The outlet marks the entry as a key event.")
    note = models.TextField(blank=True, help_text="A note of the outlet about the entry: a correction.")

    class Meta:
        ordering = ["section", "number"]
        constraints = [
            models.UniqueConstraint(fields=["section", "number"], name="section_version_number_unique"),
            models.UniqueConstraint(fields=["section", "capture"], name="section_version_once_a_capture"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="section_version_from_1"),
            models.CheckConstraint(condition=~models.Q(heading="", text=""), name="section_version_says_something"),
            dated_precisely("section_version_precision_known"),
        ]
        # Finds the few that are too long for a spreadsheet.
        indexes = [models.Index(Length("text"), name="section_version_length")]

    def __str__(self) -> str:
        return f"{self.heading or 'Section'}, version {self.number}"

    def get_absolute_url(self) -> str:
        """The permalink of these words; later versions have others."""
        return f"{reverse(SECTION_PAGE, args=[self.section_id])}?version={self.number}"

    @property
    def time(self) -> OutletTime | None:
        """When the entry was published, else its article."""
        return self.time_in(self.section.article)

    @property
    def last_change(self) -> OutletTime | None:
        """When the outlet last changed the entry, else its article."""
        return self.last_change_in(self.section.article)

    @property
    def paragraphs(self) -> list[str]:
        return self.text.split("\n") if self.text else []

    @property
    def says_something(self) -> bool:
        return bool(self.heading or self.text)

    def says_the_same(self, other: "SectionVersion") -> bool:
        return all(getattr(self, name) == getattr(other, name) for name in self.COMPARED_FIELDS)


class Placement(ImmutableModel):
    """The place of a section in one capture of its article, and its version there. Never changed.

    Words that are no version of a section are kept here: those of a summary that was received after the whole article.
    A withdrawn entry may have no words; if it was never received before, it has no section either.
    """

    article_version = models.ForeignKey(ArticleVersion, models.CASCADE, related_name="placements", db_index=False)
    position = models.PositiveIntegerField(help_text="The capture's order, from 0.")
    section = models.ForeignKey(Section, models.CASCADE, null=True, related_name="placements")
    version = models.ForeignKey(SectionVersion, models.CASCADE, null=True, related_name="placements")
    withdrawn = models.BooleanField(default=False, help_text="The capture withdraws the entry.")
    key = models.CharField(
        max_length=300, blank=True, help_text="The outlet's id of the entry in this capture, where it is another."
    )
    updated = models.DateTimeField(null=True, blank=True)
    heading = models.TextField(blank=True)
    text = models.TextField(blank=True)

    class Meta:
        ordering = ["article_version", "position"]
        constraints = [
            models.UniqueConstraint(fields=["article_version", "position"], name="placement_position_once_a_capture"),
            models.UniqueConstraint(fields=["article_version", "section"], name="placement_section_once_a_capture"),
            models.CheckConstraint(
                condition=models.Q(version__isnull=True) | models.Q(section__isnull=False, heading="", text=""),
                name="placement_words_stand_once",
            ),
        ]

    def __str__(self) -> str:
        return f"Place {self.position + 1} in {self.article_version}"
