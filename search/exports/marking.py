"""Marks in the words of rows what a query matches, exactly as the pages of the archive do.

What is asked within `said()` is marked in statements alone, and what is asked of days where a text speaks of them.
Only modules of this package import from here.
"""

from collections.abc import Iterable, Sequence

from ..annotations import load_statement_days, mark_words
from ..outputs import snippet_text
from ..query import Node
from ..results import NO_SPANS, Highlighter, Piece, ShownSection, load_spans
from .row_kinds import ExportedSection, ExportedStatement


class Marker:
    """Marks what a query matches in the words of one row after another.

    `place` and `shorten` ask the record where statements and days are, for many sections at once; the others return
    texts in pieces, without a query.
    """

    def __init__(self, tree: Node) -> None:
        self._tree = tree
        self._highlighter = Highlighter(tree)

    def place(self, sections: Iterable[ExportedSection]) -> None:
        """Notes in sections where their words have statements and days that the query asks for.

        Two database queries for a query with `said()`, one with `event:`, none for others; more where some sections
        are divided.
        """
        shown = [section for section in sections if section.pk and not section.tombstone]
        found = load_spans(self._tree, map(_as_shown, shown))
        for section in shown:
            section.spans = found.get(section.section_id, {})

    def shorten(self, sections: Iterable[ExportedSection]) -> None:
        """Leaves of each text the passage that shows most of the query. As many queries as `place`."""
        sections = list(sections)
        self.place(sections)
        for section in sections:
            in_text = section.spans.get("text", NO_SPANS)
            section.passage = self._highlighter.snippet(section.text, "text", spans=in_text)
            section.text = snippet_text(section.passage)

    def mark_beside(self, text: str, field: str) -> tuple[Piece, ...]:
        """Returns a headline or a standfirst in pieces: rules read neither, so they have no statements."""
        return self._highlighter.mark(text, field, spans=NO_SPANS)

    def mark_heading(self, section: ExportedSection) -> tuple[Piece, ...]:
        return self._highlighter.mark(section.heading, "heading", spans=section.spans.get("heading", NO_SPANS))

    def mark_text(self, section: ExportedSection) -> tuple[Piece, ...]:
        """Returns the whole text of a section in pieces; of one that was shortened, `passage` has them."""
        return self._highlighter.mark(section.text, "text", spans=section.spans.get("text", NO_SPANS))

    def mark_statement(self, row: ExportedStatement) -> tuple[Piece, ...]:
        return mark_words(row.statement, self._highlighter, row.days) if row.statement else ()

    def place_days(self, rows: Sequence[ExportedStatement]) -> None:
        """Notes in rows where the words of their statements speak of days. Two queries with `event:`, else none."""
        found = load_statement_days(self._tree, (row.statement for row in rows if row.statement))
        for row in rows:
            row.days = found.get(row.statement.pk, ()) if row.statement else ()


def _as_shown(section: ExportedSection) -> ShownSection:
    is_divided = "extent" in section.curated_entry
    return ShownSection(
        section.section_id, section.heading, section.paragraphs, section.received or section, is_divided
    )
