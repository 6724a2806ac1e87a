"""The rows that a results page has by the dozen: articles, sections, facet values, bars. `{% load rows %}`.

They are written here because a template takes four times as long. Everything that comes from outside goes through
`escape`.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator

from archive.models import Article, PublishingStatus
from archive.times import OutletTime

from ..articles import curated_entry_label, curated_label
from ..exports import article_pick, section_pick
from ..results import (
    Answer,
    ArticleRow,
    Bar,
    DateValue,
    FacetValue,
    PublishedFilter,
    Question,
    SectionRow,
    Visit,
)
from .formatting import at_precision, lang, marked

register = template.Library()

# Enough for the names of three authors.
_MAX_BYLINE_CHARS = 80
# The widths of bars behind counts: each a class of filters.css.
_BAR_STEPS = 20


@register.filter
def result_total(answer: Answer) -> str:
    """Writes what a result has: first the unit that its page lists and counts."""
    if not answer.total:
        return "No results"
    articles, sections = _count(answer.articles, "article"), _count(answer.sections, "section")
    if not answer.question.lists_articles:
        return f"{sections} ({articles})"
    details = f"{sections}{f', {answer.leads:,} by headline alone' if answer.leads else ''}"
    if answer.question.is_folded:
        return f"{_count(answer.total, 'article')} without copies ({answer.articles:,} with copies, {details})"
    return f"{articles} ({details})"


@register.filter
def result_title(answer: Answer) -> str:
    """Writes the title of a result's page: the query, the total of the listed unit, and the page."""
    question = answer.question
    total = _count(answer.total, question.listed_unit) if answer.total else "no results"
    if answer.total and question.is_folded:
        total += " without copies"
    title = f"{question.short_query}: {total}" if question.q else total.capitalize()
    return title + (f", page {question.page}" if question.page > 1 else "")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


@register.simple_tag
def article_rows(rows: Sequence[ArticleRow], question: Question) -> SafeString:
    """Writes the rows of a page as list items: articles, or sections where the page lists sections."""
    if question.lists_articles:
        querystring = Visit(question).to_querystring()
        # Resolved once for all rows; each puts its article's number between the two parts.
        before, _, after = reverse("more", args=[0]).rpartition("0")
        shown = [_article_row(row, (before, after + querystring)) for row in rows]
    else:
        shown = [_separate_row(row) for row in rows]
    names = Counter(row.heading for row in shown)
    return mark_safe("".join(_write_row(row, is_repeated=names[row.heading] > 1) for row in shown))  # noqa: S308


@dataclass(frozen=True)
class _Row:
    """What a row shows of a hit. `anchor` is also its name as a pick. `rest` and `marks` are HTML: below its heading,
    and beside it.
    """

    hit: ArticleRow
    anchor: str
    time: OutletTime | None
    url: str
    heading: SafeString
    byline: str
    rest: str
    marks: tuple[str, ...] = ()


def _article_row(row: ArticleRow, more_url: tuple[str, str]) -> _Row:
    """Returns an article with its best section; in a list without it."""
    article, best = row.article, row.best
    passage = _passage(best) if best.snippet.pieces else ""
    found_by = ""
    if not row.matched:
        where = "headline" if any(piece.matched for piece in row.headline) else "standfirst"
        found_by = f'<p class="about by-headline">Found by its {where}</p>\n'
    more = _more_link(row, more_url) if row.matched > 1 else ""
    return _Row(
        hit=row,
        anchor=article_pick(article.pk),
        time=article.time,
        url=row.best_url,
        heading=marked(row.headline),
        byline=article.byline,
        rest=found_by + passage + more,
        marks=(*_article_marks(article), *_copies_mark(row)),
    )


def _separate_row(row: ArticleRow) -> _Row:
    """Returns a section by itself: its own heading and time first, then its article."""
    section = row.best.section
    if row.best.heading:
        heading, under = row.best.heading, f'<span class="of" dir="auto">{marked(row.headline)}</span>'
    else:
        heading, under = row.headline, f'<span class="of">Section {section.position + 1}</span>'
    about = " ".join((*_article_marks(row.article), *_copies_mark(row), under, *_section_marks(row.best)))
    return _Row(
        hit=row,
        anchor=section_pick(section.pk),
        time=section.time,
        url=row.best.url,
        heading=marked(heading),
        byline=section.byline or row.article.byline,
        rest=f'<p class="about">{about}</p>\n{_snippet(row.best)}',
    )


def _write_row(row: _Row, *, is_repeated: bool) -> str:
    """Writes a row: when, where and by whom in one column, the heading as a link and the rest in the other.

    The anchor is a place to return to. In a list the byline follows the heading, so that a row has one line or two. A
    heading that is repeated on the page gets words that tell its link from the others. The box that picks the hit is
    named by the heading, and so are the links below it, after their own words.
    """
    article, section = row.hit.article, row.hit.best.section
    byline = f'<bdi class="byline">{escape(_shorten(row.byline))}</bdi>' if row.byline else ""
    in_list = not row.hit.best.snippet.pieces
    source = escape(article.source.name)
    origin = (f'<span class="when">{at_precision(row.time)}</span>', f'<bdi class="source">{source}</bdi>', *row.marks)
    apart = f'<span class="hidden">, section {section.position + 1}, {source}</span>' if is_repeated else ""
    return (
        f'<li class="hit" id="{row.anchor}" {lang(article.language)}>'
        f'<input type="checkbox" name="pick" value="{row.anchor}" aria-labelledby="h{row.anchor}">'
        f'<p class="origin">{" ".join(origin)} {"" if in_list else byline}</p>\n'
        f'<div class="found"><h2 id="h{row.anchor}" dir="auto">'
        f'<a href="{escape(row.url)}" data-section="{section.pk}">'
        f"{row.heading}{apart}</a></h2>\n{byline if in_list else ''}{row.rest}</div></li>\n"
    )


def _article_marks(article: Article) -> list[str]:
    """Writes what a reader must know of an article: that it is a live page, withdrawn, or curated."""
    marks = []
    if article.kind == Article.Kind.LIVE:
        marks.append('<span class="live">Live page</span>')
    if article.status == PublishingStatus.CANCELED:
        by = "a curator" if "status" in article.curated_fields else "its sender"
        marks.append(f'<span class="withdrawn">Withdrawn by {by}</span>')
    if label := curated_label(article):
        marks.append(f'<span class="curated">{escape(label)}</span>')
    return marks


def _copies_mark(row: ArticleRow) -> list[str]:
    """Writes that other articles have the same text, as a link to all of them; and how many of them are folded."""
    marks = []
    if row.copies.first is not None:
        url = f"{reverse('search')}{Question(q=f'group:{row.copies.group}').to_querystring()}"
        marks.append(f'<a class="copies" href="{escape(url)}">one of {row.copies.articles:,} copies</a>')
    if row.articles > 1:
        marks.append(f'<span class="folded">{row.articles - 1:,} folded here</span>')
    return marks


def _section_marks(row: SectionRow) -> list[str]:
    section = row.section
    marks = []
    if section.shown.key_event:
        marks.append('<span class="key-event">Key event</span>')
    if section.gone_id:
        reason = "Withdrawn by the outlet" if section.withdrawn else "No longer on the page"
        marks.append(f'<span class="withdrawn">{reason}</span>')
    if label := curated_entry_label(section.curated_fields):
        marks.append(f'<span class="curated">{escape(label)}</span>')
    return marks


def _more_link(row: ArticleRow, more_url: tuple[str, str]) -> str:
    """Writes the link to the matching sections that are not shown.

    The list says how htmx puts them in its place; without htmx the address leads to the article.
    """
    before, after = more_url
    anchor = article_pick(row.article.pk)
    return (
        f'<p class="more" hx-boost="true"><a id="m{anchor}" href="{escape(f"{before}{row.article.pk}{after}")}"'
        f' aria-labelledby="m{anchor} h{anchor}">{_count(row.matched - 1, "more section")}</a></p>\n'
    )


@register.filter
def section_rows(sections: Iterable[SectionRow]) -> SafeString:
    """Writes sections as they are listed under an article's headline."""
    return mark_safe("".join(map(_further_row, sections)))  # noqa: S308


def _passage(row: SectionRow) -> str:
    """Writes the section that an article's row shows: its heading is a link, and an unheaded one needs none."""
    section, version = row.section, row.section.shown
    details = []
    if version.published:
        details.append(f"<span>{at_precision(section.own_time)}</span>")
    if row.heading:
        anchor = article_pick(section.article_id)
        details.append(
            f'<a class="heading" id="p{anchor}" dir="auto" href="{escape(row.url)}"'
            f' aria-labelledby="p{anchor} h{anchor}">{marked(row.heading)}</a>'
        )
    if version.byline:
        details.append(f"<bdi>{escape(_shorten(version.byline))}</bdi>")
    details += _section_marks(row)
    about = f'<p class="about">{" ".join(details)}</p>\n' if details else ""
    return about + _snippet(row)


def _further_row(row: SectionRow) -> str:
    """Writes one of the sections that open under an article: each has a link, whose name is its own."""
    section, version = row.section, row.section.shown
    name = marked(row.heading) or f"Section {section.position + 1}"
    of = escape(f" of {section.article.headline}, {section.article.source.name}")
    details = [f"<span>{at_precision(section.own_time)}</span>"] if version.published else []
    details += _section_marks(row)
    if version.byline:
        details.append(f"<bdi>{escape(_shorten(version.byline))}</bdi>")
    about = f'<p class="about">{" ".join(details)}</p>\n' if details else ""
    return (
        f'<div class="entry">\n<h3 dir="auto"><a href="{escape(row.url)}">{name}<span class="hidden">{of}</span></a>'
        f"</h3>\n{about}{_snippet(row)}</div>\n"
    )


def _snippet(row: SectionRow) -> str:
    snippet = row.snippet
    if not snippet.pieces:
        return ""
    before, after = ("…&nbsp;" if snippet.cut_before else ""), ("&nbsp;…" if snippet.cut_after else "")
    return f'<p class="snippet" dir="auto">{before}{marked(snippet.pieces)}{after}</p>\n'


def _shorten(byline: str) -> str:
    return byline if len(byline) <= _MAX_BYLINE_CHARS else Truncator(byline).chars(_MAX_BYLINE_CHARS)


@register.filter
def facet_values(values: Sequence[FacetValue]) -> SafeString:
    """Writes facet values with their counts as list items, each with links that choose and exclude it."""
    search_url = reverse("search")
    highest = max((value.count for value in values), default=0)
    return mark_safe(_facet_values(values, search_url, highest))  # noqa: S308


def _facet_values(values: Sequence[FacetValue], search_url: str, highest: int) -> str:
    return "".join(_facet_value(value, search_url, highest) for value in values)


def _facet_value(value: FacetValue, search_url: str, highest: int) -> str:
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
        f'{current}><span class="label" dir="auto">{excluded}{label.replace("_", "_<wbr>")}</span>'
        f" {_number(value.count, highest)}</a>{'' if state else exclude}"
        f"{f'<ul>{_facet_values(value.narrower, search_url, highest)}</ul>' if value.narrower else ''}</li>\n"
    )


def _number(count: int, highest: int) -> str:
    """Writes a count over a bar, whose class has the width: the policy of the site forbids styles in attributes."""
    steps = max(round(count * _BAR_STEPS / highest), 1) if count else 0
    return f'<span class="number w{steps}">{count:,}</span>'


@register.filter
def date_values(published: PublishedFilter) -> SafeString:
    """Writes years with their months, and what is undated, as list items with links that choose them."""
    search_url = reverse("search")
    values = [*published.years, *([published.undated] if published.undated else [])]
    highest = max((value.count for value in values), default=0)
    return mark_safe("".join(_date_value(value, search_url, highest) for value in values))  # noqa: S308


def _date_value(value: DateValue, search_url: str, highest: int) -> str:
    state, current = (" chosen", ' aria-current="true"') if value.chosen else ("", "")
    months = "".join(_date_value(month, search_url, value.count) for month in value.months)
    return (
        f'<li class="value{state}"><a class="choose" href="{escape(search_url + value.url)}"'
        f' data-key="date {value.dates}"{current}><span class="label">{value.label}</span>'
        f" {_number(value.count, highest)}</a>{f'<ul>{months}</ul>' if months else ''}</li>\n"
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
