"""A recorded export beside what its question finds now. One search, and a query for each 1,000 sections: no texts."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from archive.models import PublishingStatus, shown_sections
from archive.one_state import one_state

from ...annotations import count_statements
from ...models import RecordedExport
from ...results import Question
from ..comparisons import ArchiveReasons, Comparison, compare, read_saved
from ..listing import ListedSection, Listing, State
from ..options import ExportOptions
from ..rows import MAX_ARTICLE_PASSAGES
from ..selection import Selection, select_rows
from .packed_listings import unpack_listing

_CHUNK_SECTIONS = 1000


def question_of(record: RecordedExport) -> tuple[Question, ExportOptions]:
    """Returns what was asked for. Raises ExportOptionError where a column or format is no longer there."""
    return read_saved(record.question, record.options)


def compare_with_now(record: RecordedExport, *, now: datetime) -> Comparison:
    """Returns what differs since an export that has a list. Raises ExportOptionError, QueryError and EngineError."""
    question, options = question_of(record)
    selection = select_rows(question, options, now=now)
    before = {section.section: section for section in unpack_listing(bytes(record.listing or b""))}
    with one_state():
        after = {section.section: section for section in _list_sections(selection, options, now)}
        return compare(Listing(record.made, before), Listing(now, after), ArchiveReasons(record.made, now))


def _list_sections(selection: Selection, options: ExportOptions, now: datetime) -> Iterator[ListedSection]:
    numbers = _listed_numbers(selection, options)
    for start in range(0, len(numbers), _CHUNK_SECTIONS):
        chunk = numbers[start : start + _CHUNK_SECTIONS]
        found = _load(chunk, now)
        yield from (found[number] for number in chunk if number in found)


def _listed_numbers(selection: Selection, options: ExportOptions) -> Sequence[int]:
    if options.unit == "article":
        return list(_matching_numbers(selection, options))
    if options.unit == "statement":
        counts = count_statements(selection.section_ids, selection.chosen)
        return [number for number in selection.section_ids if counts.get(number)]
    return selection.section_ids


def _matching_numbers(selection: Selection, options: ExportOptions) -> Iterator[int]:
    """Yields the sections of the articles, as `matching_sections` does of their rows."""
    for article in selection.articles(0, len(selection.article_ids)):
        limit = MAX_ARTICLE_PASSAGES if options.text == "passages" else len(article.section_ids)
        yield from article.section_ids[: limit if article.matched else 1]


def _load(numbers: Sequence[int], now: datetime) -> dict[int, ListedSection]:
    shown = shown_sections(now).filter(pk__in=numbers, current__isnull=False).order_by()
    columns = ("pk", "article_id", "current__number", "changed", "gone_id", "withdrawn", "article__status")
    return {
        pk: ListedSection(pk, article, version, _state(gone, withdrawn, status), changed)
        for pk, article, version, changed, gone, withdrawn, status in shown.values_list(*columns)
    }


def _state(gone: int | None, withdrawn: bool, status: str) -> State:
    if withdrawn or status == PublishingStatus.CANCELED:
        return "withdrawn"
    return "gone" if gone is not None else "shown"
