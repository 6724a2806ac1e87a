"""Markdown for notes (Obsidian) and for pages (GitHub): CommonMark, with a front matter of what the file is.

What is text stays text: signs that mean something in CommonMark, in GitHub's dialect or in Obsidian have a backslash.
A paragraph is one line, since some readers break lines where the file does. Matches are not marked: no sign for it is
common to all readers.
"""

import json
import re
from collections.abc import Iterator
from urllib.parse import quote

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
    describe_export,
    isolate,
    one_line,
    paragraphs_of,
    section_facts,
    title_of,
    tombstone_of,
    topics_of,
    with_citations,
)
from .row_kinds import ExportedSection
from .statement_lines import FOUND_BY_RULES, StatementLines, statement_lines

# Signs of CommonMark, tables, formulas and strikethrough; tags, blocks, highlights and comments of Obsidian.
_SIGNS = re.compile(r"[\\`*_\[\]<>#|~$^]|&(?=[#A-Za-z])|=(?==)|(?<==)=|%(?=%)|(?<=%)%")
# GitHub and Obsidian take an address for a link, backslashes included. Where a word goes on with other letters, they
# differ in where it ends.
_ADDRESS = re.compile(r"https?://[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]++(?!\w)", re.IGNORECASE)
_REFERENCE = re.compile("&[#A-Za-z0-9]+;")
_POINTS, _PAIRS = "?!.,:;*~'", (("(", ")"), ("[", "]"))
# What makes a line a list, a rule, or the underline of a heading.
_STARTS = re.compile(r"^(?:[-+](?=[ -]|$)|=+$)")
_NUMBERED = re.compile(r"^(\d{1,9})([.)])(?= |$)")
# The front matter has YAML, which takes strings of JSON.
_to_json = json.JSONEncoder(ensure_ascii=False).encode


def write_markdown(export: Export) -> Iterator[str]:
    """Yields the file."""
    details = {"title": title_of(export), **describe_export(export)}
    lines = [f"{label.lower().replace(' ', '_')}: {_to_json(value)}\n" for label, value in details.items()]
    query = one_line(export.question.short_query)
    title = f"Search: {_inline(query)}" if query else "Everything"
    yield f"---\n{''.join(lines)}---\n\n# {title}\n\n{ONE_STATE}\n"
    if export.unit == "statement":
        yield f"\n{FOUND_BY_RULES}\n"
        yield from map(_write_statement, statement_lines(export))
    else:
        for group in by_article(export.rows()):
            yield from _write_article(group)
    if not export.total:
        yield f"\n{NOTHING_FOUND}\n"


def _write_article(group: ArticleGroup) -> Iterator[str]:
    first = group.first
    yield f"\n## {group.number}. {_inline(group.title)}\n"
    yield _facts([*article_facts(first), article_count(first)])
    if first.article.url:
        yield f"\n{_link(first.article.url)}\n"
    if topics := topics_of(first):
        yield f"\nTopics: {_inline(topics)}\n"
    yield from _write_remarks(article_remarks(first))
    if first.article.standfirst:
        yield _paragraph(one_line(first.article.standfirst))
    for row, citation in with_citations(group.rows):
        if row is not first:
            yield "\n---\n"
        if not row.sections:
            yield _paragraph(tombstone_of(row))
        for section in row.sections:
            yield from _write_section(section)
        if citation:
            yield from _write_citation(citation)


def _write_statement(lines: StatementLines) -> str:
    phrase = f" (in the text: {_inline(lines.phrase)})" if lines.phrase else ""
    head = f"\n## {lines.number}. {_inline(lines.tombstone or lines.way)}{phrase}\n"
    words = f"\n> {escape_markdown(lines.words)}\n" if lines.words else ""
    link = f"\n{_link(lines.permalink)}\n" if lines.permalink else ""
    return head + words + _facts(lines.facts) + _facts(lines.found) + link


def _write_section(section: ExportedSection) -> Iterator[str]:
    if section.tombstone:
        yield _paragraph(tombstone_of(section))
    if heading := one_line(section.heading):
        yield f"\n### {_inline(heading)}\n"
    yield _facts(section_facts(section))
    yield from _write_remarks([("Note", one_line(section.note))] if section.note else [])
    for paragraph in paragraphs_of(section):
        yield _paragraph(paragraph)


def _facts(facts: list[str]) -> str:
    line = " · ".join(map(_inline, filter(None, facts)))
    return f"\n{_escape_start(line)}\n" if line else ""


def _write_remarks(remarks: list[tuple[str, str]]) -> Iterator[str]:
    for label, value in remarks:
        yield f"\n> {label}: {_inline(value)}\n"


def _write_citation(citation: Citation) -> Iterator[str]:
    lines = [] if citation.is_repeated else [_escape_start(_inline(citation.styled))]
    lines += [_inline(f"{citation.evidence}."), _link(citation.permalink), _inline(citation.curators_note)]
    yield "\n" + ">\n".join(f"> {line}\n" for line in lines if line)


# --- texts ---


def _paragraph(line: str) -> str:
    return f"\n{escape_markdown(line)}\n"


def _inline(text: str) -> str:
    """Returns a text for a line with other texts."""
    return _escape_signs(isolate(text))


def escape_markdown(line: str) -> str:
    """Returns the Markdown of a line of text that is a paragraph by itself."""
    return _escape_start(_escape_signs(line))


def _escape_signs(text: str) -> str:
    """Returns a text with backslashes before its signs; an address that has such signs is a link in angle brackets."""
    if "://" not in text:
        return _SIGNS.sub(r"\\\g<0>", text)
    pieces, end = [], 0
    for match in _ADDRESS.finditer(text):
        address = _without_points(match[0])
        if _SIGNS.search(address) and not _REFERENCE.search(address):
            pieces += [_SIGNS.sub(r"\\\g<0>", text[end : match.start()]), f"<{address}>"]
            end = match.start() + len(address)
    return "".join([*pieces, _SIGNS.sub(r"\\\g<0>", text[end:])])


def _without_points(address: str) -> str:
    """Returns an address without the points and closing brackets of the sentence around it."""
    kept = address
    while kept[-1] in _POINTS or any(kept[-1] == end and kept.count(end) > kept.count(start) for start, end in _PAIRS):
        kept = kept[:-1]
    return kept


def _escape_start(line: str) -> str:
    return _NUMBERED.sub(r"\1\\\2", _STARTS.sub(r"\\\g<0>", line))


def _link(address: str) -> str:
    """Returns an address as a link; a path of a site that is not known, as text."""
    if not address.startswith(("http://", "https://")):
        return _escape_signs(one_line(address))
    return "<" + quote(one_line(address), safe="!#$%&'()*+,-./:;=?@_~[]") + ">"
