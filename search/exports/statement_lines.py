"""A statement as lines of a file for people: its way, its words, where they are from, and how they were found.

A format puts these lines into its own markup. No database. Only modules of this package import from here.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from ..outputs import format_time
from .columns import permalink_of
from .contract import Export
from .reading import one_line
from .row_kinds import ExportedStatement

# Each file of statements says so.
FOUND_BY_RULES = (
    "Statements are found by rules, and rules err: each says which rule found it, unless a curator accepted it."
)


@dataclass(frozen=True)
class StatementLines:
    """The lines of a statement; `number` counts the rows of a file from 1. `tombstone` says why it has no words.

    `facts` say where it is from, `found` how the text has it and how it was found.
    """

    number: int
    row: ExportedStatement
    way: str
    phrase: str
    words: str
    facts: list[str]
    found: list[str]
    permalink: str
    tombstone: str


def statement_lines(export: Export) -> Iterator[StatementLines]:
    """Yields the rows of an export as lines. To be called within `write` only."""
    for number, row in enumerate(export.rows(), start=1):
        if isinstance(row, ExportedStatement):
            yield _make(number, row, export.site_url)


def _make(number: int, row: ExportedStatement, site_url: str) -> StatementLines:
    section, statement = row.section, row.statement
    path = permalink_of(section)
    where = [format_time(section.time) if section.time else "undated" if path else ""]
    where += [row.article.source.name, section.heading, row.article.headline]
    if statement is None:
        facts = list(filter(None, map(one_line, where)))
        return StatementLines(number, row, "", "", "", facts, [], path and site_url + path, row.tombstone)
    hedges = f"hedged: {', '.join(statement.hedges)}" if statement.hedges else ""
    found = [statement.kind.label, hedges, "doubtful" if statement.is_doubtful else "", statement.found_by]
    return StatementLines(
        number=number,
        row=row,
        way=one_line(statement.line),
        phrase=one_line(statement.phrase) if statement.phrase != statement.speaker.label else "",
        words=one_line(statement.words),
        facts=list(filter(None, map(one_line, where))),
        found=list(filter(None, map(one_line, found))),
        permalink=path and site_url + path,
        tombstone="",
    )
