"""Entries that are split and joined, as acts: what each watches and makes, and which sections such acts were about.

What a split or a join does is up to `archive.curation`.
"""

from datetime import datetime

from ..curation import join_entries, rows_of_split, split_entry
from ..models import OperationRow, Section
from .kinds import JOINED, SPLIT, UNDONE
from .recording import Act

# By them, a section is a part of another, or joined to it.
_DIVIDING = ("part_of_id", "joined_to_id")


def record_split(act: Act, section: Section, place: int) -> int:
    """Splits an entry before a paragraph; returns the section that begins there. Raises CurationError."""
    act.watch(Section, rows_of_split(section))
    begins, is_new = split_entry(section, place)
    if is_new:
        act.created(Section, [begins])
    return begins


def record_join(act: Act, first: Section, second: Section) -> None:
    """Joins an entry with the one before it. Raises CurationError."""
    act.watch(Section, rows_of_split(first) | rows_of_split(second))
    join_entries(first, second)


def sections_divided_since(since: datetime) -> frozenset[int]:
    """Returns the sections that acts of splitting and joining, and their undoing, were about. One query.

    Those that an undo removed are among them.
    """
    rows = OperationRow.objects.filter(
        table=Section._meta.label_lower,
        operation__kind__in=(SPLIT.name, JOINED.name, UNDONE.name),
        operation__at__gt=since,
    )
    found: set[int] = set()
    for row, before, after in rows.order_by().values_list("row", "before", "after"):
        others = [image[name] for image in (before, after) if image for name in _DIVIDING if name in image]
        if others:
            found |= {row, *filter(None, others)}
    return frozenset(found)
