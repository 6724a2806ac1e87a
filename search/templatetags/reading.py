"""How times, marked text, matches that lead to each other, and changes are written in templates."""

import re
from calendar import month_name
from collections.abc import Iterable
from datetime import datetime
from html import escape

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from archive.models import Capture

from ..articles import MAX_STEPS, Moment, Passage, Value, captures
from ..results import Piece
from ..text import Run

register = template.Library()

# Looked up dozens of times a page; the calendar's own list formats a date each time.
_MONTHS = tuple(month_name)

_FORMATS = {
    "year": "{0.year}",
    "month": "{1} {0.year}",
    "day": "{0.day} {1} {0.year}",
    "minute": "{0.day} {1} {0.year}, {0.hour:02}:{0.minute:02} UTC",
    "second": "{0.day} {1} {0.year}, {0.hour:02}:{0.minute:02} UTC",
}
# How much of an ISO 8601 time is known.
_MACHINE = {"year": 4, "month": 7, "day": 10}


@register.filter
def at_precision(moment: datetime | None, precision: str = "minute") -> str | SafeString:
    """Writes a time as precisely as it is known, and no more so."""
    if moment is None:
        return "undated"
    shown = _FORMATS.get(precision, _FORMATS["minute"]).format(moment, _MONTHS[moment.month])
    # Digits, and the names of months: nothing to escape.
    return mark_safe(f'<time datetime="{_for_machines(moment, precision)}">{shown}</time>')  # noqa: S308


def _for_machines(moment: datetime, precision: str) -> str:
    written = moment.isoformat()
    return written[: _MACHINE[precision]] if precision in _MACHINE else f"{written[:19]}Z"


@register.filter
def short_time(moment: datetime, precision: str) -> SafeString:
    """Writes a time for a narrow column."""
    timed = precision not in _MACHINE
    shown = (
        "{0.day} {0:%b %H:%M}" if timed else {"year": "{0:%Y}", "month": "{0:%b %Y}"}.get(precision, "{0.day} {0:%b}")
    )
    machine = _for_machines(moment, precision)
    return format_html('<time class="short" datetime="{}">{}</time>', machine, shown.format(moment))


@register.filter
def marked(pieces: tuple[Piece, ...]) -> SafeString:
    """Writes pieces, the matched ones marked; the text is escaped."""
    written = (f"<mark>{escape(piece.text)}</mark>" if piece.matched else escape(piece.text) for piece in pieces)
    return mark_safe("".join(written))  # noqa: S308  # escaped piece by piece


@register.filter
def stepped(passage: Passage, total: int) -> str | SafeString:
    """Writes a passage of `total` matches on the page: each an anchor, followed by the links to its neighbours.

    The stylesheet shows these links at the match that the address names, so that one steps without JavaScript too.
    """
    if len(passage) == 1 and not passage[0].number:
        return passage[0].text
    return format_html_join("", "{}", ((_stepped(piece.text, piece.number, total),) for piece in passage))


def _stepped(text: str, number: int, total: int) -> str | SafeString:
    if not number:
        return text
    if not 0 < number <= MAX_STEPS:
        return format_html("<mark>{}</mark>", text)
    last = min(total, MAX_STEPS)
    return format_html(
        '<mark id="m{}">{}</mark><span class="step" role="group" aria-label="Match {} of {}">'
        '<a href="#m{}" aria-label="Previous match">↑</a>{}/{}<a href="#m{}" aria-label="Next match">↓</a></span>',
        number,
        text,
        number,
        total,
        number - 1 or last,
        number,
        total,
        number % last + 1,
    )


@register.filter
def changed(runs: Iterable[Run]) -> SafeString:
    """Writes what was removed and added as such, with words for those who hear it."""
    return mark_safe("".join(map(_changed, runs)))  # noqa: S308  # escaped run by run


def _changed(run: Run) -> str:
    text = escape(run.text)
    if run.kind == "same":
        return text
    tag = "ins" if run.kind == "added" else "del"
    # Without them the end is not heard.
    return f'<{tag}><span class="hidden"> [{run.kind}: </span>{text}<span class="hidden"> end] </span></{tag}>'


# The shape of a language code (BCP 47), its first part a language of two or three letters.
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")


@register.filter
def lang(code: str) -> SafeString:
    """Writes the attribute `lang`; where the language is not known it says so, lest English be read into it."""
    return format_html('lang="{}"', code if _LANGUAGE.fullmatch(code) else "")


@register.filter
def told(value: Value) -> str | SafeString:
    """Writes a particular: a time as one, and nothing as such."""
    return at_precision(value.at, value.precision) if isinstance(value, Moment) else value or "nothing"


@register.filter
def short_sha256(capture: Capture) -> str:
    """Writes what an address cites a capture by."""
    return captures.short(capture)


@register.filter
def origin(capture: Capture, whole: bool) -> str:
    """Writes where a capture's bytes came from."""
    return captures.origin_of(capture, whole=whole)
