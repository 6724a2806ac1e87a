"""Date expressions, such as 2025-06 or last-7-days, as half-open ranges. Pure; entered through `search.query`.

An hour, day, month or year means the whole of it. `a..b` runs from the start of a to the end of b; either may be
missing. Days, months and years are read on the outlet's clock, hours in UTC. `today` and other relative days are the
reader's: they start at midnight in the zone of the reader.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from ..errors import SearchError


@dataclass(frozen=True)
class DateBound:
    """Where a range of times starts or ends.

    `clock` is what a clock shows then, as an aware time in UTC. With an `instant` it is not the outlet's clock that
    counts: times of day are compared with the instant. A time known only to the day, month or year is always compared
    by the calendar.
    """

    clock: datetime
    instant: datetime | None = None


# [start, end); None is an open end.
DateBounds = tuple[DateBound | None, DateBound | None]

_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:t(\d{1,2}))?)?)?", re.ASCII)
_LAST_PERIOD = re.compile(r"last-(0*[1-9]\d{0,3})-(day|week|month|year)s?", re.ASCII)
# The whole week, month or year of the calendar; `last-7-days` and its like end today.
_CALENDAR_PERIOD = re.compile(r"(last|this)-(week|month|year)", re.ASCII)
# From the first day of a period, so many days lead into the next one and never past it.
_LONGEST_DAYS = {"week": 7, "month": 31, "year": 366}
EXAMPLE_DATES = (
    "2025, 2025-06, 2025-06-02, 2025-06-02T14, 2025-05-16..2025-06-03, >=2025-05, today, yesterday, last-7-days, "
    "last-month"
)


class DateError(SearchError):
    """A text that is not a date expression. The message says what to write instead."""


def parse_date_range(expression: str, now: datetime) -> DateBounds:
    """Returns the range of a date expression. `now` is aware, in the reader's time zone. Raises DateError."""
    text = expression.strip().lower()
    for comparison in (">=", "<=", ">", "<"):
        if text.startswith(comparison):
            start, end = _parse_date(text.removeprefix(comparison), now)
            return {">=": (start, None), "<=": (None, end), ">": (end, None), "<": (None, start)}[comparison]
    if ".." in text:
        return _parse_two_dates(expression, text, now)
    return _parse_date(text, now)


def _parse_two_dates(expression: str, text: str, now: datetime) -> DateBounds:
    first, _, last = text.partition("..")
    if not first and not last:
        raise DateError(f"a range needs a date on at least one side; write dates like {EXAMPLE_DATES}")
    start = _parse_date(first, now)[0] if first else None
    end = _parse_date(last, now)[1] if last else None
    if start and end and start.clock >= end.clock:
        raise DateError(f"{expression} ends before it begins; write {last}..{first}")
    return start, end


def _parse_date(text: str, now: datetime) -> tuple[DateBound, DateBound]:
    """Returns the range of a single date or relative period. Both ends are known."""
    try:
        if relative := _relative_days(text, now.replace(tzinfo=UTC, hour=0, minute=0, second=0, microsecond=0)):
            start, end = relative
            return _reader_midnight(start, now.tzinfo), _reader_midnight(end, now.tzinfo)
        if date := _DATE.fullmatch(text):
            start, end = _date_bounds(date)
            # An hour is an instant, the same for all outlets.
            return (DateBound(start, start), DateBound(end, end)) if date[4] else (DateBound(start), DateBound(end))
    except (ValueError, OverflowError):
        raise DateError(f"{text} is not in the calendar") from None
    problem = f"{text} is not a date" if text else "the date is missing"
    raise DateError(f"{problem}; write dates like {EXAMPLE_DATES}")


def _relative_days(text: str, today: datetime) -> tuple[datetime, datetime] | None:
    """Returns the first day of a relative period and the day after its last; None for other texts."""
    tomorrow = today + timedelta(days=1)
    if text == "today":
        return today, tomorrow
    if text == "yesterday":
        return today - timedelta(days=1), today
    if last := _LAST_PERIOD.fullmatch(text):
        return _subtract_period(tomorrow, int(last[1]), last[2]), tomorrow
    if calendar := _CALENDAR_PERIOD.fullmatch(text):
        start = _period_start(today, calendar[2])
        if calendar[1] == "last":
            return _subtract_period(start, 1, calendar[2]), start
        return start, _period_start(start + timedelta(days=_LONGEST_DAYS[calendar[2]]), calendar[2])
    return None


def _period_start(day: datetime, unit: str) -> datetime:
    """Returns the first day of the week (a Monday), month or year that a day is in."""
    if unit == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if unit == "month" else day.replace(month=1, day=1)


def _reader_midnight(day: datetime, zone: tzinfo | None) -> DateBound:
    return DateBound(day, day.replace(tzinfo=zone).astimezone(UTC))


def _date_bounds(date: re.Match[str]) -> tuple[datetime, datetime]:
    """Returns the bounds of a year, month, day or hour. Raises ValueError or OverflowError outside of the calendar."""
    year, month, day, hour = date.groups()
    start = datetime(int(year), int(month or 1), int(day or 1), int(hour or 0), tzinfo=UTC)
    if hour:
        return start, start + timedelta(hours=1)
    if day:
        return start, start + timedelta(days=1)
    if month:
        return start, datetime(start.year + start.month // 12, start.month % 12 + 1, 1, tzinfo=UTC)
    return start, datetime(start.year + 1, 1, 1, tzinfo=UTC)


def _subtract_period(moment: datetime, count: int, unit: str) -> datetime:
    if unit in ("day", "week"):
        return moment - timedelta(days=count * (7 if unit == "week" else 1))
    return _subtract_months(moment, count * (12 if unit == "year" else 1))


def _subtract_months(moment: datetime, months: int) -> datetime:
    """Returns the same day some months earlier, or the last day of that month if it is shorter."""
    total = moment.year * 12 + moment.month - 1 - months
    first = moment.replace(year=total // 12, month=total % 12 + 1, day=1)
    next_month = (first + timedelta(days=31)).replace(day=1)
    return min(first + timedelta(days=moment.day - 1), next_month - timedelta(days=1))
