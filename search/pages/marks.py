"""Whether names and statements are marked on pages: what the address says, else what the reader chose before.

The choice is a cookie, so that it works without JavaScript. Views of articles and sections import from here.
"""

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from ..results import MARKS, Visit

MARKS_COOKIE = "cuttings_marks"
_COOKIE_AGE_SECONDS = 365 * 24 * 3600


def with_chosen_marks(request: HttpRequest, visit: Visit) -> Visit:
    """Returns the visit as the reader chose before, unless its address says otherwise."""
    return visit if visit.marks else replace(visit, shows_marks=request.COOKIES.get(MARKS_COOKIE) == "on")


def marks_context(visit: Visit, page_url: str) -> dict[str, Any]:
    """Returns the variables of `_marks.html`: the address of the same page with marks, or without."""
    return {
        "shows_marks": visit.shows_marks,
        "marks_url": page_url + visit.with_marks(on=not visit.shows_marks).to_querystring(),
    }


def remember_marks(response: HttpResponse, visit: Visit) -> HttpResponse:
    """Keeps the choice of the address for the pages that the reader opens next."""
    patch_vary_headers(response, ["Cookie"])
    if visit.marks in MARKS:
        response.set_cookie(
            MARKS_COOKIE,
            visit.marks,
            max_age=_COOKIE_AGE_SECONDS,
            path=settings.SESSION_COOKIE_PATH,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response
