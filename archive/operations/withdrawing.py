"""Withdrawals and their restoring as operations: the rules are in `archive.curation`."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.template.defaultfilters import pluralize
from django.utils import timezone

from ..curation import Target, Terms, add_withdrawals, end_withdrawals, find_refusals
from ..models import Article, Section, Withdrawal
from .bulk_acts import BulkAct, Parameters, Refusals, register_act
from .kinds import RESTORED, WITHDRAWN
from .recording import Act, operation

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


class WithdrawMany(BulkAct):
    """Withdraws many articles, each as a whole, on the same terms."""

    name = "withdraw"
    kind = WITHDRAWN
    permission = "archive.withdraw_article"

    @staticmethod
    def parameters_of(terms: Terms) -> dict[str, Any]:
        """Returns terms as JSON."""
        return {**vars(terms), "until": terms.until.isoformat() if terms.until else None}

    @staticmethod
    def terms_of(parameters: Parameters) -> Terms:
        """Returns the terms."""
        until = parameters["until"]
        return Terms(**{**parameters, "until": datetime.fromisoformat(until) if until else None})

    def label(self, parameters: Parameters, count: int) -> str:
        return f"Withdrew {count:,} article{pluralize(count)}"

    def refusals(self, parameters: Parameters, ids: Sequence[int]) -> Refusals:
        articles = list(Article.objects.filter(pk__in=ids))
        found = find_refusals(articles, self.terms_of(parameters), now=timezone.now())
        return {target.pk: reason for target, reason in found.items()}

    def apply(self, parameters: Parameters, ids: Sequence[int], act: Act) -> Refusals:
        articles = Article.objects.filter(pk__in=ids)
        add_withdrawals(articles, self.terms_of(parameters), user_name=act.operation.user_name)
        return {}


WITHDRAW_MANY = WithdrawMany()
register_act(WITHDRAW_MANY)
