"""What the columns of several tables share: web addresses, time zones, times with a precision."""

from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models

from ..times import PRECISIONS

PRECISION_CHOICES = [(name, f"to the {name}") for name in PRECISIONS]
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
