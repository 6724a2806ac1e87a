"""Values of URL parameters as searches read and write them. No ORM.

A value that makes no sense is read as if it were missing: reading a URL never fails. For the modules of
`search.results` only.
"""

from collections.abc import Container, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings

from ..query import NO_VALUE, DateError, parse_date_range

# The longest span that makes sense has 28 characters: two hours, and the dots between them.
MAX_DATES_CHARS = 40
# More digits than the number of any page or section has.
_MAX_DIGITS = 12
# Whether a span can be read does not depend on the day.
_ANY_DAY = datetime(2000, 1, 1, tzinfo=UTC)


class Parameters(Protocol):
    """The part of Django's QueryDict that is used here."""

    def getlist(self, key: str) -> Sequence[Any]: ...


def read_all(parameters: Parameters, name: str) -> list[str]:
    """Returns the values of a repeated parameter, without empty values."""
    return [text for value in parameters.getlist(name) if (text := _clean(value))]


def read_last(parameters: Parameters, name: str, *, strip: bool = True) -> str:
    """Returns the last value of a parameter; empty if there is none."""
    values = parameters.getlist(name)
    text = _clean(values[-1]) if values else ""
    return text.strip() if strip else text


def split_names(values: Iterable[str]) -> tuple[str, ...]:
    """Returns names that are separated by commas or repeated, each once, in their order."""
    return tuple(dict.fromkeys(name for value in values for part in value.split(",") if (name := part.strip())))


def read_choice(parameters: Parameters, name: str, choices: Container[str], default: str) -> str:
    """Returns the last value of a parameter if it is among the choices, or else the default."""
    value = read_last(parameters, name)
    return value if value in choices else default


def read_page(parameters: Parameters, name: str, *, max_page: int) -> int:
    """Returns a page number, from 1 to `max_page`; 1 if there is no number."""
    return min(max(read_number(parameters, name), 1), max_page)


def read_number(parameters: Parameters, name: str) -> int:
    """Returns a number; 0 if there is none, or one of more digits than any number of the archive."""
    text = read_last(parameters, name)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS else 0


def on_reader_clock(now: datetime) -> datetime:
    """Returns an instant on the clock of the readers, whose days `today` and its like mean."""
    zone: ZoneInfo = settings.READER_ZONE
    return now.astimezone(zone)


def clean_dates(expression: str) -> str:
    """Returns a span of dates, or NO_VALUE, in lower case; empty if it cannot be read."""
    text = expression.strip().lower()
    if len(text) > MAX_DATES_CHARS:
        return ""
    try:
        check_dates(text)
    except DateError:
        return ""
    return text


def check_dates(expression: str) -> None:
    """Raises DateError if an expression is neither a span of dates nor NO_VALUE."""
    if expression != NO_VALUE:
        parse_date_range(expression, _ANY_DAY)


def encode(pairs: Sequence[tuple[str, str]], *, safe: str = "") -> str:
    """Returns a query string without the question mark; leaves out lone surrogates, which a command can pass.

    The characters of `safe` stay as they are.
    """
    return urlencode(pairs, safe=safe, errors="ignore")


def _clean(value: object) -> str:
    """Returns a value without what no URL and no database can store: NUL and lone surrogates."""
    return str(value).encode("utf-8", "ignore").decode().replace("\x00", "")
