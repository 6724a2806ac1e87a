"""Times in documents, and the days of those who wrote them. Pure; every module may import it.

A Moment is a time as a document has it: the instant in UTC, its precision, the text as given, the rule by which the
text became the instant, and the offset of the clock that it was written by. An OutletTime is a time on the clock of
its outlet, which decides its day. A text that cannot be a time of publication raises TimeError; nothing is guessed
silently.
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from .errors import ArchiveError

# The first newspaper was printed in Strasbourg in 1605; an earlier date is a database's way to write null.
MIN_YEAR = 1605

# A time without a zone may be that of a clock ahead of UTC; more than a day later than now is a mistake.
MAX_AHEAD_OF_UTC = timedelta(days=1)

PRECISIONS = ("year", "month", "day", "minute", "second")
# The precisions of a time that is known to the minute at least: an instant, not a span.
EXACT_PRECISIONS = ("minute", "second")


class TimeError(ArchiveError):
    """A text that is no possible time of publication; the message says why."""


@dataclass(frozen=True)
class Moment:
    """A time in a document: `at` is aware and UTC.

    It is the start of the span that `precision` names (a year, a day); fractions of a second are kept. `offset` is
    the number of minutes by which the clock in the text is ahead of UTC; None if the text does not say it.
    """

    at: datetime
    precision: str
    given: str
    rule: str
    offset: int | None = None


@dataclass(frozen=True)
class OutletTime:
    """A time on the clock of its outlet: `at` is aware, and its own year, month and day are the outlet's.

    It is the start of the span that `precision` names.
    """

    at: datetime
    precision: str

    @property
    def is_exact(self) -> bool:
        """Whether it is known to the minute at least, and not only its day, month or year."""
        return self.precision in EXACT_PRECISIONS

    @property
    def day(self) -> str:
        """The day as far as it is known, in ISO 8601: 2025, 2025-06, 2025-06-02."""
        return self.at.date().isoformat()[: _ISO_CHARS.get(self.precision, 10)]

    @property
    def clock_name(self) -> str:
        """The clock that it is read on: UTC, UTC+13:00, UTC-03:30."""
        return f"UTC{self.at.isoformat()[-6:]}" if self.at.utcoffset() else "UTC"

    @property
    def iso(self) -> str:
        """The time as far as it is known, in ISO 8601; a time of day has its offset, which is Z for UTC."""
        return utc_iso(self.at) if self.is_exact else self.day


# How many characters of an ISO 8601 day are known.
_ISO_CHARS = {"year": 4, "month": 7}


def on_outlet_clock(moment: Moment, zone: str) -> OutletTime:
    """Returns a Moment on the clock of its outlet: that of the text, else that of `zone` (IANA), else UTC.

    A time that is not exact, or that was written without a zone, has the day that was written.
    """
    as_written = moment.precision not in EXACT_PRECISIONS or moment.rule == NO_ZONE
    offset = 0 if as_written else moment.offset
    if offset is None:
        offset = offset_in(zone, moment.at) if zone else 0
    clock = timezone(timedelta(minutes=offset)) if offset else UTC
    try:
        return OutletTime(moment.at.astimezone(clock), moment.precision)
    except OverflowError:  # the last hours of the year 9999
        return OutletTime(moment.at, moment.precision)


def offset_in(zone: str, at: datetime) -> int:
    """Returns the minutes by which the clocks of `zone` (IANA) are ahead of UTC at an instant."""
    try:
        offset = at.astimezone(ZoneInfo(zone)).utcoffset()
    except OverflowError:
        return 0
    return round(offset / timedelta(minutes=1)) if offset else 0


# The rule of a time without a zone; `in_zone` reads it again where the zone of its source is known.
NO_ZONE = "as given; no zone, read as UTC"

# RFC 3339, cut off anywhere; a blank may replace the T, and the zone may lack its colon.
_ISO = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2})"
    r"(?:[T ](?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"\s?(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?)?)?",
    re.ASCII | re.IGNORECASE,
)

# Most times are complete and have a zone. Python reads these itself, in a third of the time.
_ISO_WHOLE = re.compile(
    r"(?:1[6-9]|[2-9]\d)\d\d-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-](?:0\d|1[0-3]):?[0-5]\d)", re.ASCII
)

# The basic form of ISO 8601, which agencies write: a day, or a day and a time.
_ISO_BASIC = re.compile(
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
    r"(?:T(?P<hour>\d{2})(?P<minute>\d{2})(?:(?P<second>\d{2})(?P<fraction>(?!))?)?(?P<zone>Z|[+-]\d{2}:?\d{2})?)?",
    re.ASCII | re.IGNORECASE,
)

# The groups of both forms, in order.
_PARTS = ("year", "month", "day", "hour", "minute", "second", "fraction", "zone")

# Zone names in news that mean the same offset everywhere, and are no words. BST and IST mean several zones, so they
# are not here: a time with such a name counts as a time without a zone.
ZONE_OFFSETS = {
    "z": "Z",
    "utc": "Z",
    "gmt": "Z",
    "est": "-05:00",
    "edt": "-04:00",
    "cst": "-06:00",
    "cdt": "-05:00",
    "mst": "-07:00",
    "mdt": "-06:00",
    "pst": "-08:00",
    "pdt": "-07:00",
    "cet": "+01:00",
    "cest": "+02:00",
    "mez": "+01:00",
    "mesz": "+02:00",
    "aest": "+10:00",
    "aedt": "+11:00",
    "awst": "+08:00",
    "jst": "+09:00",
    "ut": "Z",
    "eet": "+02:00",
    "eest": "+03:00",
    "msk": "+03:00",
    "trt": "+03:00",
    "idt": "+03:00",
    "sast": "+02:00",
    "pkt": "+05:00",
    "npt": "+05:45",
    "wib": "+07:00",
    "hkt": "+08:00",
    "kst": "+09:00",
    "acst": "+09:30",
    "acdt": "+10:30",
    "nzst": "+12:00",
    "nzdt": "+13:00",
    "ndt": "-02:30",
    "brt": "-03:00",
    "akst": "-09:00",
    "akdt": "-08:00",
    "hst": "-10:00",
}


def parse_moment(text: str) -> Moment:
    """Returns the Moment of an ISO 8601 text, precise to a year, month, day, minute or second.

    The values of documents are read by `archive.formats.read_time`, which knows other forms too.

    A time of day without a zone is read as UTC, and its rule says so (see `in_zone`). Raises TimeError, which quotes
    the text.
    """
    text = text.strip()
    if _ISO_WHOLE.fullmatch(text) and (at := _iso_instant(text)):
        return Moment(at.astimezone(UTC), "second", text, "as given", _in_minutes(at.utcoffset()))
    match = _ISO.fullmatch(text) or _ISO_BASIC.fullmatch(text)
    if not match:
        raise TimeError(f"{text[:60]!r} is no date; write it like 2025-06-02 or 2025-06-02T14:30:00Z")
    year, month, day, hour, minute, second, fraction, zone = match.group(*_PARTS)
    precision = "second" if second else "minute" if hour else "day" if day else "month" if month else "year"
    microsecond = int(fraction[:6].ljust(6, "0")) if fraction else 0
    date = (int(year), int(month or 1), int(day or 1))
    clock = (int(hour or 0), int(minute or 0), int(second or 0), microsecond)
    zoned = not hour or zone is not None
    try:
        return _moment((*date, *clock), _zone_offset(zone), precision, text, zoned=zoned)
    except (ValueError, OverflowError) as error:
        raise TimeError(f"{text!r} is no possible date: {error}") from None


def _iso_instant(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
        year = at.astimezone(UTC).year
    except (ValueError, OverflowError):
        return None  # the general parser raises the error
    return at if year > MIN_YEAR else None


def from_epoch(milliseconds: int) -> Moment:
    """Returns the Moment of a number of milliseconds since 1970. Raises TimeError outside the calendar."""
    try:
        at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    except OverflowError:
        raise TimeError(f"{milliseconds} milliseconds since 1970 are no possible date") from None
    if at.year < MIN_YEAR:
        raise TimeError(f"{milliseconds} milliseconds since 1970 are before the first newspaper ({MIN_YEAR})")
    return Moment(at, "second", str(milliseconds), "milliseconds since 1970, as given")


def in_zone(moment: Moment, zone: str) -> Moment:
    """Returns a Moment without a zone as a local time of `zone` (IANA); other Moments as they are.

    Of two instants with the same local time it is the earlier; in the last hours of the year 9999 nothing changes.
    Raises ZoneInfoNotFoundError for an unknown zone.
    """
    if moment.rule != NO_ZONE or not zone:
        return moment
    try:
        at = moment.at.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except OverflowError:  # 9999-12-31T23:59:59, by which databases mean never
        return moment
    return replace(moment, at=at, rule=f"as given; no zone, read as {zone}", offset=offset_in(zone, at))


# Year, month, day, hour, minute, second and microsecond.
_ClockReading = tuple[int, int, int, int, int, int, int]


def hour_of_day(hour: int, half: str | None) -> int:
    """Returns the hour, 0 to 23, of an hour before noon ("a") or after noon ("p"); without a half, the hour itself.

    Raises ValueError if a half-day has no such hour.
    """
    if not half:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError(f"an hour of {hour}")
    return hour % 12 + (12 if half in "pP" else 0)


def _moment(reading: _ClockReading, offset: timedelta, precision: str, text: str, *, zoned: bool) -> Moment:
    """Returns the Moment of the reading of a clock that is `offset` ahead of UTC.

    Raises ValueError and OverflowError for a date that no calendar has.
    """
    if reading[0] < MIN_YEAR:
        raise TimeError(f"{text!r} is before the first newspaper ({MIN_YEAR})")
    at = datetime(*reading, tzinfo=UTC) - offset
    known = _in_minutes(offset) if zoned and precision in EXACT_PRECISIONS else None
    return Moment(at, precision, text, "as given" if zoned else NO_ZONE, known)


def _in_minutes(offset: timedelta | None) -> int | None:
    return None if offset is None else round(offset / timedelta(minutes=1))


def utc_iso(at: datetime, *, timespec: str = "auto") -> str:
    """Returns an aware time as ISO 8601, in UTC with a Z; for `timespec` see `datetime.isoformat`."""
    return at.isoformat(timespec=timespec).replace("+00:00", "Z")


def _zone_offset(zone: str | None) -> timedelta:
    if not zone or zone.lower() in ("z", "utc", "gmt"):
        return timedelta(0)
    digits = zone[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    if offset > timedelta(hours=14) or int(digits[2:]) > 59:
        raise ValueError(f"a zone of {zone}")
    return -offset if zone[0] == "-" else offset
