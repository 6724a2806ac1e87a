"""Articles and their sections: as received, and as they stand.

A version is what one capture said and never changes. The Article row is what the archive shows: the latest
version, except for the fields that a curator has set, whose names stand in `curated_fields`.
"""

from contextlib import suppress
from datetime import datetime
from typing import ClassVar
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from ..search_port import ARTICLE_PAGE, SECTION_PAGE
from ..times import MAX_AHEAD_OF_UTC, MIN_YEAR, PRECISIONS
from .captures import Capture, ImmutableModel

UNKNOWN_SOURCE = "Unknown source"
PRECISION_CHOICES = [(name, f"to the {name}") for name in PRECISIONS]
WEB_URL = URLValidator(schemes=["http", "https"])


def web_address(url: str) -> str:
    """Returns a web address with its scheme in small letters, in which the database asks for it.

    Raises ValidationError for what is no web address.
    """
    WEB_URL(url)
    scheme, mark, rest = url.partition("://")
    return scheme.lower() + mark + rest


def _check_name(named: "Source | Topic") -> None:
    """Raises ValidationError where another of them has the name already, in any case."""
    others = type(named)._default_manager.exclude(pk=named.pk).alias(folded=Lower("name"))
    other = others.filter(folded=Lower(models.Value(named.name))).first()
    if other:
        kind = named._meta.verbose_name
        cure = f"Give its articles this {kind}, or choose another name."
        raise ValidationError({"name": f"There is a {kind} “{other.name}” already. {cure}"})


def validate_zone(name: str) -> None:
    """Raises ValidationError for what is no zone of the IANA time zone database."""
    if name not in available_timezones():
        raise ValidationError(f"{name!r} is no time zone; write it like Europe/London.")


class Source(models.Model):
    """Who published: an outlet, an agency, an official channel."""

    class Kind(models.TextChoices):
        OUTLET = "outlet", "Outlet"
        AGENCY = "agency", "Agency"
        CHANNEL = "channel", "Official channel"

    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.OUTLET)
    homepage = models.CharField(max_length=500, blank=True, validators=[WEB_URL])
    zone = models.CharField(
        "time zone",
        max_length=60,
        blank=True,
        validators=[validate_zone],
        help_text="Whose clock its times show that come without a zone, like Europe/London; else UTC.",
    )
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(Lower("name"), name="source_name_unique"),
            models.CheckConstraint(condition=~models.Q(name=""), name="source_has_a_name"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["outlet", "agency", "channel"]), name="source_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Says in words what the constraint would refuse."""
        _check_name(self)


class Topic(models.Model):
    """A subject heading that a curator gives, or that came with the article."""

    name = models.CharField(max_length=200)
    note = models.TextField(blank=True, help_text="What belongs under this heading, and what does not.")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(Lower("name"), name="topic_name_unique"),
            models.CheckConstraint(condition=~models.Q(name=""), name="topic_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Says in words what the constraint would refuse."""
        _check_name(self)


class PublishingStatus(models.TextChoices):
    """May it be shown? The vocabulary of IPTC's publishing status."""

    USABLE = "usable", "Usable"
    WITHHELD = "withheld", "Withheld: not shown until its sender says so"
    CANCELED = "canceled", "Cancelled: withdrawn by its sender"


class ArticleFields(models.Model):
    """What a page says of itself as a whole: the columns that an article and its versions share."""

    headline = models.TextField()
    standfirst = models.TextField(blank=True)
    byline = models.TextField(blank=True)
    url = models.TextField("URL", blank=True, validators=[WEB_URL])
    language = models.CharField(max_length=20, blank=True, help_text="A BCP 47 code, like en or pt-BR.")
    published = models.DateTimeField(null=True, blank=True, help_text="UTC; empty where it is not known.")
    published_precision = models.CharField(max_length=6, blank=True, choices=PRECISION_CHOICES)
    published_rule = models.CharField(max_length=100, blank=True, help_text="How the time is known.")
    updated = models.DateTimeField(null=True, blank=True, help_text="The outlet's own time of change, UTC.")
    status = models.CharField(max_length=10, choices=PublishingStatus, default=PublishingStatus.USABLE)
    embargo = models.DateTimeField(null=True, blank=True, help_text="Not shown before this time, UTC.")
    note = models.TextField(blank=True, help_text="What an editor says about it: a correction, why it was withdrawn.")

    class Meta:
        abstract = True


def is_shown(now: datetime, *, article: str = "") -> models.Q:
    """Returns the condition that an article is neither withheld nor under embargo; `article` is the path to it."""
    path = f"{article}__" if article else ""
    free = models.Q(**{f"{path}embargo__isnull": True}) | models.Q(**{f"{path}embargo__lte": now})
    return free & ~models.Q(**{f"{path}status": PublishingStatus.WITHHELD})


def _dated_precisely(name: str) -> models.CheckConstraint:
    """A time has a precision, and a time that is not known has none."""
    return models.CheckConstraint(
        condition=models.Q(published__isnull=True, published_precision="")
        | models.Q(published__isnull=False, published_precision__in=PRECISIONS),
        name=name,
        violation_error_message="Give the time of publication and its precision, or neither.",
    )


class Article(ArticleFields):
    """One published page: an ordinary article or a live page."""

    class Kind(models.TextChoices):
        ARTICLE = "article", "Article"
        LIVE = "live", "Live page"

    # What a curator may set; ingest leaves such a field alone from then on, and the versions keep what was received.
    CURATED: ClassVar[tuple[str, ...]] = (
        "source",
        "kind",
        "headline",
        "standfirst",
        "byline",
        "url",
        "language",
        "published",
        "updated",
        "topics",
        "status",
        "embargo",
        "note",
    )

    source = models.ForeignKey(Source, models.PROTECT, related_name="articles")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.ARTICLE)
    external_id = models.CharField("outlet's id", max_length=300, blank=True, editable=False)
    url_key = models.CharField(max_length=2000, blank=True, editable=False, db_index=True)
    topics = models.ManyToManyField(Topic, blank=True, related_name="articles")
    captures = models.ManyToManyField(Capture, through="ArticleVersion", related_name="articles")
    curated_fields = models.JSONField(default=list, blank=True, editable=False)

    class Meta:
        ordering = ["-published", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~models.Q(external_id=""),
                name="article_id_unique_in_source",
            ),
            models.CheckConstraint(condition=~models.Q(headline=""), name="article_has_a_headline"),
            models.CheckConstraint(condition=models.Q(kind__in=["article", "live"]), name="article_kind_known"),
            models.CheckConstraint(
                condition=models.Q(url="")
                | models.Q(url__startswith="http://")
                | models.Q(url__startswith="https://"),
                name="article_url_is_web_address",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=PublishingStatus.values), name="article_status_known"
            ),
            _dated_precisely("article_precision_known"),
        ]
        indexes = [models.Index(fields=["published"])]

    def __str__(self) -> str:
        return self.headline

    def get_absolute_url(self) -> str:
        return reverse(ARTICLE_PAGE, args=[self.pk, slugify(self.headline)[:80].strip("-") or "article"])

    def clean(self) -> None:
        """Puts what a curator writes as the database asks for it, and refuses times that cannot be.

        What is no address its field has said already.
        """
        with suppress(ValidationError):
            self.url = web_address(self.url)
        for name in ("headline", "standfirst", "byline", "note"):
            setattr(self, name, getattr(self, name).replace("\r\n", "\n"))  # as browsers end lines
        impossible = {}
        for name in ("published", "updated"):
            at: datetime | None = getattr(self, name)
            if at and at.year < MIN_YEAR:
                impossible[name] = f"The year {at.year} is before the first newspaper ({MIN_YEAR})."
            elif at and at > timezone.now() + MAX_AHEAD_OF_UTC:
                impossible[name] = f"{at:%Y-%m-%d %H:%M} UTC is still to come; what is not to be shown has an embargo."
        if impossible:
            raise ValidationError(impossible)

    def is_held(self, now: datetime) -> bool:
        """Whether only curators see it: withheld, or under embargo still."""
        return self.status == PublishingStatus.WITHHELD or (self.embargo is not None and self.embargo > now)


class ArticleVersion(ArticleFields, ImmutableModel):
    """What one capture said of the article as a whole: one row an article and capture. Never changed."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="versions")
    capture = models.ForeignKey(Capture, models.PROTECT, related_name="article_versions")
    kind = models.CharField(max_length=10, choices=Article.Kind)
    source_name = models.CharField(max_length=200, blank=True)
    external_id = models.CharField("outlet's id", max_length=300, blank=True, db_index=True)
    partial = models.BooleanField(
        default=False, help_text="Not all of its words: the summary of a feed, a page that was cut off."
    )
    sections_recorded = models.BooleanField(
        default=False,
        help_text="Its placements are its sections in its order; else they are pieced together, as far as that goes.",
    )
    published_given = models.TextField(blank=True, help_text="The time of publication as it was written.")
    topic_names = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["article", "capture"], name="article_version_once_a_capture"),
            _dated_precisely("article_version_precision_known"),
        ]

    def __str__(self) -> str:
        return f"{self.headline} ({self.capture})"


class Section(models.Model):
    """The unit of search: one dated entry of a live page, or the body (or one headed part) of an article.

    `current` is its latest version and holds its words; `gone` is the first capture that no longer had it, and
    `withdrawn` whether that capture says so itself: then the words are those from before.
    """

    article = models.ForeignKey(Article, models.CASCADE, related_name="sections")
    key = models.CharField("outlet's id of the entry", max_length=300, blank=True)
    position = models.PositiveIntegerField(help_text="The outlet's order, from 0.")
    current = models.OneToOneField(
        "SectionVersion", models.RESTRICT, null=True, editable=False, related_name="current_of"
    )
    gone = models.ForeignKey(Capture, models.PROTECT, null=True, blank=True, related_name="sections_gone")
    withdrawn = models.BooleanField(default=False)

    class Meta:
        ordering = ["article", "position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "key"], condition=~models.Q(key=""), name="section_key_unique_in_article"
            )
        ]

    def __str__(self) -> str:
        return self.heading or f"Section {self.position + 1}"

    def get_absolute_url(self) -> str:
        """The section's permalink: it names no words and no article, so it outlives the edits of both."""
        return reverse(SECTION_PAGE, args=[self.pk])

    @property
    def _version(self) -> "SectionVersion":
        if self.current is None:
            raise ValueError(f"Section {self.pk} has no version; its ingest did not finish.")
        return self.current

    @property
    def heading(self) -> str:
        return self._version.heading

    @property
    def text(self) -> str:
        return self._version.text

    @property
    def paragraphs(self) -> list[str]:
        return self._version.paragraphs

    @property
    def byline(self) -> str:
        return self._version.byline

    @property
    def published(self) -> datetime | None:
        """The entry's own time, not the page's."""
        return self._version.published

    @property
    def anchor(self) -> str:
        """The section's fragment on the article's page; it never changes."""
        return f"s{self.pk}"


class SectionVersion(ImmutableModel):
    """The text of a section as first seen in one capture: paragraphs, one a line. Never changed."""

    # Two versions that are equal in these say the same.
    SAYS: ClassVar[tuple[str, ...]] = (
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
    note = models.TextField(blank=True, help_text="What the outlet says about the entry: a correction.")

    class Meta:
        ordering = ["section", "number"]
        constraints = [
            models.UniqueConstraint(fields=["section", "number"], name="section_version_number_unique"),
            models.UniqueConstraint(fields=["section", "capture"], name="section_version_once_a_capture"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="section_version_from_1"),
            models.CheckConstraint(condition=~models.Q(heading="", text=""), name="section_version_says_something"),
            _dated_precisely("section_version_precision_known"),
        ]

    def __str__(self) -> str:
        return f"{self.heading or 'Section'}, version {self.number}"

    def get_absolute_url(self) -> str:
        """The permalink of these very words, whatever the section says later."""
        return f"{reverse(SECTION_PAGE, args=[self.section_id])}?version={self.number}"

    @property
    def paragraphs(self) -> list[str]:
        return self.text.split("\n") if self.text else []

    @property
    def says_something(self) -> bool:
        return bool(self.heading or self.text)

    def says_the_same(self, other: "SectionVersion") -> bool:
        return all(getattr(self, name) == getattr(other, name) for name in self.SAYS)


class Placement(ImmutableModel):
    """A section in one capture of its article: at which place it stood, in which version. Never changed.

    Words that are no version of a section stand here: those of a summary that came after the whole article. An entry
    that the outlet withdrew may have no words at all; one that was never received before has no section either.
    """

    article_version = models.ForeignKey(ArticleVersion, models.CASCADE, related_name="placements", db_index=False)
    position = models.PositiveIntegerField(help_text="The capture's order, from 0.")
    section = models.ForeignKey(Section, models.CASCADE, null=True, related_name="placements")
    version = models.ForeignKey(SectionVersion, models.CASCADE, null=True, related_name="placements")
    withdrawn = models.BooleanField(default=False, help_text="The capture says that the entry was taken back.")
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
