"""Rules of days: years, decades, and days in figures. English.

Four digits are a year unless what stands beside them says that they count or number something. For the modules of days
in this package.
"""

import re
from datetime import date

from .day_calendar import Days, decade_of, one_day, year_of
from .day_scene import Found, Scene
from .day_words import COUNTED, DECADES, NUMBERED, TENS, UNITS

# A year so far from the text's own is a number of something else.
MAX_YEARS_AHEAD = 60
MIN_YEAR = 1900
# Years from here on count if a word stands before them that years follow.
MIN_OLD_YEAR = 1500

_TENS = "|".join(TENS)
_UNITS = "|".join(UNITS)
_YEAR_WORDS = rf"nineteen[\s-](?:(?:{_TENS})(?:[\s-](?:{_UNITS}))?|(?:{_UNITS}))\b"

# What may stand before a weekday, a month or a part of a year, and says which.
MODIFIED = re.compile(
    r"\b(?:(?:early|late|later|earlier|sometime|mid)\s+)?(?:the\s+)?"
    r"(?P<word>this\s+past|this\s+coming|last|next|this|previous|following|past|coming|same|that)\s+\Z",
    re.IGNORECASE,
)
PARTS = re.compile(
    r"\b(?:(?:in\s+)?the\s+)?(?:early|late|mid|later|earlier|noon|midnight|"
    r"(?:end|start|beginning|middle)\s+of)[\s-]+(?:in\s+|the\s+)?\Z",
    re.IGNORECASE,
)
YEAR_AFTER = re.compile(
    rf",?\s+(?:of\s+)?(?:(?P<year>1[5-9]\d\d|20\d\d)(?![\d%]|[.,]\d)|(?P<rel>last|this|next)\s+year\b(?!['’]s\s+\w+\s+quarter)"
    rf"|(?P<words>{_YEAR_WORDS})|['’](?P<short>\d\d)\b(?!s))",
    re.IGNORECASE,
)
# A quarter or half that the year before it belongs to; the rule of quarters reads both.
QUARTER_AFTER = re.compile(
    r"(?:['’]s)?\s+(?:fiscal[\s-])?(?:first|second|third|fourth|last|1st|2nd|3rd|4th)[\s-](?:fiscal[\s-])?(?:quarter|half)\b",
    re.IGNORECASE,
)
_NUMBER_BEFORE = re.compile(r"(?:[$£€#№©+/\\@_=&]\s?|\d\s?[.,:/\-–—]|(?<![a-z])[A-Z]{1,5}[-–]|[.,:]|[A-Za-z]\.)\Z")
_NUMBER_AFTER = re.compile(
    r"[.,:/]\d|\s?[%°]|-\d|\s?[/x×]\s?\d|-[a-z]+(?<!era)(?<!built)(?<!style)(?<!born)\b|[_@]|\.\w"
)
_WORD_AFTER = re.compile(r"[\s-]+([a-z]+)", re.IGNORECASE)
_OLD_BEFORE = re.compile(
    r"\b(?:in|since|of|by|until|from|before|after|around|circa|year|during|early|late|between)[\s-]+\Z", re.IGNORECASE
)
_YEAR_PARTS = re.compile(
    r"\b(?:the\s+)?(?:(?:early|late|mid|later|earlier)[\s-]+|(?:end|start|beginning|middle|rest|summer)\s+of\s+(?:the\s+)?"
    r"|fiscal\s+|the\s+year\s+)\Z",
    re.IGNORECASE,
)
_RANGE_AFTER = re.compile(r"\s?[-–—/]\s?(?P<last>\d{4}|\d{2})(?![\d:]|-\d)")
_ISO_AFTER = re.compile(r"-(\d\d)-(\d\d)(?!\d)")
_FIGURES_BEFORE = re.compile(r"(?<![\d./])(\d{1,2})([./])(\d{1,2})\2\Z")
_AGE_BEFORE = re.compile(r"\b(?:his|her|their|my|our|your)\s+(?:early\s+|late\s+|mid-?\s?)?\Z", re.IGNORECASE)
_DECADE_BEFORE = re.compile(r"\b(?:the\s+)(?:(?:early|late|mid)[\s-]+)?\Z", re.IGNORECASE)
_YEAR_BEFORE_WORDS = re.compile(r"\b(?:the\s+)?year\s+\Z", re.IGNORECASE)
_THOUSAND = re.compile(rf"\s+thousand(?:\s+(?:and\s+)?(?P<unit>{_UNITS}))?\b")
_NINETEEN = re.compile(_YEAR_WORDS, re.IGNORECASE)


def said_year(match: re.Match[str], day: date) -> int | None:
    """Returns the year that `YEAR_AFTER` found."""
    if match["year"]:
        return int(match["year"])
    if match["rel"]:
        return day.year + {"last": -1, "this": 0, "next": 1}[match["rel"].lower()]
    if match["words"]:
        return _spoken_year(match["words"])
    return _short_year(int(match["short"]), day)


def _spoken_year(words: str) -> int:
    numbers = re.split(r"[\s-]+", words.lower())[1:]
    return 1900 + sum(TENS.get(word, 0) + UNITS.get(word, 0) for word in numbers)


def _short_year(digits: int, day: date) -> int:
    """Returns the year of two digits that is the last one, up to ten years from now."""
    century = day.year - day.year % 100
    return century + digits if century + digits <= day.year + 10 else century - 100 + digits


def year_rule(scene: Scene, match: re.Match[str]) -> Found | None:
    """2022, 1914-18, 2025-05-16, 16.5.2025, fiscal 1990, the end of 1994."""
    start, end = match.span()
    year = int(match[0])
    if iso := scene.after(_ISO_AFTER, end):
        return Found(start, iso.end(), one_day(date(year, int(iso[1]), int(iso[2]))), "a date in figures")
    if figures := scene.before(_FIGURES_BEFORE, start):
        return _in_figures(figures, end, year)
    if not _is_year(scene, start, end, year):
        return None
    if last := scene.after(_RANGE_AFTER, end):
        until = int(last["last"]) if len(last["last"]) == 4 else year - year % 100 + int(last["last"])
        if year < until <= year + 100:
            days = Days(date(year, 1, 1), date(until, 12, 31), "range")
            return Found(start, last.end(), days, "from a year to a year")
        return None
    if scene.after(_NUMBER_AFTER, end) or scene.after(QUARTER_AFTER, end):
        return None
    if part := scene.before(_YEAR_PARTS, start):
        start = part.start()
    return Found(start, end, year_of(year), "a year")


def _is_year(scene: Scene, start: int, end: int, year: int) -> bool:
    if not MIN_OLD_YEAR <= year <= scene.day.year + MAX_YEARS_AHEAD:
        return False
    if scene.before(_NUMBER_BEFORE, start) or scene.word_before(start) in NUMBERED:
        return False
    word = scene.after(_WORD_AFTER, end)
    if word and word[1].lower() in COUNTED:
        return False
    return year >= MIN_YEAR or scene.before(_OLD_BEFORE, start) is not None


def _in_figures(figures: re.Match[str], end: int, year: int) -> Found | None:
    """Returns a day in figures where its parts allow one order only: 16/5/2025, 5/16/2025, 16.5.2025, 5/5/2025."""
    first, second = int(figures[1]), int(figures[3])
    if figures[2] == "." or first > 12 or first == second:
        number, month = first, second
    elif second > 12:
        number, month = second, first
    else:
        return None
    return Found(figures.start(), end, one_day(date(year, month, number)), "a date in figures")


def decade_rule(scene: Scene, match: re.Match[str]) -> Found | None:
    """The 1990s, the late '80s, the nineties."""
    start, end = match.span()
    word = match[0].lower().rstrip("'’s")
    if len(word) == 2:
        start -= 1  # the apostrophe
    before = scene.before(_DECADE_BEFORE, start)
    if word.isdigit() and len(word) == 4:
        # "The 1900s" may be a century.
        if (word.endswith("00") and word != "2000") or not MIN_OLD_YEAR <= int(
            word
        ) <= scene.day.year + MAX_YEARS_AHEAD:
            return None
        year = int(word)
    else:
        if before is None or scene.before(_AGE_BEFORE, start):
            return None
        tens = int(word) if word.isdigit() else DECADES[match[0].lower()]
        if not word.isdigit() and tens < 50:
            return None  # ages and temperatures
        century = scene.day.year - scene.day.year % 100
        year = century + tens if century + tens <= scene.day.year else century - 100 + tens
    return Found(before.start() if before else start, end, decade_of(year), "a decade")


def spoken_year_rule(scene: Scene, match: re.Match[str]) -> Found | None:
    """Nineteen ninety-six; the year two thousand; in '98."""
    start, end = match.span()
    word = match[0].lower()
    before = scene.before(_YEAR_BEFORE_WORDS, start)
    if word == "nineteen":
        spoken = _NINETEEN.match(scene.text, start, start + 40)
        return spoken and Found(start, spoken.end(), year_of(_spoken_year(spoken[0])), "a year in words")
    if word == "two":
        thousand = scene.after(_THOUSAND, end)
        if not (before and thousand):
            return None
        year = 2000 + (UNITS[thousand["unit"].lower()] if thousand["unit"] else 0)
        return Found(before.start(), thousand.end(), year_of(year), "a year in words")
    start -= 1  # the apostrophe
    if not scene.before(_OLD_BEFORE, start):
        return None
    return Found(start, end, year_of(_short_year(int(word), scene.day)), "a year of two digits")
