"""The entries of an article as the page of the article lists them: one page of so many, each a list item.

The items are written here because a template takes four times as long. For `entries` alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from django.db.models import Q
from django.db.models.functions import Coalesce, Left
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator

from ..curation import EntryOrder, load_entry_order
from ..models import IS_DIVIDED, Article, Section
from ..sight import visible
from .columns import show_outlet_time

# A live page has 30,000 sections at most; this many are a page that opens in little time.
MAX_LISTED_ENTRIES = 500
_PAGE = "entries"
_MAX_LEAD_CHARS = 160
_MAX_NAME_CHARS = 80
_FIELD_NAMES = {
    "heading": "heading",
    "published": "time",
    "key_event": "key event",
    "note": "note",
    "extent": "extent",
}


@dataclass(frozen=True)
class EntryList:
    """A page of the entries of an article. `first` is the number of its first entry, from 1; `total` counts all.

    `not_shown` are entries that curators split or joined, and that later captures do not leave as they divided them.
    """

    article: Article
    sections: Sequence[Section]
    first: int
    total: int
    page: int
    may_change: bool
    not_shown: Sequence[Section] = ()

    @property
    def last(self) -> int:
        return self.first + len(self.sections) - 1

    @property
    def previous(self) -> str:
        return f"?{_PAGE}={self.page - 1}#entries" if self.page > 1 else ""

    @property
    def next(self) -> str:
        return f"?{_PAGE}={self.page + 1}#entries" if self.last < self.total else ""

    @property
    def rows(self) -> SafeString:
        """The entries as list items."""
        return mark_safe("".join(self._rows()))  # noqa: S308  # escaped in write_row

    def _rows(self) -> Iterator[str]:
        before, _, after = entry_address(self.article.pk, 0).rpartition("0")
        for number, section in enumerate(self.sections, start=self.first):
            address = f"{before}{section.pk}{after}" if self.may_change else ""
            yield write_row(section, number, self.total, address)


def entry_address(article: int, section: int) -> str:
    """Returns the address of the page on which an entry is edited."""
    return reverse("admin:archive_article_entry", args=[article, section])


def divide_address(article: int, section: int) -> str:
    """Returns the address of the page on which an entry is split or joined."""
    return reverse("admin:archive_article_divide", args=[article, section])


def is_place(written: str) -> bool:
    """Says whether what a request names can be the number of an entry or paragraph."""
    return written.isascii() and written.isdecimal() and len(written) < 10


def load_entry_list(request: HttpRequest, article: Article, *, may_change: bool) -> EntryList:
    """Returns the page of entries that the request asks for, in the order that readers see. Four queries."""
    order = visible_order(request, article)
    shown = order.shown
    pages = max(-(-len(shown) // MAX_LISTED_ENTRIES), 1)
    written = request.GET.get(_PAGE, "")
    page = min(max(int(written), 1), pages) if written.isascii() and written.isdigit() and len(written) < 10 else 1
    first = (page - 1) * MAX_LISTED_ENTRIES
    wanted = shown[first : first + MAX_LISTED_ENTRIES]
    rows = Section.objects.filter(pk__in=wanted).select_related("current", "gone", "article__source")
    found = rows.annotate(lead=Left(Coalesce("divided_text", "current__text"), _MAX_LEAD_CHARS + 1)).defer(
        "current__text"
    )
    by_number = found.prefetch_related("topics").in_bulk()
    sections = [by_number[pk] for pk in wanted if pk in by_number]
    return EntryList(article, sections, first + 1, len(shown), page, may_change, _not_shown(request, article))


def _not_shown(request: HttpRequest, article: Article) -> list[Section]:
    """Returns the parts whose first paragraph is gone, and what is not joined as a curator wants it. One query."""
    gone = Q(part_of__isnull=False, joined_to__isnull=True, shown_in__isnull=False)
    apart = Q(joined_to__isnull=False, shown_in__isnull=True)
    rows = article.sections.filter(IS_DIVIDED).filter(gone | apart).select_related("current", "part_of__current")
    return list(visible(rows, request.user)[:MAX_LISTED_ENTRIES])


def visible_order(request: HttpRequest, article: Article) -> EntryOrder:
    """Returns the order of those sections of an article that the user may see. One query."""
    sections = visible(article.sections.all(), request.user)
    return load_entry_order(sections)


def write_row(
    section: Section, number: int, total: int, address: str, *, status: str = "", has_focus: bool = False
) -> str:
    """Writes an entry as a list item: a link to edit it, what is known of it, and buttons that move it.

    `address` is where it is edited; empty for users who may not. One that was open a moment ago `has_focus`.
    """
    # The list loads the beginning of the text alone.
    text = section.text if (lead := getattr(section, "lead", None)) is None else lead
    lead = Truncator(text.replace("\n", " ")).chars(_MAX_LEAD_CHARS)
    name = section.heading or Truncator(lead).chars(_MAX_NAME_CHARS) or f"Section {section.position + 1}"
    label = escape(Truncator(name).chars(_MAX_NAME_CHARS))
    heading = f'<bdi class="{"name" if section.heading else "name unheaded"}">{escape(name)}</bdi>'
    if address:
        focus = " data-focus" if has_focus else ""
        heading = f'<a href="{address}"{focus}>{heading}<span class="visually-hidden"> Edit</span></a>'
    moves = ""
    if address:
        moves = (
            '<span class="moves">'
            + _button("up", section.pk, "↑", f"Move up: {label}", is_off=number == 1)
            + _button("down", section.pk, "↓", f"Move down: {label}", is_off=number == total)
            + "</span>"
        )
    followed = f'<p class="lead"><bdi>{escape(lead)}</bdi></p>' if section.heading and lead else ""
    outcome = f'<span class="saved" role="status">{escape(status)}</span>' if status else ""
    return (
        f'<li id="e{section.pk}" value="{number}" tabindex="-1"><span class="number">{number:,}</span>'
        f'<div class="what"><p class="entry-name">{heading}</p>'
        f'<p class="about">{outcome}{" ".join(_marks(section))}</p>{followed}</div>{moves}</li>\n'
    )


def _button(name: str, section: int, sign: str, label: str, *, is_off: bool) -> str:
    named = f'name="{name}" value="{section}" aria-label="{label}"'
    return f'<button form="move" {named}{" disabled" if is_off else ""}>{sign}</button>'


def _marks(section: Section) -> Iterator[str]:
    yield f"<span>{show_outlet_time(section.own_time, 'no time of its own')}</span>"
    if section.shown.key_event:
        yield '<span class="key-event">Key event</span>'
    if names := [_FIELD_NAMES[name] for name in section.curated_fields]:
        yield f'<span class="curated">{escape(", ".join(names).capitalize())} set by a curator</span>'
    if section.part_of_id:
        yield '<span class="curated">Split off by a curator</span>'
    if section.is_moved:
        yield '<span class="curated">Moved by a curator</span>'
    if topics := sorted(topic.name for topic in section.topics.all()):
        yield f'<span class="filed">Filed under <bdi>{escape(", ".join(topics))}</bdi></span>'
    if section.gone_id:
        yield f"<span>{'withdrawn by the outlet' if section.withdrawn else 'no longer on the page'}</span>"
