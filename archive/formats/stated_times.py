"""Times as documents state them in their fields: feeds, meta tags, linked data, JSON, agency formats.

`read_time` is the reader of all formats. It takes what machines write (ISO 8601, RFC 822 and 850, counts since 1970)
and what people write, in some thirty languages. It refuses what may mean two days, such as 03/04/2025. Whether a line
of a page is a time is decided by `written_times`. Pure; every reader may import it.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

from ..times import NO_ZONE, ZONE_OFFSETS, Moment, TimeError, from_epoch, hour_of_day, in_zone, parse_moment
from .month_names import month_number

# Names of zones with the meaning that they have for readers there, besides those of ZONE_OFFSETS.
NAMED_ZONES: Mapping[str, str] = ZONE_OFFSETS | {
    "british summer time": "+01:00",
    "greenwich mean time": "Z",
    "et": "America/New_York",
    "ct": "America/Chicago",
    "mt": "America/Denver",
    "pt": "America/Los_Angeles",
}

# Longer texts are sentences.
_MAX_CHARS = 80
# A weekday, a place, "published on": more words beside a date are a sentence.
_MAX_OTHER_WORDS = 6
# Years of two digits, as RFC 5322 reads them.
_FIRST_SHORT_YEAR = 69


def read_time(value: Any) -> Moment:
    """Returns the Moment of a date as text, or of a number of seconds, milliseconds or microseconds since 1970.

    The size of a number shows its unit: no number is a date of this century in two units. A number of 12 or 14 digits
    that is a year, month, day, hour, minute (and second) is read as these. Raises TimeError, which quotes the text.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise TimeError("is no date")
    text = str(int(value)) if isinstance(value, float) and abs(value) < 1e18 else str(value).strip()
    plain = _plain_digits(text)
    if match := _COUNT.fullmatch(plain):
        return _read_number(match["count"], text)
    if _YEAR_FIRST.match(plain):
        try:
            return replace(parse_moment(_with_day_of_month(plain)), given=text)
        except TimeError:
            if _ISO_DAY.fullmatch(plain):
                raise
    if len(plain) > _MAX_CHARS:
        raise TimeError(f"{text[:60]!r} is no date; write it like 2025-06-02 or 2025-06-02T14:30:00Z")
    return _read_words(plain, text)


_COUNT = re.compile(r"(?P<count>[1-9]\d{8,15})(?:\.\d+)?", re.ASCII)
_CLOCK_DIGITS = re.compile(
    r"(?:1[6-9]|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-4])(?:[0-5]\d){1,2}"
)
_YEAR_FIRST = re.compile(r"\d{4}")
# A day that the calendar does not have is no other date either.
_ISO_DAY = re.compile(r"\d{4}-\d{1,2}(?:-\d{1,2})?")
_MARKS = re.compile("[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def _plain_digits(text: str) -> str:
    """Returns a text with ASCII digits, single blanks, and no marks of direction."""
    if text.isascii():
        return " ".join(text.split())
    text = unicodedata.normalize("NFKC", _MARKS.sub("", text)).replace("\u2212", "-")
    digits = (str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)
    return " ".join("".join(digits).split())


def _read_number(digits: str, text: str) -> Moment:
    if _CLOCK_DIGITS.fullmatch(digits):
        return replace(parse_moment(f"{digits[:8]}T{digits[8:]}"), given=text)
    count = int(digits)
    size = len(digits)
    unit = "seconds" if size < 12 else "milliseconds" if size < 15 else "microseconds"
    moment = from_epoch(count * 1000 if size < 12 else count if size < 15 else count // 1000)
    return replace(moment, given=text, rule=f"{unit} since 1970, as given")


_WEEK_DAY = re.compile(r"(?P<year>\d{4})-?W(?P<week>\d{2})-?(?P<day>[1-7])(?=[T ]|$)", re.ASCII)
_YEAR_DAY = re.compile(r"(?P<year>\d{4})-(?P<day>\d{3})(?=[T ]|$)", re.ASCII)


def _with_day_of_month(plain: str) -> str:
    """Returns a time of ISO 8601 with the day of the month, if it has that of the week or the year."""
    try:
        if match := _WEEK_DAY.match(plain):
            day = date.fromisocalendar(int(match["year"]), int(match["week"]), int(match["day"]))
        elif match := _YEAR_DAY.match(plain):
            day = date(int(match["year"]), 1, 1) + timedelta(days=int(match["day"]) - 1)
            if not int(match["day"]) or day.year != int(match["year"]):
                return plain
        else:
            return plain
    except (ValueError, OverflowError):
        return plain
    return day.isoformat() + plain[match.end() :]


# --- dates in words ---


@dataclass(frozen=True)
class _Date:
    """The day, month or year that a text names, in ISO 8601, and where it stands in the text."""

    iso: str
    spans: tuple[tuple[int, int], ...]


_NAME = r"(?P<name>[^\W\d_][^\W\d_'’]{1,14})"
_ORDINAL = r"(?:st|nd|rd|th|er|ère|eme|ème|o|ος|η)?"
_OF = r"(?:(?:de|del|of|do|da|di)\s|d['’]|ב|ה)?"
_YEAR_MONTH_DAY = re.compile(
    r"(?<![\d.])(?P<year>\d{4})\s?(?:[-/.]|年|년)\s?(?P<month>\d{1,2})\s?(?:[-/.]|月|월)\s?(?P<day>\d{1,2})\s?[日일]?\.?(?!\d)"
)
_NUMBERS = re.compile(
    r"(?<![\d.:])(?P<first>\d{1,2})\s?(?P<sign>[./-])\s?(?P<second>\d{1,2})\s?(?P=sign)\s?(?P<year>\d{4})(?!\d)"
)
_DAY_FIRST = re.compile(
    rf"(?<![\d.:])(?P<day>\d{{1,2}}){_ORDINAL}\.?[\s/-]*{_OF}{_NAME}\.?,?[\s/-]*(?:(?:de|del|of)\s)?"
    r"(?P<year>\d{4}|\d\d(?=\s|$))(?!\d):?",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(rf"{_NAME}\.?\s(?P<day>\d{{1,2}}){_ORDINAL},?\s(?P<year>\d{{4}})(?![\d:])", re.IGNORECASE)
# The form of the C library: Sun Jun 29 17:00:00 UTC 2025.
_YEAR_LAST = re.compile(
    rf"{_NAME}\.?\s(?P<day>\d{{1,2}}),?\s(?=.*\d:\d)(?P<rest>.*\s)(?P<year>\d{{4}})$", re.IGNORECASE
)
_YEAR_THEN_NAME = re.compile(rf"(?P<year>\d{{4}})\.?,?[\s-]{_NAME}\.?,?[\s-](?P<day>\d{{1,2}}){_ORDINAL}\.?(?![\d:])")
_MONTH_ALONE = re.compile(rf"{_NAME}\.?,?\s(?:(?:de|del|of)\s)?(?P<year>\d{{4}})")


def _read_words(plain: str, text: str) -> Moment:
    date = _find_date(plain, text)
    rest = plain
    for start, end in sorted(date.spans, reverse=True):
        rest = f"{rest[:start]} {rest[end:]}"
    zone, rest = _find_place(rest)
    clock, rest = _find_clock(rest, text)
    offset, rest = _find_offset(rest) if clock.iso else ("", rest)
    others = re.findall(r"[^\W_]+", rest)
    if any(any(map(str.isdigit, word)) for word in others) or len(others) > _MAX_OTHER_WORDS:
        raise _no_date(text)
    return _moment(date, clock, offset or zone, text)


def _find_date(plain: str, text: str) -> _Date:
    """Returns the date in a text. Raises TimeError where there is none, or where its numbers may mean two days."""
    if match := _YEAR_MONTH_DAY.search(plain):
        return _date(match, int(match["month"]))
    if match := _NUMBERS.search(plain):
        first, second = int(match["first"]), int(match["second"])
        # With full stops the day comes first everywhere.
        if match["sign"] != "." and first != second and max(first, second) <= 12:
            raise TimeError(f"{text!r} may name the day or the month first, so that it may be either of two days")
        day, month = (second, first) if second > 12 and match["sign"] != "." else (first, second)
        return _Date(f"{match['year']}-{month:02}-{day:02}", (match.span(),))
    for pattern in (_DAY_FIRST, _MONTH_FIRST, _YEAR_THEN_NAME, _YEAR_LAST):
        for match in _matches(pattern, plain):
            if month := month_number(match["name"]):
                return _date(match, month)
    match = _MONTH_ALONE.fullmatch(plain)
    if match and (month := month_number(match["name"])):
        return _Date(f"{match['year']}-{month:02}", (match.span(),))
    raise _no_date(text)


def _matches(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Yields the matches from each place in a text, overlapping: a weekday may stand where the month would."""
    at = 0
    while match := pattern.search(text, at):
        yield match
        at = match.start() + 1


def _date(match: re.Match[str], month: int) -> _Date:
    year = int(match["year"])
    if len(match["year"]) == 2:
        year += 1900 if year >= _FIRST_SHORT_YEAR else 2000
    spans = [match.span()]
    if "rest" in match.re.groupindex:
        spans = [(match.start(), match.start("rest")), match.span("year")]
    return _Date(f"{year:04}-{month:02}-{int(match['day']):02}", tuple(spans))


# --- the time of day, and its zone ---


@dataclass(frozen=True)
class _Clock:
    """A time of day in ISO 8601, empty if there is none; and how many days after the date it is."""

    iso: str = ""
    days_later: int = 0


_BEFORE_NOON = ("午前", "上午", "오전")
_AFTER_NOON = ("午後", "下午", "오후")
_CLOCK = re.compile(
    rf"(?P<half_before>{'|'.join((*_BEFORE_NOON, *_AFTER_NOON))})?\s?t?"
    r"(?<![\d:.+-])(?P<hour>\d{1,2})(?:\s?(?:[:.h]|uhr|時|时|点|點|시)\s?(?P<minute>\d\d)(?!\d)"
    r"(?:\s?(?:[:.]|分|분)\s?(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?(?!\d))?\s?[分분秒초]?"
    r"|\s?(?:時|时|시|uhr|h(?!\w))|(?=\s?[ap]\.?\s?m\b))"
    r"(?:\s?(?P<half>[ap])\.?\s?m\b\.?|(?P<half_short>[ap])\b)?(?:\s?(?:uhr|h)\b)?",
    re.IGNORECASE,
)
_NOON = re.compile(r"\b(?:12\s)?noon\b", re.IGNORECASE)
_MIDNIGHT = re.compile(r"\b(?:12\s)?midnight\b", re.IGNORECASE)


def _find_clock(rest: str, text: str) -> tuple[_Clock, str]:
    """Returns the time of day in what is left of a text beside its date, and the text without it.

    Midnight is either end of a day, so that it names no time. Raises TimeError for two times or an impossible one.
    """
    if match := _MIDNIGHT.search(rest):
        return _Clock(), rest[: match.start()] + rest[match.end() :]
    if match := _NOON.search(rest):
        return _Clock("12:00"), rest[: match.start()] + rest[match.end() :]
    match = _CLOCK.search(rest)
    if match is None:
        return _Clock(), rest
    half = match["half"] or match["half_short"] or _half_of(match["half_before"])
    hour, minute, second = int(match["hour"]), match["minute"] or "00", match["second"]
    try:
        hour = hour_of_day(hour, half)
    except ValueError as error:
        raise TimeError(f"{text!r} is no possible date: {error}") from None
    days_later = 0
    if hour == 24 and minute == "00" and second in (None, "00"):
        hour, days_later = 0, 1
    if second == "60" and minute == "59":
        second = "59"  # a leap second, which belongs to the day that it ends
    fraction = f".{match['fraction']}" if match["fraction"] and second == match["second"] else ""
    iso = f"{hour:02}:{minute}" + (f":{second}{fraction}" if second else "")
    return _Clock(iso, days_later), f"{rest[: match.start()]} {rest[match.end() :]}"


def _half_of(word: str | None) -> str:
    """Returns the half of the day that a Chinese, Japanese or Korean word before the clock means; empty for none."""
    return "p" if word in _AFTER_NOON else "a" if word else ""


_PLACE = re.compile(
    r"\[!?(?P<zone>[A-Za-z][\w+/-]*)\](?:\[[^\]]*\])*|(?<![^\W_])(?P<zone2>(?:Africa|America|Antarctica|Asia|Atlantic|"
    r"Australia|Europe|Indian|Pacific)/[A-Z][\w/-]*)",
    re.ASCII,
)
_OFFSET = re.compile(
    r"(?:\b(?:gmt|utc|z)\s?)?(?<!\w)(?P<sign>[+-])(?P<hours>\d{1,2})(?::?(?P<minutes>\d\d))?(?!\d)|"
    r"\b(?:gmt|utc)(?P<sign2>[+-])(?P<hours2>\d{1,2})(?::?(?P<minutes2>\d\d))?(?!\d)",
    re.IGNORECASE,
)
_ZONE_NAME = re.compile(
    rf"(?<![^\W_])(?:{'|'.join(sorted(map(re.escape, NAMED_ZONES), key=len, reverse=True))})(?![^\W_])", re.IGNORECASE
)


def _find_place(rest: str) -> tuple[str, str]:
    """Returns the zone by its place (IANA), which RFC 9557 writes in brackets, and the text without it."""
    match = _PLACE.search(rest)
    return (match["zone"] or match["zone2"], rest[: match.start()] + rest[match.end() :]) if match else ("", rest)


def _find_offset(rest: str) -> tuple[str, str]:
    """Returns the offset in what is left of a text, or the zone that a name in it means; and the text without them."""
    match = _OFFSET.search(rest)
    if match:
        sign, hours, minutes = (match[name] or match[f"{name}2"] for name in ("sign", "hours", "minutes"))
        # What follows in brackets names the offset again.
        rest = re.sub(r"\([^()]*\)", " ", f"{rest[: match.start()]} {rest[match.end() :]}")
        if (len(hours) == 1 and minutes is None) or len(hours) == 2:
            return f"{sign}{int(hours):02}:{minutes or '00'}", _ZONE_NAME.sub(" ", rest)
        return f"{sign}0{hours}:{minutes}", _ZONE_NAME.sub(" ", rest)
    match = _ZONE_NAME.search(rest)
    return (NAMED_ZONES[match[0].lower()], f"{rest[: match.start()]} {rest[match.end() :]}") if match else ("", rest)


def _moment(date: _Date, clock: _Clock, zone: str, text: str) -> Moment:
    is_place = "/" in zone
    iso = f"{date.iso}T{clock.iso}{'' if is_place else zone}" if clock.iso else date.iso
    try:
        moment = parse_moment(iso)
        at = moment.at + timedelta(days=clock.days_later)
        moment = replace(moment, at=at, given=text)
        if is_place and moment.rule == NO_ZONE:
            moment = replace(in_zone(moment, zone), rule="as given")
    except TimeError as error:
        raise TimeError(str(error).replace(repr(iso), repr(text))) from None
    except (ZoneInfoNotFoundError, OverflowError, ValueError):
        raise _no_date(text) from None
    return moment


def _no_date(text: str) -> TimeError:
    return TimeError(f"{text[:60]!r} is no date; write it like 2025-06-02 or 2025-06-02T14:30:00Z")
