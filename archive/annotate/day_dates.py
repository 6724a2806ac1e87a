"""Rules of days: weekdays, days of a month, months and seasons. English.

A weekday is the last one, the text's own day included, and one to come only if the nearest verb looks forward; months
alike. A day of a month without its year is the nearest. A month that is a word or a given name as well (May, March)
counts only after a word that months follow. For the modules of days in this package.
"""

import re
from datetime import date

from .day_calendar import Days, Way, month_of, one_day, season_of, weekly, yearly
from .day_scene import Found, Scene
from .day_words import AMBIGUOUS_MONTHS, FULL_MONTHS, HABITS, MONTHS, NAMED_WEEKDAYS, ORDINALS, SEASONS, WEEKDAYS
from .day_years import MODIFIED, PARTS, YEAR_AFTER, said_year

WAYS: dict[str, Way] = {"last": "before", "past": "before", "previous": "before", "next": "after", "coming": "coming"}

_MONTH_NAMES = "|".join(sorted(MONTHS, key=len, reverse=True))
_ORDINAL_NAMES = "|".join(ORDINALS)
_TO = r"\s*(?:[-–—]|\bto\b|\bthrough\b|\buntil\b)\s*"
_TH = r"(?:st|nd|rd|th)?"

_PAPER_BEFORE = re.compile(r"\b(?:Mail|Independent|Scotland|Wales)\s+[Oo]n\s+\Z")
_PAPER_AFTER = re.compile(
    r"\s+(?:Night|Times|Telegraph|Mail|Mirror|Express|Herald|Star|Tribune|Post|Mercury|Independent|School)\b"
)
_HABIT_AFTER = re.compile(r"(?:\s+and\s+\w+day)?\s+(?:morning|afternoon|evening|night)s\b")
PART_AFTER = re.compile(r"\s+(?:(?:early|late)\s+)?(?:morning|afternoon|evening|night|lunchtime)\b", re.IGNORECASE)
_DATE_AFTER = re.compile(
    rf"(?:\s+\w+)?,?\s+(?:the\s+)?(?:\d{{1,2}}{_TH}(?:{_TO}\d{{1,2}}{_TH})?\s+(?:of\s+)?(?:{_MONTH_NAMES})\b"
    rf"|(?:{_MONTH_NAMES})\.?\s+(?:\d{{1,2}}(?!\d)|{_ORDINAL_NAMES}))",
    re.IGNORECASE,
)
_WEEKDAY_BEFORE = re.compile(
    rf"\b(?:(?:this|on)\s+)?(?:(?:coming|past|last|next)\s+)?(?P<weekday>{'|'.join(WEEKDAYS)})"
    r"(?:\.|\s+(?:morning|afternoon|evening|night))?,?\s+(?:the\s+)?\Z",
    re.IGNORECASE,
)
_NUMBER_BEFORE = re.compile(
    rf"(?<![\d.,:/$£€-])\b(?:the\s+)?(?P<day>\d{{1,2}}|{_ORDINAL_NAMES}){_TH}"
    rf"(?:{_TO}(?:the\s+)?(?P<last>\d{{1,2}}){_TH})?\s+(?:of\s+)?\Z",
    re.IGNORECASE,
)
_NUMBER_AFTER = re.compile(
    rf"\.?\s+(?:the\s+)?(?P<day>\d{{1,2}}|{_ORDINAL_NAMES}){_TH}(?![\w%]|[.,:]\d|-\w|\s+(?:percent|per|million|billion)\b)"
    rf"(?:{_TO}(?P<last>\d{{1,2}}){_TH}(?![\w%]|[.,:]\d|\s+(?:percent|million|people)\b))?",
    re.IGNORECASE,
)
_MONTH_LEADER = re.compile(
    r"\b(?:in|since|until|till|during|last|next|this|early|late|mid"
    r"|(?:end|start|beginning|middle|month|week|half) of)[\s-]+\Z",
    re.IGNORECASE,
)
_WEAK_MONTH_LEADER = re.compile(r"\b(?:by|from|through|to|for|before|after|between|and|of)\s+\Z")
_LIMIT_WAYS: dict[str, Way] = {"by": "near", "through": "near", "until": "near", "till": "near", "come": "coming"}
_ARTICLE_BEFORE = re.compile(r"\b(?:an?|the|its|his|her|their|our)\s+\Z")
_NOUN_AFTER = re.compile(r"\s+[a-z]{4}")
_NO_NAME_BEFORE = frozenset(
    "in since until till during last next this early late mid by from through to for before after between and of "
    "on at the a an its his her their our".split()
)
_SEASON_AFTER = re.compile(r"\s+(?:in|of)\s+(?!['’]?\d|last|this|next)", re.IGNORECASE)

# Days that are known by their date: what stands after them says that it is that day and no other year's.
_KNOWN_DAYS = {(9, 11): 2001, (1, 6): 2021, (10, 7): 2023}
_EVENT_AFTER = re.compile(
    r"(?:,?\s+\w+)?\s+(?:attacks?|assaults?|riots?|insurrection|massacre|hijack\w+|commission|committee)\b"
)


def weekday_rule(scene: Scene, match: re.Match[str]) -> Found | None:
    """Monday, last Friday, this coming Sunday, Wednesday night."""
    start, end = match.span()
    weekday = WEEKDAYS[match[0].lower()]
    led_by = scene.word_before(start)
    if (
        led_by in HABITS
        or (led_by == "on" and scene.before(_PAPER_BEFORE, start))
        or scene.after(_PAPER_AFTER, end)
        or scene.after(_HABIT_AFTER, end)
        or scene.after(_DATE_AFTER, end)  # the rule of months reads both
        or (led_by in NAMED_WEEKDAYS and match[0] != match[0].lower())
    ):
        return None
    way: Way | None = None
    rule = "a weekday"
    if modifier := scene.before(MODIFIED, start):
        word = modifier["word"].split()[-1].lower()
        if word in ("previous", "following", "same", "that"):
            return _weekday_from_anchor(scene, modifier.start(), end, weekday, word)
        start, rule = modifier.start(), "a weekday with last, this or next"
        way = scene.way(start, end, "coming") if word == "this" else WAYS.get(word)
    elif part := scene.before(PARTS, start):
        start = part.start()
    if part := scene.after(PART_AFTER, end):
        end = part.end()
    if way is None:
        way = scene.way(start, end, "past")
    return scene.seen(start, end, rule, lambda day, way: weekly(day, weekday, way), way)


def _weekday_from_anchor(scene: Scene, start: int, end: int, weekday: int, word: str) -> Found | None:
    anchor = scene.anchor(start)
    if anchor is None or word in ("same", "that"):
        return None
    way: Way = "before" if word == "previous" else "after"
    return Found(start, end, weekly(anchor.days.earliest, weekday, way), "a weekday before or after another day")


def month_rule(scene: Scene, match: re.Match[str]) -> Found | None:
    """16 May, May 16, 2025, 2-5 May, Friday 16 May, May 2025, last May, early May."""
    start, end = match.span()
    word = match[0]
    month = MONTHS[word.lower()]
    if number := scene.before(_NUMBER_BEFORE, start):
        return _dated(scene, number, number.start(), end, month)
    if number := scene.after(_NUMBER_AFTER, end):
        return _dated(scene, number, start, number.end(), month)
    if year := scene.after(YEAR_AFTER, end + (scene.text[end : end + 1] == ".")):
        if word in ("may", "march") or (value := said_year(year, scene.day)) is None:
            return None
        part = scene.before(PARTS, start)
        return Found(part.start() if part else start, year.end(), month_of(value, month), "a month and its year")
    if not _is_month(scene, word, start):
        return None
    return _month_alone(scene, start, end, month)


def _month_alone(scene: Scene, start: int, end: int, month: int) -> Found | None:
    if scene.word_before(start) in HABITS:
        return None
    way: Way | None = None
    rule = "a month without its year"
    if modifier := scene.before(MODIFIED, start):
        name = modifier["word"].split()[-1].lower()
        if name in ("following", "previous", "same", "that"):
            return None
        start, rule = modifier.start(), "a month with last, this or next"
        way = WAYS.get(name)
        if name == "this":
            way = "past" if month <= scene.day.month and scene.way(start, end, "past") == "past" else "coming"
    elif part := scene.before(PARTS, start):
        start = part.start()
    if way is None:
        way = _LIMIT_WAYS.get(scene.word_before(start)) or scene.way(start, end, "past")
    return scene.seen(start, end, rule, lambda day, way: yearly(lambda year: month_of(year, month), day, way), way)


def _dated(scene: Scene, number: re.Match[str], start: int, end: int, month: int) -> Found | None:
    """Returns a day of a month, or days of one month, with the year and the weekday that may stand beside them."""
    if scene.text[start : start + 4] in ("may ", "marc"):
        return None
    weekday = None
    if named := scene.before(_WEEKDAY_BEFORE, start):
        start, weekday = named.start("weekday"), WEEKDAYS[named["weekday"].lower()]
    name = number["day"].lower()
    first = int(name) if name.isdigit() else ORDINALS[name]
    last = int(number["last"]) if number["last"] else first
    if not 0 < first <= last:
        return None

    def make(year: int) -> Days:
        if first == last:
            return one_day(date(year, month, first))
        return Days(date(year, month, first), date(year, month, last), "range")

    if year := scene.after(YEAR_AFTER, end + (scene.text[end : end + 1] == ".")):
        value = said_year(year, scene.day)
        return None if value is None else Found(start, year.end(), make(value), "a date")
    known = _KNOWN_DAYS.get((month, first))
    if known and first == last and known <= scene.day.year and scene.after(_EVENT_AFTER, end):
        return Found(start, end, make(known), "a day known by its date")
    rule = "a date without its year"
    if weekday is not None:
        near = sorted(range(scene.day.year - 3, scene.day.year + 4), key=lambda year: abs(year - scene.day.year))
        for value in near:
            if date(value, month, min(first, 28)).weekday() == (weekday - max(0, first - 28)) % 7:
                return Found(start, end, make(value), "a weekday and its date")
    if modifier := scene.before(MODIFIED, start):
        way = WAYS.get(modifier["word"].split()[-1].lower(), "near")
        start = modifier.start()
    else:
        way = scene.way_of_date(start, end, make)
    return scene.seen(start, end, rule, lambda day, way: yearly(make, day, way), way)


def _is_month(scene: Scene, word: str, start: int) -> bool:
    """Says whether the name of a month, without a number beside it, is that of a month."""
    if word in ("may", "march", "august"):
        return False
    name = word.lower()
    if name in FULL_MONTHS and name not in AMBIGUOUS_MONTHS:
        return True
    if scene.before(_MONTH_LEADER, start):
        return True
    is_led = scene.before(_WEAK_MONTH_LEADER, start) or (
        scene.before(_ARTICLE_BEFORE, start) and scene.after(_NOUN_AFTER, start + len(word))
    )
    return name in FULL_MONTHS and bool(is_led) and not scene.is_name(word, _NO_NAME_BEFORE)


def season_rule(scene: Scene, match: re.Match[str]) -> Found | None:
    """Last summer, the winter of 1994, spring 2022: seasons of the north."""
    start, end = match.span()
    first_month = SEASONS[match[0].lower()]
    if year := scene.after(YEAR_AFTER, end):
        value = said_year(year, scene.day)
        return None if value is None else Found(start, year.end(), season_of(value, first_month), "a season")
    modifier = scene.before(MODIFIED, start)
    if modifier is None or scene.after(_SEASON_AFTER, end):
        return None
    word = modifier["word"].split()[-1].lower()
    if word not in ("last", "past", "next", "coming", "this"):
        return None
    way = WAYS.get(word, "near")
    return scene.seen(
        modifier.start(),
        end,
        "a season",
        lambda day, way: yearly(lambda year: season_of(year, first_month), day, way),
        way,
    )
