"""Stretches of days on the calendar, and which of those that the same words name is the one that a text speaks of.

Weeks are those of ISO 8601, seasons those of meteorologists in the north. Knows no text.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from .spans import Precision

# Which of the days that the same words name: the last one before a day, or the day itself; the first one from then on;
# strictly before or after it; or the nearest.
Way = Literal["past", "coming", "before", "after", "near"]

# So many years hold a 29 February.
MAX_LEAP_YEARS = 8


@dataclass(frozen=True, slots=True)
class Days:
    """The days from `earliest` to `latest`, both included."""

    earliest: date
    latest: date
    precision: Precision


# What words that do not say their week or year mean, seen from a day: Monday, May, 16 May.
Again = Callable[[date, Way], Days]


def one_day(day: date) -> Days:
    return Days(day, day, "day")


def week_of(day: date) -> Days:
    monday = day - timedelta(day.weekday())
    return Days(monday, monday + timedelta(6), "week")


def weekend_of(day: date) -> Days:
    """Returns the weekend of the ISO week of a day."""
    monday = day - timedelta(day.weekday())
    return Days(monday + timedelta(5), monday + timedelta(6), "weekend")


def months_of(year: int, month: int, count: int, precision: Precision) -> Days:
    """Returns as many months from a month on; months count over the end of a year."""
    first = year * 12 + month - 1
    earliest = date(first // 12, first % 12 + 1, 1)
    after = first + count
    last_month = date((after - 1) // 12, (after - 1) % 12 + 1, 28)
    latest = last_month + timedelta(4)
    return Days(earliest, latest - timedelta(latest.day), precision)


def month_of(year: int, month: int) -> Days:
    return months_of(year, month, 1, "month")


def quarter_of(year: int, quarter: int) -> Days:
    return months_of(year, quarter * 3 - 2, 3, "quarter")


def half_of(year: int, half: int) -> Days:
    return months_of(year, half * 6 - 5, 6, "half")


def season_of(year: int, first_month: int) -> Days:
    return months_of(year, first_month, 3, "season")


def year_of(year: int) -> Days:
    return Days(date(year, 1, 1), date(year, 12, 31), "year")


def decade_of(year: int) -> Days:
    first = year - year % 10
    return Days(date(first, 1, 1), date(first + 9, 12, 31), "decade")


def quarter_at(day: date) -> int:
    return (day.month - 1) // 3 + 1


def years_from(days: Days, count: int) -> Days:
    """Returns the same quarter or half of another year; else that year."""
    first = days.earliest
    if days.precision in ("quarter", "half"):
        months = 3 if days.precision == "quarter" else 6
        return months_of(first.year + count, first.month, months, days.precision)
    return year_of(first.year + count)


def unit_from(day: date, unit: str, count: int) -> Days:
    """Returns the day, week, month, quarter or year that is as many of them after (before, if negative) a day's."""
    match unit:
        case "day":
            return one_day(day + timedelta(count))
        case "week":
            return week_of(day + timedelta(7 * count))
        case "weekend":
            return weekend_of(day + timedelta(7 * count))
        case "month":
            return month_of(day.year, day.month + count)
        case "quarter":
            return quarter_of(day.year, quarter_at(day) + count)
        case "year":
            return year_of(day.year + count)
    return decade_of(day.year + 10 * count)


def weekly(day: date, weekday: int, way: Way) -> Days:
    """Returns a weekday, seen from a day; the nearest is the last."""
    behind = (day.weekday() - weekday) % 7
    match way:
        case "coming":
            behind = -(-behind % 7)
        case "before":
            behind = behind or 7
        case "after":
            behind -= 7
    return one_day(day - timedelta(behind))


def weekends(day: date, way: Way) -> Days:
    """Returns a weekend, seen from a day."""
    found = _chosen([unit_from(day, "weekend", turn) for turn in (-1, 0, 1)], day, way)
    return found or weekend_of(day)


def yearly(make: Callable[[int], Days], day: date, way: Way) -> Days:
    """Returns what `make` gives for a year, in the year that is right, seen from a day. ValueError if in none."""
    for reach in (1, MAX_LEAP_YEARS):
        found = []
        for year in range(day.year - reach, day.year + reach + 1):
            try:
                found.append(make(year))
            except (ValueError, OverflowError):  # 29 February of a common year; the years before the first
                continue
        if fitting := _chosen(found, day, way):
            return fitting
    raise ValueError("No such day")


def _chosen(many: Sequence[Days], day: date, way: Way) -> Days | None:
    """Returns which of many days, in order, is the right one, seen from a day; None if none is."""
    match way:
        case "before":
            fitting = [days for days in many if days.latest < day][-1:]
        case "after":
            fitting = [days for days in many if days.earliest > day][:1]
        case "past":
            fitting = [days for days in many if days.earliest <= day][-1:]
        case "coming":
            fitting = [days for days in many if days.latest >= day][:1]
        case "near":
            fitting = sorted(many, key=lambda days: _distance(days, day))[:1]
    return fitting[0] if fitting else None


def _distance(days: Days, day: date) -> int:
    """Returns how far days are from a day; what is to come is farther, since news is of what was."""
    gap = (days.earliest - day).days
    return 3 * gap if gap > 0 else -2 * gap


def joined(first: Days, last: Days, first_again: Again | None, last_again: Again | None) -> Days | None:
    """Returns the days from the first to the last of two; None if they run the other way.

    `first_again` and `last_again` see from another day what does not say its week or year: from Monday to last Friday,
    from May to July 2020.
    """
    if first_again and not last_again:
        first = first_again(last.earliest, "before")
    elif last_again and first.earliest >= last.earliest:
        last = last_again(first.latest, "after")
    if first.earliest >= last.latest:
        return None
    return Days(first.earliest, last.latest, "range")
