"""Template filters for times, languages, matches, changes and captures. Templates `{% load formatting %}`.

Each filter escapes what comes from outside. The rows of a results page are in `rows`, which imports from here.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from html import escape

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from archive.models import Capture, Section
from archive.times import OutletTime, utc_iso

from ..articles import (
    MAX_LINKED_MATCHES,
    FieldValue,
    Passage,
    PlacedSection,
    ReceivedValue,
    capture_name,
    describe_origin,
    short_sha256,
)
from ..results import Piece, section_url
from ..text import MONTH_NAMES, SHORT_MONTH_NAMES, TextRun

register = template.Library()
register.filter(short_sha256)
register.filter(capture_name)

_LONG_FORMATS = {
    "year": "{0.year}",
    "month": "{1} {0.year}",
    "day": "{0.day} {1} {0.year}",
    "minute": "{0.day} {1} {0.year}, {0.hour:02}:{0.minute:02} {2}",
    "second": "{0.day} {1} {0.year}, {0.hour:02}:{0.minute:02} {2}",
}
_SHORT_FORMATS = {
    "year": "{0:%Y}",
    "month": "{1} {0.year}",
    "day": "{0.day} {1}",
    "minute": "{0.day} {1} {0:%H:%M}",
    "second": "{0.day} {1} {0:%H:%M}",
}


@register.filter
def at_precision(time: OutletTime | datetime | None) -> str | SafeString:
    """Writes a time on the clock of its outlet as far as it is known; a plain time to the minute."""
    if time is None:
        return "undated"
    if isinstance(time, datetime):
        time = OutletTime(time, "minute")
    text = _LONG_FORMATS[time.precision].format(time.at, MONTH_NAMES[time.at.month], time.clock_name)
    # Digits, names of months and signs: nothing to escape.
    return mark_safe(f'<time datetime="{_machine_time(time)}">{text}</time>')  # noqa: S308


@register.filter
def short_time(time: OutletTime) -> SafeString:
    """Writes a time for a narrow column."""
    text = _SHORT_FORMATS[time.precision].format(time.at, SHORT_MONTH_NAMES[time.at.month])
    return format_html('<time class="short" datetime="{}">{}</time>', _machine_time(time), text)


def _machine_time(time: OutletTime) -> str:
    return utc_iso(time.at, timespec="seconds") if time.is_exact else time.day


@register.filter
def field_value(value: FieldValue) -> str | SafeString:
    """Writes the value of a field that changed."""
    return at_precision(value) if isinstance(value, OutletTime) else value or "nothing"


@register.filter
def received_value(value: ReceivedValue) -> str | SafeString:
    """Writes what was received where a curator set something else."""
    if isinstance(value, OutletTime):
        return at_precision(value)
    text = ", ".join(value) if isinstance(value, tuple) else value
    return format_html("<bdi>“{}”</bdi>", text) if text else "nothing"


# The shape of a language code (BCP 47), its first part a language of two or three letters.
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")


@register.filter
def in_article(section: Section) -> str:
    """Writes the URL of a section on its article's page."""
    return section_url(section.article.get_absolute_url(), section)


@register.filter
def place_on_page(placed: PlacedSection) -> str:
    """Writes the end of a URL, after its parameters: where the page of an article has a section."""
    in_part = placed.section is not None and placed.section.is_in_parts
    return f"{f'&section={placed.section.pk}' if placed.section and in_part else ''}#{placed.anchor}"


@register.filter
def lang(code: str) -> SafeString:
    """Writes the attribute `lang`, empty for an unknown language: the page's own is English."""
    return format_html('lang="{}"', code if _LANGUAGE.fullmatch(code) else "")


@register.filter
def marked(pieces: tuple[Piece, ...]) -> SafeString:
    """Writes pieces of a text with the matches marked."""
    html = (f"<mark>{escape(piece.text)}</mark>" if piece.matched else escape(piece.text) for piece in pieces)
    return mark_safe("".join(html))  # noqa: S308  # escaped piece by piece


@register.filter
def linked_matches(passage: Passage, total: int) -> str | SafeString:
    """Writes a passage with the matches marked; each of the page's `total` matches links to its neighbours.

    The stylesheet shows the links of the match that the address names, so stepping works without JavaScript.
    """
    if len(passage) == 1 and not passage[0].number:
        return passage[0].text
    return format_html_join("", "{}", ((_linked_match(piece.text, piece.number, total),) for piece in passage))


def _linked_match(text: str, number: int, total: int) -> str | SafeString:
    if not number:
        return text
    if not 0 < number <= MAX_LINKED_MATCHES:
        return format_html("<mark>{}</mark>", text)
    last = min(total, MAX_LINKED_MATCHES)
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
def changed(runs: Iterable[TextRun]) -> SafeString:
    """Writes a comparison: removed and added text is marked as such, and named for screen readers."""
    return mark_safe("".join(map(_changed_run, runs)))  # noqa: S308  # escaped run by run


def _changed_run(run: TextRun) -> str:
    text = escape(run.text)
    if run.kind == "same":
        return text
    tag = "ins" if run.kind == "added" else "del"
    # Most screen readers do not announce these elements, so words do.
    return f'<{tag}><span class="hidden"> [{run.kind}: </span>{text}<span class="hidden"> end] </span></{tag}>'


@register.filter
def origin(capture: Capture, full_path: bool) -> str:
    """Writes where a capture's bytes came from."""
    return describe_origin(capture, full_path=full_path)
