"""The statements of a result as rows, with their speakers above them where they are grouped. `{% load statements %}`.

Everything that comes from outside goes through `escape`.
"""

from collections.abc import Iterable
from html import escape

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator

from ..annotations import StatementPage, StatementRow, StatementView
from ..results import Question, Visit, section_url
from .annotated import LineWriter
from .formatting import at_precision, lang, marked

register = template.Library()

# What a query of several thousand characters asks for is in the field above.
_MAX_CONDITION_CHARS = 200


@register.filter
def statements_total(page: StatementPage) -> str:
    """Writes how many statements a result has, in how many sections, and how many speakers where they are counted."""
    if not page.total:
        return "No statements"
    speakers = f", {_count(page.speakers, 'speaker')}" if page.groups else ""
    return f"{_count(page.total, 'statement')} ({_count(page.sections, 'section')}{speakers})"


@register.filter
def statement_conditions(page: StatementPage) -> SafeString:
    """Writes what follows the word *statements* where a question asks for some of them alone."""
    phrases = (
        f"{before} <code><bdi>{escape(Truncator(written).chars(_MAX_CONDITION_CHARS))}</bdi></code>"
        f"{' ' if after else ''}{after}"
        for before, written, after in page.conditions
    )
    return mark_safe(", ".join(phrases))  # noqa: S308


@register.filter
def statements_title(page: StatementPage, question: Question) -> str:
    """Writes the title of a page of statements: the query, how many there are, and the page."""
    total = _count(page.total, "statement") if page.total else "no statements"
    title = f"{question.short_query}: {total}" if question.q else total.capitalize()
    return title + (f", page {question.page}" if question.page > 1 else "")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


@register.simple_tag
def statement_rows(page: StatementPage, question: Question) -> SafeString:
    """Writes the statements of a page as list items; by speaker, each group has its speaker above it."""
    writer, querystring = LineWriter(0), Visit(question).to_querystring()
    if not page.groups:
        return list_statements(page.rows, querystring)
    html = []
    for group in page.groups:
        total = f'<span class="number">{_count(group.total, "statement")}</span>'
        html.append(f'<li class="speaker-head"><h2>{writer.named(group.speaker)}</h2> {total}</li>\n')
        html += [_row(writer, row, querystring, in_group=True) for row in group.rows]
    return mark_safe("".join(html))  # noqa: S308


def list_statements(rows: Iterable[StatementRow], querystring: str = "") -> SafeString:
    """Writes statements as list items; the links to their sections have the parameters of a search."""
    writer = LineWriter(0)
    return mark_safe("".join(_row(writer, row, querystring) for row in rows))  # noqa: S308


register.filter(list_statements)

# The scripts that spellings have, by their codes (ISO 15924).
_SCRIPT_NAMES = {
    "Latn": "Latin",
    "Cyrl": "Cyrillic",
    "Grek": "Greek",
    "Arab": "Arabic",
    "Hebr": "Hebrew",
    "Hani": "Chinese characters",
    "Hira": "Hiragana",
    "Kana": "Katakana",
    "Hang": "Hangul",
    "Geor": "Georgian",
    "Armn": "Armenian",
    "Deva": "Devanagari",
    "Beng": "Bengali",
    "Taml": "Tamil",
    "Thai": "Thai",
    "Ethi": "Ethiopic",
}


@register.filter
def script_name(code: str) -> str:
    """Writes the name of a script."""
    return _SCRIPT_NAMES.get(code, "other script")


def _row(writer: LineWriter, row: StatementRow, querystring: str, *, in_group: bool = False) -> str:
    """Writes a statement: when and where in one column; its way, its words, and how they were found in the other."""
    statement, section, article = row.statement, row.section, row.section.article
    url = escape(section_url(article.get_absolute_url() + querystring, section))
    language = lang(article.language)
    words = marked(row.words) if row.words else escape(statement.words)
    doubtful = '<strong class="doubt">doubtful</strong>, ' if statement.is_doubtful else ""
    under = f'<span class="of" dir="auto" {language}>{escape(section.heading or article.headline)}</span>'
    return (
        f'<li class="hit" id="q{statement.pk}">'
        f'<p class="origin"><span class="when">{at_precision(section.time)}</span> '
        f'<bdi class="source">{escape(article.source.name)}</bdi></p>\n'
        f'<div class="found">{_way(writer, statement, in_group=in_group)}'
        f'<h2 dir="auto" {language}><a href="{url}" data-section="{section.pk}">{words}</a></h2>\n'
        f'<p class="about">{under}{_hedges(statement)}</p>\n'
        f'<details class="how"><summary>{doubtful}{statement.kind.label}</summary>'
        f"<p>{escape(statement.found_by.capitalize())}.</p></details></div></li>\n"
    )


def _way(writer: LineWriter, statement: StatementView, *, in_group: bool) -> str:
    """Writes the chain as a line, and how the text names the speaker; under a speaker, what is more than the name."""
    parts = [] if in_group and not statement.chain else [" ← ".join(map(writer.named, statement.way))]
    if statement.phrase and statement.phrase != statement.speaker.label:
        parts.append(f'<span class="phrase">in the text <q><bdi>{escape(statement.phrase)}</bdi></q></span>')
    elif in_group and not statement.speaker.name_id:
        parts = [" ← ".join(map(writer.named, statement.way))]
    return f'<p class="chain">{" ".join(parts)}</p>\n' if parts else ""


def _hedges(statement: StatementView) -> str:
    hedges = ", ".join(f"<bdi>{escape(hedge)}</bdi>" for hedge in statement.hedges)
    return f' <span class="hedged">hedged: {hedges}</span>' if hedges else ""
