"""The question of an earlier export, asked again: its rows as they are listed today."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from archive.one_state import one_state

from ...results import Question
from ..contract import Export, Format, make_export
from ..listing import Listing, ListingBuilder, list_article, list_sections
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


def list_again(
    question: Question, options: ExportOptions, plain: Format, *, now: datetime, like: Listing | None = None
) -> Listing:
    """Returns what an export lists now; `plain` is a format that needs rows alone.

    It shares with the listing `like` what is the same. Loads all rows. Raises QueryError and EngineError.
    """
    export = make_export(plain, question, replace(options, contents=(), captures=False), site_url="", now=now)
    return list_export(export, like)


def list_export(export: Export, like: Listing | None = None) -> Listing:
    """Returns what an export lists, of one state of the archive; it shares with `like` what is the same."""
    builder = ListingBuilder(like)
    with one_state():
        for row in export.rows():
            for section in list_sections(row):
                builder.add_section(section)
            if row.article_id and not builder.has_article(row.article_id):
                builder.add_article(list_article(row))
    return builder.build(export.made)
