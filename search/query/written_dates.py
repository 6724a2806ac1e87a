"""Dates as people write them, such as 14/02/2014 or "February 2014", as the dates of the query language. Pure.

Used within `search.query`. `dates` reads the result.
"""

import re
from dataclasses import dataclass
from datetime import date

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_MONTH_BY_NAME = {
    name: number
    for number, (short, full) in enumerate(zip(_MONTHS, _MONTH_NAMES, strict=True), start=1)
    for name in (short, f"{short}.", full)
} | {"sept": 9, "sept.": 9}

# A pattern of all names of months.
MONTH_NAMES = "|".join(re.escape(name) for name in sorted(_MONTH_BY_NAME, key=len, reverse=True))
_MONTH = rf"(?P<month>{MONTH_NAMES})"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>\d{4})"
_GAP = r"[\s,./-]+"
_NAMED = tuple(
    re.compile(form, re.ASCII)
    for form in (
        rf"{_MONTH}{_GAP}{_YEAR}",
        rf"{_DAY}{_GAP}(?:of\s+)?{_MONTH}{_GAP}{_YEAR}",
        rf"{_MONTH}{_GAP}{_DAY}{_GAP}{_YEAR}",
        rf"{_YEAR}{_GAP}{_MONTH}(?:{_GAP}{_DAY})?",
    )
)
_YEAR_FIRST = re.compile(rf"{_YEAR}[./](?P<month>\d{{1,2}})(?:[./](?P<day>\d{{1,2}}))?", re.ASCII)
# As in Factiva and ProQuest.
_EIGHT_DIGITS = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})", re.ASCII)
_MONTH_AND_YEAR = re.compile(rf"(?P<month>\d{{1,2}})[./-]{_YEAR}", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})", re.ASCII)
# As in ProQuest, pd(20140101-20150101) and yr(2014-2015).
_HYPHENATED_RANGE = re.compile(r"(\d{8}|\d{4})-(\d{8}|\d{4})", re.ASCII)
_RELATIVE = re.compile(r"(?:last|past|this)\s+(?:\d+\s+)?(?:day|week|month|year)s?", re.ASCII)
_COMPARISON = re.compile(r"\s*([<>]=?|=)?\s*")


@dataclass(frozen=True)
class WrittenDate:
    """An expression as it was written, and with its dates in the form of the query language.

    `other` is the expression as it may have been meant instead; empty if there is one reading only.
    """

    written: str
    expression: str
    other: str = ""


def read_written_dates(text: str) -> WrittenDate:
    """Returns a date, a comparison or a range with each date as the query language writes it.

    What is no date stays as it is. In 3/4/2025 the day is read before the month, and the other reading is `other`.
    """
    written = " ".join(text.lower().split())
    expression, other = (_read_expression(written, day_first=day_first) for day_first in (True, False))
    return WrittenDate(written, expression, other if other != expression else "")


def _read_expression(expression: str, *, day_first: bool) -> str:
    comparison = _COMPARISON.match(expression)
    sign = (comparison and comparison[1]) or ""
    rest = expression[comparison.end() if comparison else 0 :]
    rest = _HYPHENATED_RANGE.sub(r"\1..\2", rest) if _HYPHENATED_RANGE.fullmatch(rest) else rest
    dates = [_read_date(part.strip(), day_first=day_first) for part in rest.split("..", 1)]
    return ("" if sign == "=" else sign) + "..".join(dates)


def _read_date(text: str, *, day_first: bool) -> str:
    for pattern in (*_NAMED, _YEAR_FIRST, _EIGHT_DIGITS, _MONTH_AND_YEAR):
        if match := pattern.fullmatch(text):
            return _write(match)
    if match := _YEAR_LAST.fullmatch(text):
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        orders = ((second, first), (first, second)) if day_first else ((first, second), (second, first))
        # Only one order may be in the calendar.
        for month, day in orders:
            if _is_in_calendar(year, month, day):
                return f"{year:04}-{month:02}-{day:02}"
    return re.sub(r"\s+", "-", text.replace("past", "last")) if _RELATIVE.fullmatch(text) else text


def _write(match: re.Match[str]) -> str:
    found = match.groupdict()
    month = _MONTH_BY_NAME.get(found["month"]) or int(found["month"])
    day = f"-{int(found['day']):02}" if found.get("day") else ""
    return f"{found['year']}-{month:02}{day}"


def _is_in_calendar(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
