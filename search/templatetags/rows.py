"""The rows that a results page has by the dozen: articles, sections, facet values, bars. `{% load rows %}`.

They are written here because a template takes four times as long. Everything that comes from outside goes through
`escape`.
"""

from collections.abc import Iterable
from html import escape

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator

from archive.models import Article, PublishingStatus

from ..articles import curated_label
from ..results import ArticleRow, Bar, FacetValue, Question, SectionRow, Visit
from .formatting import at_precision, lang, marked

register = template.Library()

# Enough for the names of three authors.
_MAX_BYLINE_CHARS = 80


@register.simple_tag
def article_rows(rows: Iterable[ArticleRow], question: Question) -> SafeString:
    """Writes articles with their sections as list items."""
    querystring = Visit(question).to_querystring()
    # Resolved once for all rows; each puts its article's number between the two parts.
    before, _, after = reverse("more", args=[0]).rpartition("0")
    more_url = (before, after + querystring)
    return mark_safe("".join(_article_row(row, more_url, anchored=question.grouped) for row in rows))  # noqa: S308


def _article_row(row: ArticleRow, more_url: tuple[str, str], *, anchored: bool) -> str:
    """Writes an article; `anchored` gives it an id to return to, where each article has one row."""
    article = row.article
    first = row.sections[0]
    # The first section follows the headline on its page, so the page itself shows both.
    url = escape(first.url if first.section.position else row.url)
    details = [
        f'<bdi class="source">{escape(article.source.name)}</bdi>',
        f"<span>{at_precision(article.time)}</span>",
    ]
    if article.kind == Article.Kind.LIVE:
        details.append('<span class="live">Live page</span>')
    if article.byline:
        details.append(f'<bdi class="byline">{escape(_shorten(article.byline))}</bdi>')
    if not row.matched:
        where = "headline" if any(piece.matched for piece in row.headline) else "standfirst"
        details.append(f'<span class="by-headline">Found by its {where}</span>')
    if article.status == PublishingStatus.CANCELED:
        by = "a curator" if "status" in article.curated_fields else "its sender"
        details.append(f'<span class="withdrawn">Withdrawn by {by}</span>')
    if label := curated_label(article):
        details.append(f'<span class="curated">{escape(label)}</span>')
    anchor = f' id="a{article.pk}"' if anchored else ""
    return (
        f'<li class="hit"{anchor} {lang(article.language)}>\n'
        f'<h2 dir="auto"><a href="{url}">{marked(row.headline)}</a></h2>\n'
        f'<p class="about">{" ".join(details)}</p>\n'
        f"{''.join(map(_section_row, row.sections))}{_more_link(row, more_url) if row.more else ''}</li>\n"
    )


def _more_link(row: ArticleRow, more_url: tuple[str, str]) -> str:
    """Writes the link to the matching sections that are not shown; htmx puts them in its place."""
    before, after = more_url
    return (
        f'<p class="more"><a href="{escape(row.url)}" hx-get="{escape(f"{before}{row.article.pk}{after}")}"'
        f' hx-target="closest .more" hx-swap="outerHTML" hx-sync="this:drop">{row.more:,} more in this article</a>'
        "</p>\n"
    )


@register.filter
def section_rows(sections: Iterable[SectionRow]) -> SafeString:
    """Writes sections as they are listed under an article's headline."""
    return mark_safe("".join(map(_section_row, sections)))  # noqa: S308


def _section_row(row: SectionRow) -> str:
    section, version = row.section, row.section.current
    assert version is not None  # noqa: S101  # only sections with a version are indexed
    headed = bool(version.heading or version.published)
    details = []
    if version.published:
        details.append(f"<span>{at_precision(section.own_time)}</span>")
    if version.key_event:
        details.append('<span class="key-event">Key event</span>')
    if version.byline:
        details.append(f"<bdi>{escape(_shorten(version.byline))}</bdi>")
    if section.gone_id:
        reason = "Withdrawn by the outlet" if section.withdrawn else "No longer on the page"
        details.append(f'<span class="withdrawn">{reason}</span>')
    url = escape(row.url)
    heading = f'<h3 dir="auto"><a href="{url}">{marked(row.heading) or "Entry"}</a></h3>\n' if headed else ""
    about = f'<p class="about">{" ".join(details)}</p>\n' if details else ""
    label = escape(f"Read this section of {section.article.headline}")
    arrow = f'&nbsp;<a class="read-link" href="{url}" aria-label="{label}"><span aria-hidden="true">→</span></a>'
    snippet = row.snippet
    return (
        f'<div class="entry{"" if headed else " plain"}">\n{heading}{about}<p class="snippet" dir="auto">'
        f"{'… ' if snippet.cut_before else ''}{marked(snippet.pieces)}{' …' if snippet.cut_after else ''}"
        f"{'' if headed else arrow}</p>\n</div>\n"
    )


def _shorten(byline: str) -> str:
    return byline if len(byline) <= _MAX_BYLINE_CHARS else Truncator(byline).chars(_MAX_BYLINE_CHARS)


@register.filter
def facet_values(values: Iterable[FacetValue]) -> SafeString:
    """Writes facet values with their counts as list items, each with links that choose and exclude it."""
    search_url = reverse("search")
    return mark_safe("".join(_facet_value(value, search_url) for value in values))  # noqa: S308


def _facet_value(value: FacetValue, search_url: str) -> str:
    label, name = escape(value.label), escape(f"{value.field} {value.value}")
    state = " chosen" if value.chosen else " excluded" if value.excluded else ""
    # An excluded value has one link, which takes the exclusion back.
    choose = escape(search_url + (value.exclude_url if value.excluded else value.choose_url))
    current = ' aria-current="true"' if value.chosen else ""
    excluded = '<span class="hidden">excluded: </span>' if value.excluded else ""
    exclude = (
        f'<a class="exclude" href="{escape(search_url + value.exclude_url)}" data-key="not {name}"'
        f' aria-label="Exclude {label}" title="Exclude">−</a>'
    )
    return (
        f'<li class="value{state}"><a class="choose" href="{choose}" data-key="{name}"'
        f'{current}><span class="label" dir="auto">{excluded}{label}</span>'
        f' <span class="number">{value.count:,}</span></a>{"" if state else exclude}</li>\n'
    )


@register.filter
def bar_rows(bars: Iterable[Bar]) -> SafeString:
    """Writes the bars of a timeline as table rows."""
    rows = []
    for bar in bars:
        label = escape(bar.label)
        name = f'<a href="{escape(bar.url)}">{label}</a>' if bar.url else label
        rows.append(f'<tr><th scope="row">{name}</th><td>{bar.count:,}</td></tr>\n')
    return mark_safe("".join(rows))  # noqa: S308
