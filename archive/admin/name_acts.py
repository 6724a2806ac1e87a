"""Carries out what a page of names asks for: now, or beside the request where it touches many articles.

A page sends along what it showed; where somebody else decided meanwhile, nothing is done, and a message says who.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest
from django.utils.html import format_html

from ..errors import CurationError
from ..models import Edit, Name, Statement
from ..naming import state_of
from ..operations import NameAct, operation
from ..sight import visible
from .acts import MAX_AT_ONCE, address_of, begin_beside
from .indexing import sync_index

DECIDE, MERGE = "archive.change_name", "archive.merge_names"


def may_decide(request: HttpRequest) -> bool:
    """Whether a user may decide on names and statements."""
    return bool(request.user.has_perm(DECIDE))


def may_merge(request: HttpRequest) -> bool:
    """Whether a user may merge names."""
    return may_decide(request) and bool(request.user.has_perm(MERGE))


def carry_out(
    request: HttpRequest,
    act: NameAct,
    parameters: Mapping[str, Any],
    *,
    seen: str | None = None,
    rows: Sequence[Name | Statement] = (),
) -> bool:
    """Does an act on rows that the page showed in the state `seen`; says what was done, or why nothing was."""
    total = act.count_articles(parameters)
    try:
        if total > MAX_AT_ONCE:
            _refuse_changed(request, seen, rows)
        if begun := begin_beside(request, act, parameters, label=act.begins, total=total):
            link = format_html('<a href="{}">how far it is</a>', address_of(begun))
            text = format_html(
                "{}: {} articles are brought up to date meanwhile. See {}.", act.begins, f"{total:,}", link
            )
            messages.info(request, text)
            return True
        with operation(act.kind, user_name=request.user.get_username(), label="") as done:
            _refuse_changed(request, seen, rows)
            act.carry_out(parameters, done)
    except CurationError as error:
        messages.error(request, f"Nothing was done. {error}")
        return False
    if not done.changed:
        messages.info(request, "It was so already.")
        return True
    messages.success(request, f"{done.label}. Operations can undo it.")
    sync_index(request)
    return True


def _refuse_changed(request: HttpRequest, seen: str | None, rows: Sequence[Name | Statement]) -> None:
    if seen is None:
        return
    now = [row for model in (Name, Statement) for row in _read_again(model, rows)]
    if len(now) == len(rows) and state_of(now) == seen:
        return
    raise CurationError(f"Somebody else decided while this page was open{_who(request, rows)}. Look again.")


def _read_again(model: type[Any], rows: Sequence[Name | Statement]) -> list[Any]:
    return list(model._default_manager.filter(pk__in=[row.pk for row in rows if isinstance(row, model)]))


def _who(request: HttpRequest, rows: Sequence[Name | Statement]) -> str:
    """Returns who changed one of the rows last, as far as the user may see it."""
    ids = {model: [row.pk for row in rows if isinstance(row, model)] for model in (Name, Statement)}
    of_rows = Q(subject=Edit.Subject.NAME, subject_id__in=ids[Name])
    of_rows |= Q(subject=Edit.Subject.STATEMENT, subject_id__in=ids[Statement])
    edit = visible(Edit.objects.filter(of_rows), request.user).order_by("-pk").first()
    if edit is None:
        return ""
    return f": {edit.user_name}, {edit.at:%Y-%m-%d %H:%M} UTC ({edit.how})"
