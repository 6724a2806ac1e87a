"""Template filters for times, languages, matches, changes and captures. Templates `{% load formatting %}`.

Each filter escapes what comes from outside. The rows of a results page are in `rows`, which imports from here.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from archive.models import Capture, Section
from archive.times import OutletTime, utc_iso

from ..articles import (
    MAX_LINKED_MATCHES,
    CuratedValue,
    FieldValue,
    Passage,
    PlacedSection,
    ReceivedValue,
    capture_name,
    curated_entry_label,
    curated_label,
    describe_origin,
    short_sha256,
)
from ..results import Piece, add_parameters, section_url
from ..text import MONTH_NAMES, SHORT_MONTH_NAMES, TextRun, find_unbroken, is_language_code, is_right_to_left

register = template.Library()
register.filter(short_sha256)
register.filter(capture_name)
register.filter(curated_label)


@register.filter
def curated_entry(section: Section) -> str:
    """Writes which values of an entry curators set."""
    return curated_entry_label(section.curated_fields)


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
    text = plain_time(time)
    # Digits, names of months and signs: nothing to escape.
    return mark_safe(f'<time datetime="{_machine_time(time)}">{text}</time>')  # noqa: S308


def plain_time(time: OutletTime) -> str:
    """Returns a time on the clock of its outlet as far as it is known."""
    return _LONG_FORMATS[time.precision].format(time.at, MONTH_NAMES[time.at.month], time.clock_name)


_DAY_FORMATS = _LONG_FORMATS | dict.fromkeys(("day", "minute", "second"), "{0:%A} {0.day} {1} {0.year}")


@register.filter
def day_of(time: OutletTime) -> SafeString:
    """Writes the day of a time, with its name; the month or the year if no more is known."""
    text = _DAY_FORMATS[time.precision].format(time.at, MONTH_NAMES[time.at.month])
    return format_html('<time datetime="{}">{}</time>', time.day, text)


@register.simple_tag
def day_span(first: OutletTime, last: OutletTime) -> str:
    """Writes the days from one time to another: 2–5 August 2024."""
    days = [
        OutletTime(time.at, time.precision if time.precision in ("year", "month") else "day") for time in (first, last)
    ]
    begin, end = map(plain_time, days)
    if begin == end:
        return end
    if all(day.precision == "day" for day in days) and first.at.year == last.at.year:
        begin = f"{first.at.day}" if first.at.month == last.at.month else begin.rpartition(" ")[0]
    return f"{begin}–{end}" if " " not in begin else f"{begin} – {end}"


@register.filter
def clock_time(time: OutletTime) -> SafeString:
    """Writes the hour and minute of a time below a heading that has its day and clock."""
    return format_html('<time class="clock" datetime="{}">{}</time>', _machine_time(time), f"{time.at:%H:%M}")


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


@register.filter
def beside_received(value: CuratedValue) -> SafeString:
    """Writes that a curator set a value, and what was received; of a value that no page shows itself, the value."""
    if value.is_named:
        return format_html("{} set by a curator: {}", value.label, value.value)
    return format_html("{} set by a curator; as received: {}", value.label, received_value(value.received))


@register.filter
def in_article(section: Section, parameters: str = "") -> str:
    """Writes the URL of a section on its article's page, with the parameters of a search."""
    return section_url(with_parameters(section.article.get_absolute_url(), parameters), section)


@register.filter
def with_parameters(url: str, parameters: str) -> str:
    """Writes a URL with further parameters: those of the search that led to the page, or none."""
    return add_parameters(url, parameters)


@register.filter
def unbroken(text: str) -> SafeString:
    """Writes a text in which no line breaks inside a hyphenated word."""
    return mark_safe(_write_unbroken(text, 0, find_unbroken(text)))  # noqa: S308  # escaped


@register.filter
def direction(text: str) -> str:
    """Writes the attribute `dir` for what surrounds a text that runs from right to left; else nothing."""
    return mark_safe(' dir="rtl"') if is_right_to_left(text) else ""


@register.filter
def place_on_page(placed: PlacedSection) -> str:
    """Writes the end of a URL, after its parameters: where the page of an article has a section."""
    in_part = placed.section is not None and placed.section.is_in_parts
    return f"{f'&section={placed.section.pk}' if placed.section and in_part else ''}#{placed.anchor}"


@register.filter
def lang(code: str) -> SafeString:
    """Writes the attribute `lang`, empty for an unknown language: the page's own is English."""
    return format_html('lang="{}"', code if is_language_code(code) else "")


@register.filter
def marked(pieces: tuple[Piece, ...]) -> SafeString:
    """Writes pieces of a text with the matches marked."""
    html = (f"<mark>{escape(piece.text)}</mark>" if piece.matched else escape(piece.text) for piece in pieces)
    return mark_safe("".join(html))  # noqa: S308  # escaped piece by piece


@register.filter
def linked_matches(passage: Passage, total: int) -> SafeString:
    """Writes a passage with the matches marked; each of the page's `total` matches links to its neighbours.

    The stylesheet shows the links of the match that the address names, so stepping works without JavaScript. No line
    breaks inside a hyphenated word, be all of it marked or a part.
    """
    spans = find_unbroken_spans(passage)
    html: list[str] = []
    start = 0
    for piece in passage:
        end = start + len(piece.text)
        if piece.number:
            inside = [span for span in spans if start <= span[0] and span[1] <= end]
            around = [span for span in spans if span not in inside]
            html += [_OPEN for first, _ in around if first == start]
            html.append(_linked_match(_write_unbroken(piece.text, start, inside), piece.number, total))
            html += [_CLOSE for _, last in around if last == end]
        else:
            html.append(_write_unbroken(piece.text, start, spans))
        start = end
    return mark_safe("".join(html))  # noqa: S308  # escaped piece by piece


@register.filter
def matches(passage: Passage) -> SafeString:
    """Writes a passage with the matches marked, none of them a link."""
    return linked_matches(passage, 0)


_OPEN, _CLOSE = '<span class="unbroken">', "</span>"


def find_unbroken_spans(passage: Passage) -> list[tuple[int, int]]:
    """Returns the spans of words that no line may break; one that begins or ends inside a match has all of it."""
    if not any("-" in piece.text for piece in passage):
        return []
    matches: list[tuple[int, int]] = []
    start = 0
    for piece in passage:
        matches += [(start, start + len(piece.text))] if piece.number else []
        start += len(piece.text)
    spans: list[tuple[int, int]] = []
    for first, last in find_unbroken("".join(piece.text for piece in passage)):
        cut = [(a, b) for a, b in matches if a < last and first < b and not (a <= first and last <= b)]
        span = min([first, *(a for a, _ in cut)]), max([last, *(b for _, b in cut)])
        if spans and span[0] < spans[-1][1]:
            span = spans.pop()[0], span[1]
        spans.append(span)
    return spans


def _write_unbroken(text: str, start: int, spans: Sequence[tuple[int, int]]) -> str:
    """Writes a piece of a text that begins at `start`, with the beginnings and ends of the spans that are in it."""
    tags = {first - start: _OPEN for first, _ in spans if 0 <= first - start < len(text)}
    tags |= {last - start: _CLOSE for _, last in spans if 0 < last - start <= len(text)}
    if not tags:
        return escape(text)
    html = []
    done = 0
    for place, tag in sorted(tags.items()):
        html += [escape(text[done:place]), tag]
        done = place
    return "".join([*html, escape(text[done:])])


def _linked_match(html: str, number: int, total: int) -> str:
    opening, closing = match_tags(number, total)
    return opening + html + closing


def match_tags(number: int, total: int) -> tuple[str, str]:
    """Returns what is written before and after a match; after it are the links to its neighbours, if it has some."""
    last = min(total, MAX_LINKED_MATCHES)
    if not 0 < number <= last:
        return "<mark>", "</mark>"
    return (
        f'<mark id="m{number}">',
        f'</mark><span class="step" role="group" aria-label="Match {number} of {total}">'
        f'<a href="#m{number - 1 or last}" aria-label="Previous match">↑</a>{number}/{total}'
        f'<a href="#m{number % last + 1}" aria-label="Next match">↓</a></span>',
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
