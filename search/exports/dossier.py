"""The HTML dossier: a result in one file without scripts and without network, to read and to print.

A title block says what was asked; contents lead to the articles; each has its matching sections in full, with the
matches marked and a citation under each. Beyond PART_ARTICLES articles the file is in parts, each with its own
contents, so that neither a page of contents nor the memory of the writer grows with the result.
"""

from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from itertools import islice
from pathlib import Path

from django.contrib.staticfiles import finders
from django.utils.html import escape

from archive.imprint import imprint

from ..outputs import CITATIONS, Reference, snippet_text
from ..results import Piece
from ..text import is_language_code, is_right_to_left
from .contract import Export
from .reading import (
    NOTHING_FOUND,
    ONE_STATE,
    ArticleGroup,
    Citation,
    article_count,
    article_facts,
    article_remarks,
    by_article,
    clean,
    describe_export,
    listed_facts,
    one_line,
    section_facts,
    title_of,
    tombstone_of,
    topics_of,
    with_citations,
)
from .row_kinds import ExportedSection, Row
from .statement_lines import FOUND_BY_RULES, statement_lines

# The contents of a part are about three printed pages.
PART_ARTICLES = 100
# The contents of more articles are on pages of their own when printed.
_MAX_SHORT_CONTENTS = 12
# A contents lists the sections of an article, if the file is not in parts, up to this number.
_MAX_LISTED_SECTIONS = 50
_STYLES = ("tokens.css", "dossier.css")


def write_dossier(export: Export) -> Iterator[str]:
    """Yields the file."""
    yield from _write_start(export)
    if export.unit == "statement":
        yield from _write_statements(export)
        return
    parts = _list_parts(export)
    is_in_parts = len(parts) > 1
    if is_in_parts:
        yield _contents(map(_part_line, parts), of_parts=True)
    elif parts:
        yield _contents(_contents_line(line, with_sections=True) for line in _contents_of(export))
    yield '<main id="articles">\n'
    yield from _write_parts(export, parts) if is_in_parts else _write_articles(export, by_article(export.rows()), 2)
    if not parts:
        yield f"<p>{NOTHING_FOUND}</p>\n"
    yield "</main>\n</body>\n</html>\n"


def _write_statements(export: Export) -> Iterator[str]:
    yield f'<main id="articles">\n<p class="facts">{FOUND_BY_RULES}</p>\n'
    for lines in statement_lines(export):
        title = f"<bdi>{escape(lines.tombstone or lines.way)}</bdi>"
        yield f'<section id="q{lines.number}">\n<header>\n<h2 class="heading">'
        yield f'<span class="number">{lines.number:,}</span> {title}</h2>\n'
        yield _facts([f"in the text: {lines.phrase}"] if lines.phrase else [])
        words = _inline(export.marker.mark_statement(lines.row))
        yield f'</header>\n<p dir="auto"{_lang(lines.row)}>{words}</p>\n' if words else "</header>\n"
        yield _facts(lines.facts) + _facts(lines.found)
        yield f'<p class="address"><bdi dir="ltr">{_link(lines.permalink)}</bdi></p>\n</section>\n'
    if not export.total:
        yield f"<p>{NOTHING_FOUND}</p>\n"
    yield "</main>\n</body>\n</html>\n"


# --- the title block ---


def _write_start(export: Export) -> Iterator[str]:
    title = title_of(export)
    style = _style() + _running_head(title)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    yield (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n'
        f'<meta name="robots" content="noindex">\n<title>{escape(title)}</title>\n<style>{style}</style>\n'
        '</head>\n<body>\n<a class="skip" href="#articles">Skip to the articles</a>\n<header>\n'
        f'<p class="archive" dir="auto">{escape(one_line(imprint().name))}</p>\n'
    )
    query = one_line(export.question.short_query)
    yield f"<h1>{f'Search: <bdi>{escape(query)}</bdi>' if query else 'Everything'}</h1>\n" + '<dl class="details">\n'
    for label, value in describe_export(export).items():
        text = _link(value) if label == "Address" else escape(value)
        yield f'<dt>{label}</dt><dd dir="auto">{text}</dd>\n'
    yield f'</dl>\n<p class="statement">{ONE_STATE} Matches are <mark>marked</mark>.</p>\n</header>\n'


@lru_cache(maxsize=1)
def _style() -> str:
    paths = [finders.find(f"cuttings/{name}") for name in _STYLES]
    return "".join(Path(str(path)).read_text(encoding="utf-8") for path in paths)


def _running_head(title: str) -> str:
    return f"@media print{{@page{{@top-left{{content:{_css_text(title)};font:9pt sans-serif;color:#444}}}}}}"


def _css_text(text: str) -> str:
    """Returns a text as a string of CSS; no character of it can end the string or the style."""
    return '"' + "".join(char if char.isalnum() else f"\\{ord(char):x} " for char in text) + '"'


# --- contents ---


@dataclass(frozen=True)
class _Line:
    """An article in the contents. `row_count` counts its rows; `headed` has the first of those with a heading."""

    number: int
    title: str
    row: Row
    row_count: int
    headed: tuple[ExportedSection, ...]


def _contents_of(export: Export) -> Iterator[_Line]:
    for group in by_article(export.listed_rows()):
        headed: list[ExportedSection] = []
        row_count = 0
        for row in group.rows:
            row_count += 1
            if isinstance(row, ExportedSection) and row.heading and len(headed) < _MAX_LISTED_SECTIONS:
                headed.append(row)
        yield _Line(group.number, group.title, group.first, row_count, tuple(headed))


def _list_parts(export: Export) -> list[tuple[_Line, _Line]]:
    """Returns the first and the last article of each part."""
    parts: list[tuple[_Line, _Line]] = []
    for line in _contents_of(export):
        if line.number % PART_ARTICLES == 1:
            parts.append((line, line))
        else:
            parts[-1] = (parts[-1][0], line)
    return parts


def _contents(lines: Iterable[str], *, of_parts: bool = False, level: int = 2) -> str:
    items = list(lines)
    names = "contents" + (" parts" if of_parts else "") + (" long" if len(items) > _MAX_SHORT_CONTENTS else "")
    heading = f"<h{level}>Contents</h{level}>"
    return f'<nav class="{names}">{heading}\n<ol>\n' + "".join(items) + "</ol></nav>\n"


def _contents_line(line: _Line, *, with_sections: bool = False) -> str:
    count = f"{line.row_count:,} sections" if line.row_count > 1 else article_count(line.row)
    facts = [f"<bdi>{escape(fact)}</bdi>" for fact in listed_facts(line.row)]
    about = ", ".join([*facts, *filter(None, [count])])
    link = f'<a href="#a{line.number}" dir="auto"{_lang(line.row)}>{escape(line.title)}</a>'
    sections = _contents_sections(line) if with_sections and line.headed else ""
    return f'<li><span class="number">{line.number:,}</span><span>{link}<small>{about}</small>{sections}</span></li>\n'


def _contents_sections(line: _Line) -> str:
    lang = _lang(line.row)
    items = "".join(
        f'<li><a href="#s{section.section_id}" dir="auto"{lang}>{escape(one_line(section.heading))}</a></li>'
        for section in line.headed
    )
    others = line.row_count - len(line.headed)
    return f"<ul>{items}{f'<li>and {others:,} more</li>' if others else ''}</ul>"


def _part_line(part: tuple[_Line, _Line]) -> str:
    first, last = part
    numbers = f"{first.number:,} to {last.number:,}"
    return (
        f'<li><a class="number" href="#p{first.number}">{numbers}</a>'
        f"<span><bdi{_lang(first.row)}>{escape(first.title)}</bdi>"
        f"<small>to <bdi{_lang(last.row)}>{escape(last.title)}</bdi></small></span></li>\n"
    )


# --- articles ---


def _write_parts(export: Export, parts: Iterable[tuple[_Line, _Line]]) -> Iterator[str]:
    """Yields the articles in parts, each with its contents. Both are read side by side, and neither is kept."""
    lines, groups = _contents_of(export), by_article(export.rows())
    for first, last in parts:
        yield f'<div class="part" id="p{first.number}">\n<h2>Articles {first.number:,} to {last.number:,}</h2>\n'
        yield _contents(map(_contents_line, islice(lines, PART_ARTICLES)), level=3)
        yield from _write_articles(export, islice(groups, PART_ARTICLES), 3)
        yield "</div>\n"


def _write_articles(export: Export, groups: Iterable[ArticleGroup], level: int) -> Iterator[str]:
    for group in groups:
        yield from _write_article(export, group, level)


def _write_article(export: Export, group: ArticleGroup, level: int) -> Iterator[str]:
    first, article, mark = group.first, group.first.article, export.marker.mark_beside
    title = _inline(mark(clean(article.headline), "headline")) or escape(group.title)
    yield f'<article id="a{group.number}"{_lang(first)}>\n<header{_direction(article.headline)}>\n'
    yield f'<h{level} class="headline"><span class="number">{group.number:,}</span> <bdi>{title}</bdi></h{level}>\n'
    yield _facts([*article_facts(first), article_count(first)])
    if article.url:
        yield f'<p class="address" lang="en"><bdi dir="ltr">{_link(one_line(article.url))}</bdi></p>\n'
    if topics := topics_of(first):
        yield f'<p class="facts" lang="en">Topics: <bdi>{escape(topics)}</bdi></p>\n'
    yield "</header>\n"
    if remarks := article_remarks(first):
        items = (f"<li>{escape(label)}: <bdi>{escape(value)}</bdi></li>" for label, value in remarks)
        yield f'<ul class="remarks" lang="en">{"".join(items)}</ul>\n'
    if article.standfirst:
        yield f'<p class="standfirst" dir="auto">{_inline(mark(clean(article.standfirst), "standfirst"))}</p>\n'
    for row, citation in with_citations(group.rows):
        if not row.sections:
            yield f'<p class="tombstone" lang="en">{escape(tombstone_of(row))}</p>\n'
        for section in row.sections:
            yield from _write_section(export, section, level + 1, citation if section is row else None)
        if citation and row.reference and not isinstance(row, ExportedSection):
            yield _cite(citation, row.reference)
    yield "</article>\n"


def _write_section(export: Export, section: ExportedSection, level: int, citation: Citation | None) -> Iterator[str]:
    head = f'<p class="tombstone" lang="en">{escape(tombstone_of(section))}</p>\n' if section.tombstone else ""
    if section.heading:
        head += f'<h{level} class="heading" dir="auto">{_inline(export.marker.mark_heading(section))}</h{level}>\n'
    head += _facts(section_facts(section))
    yield f'<section id="s{section.section_id}">\n' if section.section_id else "<section>\n"
    if head:
        yield f"<header{_direction(section.heading or section.text)}>\n{head}</header>\n"
    if section.note:
        yield f'<p class="remarks" lang="en">Note: <bdi>{escape(one_line(section.note))}</bdi></p>\n'
    for paragraph in _marked_paragraphs(export, section):
        yield f'<p dir="auto">{paragraph}</p>\n'
    if citation and section.reference:
        yield _cite(citation, section.reference)
    yield "</section>\n"


def _facts(facts: Iterable[str]) -> str:
    items = " · ".join(f"<bdi>{escape(fact)}</bdi>" for fact in facts if fact)
    return f'<p class="facts" lang="en">{items}</p>\n' if items else ""


def _cite(citation: Citation, reference: Reference) -> str:
    mark_up = CITATIONS["text"].mark_up
    styled = mark_up(reference).partition("\n")[0] if mark_up else escape(citation.styled)
    lines = [] if citation.is_repeated else [styled]
    lines += [f"{escape(citation.evidence)}.", _link(citation.permalink), escape(citation.curators_note)]
    return (
        '<div class="citation" lang="en">'
        + "".join(f'<p dir="auto">{line}</p>' for line in lines if line)
        + "</div>\n"
    )


# --- texts ---


def _marked_paragraphs(export: Export, section: ExportedSection) -> Iterator[str]:
    if section.passage is None:
        yield from _paragraphs(export.marker.mark_text(section))
    elif section.text:
        yield snippet_text(section.passage, show=_escape, mark=_mark)


def _inline(pieces: Iterable[Piece]) -> str:
    return "".join(_piece(piece.text, piece.matched) for piece in pieces)


def _paragraphs(pieces: Iterable[Piece]) -> Iterator[str]:
    """Yields the lines of a marked text that are not empty."""
    paragraph = ""
    for piece in pieces:
        first, *others = piece.text.split("\n")
        paragraph += _piece(first, piece.matched)
        for line in others:
            if paragraph.strip():
                yield paragraph
            paragraph = _piece(line, piece.matched)
    if paragraph.strip():
        yield paragraph


def _piece(text: str, matched: bool) -> str:
    return _mark(_escape(text)) if matched else _escape(text)


def _escape(text: str) -> str:
    return escape(clean(text))


def _mark(html: str) -> str:
    return f"<mark>{html}</mark>" if html else html


def _link(address: str) -> str:
    """Returns an address as a link that shows all of it; a path of a site that is not known, as text."""
    if not address.startswith(("http://", "https://")):
        return escape(address)
    return f'<a href="{escape(address)}" rel="noopener noreferrer nofollow">{escape(address)}</a>'


def _direction(text: str) -> str:
    """Returns the attribute `dir` for what surrounds a text that runs from right to left; else nothing."""
    return ' dir="rtl"' if is_right_to_left(text) else ""


def _lang(row: Row) -> str:
    """Returns the attribute `lang` of an article's words, empty for an unknown language: the file's own is English."""
    language = row.article.language
    return f' lang="{language if is_language_code(language) else ""}"'
