"""What can be said of an export before it is written: about how many bytes it has, and how many cells are too long.

Pages import from here through the face of the package. Some tens of milliseconds, whatever the number of rows.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from time import monotonic
from typing import NamedTuple

from ..results import find_long_sections
from .comma_separated import is_long_cell
from .contract import Export
from .rows import count_sections
from .spreadsheet_cells import MAX_CELL_CHARS

# Rows that are written to measure them. The lengths of texts differ so much that more rows tell little more.
_SAMPLED_SECTIONS = 96
_SAMPLED_ARTICLES = 40
# Sections are measured with their neighbours: many formats write the article of several sections once.
_RUN_SECTIONS = 4
# The sample is written in parts, each spread over all rows, until this time is over.
_PARTS = 4
_MAX_SECONDS = 0.06
# One live page may have more words than all other articles of a result: the sections of so many articles are counted.
_MAX_WEIGHED = 1000
# A row of an article has all its sections; a live page of a year has thousands.
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
    if export.unit == "statement" and export.options.first:
        return _estimate_first(export)
    selection = export.selection
    rows = len(selection.article_ids) if export.unit == "article" else len(selection.section_ids)
    if export.unit == "article":
        places = _spread(rows, _MAX_WEIGHED)
        weights = dict(zip(places, _weights(export, places), strict=True))
        runs = [[place] for place in _lightest(_choose(places, _SAMPLED_ARTICLES), weights)]
    else:
        weights = {}
        starts = _spread(rows // _RUN_SECTIONS, _SAMPLED_SECTIONS // _RUN_SECTIONS)
        runs = [list(range(start * _RUN_SECTIONS, (start + 1) * _RUN_SECTIONS)) for start in starts]
        if rows <= _SAMPLED_SECTIONS:
            runs = [list(range(rows))]
    if sum(map(len, runs)) == rows:
        return EstimatedSize(_written_bytes(export), True)
    mean_weight = sum(weights.values()) / len(weights) if weights else 1
    empty_bytes = _written_bytes(replace(export, selection=selection.at([])))
    return EstimatedSize(
        round(empty_bytes + _bytes_by_weight(export, runs, weights, empty_bytes) * mean_weight * rows), False
    )


def _estimate_first(export: Export) -> EstimatedSize:
    """Returns how many bytes the first statements have: all are measured by their sections."""
    whole = replace(export, options=replace(export.options, first=0))
    share = export.total / whole.total if whole.total else 1
    if share < 1 and export.total <= _SAMPLED_SECTIONS:
        return EstimatedSize(_written_bytes(export), True)
    size = estimate_size(whole)
    return EstimatedSize(round(size.size_bytes * share), size.is_exact and share == 1)


def count_long_cells(export: Export) -> int | None:
    """Returns how many texts are too long for a cell of a spreadsheet; None where that is not known before.

    It is known for rows of sections with all of their text.
    """
    if export.unit != "section":
        return None
    long = set(find_long_sections(MAX_CELL_CHARS, is_long_cell))
    return sum(map(long.__contains__, export.selection.section_ids)) if long else 0


def _bytes_by_weight(
    export: Export, runs: Sequence[Sequence[int]], weights: dict[int, int], empty_bytes: int
) -> float:
    """Returns the bytes of rows for each section that they load; of rows without a weight, for each row."""
    began = monotonic()
    measured_bytes = measured_weight = 0
    for places in _parts(runs):
        measured_bytes += _written_bytes(replace(export, selection=export.selection.at(places))) - empty_bytes
        measured_weight += sum(weights.get(place, 1) for place in places)
        if monotonic() - began > _MAX_SECONDS:
            break
    return measured_bytes / measured_weight


def _parts(runs: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Yields the places of the runs in parts, each spread over all of them."""
    for number in range(min(_PARTS, len(runs))):
        yield [place for run in runs[number::_PARTS] for place in run]


def _spread(rows: int, count: int) -> list[int]:
    """Returns places of rows, evenly spread: at most `count` of them."""
    count = min(rows, count)
    return [(2 * number + 1) * rows // (2 * count) for number in range(count)]


def _choose(places: Sequence[int], count: int) -> list[int]:
    return [places[at] for at in _spread(len(places), count)]


def _weights(export: Export, places: Iterable[int]) -> list[int]:
    """Returns how many sections each row of an article loads, at least 1."""
    ids = [export.selection.article_ids[place] for place in places]
    if export.options.text == "passages":
        return [1] * len(ids)
    sections = count_sections(ids)
    return [max(sections.get(number, 1), 1) for number in ids]


def _lightest(places: Sequence[int], weights: dict[int, int]) -> list[int]:
    """Returns those of the places that are measured, in order: the lightest, and at least one."""
    chosen: list[int] = []
    room = _MAX_LOADED_SECTIONS
    for place in sorted(places, key=weights.__getitem__):
        room -= weights[place]
        if chosen and room < 0:
            break
        chosen.append(place)
    return sorted(chosen)


def _written_bytes(export: Export) -> int:
    return sum(map(len, export.write(with_mark=True)))
