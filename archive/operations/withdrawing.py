"""Withdrawals and their restoring as operations: the rules are in `archive.curation`."""

from collections.abc import Iterable, Sequence

from ..curation import Target, Terms, add_withdrawals, end_withdrawals
from ..models import Article, Section, Withdrawal
from .kinds import RESTORED, WITHDRAWN
from .recording import operation

_MAX_LABEL_CHARS = 120


def withdraw(targets: Iterable[Target], terms: Terms, *, user_name: str) -> list[Withdrawal]:
    """Withdraws articles and sections from readers, all of them or none, as one operation; returns the new rows.

    Raises CurationError.
    """
    targets = list(targets)
    with operation(WITHDRAWN, user_name=user_name, label="Withdrew") as act:
        act.watch(Article, {target.article_id if isinstance(target, Section) else target.pk for target in targets})
        rows = add_withdrawals(targets, terms, user_name=user_name)
        act.label = _label("Withdrew", rows)
    return rows


def restore(withdrawals: Iterable[Withdrawal], *, user_name: str) -> None:
    """Takes withdrawals back, all of them or none, as one operation. Raises CurationError."""
    rows = list(withdrawals)
    with operation(RESTORED, user_name=user_name, label=_label("Restored", rows)) as act:
        act.watch(Article, {row.article_id for row in rows})
        end_withdrawals(rows, user_name=user_name)


def _label(verb: str, rows: Sequence[Withdrawal]) -> str:
    """Returns what was done, by numbers alone: an operation is listed where a headline may be withdrawn."""
    if len(rows) == 1:
        return f"{verb} {rows[0].in_words}"[:_MAX_LABEL_CHARS]
    return f"{verb} {len(rows):,} articles and sections"
