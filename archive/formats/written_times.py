"""Times in words, as pages write them beside an entry: 02.06.2025 • 20:07 Uhr; 9:22 p.m. ET, June 2.

Reads a line only if it is nothing but a time. The values of fields are read by `stated_times`. A year
that is not written is taken from the time of the page. Pure; used by the readers of web pages.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfoNotFoundError

from ..times import NO_ZONE, Moment, TimeError, hour_of_day, in_zone, parse_moment
from .month_names import month_number
from .stated_times import NAMED_ZONES

_CLOCK = (
    r"(?P<hour>\d{1,2})(?:[:.h時时]|\s?uhr\s?)(?P<minute>\d{2})分?(?::(?P<second>\d{2}))?(?:\s?(?P<half>[ap])\.?\s?m\b\.?)?"
    r"(?:\s?(?:uhr|h)\b)?(?:\s*\(?(?P<zone>[a-z]{2,5}|british summer time|greenwich mean time)\)?(?![a-z]))?"
)
_DAY = (
    r"(?:(?P<year>\d{4})(?:[-/年]|[.년]\s?)(?P<month>\d{1,2})(?:[-/月]|[.월]\s?)(?P<day>\d{1,2})[日일.]?"
    r"|(?P<year5>\d{4})\.\s(?P<name5>[^\W\d_]{3,10})\.?\s(?P<day5>\d{1,2})\.?"
    r"|(?P<day2>\d{1,2})\.\s?(?P<month2>\d{1,2})\.(?:\s?(?P<year2>\d{4}))?"
    r"|(?P<day3>\d{1,2})(?:\.|st|nd|rd|th|er|º)?\s(?:de |of |ב)?(?P<name3>[^\W\d_]{3,12})\.?,?"
    r"(?:\s(?:de |del )?(?P<year3>\d{4}))?"
    r"|(?P<name4>[^\W\d_]{3,10})\.?\s(?P<day4>\d{1,2})(?:st|nd|rd|th)?(?:,?\s(?P<year4>\d{4}))?)"
)
_LEAD_IN = (
    r"(?:(?:first |last )?(?:up-?dated|published|posted|veröffentlicht|aktualisiert|stand|publié|mis à jour|publicado|"
    r"actualizado|geplaatst|bijgewerkt|publisert|oppdatert|opdateret|publicerad|udgivet|julkaistu|"
    r"pubblicato|publikacja|publikováno|опубликовано|опубліковано|δημοσίευση|发布时间|公開日)(?:\s?(?:at|on|am|um|à|le|el))?:?\s)?"
    r"(?:[^\W\d_]{2,10}\.?,?\s)?"
)
_BETWEEN = r"(?:\s?[,•·|–—/-]\s?|,?\s(?:at|on|um|à|a las|alle(?: ore)?|às|kl\.?|klo|om|o)\s|\s)"
_DAY_FIRST = re.compile(f"{_LEAD_IN}{_DAY}{_BETWEEN}{_CLOCK}", re.IGNORECASE)
_WEEKDAY = r"(?:[^\W\d_]{3,10}\.?,?\s)??"
_DAY_ALONE = re.compile(f"{_LEAD_IN}{_DAY}", re.IGNORECASE)
_CLOCK_FIRST = re.compile(f"{_LEAD_IN}{_CLOCK}{_BETWEEN}{_WEEKDAY}{_DAY}", re.IGNORECASE)

# A line with the time of a change, which is not that of publication.
_CHANGED = re.compile(
    r"(?:last |zuletzt |dernière )?(?:up-?dated?|modified|edited|stand\b|aktualisiert|mise? à jour|actualizad|"
    r"aggiornat|atualizad|bijgewerkt|oppdatert|opdateret|uppdaterad|päivitetty|aktualizacja|aktualizováno|обновлено|оновлено|"
    r"ενημέρωση|güncelleme|更新)",
    re.IGNORECASE,
)
# A day with its year has at least so many digits.
_MIN_DAY_DIGITS = 5

# Every time has this; a fast test before the long patterns.
_TIME_MARK = re.compile(r"\d\s?[:.hu]|\d\d?[日-]", re.IGNORECASE)
_MIN_CHARS = 8
_MAX_CHARS = 80

# A year that is not written is chosen so that the time is at most this much later than the page's.
_MAX_LATER = timedelta(days=2)

# The groups of a match, all texts; a group that is not in the line is None.
_Groups = Mapping[str, str | None]


def read_written_time(words: str, page_time: Moment | None = None) -> Moment | None:
    """Returns the time of a line that is a day and a time of day; None for other lines.

    If the line has no year, the year is the latest that puts the time at most two days after `page_time`.
    """
    match = next((match for match in _matches(words) if match), None)
    if match is None:
        return None
    groups = match.groupdict()
    year, month, day = _year(groups), _month(groups), _day(groups)
    if not month:
        return None
    if year is not None:
        return _moment(groups, words, (year, month, day))
    if page_time is None:
        return None
    latest = page_time.at + _MAX_LATER
    candidates = (_moment(groups, words, (page_time.at.year + years, month, day)) for years in (1, 0, -1))
    moment = next((candidate for candidate in candidates if candidate and candidate.at <= latest), None)
    # The rule for a missing zone stays: with it the source's zone is applied later.
    if moment is None or moment.rule == NO_ZONE:
        return moment
    return replace(moment, rule=f"{moment.rule}; the year is the page's")


def read_written_day(words: str) -> Moment | None:
    """Returns the time of a line that is a day with its year, alone or with a time of day.

    None for other lines, and for the time of a change.
    """
    has_day = _MIN_CHARS <= len(words) <= _MAX_CHARS and sum(map(str.isdigit, words)) >= _MIN_DAY_DIGITS
    if not has_day or _CHANGED.match(words):
        return None
    if moment := read_written_time(words):
        return moment
    match = _DAY_ALONE.fullmatch(words)
    groups = match.groupdict() if match else {}
    year = _year(groups)
    month = _month(groups) if year else 0
    if not year or not month:
        return None
    try:
        return replace(parse_moment(f"{year:04}-{month:02}-{_day(groups):02}"), given=words)
    except TimeError:
        return None


def is_written_time(words: str) -> bool:
    """Whether a line has the form of a day and a time of day, with nothing else."""
    return any(_matches(words))


def _matches(words: str) -> Iterator[re.Match[str] | None]:
    if _MIN_CHARS <= len(words) <= _MAX_CHARS and _TIME_MARK.search(words):
        yield from (pattern.fullmatch(words) for pattern in (_DAY_FIRST, _CLOCK_FIRST))


def _year(groups: _Groups) -> int | None:
    return _first_number(groups, "year year2 year3 year4 year5")


def _day(groups: _Groups) -> int:
    return _first_number(groups, "day day2 day3 day4 day5") or 0


def _first_number(groups: _Groups, names: str) -> int | None:
    return next((int(number) for name in names.split() if (number := groups.get(name))), None)


def _month(groups: _Groups) -> int:
    number = groups["month"] or groups["month2"]
    if number:
        return int(number)
    return month_number(groups["name3"] or groups["name4"] or groups["name5"] or "")


def _moment(groups: _Groups, words: str, date: tuple[int, int, int]) -> Moment | None:
    try:
        hour = hour_of_day(int(groups["hour"] or 0), groups["half"])
    except ValueError:
        return None
    zone = NAMED_ZONES.get((groups["zone"] or "").lower(), "")
    is_place = "/" in zone
    year, month, day = date
    clock = f"{hour:02}:{groups['minute']}" + (f":{groups['second']}" if groups["second"] else "")
    try:
        moment = parse_moment(f"{year:04}-{month:02}-{day:02}T{clock}{'' if is_place else zone}")
        if is_place:
            moment = replace(in_zone(moment, zone), rule="as given")
    except (TimeError, ZoneInfoNotFoundError, OverflowError):
        return None
    return replace(moment, given=words)
