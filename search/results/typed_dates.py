"""The dates that the parameters of a URL have: one expression, or the first and the last day that a person typed.

Reading them never fails: what cannot be read is no restriction, and comes back with what is wrong with it. No ORM. For
`question` and the pages.
"""

from dataclasses import dataclass

from ..query import DateError, read_written_dates
from .parameters import MAX_DATES_CHARS, Parameters, check_dates, clean_dates, read_last

_BOXES = {"from": "From", "to": "To", "date": "The date"}


@dataclass(frozen=True)
class TypedDates:
    """Dates as they were typed, and the expression that they make; empty for any time.

    `error` says what cannot be read, and `note` how an ambiguous date was read; both are mostly empty.
    """

    first: str = ""
    last: str = ""
    dates: str = ""
    error: str = ""
    note: str = ""


def read_dates(parameters: Parameters) -> TypedDates:
    """Reads the parameters `date`, or else `from` and `to`, which may be swapped."""
    typed = {name: read_last(parameters, name) for name in _BOXES}
    if dates := clean_dates(typed["date"]):
        return TypedDates(dates=dates)
    first, last = typed["from"], typed["to"]
    written = {name: read_written_dates(text[:MAX_DATES_CHARS]) for name, text in typed.items()}
    start, end = written["from"].expression, written["to"].expression
    error = _find_error({name: written[name].expression if typed[name] else "" for name in typed}, typed)
    return TypedDates(
        first=first,
        last=last,
        dates="" if error else clean_dates(_join(start, end)) or clean_dates(_join(end, start)),
        error=error,
        note=" ".join(
            f"{read.written} was read as {read.expression}, the day before the month."
            for read in (written["from"], written["to"])
            if read.other and not error
        ),
    )


def _join(start: str, end: str) -> str:
    return start if start == end else f"{start}..{end}"


def _find_error(expressions: dict[str, str], typed: dict[str, str]) -> str:
    """Returns what is wrong with each date that cannot be read; empty if nothing is."""
    errors = []
    for name, expression in expressions.items():
        if not expression:
            continue
        if len(typed[name]) > MAX_DATES_CHARS:
            errors.append(f"{_BOXES[name]}: this is too long for a date.")
            continue
        try:
            # A box has one date: with the dots it is a span with an open end.
            check_dates(expression if name == "date" else f"{expression}..")
        except DateError as error:
            errors.append(f"{_BOXES[name]}: {error}.")
    return " ".join(errors)
