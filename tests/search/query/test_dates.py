"""Date expressions as half-open ranges: by the calendar, by the reader's days, by the hour."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.query.dates import EXAMPLE_DATES, DateBound, DateError, parse_date_range

# A Saturday of the reader; in UTC it is the day before.
NOW = datetime(2025, 5, 31, 1, 30, tzinfo=timezone(timedelta(hours=3)))


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "start", "end"),
    [
        ("2025", "2025-01-01", "2026-01-01"),
        ("2025-06", "2025-06-01", "2025-07-01"),
        ("2025-12", "2025-12-01", "2026-01-01"),
        ("2025-6-2", "2025-06-02", "2025-06-03"),
        ("2024-02-29", "2024-02-29", "2024-03-01"),
        ("2025-12-31", "2025-12-31", "2026-01-01"),
        ("2025-05-16..2025-06-03", "2025-05-16", "2025-06-04"),
        ("2025-05..2025", "2025-05-01", "2026-01-01"),
        ("2025-06-02..2025-06-02", "2025-06-02", "2025-06-03"),
        ("2025..2025-03", "2025-01-01", "2025-04-01"),
        ("2025-05..", "2025-05-01", None),
        ("..2025-05", None, "2025-06-01"),
        (">=2025-05", "2025-05-01", None),
        (">2025-05", "2025-06-01", None),
        ("<=2025-05", None, "2025-06-01"),
        ("<2025-05", None, "2025-05-01"),
    ],
)
def test_days_months_and_years_are_those_of_the_calendar(expression: str, start: str | None, end: str | None) -> None:
    expected = (start and DateBound(day(start)), end and DateBound(day(end)))
    assert parse_date_range(expression, NOW) == expected


@pytest.mark.parametrize(
    ("expression", "start", "end"),
    [
        ("2025-06-02T14", "2025-06-02T14", "2025-06-02T15"),
        ("2025-06-02T23..2025-06-03T01", "2025-06-02T23", "2025-06-03T02"),
    ],
)
def test_hours_are_instants_in_utc(expression: str, start: str, end: str) -> None:
    assert parse_date_range(expression, NOW) == (DateBound(day(start), day(start)), DateBound(day(end), day(end)))


@pytest.mark.parametrize(
    ("expression", "start", "end"),
    [
        ("today", "2025-05-31", "2025-06-01"),
        ("yesterday", "2025-05-30", "2025-05-31"),
        ("yesterday..today", "2025-05-30", "2025-06-01"),
        (">=yesterday", "2025-05-30", None),
        ("last-1-day", "2025-05-31", "2025-06-01"),
        ("last-7-days", "2025-05-25", "2025-06-01"),
        ("last-2-weeks", "2025-05-18", "2025-06-01"),
        ("last-1-month", "2025-05-01", "2025-06-01"),
        ("last-3-months", "2025-03-01", "2025-06-01"),
        ("last-1-year", "2024-06-01", "2025-06-01"),
        ("  LAST-7-Days ", "2025-05-25", "2025-06-01"),
    ],
)
def test_relative_days_begin_at_the_midnight_of_the_reader(expression: str, start: str, end: str | None) -> None:
    def midnight(text: str | None) -> DateBound | None:
        return DateBound(day(text), day(text) - timedelta(hours=3)) if text else None

    assert parse_date_range(expression, NOW) == (midnight(start), midnight(end))


@pytest.mark.parametrize(
    ("zone", "hours"),
    [("Europe/Oslo", 23), ("Pacific/Auckland", 24), ("UTC", 24)],
)
def test_a_day_of_the_reader_may_have_another_length(zone: str, hours: int) -> None:
    start, end = parse_date_range("today", datetime(2025, 3, 30, 12, tzinfo=ZoneInfo(zone)))
    assert start
    assert end
    assert start.instant
    assert end.instant
    assert (start.clock, end.clock) == (day("2025-03-30"), day("2025-03-31"))
    assert end.instant - start.instant == timedelta(hours=hours)


def test_one_side_of_a_range_may_be_the_readers_and_the_other_the_outlets() -> None:
    assert parse_date_range("2025-05-16..yesterday", NOW) == (
        DateBound(day("2025-05-16")),
        DateBound(day("2025-05-31"), day("2025-05-30T21")),
    )


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("", "the date is missing"),
        ("..", "a range needs a date on at least one side"),
        (">=", "the date is missing"),
        ("june", "june is not a date"),
        ("02/06/2025", "02/06/2025 is not a date"),
        ("25", "25 is not a date"),
        ("2025-06-02T10:00", "is not a date"),
        ("2025-06T10", "is not a date"),
        ("2025-06-02T24", "is not in the calendar"),
        ("2025...", ". is not a date"),
        ("last-0-days", "last-0-days is not a date"),
        ("last-days", "last-days is not a date"),
        ("last-7-hours", "last-7-hours is not a date"),
        ("٢٠٢٥", "is not a date"),
        ("2025-13", "2025-13 is not in the calendar"),
        ("2025-02-29", "2025-02-29 is not in the calendar"),
        ("2025-00", "2025-00 is not in the calendar"),
        ("0000", "0000 is not in the calendar"),
        ("9999-12-31", "9999-12-31 is not in the calendar"),
        ("last-9999-years", "last-9999-years is not in the calendar"),
        ("2025-06-03..2025-05-16", "2025-06-03..2025-05-16 ends before it begins; write 2025-05-16..2025-06-03"),
        ("today..yesterday", "ends before it begins; write yesterday..today"),
    ],
)
def test_other_text_is_refused_with_what_to_write(expression: str, reason: str) -> None:
    with pytest.raises(DateError) as caught:
        parse_date_range(expression, NOW)
    assert reason in str(caught.value)


def test_examples_in_the_message_are_dates() -> None:
    for example in EXAMPLE_DATES.split(", "):
        start, end = parse_date_range(example, NOW)
        assert start or end


_DAYS = st.dates(min_value=date(1, 1, 1), max_value=date(9998, 12, 31))


@given(_DAYS, _DAYS)
def test_range_covers_its_first_and_last_day_and_no_other(first: date, other: date) -> None:
    first, last = sorted((first, other))
    start, end = parse_date_range(f"{first}..{last}", NOW)
    assert start is not None
    assert end is not None
    assert (start.clock.date(), end.clock.date()) == (first, last + timedelta(days=1))
    assert (end.clock - start.clock) % timedelta(days=1) == timedelta(0)


@given(_DAYS.map(str) | _DAYS.map(lambda on: on.isoformat()[:7]) | st.integers(1, 9998).map("{:04}".format))
def test_comparisons_cut_at_the_start_or_end_of_the_date(expression: str) -> None:
    start, end = parse_date_range(expression, NOW)
    assert parse_date_range(f">={expression}", NOW) == (start, None)
    assert parse_date_range(f">{expression}", NOW) == (end, None)
    assert parse_date_range(f"<={expression}", NOW) == (None, end)
    assert parse_date_range(f"<{expression}", NOW) == (None, start)


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2999, 1, 1)), st.integers(1, 500))
def test_last_days_are_counted_back_from_today(today: date, count: int) -> None:
    now = datetime(today.year, today.month, today.day, 23, 59, tzinfo=UTC)
    start, end = parse_date_range(f"last-{count}-days", now)
    assert start is not None
    assert end is not None
    assert end.clock - start.clock == timedelta(days=count)
    assert start.clock <= now < end.clock


@given(
    st.text(max_size=20)
    | st.lists(
        st.sampled_from(["..", ">=", "<", "-", "2025", "06", "31", "last-", "7", "days", "years", "today", "9999"]),
        max_size=6,
    ).map("".join)
)
def test_any_text_is_a_range_that_is_not_empty_or_a_date_error(expression: str) -> None:
    try:
        start, end = parse_date_range(expression, NOW)
    except DateError:
        return
    assert start or end
    assert not (start and end) or start.clock < end.clock
