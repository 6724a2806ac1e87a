"""How long ago something came into the archive. `{% load ages %}`.

An age is the same on every clock, so it is left alone where times are shown in the reader's zone.
"""

from datetime import datetime, timedelta

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString

from archive.times import utc_iso

from ..text import MONTH_NAMES

register = template.Library()

# From then on people ask for the day.
_MAX_DAYS = 7
_UNITS = (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1)))


@register.filter
def age(at: datetime, now: datetime) -> str:
    """Writes an age in words: just now, 3 hours ago, 2 days ago; after a week, the day on the readers' calendar."""
    passed = now - at
    if passed >= timedelta(days=_MAX_DAYS):
        day = at.astimezone(settings.READER_ZONE)
        return f"{day.day} {MONTH_NAMES[day.month]} {day.year}"
    for unit, length in _UNITS:
        if passed >= length:
            return f"{passed // length} {unit}{'' if passed // length == 1 else 's'} ago"
    return "just now"


@register.filter
def ago(at: datetime, now: datetime) -> SafeString:
    """Writes a time as its age; the tooltip has the time."""
    exact = f"{at.day} {MONTH_NAMES[at.month]} {at:%Y, %H:%M} UTC"
    return format_html(
        '<time class="age" datetime="{}" title="{}">{}</time>', utc_iso(at, timespec="seconds"), exact, age(at, now)
    )
