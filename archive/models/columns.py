"""What the columns of several tables share: web addresses, time zones, times on the clock of their outlet."""

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.utils import timezone

from ..times import MAX_AHEAD_OF_UTC, MIN_YEAR, PRECISIONS, Moment, OutletTime, on_outlet_clock

# The rule of a time that a curator set.
CURATOR_RULE = "set by a curator"
PRECISION_CHOICES = [(name, f"to the {name}") for name in PRECISIONS]
PRECISION_NAMES = dict(PRECISION_CHOICES)
WEB_URL = URLValidator(schemes=["http", "https"])


def web_address(url: str) -> str:
    """Returns a web address with its scheme in lower case, as the constraints of the database require.

    Raises ValidationError for other texts.
    """
    WEB_URL(url)
    scheme, mark, rest = url.partition("://")
    return scheme.lower() + mark + rest


def validate_zone(name: str) -> None:
    """Raises ValidationError for a name that is not in the IANA time zone database."""
    if name not in available_timezones():
        raise ValidationError(f"{name!r} is no time zone; write it like Europe/London.")


def dated_precisely(name: str) -> models.CheckConstraint:
    """Returns the constraint that a time of publication has a precision, and an unknown time has none."""
    return models.CheckConstraint(
        condition=models.Q(published__isnull=True, published_precision="")
        | models.Q(published__isnull=False, published_precision__in=PRECISIONS),
        name=name,
        violation_error_message="Give the time of publication and its precision, or neither.",
    )


def impossible_time(at: datetime) -> str:
    """Returns why an outlet cannot have published at a time; empty if it can."""
    if at.year < MIN_YEAR:
        return f"The year {at.year} is before the first newspaper ({MIN_YEAR})."
    if at > timezone.now() + MAX_AHEAD_OF_UTC:
        return f"{at:%Y-%m-%d %H:%M} UTC is still to come; use an embargo to hide an article."
    return ""


class Dated:
    """The times of an outlet, and the offsets of the clocks that they were written by.

    The zone of the source decides the day of a time without an offset, so that a curator who sets the zone sets the
    days too.
    """

    __slots__ = ()

    if TYPE_CHECKING:
        published: datetime | None
        published_precision: str
        published_rule: str
        published_offset: int | None
        updated: datetime | None
        updated_offset: int | None

    def time_published(self, zone: str) -> OutletTime | None:
        """Returns the time of publication on the outlet's clock, in `zone` if need be; None if it is not known."""
        if self.published is None:
            return None
        moment = Moment(self.published, self.published_precision, "", self.published_rule, self.published_offset)
        return on_outlet_clock(moment, zone)

    def time_updated(self, zone: str) -> OutletTime | None:
        """Returns the time of the last change on the outlet's clock, in `zone` if need be; None if it is not known."""
        if self.updated is None:
            return None
        return on_outlet_clock(Moment(self.updated, "second", "", "", self.updated_offset), zone)


class DatedModel(Dated, models.Model):
    """A row with the times of an outlet."""

    published_offset = models.SmallIntegerField(
        null=True, blank=True, editable=False, help_text="Minutes ahead of UTC, as written; empty if not written."
    )
    updated_offset = models.SmallIntegerField(
        null=True, blank=True, editable=False, help_text="Minutes ahead of UTC, as written; empty if not written."
    )

    class Meta:
        abstract = True
