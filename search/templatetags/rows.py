"""The rows that a page of results has by the dozen, written here: a template takes four times as long for them.

Everything that comes from outside goes through `escape`.
"""

from collections.abc import Iterable
from html import escape

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator

from archive.models import Article, PublishingStatus

from ..results import ArticleRow, Bar, FacetValue, Question, SectionRow, Visit
from .formatting import at_precision, lang, marked

register = template.Library()

# Of a byline: enough for three names.
_BYLINE_CHARS = 80


@register.simple_tag
def hits(rows: Iterable[ArticleRow], question: Question) -> SafeString:
    """Writes articles with their sections as items of a list; each can be come back to where it stands but once."""
    asked = Visit(question).to_querystring()
    # Resolved once: where the rest of an article's sections comes from, but for the article.
    more = reverse("more", args=[0]).partition("0")
    return mark_safe("".join(_hit(row, asked, more, is_once=question.grouped) for row in rows))  # noqa: S308


def _hit(row: ArticleRow, asked: str, address: tuple[str, str, str], *, is_once: bool) -> str:
    article = row.article
    first = row.sections[0]
    # A page's first section stands under its headline; the head of the page shows both.
    url = escape(first.url if first.section.position else row.url)
    about = [
        f'<bdi class="source">{escape(article.source.name)}</bdi>',
        f"<span>{at_precision(article.published, article.published_precision)}</span>",
    ]
    if article.kind == Article.Kind.LIVE:
        about.append('<span class="live">Live page</span>')
    if article.byline:
        about.append(f'<bdi class="byline">{escape(_short(article.byline))}</bdi>')
    if article.status == PublishingStatus.CANCELED:
        about.append('<span class="withdrawn">Withdrawn by its sender</span>')
    anchor = f' id="a{article.pk}"' if is_once else ""
    rest = ""
    if row.more:
        more = escape(f"{address[0]}{article.pk}{address[2]}{asked}")
        rest = (
            f'<p class="rest"><a href="{escape(row.url)}" hx-get="{more}" hx-target="closest .rest"'
            f' hx-swap="outerHTML" hx-sync="this:drop">{row.more:,} more in this page</a></p>\n'
        )
    return (
        f'<li class="hit"{anchor} {lang(article.language)}>\n'
        f'<h2 dir="auto"><a href="{url}">{marked(row.headline)}</a></h2>\n'
        f'<p class="about">{" ".join(about)}</p>\n{"".join(map(_entry, row.sections))}{rest}</li>\n'
    )


@register.filter
def entries(sections: Iterable[SectionRow]) -> SafeString:
    """Writes sections as they stand under an article's headline."""
    return mark_safe("".join(map(_entry, sections)))  # noqa: S308


def _entry(row: SectionRow) -> str:
    section, version = row.section, row.section.current
    assert version is not None  # noqa: S101  # only what has a version is indexed
    headed = bool(version.heading or version.published)
    about = []
    if version.published:
        about.append(f"<span>{at_precision(version.published, version.published_precision)}</span>")
    if version.key_event:
        about.append('<span class="keyevent">Key event</span>')
    if version.byline:
        about.append(f"<bdi>{escape(_short(version.byline))}</bdi>")
    if section.gone_id:
        what = "Withdrawn by the outlet" if section.withdrawn else "No longer on the page"
        about.append(f'<span class="withdrawn">{what}</span>')
    url = escape(row.url)
    heading = f'<h3 dir="auto"><a href="{url}">{marked(row.heading) or "Entry"}</a></h3>\n' if headed else ""
    told = f'<p class="about">{" ".join(about)}</p>\n' if about else ""
    label = escape(f"Read this section of {section.article.headline}")
    arrow = f'&nbsp;<a class="go" href="{url}" aria-label="{label}"><span aria-hidden="true">→</span></a>'
    snippet = row.snippet
    return (
        f'<div class="entry{"" if headed else " plain"}">\n{heading}{told}<p class="snippet" dir="auto">'
        f"{'… ' if snippet.cut_before else ''}{marked(snippet.pieces)}{' …' if snippet.cut_after else ''}"
        f"{'' if headed else arrow}</p>\n</div>\n"
    )


def _short(byline: str) -> str:
    """Returns a byline, or its beginning."""
    return byline if len(byline) <= _BYLINE_CHARS else Truncator(byline).chars(_BYLINE_CHARS)


@register.filter
def facet_values(values: Iterable[FacetValue]) -> SafeString:
    """Writes values with their counts, each to be chosen and excluded, as items of a list."""
    search = reverse("search")
    return mark_safe("".join(_facet_value(value, search) for value in values))  # noqa: S308


def _facet_value(value: FacetValue, search: str) -> str:
    label, name = escape(value.label), escape(f"{value.field} {value.value}")
    state = " chosen" if value.chosen else " excluded" if value.excluded else ""
    choose = escape(search + (value.exclude_url if value.excluded else value.choose_url))
    current = ' aria-current="true"' if value.chosen else ""
    excluded = '<span class="hidden">excluded: </span>' if value.excluded else ""
    exclude = (
        f'<a class="exclude" href="{escape(search + value.exclude_url)}" data-key="not {name}"'
        f' aria-label="Exclude {label}" title="Exclude">−</a>'
    )
    return (
        f'<li class="value{state}"><a class="choose" href="{choose}" data-key="{name}"'
        f'{current}><span class="label" dir="auto">{excluded}{label}</span>'
        f' <span class="number">{value.count:,}</span></a>{"" if state else exclude}</li>\n'
    )


@register.filter
def bar_rows(bars: Iterable[Bar]) -> SafeString:
    """Writes the bars of a timeline as rows of a table."""
    rows = []
    for bar in bars:
        label = escape(bar.label)
        name = f'<a href="{escape(bar.url)}">{label}</a>' if bar.url else label
        rows.append(f'<tr><th scope="row">{name}</th><td>{bar.count:,}</td></tr>\n')
    return mark_safe("".join(rows))  # noqa: S308
