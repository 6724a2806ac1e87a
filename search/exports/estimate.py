"""What can be said of an export before it is written: about how many bytes it has, and how many cells are too long.

Pages import from here through the face of the package. Some tens of milliseconds, whatever the number of rows.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from django.db.models import Count

from archive.models import Section

from ..results import find_long_sections
from .contract import Export
from .spreadsheet_cells import MAX_CELL_CHARS

# Rows that are written to measure them. The lengths of texts differ so much that more rows tell little more.
_SAMPLED_SECTIONS = 100
_SAMPLED_ARTICLES = 40
# One live page may have more words than all other articles of a result: the sections of so many articles are counted.
_MAX_WEIGHED = 1000
# A row of an article has all its sections; a live page of a year has thousands. Citing a row takes a millisecond.
_MAX_LOADED_SECTIONS = 500


class EstimatedSize(NamedTuple):
    """The size of a file, in bytes: exactly, or about."""

    size_bytes: int
    is_exact: bool


def estimate_size(export: Export) -> EstimatedSize:
    """Returns how many bytes a file has: about, unless it has few rows.

    Some rows, spread over all, are written by the format itself. They stand for the others, for articles by their
    numbers of sections; those that have very many are not written.
    """
    selection = export.selection
    rows = len(selection.article_ids) if export.unit == "article" else len(selection.section_ids)
    places = _spread(rows, _MAX_WEIGHED)
    weights = _weights(export, places)
    sampled = _spread(len(places), _SAMPLED_ARTICLES if export.unit == "article" else _SAMPLED_SECTIONS)
    measured = _lightest(sampled, weights)
    if len(measured) == rows:
        return EstimatedSize(_written_bytes(export), True)
    sample = selection.at([places[at] for at in measured])
    empty_bytes = _written_bytes(replace(export, selection=selection.at([])))
    sampled_bytes = _written_bytes(replace(export, selection=sample)) - empty_bytes
    bytes_by_weight = sampled_bytes / sum(weights[at] for at in measured)
    bytes_by_row = bytes_by_weight * sum(weights) / len(weights)
    return EstimatedSize(round(empty_bytes + bytes_by_row * rows), False)


def count_long_cells(export: Export) -> int | None:
    """Returns how many texts are too long for a cell of a spreadsheet; None where that is not known before.

    It is known for rows of sections with all of their text.
    """
    if export.unit == "article":
        return None
    long = set(find_long_sections(MAX_CELL_CHARS, export.format.is_long_cell))
    return sum(map(long.__contains__, export.selection.section_ids)) if long else 0


def _spread(rows: int, count: int) -> list[int]:
    """Returns places of rows, evenly spread: at most `count` of them."""
    count = min(rows, count)
    return [(2 * number + 1) * rows // (2 * count) for number in range(count)]


def _weights(export: Export, places: Sequence[int]) -> list[int]:
    """Returns how many sections each row loads, at least 1."""
    if export.unit == "section" or export.options.text == "passages":
        return [1] * len(places)
    ids = [export.selection.article_ids[place] for place in places]
    counted = Section.objects.filter(article__in=ids).values_list("article").annotate(Count("pk")).order_by()
    sections = dict(counted)
    return [max(sections.get(number, 1), 1) for number in ids]


def _lightest(places: Sequence[int], weights: Sequence[int]) -> list[int]:
    """Returns those of the places that are measured, in order: the lightest, and at least one."""
    chosen: list[int] = []
    room = _MAX_LOADED_SECTIONS
    for at in sorted(places, key=weights.__getitem__):
        room -= weights[at]
        if chosen and room < 0:
            break
        chosen.append(at)
    return sorted(chosen)


def _written_bytes(export: Export) -> int:
    return sum(map(len, export.write(with_mark=True)))
