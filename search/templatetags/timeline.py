"""The bars of a timeline as SVG, drawn on the server: the page needs no script and no library for its plot."""

from html import escape

from django import template
from django.utils.safestring import SafeString, mark_safe

from ..results import Timeline

register = template.Library()

# The bars in CSS pixels, and below them room for the labels of the axis. Widths are shares of the page's width.
_BARS_HEIGHT = 40
_LABELS_HEIGHT = 17
# A bar that counts anything is at least this high, so that it can be seen.
_MIN_BAR_HEIGHT = 2
# A label that starts further right than this ends at its bar, or it would be cut off.
_MAX_LABEL_LEFT_PERCENT = 85
# On the narrowest phones the plot is so wide, and a character of a label at most so wide (0.75rem, with a gap after
# the last). What would run into the label before it is left out there.
_NARROW_PLOT_PX = 280
_LABEL_CHAR_PX = 7.5
_LABEL_GAP_PX = 8


@register.filter
def plot(timeline: Timeline) -> SafeString:
    """Writes the bars as SVG, each a link, with the labels of the axis; nothing for fewer than two bars."""
    if len(timeline.bars) < 2:
        return mark_safe("")
    slot = 100 / len(timeline.bars)
    width = slot * (0.84 if len(timeline.bars) > 12 else 0.7)
    height = _BARS_HEIGHT + _LABELS_HEIGHT
    # Numbers, and text that is escaped where it is written.
    return mark_safe(  # noqa: S308
        f'<svg width="100%" height="{height}" aria-hidden="true" focusable="false">'
        f"{_bars(timeline, slot, width)}{_labels(timeline, slot, width)}</svg>"
    )


def _bars(timeline: Timeline, slot: float, width: float) -> str:
    highest = max(bar.count for bar in timeline.bars) or 1
    shapes = []
    for index, bar in enumerate(timeline.bars):
        left = index * slot
        if not bar.count:
            # An empty interval is a mark on the line, without a link.
            shapes.append(f'<rect x="{left:.4g}%" y="{_BARS_HEIGHT - 1}" width="{width:.4g}%" height="1"/>')
            continue
        height = max(round(bar.count / highest * (_BARS_HEIGHT - 2)), _MIN_BAR_HEIGHT)
        shapes.append(
            f'<a href="{escape(bar.url)}" tabindex="-1">'
            f'<rect x="{left:.4g}%" y="0" width="{slot:.4g}%" height="{_BARS_HEIGHT}"/>'
            f'<rect x="{left:.4g}%" y="{_BARS_HEIGHT - height}" width="{width:.4g}%" height="{height}"/></a>'
        )
    return "".join(shapes)


def _labels(timeline: Timeline, slot: float, width: float) -> str:
    y = _BARS_HEIGHT + _LABELS_HEIGHT - 4
    labels, free_px = [], 0.0
    for index, label in timeline.ticks:
        left = index * slot
        anchor, x = ("end", left + width) if left > _MAX_LABEL_LEFT_PERCENT else ("start", left)
        label_px = len(label) * _LABEL_CHAR_PX
        start_px = x / 100 * _NARROW_PLOT_PX - (label_px if anchor == "end" else 0)
        crowded = ' class="crowded"' if start_px < free_px else ""
        if not crowded:
            free_px = start_px + label_px + _LABEL_GAP_PX
        labels.append(f'<text{crowded} x="{x:.4g}%" y="{y}" text-anchor="{anchor}">{escape(label)}</text>')
    return "".join(labels)
