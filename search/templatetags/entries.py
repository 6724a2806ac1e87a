"""The entries of an article's page, and the list of them beside the text. `{% load entries %}`.

They are written here because a template takes four times as long. Everything that comes from outside goes through
`escape`.
"""

from html import escape

from django import template
from django.template.defaultfilters import linebreaksbr
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from ..annotations import HEADING
from ..articles import ArticleView, CuratedValue, DayGroup, EntryView
from ..results import Question, add_parameters
from ..text import is_right_to_left
from .annotated import LineWriter
from .formatting import at_precision, beside_received, clock_time, day_of, short_time

register = template.Library()

# Of a lead that is longer, the first paragraph is seen, so that the first entry is in sight.
_MAX_WHOLE_LEAD_PARAGRAPHS = 2


@register.simple_tag
def entries(view: ArticleView, parameters: str) -> SafeString:
    """Writes the sections of an article; those of a live page by days, which fold.

    Their links have the `parameters` of the search that led to the page.
    """
    writer = _EntryWriter(view, parameters)
    return mark_safe("".join(writer.group(group) for group in view.days))  # noqa: S308


class _EntryWriter:
    """Writes the entries of one page."""

    def __init__(self, view: ArticleView, parameters: str) -> None:
        self._view = view
        self._parameters = parameters
        self._lead = view.entries[0] if view.has_lead else None
        self._lines = LineWriter(view.matches)

    def group(self, group: DayGroup) -> str:
        html = "".join(self._entry(entry, group) for entry in group.entries)
        if group.day is None:
            return html
        return (
            f'<details class="day" id="{group.anchor}" open>\n<summary lang="en"><h2>{day_of(group.day)}</h2>'
            f' <span class="number">{self._count(group)}</span>'
            f"{f' <small>{group.clock}</small>' if group.clock else ''}</summary>\n{html}</details>\n"
        )

    def _count(self, group: DayGroup) -> str:
        count = sum(not entry.placed.is_left_out for entry in group.entries)
        noun = "entry" if count == 1 else "entries"
        # A day may go on in the next part.
        return (
            f"{count:,} {noun}"
            + (" found" if self._view.part.is_filtered else "")
            + (" on this page" if self._view.part.count > 1 else "")
        )

    def _entry(self, entry: EntryView, group: DayGroup) -> str:
        placed, version = entry.placed, entry.version
        if placed.is_left_out:
            return self._left_out(entry)
        states = {
            "gone": placed.gone or placed.withdrawn,
            "key": version.key_event,
            "plain": entry.is_plain,
            "lead": entry is self._lead,
        }
        classes = " ".join(["section", *(name for name, is_on in states.items() if is_on)])
        direction = ' dir="rtl"' if is_right_to_left(version.heading or version.text) else ""
        level = 2 if group.day is None else 3
        lines = self._view.marks.of(placed.pk) if self._view.marks else {}
        write = self._lines.write
        heading = (
            f'<h{level} dir="auto">{write(entry.heading, lines.get(HEADING))}</h{level}>\n' if version.heading else ""
        )
        note = f'<p class="notice" dir="auto">{linebreaksbr(version.note)}</p>\n' if version.note else ""
        paragraphs = [
            f'<p dir="auto">{write(paragraph, lines.get(number))}</p>\n'
            for number, paragraph in enumerate(entry.paragraphs)
        ]
        text = self._fold_lead(entry, paragraphs) if entry is self._lead else "".join(paragraphs)
        if not paragraphs and not version.heading:
            text = _no_text(entry)
        return (
            f'<section id="{placed.anchor}" class="{classes}"{direction}>\n{heading}'
            f'<p class="meta" lang="en">{" ".join(self._details(entry, group))}</p>\n{note}{text}</section>\n'
        )

    def _left_out(self, entry: EntryView) -> str:
        """Writes what takes the place of a section that the archive has withdrawn."""
        section, withdrawal = entry.placed.section, entry.withdrawal
        noun = "entry" if self._view.is_live else "section"
        if section is None:
            reason = "These words are not shown while a part of this page is withdrawn."
            link = ""
        else:
            on = f" on {at_precision(withdrawal.at)}: {withdrawal.reason_in_sentence}" if withdrawal else ""
            reason = f"{'An' if self._view.is_live else 'A'} {noun} was withdrawn{on}."
            link = f' <a href="{escape(section.get_absolute_url())}">About this withdrawal</a>'
        return (
            f'<section id="{entry.placed.anchor}" class="section gone">\n'
            f'<p class="no-text" lang="en">{reason}{link}</p>\n</section>\n'
        )

    def _fold_lead(self, entry: EntryView, paragraphs: list[str]) -> str:
        """Writes the lead: its first paragraph, and the others folded, unless one of them has a match."""
        if len(paragraphs) <= _MAX_WHOLE_LEAD_PARAGRAPHS:
            return "".join(paragraphs)
        first, *others = paragraphs
        is_open = any(piece.number for paragraph in entry.paragraphs[1:] for piece in paragraph)
        return (
            f'{first}<details class="lead-rest" id="lead-rest"{" open" if is_open else ""}><summary lang="en">'
            f"{len(others):,} more paragraphs of the lead</summary>\n{''.join(others)}</details>\n"
        )

    def _details(self, entry: EntryView, group: DayGroup) -> list[str]:
        """Returns what is known of an entry, and its links."""
        placed, version = entry.placed, entry.version
        details = ['<span class="key-event">Key event</span>'] if version.key_event else []
        label, permalink = escape(entry.label), escape(add_parameters(entry.permalink, self._parameters))
        if placed.time:
            time = clock_time(placed.time) if group.clock else at_precision(placed.time)
            details.append(f'<a class="permalink" href="{permalink}" title="Permalink">{time}</a>')
        if version.byline:
            details.append(f'<span dir="auto">{escape(version.byline)}</span>')
        if placed.last_change:
            details.append(f"<span>updated {at_precision(placed.last_change)}</span>")
        if placed.gone or placed.withdrawn:
            reason = "withdrawn by the outlet" if placed.withdrawn else "no longer on the page"
            since = f" as of {at_precision(placed.gone.captured)}" if placed.gone else ""
            details.append(f'<span class="withdrawn">{reason}{since}</span>')
        details += [_curated(value) for value in entry.curated]
        if entry.topics:
            links = ", ".join(_topic_link(name) for name in entry.topics)
            details.append(f'<span class="curated">topics given by a curator: {links}</span>')
        if placed.behind is not None and placed.section and placed.section.is_moved:
            details.append('<span class="curated">moved by a curator</span>')
        if entry.withdrawal:
            on = f"{at_precision(entry.withdrawal.at)}: {entry.withdrawal.reason_in_sentence}"
            details.append(f'<span class="withdrawn">withdrawn from readers on {on}</span>')
        if entry.changes_url:
            url = escape(add_parameters(entry.changes_url, self._parameters))
            details.append(
                f'<a href="{url}" aria-label="Changes in version {version.number} of {label}">'
                f"version {version.number}: changes</a>"
            )
        if entry.permalink:
            own = (
                ""
                if placed.time
                else f'<a class="permalink" href="{permalink}" aria-label="Permalink to {label}">Permalink</a> '
            )
            cite = escape(add_parameters(entry.cite_url, self._parameters))
            cite_link = f'<a href="{cite}" data-cite aria-label="Cite {label}">Cite</a>'
            details.append(f'<span class="section-links">{own}{cite_link}</span>')
        return details


def _curated(value: CuratedValue) -> str:
    return f'<span class="curated">{beside_received(value)}</span>'


def _topic_link(name: str) -> str:
    address = reverse("search") + Question().toggle_value("topic", name).to_querystring()
    return f'<a href="{escape(address)}" dir="auto">{escape(name)}</a>'


def _no_text(entry: EntryView) -> str:
    if entry.placed.section is None:
        reason = "The page listed an entry that it had withdrawn. The archive never received its text."
    else:
        earlier = f'<a href="{escape(entry.permalink)}">earlier text</a>'
        reason = f"The page listed this entry without its text. See its {earlier}."
    return f'<p class="no-text" lang="en">{reason}</p>\n'


@register.simple_tag
def entry_links(view: ArticleView) -> SafeString:
    """Writes the list of the sections as list items."""
    return mark_safe("".join(map(_entry_link, view.entries)))  # noqa: S308


def _entry_link(entry: EntryView) -> str:
    version, matches = entry.version, entry.matches
    states = {"key": version.key_event, "has-matches": matches, "gone": entry.placed.gone}
    classes = " ".join(name for name, is_on in states.items() if is_on)
    time = short_time(entry.placed.time) if entry.placed.time else ""
    noun = "match" if matches == 1 else "matches"
    count = f'<span class="count">{matches}<span class="hidden"> {noun}</span></span>' if matches else ""
    key_event = '<span class="hidden">Key event: </span>' if version.key_event else ""
    return (
        f'<li class="{classes}"><a href="#{entry.placed.anchor}">{time}{count}'
        f'<span class="label" dir="auto">{key_event}{escape(entry.label)}</span></a></li>\n'
    )
