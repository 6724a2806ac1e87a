"""Times of publication: which texts are times, how precise, and their instant in UTC."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.times import (
    MIN_YEAR,
    NO_ZONE,
    PRECISIONS,
    Moment,
    TimeError,
    from_epoch,
    in_zone,
    on_outlet_clock,
    parse_moment,
)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("text", "at", "precision", "rule"),
    [
        ("2025", utc(2025, 1, 1), "year", "as given"),
        ("2025-06", utc(2025, 6, 1), "month", "as given"),
        ("2025-6", utc(2025, 6, 1), "month", "as given"),
        ("2025-06-02", utc(2025, 6, 2), "day", "as given"),
        ("2025-6-2", utc(2025, 6, 2), "day", "as given"),
        ("2024-02-29", utc(2024, 2, 29), "day", "as given"),
        ("1605", utc(1605, 1, 1), "year", "as given"),
        ("2025-06-02T14:30", utc(2025, 6, 2, 14, 30), "minute", NO_ZONE),
        ("2025-06-02 14:30:05", utc(2025, 6, 2, 14, 30, 5), "second", NO_ZONE),
        ("2025-06-02T14:30Z", utc(2025, 6, 2, 14, 30), "minute", "as given"),
        ("2025-06-02t14:30:00z", utc(2025, 6, 2, 14, 30), "second", "as given"),
        ("2025-06-02T00:00:00Z", utc(2025, 6, 2), "second", "as given"),
        ("2025-06-02T14:30:00+01:00", utc(2025, 6, 2, 13, 30), "second", "as given"),
        ("2025-06-02T14:30:00 +0530", utc(2025, 6, 2, 9, 0), "second", "as given"),
        ("2025-06-02T14:30-05", utc(2025, 6, 2, 19, 30), "minute", "as given"),
        ("2025-06-02T23:30:00-03:30", utc(2025, 6, 3, 3, 0), "second", "as given"),
        ("2025-01-01T00:30+14:00", utc(2024, 12, 31, 10, 30), "minute", "as given"),
        ("2025-06-02T14:30:00.5Z", utc(2025, 6, 2, 14, 30, 0, 500_000), "second", "as given"),
        ("2025-06-02T14:30:00,123456789Z", utc(2025, 6, 2, 14, 30, 0, 123_456), "second", "as given"),
        ("20250602", utc(2025, 6, 2), "day", "as given"),
        ("20250602T143005Z", utc(2025, 6, 2, 14, 30, 5), "second", "as given"),
        ("20250602T143005+0200", utc(2025, 6, 2, 12, 30, 5), "second", "as given"),
        ("20250602T1430", utc(2025, 6, 2, 14, 30), "minute", NO_ZONE),
        ("2025-06-02 14:30:00 UTC", utc(2025, 6, 2, 14, 30), "second", "as given"),
    ],
)
def test_iso_text_names_an_instant_with_its_precision(text: str, at: datetime, precision: str, rule: str) -> None:
    assert replace(parse_moment(text), offset=None) == Moment(at=at, precision=precision, given=text, rule=rule)


@given(
    st.integers(1600, 9999),
    st.integers(0, 13),
    st.integers(0, 32),
    st.sampled_from("00:00:00 09:05:59 23:59:59 24:00:00 12:60:00 12:30:60".split()),
    st.sampled_from(["", ".5", ".250", ".123456"]),
    st.sampled_from("Z +00:00 -00:00 +01:00 -0330 +13:59 +14:00 -14:01 +05:60".split()),
)
def test_times_that_python_reads_equal_those_of_the_general_parser(
    year: int, month: int, day: int, clock: str, fraction: str, zone: str
) -> None:
    text = f"{year}-{month:02}-{day:02}T{clock}{fraction}{zone}"
    # Python reads no lower-case t.
    assert _outcome(text) == _outcome(text.replace("T", "t"))


def _outcome(text: str) -> object:
    try:
        return replace(parse_moment(text), given="")
    except TimeError as error:
        return str(error).replace(text, "")


@pytest.mark.parametrize("text", ["June 31, 2025", "June 2, 2025 13:00 PM", "Brumaire 2, 2025", "2 June 2025 25:00"])
def test_impossible_english_time_is_refused(text: str) -> None:
    with pytest.raises(TimeError, match=r"is no (possible )?date"):
        parse_moment(text)


def test_time_without_a_zone_is_read_again_in_a_known_zone() -> None:
    london = in_zone(parse_moment("2025-06-02T14:30"), "Europe/London")
    assert london.at == utc(2025, 6, 2, 13, 30)
    assert london.rule == "as given; no zone, read as Europe/London"
    for text in ("2025-06-02T14:30Z", "2025-06-02"):
        assert in_zone(parse_moment(text), "Europe/London") == parse_moment(text)
    assert in_zone(parse_moment("2025-06-02T14:30"), "").rule == NO_ZONE


def test_last_hours_of_the_calendar_stay_in_utc() -> None:
    never = parse_moment("9999-12-31T23:59:59")
    assert in_zone(never, "America/New_York") == never
    assert in_zone(never, "Asia/Tokyo").at == utc(9999, 12, 31, 14, 59, 59)


def test_milliseconds_since_1970_are_a_moment() -> None:
    assert from_epoch(1_748_874_605_500).at == utc(2025, 6, 2, 14, 30, 5, 500_000)
    for milliseconds in (10**30, -(10**14)):
        with pytest.raises(TimeError):
            from_epoch(milliseconds)


def test_surrounding_blanks_are_not_part_of_the_text() -> None:
    assert parse_moment("  2025-06-02\n").given == "2025-06-02"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("0001-11-30", "before the first newspaper (1605)"),
        ("1604-12-31", "before the first newspaper (1605)"),
        ("0000-00-00", "before the first newspaper (1605)"),
        ("2025-02-31", "no possible date"),
        ("2025-02-29", "no possible date"),
        ("2025-13", "no possible date"),
        ("2025-00-10", "no possible date"),
        ("2025-06-02T24:00", "no possible date"),
        ("2025-06-02T14:60", "no possible date"),
        ("2025-06-02T14:30+23:00", "a zone of +23:00"),
        ("2025-06-02T14:30-14:01", "a zone of -14:01"),
        ("2025-06-02T14:30+05:99", "a zone of +05:99"),
        ("9999-12-31T23:59-10:00", "no possible date"),
        ("", "is no date"),
        ("yesterday", "is no date"),
        ("02/06/2025", "is no date"),
        ("2025-06-02T14", "is no date"),
        ("2025-06-02T", "is no date"),
        ("2025-06-02Z", "is no date"),
        ("202506", "is no date"),
        ("20250602T14", "is no date"),
        ("20250632T140000Z", "no possible date"),
        ("Mon, 2 Foo 2025 14:30:00 GMT", "is no date"),
        ("12025-06-02", "is no date"),
        ("٢٠٢٥-٠٦-٠٢", "is no date"),
        ("2025-06-02T14:30:00.Z", "is no date"),
    ],
)
def test_text_that_is_no_time_is_refused_and_quoted(text: str, reason: str) -> None:
    with pytest.raises(TimeError) as caught:
        parse_moment(text)
    assert reason in str(caught.value)
    assert repr(text) in str(caught.value)


def test_long_text_is_quoted_in_part() -> None:
    with pytest.raises(TimeError) as caught:
        parse_moment("2025 " * 5000)
    assert len(str(caught.value)) < 200


@given(st.text(max_size=40) | st.from_regex(r"[0-9]{4}(-[0-9]{1,2}){0,2}[T ]?[0-9:.+\-Zz]{0,20}"))
def test_any_text_is_a_moment_or_a_time_error(text: str) -> None:
    try:
        moment = parse_moment(text)
    except TimeError:
        return
    assert moment.at.tzinfo is UTC
    assert moment.precision in PRECISIONS
    assert moment.given == text.strip()


_OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(
    st.datetimes(
        min_value=utc(MIN_YEAR, 1, 2).replace(tzinfo=None),
        max_value=utc(9999, 12, 30).replace(tzinfo=None),
        timezones=st.one_of(st.none(), _OFFSETS),
    )
)
def test_every_time_that_python_writes_is_read_as_the_same_instant(moment: datetime) -> None:
    expected = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    assert parse_moment(moment.isoformat()).at == expected


@given(st.dates(min_value=date(MIN_YEAR, 1, 1)))
def test_every_day_of_the_calendar_starts_at_midnight_utc(day: date) -> None:
    moment = parse_moment(day.isoformat())
    assert moment.at == utc(day.year, day.month, day.day)
    assert moment.precision == "day"


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("2025-01-01T08:15:00+13:00", 780),
        ("2025-06-02T23:30-03:30", -210),
        ("2025-06-02T14:30:00.5Z", 0),
        ("20250602T143005+0545", 345),
        ("2025-06-02T14:30", None),
        ("2025-06-02", None),
        ("2025", None),
    ],
)
def test_offset_is_that_of_the_clock_in_the_text(text: str, offset: int | None) -> None:
    assert parse_moment(text).offset == offset


@pytest.mark.parametrize(
    ("moment", "zone", "iso"),
    [
        # The clock of the text, else that of the zone, else UTC.
        (parse_moment("2025-01-01T08:15+13:00"), "America/New_York", "2025-01-01T08:15:00+13:00"),
        (from_epoch(1_748_905_200_000), "Pacific/Auckland", "2025-06-03T11:00:00+12:00"),
        (from_epoch(1_748_905_200_000), "", "2025-06-02T23:00:00Z"),
        (in_zone(parse_moment("2025-06-02T00:10"), "Asia/Kathmandu"), "", "2025-06-02T00:10:00+05:45"),
        # What was written without a clock keeps the day that was written.
        (parse_moment("2025-06-02T23:30"), "Pacific/Auckland", "2025-06-02T23:30:00Z"),
        (parse_moment("2024-02-29"), "America/New_York", "2024-02-29"),
        (parse_moment("2025-06"), "America/New_York", "2025-06"),
        (parse_moment("2025"), "America/New_York", "2025"),
        # Before there were zones, clocks showed the time of their place.
        (from_epoch(-3_000_000_000_000), "Europe/Paris", "1874-12-07T18:49:00+00:09"),
        (parse_moment("9999-12-31T23:59:59Z"), "Asia/Tokyo", "9999-12-31T23:59:59Z"),
    ],
)
def test_a_time_is_on_the_clock_of_its_outlet(moment: Moment, zone: str, iso: str) -> None:
    time = on_outlet_clock(moment, zone)
    assert time.iso == iso
    assert time.day == iso[:10]
    assert time.at == moment.at
