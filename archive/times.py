"""Reads the times that documents carry. Pure; used by formats, ingest and commands.

A Moment keeps four things together: the instant in UTC, how precise it is, what was given, and the rule by which
the one became the other. What cannot be a time of publication raises TimeError; nothing is guessed silently.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

# The first newspaper was printed in Strasbourg in 1605; an earlier date of publication is a database's null.
EARLIEST_YEAR = 1605

PRECISIONS = ("year", "month", "day", "minute", "second")


class TimeError(ValueError):
    """A text that is no possible time of publication; the message says why."""


@dataclass(frozen=True)
class Moment:
    """A time as a document gave it: `at` is aware and UTC.

    It is the start of the span that `precision` names; of a second, the fraction that was given is kept.
    """

    at: datetime
    precision: str
    given: str
    rule: str


# RFC 3339 with any tail left off; a blank may stand for the T, and the zone's colon may be missing.
_ISO = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2})"
    r"(?:[T ](?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"\s?(?P<zone>Z|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?)?)?",
    re.ASCII | re.IGNORECASE,
)


def parse_moment(text: str) -> Moment:
    """Returns the Moment that an ISO 8601 text names: a year, month, day, minute or second.

    A time of day without a zone is read as UTC, and the rule says so. Raises TimeError with the offending value.
    """
    given = text.strip()
    match = _ISO.fullmatch(given)
    if not match:
        raise TimeError(f"{given[:60]!r} is no date; write it like 2025-06-02 or 2025-06-02T14:30:00Z")
    parts = match.groupdict()
    if int(parts["year"]) < EARLIEST_YEAR:
        raise TimeError(f"{given!r} is before the first newspaper ({EARLIEST_YEAR})")
    fraction = (parts["fraction"] or "0")[:6].ljust(6, "0")
    try:
        at = datetime(
            int(parts["year"]),
            int(parts["month"] or 1),
            int(parts["day"] or 1),
            int(parts["hour"] or 0),
            int(parts["minute"] or 0),
            int(parts["second"] or 0),
            int(fraction),
            tzinfo=UTC,
        ) - _zone_offset(parts["zone"])
    except (ValueError, OverflowError) as error:
        raise TimeError(f"{given!r} is no possible date: {error}") from None
    precision = next(name for name in reversed(PRECISIONS) if parts[name])
    rule = "as given"
    if parts["hour"] and not parts["zone"]:
        rule = "as given; no zone, read as UTC"
    return Moment(at=at, precision=precision, given=given, rule=rule)


def _zone_offset(zone: str | None) -> timedelta:
    if not zone or zone in "Zz":
        return timedelta(0)
    digits = zone[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    if offset > timedelta(hours=14) or int(digits[2:]) > 59:
        raise ValueError(f"a zone of {zone}")
    return -offset if zone[0] == "-" else offset
