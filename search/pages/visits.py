"""The way back to a result and along it, for every page that is reached from a hit. Imported by views and `urls`."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from ..engines import EngineError
from ..index import IndexGetter, shown_index
from ..query import QueryError
from ..results import Visit, find_hit, find_place
from .access import login_to_search, read_question
from .responses import text_error


@require_safe
@login_to_search
def hit(request: HttpRequest, number: int) -> HttpResponseBase:
    """Redirects to the hit with a number in a result."""
    try:
        url = find_hit(read_question(request), number, now=timezone.now())
    except (QueryError, EngineError) as error:
        return text_error(error)
    if url is None:
        raise Http404(f"no hit {number}")
    return redirect(url)


def visit_context(visit: Visit, article_id: int, get_index: IndexGetter = shown_index) -> dict[str, Any]:
    """Returns the variables of `_visit.html`: the search that led to a page of an article, and the place of the hit.

    `search_parameters` are what the URLs of further pages have of the search; `and_search` are the same behind others.
    """
    parameters = visit.search_parameters
    return {
        "question": visit.question,
        # The id of the hit's row on the page of results.
        "visited_hit": f"a{article_id}" if visit.question.lists_articles or not visit.hit else f"s{visit.hit}",
        "place": find_place(visit, article_id, now=timezone.now(), get_index=get_index),
        "search_parameters": parameters,
        "and_search": parameters and f"&{parameters}",
    }
