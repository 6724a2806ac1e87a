"""Date expressions -> half-open intervals in UTC. Pure.

An hour, day, month or year is the whole of it; `a..b` runs from the start of a to the end of b, either may be missing.
"""

import re
from datetime import UTC, datetime, timedelta

from ..errors import SearchError

DateBounds = tuple[datetime | None, datetime | None]

_PARTIAL = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:t(\d{1,2}))?)?)?", re.ASCII)
_LAST = re.compile(r"last-(0*[1-9]\d{0,3})-(day|week|month|year)s?", re.ASCII)
EXAMPLE_DATES = (
    "2025, 2025-06, 2025-06-02, 2025-06-02T14, 2025-05-16..2025-06-03, >=2025-05, today, yesterday, last-7-days"
)


class DateError(SearchError):
    """An expression that is no date; the message says what to write instead."""


def parse_date_range(expression: str, now: datetime) -> DateBounds:
    """Returns the interval [start, end) that an expression names; None is an open end. `now` is aware.

    Raises DateError.
    """
    text = expression.strip().lower()
    for sign in (">=", "<=", ">", "<"):
        if text.startswith(sign):
            first, past = _span(text.removeprefix(sign), now)
            return {">=": (first, None), "<=": (None, past), ">": (past, None), "<": (None, first)}[sign]
    if ".." in text:
        left, _, right = text.partition("..")
        if not left and not right:
            raise DateError(f"a range needs a date on one side at least; dates are written {EXAMPLE_DATES}")
        start = _span(left, now)[0] if left else None
        end = _span(right, now)[1] if right else None
        if start and end and start >= end:
            raise DateError(f"{expression} ends before it begins; write {right}..{left}")
        return start, end
    return _span(text, now)


def _span(text: str, now: datetime) -> tuple[datetime, datetime]:
    """Returns the interval of one date, both ends known."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow = today + timedelta(days=1)
    if text == "today":
        return today, tomorrow
    if text == "yesterday":
        return today - timedelta(days=1), today
    try:
        if last := _LAST.fullmatch(text):
            count, unit = int(last[1]), last[2]
            if unit in ("day", "week"):
                return tomorrow - timedelta(days=count * (7 if unit == "week" else 1)), tomorrow
            return _months_before(tomorrow, count * (12 if unit == "year" else 1)), tomorrow
        if partial := _PARTIAL.fullmatch(text):
            year, month, day = int(partial[1]), int(partial[2] or 1), int(partial[3] or 1)
            start = datetime(year, month, day, int(partial[4] or 0), tzinfo=UTC)
            if partial[4]:
                return start, start + timedelta(hours=1)
            if partial[3]:
                return start, start + timedelta(days=1)
            if partial[2]:
                return start, datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
            return start, datetime(year + 1, 1, 1, tzinfo=UTC)
    except (ValueError, OverflowError):
        raise DateError(f"{text} is not in the calendar") from None
    raise DateError(f"{text or 'nothing'} is no date; dates are written {EXAMPLE_DATES}")


def _months_before(moment: datetime, months: int) -> datetime:
    """Returns the same day so many months earlier, or the last of that month where it has no such day."""
    total = moment.year * 12 + moment.month - 1 - months
    first = moment.replace(year=total // 12, month=total % 12 + 1, day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    return min(first + timedelta(days=moment.day - 1), following - timedelta(days=1))
