"""How times and marked text are written in templates."""

from datetime import datetime

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from ..highlight import Piece

register = template.Library()

_FORMATS = {
    "year": "{0:%Y}",
    "month": "{0:%B %Y}",
    "day": "{0.day} {0:%B %Y}",
    "minute": "{0.day} {0:%B %Y}, {0:%H:%M} UTC",
    "second": "{0.day} {0:%B %Y}, {0:%H:%M} UTC",
}
_MACHINE = {"year": "{0:%Y}", "month": "{0:%Y-%m}", "day": "{0:%Y-%m-%d}"}


@register.filter
def at_precision(moment: datetime | None, precision: str = "minute") -> str | SafeString:
    """Writes a time as precisely as it is known, and no more so."""
    if moment is None:
        return "undated"
    shown = _FORMATS.get(precision, _FORMATS["minute"]).format(moment)
    machine = _MACHINE.get(precision, "{0:%Y-%m-%dT%H:%M:%SZ}").format(moment)
    return format_html('<time datetime="{}">{}</time>', machine, shown)


@register.filter
def marked(pieces: tuple[Piece, ...]) -> SafeString:
    """Writes pieces, the matched ones marked; the text is escaped."""
    return format_html_join("", "{}", ((_marked(piece),) for piece in pieces))


def _marked(piece: Piece) -> str | SafeString:
    return format_html("<mark>{}</mark>", piece.text) if piece.matched else piece.text
