"""Times as pages write them beside an entry, in words: 02.06.2025 • 20:07 Uhr; 9:22 p.m. ET, June 2.

Read only where the words are nothing but a time; archive.times reads those that are written for machines. A year that
is not written is that of the page. Used by shown_entries. Pure.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfoNotFoundError

from ..times import NO_ZONE, ZONE_OFFSETS, Moment, TimeError, in_zone, parse_moment

# The months by how they begin in some thirty languages; of those that begin alike the longer goes first. Listopad is
# left out: it is October in Croatian and November in Polish and Czech.
_MONTHS = tuple(
    tuple(starts.split())
    for starts in (
        "jan ene gen ian jaa tam oca sty led січ янв яну ιαν ינו يناير",
        "feb fév fev helm şub vee lut úno лют фев φεβ פבר فبراير",
        "mar mär mrt maa már bře бер мар μαρ μάρ מרץ مارس",
        "apr avr abr ápr huh nis kwi dub кві апр απρ אפר أبريل ابريل",
        "mai may mag mei maj máj maí tou kvě тра мая май μαΐ μαϊ μάι מאי مايو",
        "juni jun juin jún juu giu iun kes haz cze červen červn чер июн юни ιουν ιούν יוני يونيو",
        "juli jul juil júl juul lug iul hein tem lipi lipc červenc červene лип июл юли ιουλ ιούλ יולי يوليو",
        "aug aoû aou ago agu ağu ágú elo sie srpna srpen сер авг αυγ αύγ אוג أغسطس",
        "sep set sze syys eyl wrz zář вер сен сеп σεπ ספט سبتمبر",
        "okt oct ott out lok eki paź říj жов окт οκτ אוק أكتوبر اكتوبر",
        "nov nóv noi marr kas лис ноя ное νοε νοέ נוב نوفمبر",
        "dez dec déc dic des det jou ara gru pros гру дек δεκ דצמ ديسمبر",
    )
)

# Names that stand on pages besides those of ZONE_OFFSETS: an outlet's readers know them for one zone.
_ZONES = ZONE_OFFSETS | {
    "british summer time": "+01:00",
    "greenwich mean time": "Z",
    "et": "America/New_York",
    "ct": "America/Chicago",
    "mt": "America/Denver",
    "pt": "America/Los_Angeles",
}

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

# What changed is no time of publication; a day with its year has so many digits.
_CHANGED = re.compile(
    r"(?:last |zuletzt |dernière )?(?:up-?dated?|modified|edited|stand\b|aktualisiert|mise? à jour|actualizad|"
    r"aggiornat|atualizad|bijgewerkt|oppdatert|opdateret|uppdaterad|päivitetty|aktualizacja|aktualizováno|обновлено|оновлено|"
    r"ενημέρωση|güncelleme|更新)",
    re.IGNORECASE,
)
_FEWEST_DIGITS = 5

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
    year, day = _year(given), _day(given)
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


def read_day(words: str) -> Moment | None:
    """Returns the Moment that words on one line name, of a day and its year at least, None where they say more.

    One that tells when something was changed is none.
    """
    if not 8 <= len(words) <= _LONGEST or sum(map(str.isdigit, words)) < _FEWEST_DIGITS or _CHANGED.match(words):
        return None
    if moment := read_written(words):
        return moment
    match = _DAY_ALONE.fullmatch(words)
    given = match.groupdict() if match else {}
    year = _year(given)
    month = _month(given) if year else 0
    if not year or not month:
        return None
    day = _day(given)
    try:
        return replace(parse_moment(f"{year:04}-{month:02}-{day:02}"), given=words)
    except TimeError:
        return None


def is_written(words: str) -> bool:
    """Whether words on one line are nothing but a time of some day."""
    return any(_matches(words))


def _matches(words: str) -> Iterator[re.Match[str] | None]:
    if 8 <= len(words) <= _LONGEST and _DIGITS.search(words):
        yield from (pattern.fullmatch(words) for pattern in (_DAY_FIRST, _CLOCK_FIRST))


def _year(given: dict[str, str | None]) -> int | None:
    return _first_number(given, "year year2 year3 year4 year5")


def _day(given: dict[str, str | None]) -> int:
    return _first_number(given, "day day2 day3 day4 day5") or 0


def _first_number(given: dict[str, str | None], names: str) -> int | None:
    return next((int(number) for name in names.split() if (number := given.get(name))), None)


def _month(given: dict[str, str | None]) -> int:
    number = given["month"] or given["month2"]
    if number:
        return int(number)
    name = (given["name3"] or given["name4"] or given["name5"] or "").lower()
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
