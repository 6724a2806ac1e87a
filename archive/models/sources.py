"""Sources and topics: named rows that articles have. Their names are unique in any case."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower

from .columns import WEB_URL, validate_zone

# The source of documents that name none.
UNKNOWN_SOURCE = "Unknown source"


def _check_name(named: "Source | Topic") -> None:
    """Raises ValidationError where another source or topic has the name, in any case."""
    others = type(named)._default_manager.exclude(pk=named.pk).alias(folded=Lower("name"))
    other = others.filter(folded=Lower(models.Value(named.name))).first()
    if other:
        kind = named._meta.verbose_name
        cure = f"Give its articles this {kind}, or choose another name."
        raise ValidationError({"name": f"There is a {kind} “{other.name}” already. {cure}"})


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
        help_text="For times without a zone and the days of times without an offset, like Europe/London; by default "
        "UTC.",
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
        permissions: ClassVar = [("merge_names", "Can merge sources or topics")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuses a duplicate name with a message for people, before the constraint does."""
        _check_name(self)


class Topic(models.Model):
    """A subject heading, given by a curator or received with the article."""

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
        """Refuses a duplicate name with a message for people, before the constraint does."""
        _check_name(self)
