"""The question of an earlier export, asked again: its rows as they are listed today."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from archive.one_state import one_state

from ...results import Question
from ..contract import Export, Format, make_export
from ..listing import ListedArticle, ListedSection, Listing, list_article, list_sections
from ..options import ExportOptions

Pairs = Iterable[Sequence[str]]


class _Saved:
    """Parameters that were saved as pairs."""

    def __init__(self, pairs: Pairs) -> None:
        self._pairs = [(str(name), str(value)) for name, value in pairs]

    def getlist(self, key: str) -> list[str]:
        return [value for name, value in self._pairs if name == key]


def read_saved(question: Pairs, options: Pairs) -> tuple[Question, ExportOptions]:
    """Returns a question and options that were saved as the pairs of their addresses. Raises ExportOptionError."""
    return Question.from_parameters(_Saved(question)), ExportOptions.from_parameters(_Saved(options))


def list_again(question: Question, options: ExportOptions, plain: Format, *, now: datetime) -> Listing:
    """Returns what an export lists now; `plain` is a format that needs rows alone.

    Loads all rows. Raises QueryError and EngineError.
    """
    export = make_export(plain, question, replace(options, contents=(), captures=False), site_url="", now=now)
    return list_export(export)


def list_export(export: Export) -> Listing:
    """Returns what an export lists, of one state of the archive."""
    sections: dict[int, ListedSection] = {}
    articles: dict[int, ListedArticle] = {}
    with one_state():
        for row in export.rows():
            sections |= {section.section: section for section in list_sections(row) if section.section}
            if row.article_id and row.article_id not in articles:
                articles[row.article_id] = list_article(row)
    return Listing(export.made, sections, articles, has_all_values=True)
