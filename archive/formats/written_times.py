"""Times as pages write them beside an entry, in words: 02.06.2025 • 20:07 Uhr; 9:22 p.m. ET, June 2.

Read only where the words are nothing but a time; archive.times reads those that are written for machines. A year that
is not written is that of the page. Used by shown_entries. Pure.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfoNotFoundError

from ..times import NO_ZONE, Moment, TimeError, in_zone, parse_moment

# The months by how they begin in a dozen languages; of those that begin alike the longer goes first.
_MONTHS = (
    ("jan", "ene", "gen", "січ", "янв"),
    ("feb", "fév", "fev", "лют", "фев"),
    ("mar", "mär", "mrt", "maa", "бер"),
    ("apr", "avr", "abr", "кві", "апр"),
    ("mai", "may", "mag", "mei", "maj", "тра", "мая"),
    ("juni", "jun", "juin", "giu", "чер", "июн"),
    ("juli", "jul", "juil", "lug", "лип", "июл"),
    ("aug", "aoû", "aou", "ago", "сер", "авг"),
    ("sep", "set", "вер", "сен"),
    ("okt", "oct", "ott", "out", "жов", "окт"),
    ("nov", "лис", "ноя"),
    ("dez", "dec", "déc", "dic", "des", "гру", "дек"),
)

# What an outlet's readers know for one zone. BST and IST are several, and are none here.
_ZONES = {
    "british summer time": "+01:00",
    "greenwich mean time": "Z",
    "gmt": "Z",
    "utc": "Z",
    "et": "America/New_York",
    "ct": "America/Chicago",
    "mt": "America/Denver",
    "pt": "America/Los_Angeles",
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
}

_CLOCK = (
    r"(?P<hour>\d{1,2})(?:[:.h]|\s?uhr\s?)(?P<minute>\d{2})(?::(?P<second>\d{2}))?(?:\s?(?P<half>[ap])\.?\s?m\b\.?)?"
    r"(?:\s?(?:uhr|h)\b)?(?:\s*\(?(?P<zone>[a-z]{2,5}|british summer time|greenwich mean time)\)?(?![a-z]))?"
)
_DAY = (
    r"(?:(?P<year>\d{4})[-/年](?P<month>\d{1,2})[-/月](?P<day>\d{1,2})日?"
    r"|(?P<day2>\d{1,2})\.\s?(?P<month2>\d{1,2})\.(?:\s?(?P<year2>\d{4}))?"
    r"|(?P<day3>\d{1,2})(?:\.|st|nd|rd|th|er|º)?\s(?:de |of )?(?P<name3>[^\W\d_]{3,10})\.?,?"
    r"(?:\s(?:de |del )?(?P<year3>\d{4}))?"
    r"|(?P<name4>[^\W\d_]{3,10})\.?\s(?P<day4>\d{1,2})(?:st|nd|rd|th)?(?:,?\s(?P<year4>\d{4}))?)"
)
_LEAD_IN = (
    r"(?:(?:first |last )?(?:up-?dated|published|posted|veröffentlicht|aktualisiert|stand|publié|mis à jour|publicado|"
    r"actualizado|geplaatst|bijgewerkt|publisert|oppdatert|opdateret)(?:\s?(?:at|on|am|um|à|le|el))?:?\s)?"
    r"(?:[^\W\d_]{2,10}\.?,?\s)?"
)
_BETWEEN = r"(?:\s?[,•·|–—/-]\s?|,?\s(?:at|on|um|à|a las|alle(?: ore)?|às|kl\.?|klo|om|o)\s|\s)"
_DAY_FIRST = re.compile(f"{_LEAD_IN}{_DAY}{_BETWEEN}{_CLOCK}", re.IGNORECASE)
_WEEKDAY = r"(?:[^\W\d_]{3,10}\.?,?\s)??"
_CLOCK_FIRST = re.compile(f"{_LEAD_IN}{_CLOCK}{_BETWEEN}{_WEEKDAY}{_DAY}", re.IGNORECASE)

# What every time has, asked for before all else.
_DIGITS = re.compile(r"\d\s?[:.hu]|\d\d?[日-]", re.IGNORECASE)
_LONGEST = 80


def read_written(words: str, page: Moment | None = None) -> Moment | None:
    """Returns the Moment that words on one line name, None where they name none or say more.

    `page` is a time of the page itself, whose year is the entry's where that is not written: the entry is not later
    than the day behind it.
    """
    match = next((match for match in _matches(words) if match), None)
    if match is None:
        return None
    given = match.groupdict()
    month = _month(given)
    year = next((int(given[name]) for name in ("year", "year2", "year3", "year4") if given[name]), None)
    day = next(int(given[name]) for name in ("day", "day2", "day3", "day4") if given[name])
    if not month:
        return None
    if year is not None:
        return _moment(given, words, (year, month, day))
    if page is None:
        return None
    latest = page.at + timedelta(days=2)
    likely = (_moment(given, words, (page.at.year + more, month, day)) for more in (1, 0, -1))
    moment = next((one for one in likely if one and one.at <= latest), None)
    # Whoever knows the zone of the source asks for the rule that says there is none.
    if moment is None or moment.rule == NO_ZONE:
        return moment
    return replace(moment, rule=f"{moment.rule}; the year is the page's")


def is_written(words: str) -> bool:
    """Whether words on one line are nothing but a time of some day."""
    return any(_matches(words))


def _matches(words: str) -> Iterator[re.Match[str] | None]:
    if 8 <= len(words) <= _LONGEST and _DIGITS.search(words):
        yield from (pattern.fullmatch(words) for pattern in (_DAY_FIRST, _CLOCK_FIRST))


def _month(given: dict[str, str | None]) -> int:
    number = given["month"] or given["month2"]
    if number:
        return int(number)
    name = (given["name3"] or given["name4"] or "").lower()
    starts = ((start, at) for at, alike in enumerate(_MONTHS, start=1) for start in alike if name.startswith(start))
    return max(starts, key=lambda one: len(one[0]), default=("", 0))[1]


def _moment(given: dict[str, str | None], words: str, date: tuple[int, int, int]) -> Moment | None:
    hour = int(given["hour"] or 0)
    if given["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if given["half"] in "pP" else 0)
    zone = _ZONES.get((given["zone"] or "").lower(), "")
    year, month, day = date
    clock = f"{hour:02}:{given['minute']}" + (f":{given['second']}" if given["second"] else "")
    try:
        moment = parse_moment(f"{year:04}-{month:02}-{day:02}T{clock}{'' if '/' in zone else zone}")
        if "/" in zone:
            moment = replace(in_zone(moment, zone), rule="as given")
    except (TimeError, ZoneInfoNotFoundError, OverflowError):
        return None
    return replace(moment, given=words)
