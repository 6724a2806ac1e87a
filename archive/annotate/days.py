"""Of which days a text speaks: one pass over the words that days are made of, each read by its rule.

A rule of its own for each kind of word (`day_dates`, `day_years`, `day_units`), days on the calendar (`day_calendar`)
and the verb beside them (`day_tense`). Two expressions that "to" or a dash joins are one range. Languages other than
English have no table yet, and no days. Recurring days ("every Monday"), durations ("two weeks") and ages are no days.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache

from .day_calendar import joined
from .day_dates import month_rule, season_rule, weekday_rule
from .day_scene import Found, Rule, Scene
from .day_units import (
    HOLIDAYS,
    holiday_rule,
    letter_quarter_rule,
    part_of_day_rule,
    quarter_rule,
    relative_rule,
    unit_rule,
)
from .day_words import DECADES, MONTHS, SEASONS, WEEKDAYS
from .day_years import decade_rule, spoken_year_rule, year_rule
from .spans import DayMention, Span

LANGUAGES = frozenset({"en"})

# The share of what each rule found on TimeBank whose days were right; at most .95, since few were counted.
# A rule that found under three there has an estimate, after the rules most like it.
CONFIDENCE: Mapping[str, float] = {
    "a weekday": 0.89,
    "a weekday with last, this or next": 0.95,
    "a weekday before or after another day": 0.8,
    "a weekday and its date": 0.95,
    "a date": 0.95,
    "a date in figures": 0.95,
    "a date without its year": 0.95,
    "a day known by its date": 0.9,
    "a holiday": 0.9,
    "a month and its year": 0.92,
    "a month without its year": 0.87,
    "a month with last, this or next": 0.92,
    "a season": 0.88,
    "a quarter or half": 0.92,
    "a quarter named before": 0.55,
    "a quarter a year before": 0.63,
    "a year": 0.87,
    "a year in words": 0.95,
    "a year of two digits": 0.8,
    "a decade": 0.83,
    "the end of the year": 0.33,
    "last, this or next week, month or year": 0.8,
    "a part of this week, month or year": 0.75,
    "a weekend": 0.95,
    "today, yesterday, tomorrow": 0.94,
    "a part of the day": 0.95,
    "days, weeks, months or years ago": 0.54,
    "days, weeks, months or years from now": 0.5,
    "before or after another day": 0.2,
    "a day that another one names": 0.8,
    "from a day to a day": 0.75,
    "from a year to a year": 0.8,
}

_WORDS: tuple[tuple[Rule, Iterable[str]], ...] = (
    (weekday_rule, [name for name in WEEKDAYS if name.endswith("day")]),
    (month_rule, MONTHS),
    (season_rule, SEASONS),
    (decade_rule, DECADES),
    (spoken_year_rule, ("nineteen", "two")),
    (relative_rule, ("today", "yesterday", "tomorrow", "tonight")),
    (part_of_day_rule, ("morning", "afternoon", "evening", "night")),
    (unit_rule, [word + end for word in ("day", "week", "weekend", "month", "year", "decade") for end in ("", "s")]),
    (quarter_rule, ("quarter", "half")),
    (holiday_rule, HOLIDAYS),
)
_JOINT = re.compile(r"\s*[-–—]\s*|\s+(?:to|through|until|till)\s+(?:the\s+)?|\s+(?P<both>and)\s+", re.IGNORECASE)
_BETWEEN_BEFORE = re.compile(r"\bbetween\s+(?:the\s+)?\Z", re.IGNORECASE)
_JOINED = frozenset({"day", "month", "year", "season", "quarter", "week"})


def find_days(text: str, day: date, language: str = "en") -> list[DayMention]:
    """Returns the days that a text of a day speaks of, in order. O(characters)."""
    if language.partition("-")[0] not in LANGUAGES:
        return []
    scene = Scene(text, day)
    pattern, rules = _compiled()
    for match in pattern.finditer(text):
        if scene.found and match.start() < scene.found[-1].end:
            continue
        rule = rules.get(match[0].lower().replace("’", "'")) or _rule_of_figures(match[0])
        try:
            found = rule(scene, match)
        except (ValueError, OverflowError):  # no such day: 31 February, a year before the first
            continue
        if found:
            scene.found.append(found)
    return [
        DayMention(
            Span(found.start, found.end),
            found.days.earliest,
            found.days.latest,
            found.days.precision,
            found.rule,
            CONFIDENCE[found.rule],
        )
        for found in _with_ranges(scene)
    ]


def _rule_of_figures(word: str) -> Rule:
    if word[0] in "QH":
        return letter_quarter_rule
    if word.endswith("s"):
        return decade_rule
    return year_rule if len(word) == 4 else spoken_year_rule


@cache
def _compiled() -> tuple[re.Pattern[str], dict[str, Rule]]:
    """Returns the pattern of all words that a rule reads, branched by first letter, and the rule of each word."""
    rules = {word: rule for rule, words in _WORDS for word in words}
    branches: dict[str, set[str]] = {}
    for word in rules:
        for spelling in (word, word.capitalize(), word.title().replace("'S", "'s"), word.upper()):
            # "mar", "sun" and "dec" in small letters are words, or parts of them.
            if word in MONTHS and len(word) < 5 and word not in ("may", "june", "july") and spelling == word:
                continue
            branches.setdefault(spelling[0], set()).add(spelling[1:].replace("'", "['’]"))
    words = "|".join(
        f"{first}(?:{'|'.join(sorted(rests, key=lambda rest: (-len(rest), rest)))})"
        for first, rests in sorted(branches.items())
    )
    figures = r"[12]\d\d\d(?:['’]?s)?|(?<=['’])\d\ds?|[QH][1-4]"
    return re.compile(rf"\b(?=[{''.join(branches)}\dQH])(?:{words}|{figures})\b"), rules


def _with_ranges(scene: Scene) -> list[Found]:
    """Returns what was found, with two ends of a range as one."""
    merged: list[Found] = []
    for found in scene.found:
        if merged and (both := _range(scene, merged[-1], found)):
            merged[-1] = both
        else:
            merged.append(found)
    return merged


def _range(scene: Scene, first: Found, last: Found) -> Found | None:
    if first.days.precision != last.days.precision or first.days.precision not in _JOINED:
        return None
    joint = _JOINT.fullmatch(scene.text, first.end, last.start)
    if joint is None or (
        joint["both"] and not _BETWEEN_BEFORE.search(scene.text, max(0, first.start - 12), first.start)
    ):
        return None
    try:
        days = joined(first.days, last.days, first.again, last.again)
    except (ValueError, OverflowError):  # no day of these words is on that side of the other
        return None
    return Found(first.start, last.end, days, "from a day to a day") if days else None
