"""Plain text for mail and notes: articles with their sections in full, in lines that every reader of mail shows whole.

The words are those of the archive; only line ends are new. A word that is longer than a line is not broken, since it
may be an address; characters without blanks between them are broken where a line is full.
"""

import re
import unicodedata
from collections.abc import Iterator

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
    paragraphs_of,
    section_facts,
    title_of,
    tombstone_of,
    topics_of,
    with_citations,
)
from .row_kinds import ExportedSection
from .statement_lines import FOUND_BY_RULES, StatementLines, statement_lines

# Mail programs quote a line of this length several times before they have to break it.
MAX_LINE_COLUMNS = 72
_INDENT = "    "
_RULE = "=" * MAX_LINE_COLUMNS
_ROW_RULE = "- " * (MAX_LINE_COLUMNS // 2 - 1) + "-"
# Characters of scripts that are written without blanks, and take two columns each where columns are equal.
_WIDE = re.compile(
    "[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff60\U00020000-\U0003fffd]"
)
# By the width that Unicode gives a character (UAX 11); emoji are wide, too.
_COLUMNS = {"W": 2, "F": 2}
# No line begins with these, and none ends with the second.
_NOT_FIRST = frozenset("、。，．・：；？！」』）］｝〉》】〕…ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ’”")
_NOT_LAST = frozenset("「『（［｛〈《【〔‘“")


def write_text(export: Export) -> Iterator[str]:
    """Yields the file."""
    yield f"{title_of(export)}\n\n"
    for label, value in describe_export(export).items():
        yield wrap(isolate(value), first=f"{label + ':':<9}", rest=" " * 9)
    yield "\n" + wrap(ONE_STATE)
    if export.unit == "statement":
        yield wrap(FOUND_BY_RULES)
        yield from map(_write_statement, statement_lines(export))
        yield "" if export.total else f"\n{NOTHING_FOUND}\n"
        return
    for group in by_article(export.rows()):
        yield from _write_article(group)
    if not export.total:
        yield f"\n{NOTHING_FOUND}\n"


def _write_article(group: ArticleGroup) -> Iterator[str]:
    first = group.first
    yield f"\n{_RULE}\n" + wrap(isolate(group.title), first=f"{group.number}. ", rest=_INDENT)
    facts = [*map(isolate, article_facts(first)), article_count(first)]
    yield wrap(" | ".join(filter(None, facts)))
    yield wrap(isolate(first.article.url))
    yield wrap(isolate(topics_of(first)), first="Topics: ", rest=_INDENT)
    for label, value in article_remarks(first):
        yield wrap(isolate(value), first=f"{label}: ", rest=_INDENT)
    yield _apart(wrap(isolate(first.article.standfirst)))
    for row, citation in with_citations(group.rows):
        if row is not first:
            yield f"\n{_ROW_RULE}\n"
        if not row.sections:
            yield _apart(wrap(tombstone_of(row)))
        for section in row.sections:
            yield from _write_section(section)
        if citation:
            yield from _write_citation(citation)


def _write_statement(lines: StatementLines) -> str:
    parts = [
        wrap(lines.tombstone or isolate(lines.way), first=f"{lines.number:,}. ", rest=_INDENT),
        wrap(isolate(lines.phrase), first=f"{_INDENT}in the text: ", rest=_INDENT),
        wrap(isolate(lines.words), first=_INDENT * 2, rest=_INDENT * 2),
        wrap(" | ".join(map(isolate, lines.facts)), first=_INDENT, rest=_INDENT),
        wrap(" | ".join(map(isolate, lines.found)), first=_INDENT, rest=_INDENT),
        wrap(lines.permalink, first=_INDENT, rest=_INDENT),
    ]
    return "\n" + "".join(parts)


def _write_section(section: ExportedSection) -> Iterator[str]:
    heading = wrap(tombstone_of(section) or isolate(section.heading))
    facts = wrap(" | ".join(map(isolate, section_facts(section))))
    yield _apart(heading + facts + wrap(isolate(section.note), first="Note: ", rest=_INDENT))
    for paragraph in paragraphs_of(section):
        yield _apart(wrap(paragraph))


def _apart(lines: str) -> str:
    """Returns lines with a blank line before them, if there are any."""
    return f"\n{lines}" if lines else ""


def _write_citation(citation: Citation) -> Iterator[str]:
    yield "\n"
    if not citation.is_repeated:
        yield wrap(isolate(citation.styled), first=_INDENT, rest=_INDENT)
    for line in (f"{citation.evidence}.", citation.permalink, isolate(citation.curators_note)):
        yield wrap(line, first=_INDENT, rest=_INDENT)


# --- lines ---


def wrap(line: str, *, first: str = "", rest: str = "") -> str:
    """Returns a text in lines of at most MAX_LINE_COLUMNS, each with its end; empty for an empty text.

    `first` goes before its first line, `rest` before the others. O(characters).
    """
    if not line:
        return ""
    if len(line) + len(first) <= MAX_LINE_COLUMNS and line.isascii():
        return f"{first}{line}\n"
    lines: list[str] = []
    current, columns = first, _columns(first)
    is_empty = True
    for word, is_apart in _pieces(line):
        width = _columns(word)
        if not is_empty and columns + is_apart + width > MAX_LINE_COLUMNS:
            lines.append(current)
            current, columns, is_empty = rest, len(rest), True
        if not is_empty and is_apart:
            current, columns = current + " ", columns + 1
        current, columns, is_empty = current + word, columns + width, False
    return "\n".join([*lines, current]) + "\n"


def _pieces(line: str) -> Iterator[tuple[str, bool]]:
    """Yields what a line may be broken between, each with whether a blank is before it."""
    for word in line.split(" "):
        if word.isascii() or not _WIDE.search(word):
            yield word, True
            continue
        is_apart, piece = True, ""
        for character in word:
            # A break is before or after a wide character, except where no line may begin or end.
            may_break = piece and (_WIDE.match(character) or _WIDE.match(piece[-1]))
            if may_break and character not in _NOT_FIRST and piece[-1] not in _NOT_LAST:
                yield piece, is_apart
                is_apart, piece = False, ""
            piece += character
        yield piece, is_apart


def _columns(text: str) -> int:
    """Returns how many columns a text takes."""
    if text.isascii():
        return len(text)
    seen = (character for character in text if not unicodedata.combining(character))
    return sum(_COLUMNS.get(unicodedata.east_asian_width(character), 1) for character in seen)
