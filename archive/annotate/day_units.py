"""Rules of days: today, last week, three days ago, the third quarter, and what refers to days named before. English.

"Last week" is the ISO week before. Words that count from another day (a year earlier, the next day, the quarter) count
from the last expression before them in their paragraph, and mean nothing without one. For the modules of days in this
package.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta

from .day_calendar import Days, Way, half_of, one_day, quarter_of, unit_from, weekends, yearly, years_from
from .day_dates import PART_AFTER
from .day_scene import Found, Scene
from .day_words import LEADS_UNIT, TENS, UNITS
from .day_years import MODIFIED, QUARTER_AFTER, YEAR_AFTER, said_year

_COUNT = rf"\d{{1,3}}|an?|{'|'.join(UNITS)}|(?:{'|'.join(TENS)})(?:[\s-](?:{'|'.join(UNITS)}))?"
_COUNT_BEFORE = re.compile(
    rf"(?:\b(?:about|almost|nearly|around|some|exactly|just|only|roughly)\s+)?(?<![\d.,])\b(?P<count>{_COUNT})[\s-]+\Z",
    re.IGNORECASE,
)
_AGO_AFTER = re.compile(r"(?:\s+|-)ago\b(?!\s+(?:last|next|this|on)?\s*(?:mon|tues|wednes|thurs|fri|satur|sun)day)")
_EARLIER_AFTER = re.compile(r"(?:\s+|-)(?P<word>earlier|later|previously|before(?=[.,;)\n]))(?!\w)")
_AGO_PERIOD_AFTER = re.compile(
    r"-(?:ago|earlier)\b(?:\s+(?:(?:third|first|second|fourth)[\s-])?(?:quarter|period)\b)?"
)
_FROM_NOW_AFTER = re.compile(r"\s+from\s+now\b|['’]?s?['’]?\s+time\b")
# The name of a programme: "This Week".
_QUOTED_BEFORE = re.compile(r"(?:[\"“'‘`]\s?|\bon )(?:This|Next|Last) \Z")
_PART_OF_UNIT = re.compile(
    r"\b(?:(?:the\s+)?(?:end|start|beginning|middle)\s+of|earlier\s+in|later\s+in|early\s+in|late\s+in|rest\s+of)\s+the\s+\Z",
    re.IGNORECASE,
)
_CURRENT = re.compile(r"\b(?:the\s+)?(?:current|present)\s+(?:fiscal\s+)?\Z", re.IGNORECASE)
_PART_OF_DAY = re.compile(r"(?:\b(?:early|late|later|earlier|mid)[\s-]+)\Z", re.IGNORECASE)
_THIS_BEFORE = re.compile(r"\b(?:(?:early|late|later|earlier)\s+)?(?:this|last)\s+\Z", re.IGNORECASE)
_WHOLE_BEFORE = re.compile(r"\bthe\s+\Z", re.IGNORECASE)
_DURATION_BEFORE = re.compile(r"\bthe\s+(?:last|next|past|coming)\s+\Z", re.IGNORECASE)
_OF_AFTER = re.compile(r"\s+(?:of|in)\s+(?:[A-Z]|the\b|\d)")
_END_AFTER = re.compile(r"(?:['’]s)?[\s-]+end\b")
_THE_WEEKEND = re.compile(
    r"\b(?:over|during|before|after|of|at|on|for|into|through)\s+(?P<the>the\s+)\Z", re.IGNORECASE
)
_OF_BEFORE = re.compile(r"\bof\s+\Z")
_TODAY_IN_NAME = re.compile(r"\b[A-Z]\w+ \Z")
_TODAY_IN_CAPITALS = re.compile(r"\b(?:USA|VOA) \Z")
_BEFORE_YESTERDAY = re.compile(r"\bthe\s+day\s+(?P<word>before|after)\s+\Z", re.IGNORECASE)
_FISCAL_BEFORE = re.compile(r"\bfiscal\s+\Z", re.IGNORECASE)

_NTH = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "last": 0}
_NTH_BEFORE = re.compile(
    r"(?:\b(?:the|its|a)\s+)?(?:\b(?P<year>(?:19|20)\d\d)(?:['’]s)?\s+|\b(?P<rel>last|this|next)\s+year['’]s\s+|\b(?P<ago>year-(?:ago|earlier))\s+)?"
    r"(?:\bfiscal[\s-])?\b(?P<nth>first|second|third|fourth|1st|2nd|3rd|4th|last)[\s-](?:fiscal[\s-])?\Z",
    re.IGNORECASE,
)
_YEAR_OF_AFTER = re.compile(
    r"\s+(?:of\s+|in\s+)?(?:fiscal\s+)?(?:(?P<year>(?:19|20)\d\d)(?!\d|,\d)|(?P<rel>last|this|next|the)\s+year\b)(?P<words>(?!))?(?P<short>(?!))?",
    re.IGNORECASE,
)
_THE_QUARTER = re.compile(
    r"\b(?P<word>the|that)\s+(?:(?P<adjective>latest|comparable|same|current|year-ago|year-earlier|previous|(?:19|20)\d\d)\s+)?\Z",
    re.IGNORECASE,
)
_LETTER_AFTER = re.compile(r"(?:\s+(?:of\s+)?|[-/])(?P<year>(?:19|20)\d\d)(?!\d)")
_LETTER_BEFORE = re.compile(r"\b(?P<year>(?:19|20)\d\d)[\s-]\Z")

# "The quarter" refers to one that is at most so many expressions back.
MAX_BACK = 40
QUARTER = "a quarter or half"
LEADS_QUARTER = frozenset(_NTH) | LEADS_UNIT | {"fiscal", "latest", "comparable", "ago", "earlier"}
_COMPARED_BEFORE = re.compile(
    r"\b(?:from|than|compared|with|against|versus|share,|million|billion|%|percent)\b[^.;\n]*\Z|[,$#%]\s?[^.;\n]*\Z"
)
_RELATIVE = {"today": 0, "yesterday": -1, "tomorrow": 1, "tonight": 0}
_STEPS = {"last": -1, "this": 0, "next": 1}


def relative_rule(scene: Scene, match: re.Match[str]) -> Found | None:
    """Today, late yesterday, tomorrow night, the day before yesterday, tonight."""
    start, end = match.span()
    days = _RELATIVE[match[0].lower()]
    if beyond := scene.before(_BEFORE_YESTERDAY, start):
        if (beyond["word"].lower() == "before") != (days < 0) or days == 0:
            return None
        return Found(beyond.start(), end, one_day(scene.day + timedelta(2 * days)), "today, yesterday, tomorrow")
    # The name of an outlet, or a time to come: Russia Today, the people of tomorrow.
    if scene.before(_TODAY_IN_NAME if match[0].istitle() else _TODAY_IN_CAPITALS, start):
        return None
    if match[0] == "tomorrow" and scene.before(_OF_BEFORE, start):
        return None
    if part := scene.before(_PART_OF_DAY, start):
        start = part.start()
    if part := scene.after(PART_AFTER, end):
        end = part.end()
    return Found(start, end, one_day(scene.day + timedelta(days)), "today, yesterday, tomorrow")


def part_of_day_rule(scene: Scene, match: re.Match[str]) -> Found | None:
    """This morning, later this afternoon, last night."""
    word = scene.word_before(match.start())
    before = scene.before(_THIS_BEFORE, match.start()) if word in ("this", "last") else None
    if before is None:
        return None
    days = -1 if word == "last" else 0
    return Found(before.start(), match.end(), one_day(scene.day + timedelta(days)), "a part of the day")


def unit_rule(scene: Scene, match: re.Match[str]) -> Found | None:
    """Last week, three days ago, the end of the year, a year earlier, the following month, over the weekend."""
    start, end = match.span()
    unit = match[0].lower().removesuffix("s")
    led_by = scene.word_before(start)
    if led_by not in LEADS_UNIT and not led_by.isdigit() and unit != "year":
        return None
    if count := scene.before(_COUNT_BEFORE, start):
        return _counted(scene, unit, count, end)
    if match[0].lower() != unit or scene.after(QUARTER_AFTER, end):
        return None
    if match[0][0].isupper() and scene.before(_QUOTED_BEFORE, start):
        return None
    if unit == "year":
        if period := scene.after(_AGO_PERIOD_AFTER, end):
            return _year_before(scene, start, period.end())
        if (after := scene.after(_END_AFTER, end)) and not scene.before(MODIFIED, start):
            return Found(start, after.end(), unit_from(scene.day, "year", 0), "the end of the year")
    if part := scene.before(_PART_OF_UNIT, start):
        return Found(part.start(), end, unit_from(scene.day, unit, 0), "a part of this week, month or year")
    if current := scene.before(_CURRENT, start):
        return Found(current.start(), end, unit_from(scene.day, unit, 0), "last, this or next week, month or year")
    if unit == "weekend" and (the := scene.before(_THE_WEEKEND, start)):
        way = scene.way(start, end, "past")
        return scene.seen(the.start("the"), end, "a weekend", weekends, way)
    if modifier := scene.before(MODIFIED, _without_fiscal(scene, start)):
        return _modified(scene, unit, modifier, end)
    return None


def _without_fiscal(scene: Scene, start: int) -> int:
    fiscal = scene.before(_FISCAL_BEFORE, start)
    return fiscal.start() if fiscal else start


def _modified(scene: Scene, unit: str, modifier: re.Match[str], end: int) -> Found | None:
    start = modifier.start()
    word = modifier["word"].split()[-1].lower()
    if word in ("previous", "following", "same", "that") or (unit == "day" and word == "next"):
        return _from_anchor(scene, unit, word, Found(start, end, one_day(scene.day), "a day that another one names"))
    # "The last week" is as long as a week, and "this day" is any.
    if word not in _STEPS or unit == "day" or scene.before(_DURATION_BEFORE, modifier.end()):
        return None
    if word == "last" and scene.after(_OF_AFTER, end):
        return None
    if unit == "weekend" and word == "this":
        way: Way = scene.way(start, end, "coming")
        return scene.seen(start, end, "a weekend", weekends, way)
    steps = _STEPS[word]
    if unit == "weekend" and word == "last" and scene.day.weekday() < 5:
        return Found(start, end, unit_from(scene.day, unit, -1), "a weekend")
    if unit == "weekend" and word == "next":
        return Found(start, end, unit_from(scene.day, unit, 1), "a weekend")
    return Found(start, end, unit_from(scene.day, unit, steps), "last, this or next week, month or year")


def _from_anchor(scene: Scene, unit: str, word: str, here: Found) -> Found | None:
    anchor = scene.anchor(here.start)
    if anchor is None or unit == "weekend":
        return None
    steps = {"previous": -1, "following": 1, "next": 1}.get(word, 0)
    if unit == "day" and anchor.days.precision != "day":
        return None
    if steps and unit != anchor.days.precision and (unit, anchor.days.precision) not in _COUNTS_FROM:
        return None
    return Found(here.start, here.end, unit_from(anchor.days.earliest, unit, steps), "a day that another one names")


# What is counted from what: a year from a day of it, but no day from a year.
_COUNTS_FROM = frozenset(
    {
        ("week", "day"),
        ("month", "day"),
        ("month", "week"),
        ("year", "day"),
        ("year", "week"),
        ("year", "month"),
        ("year", "quarter"),
    }
)


def _number(words: str) -> int:
    if words.isdigit():
        return int(words)
    if words in ("a", "an"):
        return 1
    return sum(TENS.get(word, 0) + UNITS.get(word, 0) for word in words.replace("-", " ").split())


def _counted(scene: Scene, unit: str, count: re.Match[str], end: int) -> Found | None:
    number = _number(count["count"].lower())
    start = count.start()
    if unit == "year" and number == 1 and (period := scene.after(_AGO_PERIOD_AFTER, end)):
        return _year_before(scene, start, period.end())
    if ago := scene.after(_AGO_AFTER, end):
        quarter = _compared_quarter(scene, start) if unit == "year" and number == 1 else None
        if quarter:
            return Found(start, ago.end(), years_from(quarter, -1), "a quarter a year before")
        if unit not in ("day", "week", "month", "year"):
            return None
        return Found(start, ago.end(), unit_from(scene.day, unit, -number), "days, weeks, months or years ago")
    if after := scene.after(_FROM_NOW_AFTER, end):
        return Found(start, after.end(), unit_from(scene.day, unit, number), "days, weeks, months or years from now")
    earlier = scene.after(_EARLIER_AFTER, end)
    if earlier and unit == "year" and number == 1 and (quarter := _compared_quarter(scene, start)):
        return Found(start, earlier.end(), years_from(quarter, -1), "a quarter a year before")
    anchor = scene.anchor(start)
    if not (earlier and anchor) or unit not in ("day", "week", "month", "year"):
        return None
    sign = 1 if earlier["word"] == "later" else -1
    if unit == "year" and anchor.days.precision in ("quarter", "half"):
        days = years_from(anchor.days, sign * number)
    elif unit == anchor.days.precision or (unit, anchor.days.precision) in _COUNTS_FROM:
        days = unit_from(anchor.days.earliest, unit, sign * number)
    else:
        return None
    return Found(start, earlier.end(), days, "before or after another day")


def _year_before(scene: Scene, start: int, end: int) -> Found | None:
    """Returns the period a year before the last that was named: the year-ago quarter."""
    if the := scene.before(_WHOLE_BEFORE, start):
        start = the.start()
    quarter = _named_quarter(scene)
    days = years_from(quarter, -1) if quarter else unit_from(scene.day, "year", -1)
    return Found(start, end, days, "a quarter a year before")


def _named_quarter(scene: Scene) -> Days | None:
    """Returns the last quarter that a text names by its number."""
    named = (
        found.days
        for found in scene.found[: -MAX_BACK - 1 : -1]
        if found.rule == QUARTER and found.days.precision == "quarter"
    )
    return next(named, None)


def _compared_quarter(scene: Scene, start: int) -> Days | None:
    """Returns the quarter whose figures stand against those of a year before: 5 million, from 4 million a year ago."""
    return _named_quarter(scene) if scene.before(_COMPARED_BEFORE, start) else None


def quarter_rule(scene: Scene, match: re.Match[str]) -> Found | None:
    """The third quarter, this year's first quarter, the second half of 1990, next quarter, the latest quarter."""
    start, end = match.span()
    unit = match[0].lower()
    led_by = scene.word_before(start)
    if led_by not in LEADS_QUARTER and not led_by.isdigit():
        return None
    if nth := scene.before(_NTH_BEFORE, start):
        return _nth(scene, unit, nth, end)
    if unit != "quarter" or not scene.is_business():
        return None
    if the := scene.before(_THE_QUARTER, start):
        return _the_quarter(scene, the, end)
    modifier = scene.before(MODIFIED, start)
    if modifier is None or (word := modifier["word"].split()[-1].lower()) not in _STEPS:
        return None
    if scene.before(_DURATION_BEFORE, start):
        return None
    return Found(modifier.start(), end, unit_from(scene.day, "quarter", _STEPS[word]), QUARTER)


def _nth(scene: Scene, unit: str, nth: re.Match[str], end: int) -> Found | None:
    count = 4 if unit == "quarter" else 2
    number = _NTH[nth["nth"].lower()] or count
    if number > count:
        return None
    make = quarter_of if unit == "quarter" else half_of
    start, rule = nth.start(), QUARTER
    if nth["year"]:
        return Found(start, end, make(int(nth["year"]), number), rule)
    if nth["rel"]:
        return Found(start, end, make(scene.day.year + _STEPS[nth["rel"].lower()], number), rule)
    if year := scene.after(_YEAR_OF_AFTER, end):
        if year["rel"] and year["rel"].lower() == "the":
            return Found(start, year.end(), make(scene.day.year, number), rule)
        value = said_year(year, scene.day)
        return None if value is None else Found(start, year.end(), make(value, number), rule)
    if unit == "half" or not scene.is_business() or nth["nth"].lower() == "last":
        return None
    way: Way = "near" if scene.way(start, end, "past") == "coming" else "past"
    if nth["ago"]:
        days = yearly(lambda year: quarter_of(year, number), scene.day, "past")
        return Found(start, end, years_from(days, -1), "a quarter a year before")
    return scene.seen(start, end, rule, lambda day, way: yearly(lambda year: quarter_of(year, number), day, way), way)


def _the_quarter(scene: Scene, the: re.Match[str], end: int) -> Found | None:
    """Returns the quarter that a text speaks of: the last that it named."""
    adjective = (the["adjective"] or "").lower()
    if adjective == "current":
        return Found(the.start(), end, unit_from(scene.day, "quarter", 0), QUARTER)
    named = _named_quarter(scene)
    if named is None:
        return None
    rule = "a quarter named before"
    if adjective.startswith("year-"):
        return Found(the.start(), end, years_from(named, -1), "a quarter a year before")
    if adjective.isdigit():
        return Found(the.start(), end, years_from(named, int(adjective) - named.earliest.year), rule)
    if adjective == "previous":
        return Found(the.start(), end, unit_from(named.earliest, "quarter", -1), rule)
    return Found(the.start(), end, named, rule)


def letter_quarter_rule(scene: Scene, match: re.Match[str]) -> Found | None:
    """Q3 2024, 2024 Q3, H1 2025."""
    make = quarter_of if match[0][0] == "Q" else half_of
    number = int(match[0][1])
    if number > (4 if match[0][0] == "Q" else 2):
        return None
    if after := scene.after(_LETTER_AFTER, match.end()):
        return Found(match.start(), after.end(), make(int(after["year"]), number), QUARTER)
    if before := scene.before(_LETTER_BEFORE, match.start()):
        return Found(before.start(), match.end(), make(int(before["year"]), number), QUARTER)
    return None


# Holidays on a fixed day: month and day by their names.
HOLIDAYS: Mapping[str, tuple[int, int]] = {
    "christmas day": (12, 25),
    "christmas eve": (12, 24),
    "boxing day": (12, 26),
    "new year's day": (1, 1),
    "new year's eve": (12, 31),
}


def holiday_rule(scene: Scene, match: re.Match[str]) -> Found | None:
    """Christmas Day, New Year's Eve."""
    month, number = HOLIDAYS[match[0].lower().replace("’", "'")]

    def make(year: int) -> Days:
        return one_day(date(year, month, number))

    if year := scene.after(YEAR_AFTER, match.end()):
        value = said_year(year, scene.day)
        return None if value is None else Found(match.start(), year.end(), make(value), "a holiday")
    way = scene.way_of_date(match.start(), match.end(), make)
    return scene.seen(match.start(), match.end(), "a holiday", lambda day, way: yearly(make, day, way), way)
