"""The page of a name, a person, a place or an organisation, and the lists of all statements by it or about it."""

from collections.abc import Mapping
from typing import Any, cast

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from ..annotations import (
    STATEMENTS_PER_PAGE,
    NamePage,
    Which,
    find_mentions,
    find_merged,
    find_name,
    find_name_statements,
)
from ..engines import EngineError
from ..query import QueryError
from ..results import Question, read_choice, read_page
from .access import login_to_search, may_see_withheld
from .responses import HttpRequest, render_error_page

_MAX_PAGE = 100_000
# The values of the parameter `show`, each with the title of its page.
_LISTS: Mapping[str, str] = {"by": "Statements by", "naming": "Statements that name"}


@require_safe
@login_to_search
def name_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A name with its spellings, its mentions over time, its statements and what it is named with.

    With `show`, all of its statements. A name that stands only in what this reader may not see has no page.
    """
    now, sees_all = timezone.now(), may_see_withheld(request)
    page = find_name(pk, now=now, sees_all=sees_all)
    if page is None:
        if merged_into := find_merged(pk, now=now, sees_all=sees_all):
            return redirect("name", merged_into)
        raise Http404(f"no name {pk}")
    context = {"page": page, "name": page.name, "same_as": _addresses(page), "question": Question()}
    try:
        which = cast(Which, read_choice(request.GET, "show", _LISTS, ""))
        context |= _list_context(request, page, which) if which else _page_context(page)
    except (QueryError, EngineError) as error:
        return render_error_page(request, "name.html", context, error)
    return render(request, "name.html", context)


def _addresses(page: NamePage) -> list[str]:
    """Returns the web addresses of the same; what is none leads nowhere."""
    return [address for address in page.name.same_as if str(address).startswith(("https://", "http://"))]


def _page_context(page: NamePage) -> dict[str, Any]:
    now = timezone.now()
    by, naming = (find_name_statements(page, which, now=now) for which in ("by", "naming"))
    search = reverse("search")
    return {
        "mentions": (mentions := find_mentions(page, now=now)),
        "timeline": mentions.timeline,
        "question": page.question,
        "published": {"undated": {"url": search + page.question.with_dates("none").to_querystring()}},
        "lists": [
            ("by", f"{_LISTS['by']} {page.name.label}", by),
            ("naming", f"{_LISTS['naming']} {page.name.label}", naming),
        ],
    }


def _list_context(request: HttpRequest, page: NamePage, which: Which) -> dict[str, Any]:
    number = read_page(request.GET, "page", max_page=_MAX_PAGE)
    start = (number - 1) * STATEMENTS_PER_PAGE
    found = find_name_statements(page, which, now=timezone.now(), start=start, limit=STATEMENTS_PER_PAGE)
    return {
        "which": which,
        "title": f"{_LISTS[which]} {page.name.label}",
        "statements": found,
        "first_number": start + 1,
        "pages": Paginator(range(found.total), STATEMENTS_PER_PAGE).get_page(number),
    }
