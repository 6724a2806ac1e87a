"""The cells of a workbook as XML (ECMA-376, part 1, 18.3.1.4), without their places; and their formats. No rows.

Only the format of workbooks imports from here.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from archive.times import OutletTime, utc_iso

from .spreadsheet_cells import cut_to_cell, is_formula

# The formats of XlsxWriter that every workbook has. The number of a style is its place here, from 1; those of times
# follow as they are needed.
_TOP = {"valign": "top"}
FORMATS: tuple[Mapping[str, Any], ...] = (
    _TOP | {"bold": True, "bg_color": "#E7E6E6", "bottom": 1},
    _TOP | {"text_wrap": True},
    # As if typed after an apostrophe: it stays text when somebody edits it.
    _TOP | {"text_wrap": True, "quote_prefix": True},
    _TOP | {"text_wrap": True, "num_format": "@"},
    _TOP | {"text_wrap": True, "hyperlink": True},
    _TOP | {"num_format": "0"},
    _TOP | {"bold": True},
)
HEAD, TEXT, QUOTED, IDENTIFIER, LINK, NUMBER, LABEL = range(1, len(FORMATS) + 1)

# Excel takes about 200 number formats, of which each clock needs up to three. Times on further clocks are text.
MAX_TIME_FORMATS = 150
# Excel counts days from 1 January 1900 and takes that year for a leap year, other programs do not.
_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001  # a cell has no clock
_FIRST_DAY = datetime(1900, 3, 1)  # noqa: DTZ001
_DAY = timedelta(days=1)

# Characters that XML lacks, the carriage return that it would change, and what readers of workbooks would take for an
# escaped character (ST_Xstring: 22.9.2.19).
_UNUSUAL = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|_(?=x[0-9A-Fa-f]{4}_)")

# Links that Excel takes as they are. It takes no longer ones.
_MAX_LINK_CHARS = 2079
_WEB = re.compile(r"https?://[^/\s]", re.IGNORECASE)
_UNSAFE = re.compile(r"[^A-Za-z0-9\-._~:/?@!$&'()*+,;=%]|%(?![0-9A-Fa-f]{2})")

EMPTY_CELL = "/>"


class CutCell(str):
    """A cell whose text was cut."""

    __slots__ = ()


class Cells:
    """Makes cells, and collects the number formats of times. A cell lacks its beginning: `<c r="A1"`."""

    def __init__(self) -> None:
        self._style_of_time: dict[str, int] = {}
        # The columns whose values say less than their cells need to know.
        self.encoders: Mapping[str, Callable[[Any], str]] = {
            "section": _identifier,
            "article": _identifier,
            "capture_sha256": _identifier,
            "published_day": self._day,
            "url": str,
            "permalink": str,
        }

    @property
    def formats(self) -> list[Mapping[str, Any]]:
        """The formats of all styles that were used, in the order of their numbers."""
        return [*FORMATS, *(_TOP | {"align": "left", "num_format": pattern} for pattern in self._style_of_time)]

    def encode(self, value: Any) -> str:
        """Returns the cell of the value of a column."""
        if type(value) is str:
            return text_cell(value)
        if value is None:
            return EMPTY_CELL
        if isinstance(value, bool):
            return text_cell("yes" if value else "no")
        if isinstance(value, int):
            return f' s="{NUMBER}"><v>{value}</v></c>'
        if isinstance(value, OutletTime):
            return self._time(value)
        if isinstance(value, datetime):
            return self._time(OutletTime(value, "second"))
        return text_cell("; ".join(value))

    def _day(self, day: str) -> str:
        """Returns the cell of a day in ISO 8601; a month or a year is text."""
        # The only values of this form.
        is_day = len(day or "") == len("2025-06-02")
        return self._date(datetime.fromisoformat(day), "yyyy-mm-dd", day) if is_day else text_cell(day or "")

    def _time(self, time: OutletTime) -> str:
        if not time.is_exact:
            return self._day(time.day)
        # Excel shows milliseconds; more would be rounded, at midnight to another day.
        at = time.at.replace(tzinfo=None, microsecond=time.at.microsecond // 1000 * 1000)
        seconds = ":ss" if time.precision == "second" else ""
        parts = ".000" if at.microsecond else ""
        clock = time.at.isoformat()[-6:] if time.at.utcoffset() else "UTC"
        pattern = f'yyyy-mm-dd hh:mm{":ss" if parts else seconds}{parts}" {clock}"'
        return self._date(at, pattern, utc_iso(time.at))

    def _date(self, at: datetime, pattern: str, text: str) -> str:
        style = self._style_of_time.get(pattern)
        if style is None and len(self._style_of_time) < MAX_TIME_FORMATS:
            style = self._style_of_time[pattern] = len(FORMATS) + len(self._style_of_time) + 1
        if style is None or at < _FIRST_DAY:
            return text_cell(text)
        return f' s="{style}"><v>{(at - _DAY_ZERO) / _DAY!r}</v></c>'


def text_cell(text: str, style: int = TEXT) -> str:
    """Returns the cell of a text: a CutCell, if it is longer than a cell may be."""
    if not text:
        return EMPTY_CELL
    kept = cut_to_cell(text)
    if style == TEXT and (is_formula(kept) or kept.startswith("'")):
        style = QUOTED
    cell = f' s="{style}" t="inlineStr"><is><t xml:space="preserve">{escape(kept)}</t></is></c>'
    return cell if kept is text else CutCell(cell)


def _identifier(value: int | str) -> str:
    return text_cell(str(value), IDENTIFIER)


def escape(text: str) -> str:
    """Returns a text as XML that readers of workbooks turn into the same text."""
    if _UNUSUAL.search(text):
        text = _UNUSUAL.sub(lambda match: f"_x{ord(match[0]):04X}_", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def escape_attribute(text: str) -> str:
    """Returns a text without controls as the value of an XML attribute."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def is_web_address(text: str) -> bool:
    return _WEB.match(text) is not None


def link_target(url: str) -> tuple[str, str]:
    """Returns what a link to a web address has: the address of a page, and a place on it.

    Both are empty if Excel would not take it.
    """
    target, _, location = url.partition("#")
    if _UNSAFE.search(target):
        target = _UNSAFE.sub(lambda match: quote(match[0], safe="", errors="replace"), target)
    if len(target) > _MAX_LINK_CHARS or len(location) > _MAX_LINK_CHARS or _UNUSUAL.search(location):
        return "", ""
    return target, location
