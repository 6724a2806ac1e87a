"""What happened to each section between two captures of an article, without their texts.

Rows are the placements of a capture. Sections are paired by their ids, and those that say the same are known by their
versions, so that two captures of thousands of sections are aligned in little time. `comparison` loads what it shows.
Only modules of this package import from here.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from archive.entry_order import longest_rising
from archive.history import is_precise
from archive.items import SectionItem
from archive.models import ArticleVersion, Placement, SectionVersion

from .sections import CLOSED, Viewer, rows_in_capture

Kind = Literal["new", "changed", "withdrawn", "restored", "gone", "not shown", "moved", "same"]
Direction = Literal["up", "down"]

# Databases limit the parameters of a query.
_MAX_QUERY_IDS = 10_000


class Row(NamedTuple):
    """A section on a page: its placement's id, and the ids of section and version; None where it has none."""

    pk: int
    section: int | None
    position: int
    withdrawn: bool
    version: int | None


class Content(NamedTuple):
    """What a version says: the hash of its words and the values of its other fields, None for text of no version."""

    words_sha256: str
    fields: tuple[object, ...] | None

    def says_the_same(self, other: "Content") -> bool:
        known = self.fields is not None and other.fields is not None
        return self.words_sha256 == other.words_sha256 and (not known or self.fields == other.fields)


@dataclass(frozen=True)
class Step:
    """A section in one capture or both, and what happened to it. `moved`: it passed sections that kept their order."""

    kind: Kind
    before: Row | None
    after: Row | None
    moved: Direction | Literal[""] = ""


def load_rows(version: ArticleVersion, *, viewer: Viewer) -> tuple[list[Row], int]:
    """Returns the rows of a capture in its order, and how many are left out since they are withdrawn. One query."""
    columns = ("pk", "section", "position", "withdrawn", "version", CLOSED)
    rows, left_out = [], 0
    for *values, is_closed in rows_in_capture(version, now=viewer.now).values_list(*columns):
        if is_closed and not viewer.sees_all:
            left_out += 1
        else:
            rows.append(Row(*values))
    return rows, left_out


def load_contents(before: Iterable[Row], after: Sequence[Row]) -> Mapping[int, Content]:
    """Returns the contents of the sections that two captures have in different versions, by the ids of the placements.

    A query for 10,000 of them.
    """
    old = {row.section: row for row in before if row.section}
    pairs = [(old[row.section], row) for row in after if row.section in old]
    rows = [row for pair in pairs if not _has_same_version(*pair) for row in pair]
    contents: dict[int, Content] = {}
    names = [f"version__{name}" for name in SectionVersion.COMPARED_FIELDS]
    for start in range(0, len(rows), _MAX_QUERY_IDS):
        chosen = [row.pk for row in rows[start : start + _MAX_QUERY_IDS]]
        found = Placement.objects.filter(pk__in=chosen).order_by()
        for pk, heading, text, version, words_sha256, *fields in found.values_list(
            "pk", "heading", "text", "version", *names
        ):
            if version:
                contents[pk] = Content(words_sha256, tuple(fields))
            else:
                item = SectionItem(tuple(text.split("\n")) if text else (), heading=heading)
                contents[pk] = Content(item.words_sha256, None)
    return contents


def load_times(version: ArticleVersion) -> dict[int, datetime]:
    """Returns the times of a capture's sections that are known to the minute, by their ids. One query."""
    dated = version.placements.filter(section__isnull=False, version__published__isnull=False)
    rows = dated.values_list("section", "version__published", "version__published_precision")
    return {section: at for section, at, precision in rows if section and at and is_precise(precision)}


def _has_same_version(before: Row, after: Row) -> bool:
    return before.version == after.version and before.version is not None


def align(
    before: Sequence[Row],
    after: Sequence[Row],
    contents: Mapping[int, Content],
    *,
    gone: Container[int] | None = None,
) -> Iterator[Step]:
    """Yields what happened to each section of two captures, in the order of the later capture.

    `gone` are the ids of the sections that the later capture shows to be gone; by default all that it lacks are.
    """
    old = {_identity(row, "before"): row for row in before}
    new = {_identity(row, "after"): row for row in after}
    common = [key for key in new if key in old]
    moved = find_moved([old[key].position for key in common])
    direction = {key: moved[place] for place, key in enumerate(common) if place in moved}
    absent_after = _group_absent(old, new)
    for row in absent_after[None]:
        yield _absent(row, gone)
    for key, row in new.items():
        if key in old:
            yield _both(old[key], row, direction.get(key, ""), contents)
        else:
            yield Step("withdrawn" if row.withdrawn else "new", None, row)
        for absent in absent_after[key]:
            yield _absent(absent, gone)


def _both(before: Row, after: Row, moved: Direction | Literal[""], contents: Mapping[int, Content]) -> Step:
    if before.withdrawn != after.withdrawn:
        kind: Kind = "withdrawn" if after.withdrawn else "restored"
    elif _has_same_version(before, after) or contents[before.pk].says_the_same(contents[after.pk]):
        kind = "moved" if moved else "same"
    else:
        kind = "changed"
    return Step(kind, before, after, moved)


def _absent(row: Row, gone: Container[int] | None) -> Step:
    is_gone = gone is None or row.section is None or row.section in gone
    return Step("gone" if is_gone else "not shown", row, None)


# A section's id; text that belongs to no section is known by its capture and position.
_Identity = int | tuple[Literal["before", "after"], int]


def _identity(row: Row, capture: Literal["before", "after"]) -> _Identity:
    """Returns what identifies a section in both captures; text that belongs to no section is in one capture alone."""
    return row.section or (capture, row.position)


def _group_absent(old: Mapping[_Identity, Row], new: Container[_Identity]) -> defaultdict[_Identity | None, list[Row]]:
    """Returns the sections that are absent, by the section that they followed; None for those at the top."""
    absent: defaultdict[_Identity | None, list[Row]] = defaultdict(list)
    followed: _Identity | None = None
    for key, row in old.items():
        if key in new:
            followed = key
        else:
            absent[followed].append(row)
    return absent


def find_moved(positions: Sequence[int]) -> dict[int, Direction]:
    """Returns which sections moved, by their index in the later order; `positions` are those in the earlier order.

    These are as few as possible: those outside the longest increasing subsequence, which patience sorting finds in
    O(n log n).
    """
    kept = set(longest_rising(positions))
    earlier_rank = {position: rank for rank, position in enumerate(sorted(positions))}
    # Equal ranks count as down: the section now follows a section that it preceded.
    return {
        index: "up" if index < earlier_rank[position] else "down"
        for index, position in enumerate(positions)
        if index not in kept
    }
