"""Articles: as received (versions), and as the archive shows them.

A version is what one capture says of the article and never changes. The Article row is what the archive shows: the
values of the latest version, except the fields in `curated_fields`, which a curator has set.
"""

from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import get_script_prefix, reverse
from django.utils.text import slugify

from ..search_port import ARTICLE_PAGE
from ..times import OutletTime
from .captures import Capture, ImmutableModel
from .columns import PRECISION_CHOICES, WEB_URL, DatedModel, dated_precisely, impossible_time, web_address
from .sources import Source, Topic


@lru_cache(maxsize=4)
def _address_around(prefix: str) -> tuple[str, str, str]:
    """Returns what addresses of articles have before, between and after number and words, under a prefix of the site.

    A page links to dozens of articles, and looking up a name takes Django a while.
    """
    before, _, rest = reverse(ARTICLE_PAGE, args=[0, "words"]).rpartition("0")
    between, _, after = rest.rpartition("words")
    return before, between, after


class PublishingStatus(models.TextChoices):
    """Whether an article may be shown, in the vocabulary of IPTC's publishing status."""

    USABLE = "usable", "Usable"
    WITHHELD = "withheld", "Withheld: not shown until its sender releases it"
    CANCELED = "canceled", "Cancelled: withdrawn by its sender"


class ArticleFields(DatedModel):
    """The columns that an article and its versions share."""

    headline = models.TextField()
    standfirst = models.TextField(blank=True)
    byline = models.TextField(blank=True)
    url = models.TextField("URL", blank=True, validators=[WEB_URL])
    language = models.CharField(max_length=20, blank=True, help_text="A BCP 47 code, like en or pt-BR.")
    published = models.DateTimeField(null=True, blank=True, help_text="UTC; empty if unknown.")
    published_precision = models.CharField(max_length=6, blank=True, choices=PRECISION_CHOICES)
    published_rule = models.CharField(max_length=100, blank=True, help_text="How the time is known.")
    updated = models.DateTimeField(null=True, blank=True, help_text="When the outlet last changed it, UTC.")
    status = models.CharField(max_length=10, choices=PublishingStatus, default=PublishingStatus.USABLE)
    embargo = models.DateTimeField(null=True, blank=True, help_text="Not shown before this time, UTC.")
    note = models.TextField(blank=True, help_text="An editor's note: a correction, the reason of a withdrawal.")

    class Meta:
        abstract = True


def is_shown(now: datetime, *, article: str = "") -> models.Q:
    """Returns the condition that every reader may see an article; `article` is the lookup to it.

    It is neither withheld by its sender nor under embargo, neither closed by the archive nor in its trash.
    """
    path = f"{article}__" if article else ""
    free = models.Q(**{f"{path}embargo__isnull": True}) | models.Q(**{f"{path}embargo__lte": now})
    kept = is_open(now, path=path) & models.Q(**{f"{path}trashed__isnull": True})
    return free & ~models.Q(**{f"{path}status": PublishingStatus.WITHHELD}) & kept


def is_hidden(now: datetime) -> models.Q:
    """Returns the condition that readers do not see an article: the opposite of `is_shown`, by what hides it.

    Few articles are hidden, and a database finds them by this; by what is not shown it reads all.
    """
    # A comparison, since SQLite looks up no "is not null" by an index.
    closed = models.Q(closed_until__gt=now) | models.Q(trashed__gt=datetime.min.replace(tzinfo=UTC))
    return closed | models.Q(embargo__gt=now) | models.Q(status=PublishingStatus.WITHHELD)


def is_open(now: datetime, *, path: str = "") -> models.Q:
    """Returns the condition that the archive has not closed an article or a section; `path` leads to it, with `__`."""
    return models.Q(**{f"{path}closed_until__isnull": True}) | models.Q(**{f"{path}closed_until__lte": now})


class Article(ArticleFields):
    """One published page: an ordinary article or a live page."""

    class Kind(models.TextChoices):
        ARTICLE = "article", "Article"
        LIVE = "live", "Live page"

    # What a curator may set. From then on ingest leaves the field alone; versions keep the value as received.
    CURATABLE_FIELDS: ClassVar[tuple[str, ...]] = (
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
    source_rule = models.CharField(
        max_length=60, blank=True, editable=False, help_text="How the source is known, where no document names it."
    )
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.ARTICLE)
    external_id = models.CharField("outlet's id", max_length=300, blank=True, editable=False)
    url_key = models.CharField(max_length=2000, blank=True, editable=False, db_index=True)
    topics = models.ManyToManyField(Topic, blank=True, related_name="articles")
    captures = models.ManyToManyField(Capture, through="ArticleVersion", related_name="articles")
    curated_fields = models.JSONField(default=list, blank=True, editable=False)
    # The last captures that came before a curator set the status, and the embargo: what they brought is freed.
    status_freed_to = models.PositiveBigIntegerField(default=0, editable=False)
    embargo_freed_to = models.PositiveBigIntegerField(default=0, editable=False)
    closed_until = models.DateTimeField(
        null=True, editable=False, help_text="The archive has withdrawn it from readers until then, UTC."
    )
    same_as = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="other_addresses",
        help_text="The article that this is another address of: readers are led there, and no list has this.",
    )
    trashed = models.DateTimeField(
        "in the trash since", null=True, editable=False, help_text="When it was moved to the trash, UTC."
    )

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
            dated_precisely("article_precision_known"),
        ]
        indexes = [
            # Few articles are in the trash.
            models.Index(fields=["trashed"], name="article_trashed", condition=models.Q(trashed__isnull=False)),
            models.Index(fields=["published"]),
            # Few articles are anything but usable.
            models.Index(fields=["status", "published"], name="article_by_status"),
            # Few were ever closed or under embargo: a database finds what is hidden by these, see `is_hidden`.
            models.Index(
                fields=["closed_until"], name="article_closed", condition=models.Q(closed_until__isnull=False)
            ),
            models.Index(fields=["embargo"], name="article_embargo", condition=models.Q(embargo__isnull=False)),
        ]
        permissions: ClassVar = [
            ("view_hidden", "Can see what is withheld, under embargo or withdrawn"),
            ("withdraw_article", "Can withdraw and restore articles and sections"),
            ("change_in_bulk", "Can change many articles at once"),
            ("empty_trash", "Can empty the trash"),
        ]

    def __str__(self) -> str:
        return self.headline

    def get_absolute_url(self) -> str:
        """The page of the article. Its words may change; the number alone finds it."""
        return self.address_for(self.headline)

    def address_for(self, headline: str) -> str:
        """The address of the page with the words of another headline, which leads to it too."""
        before, between, after = _address_around(get_script_prefix())
        return f"{before}{self.pk}{between}{slugify(headline)[:80].strip('-') or 'article'}{after}"

    @property
    def time(self) -> OutletTime | None:
        """When it was published, on the clock of its outlet."""
        return self.time_published(self.source.zone)

    @property
    def last_change(self) -> OutletTime | None:
        """When the outlet last changed it, on the clock of the outlet."""
        return self.time_updated(self.source.zone)

    def clean(self) -> None:
        """Normalizes what a curator entered, and refuses impossible times."""
        with suppress(ValidationError):  # the field itself reports a wrong address
            self.url = web_address(self.url)
        for name in ("headline", "standfirst", "byline", "note"):
            setattr(self, name, getattr(self, name).replace("\r\n", "\n"))  # line ends of browsers
        errors = {}
        for name in ("published", "updated"):
            at: datetime | None = getattr(self, name)
            if at and (reason := impossible_time(at)):
                errors[name] = reason
        if errors:
            raise ValidationError(errors)

    def is_hidden(self, now: datetime) -> bool:
        """Whether readers do not see the article: the opposite of `is_shown`."""
        return self.is_closed(now) or self.is_hidden_anyway(now)

    def is_closed(self, now: datetime) -> bool:
        """Whether the archive has withdrawn the article from readers."""
        return self.closed_until is not None and self.closed_until > now

    def is_hidden_anyway(self, now: datetime) -> bool:
        """Whether readers would not see the article either if the archive had not withdrawn it."""
        is_early = self.embargo is not None and self.embargo > now
        return is_early or self.status == PublishingStatus.WITHHELD or self.trashed is not None


class ArticleVersion(ArticleFields, ImmutableModel):
    """What one capture says of the article as a whole: one row for each article and capture. Never changed."""

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
        help_text="Its placements are exactly its sections; otherwise they are pieced together from other captures.",
    )
    page_number = models.PositiveSmallIntegerField(
        null=True, help_text="Which page this is, from 1, of an article on several pages."
    )
    more_pages = models.BooleanField(null=True, help_text="Whether another page follows; empty where unknown.")
    published_given = models.TextField(blank=True, help_text="The time of publication as written.")
    topic_names = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["article", "capture"], name="article_version_once_a_capture"),
            dated_precisely("article_version_precision_known"),
        ]

    def __str__(self) -> str:
        return f"{self.headline} ({self.capture})"

    @property
    def time(self) -> OutletTime | None:
        """When it was published, on the clock of its outlet."""
        return self.time_published(self.article.source.zone)

    @property
    def last_change(self) -> OutletTime | None:
        """When the outlet last changed it, on the clock of the outlet."""
        return self.time_updated(self.article.source.zone)
