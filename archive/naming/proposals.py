"""What waits for a curator, the weightiest first, a page at a time: merges, names, doubtful statements.

A page is found by an index, from where the page before ended. What was decided since it was weighed is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from ..models import Name, NameJudgement, Proposal, Statement, Verdict
from ..paging import count_rows
from ..sight import User, may_see_all, visible

PAGE_PROPOSALS = 25
MERGES, NAMES, STATEMENTS = "merges", "names", "statements"
# So many are counted; beyond, a page says that there are more. Who sees what is decided for each.
_MAX_COUNTED, _MAX_COUNTED_WITH_RULES = 1000, 200
_MAX_DIGITS = 18


@dataclass(frozen=True)
class Cursor:
    """Where a page ended: the weight and the number of its last row."""

    weight: int
    number: int

    @staticmethod
    def read(text: str) -> "Cursor | None":
        """Returns what the text of a cursor says; None if it is none."""
        weight, _, number = text.partition("-")
        parts = (weight, number)
        if not all(part.isascii() and part.isdecimal() and len(part) <= _MAX_DIGITS for part in parts):
            return None
        return Cursor(int(weight), int(number))

    def __str__(self) -> str:
        return f"{self.weight}-{self.number}"


@dataclass(frozen=True)
class Page:
    """Rows that wait: pairs of names, names alone, or statements alone; and where the next page begins."""

    rows: tuple[tuple[Any, ...], ...]
    next: Cursor | None


def proposed(kind: str, user: User) -> QuerySet[Any]:
    """Returns what waits for a decision that a user may see, in its order: rows of Proposal or of Name."""
    if kind == NAMES:
        waiting = Name.objects.filter(verdict=None, merged_into=None)
        return visible(waiting, user).order_by("-mentioned", "pk")
    if kind == STATEMENTS:
        doubtful = visible(Statement.objects.filter(verdict=None, pk=OuterRef("subject")), user)
        return Proposal.objects.filter(Exists(doubtful), kind=Proposal.Kind.STATEMENT).order_by("-weight", "pk")
    names = visible(Name.objects.filter(merged_into=None).exclude(verdict=Verdict.REJECTED), user)
    both = [Exists(names.filter(pk=OuterRef(side))) for side in ("subject", "other")]
    orders = Q(name=OuterRef("subject"), other=OuterRef("other")) | Q(
        name=OuterRef("other"), other=OuterRef("subject")
    )
    apart = Exists(NameJudgement.objects.filter(orders))
    merges = Proposal.objects.filter(kind=Proposal.Kind.MERGE)
    return merges.filter(*both, ~apart).order_by("-weight", "pk")


def count_proposed(kind: str, user: User) -> tuple[int, bool]:
    """Returns how many wait, and whether that is exact: from a limit on they are not counted. One query."""
    return count_rows(proposed(kind, user), _MAX_COUNTED if may_see_all(user) else _MAX_COUNTED_WITH_RULES)


def page_of(kind: str, user: User, after: Cursor | None) -> Page:
    """Returns the rows behind a cursor. Two queries."""
    rows = proposed(kind, user)
    weight = "mentioned" if kind == NAMES else "weight"
    if after:
        behind = Q(**{f"{weight}__lt": after.weight}) | Q(**{weight: after.weight, "pk__gt": after.number})
        rows = rows.filter(behind, **{f"{weight}__lte": after.weight})
    found = list(rows[: PAGE_PROPOSALS + 1])
    page = found[:PAGE_PROPOSALS]
    last = page[-1] if len(found) > PAGE_PROPOSALS else None
    return Page(tuple(_load(kind, page)), Cursor(getattr(last, weight), last.pk) if last else None)


def _load(kind: str, page: Sequence[Any]) -> list[tuple[Any, ...]]:
    if kind == NAMES:
        return [(name,) for name in page]
    if kind == STATEMENTS:
        rows = Statement.objects.select_related("version__section__article", "speaker__name")
        statements = rows.in_bulk([proposal.subject for proposal in page])
        return [(statements[proposal.subject],) for proposal in page if proposal.subject in statements]
    names = Name.objects.in_bulk({pk for proposal in page for pk in (proposal.subject, proposal.other)})
    # The name that is mentioned more often first: it is the one to keep.
    return [
        (names[proposal.other], names[proposal.subject])
        for proposal in page
        if proposal.subject in names and proposal.other in names
    ]
